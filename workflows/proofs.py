"""What the proofs of receipt of a dossier change: which clocks start, which one ends, and what an answer shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from workflows.calendars import Calendar
from workflows.calls.model import Call
from workflows.deadlines import period_end
from workflows.dossier import Dossier
from workflows.effects import Addressee, Effect
from workflows.parties import asked_to_accept, held_by, is_of_applicant, parties
from workflows.parts.receipts import (
    AWARDS,
    EXPRESS,
    NOTICE,
    OFFER,
    PIECES,
    REPAYMENT_DECISION,
    REPAYMENT_NOTICE,
    Receipt,
    awaited,
    latest,
)
from workflows.parts.repayment_steps import RepaymentState
from workflows.parts.repayments import RepaymentFile
from workflows.parts.silence import SilenceClock
from workflows.states import UNDER_EXAMINATION, State

#: Days left to answer a contradictory notice, unless the notice says otherwise.
NOTICE_DAYS = 30
#: Days left to the recruiter to answer on a repayment when the call says nothing.
REMARKS_DAYS = 30

#: Decided, and not told to anybody yet: silence can still become a refusal.
_NOT_TOLD = UNDER_EXAMINATION | {State.SELECTED}
_TOLD = frozenset({State.NOTIFIED, State.REJECTED})


# The silence.


def answers(dossier: Dossier, receipts: Iterable[Receipt]) -> tuple[Receipt, ...]:
    """The receipts by which an applicant learns the answer to the application; of any addressee when none is one."""
    found = [receipt for receipt in receipts if receipt.letter in EXPRESS]
    to_applicants = [r for r in found if is_of_applicant(dossier, r)]
    entries = {receipt.entry for receipt in to_applicants}
    return tuple(r for r in found if not r.void and (r in to_applicants or r.entry not in entries))


def silence_runs(dossier: Dossier) -> bool:
    """True while silence can still become a refusal: until the proof that an express decision is received."""
    if dossier.silence is None or dossier.silence.ended_on is not None:
        return False
    if dossier.state in _NOT_TOLD:
        return True
    return dossier.state in _TOLD and any(receipt.is_awaited for receipt in answers(dossier, dossier.receipts))


def silence_after(
    dossier: Dossier, clock: SilenceClock | None, before: Iterable[Receipt], after: Iterable[Receipt]
) -> SilenceClock | None:
    """The clock once receipts changed: ended on the first receipt of an answer.

    An end that no receipt explains, written before receipts were kept, stays.
    """
    if clock is None:
        return None
    old, new = _first(answers(dossier, before)), _first(answers(dossier, after))
    kept = clock.ended_on if clock.ended_on is not None and clock.ended_on != old else None
    return replace(clock, ended_on=min((day for day in (kept, new) if day is not None), default=None))


def if_unheard(dossier: Dossier) -> SilenceClock | None:
    """The silence as it runs if the requests for pieces that nobody is shown to have did not suspend it.

    None when every suspension rests on a receipt, or on the pieces that came.
    """
    unheard = {
        (request.asked_on, request.due_on)
        for request in dossier.piece_requests
        if request.answered_on is None
        and (sent := of_pieces(dossier, request.id))
        and all(receipt.is_awaited for receipt in sent)
    }
    clock = dossier.silence
    kept = tuple(s for s in clock.suspensions if (s.starts_on, s.due_on) not in unheard) if clock else ()
    return None if clock is None or kept == clock.suspensions else replace(clock, suspensions=kept)


def _first(receipts: Iterable[Receipt]) -> date | None:
    return min((r.had_on for r in receipts if r.had_on is not None), default=None)


# The periods to answer.


def of_award(dossier: Dossier) -> tuple[Receipt, ...]:
    """The receipts of the award in force; of the replacement that gave it to another doctor, once there is one."""
    given = [r.entry for r in dossier.receipts if r.to is Addressee.FORMER_CANDIDATE and not r.void]
    granted = max(given, default=0)
    notified = latest(dossier.receipts, AWARDS)
    if granted > max((r.entry for r in notified), default=0):
        return tuple(r for r in dossier.receipts if r.entry == granted and not r.void)
    award = dossier.award
    return tuple(r for r in notified if award is not None and award.notified_on == r.asked_on)


def of_notice(dossier: Dossier) -> tuple[Receipt, ...]:
    """The receipts of the contradictory notice under way."""
    notice = dossier.notice
    found = latest(dossier.receipts, (NOTICE,))
    return tuple(r for r in found if notice is not None and notice.sent_on == r.asked_on)


def of_repayment(dossier: Dossier, repayment: RepaymentFile | None = None) -> tuple[Receipt, ...]:
    """The receipts of the contradictory letter of a repayment; of all of them when none is given."""
    if repayment is None:
        found = (receipt for each in dossier.repayments for receipt in of_repayment(dossier, each))
        return tuple(dict.fromkeys(found))
    sent = repayment.state not in {RepaymentState.PROPOSED, RepaymentState.DROPPED}
    return _about(dossier, repayment, REPAYMENT_NOTICE) if sent else ()


def of_decision(dossier: Dossier, repayment: RepaymentFile) -> tuple[Receipt, ...]:
    """The receipts of the letter that decides a repayment."""
    return _about(dossier, repayment, REPAYMENT_DECISION) if repayment.decided is not None else ()


def _about(dossier: Dossier, repayment: RepaymentFile, letter: str) -> tuple[Receipt, ...]:
    """The receipts of the last letter of a name about a repayment; one that names none is about the only one."""
    return latest((r for r in dossier.receipts if r.about in {None, repayment.cause}), (letter,))


def of_offer(dossier: Dossier) -> tuple[Receipt, ...]:
    """The receipts of the place offered last."""
    entry = dossier.reserve
    found = latest(dossier.receipts, (OFFER,))
    return tuple(r for r in found if entry is not None and entry.offered_on == r.asked_on)


def of_pieces(dossier: Dossier, request: str) -> tuple[Receipt, ...]:
    """The receipts of a request for pieces."""
    return tuple(r for r in dossier.receipts if r.letter == PIECES and r.about == request and not r.void)


def accepting(dossier: Dossier, receipts: Iterable[Receipt]) -> tuple[Receipt, ...]:
    """The receipts of those who are asked to accept the award: the candidate and the recruiter."""
    asked = asked_to_accept(dossier)
    return tuple(r for r in receipts if r.letter in AWARDS and asked & held_by(dossier, r))


def of_party(dossier: Dossier, receipts: Iterable[Receipt], party: str | None) -> tuple[Receipt, ...]:
    """The receipts of a party; none for an agent."""
    return tuple(r for r in receipts if party is not None and party in held_by(dossier, r))


def period_days(dossier: Dossier, letter: str, call: Call) -> int | None:
    """The days that a letter gives to answer, counted from its receipt; None when it gives none, or prints the day."""
    if letter in AWARDS:
        return call.clauses.award.acceptance_days.value or None
    if letter == NOTICE:
        return (dossier.notice.days if dossier.notice else None) or NOTICE_DAYS
    if letter == REPAYMENT_NOTICE:
        return call.clauses.end.contradictory_days.value or REMARKS_DAYS
    return None


def answer_by(dossier: Dossier, receipt: Receipt, call: Call) -> date | None:
    """The last day to answer a letter whose receipt is proven; None before the proof, or when it asks for nothing."""
    days = period_days(dossier, receipt.letter, call)
    if receipt.void or receipt.received_on is None or days is None:
        return None
    return period_end(receipt.received_on, days, Calendar(call.authority.calendar))


def is_over(dossier: Dossier, receipt: Receipt, call: Call, today: date) -> bool:
    """True once an addressee has answered, or has let their own period pass after a proven receipt."""
    until = answer_by(dossier, receipt, call)
    return receipt.answered_on is not None or (until is not None and until < today)


def _last(dossier: Dossier, receipts: Iterable[Receipt], call: Call) -> date | None:
    """The last of the periods that run: those of the addressees who have the letter and have not answered."""
    waiting = [r for r in receipts if r.answered_on is None]
    return max((day for r in waiting if (day := answer_by(dossier, r, call))), default=None)


def settled(dossier: Dossier, call: Call) -> dict[str, Any]:
    """The periods to answer as the receipts of a dossier now give them.

    That of the award is the last one that runs; a contradictory procedure is over for nobody before everybody has
    the letter. A period written without any receipt stays as it is.
    """
    changes: dict[str, Any] = {}
    award, notice = dossier.award, dossier.notice
    if award and (asked := accepting(dossier, of_award(dossier))):
        choose_by = _choose_by(dossier, asked, call) if award.choose_days else award.choose_by
        changes["award"] = replace(award, reply_by=_last(dossier, asked, call), choose_by=choose_by)
    if notice and (noticed := of_notice(dossier)):
        waits = any(receipt.is_awaited for receipt in noticed)
        answered = [receipt.answered_on for receipt in noticed if receipt.answered_on is not None]
        changes["notice"] = replace(
            notice,
            answer_by=None if waits else _last(dossier, noticed, call),
            answered_on=max(answered) if len(answered) == len(noticed) else None,
        )
    if any(of_repayment(dossier, repayment) for repayment in dossier.repayments):
        changes["repayments"] = tuple(_answerable(dossier, repayment, call) for repayment in dossier.repayments)
    return changes


def _answerable(dossier: Dossier, repayment: RepaymentFile, call: Call) -> RepaymentFile:
    """A repayment with the last day to answer its contradictory letter, as its receipts give it."""
    billed = of_repayment(dossier, repayment)
    return replace(repayment, answer_by=_last(dossier, billed, call)) if billed else repayment


def _choose_by(dossier: Dossier, asked: Iterable[Receipt], call: Call) -> date | None:
    """The day by which a doctor who stands in two dossiers chooses, counted from their own receipt (A34)."""
    award, doctor = dossier.award, dossier.candidate
    had_on = _first(of_party(dossier, asked, doctor.id if doctor else None))
    if award is None or award.choose_days is None or had_on is None:
        return None
    return period_end(had_on, award.choose_days, Calendar(call.authority.calendar))


def pending(dossier: Dossier) -> tuple[Receipt, ...]:
    """The receipts that something still waits for: of a decision, or of a letter whose period to answer counts."""
    return tuple(r for r in dossier.receipts if r.is_awaited and (r.is_decision or _still_asks(dossier, r)))


def _still_asks(dossier: Dossier, receipt: Receipt) -> bool:
    if receipt.letter == PIECES:
        over = dossier.state in {State.REJECTED, State.ENDED}
        return not over and any(r.id == receipt.about and r.answered_on is None for r in dossier.piece_requests)
    if receipt.letter == OFFER:
        return dossier.state is State.RESERVE and receipt in of_offer(dossier)
    if receipt.letter == NOTICE:
        return receipt in of_notice(dossier)
    waiting = (r for r in dossier.repayments if r.state is RepaymentState.CONTRADICTORY)
    return any(receipt in of_repayment(dossier, repayment) for repayment in waiting)


def proof_since(dossier: Dossier) -> date | None:
    """Since when a dossier waits for a proof of receipt; None when it waits for none."""
    return min((receipt.asked_on for receipt in pending(dossier)), default=None)


# What every act does to the receipts.


@dataclass(frozen=True, slots=True)
class Answer:
    """Who may be answering a letter by an act, and on which day.

    `party`: a FINESS or the id of a doctor; None for an agent, who names the `receipt` of the one who answers.
    """

    party: str | None
    on: date
    receipt: str | None = None


def followed_up(
    act: str,
    before: Dossier,
    changes: Mapping[str, Any],
    effects: Iterable[Effect],
    *,
    answer: Answer,
    on: date,
    call: Call,
) -> dict[str, Any]:
    """The changes of an act of a day, with the receipts to prove of what it sends, and those that it shows by itself.

    Who answers a letter has received it.
    """
    after = replace(before, **changes)
    shown = _shown(act, before, after, answer)
    kept = tuple(
        replace(r, answered_on=answer.on) if r.id in shown and r.answered_on is None else r for r in after.receipts
    )

    def parties_of(effect: Effect) -> tuple[str, ...]:
        return parties(after, effect.to, effect.details) if effect.to is not None else ()

    receipts = (*kept, *awaited(effects, before.version + 1, on, parties_of))
    if receipts == before.receipts:
        return dict(changes)
    found = {**changes, "receipts": receipts}
    if kept == before.receipts or "receipts" in changes:
        return found
    silence = silence_after(after, after.silence, before.receipts, kept)
    return {**found, "silence": silence, **settled(replace(after, receipts=receipts, silence=silence), call)}


_ANSWERED: Mapping[str, Callable[[Dossier], tuple[Receipt, ...]]] = {
    "accept_award": of_award,
    "answer_notice": of_notice,
    "answer_offer": of_offer,
}


def _shown(act: str, before: Dossier, after: Dossier, answer: Answer) -> frozenset[str]:
    """The receipts that an act shows: those of the party who answers the letter, or gives the pieces asked for.

    An agent who names nobody speaks for the only party that was asked; of several, for none.
    """
    asked = _asked(act, before, after)
    if answer.receipt is not None:
        return frozenset(r.id for r in asked if r.id == answer.receipt)
    if answer.party is not None:
        return frozenset(r.id for r in of_party(before, asked, answer.party))
    return frozenset(r.id for r in asked) if len(asked) == 1 else frozenset()


def _asked(act: str, before: Dossier, after: Dossier) -> tuple[Receipt, ...]:
    """The receipts of what an act may be answering."""
    if act == "record_remarks":
        answered = [r for r, old in zip(after.repayments, before.repayments, strict=False) if r != old]
        return tuple(receipt for repayment in answered for receipt in of_repayment(before, repayment))
    return _ANSWERED[act](before) if act in _ANSWERED else _given(before, after)


def _given(before: Dossier, after: Dossier) -> tuple[Receipt, ...]:
    """The receipts of the requests for pieces that an act answers in full."""
    open_before = {r.id for r in before.piece_requests if r.answered_on is None}
    given = [r.id for r in after.piece_requests if r.answered_on is not None and r.id in open_before]
    return tuple(r for request in given for r in of_pieces(before, request))


def taken_back(dossier: Dossier, entry: int, *, sent: bool, before: Iterable[Receipt]) -> tuple[Receipt, ...]:
    """The receipts once a journal entry is taken back: its letters never left, or have no object any more (`sent`).

    `before`: the receipts before that entry; a letter that counted then counts again.
    """
    counted = {r.id for r in before if not r.void}
    kept = [r for r in dossier.receipts if r.entry != entry or sent]
    return tuple(replace(r, void=r.entry == entry or (r.void and r.id not in counted)) for r in kept)


def proven_of(dossier: Dossier, entry: int) -> bool:
    """True when somebody is known to have a letter of a journal entry: it has left the house."""
    return any(r.entry == entry and r.had_on is not None for r in dossier.receipts)
