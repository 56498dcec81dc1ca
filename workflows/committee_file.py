"""What a committee has before it of a dossier, and what it said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A line of the fiche d’instruction: a gate, whether it held, and on what the answer rests."""

    code: str
    held: bool
    sentence: str
    rule: str | None
    derogation: str | None = None


@dataclass(frozen=True, slots=True)
class CommitteeFile:
    """What the committee knows and said: the session, the frozen sheet, its opinion, its rank."""

    session: str
    put_on: date
    sheet: tuple[SheetLine, ...] = ()
    judged_on: date | None = None
    favourable: bool | None = None
    rank: int | None = None
    conflicted_votes: tuple[str, ...] = ()
