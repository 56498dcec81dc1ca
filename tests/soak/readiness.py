"""How close a dossier is to each act: what an agent would do next, so that lives go somewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

from tests.nominal import lacking
from tests.soak.world import Scene
from workflows.account.worth import awarded, outdated_notice
from workflows.calls.model import PieceEvent
from workflows.calls.sources import UnknownValueError
from workflows.dossier import Dossier
from workflows.parts.pieces import PieceState, missing, requirements
from workflows.parts.places import PlaceStatus
from workflows.parts.repayment_steps import REPAYMENT_MOVES, RepaymentState
from workflows.parts.repayments import RepaymentFile, RepaymentKind
from workflows.parts.requests import Request, RequestKind, RequestState
from workflows.proofs import of_notice, pending
from workflows.repaying.liquidation import overpayment_bases
from workflows.rounds import start_cause
from workflows.states import State

S = State
_DAY = timedelta(days=1)
_SETTLED: dict[object, bool] = {}
_LATER, _SELDOM, _NEVER = 0.3, 0.08, 0.02


def days(dossier: Dossier) -> Iterator[date]:
    """The days that matter to a dossier."""
    award, vacancy, reserve, notice = dossier.award, dossier.vacancy, dossier.reserve, dossier.notice
    found: list[date | None] = []
    if award:
        found += [award.expected_start, award.planned_end, award.condition_by, award.reply_by]
    if dossier.state is S.IN_POST:
        found += [dossier.tenures[-1].starts_on + n * _DAY for n in (40, 100, 250)]
    if vacancy:
        found += [vacancy.replace_by, vacancy.give_back_on]
    if reserve:
        found += [reserve.reply_by, reserve.valid_until and reserve.valid_until + _DAY]
    if notice:
        found.append(notice.answer_by and notice.answer_by + _DAY)
    if dossier.departure:
        found.append(dossier.departure.dates.effective_on)
    if dossier.repayment and dossier.repayment.answer_by:
        found.append(dossier.repayment.answer_by + _DAY)
    if dossier.open_piece_request:
        found.append(dossier.open_piece_request.due_on + _DAY)
    yield from (day for day in found if day is not None)


# What makes an act ready. Each answers True, or False when it would surely be refused.


def _can_file(scene: Scene) -> bool:
    closing = scene.call.parameters.closing_at(scene.today).value
    waiting = any(not d.confirmed for d in scene.dossier.depositors)
    joint = bool(scene.call.clauses.filing.joint.value)
    return (closing is None or closing.accepts(scene.now)) and not (joint and waiting)


def _pieces_accepted(scene: Scene) -> bool:
    required = requirements(scene.call.clauses.pieces, PieceEvent.FILING, scene.dossier.sites)
    return not missing(required, scene.dossier.pieces)


def _session_ahead(scene: Scene) -> bool:
    sessions = scene.call.parameters.sessions
    return not sessions or any(scene.today <= s.last for s in sessions)


def _judged(scene: Scene) -> bool:
    committee = scene.dossier.committee
    return committee is not None and committee.judged_on is not None


def _selectable(scene: Scene) -> bool:
    reserve = scene.dossier.reserve
    full = any(u.places is not None and u.taken >= u.places for u in scene.dossier.around.quotas)
    return _judged(scene) and not full and (reserve is None or reserve.offered_on is not None)


def _short(scene: Scene) -> bool:
    place = scene.dossier.place
    short = any(u.places is not None and u.taken > u.places for u in scene.dossier.around.quotas)
    return place is not None and place.status is PlaceStatus.PROVISIONAL and short and not scene.dossier.tenures


def _startable(scene: Scene) -> bool:
    dossier = scene.dossier
    planned = dossier.award.expected_start if dossier.award else None
    cause = start_cause(dossier)
    required = requirements(scene.call.clauses.pieces, PieceEvent.START, dossier.sites, cause)
    named = dossier.candidate is not None
    return named and planned is not None and planned <= scene.today and not missing(required, dossier.pieces)


def _notice_over(scene: Scene) -> bool:
    notice = scene.dossier.notice
    over = notice is not None and notice.answer_by is not None and scene.today > notice.answer_by
    return notice is not None and (notice.answered_on is not None or over)


def _replaceable(scene: Scene) -> bool:
    dossier, clauses = scene.dossier, scene.call.clauses.pieces
    proposed = _proposed(dossier)
    if proposed is None or _hopeless(dossier):
        return False
    required = requirements(clauses, PieceEvent.REPLACEMENT, dossier.sites, proposed.id)
    return not missing([r for r in required if not r.source.is_default], dossier.pieces)


def _closable(scene: Scene) -> bool:
    return not any(r.kind is RequestKind.REPLACEMENT and r.is_open for r in scene.dossier.requests)


def _endable(scene: Scene) -> bool:
    return bool(scene.dossier.tenures) and _leaving(scene)


def _over(scene: Scene) -> bool:
    return scene.dossier.repayment is not None and scene.dossier.repayment.is_over


def _correctable(scene: Scene) -> bool:
    last = scene.dossier.last
    return last is not None and not set(last.touched) & set(last.since) and _place_again(scene.dossier)


def _place_again(dossier: Dossier) -> bool:
    """A place given up by the last act can be taken again."""
    before = dossier.around.before_last
    gone = before is not None and before.place is not None and dossier.place is None
    return not gone or all(use.places is None or use.taken < use.places for use in dossier.around.quotas)


def _reopenable(scene: Scene) -> bool:
    required = requirements(scene.call.clauses.pieces, PieceEvent.FILING, scene.dossier.sites)
    return bool(missing(required, scene.dossier.pieces))


def _leaving(scene: Scene) -> bool:
    return scene.dossier.state is not S.IN_POST or scene.today > scene.dossier.tenures[-1].starts_on + _DAY


_READY: dict[str, tuple[float, Callable[[Scene], bool]]] = {
    "submit": (2.0, _can_file),
    "register_received": (1.0, _can_file),
    "declare_complete": (4.0, _pieces_accepted),
    "reopen": (0.4, _reopenable),
    "declare_inadmissible": (0.15, lambda _: True),
    "put_to_committee": (3.0, _session_ahead),
    "take_back": (0.2, lambda s: not _judged(s)),
    "select": (3.0, _selectable),
    "put_on_reserve": (0.7, _judged),
    "reject": (0.3, _judged),
    "notify": (3.0, lambda _: True),
    "back_to_reserve": (5.0, _short),
    "record_start": (6.0, _startable),
    "withdraw": (0.12, _leaving),
    "replace": (4.0, _replaceable),
    "close": (0.4, _closable),
    "lapse": (2.0, _notice_over),
    "reexamine": (1.0, lambda _: True),
    "record_end": (0.5, _endable),
    "open_clawback": (0.05, lambda _: True),
    "settle": (4.0, _over),
    "revert": (0.12, _correctable),
    "rectify": (0.12, _correctable),
}


def _boosts(scene: Scene) -> Iterator[tuple[str, bool, float]]:
    """Acts that leave the state, whether they are called for now, and how much."""
    dossier, doctor = scene.dossier, scene.dossier.candidate
    yield "confirm_deposit", any(not d.confirmed for d in dossier.depositors), 3.0
    yield "judge_piece", dossier.state in {S.COMPLETE, S.COMMITTEE} and bool(dossier.pieces), 0.3
    yield "judge_piece", any(p.state is PieceState.RECEIVED for p in dossier.pieces), 5.0
    yield "receive_piece", bool(set(lacking(scene)) - _here(dossier)), 3.0
    yield "agree_replacement", dossier.departure is not None and _replaceable(scene), 2.0
    yield "refuse_request", _hopeless(dossier), 1.0
    yield "confirm_presence", _absent(scene), 1.0
    yield "record_opinion", not _judged(scene), 5.0
    yield "offer_place", _offerable(scene), 2.0
    yield "record_proof", bool(pending(dossier)), 1.5
    yield "answer_notice", any(r.answered_on is None for r in of_notice(dossier)), 2.5
    yield "lapse", dossier.notice is not None, 0.4
    yield "answer_offer", dossier.reserve is not None and dossier.reserve.offered_on is not None, 1.5
    yield "name_candidate", doctor is None, 2.5
    yield "identify_candidate", doctor is not None and not (doctor.rpps and doctor.registered), 2.0
    yield "notify_money", _payable(scene), 1.5
    yield "record_tranche", _delegable(dossier), 1.5
    yield "record_payment", any(credit.to_pay > 0 for credit in dossier.credits), 2.0
    yield "reduce_tranche", any(credit.to_pay > 0 for credit in dossier.credits), 0.3
    yield "correct_ledger_entry", bool(dossier.ledger), 0.3
    yield "record_opening", bool(dossier.tenures), 0.1
    yield "record_opening", dossier.vacancy is not None and _is_heard(dossier), 1.5
    yield "contest_line", bool(dossier.adjustments), 0.2
    yield "answer_contest", bool(dossier.open_contests), 2.0
    yield "change_contract_share", dossier.state is S.IN_POST, 0.2
    yield "extend", dossier.state is S.IN_POST, 0.4
    yield "waive_distance", _has_a_distance(scene), 0.5
    yield "meet_condition", _condition_waits(dossier), 1.0
    yield "open_overpayment", _overpaid(dossier), 2.0
    yield "confirm_place", _confirmable(scene), 1.5
    yield "propose_replacement", _vacant(dossier), 2.5
    yield "examine_request", any(r.state is RequestState.REPORTED for r in dossier.requests), 1.0


def _has_a_distance(scene: Scene) -> bool:
    return any(component.min_distance_km is not None for component in scene.call.clauses.funding.components)


def _here(dossier: Dossier) -> set[str]:
    return {p.key for p in dossier.pieces if p.state is PieceState.RECEIVED}


def _absent(scene: Scene) -> bool:
    since = scene.dossier.presence_confirmed_on or scene.dossier.started_on
    return since is not None and scene.today > since + timedelta(days=30)


def _proposed(dossier: Dossier) -> Request | None:
    return next((r for r in dossier.requests if r.kind is RequestKind.REPLACEMENT and r.is_open), None)


def _hopeless(dossier: Dossier) -> bool:
    """The replacement proposed starts after the end of the post, or on a day somebody served."""
    proposed, award = _proposed(dossier), dossier.award
    if proposed is None or award is None or award.planned_end is None:
        return proposed is not None
    served = dossier.tenures[-1].ends_on if dossier.tenures else None
    start = proposed.dates.effective_on
    return start > award.planned_end or (served is not None and start <= served)


def _offerable(scene: Scene) -> bool:
    reserve = scene.dossier.reserve
    full = any(u.places is not None and u.taken >= u.places for u in scene.dossier.around.quotas)
    return reserve is not None and reserve.offered_on is None and not full


def _payable(scene: Scene) -> bool:
    """The amount can be notified: it is known, and nothing is awaited."""
    dossier = scene.dossier
    award = dossier.award
    if award is None or award.conditional or _condition_waits(dossier):
        return False
    if dossier.money_notice is not None and outdated_notice(dossier, scene.call) is None:
        return False
    key = (scene.call.digest, dossier.category, dossier.contract_share, dossier.plan, dossier.sites, award.months)
    if key not in _SETTLED:
        try:
            _SETTLED[key] = awarded(dossier, scene.call).settled
        except UnknownValueError:
            _SETTLED[key] = False
    return _SETTLED[key]


def _condition_waits(dossier: Dossier) -> bool:
    award = dossier.award
    return award is not None and award.condition_by is not None and award.condition_met_on is None


def _delegable(dossier: Dossier) -> bool:
    """Something may be delegated, or could be once what was added to the award is notified."""
    worth = sum(made.amount for made in dossier.adjustments)
    return dossier.money_notice is not None and dossier.delegated_net < max(dossier.money_notice.total, worth)


def _confirmable(scene: Scene) -> bool:
    place = scene.dossier.place
    known = all(use.places is not None for use in scene.dossier.around.quotas)
    return place is not None and place.status is PlaceStatus.PROVISIONAL and known


def _vacant(dossier: Dossier) -> bool:
    leaving = dossier.departure is not None and dossier.departure.act == "withdraw"
    return (dossier.vacancy is not None or leaving) and not any(
        r.kind is RequestKind.REPLACEMENT and r.is_open for r in dossier.requests
    )


_CLAWBACK = {
    RepaymentState.PROPOSED: {"start_contradictory": 3.0, "prepare_relief": 0.5},
    RepaymentState.CONTRADICTORY: {"decide_repayment": 3.0, "record_remarks": 1.0},
    RepaymentState.DECIDED: {
        "request_title": 2.0,
        "use_other_vehicle": 1.0,
        "prepare_relief": 1.0,
        "record_succession": 0.3,
    },
    RepaymentState.TITLE_REQUESTED: {"record_title": 2.0, "use_other_vehicle": 0.5},
    RepaymentState.TITLE_ISSUED: {"record_title_receipt": 0.5, "record_repaid": 2.0, "prepare_relief": 1.0},
    RepaymentState.OTHER_VEHICLE: {"record_repaid": 2.0, "prepare_relief": 1.0, "offset_repayment": 1.0},
    RepaymentState.PARTLY_PAID: {"record_repaid": 2.0, "prepare_relief": 1.0, "use_other_vehicle": 0.5},
}


def _on_repayment(repayment: RepaymentFile, today: date) -> dict[str, float]:
    """What comes next for a repayment, its relief prepared, its claim and its refund before its ordinary steps."""
    found = dict(_CLAWBACK.get(repayment.state, {}))
    if repayment.state is RepaymentState.CONTRADICTORY and not _heard(repayment, today):
        found["decide_repayment"] = 0.3
    if repayment.relief is not None:
        found[repayment.relief.relief.act] = 3.0
    if repayment.decided is not None:
        found["answer_claim" if repayment.open_claim else "file_claim"] = 2.0 if repayment.open_claim else 0.4
    if repayment.to_refund:
        found |= {"record_refund": 3.0, "settle": 1.5, "settle_overpayment": 1.5}
    if repayment.kind is RepaymentKind.OVERPAYMENT and repayment.is_over:
        found["settle_overpayment"] = 3.0
    return found


def _is_heard(dossier: Dossier) -> bool:
    return any(r.state is RepaymentState.CONTRADICTORY for r in dossier.repayments)


def _heard(repayment: RepaymentFile, today: date) -> bool:
    until = repayment.answer_by
    return repayment.answered_on is not None or (until is not None and until < today)


def _overpaid(dossier: Dossier) -> bool:
    return bool(dossier.paid) and dossier.vacancy is None and overpayment_bases(dossier).excess > 0


def readiness(scene: Scene, acts: Iterable[str]) -> dict[str, float]:
    """A weight for each act: several for what comes next, little for what would surely be refused."""
    boost = {name: weight for name, called_for, weight in _boosts(scene) if called_for}
    repayment = scene.dossier.repayment
    if repayment is not None and (repayment.is_open or scene.dossier.state is S.CLAWBACK or repayment.open_claim):
        boost |= _on_repayment(repayment, scene.today)
    return {act: _weight(scene, act, boost) for act in acts}


_ON_A_REPAYMENT = frozenset({*REPAYMENT_MOVES, "settle_overpayment"})
_ON_A_TRANCHE = frozenset({"record_payment", "reduce_tranche"})


def without_object(dossier: Dossier, act: str) -> bool:
    """True for an act on what the dossier does not have: it has one reason to be refused, and hides the others."""
    return (act in _ON_A_REPAYMENT and not dossier.repayments) or (act in _ON_A_TRANCHE and not dossier.credits)


def _weight(scene: Scene, act: str, boost: dict[str, float]) -> float:
    if act in _READY:
        weight, ready = _READY[act]
        return weight if ready(scene) else boost.get(act, _NEVER)
    if act in boost:
        return boost[act]
    if act in {"receive_piece", "agree_replacement", "write_schedule"}:
        return _NEVER
    return _LATER if act in _COMMON and scene.dossier.state is not S.CLAWBACK else _SELDOM


_COMMON = frozenset(
    {"announce_departure", "give_notice", "defer", "ask_deferral", "report_withdrawal"}
    | {"declare_early_end", "accept_award", "confirm_presence", "renew"}
)
