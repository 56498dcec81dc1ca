"""Sensible inputs for every act on a dossier as it stands: what an agent would normally enter that day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

from tests.builders import SIGNATORIES, finess, siret
from tests.nominal_money import VALUES as _OF_MONEY
from tests.profiles import Profile
from workflows.account.worth import funded
from workflows.acts import ACTS
from workflows.acts.award import LapseGround, Order
from workflows.acts.base import ActInputs
from workflows.acts.vacancy import CloseGround, DepartureLeadsTo
from workflows.calls.funding import Vehicle
from workflows.calls.model import Call, Channel, PieceEvent
from workflows.calls.sources import UnknownValueError
from workflows.deadlines import add_months
from workflows.dossier import Dossier
from workflows.letters.asked import AskedLetter
from workflows.money.tranches import planned_tranches
from workflows.parts.claims import ClaimState
from workflows.parts.pieces import PieceState, Requirement, requirements
from workflows.parts.receipts import ProofChannel
from workflows.parts.reliefs import Relief
from workflows.parts.repayment_steps import UNDECIDED
from workflows.parts.requests import EndReason, FourDates, Repercussions, RequestKind
from workflows.proofs import of_notice
from workflows.states import State

REASON = "motif-0001"
_LATE = frozenset({State.SELECTED, State.NOTIFIED, State.IN_POST, State.ENDED, State.CLAWBACK})


class Scene(Protocol):
    """What nominal inputs depend on."""

    profile: Profile
    call: Call
    dossier: Dossier
    now: datetime

    @property
    def today(self) -> date:
        """The day in the authority’s zone."""
        ...


def nominal(scene: Scene, act: str, **given: Any) -> ActInputs:
    """The nominal inputs of an act, with what is `given` in their place."""
    values = _VALUES.get(act, _nothing)(scene)
    if "end_reason" in given:  # a day of the nominal reason says nothing of another
        values.pop("cca_from", None)
    return ACTS[act].inputs(**(values | given))


def _nothing(_: Scene) -> dict[str, Any]:
    return {}


def _reasoned(**values: Any) -> Callable[[Scene], dict[str, Any]]:
    return lambda _: {"reason": REASON, **values}


# Pieces.


def wanted(scene: Scene) -> tuple[Requirement, ...]:
    """The pieces that may arrive now: of the filing, then of the start or of a replacement proposed."""
    dossier, clauses = scene.dossier, scene.call.clauses.pieces
    proposed = [r for r in dossier.requests if r.kind is RequestKind.REPLACEMENT]
    if proposed and proposed[-1].is_open:
        return requirements(clauses, PieceEvent.REPLACEMENT, dossier.sites, proposed[-1].id)
    if dossier.state in _LATE:
        cause = proposed[-1].id if proposed else ""
        return requirements(clauses, PieceEvent.START, dossier.sites, cause)
    return requirements(clauses, PieceEvent.FILING, dossier.sites)


def lacking(scene: Scene) -> tuple[str, ...]:
    """Keys of the wanted pieces that nobody has accepted yet."""
    done = {p.key for p in scene.dossier.pieces if p.state.satisfies}
    return tuple(r.key for r in wanted(scene) if r.key not in done)


def _awaited(scene: Scene) -> str:
    """The receipt that waits first for its proof, else one already proven."""
    found = [r for r in scene.dossier.receipts if not r.void]
    waiting = [r for r in found if r.is_awaited] or found
    return waiting[0].id if waiting else "1:L8:recruiter"


def _proven(scene: Scene) -> str:
    """The last receipt proven."""
    return next((r.id for r in reversed(scene.dossier.receipts) if r.is_proven and not r.void), "1:L8:recruiter")


def _unanswered(scene: Scene) -> str | None:
    """The first addressee of the contradictory notice who has not answered."""
    return next((r.id for r in of_notice(scene.dossier) if r.answered_on is None), None)


def _arrived(scene: Scene) -> dict[str, Any]:
    """An answer come by post today."""
    return {"channel": Channel.POST, "came_on": scene.today, "evidence": "courrier-0033", "reason": REASON}


def _some_keys(scene: Scene) -> tuple[str, ...]:
    return lacking(scene) or tuple(r.key for r in wanted(scene))[:1]


def _to_judge(scene: Scene) -> str:
    received = [p.key for p in scene.dossier.pieces if p.state is PieceState.RECEIVED]
    return next(iter((*received, *_some_keys(scene))), "filing/rien")


# Dates.


def _start(scene: Scene) -> date:
    award = scene.dossier.award
    return (award.expected_start if award else None) or scene.profile.start


def _later_start(scene: Scene) -> date:
    return add_months(_start(scene), 2)


def _new_holder_start(scene: Scene) -> date:
    """The start awarded; once somebody served, the first of a month at least a month after the departure."""
    dossier = scene.dossier
    if not dossier.tenures:
        return _start(scene)
    free = scene.today
    if dossier.departure:
        free = dossier.departure.dates.effective_on
    elif dossier.vacancy:
        free = dossier.vacancy.since
    return add_months(free, 1).replace(day=1) if free.day > 1 else free


def _leaving(scene: Scene, days: int) -> dict[str, Any]:
    today = scene.today
    return {
        "fact_on": today,
        "known_on": today,
        "effective_on": today + timedelta(days=days),
        "end_reason": EndReason.OTHER_HOSPITAL,
    }


def _departing(scene: Scene, days: int) -> dict[str, Any]:
    departure, today = scene.dossier.departure, scene.today
    if departure and not days:
        return {"dates": departure.dates, "end_reason": departure.reason, "request": departure.request}
    dates = FourDates(today, today, today + timedelta(days=days), today)
    return {"dates": dates, "end_reason": EndReason.OTHER_HOSPITAL}


def _end(scene: Scene) -> dict[str, Any]:
    tenures, today, departure = scene.dossier.tenures, scene.today, scene.dossier.departure
    ends = departure is not None and departure.act == "record_end"
    announced = departure.dates.effective_on - timedelta(days=1) if departure and ends else today
    last_day = (tenures[-1].ends_on if tenures else None) or min(announced, today)
    return {
        "last_day": last_day,
        "end_reason": EndReason.CCA_OR_HU,
        "cca_from": last_day + timedelta(days=1),
        "evidence": "piece-0017",
        "known_on": today,
        "told_on": today,
    }


# Requests and money.


def _request(scene: Scene, *kinds: RequestKind) -> str:
    found = [r for r in scene.dossier.requests if not kinds or r.kind in kinds]
    waiting = [r for r in found if r.is_open] or found
    return waiting[-1].id if waiting else "R1"


def _replacement(scene: Scene) -> dict[str, Any]:
    return {"request": _request(scene, RequestKind.REPLACEMENT)}


def _tranche(scene: Scene) -> dict[str, Any]:
    """The next tranche planned; some euros of this year when none is."""
    try:
        pattern = scene.call.clauses.funding.tranches.needed
        planned = planned_tranches(pattern, funded(scene.dossier, scene.call))
    except UnknownValueError:
        planned = ()
    done = {t.budget_year for t in scene.dossier.tranches}
    for tranche in planned:
        if tranche.budget_year not in done:
            return {"amount": tranche.amount, "budget_year": tranche.budget_year}
    return {"amount": Decimal("1000.00"), "budget_year": scene.today.year}


def _back(scene: Scene) -> dict[str, Any]:
    """The whole of what is still to come back."""
    current = scene.dossier.repayment
    amount = current.outstanding if current and current.decided is not None else Decimal("1000.00")
    return {"amount": amount or Decimal("1.00")}


def _decided(scene: Scene) -> dict[str, Any]:
    current = scene.dossier.repayment
    proposed = current.proposed if current else Decimal("1000.00")
    return {"amount": proposed, "vehicle": Vehicle.TITLE, "reason": REASON}


def _relief(scene: Scene) -> dict[str, Any]:
    """What may be prepared now: an abandonment before the decision, a remission of a part after it."""
    current = scene.dossier.repayment
    early = current is not None and current.state in UNDECIDED
    amount = None if early else Decimal("100.00")
    return {"relief": Relief.ABANDONED if early else Relief.REMITTED, "amount": amount, "reason": REASON}


def _offset(scene: Scene) -> dict[str, Any]:
    """The whole of what is due, or of what a tranche still has to pay."""
    waiting = [credit for credit in scene.dossier.credits if credit.to_pay > 0]
    due = _back(scene)["amount"]
    if not waiting:
        return {"tranche": "T1", "amount": due}
    return {"tranche": waiting[-1].id, "amount": min(due, waiting[-1].to_pay)}


def _refund(scene: Scene) -> dict[str, Any]:
    current = scene.dossier.repayment
    return {"amount": (current.to_refund if current else None) or Decimal("1.00")}


_GRANTED = {"amount": Decimal("100.00"), "authority": "decision-0012", "reason": REASON}


def _relieved(scene: Scene) -> dict[str, Any]:
    """A relief whose authority and whose accountant spoke today."""
    return _GRANTED | {"authority_on": scene.today, "opinion_on": scene.today}


_VALUES: dict[str, Callable[[Scene], dict[str, Any]]] = {
    "edit_draft": lambda s: {"wished_start": s.profile.start},
    "register_received": lambda s: {
        "received_at": s.now - timedelta(days=1),
        "channel": "email",
        "proof": "courriel-0042",
    },
    "request_pieces": lambda s: {"keys": _some_keys(s)},
    "receive_piece": lambda s: {"keys": _some_keys(s), "file": "document-0001"},
    "judge_piece": lambda s: {"key": _to_judge(s), "verdict": PieceState.ACCEPTED},
    "reopen": lambda s: {"keys": _some_keys(s), "reason": REASON},
    "declare_inadmissible": lambda s: {"rule": s.call.rules.named(2), "reason": REASON},
    "put_to_committee": lambda s: {"session": s.profile.session},
    "take_back": _reasoned(),
    "record_opinion": lambda s: {"judged_on": s.today, "favourable": True, "rank": 1},
    "put_on_reserve": lambda _: {"rank": 4},
    "answer_offer": lambda _: {"accepted": True},
    "reject": _reasoned(),
    "back_to_reserve": _reasoned(rank=4),
    "notify": lambda _: {"signed_by": SIGNATORIES[0]},
    "meet_condition": lambda s: {"met_on": s.today, "evidence": "piece-0021"},
    "name_candidate": lambda s: {"candidate": s.profile.candidate},
    "identify_candidate": lambda s: {"rpps": s.profile.candidate.rpps, "registered": True},
    "give_notice": _reasoned(ground=LapseGround.NO_START),
    "answer_notice": lambda s: _arrived(s) | {"receipt": _unanswered(s)},
    "lapse": _reasoned(),
    "reexamine": lambda s: {"order": Order.APPEAL, "ordered_on": s.today, "to": State.COMPLETE, "reason": REASON},
    "report_withdrawal": lambda s: _leaving(s, 30),
    "propose_replacement": lambda s: {
        "candidate": s.profile.substitute,
        "new_start": _new_holder_start(s),
        "letter": True,
        "repercussions": (Repercussions.NONE,),
    },
    "ask_deferral": lambda s: {"new_start": _later_start(s), "known_on": s.today},
    "declare_early_end": lambda s: _leaving(s, 60),
    "examine_request": lambda s: {"request": _request(s), "chair_opinion_on": s.today},
    "refuse_request": lambda s: {"request": _request(s), "reason": REASON},
    "cancel_request": lambda s: {"request": _request(s)},
    "record_start": lambda s: {"start_on": _start(s)},
    "defer": lambda s: {
        "new_start": _later_start(s),
        "known_on": s.today,
        "told_on": s.today,
        "reason": REASON,
    },
    "record_end": _end,
    "renew": lambda _: {"months": 12},
    "withdraw": lambda s: _departing(s, 0),
    "announce_departure": lambda s: _departing(s, 60) | {"leads_to": DepartureLeadsTo.WITHDRAW},
    "cancel_departure": _reasoned(),
    "agree_replacement": _replacement,
    "replace": _replacement,
    "close": _reasoned(ground=CloseGround.RENOUNCED),
    **_OF_MONEY,
    "record_tranche": _tranche,
    "record_remarks": _arrived,
    "decide_repayment": _decided,
    "open_overpayment": _reasoned(),
    "prepare_relief": _relief,
    "drop_repayment": _reasoned(authority="decision-0012"),
    "reduce_repayment": _relieved,
    "remit_repayment": _relieved,
    "write_off_repayment": _relieved,
    "file_claim": lambda s: _arrived(s) | {"grounds": "motif-0004"},
    "answer_claim": _reasoned(outcome=ClaimState.REJECTED, authority="decision-0013"),
    "offset_repayment": _offset,
    "record_refund": _refund,
    "record_succession": lambda s: {
        "legal_entity": finess(977),
        "name": "CH du Sureau",
        "since": s.today,
        "deed": "arrete-0007",
        "reason": REASON,
    },
    "request_title": lambda _: {"siret": siret(1)},
    "record_title": lambda s: {"title": f"TR-{17 + sum(r.title is not None for r in s.dossier.repayments):04d}"},
    "record_title_receipt": lambda s: {"received_on": s.today},
    "use_other_vehicle": _reasoned(vehicle=Vehicle.OFFSET),
    "record_repaid": _back,
    "grant_relief": lambda _: {
        "amount": Decimal("100.00"),
        "relief": Relief.REMITTED,
        "authority": "decision-0012",
        "reason": REASON,
    },
    "ask_letter": lambda _: {"letter": AskedLetter.RECEIVED},
    "file_message": lambda s: {
        "file": "message-0001",
        "received_on": s.today,
        "sender": "expediteur-0001",
        "subject": "objet-0001",
    },
    "record_proof": lambda s: {
        "receipt": _awaited(s),
        "channel": ProofChannel.REGISTERED,
        "received_on": s.today,
        "evidence": "recommande-0042",
    },
    "withdraw_proof": lambda s: {"receipt": _proven(s), "reason": REASON},
    "pause_reminders": lambda s: {"until": s.today + timedelta(days=30), "reason": REASON},
    "resume_reminders": _reasoned(),
    "revert": _reasoned(),
    "rectify": _reasoned(legal_basis="CRPA art. L. 242-1"),
}
