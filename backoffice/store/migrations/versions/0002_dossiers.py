"""Dossiers and their history. The rows of the journal never change.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def _column(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _maybe(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=True)


#: In an order that foreign keys allow.
DROPPED = (
    "document",
    "place",
    "personal_text",
    "late_attempt",
    "journal",
    "dossier_site",
    "command",
    "dossier",
)


def upgrade() -> None:
    """Go up. A later migration that rebuilds the journal on SQLite makes its triggers again."""
    _dossiers()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
    _never_changes("journal")


def downgrade() -> None:
    """Go down."""
    for table in DROPPED:
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")


def _never_changes(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _dossiers() -> None:
    """Dossiers, their history and what stands beside it."""
    op.create_table(
        "dossier",
        _column("id", sa.Uuid()),
        _column("number", sa.String(40)),
        _column("call", sa.String(80)),
        _column("call_version", sa.Uuid()),
        _maybe("region", sa.String(3)),
        _column("category", sa.String(20)),
        _column("state", sa.String(20)),
        _column("version", sa.Integer()),
        _column("opened_on", sa.Date()),
        _column("facts", sa.Text()),
        _column("head", sa.String(64)),
        _column("touched_at", INSTANT),
        _maybe("last_actor", sa.String(80)),
        _column("search", sa.Text()),
        _column("agenda", sa.String(64)),
        _maybe("specialty", sa.String(80)),
        _maybe("recruiter", sa.String(9)),
        _maybe("candidate", sa.Uuid()),
        _maybe("received_at", INSTANT),
        _maybe("complete_on", sa.Date()),
        _maybe("session", sa.String(80)),
        _maybe("rank", sa.Integer()),
        _maybe("reserve_rank", sa.Integer()),
        _maybe("awarded_on", sa.Date()),
        _maybe("notified_on", sa.Date()),
        _maybe("started_on", sa.Date()),
        _maybe("rejected_on", sa.Date()),
        _maybe("ended_on", sa.Date()),
        _maybe("place", sa.String(20)),
        _maybe("repayment", sa.String(20)),
        _maybe("pieces_due_on", sa.Date()),
        _maybe("silence_due_on", sa.Date()),
        _maybe("departure_on", sa.Date()),
        _maybe("project", sa.String(40)),
        _column("delegated_cents", sa.Integer()),
        _column("repaid_cents", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_dossier"),
        sa.CheckConstraint(
            "NOT (state IN ('selected', 'notified', 'in_post')) OR awarded_on IS NOT NULL",
            name=op.f("ck_dossier_awarded"),
        ),
        sa.CheckConstraint("NOT (state IN ('committee')) OR session IS NOT NULL", name=op.f("ck_dossier_committee")),
        sa.CheckConstraint(
            "NOT (state IN ('complete', 'committee')) OR complete_on IS NOT NULL", name=op.f("ck_dossier_complete")
        ),
        sa.CheckConstraint("(state IN ('ended', 'clawback')) = (ended_on IS NOT NULL)", name=op.f("ck_dossier_ended")),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'complete', 'committee', 'reserve', 'selected', 'notified', "
            "'in_post', 'withdrawn', 'rejected', 'ended', 'clawback')",
            name=op.f("ck_dossier_known_state"),
        ),
        sa.CheckConstraint(
            "delegated_cents >= 0 AND repaid_cents >= 0 AND repaid_cents <= delegated_cents",
            name=op.f("ck_dossier_money_positive"),
        ),
        sa.CheckConstraint(
            "NOT (state IN ('draft', 'submitted', 'complete', 'committee', 'reserve', 'rejected')) OR "
            "awarded_on IS NULL",
            name=op.f("ck_dossier_not_awarded"),
        ),
        sa.CheckConstraint(
            "NOT (state IN ('draft', 'submitted', 'complete', 'committee', 'reserve', 'rejected')) OR place IS NULL",
            name=op.f("ck_dossier_not_placed"),
        ),
        sa.CheckConstraint(
            "NOT (state IN ('notified', 'in_post')) OR notified_on IS NOT NULL", name=op.f("ck_dossier_notified")
        ),
        sa.CheckConstraint(
            "NOT (state IN ('selected', 'notified', 'in_post')) OR place IS NOT NULL", name=op.f("ck_dossier_placed")
        ),
        sa.CheckConstraint("(state = 'draft') = (received_at IS NULL)", name=op.f("ck_dossier_received")),
        sa.CheckConstraint("(state IN ('rejected')) = (rejected_on IS NOT NULL)", name=op.f("ck_dossier_rejected")),
        sa.CheckConstraint("NOT (state IN ('clawback')) OR repayment IS NOT NULL", name=op.f("ck_dossier_repaying")),
        sa.CheckConstraint("(state IN ('reserve')) = (reserve_rank IS NOT NULL)", name=op.f("ck_dossier_reserve")),
        sa.CheckConstraint("NOT (state IN ('in_post')) OR started_on IS NOT NULL", name=op.f("ck_dossier_started")),
        sa.CheckConstraint("version >= 0", name=op.f("ck_dossier_version_positive")),
        sa.ForeignKeyConstraint(
            ["call_version"], ["call_version.id"], name="fk_dossier_call_version", ondelete="RESTRICT"
        ),
        sa.UniqueConstraint("number", name=op.f("uq_dossier_number")),
    )
    op.create_index("ix_dossier_call_state", "dossier", ["call", "state"])
    op.create_index("ix_dossier_call_version", "dossier", ["call_version"])
    op.create_index("ix_dossier_candidate", "dossier", ["candidate"])
    op.create_index("ix_dossier_project", "dossier", ["project"])
    op.create_index("ix_dossier_recruiter", "dossier", ["recruiter"])
    op.create_index("ix_dossier_region_state", "dossier", ["region", "state", "touched_at"])
    op.create_index("ix_dossier_session", "dossier", ["session"])
    op.create_index("ix_dossier_state_pieces", "dossier", ["state", "pieces_due_on"])
    op.create_table(
        "command",
        _column("key", sa.String(80)),
        _column("author", sa.String(80)),
        _column("request", sa.String(64)),
        _column("dossier", sa.Uuid()),
        _maybe("seq", sa.Integer()),
        _column("at", INSTANT),
        sa.PrimaryKeyConstraint("key", "author", name="pk_command"),
        sa.ForeignKeyConstraint(["dossier"], ["dossier.id"], name="fk_command_dossier", ondelete="RESTRICT"),
    )
    op.create_table(
        "dossier_site",
        _column("dossier", sa.Uuid()),
        _column("site", sa.String(9)),
        sa.PrimaryKeyConstraint("dossier", "site", name="pk_dossier_site"),
        sa.ForeignKeyConstraint(["dossier"], ["dossier.id"], name="fk_dossier_site_dossier", ondelete="RESTRICT"),
    )
    op.create_index("ix_dossier_site_site", "dossier_site", ["site"])
    op.create_table(
        "journal",
        _column("id", sa.Uuid()),
        _column("dossier", sa.Uuid()),
        _column("seq", sa.Integer()),
        _column("act", sa.String(40)),
        _column("source", sa.String(20)),
        _column("target", sa.String(20)),
        _column("author_kind", sa.String(20)),
        _column("author_role", sa.String(20)),
        _column("author", sa.String(80)),
        _maybe("party", sa.String(9)),
        _column("at", INSTANT),
        _column("recorded_at", INSTANT),
        _column("call_version", sa.Uuid()),
        _column("code_version", sa.String(40)),
        _column("inputs", sa.Text()),
        _column("changes", sa.Text()),
        _column("effects", sa.Text()),
        _column("findings", sa.Text()),
        _column("evaluation", sa.Text()),
        _column("previous", sa.String(64)),
        _column("hash", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_journal"),
        sa.CheckConstraint(
            "author_kind IN ('agent', 'establishment', 'candidate', 'clock', 'import')",
            name=op.f("ck_journal_author_kind"),
        ),
        sa.CheckConstraint("seq > 0", name=op.f("ck_journal_seq_positive")),
        sa.ForeignKeyConstraint(["dossier"], ["dossier.id"], name="fk_journal_dossier", ondelete="RESTRICT"),
        sa.UniqueConstraint("dossier", "seq", name=op.f("uq_journal_dossier_seq")),
    )
    op.create_index("ix_journal_dossier", "journal", ["dossier"])
    op.create_table(
        "late_attempt",
        _column("id", sa.Uuid()),
        _column("dossier", sa.Uuid()),
        _column("at", INSTANT),
        _column("author", sa.String(80)),
        _column("draft_digest", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_late_attempt"),
        sa.ForeignKeyConstraint(["dossier"], ["dossier.id"], name="fk_late_attempt_dossier", ondelete="RESTRICT"),
    )
    op.create_index("ix_late_attempt_dossier", "late_attempt", ["dossier"])
    op.create_table(
        "personal_text",
        _column("id", sa.Uuid()),
        _column("dossier", sa.Uuid()),
        _column("seq", sa.Integer()),
        _column("salt", sa.String(32)),
        _column("digest", sa.String(64)),
        _maybe("text", sa.Text()),
        _maybe("erased_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_personal_text"),
        sa.ForeignKeyConstraint(["dossier"], ["dossier.id"], name="fk_personal_text_dossier", ondelete="RESTRICT"),
    )
    op.create_index("ix_personal_text_dossier", "personal_text", ["dossier"])
    op.create_table(
        "place",
        _column("dossier", sa.Uuid()),
        _column("quota", sa.String(80)),
        _column("call", sa.String(80)),
        _column("status", sa.String(20)),
        sa.PrimaryKeyConstraint("dossier", "quota", name="pk_place"),
        sa.ForeignKeyConstraint(["dossier"], ["dossier.id"], name="fk_place_dossier", ondelete="RESTRICT"),
    )
    op.create_index("ix_place_call", "place", ["call"])
    op.create_table(
        "document",
        _column("id", sa.Uuid()),
        _column("dossier", sa.Uuid()),
        _column("sha256", sa.String(64)),
        _column("size", sa.Integer()),
        _column("media_type", sa.String(80)),
        _maybe("name", sa.String(255)),
        _column("uploaded_by", sa.String(80)),
        _column("uploaded_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_document"),
        sa.ForeignKeyConstraint(["dossier"], ["dossier.id"], name="fk_document_dossier", ondelete="RESTRICT"),
    )
    op.create_index("ix_document_dossier", "document", ["dossier"])
