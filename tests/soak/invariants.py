"""What must stay true after each act, whatever it was and whoever tried it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.soak.state_facts import contradictions
from workflows.account.asked_back import held
from workflows.account.worth import awarded, funded, served_until
from workflows.actors import DECISION_LEVELS, Actor, Role, decides_at
from workflows.acts.base import ActInputs
from workflows.calls.model import Call, is_default_id
from workflows.calls.sources import Origin, Sourced, UnknownValueError
from workflows.deadlines import add_months
from workflows.decide import Decision, Refused, fold
from workflows.dossier import Dossier, Surroundings
from workflows.effects import Effect, EffectKind
from workflows.findings import Severity
from workflows.money.terms import MissingFactError
from workflows.parts.contests import REMEDIES
from workflows.parts.ledger import LedgerKind
from workflows.parts.requests import Repercussions
from workflows.parts.silence import SilenceClock
from workflows.states import State
from workflows.table import ALL_EDGES, CORRECTIONS

_EDGES = frozenset((e.act, source, e.target) for e in ALL_EDGES for source in e.sources)
_MEMBERS = frozenset(f.name for f in fields(Dossier)) - {"around", "number", "call", "category", "opened_on"}
_QUIET = Surroundings()
_DAY = timedelta(days=1)
_SIGNED: dict[str, frozenset[str]] = {}


def _acts(names: str) -> frozenset[str]:
    return frozenset(names.split())


_HEAD = _acts(
    """declare_inadmissible select put_on_reserve offer_place reject back_to_reserve notify give_notice lapse
    reexamine refuse_request defer agree_replacement replace close notify_money decide_repayment drop_repayment
    reduce_tranche record_opening correct_ledger_entry change_contract_share extend
    use_other_vehicle reduce_repayment remit_repayment write_off_repayment answer_claim record_succession revert
    rectify"""
)
_INSTRUCTOR = _acts(
    """edit_draft register_received request_pieces receive_piece judge_piece declare_complete reopen put_to_committee
    take_back record_opinion confirm_place answer_notice meet_condition name_candidate identify_candidate
    report_withdrawal propose_replacement ask_deferral declare_early_end examine_request cancel_request record_start
    confirm_presence record_end renew withdraw announce_departure cancel_departure record_tranche record_payment
    start_contradictory record_remarks request_title record_title record_title_receipt record_repaid
    offset_repayment record_refund open_overpayment prepare_relief file_claim settle settle_overpayment
    pause_reminders resume_reminders record_proof
    withdraw_proof file_message ask_letter answer_contest contest_line"""
)
#: The level at which an agent decides; an act that is not here is done by no agent.
LEVELS = dict.fromkeys(_HEAD, Role.HEAD) | dict.fromkeys(_INSTRUCTOR, Role.INSTRUCTOR) | {"waive_distance": Role.DG}
#: Acts of the depositors, the establishments and the candidates.
PARTY_ACTS = _acts(
    """edit_draft confirm_deposit submit receive_piece answer_offer accept_award name_candidate identify_candidate
    answer_notice report_withdrawal propose_replacement ask_deferral declare_early_end cancel_request confirm_presence
    renew record_remarks file_claim contest_line"""
)
#: What the machine does by itself: the proposal of a repayment, what a person decided beforehand, an answer that came.
CLOCK_ACTS = frozenset({"open_clawback", "open_overpayment", "withdraw", "record_end", "replace", "file_message"})
_MONEY_BACK = _acts(
    """open_clawback open_overpayment start_contradictory record_remarks decide_repayment prepare_relief drop_repayment
    reduce_repayment remit_repayment write_off_repayment request_title record_title record_title_receipt
    use_other_vehicle record_repaid offset_repayment record_refund file_claim answer_claim settle
    settle_overpayment record_succession"""
)
#: Members of a dossier that only some acts may change (corrections take back what these acts did).
_ONLY_BY = {
    **dict.fromkeys(("specialty", "months", "wished_start"), _acts("edit_draft")),
    "contract_share": _acts("edit_draft change_contract_share replace"),
    "waivers": _acts("waive_distance"),
    "ledger": _acts("record_payment reduce_tranche record_opening correct_ledger_entry offset_repayment"),
    "contests": _acts("contest_line answer_contest") | frozenset(REMEDIES),
    "sites": _acts("edit_draft record_succession"),
    "successions": _acts("record_succession"),
    **dict.fromkeys(("share_motivated", "other_financing", "project"), _acts("edit_draft")),
    "depositors": _acts("edit_draft confirm_deposit"),
    "candidate": _acts("edit_draft name_candidate identify_candidate replace"),
    "former": _acts("replace"),
    "plan": _acts("edit_draft replace"),
    "filing": _acts("submit register_received"),
    "committee": _acts("put_to_committee take_back record_opinion reopen reexamine"),
    "tenures": _acts("record_start withdraw record_end replace change_contract_share waive_distance"),
    "end": _acts("record_end close"),
    "rejection": _acts("declare_inadmissible reject lapse reexamine"),
    "money_notice": _acts("notify_money lapse back_to_reserve"),
    "tranches": _acts("record_tranche"),
    "pause": _acts("pause_reminders resume_reminders"),
    "repayments": _MONEY_BACK | _acts("record_proof withdraw_proof correct_ledger_entry"),
    "renewal_of": frozenset[str](),
    "renewed_by": _acts("renew"),
}
#: Refusals that may rest on a default: money stays where it is, and an award that is half said.
_HELD_MONEY = frozenset(
    {"cost_unsettled", "award_conditional", "reading_not_chosen", "reading_without_clause", "condition_incomplete"}
    | {"value_unknown", "fact_missing"}
)


@dataclass(frozen=True, slots=True)
class Step:
    """One act tried: on what, how, by whom, when, and the answer."""

    view: Dossier
    act: str
    inputs: ActInputs
    by: Actor
    answer: Decision | Refused
    call: Call
    now: datetime
    today: date


Places = tuple[Mapping[str, int], Mapping[str, int]]


def check_step(step: Step, stored: Dossier, entries: int, *, places: Places) -> None:
    """Raise AssertionError when something that must stay true does not. `places`: taken before and after."""
    before = replace(step.view, around=_QUIET)
    if isinstance(step.answer, Refused):
        assert stored == before, "refused, and yet changed"
        _check_refused(step.answer, step)
        return
    _check_entry(step.answer, before, stored, entries)
    _check_effects(step.answer, before, stored)
    _check_who(step.answer, step)
    _check_places(step, *places)
    _check_dossier(before, stored, step)


def lifted(inputs: ActInputs, by: Actor) -> frozenset[str]:
    """The holds that this actor lifts: a head, or above, with a written reason; the machine as it was told."""
    entitled = decides_at(by.role, Role.HEAD) or by.role is Role.CLOCK
    return frozenset(code for code, why in inputs.lifts.items() if entitled and why.strip())


def _check_refused(answer: Refused, step: Step) -> None:
    signed, open_to_all = _signed_rules(step.call), lifted(step.inputs, step.by)
    stopping = [f for f in answer.findings if f.severity is not Severity.WARNING]
    held = [f for f in stopping if f.severity is Severity.HOLD and f.code in open_to_all]
    assert len(held) < len(stopping), f"refused without a reason: {answer.findings}"
    assert answer.codes == {f.code for f in stopping if f not in held}, "a hold that was lifted stops nothing"
    for finding in answer.findings:
        default = finding.rule is not None and is_default_id(finding.rule) and finding.rule not in signed
        refuses = finding.severity is Severity.REFUSAL
        assert not default or not refuses or finding.code in _HELD_MONEY, f"refused on a default: {finding}"


def _signed_rules(call: Call) -> frozenset[str]:
    if call.digest not in _SIGNED:
        _SIGNED[call.digest] = frozenset(_signed(call.clauses))
    return _SIGNED[call.digest]


def _signed(clause: Any) -> Iterator[str]:
    """Ids of the defaults in the place of which the agency signed a choice, or a complement gives a value."""
    if isinstance(clause, Sourced):
        if clause.origin in {Origin.CHOICE, Origin.COMPLEMENT}:
            yield clause.rule
    elif is_dataclass(clause):
        for member in fields(clause):
            yield from _signed(getattr(clause, member.name))
    elif isinstance(clause, tuple):
        for item in clause:
            yield from _signed(item)


# The entry of the journal.


def _check_entry(decision: Decision, before: Dossier, stored: Dossier, entries: int) -> None:
    changes = decision.changes
    assert stored.version == entries == before.version + 1, "version is not the number of entries"
    assert set(changes) <= _MEMBERS, f"an act may not change {set(changes) - _MEMBERS}"
    assert fold(before, [changes]) == stored, "the entry does not give the dossier"
    assert decision.source is before.state
    assert decision.target is stored.state
    assert ("state" in changes) == (decision.target is not decision.source), "a change of state is said"
    if decision.target is not decision.source:
        assert (decision.act, decision.source, decision.target) in _EDGES, "not an edge of the table"
    for name, acts in _ONLY_BY.items():
        absorbing = name == "repayments" and _only_absorbs(changes, before)
        told = name not in changes or decision.act in acts or decision.act in CORRECTIONS or absorbing
        assert told, f"{decision.act} changed {name}"
    untold = [n for n in _MEMBERS if n not in changes and getattr(before, n) != getattr(stored, n)]
    assert not untold, f"changed and not said: {untold}"


def _only_absorbs(changes: Mapping[str, Any], before: Dossier) -> bool:
    """Months added take off what was let go of an excess, and change nothing else of a repayment."""
    if not {"adjustments", "repayments"} <= changes.keys() or len(changes["repayments"]) != len(before.repayments):
        return False
    pairs = list(zip(changes["repayments"], before.repayments, strict=True))
    return all(now == replace(old, let_go=now.let_go) and now.spared <= old.spared for now, old in pairs)


def _check_effects(decision: Decision, before: Dossier, stored: Dossier) -> None:
    keys = [effect.key for effect in decision.effects]
    assert len(keys) == len(set(keys)), f"an effect twice in one entry: {keys}"
    for effect in decision.effects:
        told = effect.kind in {EffectKind.MAIL, EffectKind.LETTER}
        assert told == (effect.to is not None), f"a mail or a letter, and nothing else, goes to somebody: {effect}"
        if effect.kind not in {EffectKind.MAIL, EffectKind.LETTER}:
            assert _caused(effect, decision.act, before, stored), f"{decision.act} does not cause {effect}"


def _caused(effect: Effect, act: str, before: Dossier, stored: Dossier) -> bool:
    """True when what the machine is asked to do follows from the act and from the facts."""
    departure = before.departure
    match effect.kind, effect.name:
        case EffectKind.ACT, "open_clawback":
            looked_at = ("end", "adjustments", "ledger", "repayments")  # what was given back counts too
            changed = any(getattr(stored, name) != getattr(before, name) for name in looked_at)
            return changed and stored.end is not None and stored.clawback is None and stored.paid > 0
        case EffectKind.ACT, "open_overpayment":
            return stored.paid > sum(a.amount for a in stored.adjustments) and stored.vacancy is None
        case EffectKind.ACT, "replace":
            agreed = departure.replacement if departure else None
            return act == "withdraw" and agreed is not None and effect.details["request"] == agreed
        case EffectKind.RENEWAL, number:
            return act == "renew" and stored.renewed_by == (*before.renewed_by, number)
        case EffectKind.CANCEL, entry:
            undoes = act in {"revert", "rectify"}
            return undoes and before.last is not None and entry == str(before.last.entry)
    return False


# Who.


def _check_who(decision: Decision, step: Step) -> None:
    role, act = step.by.role, step.act
    if role is Role.CLOCK:
        assert act in CLOCK_ACTS, f"the clock did {act}"
        if act in {"withdraw", "record_end"}:
            departure = step.view.departure
            assert departure is not None, "nobody announced it"
            assert departure.act == act, "somebody announced something else"
            assert _first_day_without(step.inputs) == departure.dates.effective_on, "announced for another day"
        if act == "replace":
            agreed = step.view.request(getattr(step.inputs, "request", None))
            assert agreed is not None, "no request"
            assert agreed.is_open, "somebody answered it since"
            vacancy = step.view.vacancy
            assert vacancy is not None, "nothing to replace"
            assert vacancy.replacement == agreed.id, "no head agreed to it"
    elif role in DECISION_LEVELS:
        chosen = step.call.clauses.decision_levels.get(act)
        level = chosen.needed if chosen else LEVELS.get(act)
        assert level is not None, f"no agent does {act}"
        assert decides_at(role, level), f"{act} by {role}, below its level"
    else:
        assert role in {Role.CANDIDATE, Role.ESTABLISHMENT}, f"{act} by {role}"
        assert act in PARTY_ACTS, f"{act} by {role}"
        _check_party(step)
    holds = {f.code for f in decision.findings if f.severity is Severity.HOLD}
    assert role is not Role.CLOCK or not holds, f"the machine lifted {holds}"
    assert holds <= lifted(step.inputs, step.by), f"nobody lifted {holds}"
    assert not any(f.severity is Severity.REFUSAL for f in decision.findings), "refused, and yet done"


def _first_day_without(inputs: Any) -> date:
    """The first day without the doctor, as a withdrawal or the end of a post says it."""
    effective: date = inputs.dates.effective_on if hasattr(inputs, "dates") else inputs.last_day + _DAY
    return effective


def _check_party(step: Step) -> None:
    by, dossier = step.by, step.view
    known = {s.id for s in dossier.sites} | {d.party for d in dossier.depositors}
    if by.role is Role.CANDIDATE:
        known.add(dossier.candidate.id if dossier.candidate else None)
        assert by.id in known, "a stranger"
    else:
        assert by.party in known, "an establishment of another dossier"


# Places.


def _check_places(step: Step, before: Mapping[str, int], after: Mapping[str, int]) -> None:
    """A quota that is known is never exceeded by an act; one that arrived smaller is not exceeded any further."""
    for quota in step.call.parameters.quotas:
        if quota.places.value is not None:
            most = max(quota.places.value, before[quota.id])
            assert after[quota.id] <= most, f"{after[quota.id]} places of {quota.places.value} in {quota.id}"


# The dossier.


def _check_dossier(before: Dossier, after: Dossier, step: Step) -> None:
    wrong = list(contradictions(after))
    assert not wrong, f"{step.act}: {wrong}"
    _check_tenures(after, step.today)
    _check_money(step.act, before, after)
    _check_funded(after, step.call)
    _check_silence(before.silence, after.silence, step)
    if step.act not in CORRECTIONS:
        _check_history_kept(before, after, step)
    if step.act == "replace":
        _check_plan(before, after, step)


def _check_tenures(dossier: Dossier, today: date) -> None:
    free_from = date.min
    for stay in dossier.tenures:
        assert stay.starts_on >= free_from, f"two holders on one day: {dossier.tenures}"
        assert stay.starts_on <= today, "a start to come"
        assert stay.ends_on is None or stay.starts_on <= stay.ends_on <= today, "an end to come, or before the start"
        free_from = (stay.ends_on or today) + _DAY


def _check_money(act: str, before: Dossier, after: Dossier) -> None:
    paid, back = after.delegated, sum((r.repaid for r in after.repayments), Decimal(0))
    asked = sum((r.decided or Decimal(0) for r in after.repayments), Decimal(0))
    assert all(t.amount > 0 for t in after.tranches)
    notice = after.money_notice
    # an award that shrank since takes nothing back of what had left
    awarded = max(notice.total, notice.delegated) if notice else Decimal(0)
    opened = sum((e.amount for e in after.ledger if e.kind is LedgerKind.OPENING_NOTIFIED), Decimal(0))
    # what was notified elsewhere is a fact; what a repayment took back may be delegated again
    assert paid - opened - asked <= awarded, f"delegated {paid - opened - asked} of {awarded}"
    assert all(credit.is_sound for credit in after.credits), "paid or reduced above what stands"
    assert after.ledger[: len(before.ledger)] == before.ledger, "an entry was changed"
    assert back <= paid, f"repaid {back} of {paid}"
    assert back <= after.paid, f"repaid {back} of {after.paid}"
    assert held(after.repayments) <= after.paid, "more asked than was paid"
    for repayment in after.repayments:
        assert repayment.proposed > 0 or repayment.amounts.integral, "nothing is asked, under no reading"
        assert all(m.amount > 0 for m in repayment.movements)
        answered = any(claim.answered_on for claim in repayment.claims)
        assert repayment.balance >= 0 or answered, "more came back than was decided"
        assert repayment.repaid >= 0, "more was given back than came"
        assert repayment.decided is None or repayment.decided > 0
    known = before.money_notice
    if known is not None and after.money_notice is not None and act != "notify_money":
        assert after.money_notice == known, "an amount once notified was changed"


def _check_funded(dossier: Dossier, call: Call) -> None:
    """No month is financed that was not awarded, however late the last day (A12, A35)."""
    if dossier.end is None or not dossier.tenures:
        return
    try:
        paid, granted = funded(dossier, call).funded_months, awarded(dossier, call).funded_months
    except (UnknownValueError, MissingFactError):
        return
    assert paid <= granted, f"{paid} months are financed of {granted} awarded"


def _check_silence(before: SilenceClock | None, after: SilenceClock | None, step: Step) -> None:
    """The date of the implied refusal is never before the months given, and no act takes anything off the clock."""
    if after is None:
        assert before is None, "the clock was lost"
        return
    assert after.due_on(step.today) >= add_months(after.starts_on, after.months), "silence shortened"
    if before is None or step.act in CORRECTIONS:
        return
    assert (after.starts_on, after.months) == (before.starts_on, before.months), "the clock was set again"
    assert len(after.suspensions) >= len(before.suspensions), "a suspension was forgotten"
    starts = [s.starts_on for s in after.suspensions]
    assert all(s.starts_on in starts for s in before.suspensions), "a suspension was moved"
    kept = before.ended_on is None or after.ended_on == before.ended_on
    # a proof may tell of an earlier receipt, or correct a wrong one; withdrawn, it may leave none
    told = step.act == "withdraw_proof" or (step.act == "record_proof" and after.ended_on is not None)
    assert kept or told, "an express decision was forgotten"


def _check_plan(before: Dossier, after: Dossier, step: Step) -> None:
    """A replacement changes the time shares only where it says so, and never to nothing (A14)."""
    request = before.request(getattr(step.inputs, "request", None))
    assert request is not None
    said = Repercussions.TIME_SHARE in (request.repercussions or ())
    assert after.plan == before.plan or said, "other time shares, and nobody said so"
    assert after.plan == before.plan or any(p.months * p.weekly for p in after.plan), "no time share is left"


#: Acts that price the months to come otherwise, from a day on.
_REPRICING = frozenset({"change_contract_share", "waive_distance"})


def _check_price_kept(before: Dossier, after: Dossier, step: Step) -> None:
    """The months served before the day from which they are worth something else keep their price (A26)."""
    last = getattr(step.inputs, "since") - _DAY  # noqa: B009  # of the inputs of both acts
    try:
        served = served_until(before, step.call, last).lines
        assert served_until(after, step.call, last).lines == served, "what was served changed its price"
    except (UnknownValueError, MissingFactError):
        return


def _check_history_kept(before: Dossier, after: Dossier, step: Step) -> None:
    """Only a correction takes facts back: lists grow, and what was answered, paid or served stays so."""
    assert len(after.requests) >= len(before.requests)
    kept = [(a, b) for a, b in zip(after.requests, before.requests, strict=False) if not b.is_open]
    # a replacement agreed before the departure waits again until it is carried out
    agreed = before.departure.replacement if before.departure and after.departure is None else None
    assert all(a == b or (b.id == agreed and a.is_open) for a, b in kept)
    assert after.tranches[: len(before.tranches)] == before.tranches
    assert len(after.repayments) >= len(before.repayments)
    assert len(after.piece_requests) >= len(before.piece_requests)
    closed = [t for t in before.tenures if t.ends_on is not None]
    assert list(after.tenures[: len(closed)]) == closed
    letters = {r.id: (r.letter, r.to, r.asked_on) for r in after.receipts}
    assert all(letters.get(r.id) == (r.letter, r.to, r.asked_on) for r in before.receipts), "a letter was forgotten"
    if step.act in _REPRICING:
        _check_price_kept(before, after, step)
    else:
        terms = [(t.terms, t.turns) for t in before.tenures]
        assert [(t.terms, t.turns) for t in after.tenures[: len(terms)]] == terms, "what was served changed its price"
    assert after.filing == before.filing or before.state is State.DRAFT, "the receipt was changed"
