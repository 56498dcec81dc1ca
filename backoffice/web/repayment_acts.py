"""The acts that the page of a repayment offers its visitor, as if it were the only one of its dossier."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from flask import url_for

from backoffice.web.repayment_page import RepaymentPage
from workflows.account.correcting import correctable, repayment_told
from workflows.acts.base import Act
from workflows.decide import Possibility, explain
from workflows.guards.common import NOT_ALLOWED, level_of
from workflows.guards.recovery import NO_TRANSFER, NOT_BY_TITLE
from workflows.guards.reliefs import CLAIM_UNKNOWN, RELIEF_UNPREPARED
from workflows.guards.repayment import READING_UNSET
from workflows.guards.which_repayment import REPAYMENT_STEP
from workflows.parts.repayments import RepaymentFile, RepaymentKind
from workflows.repaying.track import Stage


@dataclass
class RepaymentOffer:
    """The acts possible from the page: those wanted now, those besides, those stopped with their reasons; `elsewhere`:
    labels of acts by who does them.
    """

    first: list[Possibility] = field(default_factory=list)
    more: list[Possibility] = field(default_factory=list)
    stopped: list[Possibility] = field(default_factory=list)
    elsewhere: dict[str, list[str]] = field(default_factory=dict)

    @property
    def main(self) -> str | None:
        """Name of the act of the one filled button."""
        return next((p.act.name for p in self.first if not p.held), None)


#: The acts on a repayment, in the order of its life.
_ACTS = (
    *("start_contradictory", "record_remarks", "decide_repayment", "request_title", "record_title"),
    *("record_title_receipt", "use_other_vehicle", "answer_claim", "record_refund", "offset_repayment"),
    "record_repaid",
    *("settle", "settle_overpayment", "drop_repayment", "reduce_repayment", "remit_repayment"),
    *("write_off_repayment", "prepare_relief", "file_claim", "correct_ledger_entry"),
)
_CLOSINGS = frozenset({"settle", "settle_overpayment"})
#: Acts that are legal for long and wanted seldom.
_BESIDES = frozenset({"file_claim", "prepare_relief", "record_remarks", "correct_ledger_entry"})
_BESIDES_FOR_PARTIES = frozenset({"file_claim"})
#: What stops an act that belongs to another stage, or has nothing to bear on: the page does not speak of it.
_POINTLESS = frozenset(
    reason.code for reason in (REPAYMENT_STEP, NO_TRANSFER, NOT_BY_TITLE, RELIEF_UNPREPARED, CLAIM_UNKNOWN)
)


def repayment_offer(shown: RepaymentPage) -> RepaymentOffer:
    """The acts of a repayment for its visitor."""
    page, found = shown.page, RepaymentOffer()
    alone = replace(page.view, repayments=(shown.repayment,))
    known = {p.act.name: p for p in explain(alone, by=page.visitor.actor, call=page.call, now=page.now)}
    for name in _ACTS:
        possibility = _judged(shown, known[name])
        if _has_object(shown, possibility):
            _place(shown, found, possibility)
    return found


def act_url(shown: RepaymentPage, act: Act) -> str:
    """Where an act is done, on this repayment; its form leads back to its page."""
    given = _GIVEN[act.name](shown.repayment) if act.name in _GIVEN else None
    amount: dict[str, Any] = {"amount": f"{given:.2f}".replace(".", ",")} if given else {}
    return url_for("acts.form", number=shown.page.row.number, name=act.name, **amount, **shown.back)


def _prepared(repayment: RepaymentFile) -> Decimal | None:
    return repayment.relief.amount if repayment.relief else None


#: The amount that a form opens with, in euros.
_GIVEN: Mapping[str, Callable[[RepaymentFile], Decimal | None]] = {
    "decide_repayment": lambda repayment: repayment.proposed,
    "record_refund": lambda repayment: repayment.to_refund,
    "reduce_repayment": _prepared,
    "remit_repayment": _prepared,
    "write_off_repayment": _prepared,
}


def _judged(shown: RepaymentPage, possibility: Possibility) -> Possibility:
    """A decision that no form could make go through says so at once (A1)."""
    if possibility.act.name == "decide_repayment" and possibility.allowed and not shown.view.decidable:
        return replace(possibility, allowed=False, findings=(*possibility.findings, READING_UNSET()))
    return possibility


def _has_object(shown: RepaymentPage, possibility: Possibility) -> bool:
    """False for an act of another stage, or that has nothing to bear on."""
    name, debt, codes = possibility.act.name, shown.view.debt, {f.code for f in possibility.findings}
    closing = "settle_overpayment" if shown.repayment.kind is RepaymentKind.OVERPAYMENT else "settle"
    if "wrong_state" in codes or codes & _POINTLESS or (name in _CLOSINGS and name != closing):
        return False
    if name in _CLOSINGS:
        return shown.repayment.is_over and not shown.closed
    if name == "correct_ledger_entry":
        view = shown.page.view
        return any(repayment_told(view, line.id) == shown.repayment for line in correctable(view))
    if name == "record_remarks" and not shown.page.visitor.is_agent:
        return shown.repayment.answered_on is None
    due, payable = debt.due, debt.due + debt.written_off
    wanted = {"record_repaid": payable, "offset_repayment": due, "record_refund": debt.to_refund}
    return bool(wanted.get(name, 1))


def _place(shown: RepaymentPage, found: RepaymentOffer, possibility: Possibility) -> None:
    act = possibility.act
    if NOT_ALLOWED.code in {f.code for f in possibility.findings}:
        level = level_of(act, shown.page.call)
        if shown.page.visitor.is_agent and level is not None and _comes_now(shown, act.name):
            found.elsewhere.setdefault(level.label, []).append(act.label)
    elif not possibility.allowed:
        if not (shown.page.visitor.is_agent and act.name in _BESIDES):
            found.stopped.append(possibility)
    else:
        (found.more if _is_beside(shown, act.name) else found.first).append(possibility)


def _comes_now(shown: RepaymentPage, name: str) -> bool:
    """True for an act of somebody else that the repayment calls for as it stands."""
    repayment, relief = shown.repayment, shown.repayment.awaited_relief
    if name in _RELIEFS:
        return relief is not None and relief.relief.act == name
    if name == "answer_claim":
        return repayment.open_claim is not None
    if name == "use_other_vehicle":
        return not _is_beside(shown, name)
    return name == "decide_repayment" and repayment.allows(name)


_RELIEFS = frozenset({"drop_repayment", "reduce_repayment", "remit_repayment", "write_off_repayment"})


def _is_beside(shown: RepaymentPage, name: str) -> bool:
    if name == "use_other_vehicle":  # what the decision chose is the next step; leaving the title is seldom
        return shown.repayment.by_title or shown.stage is not Stage.REQUEST
    if name == "record_title_receipt":  # once it is known, only to correct it
        return shown.repayment.title_received_on is not None
    if name == "record_repaid":  # what is written off is not waited for
        return not shown.view.debt.due
    return name in (_BESIDES if shown.page.visitor.is_agent else _BESIDES_FOR_PARTIES)
