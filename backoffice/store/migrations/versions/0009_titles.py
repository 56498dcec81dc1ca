"""The titles asked of the accountant, one for each repayment.

Processes of the release before go on working on this schema: nothing they read or write goes away.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


_DOSSIER = sa.table("dossier", sa.column("id", sa.Uuid()), sa.column("facts"), sa.column("repayment"))
_JOURNAL = sa.table("journal", *map(sa.column, ("seq", "act", "changes")), sa.column("dossier", sa.Uuid()))


def upgrade() -> None:
    """Go up. What facts tell of titles asked for is kept again after a way down."""
    made = op.create_table(
        "title_request",
        sa.Column("dossier", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.String(80), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["dossier"], ["dossier.id"], name="fk_title_request_dossier", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("dossier", "cause", name="pk_title_request"),
    )
    op.bulk_insert(made, list(_asked(op.get_bind())))


def _asked(base: sa.Connection) -> Iterator[dict[str, Any]]:
    """A row for each title that a journal entry asked for, and that the facts still tell."""
    repaying = sa.select(_DOSSIER.c.id, _DOSSIER.c.facts).where(_DOSSIER.c.repayment.is_not(None))
    for dossier, facts in base.execute(repaying).all():
        told = {cause for cause, _ in _titles(facts)}
        asking = sa.select(_JOURNAL.c.seq, _JOURNAL.c.changes).order_by(_JOURNAL.c.seq)
        asking = asking.where(_JOURNAL.c.dossier == dossier, _JOURNAL.c.act == "request_title")
        for entry, changes in base.execute(asking).all() if told else ():
            for cause, asked_on in _titles(changes):
                if cause in told:
                    told.remove(cause)
                    yield {"dossier": dossier, "cause": cause, "entry": entry, "asked_on": asked_on}


def _titles(facts: str) -> Iterator[tuple[str, date]]:
    """The repayments whose title was asked for, with the day. Facts that cannot be read tell of none."""
    try:
        repayments = json.loads(facts).get("repayments", ())
    except (ValueError, AttributeError):
        return
    for repayment in repayments:
        if repayment.get("title_asked_on"):
            yield repayment["cause"], date.fromisoformat(repayment["title_asked_on"])


def downgrade() -> None:
    """Go down."""
    op.drop_table("title_request")
