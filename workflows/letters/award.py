"""L8 and L8b: the award of a post, with the clauses it freezes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from workflows.account.worth import awarded, notice_now
from workflows.calls.funding import Rate, RepaymentClause
from workflows.calls.sources import Origin, Sourced, UnknownValueError
from workflows.french import short_day
from workflows.letters.data import LetterData, labelled
from workflows.letters.matter import Matter, common
from workflows.money.tranches import planned_tranches
from workflows.parts.credits import MoneyNotice
from workflows.parts.receipts import AWARDS

#: What an award under reserve waits for (A18).
AWAITED = "la notification par le ministère du nombre de postes de la campagne"


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLine:
    """A rate and what it is the rate of."""

    of: str = field(metadata=labelled("Objet du taux"))
    rate: Fraction = field(metadata=labelled("Taux"))


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthLine:
    """What a whole month of the post is worth in a period of it, in euros."""

    period: str = field(metadata=labelled("Période du montant"))
    amount: Decimal = field(metadata=labelled("Montant d’un mois"))


@dataclass(frozen=True, slots=True, kw_only=True)
class TrancheLine:
    """Credits planned for a day on the budget of a year, in euros."""

    due_on: date = field(metadata=labelled("Date de la délégation"))
    budget_year: int = field(metadata=labelled("Exercice"))
    amount: Decimal = field(metadata=labelled("Montant de la tranche"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A clause of the call, in its own words, with its id."""

    text: str = field(metadata=labelled("Texte de la clause"))
    rule: str = field(metadata=labelled("Numéro de la clause"))


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardLetter(LetterData):
    """What an award tells. `total` is None, and so are the other amounts, while the cost is unknown (A25).

    Days and duties are None where the call prints none: a default is no rule, what it says is asked. `awaited`: what an
    award under reserve waits for.
    """

    conditional: bool = field(metadata=labelled("Attribution sous réserve"))
    awaited: str | None = field(metadata=labelled("Ce que la réserve attend"))
    start: date | None = field(metadata=labelled("Prise de fonctions"))
    end: date | None = field(metadata=labelled("Fin du poste"))
    months: int = field(metadata=labelled("Durée en mois"))
    rates: tuple[RateLine, ...] = field(metadata=labelled("Taux de prise en charge"))
    monthly: tuple[MonthLine, ...] = field(metadata=labelled("Montants mensuels"))
    total: Decimal | None = field(metadata=labelled("Montant total"))
    tranches: tuple[TrancheLine, ...] = field(metadata=labelled("Calendrier des tranches"))
    clawback: tuple[Clause, ...] = field(metadata=labelled("Clause de reversement"))
    acceptance_days: int | None = field(metadata=labelled("Délai pour accepter, en jours"))
    choice_days: int | None = field(metadata=labelled("Délai pour choisir entre deux postes, en jours"))
    condition: str | None = field(metadata=labelled("Condition de l’attribution"))
    condition_by: date | None = field(metadata=labelled("Date limite de la condition"))
    declare_days: int | None = field(metadata=labelled("Délai pour déclarer une fin anticipée, en jours"))
    tell_days: int | None = field(metadata=labelled("Délai pour demander un report, en jours"))
    presence_days: int | None = field(metadata=labelled("Délai de la présence confirmée avant une tranche, en jours"))
    deferral_duty: str | None = field(metadata=labelled("Clause qui fait dépendre le financement de l’information"))


