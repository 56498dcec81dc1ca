"""What a committee has before it of a dossier, and what it said of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A line of the fiche d’instruction: a rule that a gate applies, what it looked at, what it found.

    `rule`: the id of the clause, of the article or of the default; None for what follows from the procedure. `gate`:
    the family of the rule; `inputs`: the facts looked at, in words.
    """

    code: str
    held: bool
    sentence: str
    rule: str | None
    derogation: str | None = None
    gate: str = field(default="", metadata={"late": True})
    inputs: str = field(default="", metadata={"late": True})


@dataclass(frozen=True, slots=True)
class CommitteeFile:
    """What the committee knows and said: the session, the frozen sheet, its opinion, its rank.

    `present`, `against` and `abstaining` are the ids of members, at the vote on this dossier: those present who are in
    neither of the two others voted for it. `motive` is the reference of what the opinion rests on.
    """

    session: str
    put_on: date
    sheet: tuple[SheetLine, ...] = ()
    judged_on: date | None = None
    favourable: bool | None = None
    rank: int | None = None
    conflicted_votes: tuple[str, ...] = ()
    present: tuple[str, ...] = field(default=(), metadata={"late": True})
    against: tuple[str, ...] = field(default=(), metadata={"late": True})
    abstaining: tuple[str, ...] = field(default=(), metadata={"late": True})
    motive: str | None = field(default=None, metadata={"late": True})

    @property
    def in_favour(self) -> tuple[str, ...]:
        """Ids of the members who voted for the dossier."""
        return tuple(one for one in self.present if one not in {*self.against, *self.abstaining})

    def unjudged(self) -> CommitteeFile:
        """The same file before any opinion: it goes back to the committee."""
        return CommitteeFile(self.session, self.put_on, self.sheet)
