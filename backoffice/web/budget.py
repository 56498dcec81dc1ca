"""The budget of calls: how much is committed, due, paid, to recover and available, and what changed each month."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from backoffice.services import budget as service
from backoffice.services.budget import CallBudget
from backoffice.services.exports.table import Cell, Column, Kind, Table, money_columns
from backoffice.services.places import QuotaPlaces, quota_places
from backoffice.services.projection import euros
from backoffice.store import budgets
from backoffice.store.base import db
from backoffice.web import exports, security
from backoffice.web.pictures import Bar, PlacesBar, Step, places_bar, waterfall, year_bar
from backoffice.web.policy import Policy, open_to
from workflows.account.budget import Figures
from workflows.acts import label_of
from workflows.french import amount, count, month_name, typography

blueprint = Blueprint("budget", __name__, url_prefix="/budget")

#: Changes of a month that a page shows; the export has them all.
MOST_CHANGES = 500


@blueprint.get("")
@open_to(Policy.AGENTS)
def index() -> ResponseReturnValue:
    """The figures of every call of the region, year by year."""
    visitor, now = security.required_visitor(), security.clocks().legal()
    found = service.budgets_of(db.session(), visitor.region, now)
    return render_template("budgets.html", found=found, lead=_lead_of_all(found), bars=_bars, formats=exports.FORMATS)


def _bars(found: CallBudget) -> list[tuple[Figures, Bar]]:
    """The bar of each year, all on the scale of the largest."""
    scale = max((max(f.committed, f.envelope or f.committed) for f in found.figures), default=Decimal(1)) or Decimal(1)
    return [(f, year_bar(f, scale)) for f in found.figures]


def _places_bars(found: tuple[QuotaPlaces, ...]) -> list[tuple[QuotaPlaces, PlacesBar]]:
    """The bar of each quota, all on the scale of the largest."""
    scale = max((max(q.taken + q.offered, q.places or 0) for q in found), default=1) or 1
    return [(q, places_bar(q, scale)) for q in found]


def _lead_of_all(found: list[CallBudget]) -> str:
    over = [(b, f) for b in found for f in b.figures if f.overrun]
    if over:
        told = [f"{b.call.title} dépasse son enveloppe de {f.year} de {amount(f.overrun)}" for b, f in over[:2]]
        if more := len(over[2:]):
            told.append(count(more, "autre enveloppe est dépassée", "autres enveloppes sont dépassées"))
        return typography(f"{' ; '.join(told)}.")
    owed = sum((f.to_recover for b in found for f in b.figures), Decimal("0.00"))
    return typography(f"{_none_over(found)}{f' ; {amount(owed)} restent à reverser' if owed else ''}.")


def _none_over(found: list[CallBudget]) -> str:
    """That no envelope is exceeded, as far as envelopes are known."""
    known = [f.envelope is not None for b in found for f in b.figures]
    if not any(known):
        return "Aucune enveloppe n’est connue"
    return f"Aucune {'enveloppe' if all(known) else 'enveloppe connue'} n’est dépassée"


@blueprint.get("/<call_id>")
@open_to(Policy.AGENTS)
def show(call_id: str) -> ResponseReturnValue:
    """One call: its figures, what moved since last month, its months."""
    found = _asked(call_id, offers=True)
    years = [(year, list(months)) for year, months in groupby(found.months, key=lambda m: m.year)]
    known = [year for year, _ in years]
    return render_template(
        "budget.html",
        budget=found,
        places=_places_bars(quota_places(db.session(), found.call, found.offers)),
        lead=_lead(found),
        bars=_bars(found),
        steps=waterfall(_steps(found)),
        years=years,
        open_year=found.today.year if found.today.year in known else next(iter(known), None),
        month_name=month_name,
        formats=exports.FORMATS,
    )


def _asked(call_id: str, *, offers: bool = False) -> CallBudget:
    visitor, now = security.required_visitor(), security.clocks().legal()
    found = service.budget_of(db.session(), visitor.region, call_id, now, offers=offers)
    return found or abort(404)


def _lead(found: CallBudget) -> str:
    """The first line of the page: what is left this year, or the overrun."""
    here = next((f for f in found.figures if f.year == found.today.year), None)
    if here is None:
        return "Rien n’est engagé cette année."
    told = f"En {here.year}, {amount(here.committed)} sont engagés"
    if here.envelope is None:
        return typography(f"{told} ; l’enveloppe n’est pas encore connue.")
    if here.overrun:
        return typography(f"{told}, soit {amount(here.overrun)} de plus que l’enveloppe ({amount(here.envelope)}).")
    return typography(
        f"{told} sur {amount(here.envelope)} : {amount(here.available or Decimal(0))} restent disponibles."
    )


def _steps(found: CallBudget) -> list[Step]:
    recent = found.recent
    before = Step(f"Engagé au {_day_before(recent.since)}", recent.before, total=True)
    return [
        before,
        *(Step(c.label, c.amount) for c in recent.changes),
        Step("Engagé aujourd’hui", recent.now, total=True),
    ]


def _day_before(day: date) -> str:
    last = day.replace(day=1).toordinal() - 1
    known = date.fromordinal(last)
    return f"{known.day}\u00a0{month_name(known.year, known.month)}"


@dataclass(frozen=True, slots=True)
class Changed:
    """What one act changed of a month of one post."""

    number: str
    recruiter: str
    act: str
    on: date
    thirtieths: int
    amount: Decimal


def _changed(line: budgets.ChangeLine) -> Changed:
    act, changed = label_of(line.act), euros(line.cents)
    return Changed(line.number, line.recruiter or "", act, line.made_on, line.thirtieths, changed)


@blueprint.get("/<call_id>/mois/<int:year>/<int:month>")
@open_to(Policy.AGENTS)
def month(call_id: str, year: int, month: int) -> ResponseReturnValue:
    """What makes the figure of one month: every change, with its dossier and its act."""
    found = _asked(call_id)
    here = next((m for m in found.months if (m.year, m.month) == (year, month)), None) or abort(404)
    region = security.required_visitor().region
    lines = budgets.changes(db.session(), region, call_id, (year, month), limit=MOST_CHANGES + 1)
    changes = [_changed(line) for line in lines]
    return render_template(
        "budget_month.html",
        budget=found,
        here=here,
        name=month_name(year, month),
        changes=changes[:MOST_CHANGES],
        cut=len(changes) > MOST_CHANGES,
        formats=exports.FORMATS,
    )


# Exports: the tables on screen.


@blueprint.get("/export/<ending>")
@open_to(Policy.AGENTS)
def export_all(ending: str) -> ResponseReturnValue:
    """The figures of every call."""
    visitor, now = security.required_visitor(), security.clocks().legal()
    found = service.budgets_of(db.session(), visitor.region, now)
    return exports.send("budget", ending, _years_table(found))


@blueprint.get("/<call_id>/export/<what>/<ending>")
@open_to(Policy.AGENTS)
def export(call_id: str, what: str, ending: str) -> ResponseReturnValue:
    """A table of the page; a workbook holds them all."""
    found = _asked(call_id, offers=True)
    tables = {
        "annees": _years_table([found]),
        "places": _places_table(quota_places(db.session(), found.call, found.offers)),
        "mois": _months_table(found),
    }
    return exports.send_first(f"budget {call_id}", what, ending, tables)


@blueprint.get("/<call_id>/mois/<int:year>/<int:month>/export/<ending>")
@open_to(Policy.AGENTS)
def export_month(call_id: str, year: int, month: int, ending: str) -> ResponseReturnValue:
    """Every change of a month."""
    if not any((m.year, m.month) == (year, month) for m in _asked(call_id).months):
        abort(404)
    lines = budgets.changes(db.session(), security.required_visitor().region, call_id, (year, month))
    table = Table(month_name(year, month), _CHANGE_COLUMNS, (_change_row(_changed(line)) for line in lines))
    return exports.send(f"budget {call_id} {year}-{month:02}", ending, table)


_YEAR_COLUMNS = (
    Column("Appel", Kind.TEXT, 40),
    Column("Année", Kind.YEAR, 8),
    *money_columns("Enveloppe", "Engagé", "Mois échus", "Délégué", "Versé", "À reverser", "Recouvré", "Disponible"),
    *money_columns("Dépassement"),
)


def _years_table(found: Iterable[CallBudget]) -> Table:
    rows = ((b.call.title, f.year, *_amounts(f)) for b in found for f in b.figures)
    return Table("Années", _YEAR_COLUMNS, rows)


def _amounts(f: Figures) -> tuple[Cell, ...]:
    return (
        *(f.envelope, f.committed, f.due, f.delegated, f.paid, f.to_recover, f.recovered, f.available),
        None if f.envelope is None else f.overrun,
    )


_PLACE_COLUMNS = (
    Column("Contingent", Kind.TEXT, 40),
    Column("Dans", Kind.TEXT, 40),
    *(Column(title, Kind.WHOLE, 12) for title in ("Places", "Prises", "Dont provisoires", "Dont tenues")),
    *(Column(title, Kind.WHOLE, 12) for title in ("Libres", "Dont offertes", "Dépassement")),
)


def _places_table(found: Iterable[QuotaPlaces]) -> Table:
    rows = ((q.label, q.within, q.places, q.taken, q.provisional, q.held, q.left, q.offered, q.overrun) for q in found)
    return Table("Places", _PLACE_COLUMNS, rows)


_MONTH_COLUMNS = (
    Column("Mois", Kind.DATE, 12),
    *money_columns("Accordé", "Différences", "Engagé", "Échu"),
    Column("Actes", Kind.TEXT, 60),
)


def _months_table(found: CallBudget) -> Table:
    rows = (
        (
            date(m.year, m.month, 1),
            m.awarded,
            m.committed - m.awarded,
            m.committed,
            m.due,
            typography(" ; ".join(f"{c.label} : {amount(c.amount)}" for c in m.changes)),
        )
        for m in found.months
    )
    return Table("Mois", _MONTH_COLUMNS, rows)


_CHANGE_COLUMNS = (
    Column("Dossier", Kind.TEXT, 16),
    Column("Établissement", Kind.TEXT, 40),
    Column("Acte", Kind.TEXT, 32),
    Column("Le", Kind.DATE, 12),
    Column("Trentièmes", Kind.WHOLE, 12),
    *money_columns("Montant"),
)


def _change_row(c: Changed) -> tuple[Cell, ...]:
    return (c.number, c.recruiter, c.act, c.on, c.thirtieths, c.amount)
