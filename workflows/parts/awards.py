"""The award of a post: its days, its answers, and how much of it is financed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

_THIRTIETHS = 30  # of a whole month (A6)


@dataclass(frozen=True, slots=True)
class Award:
    """The award and what it froze: `clauses` is the digest of the call’s clauses at the decision.

    `next_start`: start granted to the next holder of a served post. `reply_by`: the last of the periods to accept
    that run; None while no receipt is proven. `financed_until`: the last day financed of a contract extended without
    more credits; `extra_thirtieths`: what was financed of its extensions, beyond `months`. `choose_days`: the doctor
    stands in two dossiers, and has so many days from their receipt to choose, until `choose_by`.
    """

    decided_on: date
    clauses: str
    planned_start: date | None
    planned_end: date | None
    months: int
    conditional: bool
    notified_on: date | None = None
    signed_by: str | None = None
    reply_by: date | None = None
    candidate_accepted_on: date | None = None
    recruiter_accepted_on: date | None = None
    condition: str | None = None
    condition_by: date | None = None
    condition_met_on: date | None = None
    choose_by: date | None = None
    next_start: date | None = None
    choose_days: int | None = field(default=None, metadata={"late": True})
    financed_until: date | None = field(default=None, metadata={"late": True})
    extra_thirtieths: int = field(default=0, metadata={"late": True})

    @property
    def thirtieths(self) -> int:
        """Thirtieths of a month that may be financed in all: a post is never worth more than its award (A6, A26)."""
        return self.months * _THIRTIETHS + self.extra_thirtieths

    @property
    def is_firm(self) -> bool:
        """True once it was notified without reserve: a quota that is lowered takes nothing of it back (A18)."""
        return self.notified_on is not None and not self.conditional

    @property
    def financed_end(self) -> date | None:
        """The last day that may be financed: the end of the post, but for months that nobody finances (A35)."""
        return self.financed_until or self.planned_end

    @property
    def expected_start(self) -> date | None:
        """The start now expected: that of the post, or that of its next holder."""
        return self.next_start or self.planned_start
