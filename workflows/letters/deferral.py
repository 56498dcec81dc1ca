"""L13: a later start, granted or refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from workflows.calls.model import ContractClause
from workflows.calls.sources import Sourced
from workflows.letters.adjusted import Amounts, adjusted_amounts
from workflows.letters.data import LetterData, labelled
from workflows.letters.matter import Matter, common


@dataclass(frozen=True, slots=True, kw_only=True)
class DeferralLetter(LetterData):
    """The old days of a post and the new ones, with what the deferral does to the amounts.

    Refused, `new_start` is the start asked for, and nothing else changes. `asked_on`: the day of the request.
    `amounts` is None while no amount is known (A25).
    """

    granted: bool = field(metadata=labelled("Report accordé"))
    asked_on: date | None = field(metadata=labelled("Date de la demande"))
    facts: str = field(metadata=labelled("Motif"))
    old_start: date | None = field(metadata=labelled("Prise de fonctions prévue avant la décision"))
    old_end: date | None = field(metadata=labelled("Fin du poste prévue avant la décision"))
    new_start: date = field(metadata=labelled("Nouvelle prise de fonctions, ou celle qui était demandée"))
    new_end: date | None = field(metadata=labelled("Nouvelle fin du poste"))
    amounts: Amounts | None = field(metadata=labelled("Effet sur les montants"))


def deferral_letter(matter: Matter) -> DeferralLetter:
    """The answer to a deferral. Raises NothingToTellError when the award or the request is gone."""
    view, clause = matter.view, matter.call.clauses.deferral
    award, request = matter.present(view.award), view.request(matter.details.get("request"))
    new_start = matter.told_day("new_start")
    granted = new_start is not None
    asked = request.dates.effective_on if request else None
    return DeferralLetter(
        **common(
            matter,
            "Report d’une prise de fonctions : accord" if granted else "Report d’une prise de fonctions : refus",
            *(clause.allowed, clause.duty, clause.end),
            *_days_of(matter.call.clauses.contract),
        ),
        granted=granted,
        asked_on=request.dates.recorded_on if request else None,
        facts=matter.written(),
        old_start=matter.told_day("old_start") if granted else award.expected_start,
        old_end=matter.told_day("old_end") if granted else award.planned_end,
        new_start=matter.present(new_start or asked),
        new_end=matter.told_day("new_end"),
        amounts=adjusted_amounts(matter) if granted else None,
    )


def _days_of(contract: ContractClause) -> tuple[Sourced[Any], ...]:
    return (contract.windows, *((contract.fixed_end,) if contract.fixed_end else ()))
