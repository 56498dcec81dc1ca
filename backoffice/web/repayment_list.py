"""The repayments of a region: by stage, the oldest first, what waits for whom; as a page and as files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backoffice.services.act import Times
from backoffice.services.exports.table import Cell, Column, Kind, Table, money_columns
from backoffice.services.repayments import (
    Ageing,
    RepaymentLine,
    StageSum,
    ageing,
    known_calls,
    repayment_lines,
    stage_sums,
    whole,
)
from backoffice.services.soon import Ahead, proposals_ahead
from backoffice.store.base import db
from backoffice.store.search import normalised
from backoffice.web import exports, security
from backoffice.web.pictures import units
from backoffice.web.policy import Policy, open_to
from backoffice.web.reader import scope_of
from workflows.calls.model import Call
from workflows.french import amount, count, typography
from workflows.parts.repayment_steps import RepaymentState
from workflows.repaying.track import Awaited, Stage

blueprint = Blueprint("repayment_list", __name__, url_prefix="/reversements")

PAGE = 50
#: What the address says of a stage, and how a list of them is called.
STAGES = {
    "proposition": (Stage.PROPOSAL, "Proposés"),
    "contradictoire": (Stage.REMARKS, "En procédure contradictoire"),
    "decision": (Stage.DECISION, "À décider"),
    "demande": (Stage.REQUEST, "Titre à demander"),
    "titre": (Stage.TITLE, "Titre attendu"),
    "recouvrement": (Stage.RECOVERY, "À recouvrer"),
    "cloture": (Stage.CLOSED, "Soldés ou abandonnés"),
}
#: What the address says to see them all, those that are closed too.
ALL = "tous"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list is narrowed to, as the address says it: a stage, every one, those not closed; a call."""

    stage: str = ""
    call: str = ""
    page: int = 1

    def shows(self, line: RepaymentLine) -> bool:
        """True for a repayment of the list."""
        if self.stage in STAGES:
            return line.stage is STAGES[self.stage][0]
        return self.stage == ALL or not line.closed

    def address(self, endpoint: str = "repayment_list.index", **more: Any) -> str:
        """The address of the list, with something else."""
        given: dict[str, Any] = {"etape": self.stage or None, "appel": self.call or None}
        return url_for(endpoint, **{**given, **more})


@dataclass(frozen=True, slots=True)
class Listed:
    """The repayments of a region, or of a call: all of them, and those of the list; `known`: its calls in force."""

    every: list[RepaymentLine]
    lines: list[RepaymentLine]
    calls: list[Call]
    known: Mapping[str, Call]


def _asked() -> Asked:
    stage, page = request.args.get("etape", ""), request.args.get("page", 1, type=int) or 1
    known = stage if stage in {*STAGES, ALL} else ""
    return Asked(known, request.args.get("appel", ""), max(1, min(page, 10_000)))


def _listed(asked: Asked) -> Listed:
    visitor, now = security.required_visitor(), security.clocks().legal()
    known = known_calls(db.session(), visitor.region)
    found = repayment_lines(db.session(), scope_of(visitor), known, now)
    calls = {line.call.id: line.call for line in found}
    every = [line for line in found if not asked.call or line.call.id == asked.call]
    return Listed(
        every,
        [line for line in every if asked.shows(line)],
        sorted(calls.values(), key=lambda call: normalised(call.title)),
        known,
    )


