"""L14: the finding of an early end, which opens the contradictory step of a repayment (CRPA art. L. 122-1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from workflows import french
from workflows.accounts import served_until
from workflows.calls.funding import RepaymentReading
from workflows.calls.sources import UnknownValueError
from workflows.letters.award import Clause, clause_of
from workflows.letters.data import LetterData, labelled
from workflows.letters.matter import Matter, common

#: How each reading counts what comes back, in the words of a letter.
READINGS = {
    RepaymentReading.PRORATA: "les crédits délégués pour des mois qui n’ont pas été servis",
    RepaymentReading.INTEGRAL: "tous les crédits délégués",
    RepaymentReading.CONTRACT_YEAR: "les crédits délégués pour l’année du contrat en cours et les suivantes",
}
_CCA = "cca"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedLine:
    """What was served in a calendar year: months and thirtieths, and what they are worth, in euros."""

    year: int = field(metadata=labelled("Année civile"))
    served: str = field(metadata=labelled("Temps servi"))
    amount: Decimal = field(metadata=labelled("Montant des mois servis"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegatedLine:
    """A tranche that was delegated, in euros."""

    on: date = field(metadata=labelled("Date de la délégation"))
    budget_year: int = field(metadata=labelled("Exercice"))
    amount: Decimal = field(metadata=labelled("Montant délégué"))


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyEndLetter(LetterData):
    """What a finding tells: the facts, the clause, the amount with its calculation, the period to answer.

    `clause` is None when the call has none for this end: only months delegated and not served come back (A2).
    """

    last_day: date = field(metadata=labelled("Dernier jour de fonctions"))
    planned_end: date = field(metadata=labelled("Fin prévue du poste"))
    reason: str = field(metadata=labelled("Motif du départ"))
    to_cca: bool = field(metadata=labelled("Départ vers un poste de chef de clinique"))
    clause: Clause | None = field(metadata=labelled("Clause de reversement"))
    reading: str = field(metadata=labelled("Ce que l’agence envisage de demander"))
    delegations: tuple[DelegatedLine, ...] = field(metadata=labelled("Crédits délégués, par tranche"))
    delegated: Decimal = field(metadata=labelled("Crédits délégués"))
    years: tuple[ServedLine, ...] = field(metadata=labelled("Mois servis, par année"))
    served: Decimal = field(metadata=labelled("Montant des mois servis"))
    amount: Decimal = field(metadata=labelled("Montant envisagé"))
    answer_days: int = field(metadata=labelled("Délai de réponse, en jours"))


def early_end_letter(matter: Matter) -> EarlyEndLetter:
    """The finding of the last end. Raises NothingToTellError when there is no repayment to answer to."""
    view, clauses = matter.view, matter.call.clauses
    end, repayment, award = matter.present(view.end), matter.present(view.repayment), matter.present(view.award)
    causes = ((_CCA,) if end.cca else ()) + ((end.reason.value,) if end.reason else ())
    amounts, clause = repayment.amounts, clause_of(clauses.funding.repayment_clauses, *causes)
    return EarlyEndLetter(
        **common(
            matter,
            "Constat de fin anticipée et procédure contradictoire avant reversement",
            *(clauses.funding.payee, clauses.end.contradictory_days, clauses.end.declare_within_days),
            clauses=[clause.rule] if clause else [],
            decides=False,
        ),
        last_day=end.last_day,
        planned_end=matter.present(award.planned_end),
        reason=end.reason.label if end.reason else "motif non connu",
        to_cca=end.cca,
        clause=clause,
        reading=READINGS[_reading(matter)],
        delegations=tuple(
            DelegatedLine(on=t.delegated_on, budget_year=t.budget_year, amount=t.amount) for t in view.tranches
        ),
        delegated=amounts.delegated,
        years=_years(matter, end.last_day),
        served=amounts.served,
        amount=repayment.proposed,
        answer_days=matter.present(clauses.end.contradictory_days.value),
    )


def _reading(matter: Matter) -> RepaymentReading:
    """The reading that gives the amount proposed; pro rata while the agency has not signed its choice (A1)."""
    chosen, repayment = matter.call.clauses.funding.repayment_reading, matter.present(matter.view.repayment)
    by_reading = {
        RepaymentReading.PRORATA: repayment.amounts.prorata,
        RepaymentReading.INTEGRAL: repayment.amounts.integral,
        RepaymentReading.CONTRACT_YEAR: repayment.amounts.contract_year,
    }
    if chosen.value is not None and not chosen.is_default and by_reading[chosen.value] == repayment.proposed:
        return chosen.value
    return RepaymentReading.PRORATA


def _years(matter: Matter, last_day: date) -> tuple[ServedLine, ...]:
    """What was served, by calendar year; empty when the cost is unknown, which no amount rests on then."""
    try:
        schedule = served_until(matter.view, matter.call, last_day)
    except UnknownValueError:
        return ()
    thirtieths: dict[int, int] = {}
    for line in schedule.lines:
        thirtieths[line.year] = thirtieths.get(line.year, 0) + line.thirtieths
    return tuple(
        ServedLine(year=year, served=french.thirtieths(thirtieths[year]), amount=amount)
        for year, amount in schedule.by_budget_year.items()
    )
