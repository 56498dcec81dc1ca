"""The money of each dossier by month and by flow, and the years of the budgets of calls.

Processes of the release before go on working on this schema: nothing they read or write goes away.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import tomllib
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_UNDRAWN = sa.text("drawn <> version")


def _column(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _of_dossier(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["dossier"], ["dossier.id"], name=f"fk_{table}_dossier", ondelete="RESTRICT")


def upgrade() -> None:
    """Go up. The clock draws the money of every dossier from its facts, batch after batch."""
    op.create_table(
        "month_change",
        _column("dossier", sa.Uuid()),
        _column("entry", sa.Integer()),
        _column("year", sa.Integer()),
        _column("month", sa.Integer()),
        _column("post_year", sa.Integer()),
        _column("act", sa.String(40)),
        _column("made_on", sa.Date()),
        _column("thirtieths", sa.Integer()),
        _column("cents", sa.BigInteger()),
        sa.CheckConstraint("month BETWEEN 1 AND 12", name="month_of_year"),
        _of_dossier("month_change"),
        sa.PrimaryKeyConstraint("dossier", "entry", "year", "month", "post_year", name="pk_month_change"),
    )
    op.create_table(
        "money_flow",
        _column("dossier", sa.Uuid()),
        _column("rank", sa.Integer()),
        _column("flow", sa.String(20)),
        _column("year", sa.Integer()),
        _column("made_on", sa.Date()),
        _column("cents", sa.BigInteger()),
        _of_dossier("money_flow"),
        sa.PrimaryKeyConstraint("dossier", "rank", name="pk_money_flow"),
    )
    envelope = op.create_table(
        "envelope",
        _column("call", sa.String(80)),
        _column("year", sa.Integer()),
        sa.PrimaryKeyConstraint("call", "year", name="pk_envelope"),
    )
    op.bulk_insert(envelope, [{"call": call, "year": year} for call, year in sorted(_given(op.get_bind()))])
    op.add_column("dossier", sa.Column("drawn", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_dossier_undrawn", "dossier", ["id"], postgresql_where=_UNDRAWN, sqlite_where=_UNDRAWN)


def _given(base: sa.Connection) -> set[tuple[str, int]]:
    """The years for which the calls already loaded have an envelope: some, after a way down."""
    found = set()
    for call, *texts in base.execute(sa.text("SELECT call, text, complement FROM call_version")):
        for text in filter(None, texts):
            budget = tomllib.loads(text).get("parameters", {}).get("budget", {})
            found |= {(call, envelope["year"]) for envelope in budget.get("envelopes", ())}
    return found


def downgrade() -> None:
    """Go down."""
    op.drop_index("ix_dossier_undrawn", "dossier")
    op.drop_column("dossier", "drawn")
    for table in ("envelope", "money_flow", "month_change"):
        op.drop_table(table)
