"""Every legal clock of a dossier: those that run, those that are over, those that wait for a proof of receipt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from workflows import proofs
from workflows.calendars import Calendar
from workflows.calls.model import Call
from workflows.deadlines import court_period_end
from workflows.dossier import Dossier
from workflows.effects import Addressee
from workflows.parties import held_by, parties
from workflows.parts.claims import CLAIM_RULE, claim_until
from workflows.parts.receipts import AWARDS, NOTICE, OFFER, PIECES, REPAYMENT_NOTICE, Receipt
from workflows.parts.repayments import RepaymentFile

#: Months to go to court (CJA R.421-1), and those that distance may add (CJA R.421-7).
COURT_MONTHS = 2
DISTANCE_MONTHS = (1, 2)


class ClockKind(StrEnum):
    """What a legal clock measures."""

    SILENCE = "silence"
    PIECES = "pieces"
    OFFER = "offer"
    ACCEPTANCE = "acceptance"
    NOTICE = "notice"
    REPAYMENT = "repayment"
    CLAIM = "claim"
    CLAIM_ANSWER = "claim_answer"
    COURT = "court"

    @property
    def label(self) -> str:
        """The French words for what runs."""
        return _KIND_LABELS[self]


_KIND_LABELS = {
    ClockKind.SILENCE: "silence qui vaut rejet",
    ClockKind.PIECES: "délai pour donner les pièces",
    ClockKind.OFFER: "délai pour répondre à la place proposée",
    ClockKind.ACCEPTANCE: "délai pour accepter l’attribution",
    ClockKind.NOTICE: "délai pour répondre au courrier contradictoire",
    ClockKind.REPAYMENT: "délai pour répondre sur le reversement",
    ClockKind.CLAIM: "délai pour réclamer contre le reversement",
    ClockKind.CLAIM_ANSWER: "silence qui vaut rejet de la réclamation",
    ClockKind.COURT: "délai de recours devant le tribunal",
}

_RULES = {
    ClockKind.SILENCE: "CRPA art. L. 231-4",
    ClockKind.PIECES: "CRPA art. L. 114-5",
    ClockKind.OFFER: "A15",
    ClockKind.ACCEPTANCE: "A45",
    ClockKind.NOTICE: "CRPA art. L. 122-1",
    ClockKind.REPAYMENT: "CRPA art. L. 122-1",
    ClockKind.CLAIM: CLAIM_RULE,
    ClockKind.CLAIM_ANSWER: CLAIM_RULE,
    ClockKind.COURT: "CJA art. R. 421-1",
}


@dataclass(frozen=True, slots=True)
class LegalClock:
    """One legal clock. `to` and `receipt` name the letter it rests on and who receives it; the silence has neither.

    `waiting_since`: the day the letter was asked for, while nothing shows its receipt. `starts_on`: None until then.
    `until`: the last day, included; None before the start, unless the letter prints it. `over`: it has passed, or the
    addressee answered. `distant`: the last day for people far from the court (R.421-7), one month more, then two.
    `earlier`: when the silence is a refusal if a request for pieces that nobody is shown to have did not suspend it.
    `stopped`: the silence stands still, as far as is known. `about`: the cause of the repayment it counts for.
    """

    kind: ClockKind
    letter: str | None = None
    to: Addressee | None = None
    receipt: str | None = None
    waiting_since: date | None = None
    starts_on: date | None = None
    until: date | None = None
    over: bool = False
    answered: bool = False
    distant: tuple[date, ...] = ()
    earlier: date | None = None
    stopped: bool = False
    about: str | None = None

    @property
    def rule(self) -> str:
        """The article or the default that the clock rests on."""
        return _RULES[self.kind]


def legal_clocks(dossier: Dossier, call: Call, today: date) -> tuple[LegalClock, ...]:
    """The legal clocks of a dossier as they stand on a day: those that wait for a proof first, then by last day."""
    found = [*_silence(dossier, today), *_claims(dossier, call, today)]
    waits = proofs.pending(dossier)
    for receipt in dossier.receipts:
        if not receipt.void and (receipt in waits or not receipt.is_awaited):
            found += _of_receipt(dossier, receipt, call, today)
    return tuple(sorted(found, key=lambda c: (c.waiting_since is None, c.over, c.until or date.max)))


def _silence(dossier: Dossier, today: date) -> Iterator[LegalClock]:
    clock = dossier.silence
    if clock is None or not proofs.silence_runs(dossier):
        return
    until, unheard = clock.due_on(today), proofs.if_unheard(dossier)
    earlier = unheard.due_on(today) if unheard else None
    yield LegalClock(
        ClockKind.SILENCE,
        starts_on=clock.starts_on,
        until=until,
        over=today >= until,
        earlier=earlier,
        stopped=clock.is_suspended(today),
    )


def _claims(dossier: Dossier, call: Call, today: date) -> Iterator[LegalClock]:
    """The period to claim against each repayment decided, and that of the agency to answer the claim that waits."""
    calendar = Calendar(call.authority.calendar)
    for repayment in dossier.repayments:
        claim = repayment.open_claim
        if claim is not None:
            until = claim.silent_on
            over, cause = today >= until, repayment.cause
            yield LegalClock(ClockKind.CLAIM_ANSWER, starts_on=claim.filed_on, until=until, over=over, about=cause)
        yield from _to_claim(dossier, repayment, calendar, today)


def claimable_since(dossier: Dossier, repayment: RepaymentFile) -> date | None:
    """The day from which the period to claim against a repayment runs; None until a receipt is shown.

    It is that of the title, which the claim contests (décret n° 2012-1246 art. 118, transposed); that of the decision
    where no title is to come.
    """
    if repayment.by_title:
        return repayment.title_received_on
    had = (r.had_on for r in proofs.of_decision(dossier, repayment))
    return min((day for day in had if day is not None), default=None)


def _to_claim(dossier: Dossier, repayment: RepaymentFile, calendar: Calendar, today: date) -> Iterator[LegalClock]:
    """The period to claim: from the receipt of the title, or of the decision where no title is to come."""
    if repayment.decided is None:
        return
    since = claimable_since(dossier, repayment)
    last = claim_until(since, calendar) if since else None
    over = bool(repayment.claims) or (last is not None and last < today)
    clock = LegalClock(
        ClockKind.CLAIM,
        starts_on=since,
        until=last,
        over=over,
        answered=bool(repayment.claims),
        about=repayment.cause,
    )
    if repayment.by_title:
        waits = repayment.title_on or repayment.title_asked_on or repayment.decided_on
        yield replace(clock, waiting_since=None if since else waits)
        return
    for receipt in proofs.of_decision(dossier, repayment):
        waits = receipt.asked_on if receipt.is_awaited else None
        yield replace(clock, letter=receipt.letter, to=receipt.to, receipt=receipt.id, waiting_since=waits)


def _of_receipt(dossier: Dossier, receipt: Receipt, call: Call, today: date) -> Iterator[LegalClock]:
    kind = _answer_kind(dossier, receipt)
    if kind is not None and (_printed(dossier, receipt) or proofs.period_days(dossier, receipt.letter, call)):
        yield _answer(kind, dossier, receipt, call, today)
    if receipt.is_decision:
        yield _court(receipt, Calendar(call.authority.calendar), today)


def _answer_kind(dossier: Dossier, receipt: Receipt) -> ClockKind | None:
    """The clock to answer that a letter still opens; None for one that asks nothing, or that another replaced."""
    if receipt.letter == PIECES:
        return ClockKind.PIECES
    under_way = {
        NOTICE: (ClockKind.NOTICE, proofs.of_notice),
        REPAYMENT_NOTICE: (ClockKind.REPAYMENT, proofs.of_repayment),
        OFFER: (ClockKind.OFFER, proofs.of_offer),
    }.get(receipt.letter)
    if under_way is not None:
        return under_way[0] if receipt in under_way[1](dossier) else None
    asked = receipt.letter in AWARDS and receipt in proofs.accepting(dossier, proofs.of_award(dossier))
    return ClockKind.ACCEPTANCE if asked else None


def _answer(kind: ClockKind, dossier: Dossier, receipt: Receipt, call: Call, today: date) -> LegalClock:
    until = _printed(dossier, receipt) or proofs.answer_by(dossier, receipt, call)
    answered = _has_answered(kind, dossier, receipt)
    return LegalClock(
        kind,
        receipt.letter,
        receipt.to,
        receipt.id,
        receipt.asked_on if receipt.is_awaited else None,
        receipt.had_on,
        until,
        over=answered or (until is not None and receipt.had_on is not None and until < today),
        answered=answered,
    )


def _printed(dossier: Dossier, receipt: Receipt) -> date | None:
    """The last day that a letter prints: it does not move with the receipt."""
    if receipt.letter == PIECES:
        return next((r.due_on for r in dossier.piece_requests if r.id == receipt.about), None)
    if receipt.letter == OFFER and dossier.reserve is not None:
        return dossier.reserve.reply_by
    return None


def _has_answered(kind: ClockKind, dossier: Dossier, receipt: Receipt) -> bool:
    if kind is ClockKind.PIECES:
        return any(r.id == receipt.about and r.answered_on is not None for r in dossier.piece_requests)
    if kind is ClockKind.NOTICE and dossier.notice is not None:
        return receipt.answered_on is not None
    if kind is ClockKind.REPAYMENT:
        asked = (r for r in dossier.repayments if receipt in proofs.of_repayment(dossier, r))
        return any(r.answered_on is not None for r in asked)
    return _accepted(kind, dossier, receipt)


def _accepted(kind: ClockKind, dossier: Dossier, receipt: Receipt) -> bool:
    """True when the addressee accepted, or answered, what they were offered."""
    held = dossier.reserve if kind is ClockKind.OFFER else dossier.award
    mine = held_by(dossier, receipt)
    doctor, recruiter = (parties(dossier, to, {}) for to in (Addressee.CANDIDATE, Addressee.RECRUITER))
    by_doctor = bool(mine & {*doctor}) and held is not None and held.candidate_accepted_on is not None
    by_recruiter = bool(mine & {*recruiter}) and held is not None and held.recruiter_accepted_on is not None
    return by_doctor or by_recruiter or receipt.answered_on is not None


def _court(receipt: Receipt, calendar: Calendar, today: date) -> LegalClock:
    had_on = receipt.had_on
    if had_on is None:
        waits = receipt.asked_on
        return LegalClock(ClockKind.COURT, receipt.letter, receipt.to, receipt.id, waiting_since=waits)
    until = court_period_end(had_on, COURT_MONTHS, calendar)
    distant = tuple(court_period_end(had_on, COURT_MONTHS + more, calendar) for more in DISTANCE_MONTHS)
    starts_on = had_on + timedelta(days=1)
    return LegalClock(
        ClockKind.COURT,
        receipt.letter,
        receipt.to,
        receipt.id,
        starts_on=starts_on,
        until=until,
        over=until < today,
        distant=distant,
    )
