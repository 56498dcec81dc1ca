"""The contests that wait for somebody, which the list of dossiers finds there.

Processes of the release before go on working on this schema: nothing they read or write goes away.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_DOSSIER = sa.table("dossier", sa.column("id", sa.Uuid()), sa.column("facts", sa.Text()))


def upgrade() -> None:
    """Go up. What facts tell of contests that wait is drawn from them."""
    made = op.create_table(
        "waiting_contest",
        sa.Column("dossier", sa.Uuid(), nullable=False),
        sa.Column("contest", sa.String(20), nullable=False),
        sa.Column("remedy", sa.String(40), nullable=True),
        sa.ForeignKeyConstraint(["dossier"], ["dossier.id"], name="fk_waiting_contest_dossier", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("dossier", "contest", name="pk_waiting_contest"),
    )
    op.bulk_insert(made, list(_waiting(op.get_bind())))


def _waiting(base: sa.Connection) -> Iterator[dict[str, Any]]:
    holding = sa.select(_DOSSIER).where(_DOSSIER.c.facts.contains('"contests":[{'))
    for dossier, facts in base.execute(holding).all():
        for contest in _contests(facts):
            upheld = contest["state"] == "upheld" and contest["remedy"] is not None
            if contest["state"] == "contested" or upheld:
                yield {"dossier": dossier, "contest": contest["id"], "remedy": contest["remedy"]}


def _contests(facts: str) -> list[dict[str, Any]]:
    """The contests that facts hold. Those that cannot be read hold none: the check of histories names them."""
    try:
        found: list[dict[str, Any]] = json.loads(facts).get("contests", [])
    except (ValueError, AttributeError):
        return []
    return found


def downgrade() -> None:
    """Go down."""
    op.drop_table("waiting_contest")
