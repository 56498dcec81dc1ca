"""Which facts a dossier has in each state. The database says the same with its constraints.

`MUST` and `MAY` name members of a dossier (and of its award and place); every other rule is a sentence with a test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from workflows.dossier import Dossier, EndOutcome
from workflows.parts.pieces import PieceState
from workflows.parts.places import PlaceStatus
from workflows.parts.repayment_steps import RepaymentState
from workflows.parts.repayments import RepaymentFile
from workflows.parts.requests import RequestKind, RequestState
from workflows.proofs import answers, of_award, of_notice, of_repayment
from workflows.states import State

S = State
_ALL = frozenset(State)
_FILED = _ALL - {S.DRAFT}
_AWARDED = frozenset({S.SELECTED, S.NOTIFIED, S.IN_POST})
_OVER = frozenset({S.ENDED, S.CLAWBACK})
_POST = _AWARDED | _OVER | {S.WITHDRAWN}
_JUDGED = _AWARDED | {S.RESERVE, S.CLAWBACK}

#: member -> states in which it must be there.
MUST: dict[str, frozenset[State]] = {
    "filing": _FILED,
    "complete_on": _JUDGED | {S.COMPLETE, S.COMMITTEE},
    "committee": _JUDGED | {S.COMMITTEE},
    "committee.judged_on": _JUDGED,
    "specialty": _JUDGED | {S.COMMITTEE},
    "months": _JUDGED | {S.COMMITTEE},
    "recruiter": _JUDGED | {S.COMMITTEE},
    "partners": _JUDGED | {S.COMMITTEE},
    "plan": _JUDGED | {S.COMMITTEE},
    "reserve": frozenset({S.RESERVE}),
    "award": _AWARDED | {S.CLAWBACK},
    "award.planned_start": _AWARDED | {S.CLAWBACK},
    "award.planned_end": _AWARDED | {S.CLAWBACK},
    "award.notified_on": frozenset({S.NOTIFIED, S.IN_POST}),
    "award.signed_by": frozenset({S.NOTIFIED, S.IN_POST}),
    "place": _AWARDED | {S.CLAWBACK},
    "candidate": frozenset({S.IN_POST, S.CLAWBACK}),
    "tenures": frozenset({S.IN_POST, S.CLAWBACK}),
    "presence_confirmed_on": frozenset({S.IN_POST, S.CLAWBACK}),
    "end": _OVER,
    "rejection": frozenset({S.REJECTED}),
    "ledger": frozenset({S.CLAWBACK}),
    "repayments": frozenset({S.CLAWBACK}),
}

#: member -> states in which it may be there.
MAY: dict[str, frozenset[State]] = {
    "filing": _FILED,
    "silence": _FILED,
    "piece_requests": _FILED,
    "requests": _FILED,
    "complete_on": _ALL - {S.DRAFT, S.SUBMITTED},
    "committee": _ALL - {S.DRAFT, S.SUBMITTED, S.COMPLETE},
    "reserve": frozenset({S.RESERVE}),
    "award": _POST,
    "award.notified_on": _POST - {S.SELECTED},
    "place": _POST,
    "place.held_until": frozenset({S.WITHDRAWN}),
    "deferred_from": _POST,
    "former": _FILED,
    "money_notice": _POST,
    "tenures": _POST,
    "presence_confirmed_on": _POST,
    "departure": _AWARDED,
    "notice": frozenset({S.SELECTED, S.NOTIFIED}),
    "vacancy": frozenset({S.WITHDRAWN}),
    "end": _OVER,
    "rejection": frozenset({S.REJECTED}),
    "tranches": _POST,
    "ledger": _FILED,
    "waivers": _FILED,
    "repayments": _FILED,
    "renewed_by": _POST,
    "last": _FILED,
}

#: place -> states in which it may stand so.
PLACES: dict[PlaceStatus, frozenset[State]] = {
    PlaceStatus.PROVISIONAL: _POST,
    PlaceStatus.CONFIRMED: frozenset({S.SELECTED, S.NOTIFIED}),
    PlaceStatus.HELD: frozenset({S.WITHDRAWN}),
    PlaceStatus.CONSUMED: _POST,
}

Rule = Callable[[Dossier], bool]


def _served(d: Dossier) -> bool:
    return bool(d.tenures)


def _open(d: Dossier) -> bool:
    return _served(d) and d.tenures[-1].ends_on is None


def _place_where_due(d: Dossier) -> bool:
    """An award holds a place; once the post is over, only one that was served does (A16)."""
    if d.state in _AWARDED | {S.WITHDRAWN}:
        return (d.place is not None) == (d.award is not None)
    return (d.place is not None) == (d.state in _OVER and _served(d))


def _conditional_as_its_place(d: Dossier) -> bool:
    if d.award is None or d.place is None or d.state not in _AWARDED:
        return True
    return d.award.conditional == (d.place.status is PlaceStatus.PROVISIONAL)


def _end_on_the_last_day(d: Dossier) -> bool:
    return d.end is None or not _served(d) or d.end.last_day == d.tenures[-1].ends_on


def _outcome_as_served(d: Dossier) -> bool:
    return d.end is None or (d.end.outcome is EndOutcome.NEVER_STARTED) == (not _served(d))


def _early_before_the_end(d: Dossier) -> bool:
    if d.end is None or d.award is None or d.award.planned_end is None or d.end.outcome is not EndOutcome.EARLY:
        return True
    return d.end.last_day < d.award.planned_end


def _one_open_request_of_a_kind(d: Dossier) -> bool:
    kinds = [r.kind for r in d.requests if r.is_open]
    return len(kinds) == len(set(kinds))


def _answered_when_closed(d: Dossier) -> bool:
    return all((r.answered_on is None) == r.is_open for r in d.requests)


def _unique(ids: list[str]) -> bool:
    return len(ids) == len(set(ids))


def _pieces_sound(d: Dossier) -> bool:
    with_file = {PieceState.RECEIVED, PieceState.ACCEPTED, PieceState.ACCEPTED_UNDER_RESERVE, PieceState.REFUSED}
    return all(p.file is not None or p.state not in with_file for p in d.pieces)


def _holder_is_the_candidate(d: Dossier) -> bool:
    return not _open(d) or (d.candidate is not None and d.tenures[-1].candidate == d.candidate.id)


def _silence_over(d: Dossier) -> bool:
    """The receipt of an answer ends the silence, on the first of its days; nothing else does."""
    if d.silence is None:
        return True
    had = [r.had_on for r in answers(d, d.receipts) if r.had_on is not None]
    return d.silence.ended_on == min(had, default=None)


def _periods_rest_on_receipts(d: Dossier) -> bool:
    """No period to answer runs before the letter that opens it is proven received."""
    award, notice = d.award, d.notice
    return (
        (award is None or award.reply_by is None or any(r.is_proven for r in of_award(d)))
        and (notice is None or notice.answer_by is None or not any(r.is_awaited for r in of_notice(d)))
        and all(_answered_on_receipt(d, r) for r in d.repayments if r.state is not RepaymentState.DROPPED)
    )


def _answered_on_receipt(d: Dossier, repayment: RepaymentFile) -> bool:
    return repayment.answer_by is None or any(p.is_proven for p in of_repayment(d, repayment))


def _offered_with_a_reply(d: Dossier) -> bool:
    """A line of the reserve list has a rank; a place offered to it has a day of reply, not before the offer."""
    line = d.reserve
    if line is None:
        return True
    offered = line.offered_on is not None and line.reply_by is not None and line.reply_by >= line.offered_on
    return line.rank >= 1 and (offered or line.offered_on is line.reply_by is None)


def _notified_in_full(d: Dossier) -> bool:
    """Nobody signs, replies to or accepts an award before it is notified."""
    award = d.award
    if award is None or award.notified_on is not None:
        return award is None or award.signed_by is not None
    rest = (award.signed_by, award.reply_by, award.candidate_accepted_on, award.recruiter_accepted_on)
    return rest == (None, None, None, None)


def _vacancy_in_order(d: Dossier) -> bool:
    vacancy = d.vacancy
    return vacancy is None or vacancy.since <= min(vacancy.replace_by, vacancy.give_back_on)


_UNDECIDED = {RepaymentState.PROPOSED, RepaymentState.CONTRADICTORY, RepaymentState.DROPPED}


def _repayments_as_decided(d: Dossier) -> bool:
    """An amount is decided by the act that says how it comes back, and a repayment is paid to the cent."""
    return all(
        (r.decided is None) == (r.state in _UNDECIDED)
        and (r.decided is None) == (r.decided_on is None) == (r.vehicle is None) == (r.debtor is None)
        and (r.decided is None or r.decided_by not in {*r.preparers, r.proposed_by})
        and (r.state is not RepaymentState.PAID or r.outstanding == 0)
        for r in d.repayments
    )


def _shared_at_home(d: Dossier) -> bool:
    return d.state is S.DRAFT or {where for p in d.plan for where, _ in p.half_days} <= {s.id for s in d.sites}


def _contract_in_order(d: Dossier) -> bool:
    award = d.award
    if award is None:
        return True
    start, end = award.planned_start, award.planned_end
    return award.months >= 1 and (start is None or end is None or start <= end)


def _let_go_in_excess(d: Dossier) -> bool:
    worth, spared = sum(made.amount for made in d.adjustments), sum(r.spared for r in d.repayments)
    return not d.adjustments or not spared or spared <= d.paid_net - worth


def _looked_at_again(repayment: RepaymentFile) -> bool:
    """A claim, or a payment written by mistake, changed what was settled."""
    return bool(repayment.claims) or any(moved.corrects for moved in repayment.movements)


#: What holds in every state, in a sentence.
RULES: dict[str, Rule] = {
    "a place is taken exactly while the post holds one": _place_where_due,
    "a held place has a day on which it may return": lambda d: (
        d.place is None or (d.place.status is PlaceStatus.HELD) == (d.place.held_until is not None)
    ),
    "an award is under reserve exactly while its place is provisional": _conditional_as_its_place,
    "a place is consumed only by a post that was served": lambda d: (
        d.place is None or d.place.status is not PlaceStatus.CONSUMED or _served(d)
    ),
    "a place held or confirmed belongs to a post nobody served on": lambda d: (
        d.place is None or d.place.status in {PlaceStatus.PROVISIONAL, PlaceStatus.CONSUMED} or not _served(d)
    ),
    "somebody is in office exactly in post": lambda d: _open(d) == (d.state is S.IN_POST),
    "the holder in office is the candidate": _holder_is_the_candidate,
    "only the last holder may be in office": lambda d: all(t.ends_on is not None for t in d.tenures[:-1]),
    "a post without its doctor has a vacancy": lambda d: (
        d.state is not S.WITHDRAWN or (d.vacancy is not None) == (d.award is not None)
    ),
    "an end falls on the last day served": _end_on_the_last_day,
    "a post never served never started, and the other way round": _outcome_as_served,
    "an early end comes before the planned one": _early_before_the_end,
    "a repayment follows an end that was not foreseen": lambda d: (
        d.state is not S.CLAWBACK or (d.end is not None and d.end.outcome in {EndOutcome.EARLY, EndOutcome.VACATED})
    ),
    "a repayment under way is that of the end": lambda d: (
        d.state is not S.CLAWBACK or (d.clawback is not None and d.clawback is d.repayment)
    ),
    "once settled, a repayment is over": lambda d: (
        d.state is not S.ENDED or d.clawback is None or d.clawback.is_over or _looked_at_again(d.clawback)
    ),
    "a repayment that changed no state is closed at zero": lambda d: all(
        r.is_over or r.settled_on is None or _looked_at_again(r) for r in d.repayments
    ),
    "who owes is the recruiter": lambda d: all(
        r.debtor is None or d.recruiter is None or r.debtor.site == d.recruiter.id for r in d.repayments
    ),
    "a title that was issued was asked for, once": lambda d: all(
        r.title is None or r.title_asked_on is not None for r in d.repayments
    ),
    "who opened the procedure in which the recruiter is heard is known": lambda d: all(
        r.state is not RepaymentState.CONTRADICTORY or r.prepared_by is not None for r in d.repayments
    ),
    "what was let go is still in excess": _let_go_in_excess,
    "one repayment for an end": lambda d: _unique([r.cause for r in d.repayments]),
    "money is delegated only once notified, on a post that was served": lambda d: (
        not d.tranches or (d.money_notice is not None and _served(d))
    ),
    "money is notified only on an award": lambda d: d.money_notice is None or d.award is not None,
    "one open request of a kind": _one_open_request_of_a_kind,
    "a request is answered exactly when it is closed": _answered_when_closed,
    "nobody waits for an answer once the dossier is over": lambda d: (
        d.state not in _OVER | {S.REJECTED} or not any(r.is_open for r in d.requests)
    ),
    "only an award nobody served under may lapse": lambda d: d.notice is None or not _served(d),
    "requests, pieces, tranches have their own ids": lambda d: (
        _unique([r.id for r in d.requests])
        and _unique([p.key for p in d.pieces])
        and _unique([p.id for p in d.piece_requests])
        and _unique([t.id for t in d.tranches])
    ),
    "a piece received or judged has a document": _pieces_sound,
    "a request for pieces is not answered before it is made": lambda d: all(
        p.asked_on <= p.due_on and (p.answered_on is None or p.answered_on >= p.asked_on) for p in d.piece_requests
    ),
    "silence is over once somebody has the answer": _silence_over,
    "a period to answer rests on a receipt": _periods_rest_on_receipts,
    "the receipts of a dossier have different names": lambda d: _unique([r.id for r in d.receipts]),
    "a contract lasts, and ends after it starts": _contract_in_order,
    "a next holder is expected only on a post that was served": lambda d: (
        d.award is None or d.award.next_start is None or (_served(d) and d.state in _POST - {S.IN_POST})
    ),
    "somebody who may be replaced left a post in order": _vacancy_in_order,
    "a place is offered with a day of reply, to a dossier that is ranked": _offered_with_a_reply,
    "what follows a notification comes after it": _notified_in_full,
    "a notice leaves time to answer, and is answered once sent": lambda d: (
        d.notice is None
        or (
            d.notice.sent_on <= (d.notice.answer_by or d.notice.sent_on)
            and (d.notice.answered_on or d.notice.sent_on) >= d.notice.sent_on
        )
    ),
    "time is shared between the establishments of a dossier that was filed": _shared_at_home,
    "time is shared once the committee has the file": lambda d: (
        d.committee is None or any(period.months * period.weekly for period in d.plan)
    ),
    "the committee has no file before the dossier is complete": lambda d: (
        d.state not in {S.SUBMITTED, S.COMPLETE} or d.committee is None
    ),
    "a holder leaves after the first day served": lambda d: (
        d.departure is None or not _served(d) or d.departure.dates.effective_on > d.tenures[-1].starts_on
    ),
    "a post starts on the day its first holder did": lambda d: (
        not _served(d) or d.award is None or d.award.planned_start == d.tenures[0].starts_on
    ),
    "a repayment is decided as a whole": _repayments_as_decided,
    "a replacement names somebody, and no other request does": lambda d: all(
        (r.candidate is not None) == (r.kind is RequestKind.REPLACEMENT) for r in d.requests
    ),
    "a condition is met only where there is one": lambda d: (
        d.award is None or d.award.condition is not None or d.award.condition_met_on is None
    ),
    "the condition of an award has a day": lambda d: (
        d.award is None or (d.award.condition is None) == (d.award.condition_by is None)
    ),
    "a departure leads to an act of the machine": lambda d: (
        d.departure is None or d.departure.act in {"withdraw", "record_end"}
    ),
    "a replacement agreed before the departure was granted": lambda d: (
        d.departure is None
        or d.departure.replacement is None
        or any(r.id == d.departure.replacement and r.state is RequestState.GRANTED for r in d.requests)
    ),
    "the last change of state is an entry of the journal": lambda d: d.last is None or 1 <= d.last.entry <= d.version,
}


def _given(dossier: Dossier, path: str) -> bool:
    value: Any = dossier
    for name in path.split("."):
        value = getattr(value, name)
        if value is None:
            return False
    return bool(value != ())


def contradictions(dossier: Dossier) -> Iterator[str]:
    """Every sentence about states and facts that a dossier contradicts."""
    state = dossier.state
    yield from (
        f"{name} is missing in {state}" for name, where in MUST.items() if state in where and not _given(dossier, name)
    )
    yield from (
        f"{name} is there in {state}" for name, where in MAY.items() if state not in where and _given(dossier, name)
    )
    if dossier.place is not None and state not in PLACES[dossier.place.status]:
        yield f"a {dossier.place.status} place in {state}"
    yield from (f"not true in {state}: {sentence}" for sentence, rule in RULES.items() if not rule(dossier))
