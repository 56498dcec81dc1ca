"""L11: the financial notification, to who receives the credits and to the accountant."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from workflows.accounts import awarded
from workflows.credits import is_fir, lapses_on
from workflows.letters.award import MonthLine, TrancheLine, month_lines
from workflows.letters.data import LetterData, labelled
from workflows.letters.matter import Matter, common
from workflows.money.tranches import planned_tranches


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyLetter(LetterData):
    """What a financial notification tells. `tranche` is the next one to delegate, None once all have left.

    `lapses_on`: the last day on which credits of the FIR may be delegated, None on another line. `replaces`: the day of
    the notification that this one replaces.
    """

    line: str = field(metadata=labelled("Ligne budgétaire"))
    monthly: tuple[MonthLine, ...] = field(metadata=labelled("Montants mensuels"))
    total: Decimal = field(metadata=labelled("Montant notifié"))
    delegated: Decimal = field(metadata=labelled("Crédits déjà délégués"))
    tranche: TrancheLine | None = field(metadata=labelled("Tranche à déléguer"))
    tranches: tuple[TrancheLine, ...] = field(metadata=labelled("Calendrier des tranches"))
    lapses_on: date | None = field(metadata=labelled("Date de péremption des crédits"))
    replaces: date | None = field(metadata=labelled("Notification remplacée"))
    vehicle: str | None = field(metadata=labelled("Acte qui porte les crédits"))
    for_accountant: bool = field(metadata=labelled("Adressé à l’agent comptable"))


def money_letter(matter: Matter) -> MoneyLetter:
    """The notification as it was made. Raises NothingToTellError when there is none."""
    view, funding = matter.view, matter.call.clauses.funding
    notice = matter.present(view.money_notice)
    line = funding.line.value
    planned = planned_tranches(matter.present(funding.tranches.value), awarded(view, matter.call))
    tranches = tuple(TrancheLine(due_on=t.due_on, budget_year=t.budget_year, amount=t.amount) for t in planned)
    replaced = matter.details.get("replaces")
    return MoneyLetter(
        **common(
            matter,
            "Notification du financement d’un poste d’assistant spécialiste à temps partagé",
            funding.line,
            funding.payee,
            funding.tranches,
            *(flat.amount for flat in funding.flats),
        ),
        line=matter.wanted(
            line, "la ligne budgétaire", "l’agence la donne dans le fichier de l’appel, clauses.funding, line"
        ),
        monthly=month_lines(notice.monthly),
        total=notice.total,
        delegated=notice.delegated,
        tranche=_next(tranches, notice.delegated),
        tranches=tranches,
        lapses_on=lapses_on(notice.notified_on) if is_fir(line) else None,
        replaces=date.fromisoformat(replaced) if replaced else None,
        vehicle=funding.vehicle.value if funding.vehicle else None,
        for_accountant=matter.party is None,
    )


def _next(tranches: tuple[TrancheLine, ...], delegated: Decimal) -> TrancheLine | None:
    """The first tranche that what was delegated does not cover, for what is left of it."""
    left = delegated
    for tranche in tranches:
        if left < tranche.amount:
            return TrancheLine(due_on=tranche.due_on, budget_year=tranche.budget_year, amount=tranche.amount - left)
        left -= tranche.amount
    return None
