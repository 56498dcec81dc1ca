"""The end of a reserve: what an award waited for has come (A18)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from workflows.letters.award import AWAITED
from workflows.letters.data import LetterData, labelled
from workflows.letters.matter import Matter, common


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmedLetter(LetterData):
    """The award that is no longer under reserve. `awarded_on`: the day of the letter that told it."""

    awarded_on: date = field(metadata=labelled("Date de l’attribution sous réserve"))
    awaited: str = field(metadata=labelled("Ce que la réserve attendait"))
    start: date | None = field(metadata=labelled("Prise de fonctions"))
    end: date | None = field(metadata=labelled("Fin du poste"))


def confirmed_letter(matter: Matter) -> ConfirmedLetter:
    """The end of the reserve. Raises NothingToTellError when the award is gone, or under reserve again."""
    award = matter.present(matter.view.award)
    if award.conditional:
        matter.present(None)
    return ConfirmedLetter(
        **common(matter, "Levée de la réserve d’une attribution"),
        awarded_on=matter.present(matter.told_day("awarded")),
        awaited=AWAITED,
        start=award.expected_start,
        end=award.planned_end,
    )
