"""L17c: what was served and paid on a post in a calendar year, for the recruiter and for the ministry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import MINYEAR, date
from decimal import Decimal

from workflows import worked
from workflows.account.lines import AccountLine, Column, Totals, account_lines
from workflows.dossier import Dossier
from workflows.letters.attestation import HolderLine, WorkedLine, holders, worked_lines
from workflows.letters.data import LetterData, labelled
from workflows.letters.matter import Matter, common

_ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnualLetter(LetterData):
    """What a year of a post was: time in months and thirtieths, money in euros. `until`: the last day it looks at."""

    year: int = field(metadata=labelled("Année du bilan"))
    until: date = field(metadata=labelled("Jour où le bilan est arrêté"))
    holders: tuple[HolderLine, ...] = field(metadata=labelled("Médecins en poste dans l’année"))
    served: str | None = field(metadata=labelled("Temps servi dans l’année"))
    served_in_all: str | None = field(metadata=labelled("Temps servi depuis le début du poste"))
    worked: tuple[WorkedLine, ...] = field(metadata=labelled("Temps servi par établissement"))
    notified: Decimal = field(metadata=labelled("Crédits délégués dans l’année"))
    paid: Decimal = field(metadata=labelled("Crédits versés dans l’année"))
    recovered: Decimal = field(metadata=labelled("Crédits reversés dans l’année"))
    paid_in_all: Decimal = field(metadata=labelled("Crédits versés depuis le début du poste"))
    recovered_in_all: Decimal = field(metadata=labelled("Crédits reversés depuis le début du poste"))


@dataclass(frozen=True, slots=True)
class Year:
    """What happened on a post in a year, up to `until`: thirtieths served in it, sums of its lines in euros.

    `in_all`: the sums of the account on that day.
    """

    until: date
    thirtieths: int
    notified: Decimal
    paid: Decimal
    recovered: Decimal
    in_all: Totals


def year_of(dossier: Dossier, year: int, on: date) -> Year | None:
    """A year of a post as known on a day; None when nothing was served and no money moved in it."""
    if not MINYEAR <= year <= on.year:
        return None
    until = min(date(year, 12, 31), on)
    lines = [line for line in account_lines(dossier) if line.on <= until]
    mine = [line for line in lines if line.on.year == year]
    found = Year(
        until=until,
        thirtieths=worked.by_year(dossier, until).get(year, 0),
        notified=_sum(mine, Column.NOTIFIED) - _sum(mine, Column.REDUCED),
        paid=_sum(mine, Column.PAID),
        recovered=_sum(mine, Column.RECOVERED),
        in_all=lines[-1].after if lines else Totals(),
    )
    money = {Column.NOTIFIED, Column.REDUCED, Column.PAID, Column.RECOVERED}
    return found if found.thirtieths or any(line.column in money for line in mine) else None


def _sum(lines: Iterable[AccountLine], column: Column) -> Decimal:
    return sum((line.amount for line in lines if line.column is column), _ZERO)


def annual_letter(matter: Matter) -> AnnualLetter:
    """The year that was asked for. Raises NothingToTellError when nothing was served and no money moved in it."""
    view, year = matter.view, int(matter.present(matter.details.get("year")))
    found = matter.present(year_of(view, year, matter.decided_on))
    first, served = date(year, 1, 1), worked.by_year(view, found.until)
    return AnnualLetter(
        **common(
            matter,
            f"Bilan de l’année {year} d’un poste d’assistant spécialiste à temps partagé",
            matter.call.clauses.funding.payee,
            decides=False,
        ),
        year=year,
        until=found.until,
        holders=holders(matter, first, found.until),
        served=worked.in_words(found.thirtieths) if found.thirtieths else None,
        served_in_all=worked.in_words(sum(served.values())) if served else None,
        worked=worked_lines(matter, first, found.until),
        notified=found.notified,
        paid=found.paid,
        recovered=found.recovered,
        paid_in_all=found.in_all.paid,
        recovered_in_all=found.in_all.recovered,
    )
