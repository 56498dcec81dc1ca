"""L17a: the attestation of a post that is over: what was served, where, and what was paid."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from workflows import worked
from workflows.account.lines import Column, Totals, account_lines
from workflows.letters.data import LetterData, labelled
from workflows.letters.matter import Matter, common, places

_ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderLine:
    """A doctor and the days of their stay, first and last included. `doctor` is None when nobody knows their name."""

    doctor: str | None = field(metadata=labelled("Médecin en poste"))
    first: date = field(metadata=labelled("Premier jour en poste"))
    last: date = field(metadata=labelled("Dernier jour en poste"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedYear:
    """Months and thirtieths served in a calendar year."""

    year: int = field(metadata=labelled("Année civile"))
    served: str = field(metadata=labelled("Temps servi"))


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkedLine:
    """A place and the share of the time served that was worked there. `planned`: its share of the whole contract."""

    name: str = field(metadata=labelled("Nom de l’établissement"))
    finess: str = field(metadata=labelled("Numéro FINESS de l’établissement"))
    planned: Fraction | None = field(metadata=labelled("Part prévue au contrat"))
    share: Fraction = field(metadata=labelled("Part du temps servi"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidYear:
    """Credits paid on the budget of a year, in euros."""

    year: int = field(metadata=labelled("Exercice"))
    amount: Decimal = field(metadata=labelled("Montant versé"))


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationLetter(LetterData):
    """What a post that is over was. `kept`: paid, less what came back; `to_recover`: asked back and not paid yet.

    `written_off`: what is kept and is still owed, its recovery given up; None for nothing.
    """

    start: date = field(metadata=labelled("Début des fonctions"))
    last_day: date = field(metadata=labelled("Dernier jour de fonctions"))
    planned_end: date | None = field(metadata=labelled("Fin prévue du poste"))
    outcome: str = field(metadata=labelled("Issue du poste"))
    holders: tuple[HolderLine, ...] = field(metadata=labelled("Médecins en poste"))
    years: tuple[ServedYear, ...] = field(metadata=labelled("Temps servi par année"))
    served: str = field(metadata=labelled("Temps servi en tout"))
    worked: tuple[WorkedLine, ...] = field(metadata=labelled("Temps servi par établissement"))
    payments: tuple[PaidYear, ...] = field(metadata=labelled("Crédits versés par exercice"))
    paid: Decimal = field(metadata=labelled("Crédits versés"))
    recovered: Decimal = field(metadata=labelled("Crédits reversés"))
    kept: Decimal = field(metadata=labelled("Crédits gardés par l’établissement"))
    written_off: Decimal | None = field(metadata=labelled("Dont admis en non-valeur, toujours dû"))
    to_recover: Decimal = field(metadata=labelled("Crédits encore à reverser"))


def attestation_letter(matter: Matter) -> AttestationLetter:
    """The post once it is over. Raises NothingToTellError while it goes on, or when nobody served on it."""
    view = matter.view
    end, start = matter.present(view.end), matter.present(view.started_on)
    served = worked.by_year(view, end.last_day)
    lines = account_lines(view)
    totals = lines[-1].after if lines else Totals()
    return AttestationLetter(
        **common(
            matter,
            "Attestation de fin d’un poste d’assistant spécialiste à temps partagé",
            matter.call.clauses.funding.payee,
            matter.call.clauses.contract.months,
            decides=False,
        ),
        start=start,
        last_day=end.last_day,
        planned_end=view.award.planned_end if view.award else None,
        outcome=end.outcome.label,
        holders=holders(matter, start, end.last_day),
        years=tuple(ServedYear(year=year, served=worked.in_words(n)) for year, n in served.items()),
        served=worked.in_words(sum(served.values())),
        worked=worked_lines(matter, start, end.last_day),
        payments=_payments(matter),
        paid=totals.paid,
        recovered=totals.recovered,
        kept=totals.paid - totals.recovered,
        written_off=sum((asked.written_off for asked in view.repayments), _ZERO) or None,
        to_recover=totals.to_recover,
    )


def holders(matter: Matter, since: date, until: date) -> tuple[HolderLine, ...]:
    """Who served between two days, by name."""
    found = worked.stays(matter.view, since, until)
    return tuple(HolderLine(doctor=matter.names.get(s.candidate or ""), first=s.first, last=s.last) for s in found)


def worked_lines(matter: Matter, since: date, until: date) -> tuple[WorkedLine, ...]:
    """Where the time served between two days was worked, the recruiter first."""
    shares = worked.where(matter.view, since, until)
    return tuple(
        WorkedLine(
            name=place.name, finess=place.finess, planned=place.share, share=shares.get(place.finess, Fraction(0))
        )
        for place in places(matter.view)
        if shares
    )


def _payments(matter: Matter) -> tuple[PaidYear, ...]:
    found: dict[int, Decimal] = {}
    for line in account_lines(matter.view):
        if line.column is Column.PAID and line.budget_year is not None:
            found[line.budget_year] = found.get(line.budget_year, _ZERO) + line.amount
    return tuple(PaidYear(year=year, amount=amount) for year, amount in sorted(found.items()) if amount)