@blueprint.get("")
@open_to(Policy.AGENTS)
def index() -> ResponseReturnValue:
    """The repayments of the region: those that are not closed, or those of a stage."""
    asked = _asked()
    found = _listed(asked)
    sums = stage_sums(found.every)
    start = (asked.page - 1) * PAGE
    return render_template(
        "repayments.html",
        asked=asked,
        lead=_lead(found.every),
        ahead=_ahead(found.known),
        stages=[(name, label, sums[stage]) for name, (stage, label) in STAGES.items()],
        total=whole(found.every),
        open_number=sum(not line.closed for line in found.every),
        lines=found.lines[start : start + PAGE],
        shown=whole(found.lines),
        ages=_bars(ageing(found.every, security.clocks().legal().date())),
        pages=max(1, -(-len(found.lines) // PAGE)),
        calls=found.calls,
        all_name=ALL,
        formats=exports.FORMATS,
    )


def _ahead(calls: Mapping[str, Call]) -> list[Ahead]:
    """What the machine is about to propose in the region."""
    clocks = security.clocks()
    times = Times(clocks.legal(), clocks.machine())
    return proposals_ahead(db.session(), scope_of(security.required_visitor()), calls, times)


def _bars(ages: list[Ageing]) -> list[tuple[Ageing, int]]:
    """Each age with its width, in units of the picture, on the scale of the largest."""
    scale = max((age.due for age in ages), default=Decimal(0))
    return [(age, units(age.due, scale)) for age in ages]


def _lead(every: list[RepaymentLine]) -> str:
    """The first line: how much is still due, and how much nobody has decided."""
    undecided = [line for line in every if line.debt.decided is None and not line.closed]
    due, asked = whole(every).due, whole(undecided).asked
    told = f"{amount(due)} restent dus" if due else "Rien ne reste dû"
    if undecided:
        number = count(len(undecided), "reversement", "reversements")
        told += (
            f" ; {number} pour {amount(asked)} {'n’est pas décidé' if len(undecided) == 1 else 'ne sont pas décidés'}"
        )
    return typography(f"{told}.")


@blueprint.get("/export/<ending>")
@open_to(Policy.AGENTS)
def export(ending: str) -> ResponseReturnValue:
    """The repayments of the list that the address says; a workbook holds their sums by stage too."""
    asked = _asked()
    found = _listed(asked)
    lines = Table("Reversements", _COLUMNS, (_row(line) for line in found.lines))
    sums = Table("Étapes", _SUM_COLUMNS, _sum_rows(found.every))
    return exports.send("reversements", ending, lines, sums, rows=len(found.lines))


_SUMS = ("Demandé", "Recouvré", "Réduit, remis, en non-valeur", "Reste dû")
_COLUMNS = (
    Column("Dossier", Kind.TEXT, 16),
    Column("Appel", Kind.TEXT, 40),
    Column("Établissement", Kind.TEXT, 36),
    Column("À la suite de", Kind.TEXT, 16),
    Column("Ouvert le", Kind.DATE, 12),
    Column("Étape", Kind.TEXT, 24),
    *money_columns(*_SUMS),
    Column("Attend", Kind.TEXT, 60),
    Column("Jusqu’au", Kind.DATE, 12),
    Column("Titre", Kind.TEXT, 16),
)
_SUM_COLUMNS = (
    Column("Étape", Kind.TEXT, 28),
    Column("Nombre", Kind.WHOLE, 10),
    *money_columns(*_SUMS),
)


def _row(line: RepaymentLine) -> tuple[Cell, ...]:
    repayment, debt = line.repayment, line.debt
    dropped = f" ({repayment.state_label})" if repayment.state is RepaymentState.DROPPED else ""
    stage = f"{line.stage.label}{dropped}"
    return (
        *(line.number, line.call.title, line.recruiter, repayment.kind.label, repayment.opened_on, stage),
        *(debt.asked, debt.recovered, debt.relieved, debt.due),
        typography(" ; ".join(_awaited(each) for each in line.awaited)) or None,
        min((each.until for each in line.awaited if each.until), default=None),
        repayment.title,
    )


def _awaited(each: Awaited) -> str:
    return f"{each.who} : {each.what}{each.limit}"


def _sum_rows(every: list[RepaymentLine]) -> Iterable[tuple[Cell, ...]]:
    sums = stage_sums(every)
    for stage, label in STAGES.values():
        yield (label, *_amounts(sums[stage]))
    yield ("Total", *_amounts(whole(every)))


def _amounts(found: StageSum) -> tuple[Cell, ...]:
    return (found.number, found.asked, found.recovered, found.relieved, found.due)
