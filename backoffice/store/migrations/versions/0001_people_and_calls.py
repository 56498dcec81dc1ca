"""People, accounts and published calls.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def _column(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _maybe(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=True)


#: In an order that foreign keys allow.
DROPPED = (
    "quota",
    "call_version",
    "web_session",
    "account",
    "sign_in_attempt",
    "person",
    "establishment",
)


def upgrade() -> None:
    """Go up."""
    _people()
    _calls()


def downgrade() -> None:
    """Go down."""
    for table in DROPPED:
        op.drop_table(table)


def _people() -> None:
    """Doctors, establishments, accounts."""
    op.create_table(
        "establishment",
        _column("finess", sa.String(9)),
        _column("entity", sa.String(9)),
        _column("name", sa.String(200)),
        _column("sort_key", sa.String(200)),
        _column("kind", sa.String(20)),
        _column("department", sa.String(3)),
        _maybe("ght", sa.String(80)),
        _column("zones", sa.Text()),
        _maybe("priority", sa.Boolean()),
        _maybe("email", sa.String(254)),
        sa.PrimaryKeyConstraint("finess", name="pk_establishment"),
    )
    op.create_index("ix_establishment_entity", "establishment", ["entity"])
    op.create_index("ix_establishment_sort_key", "establishment", ["sort_key"])
    op.create_table(
        "person",
        _column("id", sa.Uuid()),
        _column("family_name", sa.String(200)),
        _column("given_name", sa.String(200)),
        _maybe("email", sa.String(254)),
        _maybe("rpps", sa.String(11)),
        _maybe("born_on", sa.Date()),
        _maybe("erased_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
    )
    op.create_index("ix_person_email", "person", ["email"])
    op.create_index("ix_person_rpps", "person", ["rpps"])
    op.create_table(
        "sign_in_attempt",
        _column("id", sa.Uuid()),
        _column("email_digest", sa.String(64)),
        _column("address", sa.String(64)),
        _column("at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_attempt"),
    )
    op.create_index("ix_sign_in_attempt_address", "sign_in_attempt", ["address"])
    op.create_index("ix_sign_in_attempt_email_digest", "sign_in_attempt", ["email_digest"])
    op.create_table(
        "account",
        _column("id", sa.Uuid()),
        _column("email", sa.String(254)),
        _column("name", sa.String(200)),
        _column("role", sa.String(20)),
        _maybe("capacity", sa.String(200)),
        _maybe("region", sa.String(3)),
        _maybe("establishment", sa.String(9)),
        _maybe("person", sa.Uuid()),
        _maybe("password", sa.Text()),
        _column("signs", sa.Boolean()),
        _maybe("disabled_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.CheckConstraint(
            "(role = 'establishment') = (establishment IS NOT NULL)", name=op.f("ck_account_establishment")
        ),
        sa.CheckConstraint(
            "role IN ('candidate', 'establishment', 'member', 'instructor', 'head', 'dg', 'admin')",
            name=op.f("ck_account_known_role"),
        ),
        sa.CheckConstraint("(role = 'candidate') = (person IS NOT NULL)", name=op.f("ck_account_person")),
        sa.CheckConstraint(
            "(role IN ('member', 'instructor', 'head', 'dg')) = (region IS NOT NULL)", name=op.f("ck_account_region")
        ),
        sa.ForeignKeyConstraint(["establishment"], ["establishment.finess"], name="fk_account_establishment"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_account_person"),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
    )
    op.create_index("ix_account_establishment", "account", ["establishment"])
    op.create_index("ix_account_person", "account", ["person"])
    op.create_index("ix_account_region", "account", ["region"])
    op.create_table(
        "web_session",
        _column("digest", sa.String(64)),
        _column("account", sa.Uuid()),
        _column("csrf", sa.String(64)),
        _column("created_at", INSTANT),
        _column("seen_at", INSTANT),
        sa.PrimaryKeyConstraint("digest", name="pk_web_session"),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_web_session_account", ondelete="CASCADE"),
    )
    op.create_index("ix_web_session_account", "web_session", ["account"])


def _calls() -> None:
    """Published calls and their quotas."""
    op.create_table(
        "call_version",
        _column("id", sa.Uuid()),
        _column("call", sa.String(80)),
        _column("number", sa.Integer()),
        _maybe("region", sa.String(3)),
        _column("title", sa.String(400)),
        _column("clauses", sa.String(64)),
        _column("text", sa.Text()),
        _maybe("complement", sa.Text()),
        _column("sources", sa.Text()),
        _column("loaded_at", INSTANT),
        _column("loaded_by", sa.String(80)),
        sa.PrimaryKeyConstraint("id", name="pk_call_version"),
        sa.CheckConstraint("number > 0", name=op.f("ck_call_version_number_positive")),
        sa.UniqueConstraint("call", "number", name=op.f("uq_call_version_call_number")),
    )
    op.create_index("ix_call_version_call", "call_version", ["call"])
    op.create_index("ix_call_version_region", "call_version", ["region"])
    op.create_table(
        "quota",
        _column("call", sa.String(80)),
        _column("id", sa.String(80)),
        _column("label", sa.String(400)),
        _column("rule", sa.String(80)),
        _maybe("places", sa.Integer()),
        sa.PrimaryKeyConstraint("call", "id", name="pk_quota"),
        sa.CheckConstraint("places IS NULL OR places >= 0", name=op.f("ck_quota_places_positive")),
    )
