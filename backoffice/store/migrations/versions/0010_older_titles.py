"""The titles that an older release asked for: its facts only tell of them by their state.

Processes of the release before go on working on this schema: nothing they read or write goes away.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_DOSSIER = sa.table("dossier", sa.column("id", sa.Uuid()), sa.column("facts"), sa.column("repayment"))
_JOURNAL = sa.table(
    "journal",
    *map(sa.column, ("seq", "act", "changes")),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("dossier", sa.Uuid()),
)
_REQUEST = sa.table(
    "title_request",
    sa.column("dossier", sa.Uuid()),
    sa.column("cause", sa.String()),
    sa.column("entry", sa.Integer()),
    sa.column("asked_on", sa.Date()),
)


def upgrade() -> None:
    """Go up: a row for each title that a journal entry asked for and that no row tells yet."""
    op.bulk_insert(_REQUEST, list(_untold(op.get_bind())))


def _untold(base: sa.Connection) -> Iterator[dict[str, Any]]:
    for dossier, facts in base.execute(_repaying()).all():
        told = set(base.scalars(sa.select(_REQUEST.c.cause).where(_REQUEST.c.dossier == dossier)))
        known = {repayment["cause"] for repayment in _repayments(facts)} - told
        asking = sa.select(_JOURNAL.c.seq, _JOURNAL.c.at, _JOURNAL.c.changes).order_by(_JOURNAL.c.seq)
        asking = asking.where(_JOURNAL.c.dossier == dossier, _JOURNAL.c.act == "request_title")
        for entry, at, changes in base.execute(asking).all() if known else ():
            asked = {r["cause"] for r in _repayments(changes) if r.get("state") == "title_requested"}
            for cause in sorted(asked & known):
                known.remove(cause)
                yield {"dossier": dossier, "cause": cause, "entry": entry, "asked_on": _day(at)}


def _repaying() -> sa.Select[Any]:
    return sa.select(_DOSSIER.c.id, _DOSSIER.c.facts).where(_DOSSIER.c.repayment.is_not(None))


def _day(at: datetime) -> date:
    """The day of an instant in universal time: the authority’s own is not known here."""
    return at.astimezone(UTC).date() if at.tzinfo else at.date()


def _repayments(facts: str) -> list[dict[str, Any]]:
    """The repayments that facts, or the changes of an entry, hold. Those that cannot be read hold none."""
    try:
        found: list[dict[str, Any]] = json.loads(facts).get("repayments", [])
    except (ValueError, AttributeError):
        return []
    return found


def downgrade() -> None:
    """Go down: the release before knows the titles whose facts tell the day."""
    base = op.get_bind()
    for dossier, facts in base.execute(_repaying()).all():
        untold = [r["cause"] for r in _repayments(facts) if not r.get("title_asked_on")]
        gone = sa.delete(_REQUEST).where(_REQUEST.c.dossier == dossier, _REQUEST.c.cause.in_(untold))
        base.execute(gone)
