"""Which letters of a decision still stand: what it decided holds, and no later decision took its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from workflows.dossier import Dossier, EndOutcome
from workflows.parts.receipts import AWARDS, EXPRESS, NOTICE, REPAYMENT_DECISION, REPAYMENT_NOTICE, Receipt
from workflows.parts.repayment_steps import DECIDED, RepaymentState
from workflows.parts.repayments import RepaymentFile
from workflows.parts.requests import RequestState
from workflows.states import UNDER_EXAMINATION

_LAPSED = "lapsed:"
_DEFERRAL = "L13"

#: Letters that answer the application: the last one is the answer.
ANSWERS = EXPRESS | {"L9"}
#: Those of them by which an award falls.
_FALLS = ANSWERS - AWARDS


@dataclass(frozen=True, slots=True)
class Standing:
    """What a letter needs to stand.

    `holds`: whether what it decided is still in a dossier, with what its act said. `ended_by`: the codes of the
    letters that may take its place when a later act asks for them; `ends`: whether a later one of them does.
    """

    holds: Callable[[Dossier, Mapping[str, str]], bool]
    ended_by: frozenset[str] = frozenset()
    ends: Callable[[Dossier, Receipt, Mapping[str, str]], bool] = lambda _, __, ___: True

    def stands(self, now: Dossier, entry: int, details: Mapping[str, str]) -> bool:
        """True while the decision of a journal entry is the one in force in a dossier."""
        later = (r for r in now.receipts if r.entry > entry and r.letter in self.ended_by and not r.void)
        return self.holds(now, details) and not any(self.ends(now, receipt, details) for receipt in later)


def _always(_: Dossier, __: Mapping[str, str]) -> bool:
    return True


def _awarded(now: Dossier, _: Mapping[str, str]) -> bool:
    """A post that is awarded and has, or had, its doctor: nobody is told of one that waits for another."""
    never = now.end is not None and now.end.outcome is EndOutcome.NEVER_STARTED
    return now.award is not None and now.vacancy is None and not never


def _notified(now: Dossier, details: Mapping[str, str]) -> bool:
    return _awarded(now, details) and now.award is not None and now.award.notified_on is not None


def _confirmed(now: Dossier, details: Mapping[str, str]) -> bool:
    return _notified(now, details) and now.award is not None and not now.award.conditional


def _rejected(now: Dossier, _: Mapping[str, str]) -> bool:
    return now.rejection is not None


def _refused(now: Dossier, details: Mapping[str, str]) -> bool:
    """A lapse says when its notice was sent, or nothing at all when an older release decided it."""
    return now.rejection is not None and (now.rejection.ground.startswith(_LAPSED) or "heard" not in details)


def _replacement(now: Dossier, details: Mapping[str, str]) -> bool:
    """A replacement granted says its start, unless an older release granted it; a refusal never does.

    Agreed before a departure, it may be refused once the post is vacant.
    """
    request = now.request(details.get("request"))
    if request is None or request.state is RequestState.REFUSED:
        return request is not None and "start" not in details
    return now.award is not None


def _reduced(now: Dossier, details: Mapping[str, str]) -> bool:
    return all(entry.corrects != details.get("entry") for entry in now.ledger)


def grants_deferral(now: Dossier, receipt: Receipt) -> bool:
    """True for the receipt of a letter that grants a deferral, and was not taken back."""
    request = now.request(receipt.about)
    granted = request is None or request.state is RequestState.GRANTED
    return receipt.letter == _DEFERRAL and granted and not receipt.void


def _deferred_or_falls(now: Dossier, later: Receipt, details: Mapping[str, str]) -> bool:
    """A deferral granted, which says the new start, gives the days of the post in place of the one granted before.

    A refusal takes the place of none and leaves its own to none: whoever asked is told.
    """
    return later.letter != _DEFERRAL or ("new_start" in details and grants_deferral(now, later))


def _heard(now: Dossier, details: Mapping[str, str]) -> bool:
    """The recruiter is still heard: nothing is decided, and nothing was given up."""
    return _repayment_in(now, details, (RepaymentState.CONTRADICTORY,))


def _asked_back(now: Dossier, details: Mapping[str, str]) -> bool:
    return _repayment_in(now, details, DECIDED)


def _repayment_in(now: Dossier, details: Mapping[str, str], states: tuple[RepaymentState, ...]) -> bool:
    found = _told(now, details)
    return found is not None and found.state in states


def _told(now: Dossier, details: Mapping[str, str]) -> RepaymentFile | None:
    cause = details.get("repayment")
    return now.repayment_of(cause) if cause else now.repayment


def _same_repayment(_: Dossier, later: Receipt, details: Mapping[str, str]) -> bool:
    return later.about == details.get("repayment")


def _awaited(now: Dossier, details: Mapping[str, str]) -> bool:
    return any(r.id == details.get("request") and r.answered_on is None for r in now.piece_requests)


def _complete(now: Dossier, _: Mapping[str, str]) -> bool:
    return now.complete_on is not None and now.state in UNDER_EXAMINATION


def _by_title(now: Dossier, details: Mapping[str, str]) -> bool:
    found = _told(now, details)
    return found is not None and found.by_title


def _ended(now: Dossier, _: Mapping[str, str]) -> bool:
    return now.end is not None


#: What its act left is told, whatever came after: a file, a rectification.
FOR_EVER = Standing(_always)
AWARD = Standing(_notified, ANSWERS)
CONFIRMED = Standing(_confirmed, ANSWERS)
REJECTION = Standing(_rejected, ANSWERS)
REFUSAL = Standing(_refused, ANSWERS)
RESERVE = Standing(lambda now, _: now.reserve is not None, ANSWERS)
DEFERRAL = Standing(_awarded, _FALLS | {_DEFERRAL}, _deferred_or_falls)
REPLACEMENT = Standing(_replacement, _FALLS)
LAPSE_NOTICE = Standing(lambda now, _: now.notice is not None, frozenset({NOTICE}))
MONEY = Standing(lambda now, _: now.money_notice is not None, frozenset({"L11"}))
REDUCTION = Standing(_reduced)
HEARING = Standing(_heard, frozenset({REPAYMENT_NOTICE}), _same_repayment)
ASKED_BACK = Standing(_asked_back, frozenset({REPAYMENT_DECISION}), _same_repayment)

#: Letters that tell the dossier of today, as long as there is something of it to tell.
PIECES = Standing(_awaited)
COMPLETE = Standing(_complete)
TITLE = Standing(_by_title)
ATTESTATION = Standing(_ended)
