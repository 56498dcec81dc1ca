"""The reserve list: the line of a dossier, and the place offered to it when one returns (A15)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class ReserveEntry:
    """A line of the reserve list: its rank, until when it is valid, the offer of a returned place and its answers.

    `declined_on`: either of those asked said no. An offer made again starts without answers.
    """

    rank: int
    valid_until: date | None
    offered_on: date | None = None
    reply_by: date | None = None
    recruiter_accepted_on: date | None = None
    candidate_accepted_on: date | None = None
    declined_on: date | None = None

    def offered(self, on: date, reply_by: date) -> ReserveEntry:
        """The line once a place is offered: earlier answers were about another place."""
        return ReserveEntry(self.rank, self.valid_until, on, reply_by)

    def answered(self, member: str, on: date, *, accepted: bool) -> ReserveEntry:
        """The line once one of those asked has answered; `member` holds the day of their acceptance."""
        changed: dict[str, Any] = {member: on} if accepted else {member: None, "declined_on": on}
        return replace(self, **changed)

    def silent(self, *, named: bool) -> tuple[str, ...]:
        """Members without an acceptance yet; the doctor is asked when one is `named`."""
        asked = ("recruiter_accepted_on", *(("candidate_accepted_on",) if named else ()))
        return tuple(member for member in asked if getattr(self, member) is None)

    def stands(self, today: date, *, named: bool) -> bool:
        """True while the place offered is kept for this dossier: accepted, or its answer still awaited."""
        return self.offered_on is not None and not self.gave_way(today, named=named)

    def gave_way(self, today: date, *, named: bool) -> bool:
        """True when the place offered may go to the next: it was declined, or the day to reply has passed."""
        late = self.reply_by is not None and self.reply_by < today and bool(self.silent(named=named))
        return self.declined_on is not None or late