def award_letter(matter: Matter) -> AwardLetter:
    """The award as it stands. Raises NothingToTellError when it is gone."""
    award, clauses = matter.present(matter.view.award), matter.call.clauses
    if matter.code not in AWARDS or award.notified_on is None:
        matter.present(None)
    amounts = _amounts(matter)
    return AwardLetter(
        **common(
            matter,
            "Attribution sous réserve d’un poste d’assistant spécialiste à temps partagé"
            if award.conditional
            else "Attribution d’un poste d’assistant spécialiste à temps partagé",
            *_rests_on(matter),
            clauses=[clause.rule for clause in clauses.funding.repayment_clauses],
        ),
        conditional=award.conditional,
        awaited=AWAITED if award.conditional else None,
        start=award.expected_start,
        end=award.planned_end,
        months=award.months,
        rates=tuple(_rate(rate, matter) for rate in clauses.funding.rates if _applies(rate, matter.view.category)),
        **amounts,
        clawback=tuple(Clause(text=c.text, rule=c.rule) for c in clauses.funding.repayment_clauses),
        acceptance_days=said(clauses.award.acceptance_days),
        choice_days=award.choose_days,
        condition=award.condition,
        condition_by=award.condition_by,
        declare_days=said(clauses.end.declare_within_days),
        tell_days=said(clauses.deferral.tell_within_days),
        presence_days=said(clauses.award.presence_days),
        deferral_duty=_duty(clauses.deferral.duty),
    )


def said(source: Sourced[Any]) -> Any:
    """A value that the call, the law or a signed choice gives; None for a default or a silence."""
    return None if source.is_default else source.value


def _duty(source: Sourced[bool]) -> str | None:
    """The clause of the call that prints a duty; None where it prints none."""
    return source.rule if source.origin is Origin.PRINTED and source.value else None


def _rests_on(matter: Matter) -> tuple[Sourced[Any], ...]:
    clauses = matter.call.clauses
    shares = tuple(gate.floor for gate in clauses.gates.time_shares if gate.floor)
    rates = tuple(rate.rate for rate in clauses.funding.rates if _applies(rate, matter.view.category))
    flats = tuple(flat.amount for flat in clauses.funding.flats if flat.category in {None, matter.view.category})
    ends = (clauses.contract.fixed_end,) if clauses.contract.fixed_end else ()
    return (
        *(clauses.contract.windows, clauses.contract.months, *ends, *shares, *rates, *flats),
        *(clauses.funding.payee, clauses.funding.tranches, clauses.award.notified_to, clauses.deferral.duty),
    )


def _applies(rate: Rate, category: str) -> bool:
    return rate.category in {None, category}


def _rate(rate: Rate, matter: Matter) -> RateLine:
    labels = {component.id: component.label for component in matter.call.clauses.funding.components}
    parts = ["coût du poste" if rate.component is None else labels.get(rate.component, rate.component)]
    if rate.years:
        parts.append(" et ".join(ordinal(year) for year in rate.years))
    return RateLine(of=", ".join(parts), rate=matter.present(rate.rate.value))


def ordinal(year: int) -> str:
    """`1re année`, `2e année`."""
    return f"{year}{'re' if year == 1 else 'e'} année"


def _amounts(matter: Matter) -> dict[str, Any]:
    """The amounts of the award; none while the call gives no cost, or its start is not known (A25)."""
    view, call = matter.view, matter.call
    try:
        schedule = awarded(view, call)
        if not schedule.lines or not schedule.settled:
            return {"monthly": (), "total": None, "tranches": ()}
        notice = notice_now(view, call, matter.decided_on)
        planned = planned_tranches(call.clauses.funding.tranches.needed, schedule)
    except UnknownValueError:
        return {"monthly": (), "total": None, "tranches": ()}
    return {
        "monthly": month_lines(notice),
        "total": schedule.total,
        "tranches": tuple(TrancheLine(due_on=t.due_on, budget_year=t.budget_year, amount=t.amount) for t in planned),
    }


def month_lines(notice: MoneyNotice) -> tuple[MonthLine, ...]:
    """What a month is worth, from each day on which it changes; in one line when it never does."""
    if len(set(notice.monthly)) == 1:
        return (MonthLine(period="chaque mois du poste", amount=notice.monthly[0]),)
    since = tuple(f"à partir du {short_day(first)}" for first in notice.first_days)
    periods = since or tuple(ordinal(rank) for rank in range(1, len(notice.monthly) + 1))
    return tuple(MonthLine(period=period, amount=each) for period, each in zip(periods, notice.monthly, strict=True))


def clause_of(clauses: tuple[RepaymentClause, ...], *causes: str) -> Clause | None:
    """The clause that applies to one of some causes."""
    found = next((clause for clause in clauses if clause.cause in causes), None)
    return Clause(text=found.text, rule=found.rule) if found else None
