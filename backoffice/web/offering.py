"""The acts a page offers, in the order in which they are likely to be wanted. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from backoffice.web.choices import choices_for, known_pieces
from backoffice.web.reader import Page, shown
from workflows.account.lines import credits_to_reduce
from workflows.acts.base import LEVELS
from workflows.decide import Possibility
from workflows.dossier import Dossier
from workflows.guards.common import NOT_ALLOWED
from workflows.guards.which_repayment import REPAYMENT_STEP
from workflows.parts.pieces import PieceState, missing, not_received
from workflows.parts.repayment_steps import RepaymentState
from workflows.parts.requests import RequestKind
from workflows.states import State

_DEPARTURES = frozenset({RequestKind.WITHDRAWAL, RequestKind.EARLY_END})
_NOTHING_TO_DO = "Rien n’est à faire"


@dataclass
class Offer:
    """`first`: what is wanted now. `more`: what is possible besides. `refused`: what is wanted and stopped, with the
    reasons. `stopped`: the other acts that are stopped. `elsewhere`: labels of acts by who does them. `called`: names
    of the acts that somebody asked for.
    """

    first: list[Possibility] = field(default_factory=list)
    more: list[Possibility] = field(default_factory=list)
    refused: list[Possibility] = field(default_factory=list)
    stopped: list[Possibility] = field(default_factory=list)
    elsewhere: dict[str, list[str]] = field(default_factory=dict)
    called: frozenset[str] = frozenset()

    @property
    def main(self) -> str | None:
        """Name of the act of the one filled button: the first that is wanted, never one that undoes or gives up."""
        first = next(iter(self.first), None)
        return None if first is None or first.held or self._gives_up(first) else first.act.name

    @property
    def is_quiet(self) -> bool:
        """True when nothing is expected of the visitor: all they may do is undo or give up."""
        return not self.refused and all(self._gives_up(p) for p in self.first)

    def _gives_up(self, possibility: Possibility) -> bool:
        """True for an act that undoes or gives up, and that nobody asked for."""
        return possibility.act.name in _NEVER_MAIN - self.called


def offer(page: Page) -> Offer:
    """The acts of a dossier for its visitor."""
    possible, refused = shown(page)
    if not known_pieces(page):  # there is nothing to ask for nor to give
        possible = [p for p in possible if p.act.name not in _OF_PIECES]
    found = Offer(called=_called(page.facts) if page.visitor.is_agent else frozenset())
    for possibility in sorted(possible, key=lambda p: (_place(page, p), p.held)):
        (found.first if _wanted(page, possibility) else found.more).append(possibility)
    for possibility in refused:
        if NOT_ALLOWED.code in {f.code for f in possibility.findings}:
            _note_elsewhere(found, possibility)
        else:
            wanted = _wanted(page, possibility) and not _pointless(possibility)
            (found.refused if wanted else found.stopped).append(possibility)
    return found


def _called(view: Dossier) -> frozenset[str]:
    """Names of the acts that somebody asked for: those that put a line right, the reliefs prepared for another."""
    righted = {contest.remedy for contest in view.upheld_contests if contest.remedy}
    prepared = (asked.awaited_relief for asked in view.repayments)
    return frozenset(righted | {each.relief.act for each in prepared if each})


def _place(page: Page, possibility: Possibility) -> int:
    """Where an act stands in its list: what answers somebody, what is asked, what goes on, the rest, what undoes."""
    name = possibility.act.name
    first = _FIRST_FOR_AGENTS if page.visitor.is_agent else _FIRST
    if page.visitor.is_agent and name in _called(page.facts):
        return 0
    if _answers(page, possibility) or (name in first and _wanted(page, possibility)):
        return 0
    too_soon = name == "declare_complete" and _lacking(page)
    return 2 if too_soon or name in _NEVER_MAIN else 1


def _answers(page: Page, possibility: Possibility) -> bool:
    """True for an act that gives a request what it asks, or that a day that has come calls for."""
    return possibility.act.name in _GRANTING and page.visitor.is_agent and _wanted(page, possibility)


def _note_elsewhere(found: Offer, possibility: Possibility) -> None:
    who = next((w for w in possibility.act.who if w in LEVELS), possibility.act.who[0])
    found.elsewhere.setdefault(who.label, []).append(possibility.act.label)


def _pointless(possibility: Possibility) -> bool:
    """True for an act that is stopped because there is nothing to do, or because its turn has not come."""
    return any(f.remedy.startswith(_NOTHING_TO_DO) or f.code == REPAYMENT_STEP.code for f in possibility.findings)


def _wanted(page: Page, possibility: Possibility) -> bool:
    """True for an act that the dossier calls for now, and not only allows."""
    name = possibility.act.name
    if not page.visitor.is_agent:
        called = _WHEN_PARTY.get(name)
        return name not in _RARE_FOR_PARTIES if called is None else called(page)
    if name in _called(page.facts):
        return True
    asked = _WHEN.get(name)
    return name not in _RARE if asked is None else asked(page)


_OF_PIECES = frozenset({"receive_piece", "request_pieces"})
#: Acts that come first when the dossier calls for them: somebody gave something, or was asked for something.
_FIRST = frozenset({"accept_award", "answer_notice", "answer_offer", "receive_piece", "record_remarks", "submit"})
_FIRST_FOR_AGENTS = frozenset({"judge_piece"})
#: Acts that give up, end or undo: legal for long, never what the page puts forward.
_NEVER_MAIN = frozenset(
    {
        "ask_deferral",
        "ask_letter",
        "back_to_reserve",
        "cancel_departure",
        "cancel_request",
        "close",
        "contest_line",
        "correct_ledger_entry",
        "declare_early_end",
        "declare_inadmissible",
        "drop_repayment",
        "file_claim",
        "give_notice",
        "lapse",
        "open_overpayment",
        "pause_reminders",
        "prepare_relief",
        "put_on_reserve",
        "record_succession",
        "rectify",
        "reduce_repayment",
        "refuse_request",
        "reject",
        "remit_repayment",
        "reopen",
        "report_withdrawal",
        "resume_reminders",
        "revert",
        "take_back",
        "withdraw_proof",
        "write_off_repayment",
    }
)
_GRANTING = frozenset({"agree_replacement", "announce_departure", "defer", "record_end", "replace", "withdraw"})
#: Acts that are legal for long and wanted seldom.
_RARE = frozenset(
    {
        "answer_notice",
        "ask_deferral",
        "ask_letter",
        "back_to_reserve",
        "cancel_departure",
        "cancel_request",
        "change_contract_share",
        "contest_line",
        "correct_ledger_entry",
        "declare_early_end",
        "declare_inadmissible",
        "drop_repayment",
        "edit_draft",
        "extend",
        "file_claim",
        "file_message",
        "give_notice",
        "lapse",
        "open_overpayment",
        "pause_reminders",
        "prepare_relief",
        "propose_replacement",
        "record_opening",
        "record_remarks",
        "record_succession",
        "rectify",
        "record_proof",
        "reexamine",
        "renew",
        "reopen",
        "report_withdrawal",
        "resume_reminders",
        "revert",
        "take_back",
        "use_other_vehicle",
        "waive_distance",
        "withdraw_proof",
    }
)
_RARE_FOR_PARTIES = frozenset({"cancel_request", "contest_line", "file_claim", "identify_candidate", "renew"})


def _lacking(page: Page) -> bool:
    return bool(missing(known_pieces(page), page.view.pieces))


def _received(page: Page) -> bool:
    return any(piece.state is PieceState.RECEIVED for piece in page.view.pieces)


def _to_ask(page: Page) -> bool:
    return page.view.open_piece_request is None and _lacking(page)


def _asked_for_pieces(page: Page) -> bool:
    return page.view.open_piece_request is not None or (page.view.state is State.DRAFT and _not_given(page))


def _not_given(page: Page) -> bool:
    return bool(not_received(known_pieces(page), page.view.pieces))


def _opinion_awaited(page: Page) -> bool:
    return page.view.committee is not None and page.view.committee.judged_on is None


def _remarks_awaited(page: Page) -> bool:
    current = page.view.repayment
    return current is not None and current.state is RepaymentState.CONTRADICTORY and current.answered_on is None


def _unidentified(page: Page) -> bool:
    doctor = page.view.candidate
    return page.view.award is not None and doctor is not None and doctor.rpps is None


def _over(page: Page) -> bool:
    award = page.view.award
    return award is not None and award.planned_end is not None and award.planned_end <= page.today


def _leaving(page: Page, *, now: bool, kinds: frozenset[RequestKind] = _DEPARTURES) -> bool:
    """True while a departure told by a party waits, and may be recorded `now`; else it is only to be announced.

    A doctor in post has left from the last day served on; a post that has not started is left at once.
    """
    waiting = [r for r in page.view.requests if r.is_open and r.kind in kinds]
    in_post, tomorrow = page.view.state is State.IN_POST, page.today + timedelta(days=1)
    return any(now is (not in_post or r.dates.effective_on <= tomorrow) for r in waiting)


def _ending(page: Page) -> bool:
    return _over(page) or _leaving(page, now=True, kinds=frozenset({RequestKind.EARLY_END}))


def _asked(act: str) -> Callable[[Page], bool]:
    """True while a request waits that this act answers."""

    def waits(page: Page) -> bool:
        found = next(p.act for p in page.possibilities if p.act.name == act)
        return bool(choices_for(page, found).get("request"))

    return waits


_WHEN: Mapping[str, Callable[[Page], bool]] = {
    "agree_replacement": _asked("agree_replacement"),
    "announce_departure": lambda page: _leaving(page, now=False),
    "answer_contest": lambda page: bool(page.view.open_contests),
    "confirm_presence": lambda page: page.view.state.value == "in_post",
    "defer": _asked("defer"),
    "examine_request": _asked("examine_request"),
    "identify_candidate": _unidentified,
    "judge_piece": _received,
    "name_candidate": lambda page: page.view.candidate is None,
    "receive_piece": _lacking,
    "record_opinion": _opinion_awaited,
    "record_end": _ending,
    "reduce_tranche": lambda page: bool(credits_to_reduce(page.view, page.call)),
    "refuse_request": _asked("refuse_request"),
    "replace": _asked("replace"),
    "request_pieces": _to_ask,
    "withdraw": lambda page: _leaving(page, now=True, kinds=frozenset({RequestKind.WITHDRAWAL})),
}

_WHEN_PARTY: Mapping[str, Callable[[Page], bool]] = {
    "answer_notice": lambda page: page.view.notice is not None and page.view.notice.answered_on is None,
    "receive_piece": _asked_for_pieces,
    "record_remarks": _remarks_awaited,
}
