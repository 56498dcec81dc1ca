"""What somebody may enter for an act: mostly sensible for the dossier as it stands, sometimes absurd.

The sensible inputs are the nominal ones with a spread around them. Inputs wrong in one way are in `twists`.
Everything is drawn from a `Random`, which hypothesis may stand behind.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cache
from random import Random
from types import NoneType, UnionType
from typing import Any

from marshmallow import ValidationError

from tests.builders import AGENTS, SIGNATORIES, Hat, actor, finess, shared
from tests.nominal import REASON, nominal, wanted
from tests.soak.contested import contest_answered, line_contested
from tests.soak.drafts import application, pool
from tests.soak.invariants import LEVELS, PARTY_ACTS
from tests.soak.owed import (
    account_opened,
    claim_answered,
    decision,
    entry_corrected,
    one_of_several,
    other_way,
    part,
    relief_granted,
    relief_prepared,
    repaid,
    tranche_paid,
    tranche_reduced,
)
from tests.soak.sittings import opinion
from tests.soak.stages import Stage
from tests.soak.world import Scene
from workflows.actors import CLOCK, Actor, Role
from workflows.acts import ACTS
from workflows.acts.award import LapseGround
from workflows.acts.base import ActInputs, Context
from workflows.acts.vacancy import DepartureLeadsTo
from workflows.calls.model import Channel, Depositor
from workflows.deadlines import add_months, local_day
from workflows.findings import Severity, declared_reasons
from workflows.guards.filing import known_requirements
from workflows.guards.gates import project_findings
from workflows.jobs import PAUSABLE
from workflows.letters.asked import AskedLetter, Wish, lacks
from workflows.parts.pieces import Defect, PieceState
from workflows.parts.receipts import ProofChannel
from workflows.parts.requests import EndReason, FourDates, Repercussions, RequestKind
from workflows.proofs import of_notice
from workflows.shapes import dump, load
from workflows.sites import Plan
from workflows.states import State

Values = dict[str, Any]

Spread = Callable[[Random, Stage, Scene, Values], Values]

_DAY = timedelta(days=1)
_CENT = Decimal("0.01")


def chance(rng: Random, share: float) -> bool:
    """True that often."""
    return rng.random() < share


def sensible(rng: Random, stage: Stage, scene: Scene, act: str) -> Values:
    """Inputs an agent could well enter that day, by name."""
    values = _values(nominal(scene, act))
    spread = _SPREAD.get(act)
    if spread is not None:
        values |= spread(rng, stage, scene, values)
    if values.get("repayment", "") is None:
        values["repayment"] = one_of_several(rng, scene.dossier, act)
    if chance(rng, 0.8):
        values["lifts"] = dict.fromkeys(holds(), REASON)
    return values


def _values(inputs: ActInputs) -> Values:
    return {f.name: getattr(inputs, f.name) for f in fields(inputs)}


@cache
def holds() -> tuple[str, ...]:
    """The codes that a head may lift."""
    return tuple(code for code, reason in declared_reasons().items() if reason.severity is Severity.HOLD)


# The filing.


def _draft(rng: Random, stage: Stage, scene: Scene, ___: Values) -> Values:
    content = application(rng, stage)
    candidate = scene.dossier.candidate or content["candidate"]
    kept = {name for name in content if chance(rng, 0.25)} - {"depositors", "candidate"}
    return {name: content[name] for name in kept} | {"candidate": candidate}


def _received(rng: Random, _: Stage, scene: Scene, ___: Values) -> Values:
    closing = scene.call.parameters.closing_at(scene.today).value
    at = scene.now - timedelta(hours=rng.randint(1, 60))
    if closing is not None and chance(rng, 0.7):
        at = min(at, closing.at - timedelta(minutes=rng.randint(1, 600)))
    return {"received_at": at, "channel": rng.choice(("email", "post", "hand"))}


def _known(scene: Scene) -> tuple[str, ...]:
    """The pieces that the call asks for now."""
    context = Context("request_pieces", scene.dossier, ActInputs(), CLOCK, scene.call, scene.now, scene.today)
    return tuple(known_requirements(context))


def _keys(rng: Random, scene: Scene) -> tuple[str, ...]:
    """Pieces not accepted yet that the call asks for now."""
    done = {p.key for p in scene.dossier.pieces if p.state.satisfies}
    keys = [key for key in _known(scene) if key not in done]
    if keys and chance(rng, 0.12):
        keys = rng.sample(keys, rng.randint(1, len(keys)))
    return tuple(keys) or tuple(r.key for r in wanted(scene))[:1]


def _asked(rng: Random, _: Stage, scene: Scene, ___: Values) -> Values:
    return {"keys": _keys(rng, scene), "days": rng.choice((None, None, 8, 20)), "reason": REASON}


def _piece(rng: Random, _: Stage, scene: Scene, ___: Values) -> Values:
    on = scene.today - timedelta(days=rng.randint(0, 12)) if chance(rng, 0.3) else None
    keys, here = _keys(rng, scene), {p.key for p in scene.dossier.pieces if p.state is PieceState.RECEIVED}
    return {"keys": tuple(key for key in keys if key not in here) or keys, "received_on": on}


def _judged(rng: Random, _: Stage, scene: Scene, ___: Values) -> Values:
    asked = _known(scene)
    here = [p for p in scene.dossier.pieces if p.key in asked]
    received = [p.key for p in here if p.state is PieceState.RECEIVED]
    known = received or [p.key for p in here if p.file] or list(_keys(rng, scene))
    strict = scene.dossier.state in {State.COMPLETE, State.COMMITTEE}
    verdicts = (PieceState.REFUSED, PieceState.REFUSED, PieceState.ACCEPTED_UNDER_RESERVE, PieceState.NOT_APPLICABLE)
    verdict = rng.choice(verdicts) if chance(rng, 0.7 if strict else 0.12) else PieceState.ACCEPTED
    values: Values = {"verdict": verdict}
    if known:
        values["key"] = rng.choice(known)
    if verdict is PieceState.REFUSED:
        values["defect"] = rng.choice(list(Defect))
    if verdict is PieceState.ACCEPTED_UNDER_RESERVE:
        values |= {"reserve": REASON, "reserve_until": scene.today + timedelta(days=30)}
    return values


def _inadmissible(rng: Random, _: Stage, scene: Scene, ___: Values) -> Values:
    rules = scene.call.rules
    return {"rule": rng.choice((rules.named(rng.randint(1, rules.last - 1)), "CRPA art. L. 114-5"))}


# The committee.


def _session(rng: Random, _: Stage, scene: Scene, ___: Values) -> Values:
    context = Context("put_to_committee", scene.dossier, ActInputs(), CLOCK, scene.call, scene.now, scene.today)
    failed = [f.code for f in project_findings(context) if f.severity is Severity.REFUSAL]
    open_now = [s.id for s in scene.call.parameters.sessions if scene.today <= s.last]
    values: Values = {"derogations": dict.fromkeys(failed, REASON) if chance(rng, 0.6) else {}}
    return values | ({"session": rng.choice(open_now)} if open_now else {})


def _award(rng: Random, _: Stage, scene: Scene, ___: Values) -> Values:
    windows = scene.call.clauses.contract.windows.value or ()
    values: Values = {"reason": REASON if chance(rng, 0.7) else None}
    if chance(rng, 0.2) and windows:
        window = rng.choice(windows)
        last = window.last or window.first + timedelta(days=300)
        values["planned_start"] = window.first + timedelta(days=rng.randint(0, (last - window.first).days))
    if chance(rng, 0.25):
        values |= {"condition": REASON, "condition_by": scene.today + timedelta(days=rng.randint(10, 90))}
    if chance(rng, 0.2):
        values["months"] = rng.choice(scene.call.clauses.contract.months.value or (12, 24))
    return values


def _ranked(rng: Random, _: Stage, __: Scene, ___: Values) -> Values:
    return {"rank": rng.choice((None, rng.randint(1, 9))), "reason": REASON}


def _identity(rng: Random, stage: Stage, _: Scene, ___: Values) -> Values:
    known = rng.choice(pool(stage))
    return {f.name: getattr(known, f.name) for f in fields(known) if f.name != "id"}


# What may happen to a post.


def _leaves_on(rng: Random, scene: Scene, *, ahead: bool) -> date:
    tenures = scene.dossier.tenures
    if ahead:
        return scene.today + timedelta(days=rng.choice((1, 2, rng.randint(1, 40), rng.randint(20, 200))))
    back = scene.today - timedelta(days=rng.randint(-1, 20))
    return max(back, tenures[-1].starts_on + _DAY) if tenures and tenures[-1].starts_on < scene.today else back


def _departure(rng: Random, scene: Scene, on: date) -> Values:
    known = min(scene.today, on) - timedelta(days=rng.randint(0, 9))
    reason = EndReason.CCA_OR_HU if chance(rng, 0.3) else rng.choice(list(EndReason))
    hired = reason is EndReason.CCA_OR_HU
    cca = on + timedelta(days=rng.randint(0, 150)) if chance(rng, 0.7 if hired else 0.2) else None
    return {
        "fact_on": known - timedelta(days=rng.randint(0, 3)),
        "known_on": known,
        "end_reason": reason,
        "cca_from": cca,
    }


def _told(rng: Random, _: Stage, scene: Scene, ___: Values) -> Values:
    on = _leaves_on(rng, scene, ahead=chance(rng, 0.5))
    return _departure(rng, scene, on) | {"effective_on": on}


def _open_request(rng: Random, scene: Scene, *kinds: RequestKind) -> str | None:
    found = [r.id for r in scene.dossier.requests if r.is_open and (not kinds or r.kind in kinds)]
    return rng.choice(found) if found else None


_LEAVING = (RequestKind.WITHDRAWAL, RequestKind.EARLY_END)


def _dated_departure(rng: Random, scene: Scene, *, ahead: bool) -> Values:
    on = _leaves_on(rng, scene, ahead=ahead)
    told = _departure(rng, scene, on)
    dates = FourDates(told.pop("fact_on"), told.pop("known_on"), on, scene.today)
    request = _open_request(rng, scene, *_LEAVING) if chance(rng, 0.7) else None
    return told | {"dates": dates, "request": request}


def _withdrawal(rng: Random, _: Stage, scene: Scene, ___: Values) -> Values:
    departure = scene.dossier.departure
    if departure is not None and departure.dates.effective_on <= scene.today + _DAY and chance(rng, 0.5):
        return {"dates": departure.dates, "end_reason": departure.reason, "request": None}
    return _dated_departure(rng, scene, ahead=False)


def _announcement(rng: Random, _: Stage, scene: Scene, ___: Values) -> Values:
    ends = scene.dossier.state is State.IN_POST and chance(rng, 0.4)
    leads = DepartureLeadsTo.RECORD_END if ends else DepartureLeadsTo.WITHDRAW
    return _dated_departure(rng, scene, ahead=True) | {"leads_to": leads}


def _other_plan(rng: Random, scene: Scene) -> Plan | None:
    here, there = scene.profile.sites[0], scene.profile.sites[1]
    months = scene.dossier.months or 12
    return rng.choice(
        (scene.profile.plan, shared(months, (here, 4), (there, 6)), shared(months, (here, 9), (there, 1)))
    )


def _replacement(rng: Random, stage: Stage, scene: Scene, nominal_values: Values) -> Values:
    said = rng.choice(
        ((Repercussions.NONE,), (Repercussions.NONE,), (Repercussions.PROJECT,), tuple(Repercussions)[1:])
    )
    shift = rng.choice((0, 0, 0, 15, 40)) if scene.dossier.tenures else rng.choice((0, 0, 0, 31))
    values: Values = {
        "candidate": rng.choice(pool(stage)),
        "new_start": nominal_values["new_start"] + timedelta(days=shift),
        "repercussions": said,
        "contract_share": Fraction(4, 5) if chance(rng, 0.1) else Fraction(1),
    }
    return values | ({"plan": _other_plan(rng, scene)} if Repercussions.TIME_SHARE in said else {})


def _later(rng: Random, _: Stage, scene: Scene, ___: Values) -> Values:
    award = scene.dossier.award
    planned = (award.expected_start if award else None) or scene.today
    known = scene.today - timedelta(days=rng.choice((0, 0, 2, 12)))
    return {"new_start": add_months(planned, rng.choice((1, 1, 2, 2, 4, 7))), "known_on": known}


def _granted(rng: Random, stage: Stage, scene: Scene, values: Values) -> Values:
    asked = _open_request(rng, scene, RequestKind.DEFERRAL)
    return _later(rng, stage, scene, values) | {"told_on": scene.today, "request": asked}


def _examined(rng: Random, _: Stage, scene: Scene, ___: Values) -> Values:
    return {"request": _open_request(rng, scene) or "R1", "chair_opinion_on": scene.today if chance(rng, 0.7) else None}


def _any_request(rng: Random, _: Stage, scene: Scene, ___: Values) -> Values:
    return {"request": _open_request(rng, scene) or "R1"}


def _granted_replacement(rng: Random, _: Stage, scene: Scene, ___: Values) -> Values:
    return {"request": _open_request(rng, scene, RequestKind.REPLACEMENT) or "R1"}


def _started(rng: Random, _: Stage, scene: Scene, ___: Values) -> Values:
    award = scene.dossier.award
    planned = award.expected_start if award else None
    tenures = scene.dossier.tenures
    last = tenures[-1].ends_on if tenures else None
    on = planned if planned is not None and planned <= scene.today else scene.today
    if last is not None and chance(rng, 0.3):
        on = max(last + _DAY, min(on, scene.today))
    return {"start_on": on}


def _ended(rng: Random, _: Stage, scene: Scene, ___: Values) -> Values:
    award = scene.dossier.award
    planned = award.planned_end if award else None
    if planned is not None and planned <= scene.today and chance(rng, 0.8):
        return {"last_day": planned}
    on = _leaves_on(rng, scene, ahead=False)
    told = _departure(rng, scene, on)
    request = _open_request(rng, scene, *_LEAVING)
    return {
        "last_day": min(on - _DAY, scene.today),
        "end_reason": told["end_reason"],
        "cca_from": told["cca_from"],
        "evidence": "piece-0042",
        "known_on": told["known_on"],
        "told_on": scene.today,
        "request": request,
    }


# Money.


def _tranche(rng: Random, _: Stage, scene: Scene, nominal_values: Values) -> Values:
    values: Values = {"delegated_on": None if chance(rng, 0.7) else scene.today - timedelta(days=rng.randint(0, 20))}
    notice, kind = scene.dossier.money_notice, rng.random()
    if notice is not None and kind < 0.4:
        values["amount"] = max(notice.total - scene.dossier.delegated_net, _CENT)
    elif kind < 0.6:
        values["amount"] = part(rng, nominal_values["amount"])
    return values


def _partly_ahead(rng: Random, scene: Scene) -> Values:
    """From some day of the present stay on, or to come; from the start of one that has not begun."""
    stays = scene.dossier.tenures
    if not stays or stays[-1].ends_on is not None:
        return {}
    return {"since": max(stays[-1].starts_on, scene.today + timedelta(days=rng.randint(-60, 60)))}


def _other_share(rng: Random, _: Stage, scene: Scene, ___: Values) -> Values:
    return {"share": Fraction(rng.randint(4, 10), 10)} | _partly_ahead(rng, scene)


def _extended(rng: Random, _: Stage, scene: Scene, values: Values) -> Values:
    return {"until": values["until"] + timedelta(days=rng.randint(-40, 90)), "financed": chance(rng, 0.6)}


def _remarks(rng: Random, stage: Stage, scene: Scene, values: Values) -> Values:
    """An answer, that asks to be heard now and then."""
    return _answered(rng, stage, scene, values) | {"hearing": chance(rng, 0.3)}


def _claimed(rng: Random, stage: Stage, scene: Scene, values: Values) -> Values:
    current = scene.dossier.repayment
    limit = current.contestable if current is not None else Decimal(1000)
    told = _answered(rng, stage, scene, values)
    return told | {"contested": None if chance(rng, 0.4) else part(rng, limit)}


def _taken_over(rng: Random, _: Stage, scene: Scene, ___: Values) -> Values:
    return {"legal_entity": finess(rng.randint(950, 990)), "since": scene.today - timedelta(days=rng.randint(0, 400))}


def _paused(rng: Random, _: Stage, scene: Scene, ___: Values) -> Values:
    jobs = tuple(job for job in PAUSABLE if chance(rng, 0.3))
    return {"until": scene.today + timedelta(days=rng.randint(0, 190)), "jobs": jobs, "reason": REASON}


def _proof(rng: Random, _: Stage, scene: Scene, ___: Values) -> Values:
    """A letter that waits, mostly; received some day since it was sent."""
    found = [r for r in scene.dossier.receipts if not r.void]
    waiting = [r for r in found if r.is_awaited]
    if not found:
        return {}
    receipt = rng.choice(waiting if waiting and chance(rng, 0.9) else found)
    lasted = max(((receipt.answered_on or scene.today) - receipt.asked_on).days, 0)
    return {
        "receipt": receipt.id,
        "channel": rng.choice(list(ProofChannel)),
        "received_on": receipt.asked_on + timedelta(days=rng.randint(0, lasted)),
        "consent": chance(rng, 0.8),
        "reason": REASON if receipt.is_proven else None,
    }


def _withdrawn(rng: Random, _: Stage, scene: Scene, ___: Values) -> Values:
    proven = [r.id for r in scene.dossier.receipts if r.is_proven and not r.void]
    return {"receipt": rng.choice(proven)} if proven else {}


def _noticed(rng: Random, _: Stage, __: Scene, ___: Values) -> Values:
    return {"days": rng.choice((None, 5, 10)), "ground": rng.choice(list(LapseGround))}


def _answered(rng: Random, _: Stage, scene: Scene, values: Values) -> Values:
    """An answer that came today or some days ago; of an addressee of the notice, whoever it is."""
    ways = [channel for channel in Channel if channel is not Channel.ONLINE]
    told: Values = {"channel": rng.choice(ways), "came_on": scene.today - timedelta(days=rng.choice((0, 0, 0, 1, 3)))}
    waiting = [r.id for r in of_notice(scene.dossier) if r.answered_on is None]
    return told | ({"receipt": rng.choice(waiting)} if waiting and "receipt" in values else {})


def _letter_asked(rng: Random, _: Stage, scene: Scene, ___: Values) -> Values:
    """A letter that has something to tell, most often; of this year, or of one around it."""
    year = scene.today.year - rng.choice((0, 0, 1, 1, 3, -1))
    found = [letter for letter in AskedLetter if lacks(scene.dossier, Wish(letter, year, scene.today)) is None]
    letter = rng.choice(found if found and chance(rng, 0.8) else list(AskedLetter))
    return {"letter": letter, "year": year if chance(rng, 0.9) else None}


def _days(*choices: int | None) -> Spread:
    return lambda rng, *_: {"days": rng.choice(choices)}


def _one_of(**choices: Any) -> Spread:
    """One value of each enumeration."""
    return lambda rng, *_: {name: rng.choice(list(kinds)) for name, kinds in choices.items()}


_SPREAD: Mapping[str, Spread] = {
    "edit_draft": _draft,
    "register_received": _received,
    "request_pieces": _asked,
    "reopen": _asked,
    "receive_piece": _piece,
    "judge_piece": _judged,
    "declare_inadmissible": _inadmissible,
    "put_to_committee": _session,
    "record_opinion": opinion,
    "select": _award,
    "put_on_reserve": _ranked,
    "back_to_reserve": _ranked,
    "offer_place": _days(None, None, 5),
    "answer_offer": lambda rng, *_: {"accepted": chance(rng, 0.8)},
    "notify": lambda rng, *_: {"signed_by": rng.choice(SIGNATORIES)},
    "name_candidate": lambda rng, stage, *_: {"candidate": rng.choice(pool(stage))},
    "identify_candidate": _identity,
    "give_notice": _noticed,
    "answer_notice": _answered,
    "record_remarks": _remarks,
    "withdraw_proof": _withdrawn,
    "reexamine": _one_of(to=(State.COMPLETE, State.COMMITTEE)),
    "report_withdrawal": _told,
    "declare_early_end": _told,
    "propose_replacement": _replacement,
    "ask_deferral": _later,
    "defer": _granted,
    "examine_request": _examined,
    "refuse_request": _any_request,
    "cancel_request": _any_request,
    "record_start": _started,
    "record_end": _ended,
    "renew": lambda rng, *_: {"months": rng.choice((6, 12))},
    "withdraw": _withdrawal,
    "announce_departure": _announcement,
    "agree_replacement": _granted_replacement,
    "replace": _granted_replacement,
    "record_tranche": _tranche,
    "record_payment": tranche_paid,
    "reduce_tranche": tranche_reduced,
    "record_opening": account_opened,
    "correct_ledger_entry": entry_corrected,
    "change_contract_share": _other_share,
    "waive_distance": lambda rng, _, scene, __: _partly_ahead(rng, scene),
    "extend": _extended,
    "decide_repayment": decision,
    "record_repaid": repaid,
    "ask_letter": _letter_asked,
    "record_proof": _proof,
    "prepare_relief": relief_prepared,
    "reduce_repayment": relief_granted,
    "remit_repayment": relief_granted,
    "write_off_repayment": relief_granted,
    "file_claim": _claimed,
    "answer_claim": claim_answered,
    "contest_line": line_contested,
    "answer_contest": contest_answered,
    "use_other_vehicle": other_way,
    "record_succession": _taken_over,
    "pause_reminders": _paused,
}


# Who.


def right_actor(rng: Random, scene: Scene, act: str) -> Actor:
    """Somebody entitled to the act, on the face of it; a head when nothing says otherwise."""
    chosen = scene.call.clauses.decision_levels.get(act)
    level = chosen.needed if chosen else LEVELS.get(act)
    party = act in PARTY_ACTS
    if party and (level is None or chance(rng, 0.6)):
        return _party(rng, scene, act)
    if level is None:
        return CLOCK
    hats = {Role.INSTRUCTOR: (Hat.INSTRUCTOR, Hat.HEAD), Role.HEAD: (Hat.HEAD, Hat.DG)}.get(level, (Hat.DG,))
    return AGENTS[rng.choice(hats)]


def _party(rng: Random, scene: Scene, act: str) -> Actor:
    if act in _BY_DEPOSITORS and scene.dossier.depositors:
        waiting = [d for d in scene.dossier.depositors if not d.confirmed]
        depositor = rng.choice(waiting or scene.dossier.depositors)
        if depositor.kind is Depositor.CANDIDATE:
            return Actor(Role.CANDIDATE, depositor.party or "personne")
        return Actor(Role.ESTABLISHMENT, f"bureau-{depositor.party}", depositor.party)
    hats = (Hat.CANDIDATE, Hat.PARTNER) if chance(rng, 0.3) else (Hat.RECRUITER,)
    return actor(rng.choice(hats), scene.dossier)


_BY_DEPOSITORS = frozenset({"edit_draft", "confirm_deposit", "submit", "receive_piece"})


def any_actor(rng: Random, scene: Scene) -> Actor:
    """Anybody, strangers to the dossier included."""
    strangers = (Actor(Role.ESTABLISHMENT, "bureau-ailleurs", "990009999"), Actor(Role.CANDIDATE, "ronce-noire"))
    return rng.choice((*(actor(hat, scene.dossier) for hat in Hat), *strangers))


# Absurd values of the right type.


def absurd(rng: Random, scene: Scene, act: str) -> Values:
    """The nominal inputs with one to three values that nobody would enter, and that the schema of the act lets in."""
    usual = _values(nominal(scene, act))
    for _ in range(8):
        inputs = ACTS[act].inputs(**(usual | _odd_values(rng, scene, act)))
        try:
            return _values(load(ACTS[act].inputs, dump(inputs)))
        except ValidationError:  # refused at the door: no rule ever sees it
            continue
    return usual


def _odd_values(rng: Random, scene: Scene, act: str) -> Values:
    hints = typing.get_type_hints(ACTS[act].inputs)
    names = [name for name in hints if name != "lifts"]
    return {name: _odd(rng, hints[name], scene) for name in rng.sample(names, rng.randint(1, min(3, len(names))))}


def _odd(rng: Random, hint: Any, scene: Scene) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in {typing.Union, UnionType}:
        options = [a for a in arguments if a is not NoneType]
        return None if chance(rng, 0.2) else _odd(rng, rng.choice(options), scene)
    if origin is tuple:
        members = arguments if Ellipsis not in arguments else arguments[:1] * rng.randint(0, 3)
        return tuple(_odd(rng, member, scene) for member in members)
    if origin is not None:
        return frozenset() if origin is frozenset else {}
    if isinstance(hint, type) and issubclass(hint, Enum):
        return rng.choice(list(hint))
    if is_dataclass(hint):
        return _odd_dataclass(rng, hint, scene)
    return _odd_scalar(rng, hint, scene)


def _odd_dataclass(rng: Random, hint: Any, scene: Scene) -> Any:
    hints = typing.get_type_hints(hint)
    return hint(**{f.name: _odd(rng, hints[f.name], scene) for f in fields(hint)})


def _odd_scalar(rng: Random, hint: Any, scene: Scene) -> Any:
    if hint is date:
        return local_day(_odd_instant(rng, scene), "UTC")
    choices: dict[Any, tuple[Any, ...]] = {
        datetime: (_odd_instant(rng, scene),),
        bool: (True, False),
        int: (0, 1, 3, 400, 50_000, 999_999_999),
        str: ("", "x" * 300, "A7", "R1", "R2", "é\u202f!"),
        Decimal: (Decimal(0), _CENT, Decimal("999999999.99")),
        Fraction: (Fraction(1, 3), Fraction(1)),
    }
    return rng.choice(choices[hint])


def _odd_instant(rng: Random, scene: Scene) -> datetime:
    """Some day from a century ago to the end of the next one, or one close to today."""
    near = scene.now + timedelta(days=rng.choice((-400, -2, -1, 0, 1, 2, 400)))
    far = datetime(rng.choice((1901, 1999, 2090, 2150)), 2, 28, 12, tzinfo=UTC)
    return far if chance(rng, 0.3) else near
