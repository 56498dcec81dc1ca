"""Inputs wrong in one way: for a code, the values that should bring it about, or None when they cannot now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

from tests.builders import finess, shared, site
from tests.nominal import REASON
from tests.soak.world import Scene
from workflows.account.correcting import correctable, repayment_told
from workflows.account.lines import Column, account_lines
from workflows.acts.vacancy import CloseGround, DepartureLeadsTo
from workflows.calls.funding import Vehicle
from workflows.deadlines import add_months
from workflows.letters.asked import AskedLetter
from workflows.parts.claims import ClaimState
from workflows.parts.contests import ContestState
from workflows.parts.ledger import LedgerKind
from workflows.parts.movements import MovementKind
from workflows.parts.pieces import PieceState
from workflows.parts.reliefs import Relief
from workflows.parts.repayments import RepaymentFile
from workflows.parts.requests import EndReason, Repercussions, RequestKind
from workflows.repaying.liquidation import liquidation
from workflows.sites import SiteKind, SiteRole
from workflows.states import State

Values = dict[str, Any]
Make = Callable[[Random, Scene, Values], Values | None]

_DAY = timedelta(days=1)


def _set(**values: Any) -> Make:
    return lambda *_: dict(values)


def _ahead(name: str) -> Make:
    return lambda _, scene, __: {name: scene.today + 3 * _DAY}


def _plus(name: str, **shift: int) -> Make:
    """The value as it is, moved by days or by hours."""
    return lambda _, __, values: {name: values[name] + timedelta(**shift)}


# Filing and committee.


def _accepted_key(rng: Random, scene: Scene, _: Values) -> Values | None:
    done = [p.key for p in scene.dossier.pieces if p.state.satisfies]
    return {"keys": (rng.choice(done),)} if done else None


def _not_here(_: Random, scene: Scene, values: Values) -> Values | None:
    here = {p.key for p in scene.dossier.pieces if p.file}
    return {"verdict": PieceState.ACCEPTED} if values["key"] not in here else None


def _ordered_too_early(_: Random, scene: Scene, __: Values) -> Values | None:
    rejection = scene.dossier.rejection
    return {"ordered_on": rejection.on - _DAY} if rejection else None


# Requests.


def _closed_request(rng: Random, scene: Scene, values: Values) -> Values | None:
    kinds = {r.kind for r in scene.dossier.requests if r.id == values.get("request")} or set(RequestKind)
    closed = [r.id for r in scene.dossier.requests if not r.is_open and r.kind in kinds]
    return {"request": rng.choice(closed)} if closed else None


def _other_kind(*kinds: RequestKind) -> Make:
    def make(rng: Random, scene: Scene, _: Values) -> Values | None:
        others = [r.id for r in scene.dossier.requests if r.kind not in kinds]
        return {"request": rng.choice(others)} if others else None

    return make


# The post.


def _early(_: Random, scene: Scene, values: Values) -> Values | None:
    """The day before anybody served, or before the post is free."""
    tenures = scene.dossier.tenures
    if not tenures:
        return None
    if "dates" in values:
        return {"dates": replace(values["dates"], effective_on=tenures[-1].starts_on - 3 * _DAY), "request": None}
    name = "last_day" if "last_day" in values else "effective_on"
    return {name: tenures[-1].starts_on - 3 * _DAY}


def _dates(**changes: int) -> Make:
    """The four dates with some of them moved to so many days from today."""

    def make(_: Random, scene: Scene, values: Values) -> Values:
        moved = {name: scene.today + days * _DAY for name, days in changes.items()}
        return {"dates": replace(values["dates"], **moved), "request": None}

    return make


def _in_post(make: Make) -> Make:
    """The same while somebody holds the post."""
    return lambda rng, scene, values: make(rng, scene, values) if scene.dossier.state is State.IN_POST else None


def _from_end(days: int) -> Make:
    """A start so many days after the planned end of the post."""

    def make(_: Random, scene: Scene, values: Values) -> Values | None:
        end = scene.dossier.award.planned_end if scene.dossier.award else None
        name = "new_start" if "new_start" in values else "start_on"
        return {name: end + days * _DAY} if end else None

    return make


def _overlapping(_: Random, scene: Scene, values: Values) -> Values | None:
    last = scene.dossier.tenures[-1].ends_on if scene.dossier.tenures else None
    name = "new_start" if "new_start" in values else "start_on"
    return {name: last} if last else None


def _before_the_start(_: Random, scene: Scene, __: Values) -> Values | None:
    award = scene.dossier.award
    return {"new_start": award.expected_start - _DAY} if award and award.expected_start else None


def _much_later(_: Random, scene: Scene, __: Values) -> Values | None:
    award = scene.dossier.award
    return {"new_start": add_months(award.expected_start, 9)} if award and award.expected_start else None


def _early_end_without(**missing: Any) -> Make:
    def make(_: Random, scene: Scene, __: Values) -> Values | None:
        end = scene.dossier.award.planned_end if scene.dossier.award else None
        return {"last_day": scene.today - _DAY, **missing} if end and end >= scene.today else None

    return make


def _told_late(_: Random, scene: Scene, __: Values) -> Values:
    return {"known_on": scene.today - 60 * _DAY, "told_on": scene.today}


def _elsewhere(_: Random, scene: Scene, values: Values) -> Values:
    """Four half-days in a place that is not of the dossier; with a replacement, said as it must be."""
    away = site(399, "CH du Saule", SiteRole.PARTNER, SiteKind.CH, "16")
    plan = shared(scene.dossier.months or 12, (scene.profile.sites[0], 6), (away, 4))
    return {"plan": plan, **({"repercussions": (Repercussions.TIME_SHARE,)} if "repercussions" in values else {})}


def _too_full(_: Random, scene: Scene, values: Values) -> Values:
    """Eleven half-days in a week; with a replacement, said as it must be."""
    here, there = scene.profile.sites[:2]
    plan = shared(scene.dossier.months or 12, (here, 5), (there, 6))
    return {"plan": plan, **({"repercussions": (Repercussions.TIME_SHARE,)} if "repercussions" in values else {})}


def _plan_unsaid(_: Random, scene: Scene, __: Values) -> Values:
    here, there = scene.profile.sites[:2]
    return {"repercussions": (Repercussions.NONE,), "plan": shared(12, (here, 1), (there, 9))}


# Money.


def _more_than_proposed(_: Random, scene: Scene, __: Values) -> Values | None:
    current = scene.dossier.repayment
    return {"amount": current.amounts.paid + Decimal("0.01")} if current else None


def _more_than_announced(_: Random, scene: Scene, __: Values) -> Values | None:
    """What is due today, when more was paid since the recruiter was heard."""
    current = scene.dossier.repayment
    due = liquidation(scene.dossier, scene.call, current).amount if current else Decimal(0)
    return {"amount": due} if current and due > current.proposed else None


def _more_than_prepared(_: Random, scene: Scene, __: Values) -> Values | None:
    current = scene.dossier.repayment
    prepared = current.relief.amount if current and current.relief else None
    return {"amount": prepared + Decimal("0.01")} if prepared else None


def _more_than_left(_: Random, scene: Scene, __: Values) -> Values | None:
    current = scene.dossier.repayment
    return {"amount": current.outstanding + Decimal("0.01")} if current else None


def _more_than_awarded(_: Random, scene: Scene, __: Values) -> Values | None:
    notice = scene.dossier.money_notice
    return {"amount": notice.total + 1} if notice else None


def _one_cent_more_than_notified(_: Random, scene: Scene, __: Values) -> Values | None:
    notice = scene.dossier.money_notice
    return {"amount": notice.total - scene.dossier.delegated_net + Decimal("0.01")} if notice else None


def _proven_already(_: Random, scene: Scene, __: Values) -> Values | None:
    proven = [r.id for r in scene.dossier.receipts if r.is_proven and not r.void]
    return {"receipt": proven[-1], "reason": None} if proven else None


def _received_too_early(_: Random, scene: Scene, values: Values) -> Values | None:
    receipt = scene.dossier.receipt(values["receipt"])
    return {"received_on": receipt.asked_on - timedelta(days=1)} if receipt else None


def _received_after_the_answer(_: Random, scene: Scene, __: Values) -> Values | None:
    found = [r for r in scene.dossier.receipts if r.answered_on and r.answered_on < scene.today and not r.void]
    return {"receipt": found[-1].id, "received_on": scene.today, "reason": REASON} if found else None


def _doctor(**facts: Any) -> Make:
    def make(_: Random, __: Scene, values: Values) -> Values:
        return {"candidate": replace(values["candidate"], **facts)}

    return make


def _financed(_: Random, __: Scene, values: Values) -> Values:
    """A quarter more that the agency pays for."""
    return {"until": add_months(values["until"], 1), "financed": True, "lifts": {}}


def _corrected_before(_: Random, scene: Scene, __: Values) -> Values | None:
    """An entry already taken back."""
    known = [entry.corrects for entry in scene.dossier.ledger if entry.corrects]
    return {"entry": known[0]} if known else None


def _line_of(wanted: Callable[[RepaymentFile], bool], column: Column) -> Make:
    """A line of that column that may be taken back, of a repayment that is as wanted."""

    def make(_: Random, scene: Scene, __: Values) -> Values | None:
        for line in correctable(scene.dossier):
            asked = repayment_told(scene.dossier, line.id)
            if asked is not None and line.column is column and line.amount > 0 and wanted(asked):
                return {"entry": line.id}
        return None

    return make


def _has_a_payment(asked: RepaymentFile) -> bool:
    return any(moved.kind is MovementKind.PAID for _, moved in asked.in_force)


def _is_given_back(asked: RepaymentFile) -> bool:
    return any(moved.kind is MovementKind.REFUNDED for _, moved in asked.in_force) and not asked.to_refund


def _came_before_title(asked: RepaymentFile) -> bool:
    return any(asked.is_before_title(place) for place, moved in asked.in_force if moved.kind.is_money)


def _reduced_then_delegated(_: Random, scene: Scene, __: Values) -> Values | None:
    """A reduction whose euros were delegated again since."""
    notice, delegated = scene.dossier.money_notice, scene.dossier.delegated_net
    reduced = [n for n in correctable(scene.dossier) if n.column is Column.REDUCED]
    found = next((n for n in reduced if notice is not None and delegated + n.amount > notice.total), None)
    return {"entry": found.id} if found else None


def _before_the_decision(_: Random, scene: Scene, __: Values) -> Values | None:
    current = scene.dossier.repayment
    return {"paid_on": current.decided_on - _DAY} if current and current.decided_on else None


def _before_it_came(_: Random, scene: Scene, __: Values) -> Values | None:
    current = scene.dossier.repayment
    came = [m.on for _, m in current.in_force if m.kind.is_money] if current else []
    return {"refunded_on": min(came) - _DAY} if came else None


def _heard_before_it_opened(_: Random, scene: Scene, __: Values) -> Values | None:
    current = scene.dossier.repayment
    return {"heard_on": current.opened_on - _DAY} if current else None


def _debtor_never_paid(_: Random, scene: Scene, __: Values) -> Values | None:
    """No SIRET for a debtor whose legal entity was never paid here."""
    known, current = {e.payee.legal_entity for e in scene.dossier.ledger if e.payee}, scene.dossier.repayment
    owes = current.debtor if current else None
    return {"siret": None} if owes and owes.legal_entity not in known else None


def _number_of_another(_: Random, scene: Scene, __: Values) -> Values | None:
    """The number of a title of another debt of the post."""
    known = [r.title for r in scene.dossier.repayments if r.title]
    return {"title": known[0]} if known else None


def _received_before_issue(_: Random, scene: Scene, __: Values) -> Values | None:
    issued = [r.title_on for r in scene.dossier.repayments if r.title_on]
    return {"received_on": min(issued) - _DAY} if issued else None


def _opened_before(_: Random, scene: Scene, __: Values) -> Values | None:
    """A tranche notified elsewhere that is here already."""
    back = {entry.corrects for entry in scene.dossier.ledger}
    known = [e for e in scene.dossier.ledger if e.kind is LedgerKind.OPENING_NOTIFIED and e.id not in back]
    found = next((e for e in known if e.corrects is None), None)
    if found is None:
        return None
    return {"notified_on": found.on, "budget_year": found.budget_year, "notified": found.amount, "paid": Decimal(0)}


def _entity_of_today(_: Random, scene: Scene, __: Values) -> Values | None:
    recruiter = scene.dossier.recruiter
    return {"legal_entity": recruiter.legal_entity} if recruiter else None


def _contested_before(_: Random, scene: Scene, __: Values) -> Values | None:
    """A line whose contest waits for its answer."""
    waiting = scene.dossier.open_contests
    return {"line": waiting[0].line} if waiting else None


def _put_right_by_itself(_: Random, scene: Scene, __: Values) -> Values | None:
    """A line of the account that would have put itself right."""
    known = {line.id for line in account_lines(scene.dossier)}
    named = next((c for c in scene.dossier.open_contests if c.line in known), None)
    right = {"outcome": ContestState.CORRECTED, "remedy": None}
    return right | {"contest": named.id, "corrected_by": named.line} if named else None


def _share_of_the_last_day(_: Random, scene: Scene, __: Values) -> Values | None:
    """The share that the contract has at the end, asked for from its last day on."""
    award = scene.dossier.award
    end = award.planned_end if award else None
    return {"share": scene.dossier.contract_share, "since": end} if end else None


_OF_AMOUNTS = """record_payment reduce_tranche decide_repayment record_repaid offset_repayment record_refund
    record_tranche reduce_repayment remit_repayment write_off_repayment"""
_REASONED = """reopen declare_inadmissible take_back reject back_to_reserve give_notice answer_notice lapse reexamine
    refuse_request defer cancel_departure close record_remarks decide_repayment drop_repayment use_other_vehicle
    prepare_relief reduce_repayment remit_repayment write_off_repayment answer_claim open_overpayment
    record_succession revert rectify withdraw_proof reduce_tranche record_opening correct_ledger_entry
    change_contract_share waive_distance extend contest_line answer_contest"""
_WITH_REQUEST = """defer withdraw record_end announce_departure agree_replacement replace examine_request refuse_request
    cancel_request"""
_YESTERDAY = _dates(fact_on=-1, known_on=-1, effective_on=-1)

_ALL: tuple[tuple[str, str, Make], ...] = (
    (_REASONED, "reason_missing", _set(reason=None)),
    (_OF_AMOUNTS, "amount_not_positive", _set(amount=Decimal(0))),
    ("edit_draft propose_replacement", "contract_share_out_of_bounds", _set(contract_share=Fraction(3, 2))),
    ("edit_draft propose_replacement", "plan_elsewhere", _elsewhere),
    ("edit_draft propose_replacement", "plan_week_unsound", _too_full),
    ("register_received", "date_in_future", _plus("received_at", days=9)),
    ("register_received", "receipt_unproved", _set(proof=None)),
    ("register_received", "call_closed", lambda _, scene, __: {"received_at": scene.now}),
    ("receive_piece", "date_in_future", _ahead("received_on")),
    ("file_message", "date_in_future", _ahead("received_on")),
    ("record_tranche", "date_in_future", _ahead("delegated_on")),
    ("record_repaid", "date_in_future", _ahead("paid_on")),
    ("ask_letter", "letter_year_missing", _set(letter=AskedLetter.YEAR, year=None)),
    ("ask_letter", "letter_without_object", _set(letter=AskedLetter.YEAR, year=1999)),
    ("record_proof", "date_in_future", _ahead("received_on")),
    ("record_proof", "proof_already_recorded", _proven_already),
    ("record_proof", "received_before_sent", _received_too_early),
    ("record_proof", "proof_evidence_missing", _set(evidence=" ")),
    ("record_proof", "received_after_answer", _received_after_the_answer),
    ("answer_notice record_remarks", "answer_arrival_unknown", _set(channel=None)),
    ("answer_notice", "answer_of_nobody", _set(receipt="0:contradictory_notice:members")),
    ("answer_notice record_remarks", "answer_before_letter", _set(came_on=date(2000, 1, 3))),
    ("record_opinion", "date_in_future", _ahead("judged_on")),
    ("meet_condition", "date_in_future", _ahead("met_on")),
    ("reexamine", "date_in_future", _ahead("ordered_on")),
    ("record_start", "date_in_future", _ahead("start_on")),
    ("request_pieces reopen offer_place give_notice", "period_out_of_bounds", _set(days=900)),
    ("request_pieces receive_piece reopen", "nothing_asked", _set(keys=())),
    ("request_pieces receive_piece reopen", "piece_not_required", _set(keys=("filing/inconnue",))),
    ("judge_piece", "piece_not_required", _set(key="filing/inconnue")),
    ("request_pieces receive_piece reopen", "piece_already_accepted", _accepted_key),
    ("judge_piece", "piece_not_received", _not_here),
    ("judge_piece", "not_a_verdict", _set(verdict=PieceState.RECEIVED)),
    ("judge_piece", "defect_missing", _set(verdict=PieceState.REFUSED, defect=None)),
    ("judge_piece", "reserve_incomplete", _set(verdict=PieceState.ACCEPTED_UNDER_RESERVE, reserve=None)),
    ("declare_inadmissible", "ground_is_default", _set(rule="A33")),
    ("declare_inadmissible", "ground_unknown", _set(rule="usage")),
    ("put_to_committee", "session_unknown", _set(session="inconnue")),
    ("put_to_committee", "session_over", lambda rng, s, _: _any_session(rng, s)),
    ("record_opinion", "already_judged", _set(reason=None)),
    ("record_opinion", "rank_missing", _set(favourable=True, rank=0)),
    ("record_opinion", "absent_voted", _set(present=(), against=("thym-argent",), abstaining=())),
    ("record_opinion", "voted_twice", _set(present=("thym",), against=("thym",), abstaining=("thym",))),
    ("put_on_reserve back_to_reserve", "rank_missing", _set(rank=0)),
    ("offer_place", "places_all_offered", _set(lifts={})),
    ("select", "opinion_unfavourable", _set(reason=None)),
    ("select", "better_ranked_passed_over", _set(reason=None)),
    ("select", "conflicted_vote", _set(lifts={})),
    ("select", "months_not_allowed", _set(months=7)),
    ("select", "condition_incomplete", _set(condition=REASON, condition_by=None)),
    ("select", "start_out_of_windows", lambda _, s, __: {"planned_start": s.today - 200 * _DAY}),
    (
        "name_candidate propose_replacement",
        "candidate_fact_unknown",
        _doctor(full_licence=None, title_obtained_on=None),
    ),
    ("name_candidate propose_replacement", "candidate_lacks", _doctor(full_licence=False)),
    ("name_candidate propose_replacement", "candidate_has", _doctor(foreign_title=True)),
    ("name_candidate propose_replacement", "rpps_missing", _doctor(rpps=None)),
    ("name_candidate propose_replacement", "not_registered", _doctor(registered=False)),
    ("notify", "not_a_signatory", _set(signed_by="menthe-grise")),
    ("reexamine", "no_committee_file", _set(to=State.COMMITTEE)),
    ("reexamine", "order_before_rejection", _ordered_too_early),
    ("lapse", "notice_running", _set()),
    ("lapse", "notice_not_received", _set()),
    (_WITH_REQUEST, "request_unknown", _set(request="R99")),
    (_WITH_REQUEST, "request_answered", _closed_request),
    ("agree_replacement replace", "request_needed", _set(request=None)),
    ("agree_replacement replace", "request_wrong_kind", _other_kind(RequestKind.REPLACEMENT)),
    ("defer", "request_wrong_kind", _other_kind(RequestKind.DEFERRAL)),
    ("withdraw record_end", "request_wrong_kind", _other_kind(RequestKind.WITHDRAWAL, RequestKind.EARLY_END)),
    ("report_withdrawal declare_early_end withdraw record_end", "before_start", _early),
    ("report_withdrawal declare_early_end", "date_in_future", _ahead("known_on")),
    ("declare_early_end", "end_after_term", lambda _, s, __: {"effective_on": s.today + 2600 * _DAY}),
    ("report_withdrawal declare_early_end", "dates_disordered", _plus("fact_on", days=30)),
    ("withdraw announce_departure", "dates_disordered", _dates(fact_on=-1, known_on=-2)),
    ("withdraw", "not_effective_yet", _in_post(_dates(effective_on=20))),
    ("record_end", "not_effective_yet", _ahead("last_day")),
    ("announce_departure", "effective_already", _YESTERDAY),
    ("announce_departure", "end_before_start", _set(leads_to=DepartureLeadsTo.RECORD_END)),
    ("announce_departure", "leave_is_no_end", _leave := _set(end_reason=EndReason.STATUTORY_LEAVE, lifts={})),
    ("record_end", "leave_is_no_end", _leave),
    ("record_end", "evidence_missing", _early_end_without(evidence=None)),
    ("record_end", "end_reason_missing", _early_end_without(end_reason=None)),
    ("record_start", "start_not_allowed", lambda rng, s, _: {"start_on": s.today - rng.randint(0, 25) * _DAY}),
    ("record_start", "start_before_vacancy", _overlapping),
    ("record_start", "start_after_end", _from_end(1)),
    ("record_start", "award_condition_open", _set(lifts={})),
    ("record_start", "start_undeferred_held", lambda _, s, __: {"start_on": s.today, "lifts": {}}),
    ("defer", "start_after_end", _from_end(1)),
    ("defer", "deferral_backwards", _before_the_start),
    ("defer", "deferral_long", _much_later),
    ("defer", "told_late_held", _told_late),
    ("renew", "renewal_too_long", _set(months=36)),
    ("renew", "renewal_silent", _set(lifts={})),
    ("renew", "renewed_already", _set(months=6)),
    ("propose_replacement", "replacement_start_too_early", _overlapping),
    ("propose_replacement", "replacement_start_too_late", _from_end(2)),
    ("propose_replacement", "withdrawal_letter_missing", _set(letter=False)),
    ("propose_replacement", "replacement_open", _set()),
    ("propose_replacement", "repercussions_unsaid", _set(repercussions=None)),
    ("propose_replacement", "repercussions_contradict", _set(repercussions=tuple(Repercussions))),
    ("propose_replacement", "replacement_plan_missing", _set(repercussions=(Repercussions.TIME_SHARE,), plan=None)),
    ("propose_replacement", "replacement_plan_unsaid", _plan_unsaid),
    ("select renew", "months_out_of_bounds", _set(months=900)),
    ("examine_request", "replacement_opinion_missing", _set(chair_opinion_on=None)),
    ("agree_replacement replace", "replacement_committee_needed", _set(lifts={})),
    ("agree_replacement replace", "replacement_opinion_missing", _set(lifts={})),
    ("agree_replacement replace", "replacement_pieces_unconfirmed", _set(lifts={})),
    ("agree_replacement replace", "part_time_unscaled", _set(lifts={})),
    ("agree_replacement replace", "end_unpriced_held", _set(lifts={})),
    ("close", "given_back_early", _set(ground=CloseGround.EXPIRED, lifts={})),
    ("notify_money", "part_time_unscaled", _set(lifts={})),
    ("record_tranche", "presence_unconfirmed", _set(lifts={})),
    ("record_tranche", "end_declared", _set(lifts={})),
    ("record_tranche", "tranche_above_award", _more_than_awarded),
    ("record_tranche", "tranche_above_notice", _one_cent_more_than_notified),
    ("record_tranche", "tranche_year_outside", lambda _, s, __: {"budget_year": s.today.year + 9, "lifts": {}}),
    ("decide_repayment", "amount_above_due", _more_than_proposed),
    ("decide_repayment", "reading_without_clause", _more_than_proposed),
    ("decide_repayment", "amount_above_announced", _more_than_announced),
    ("decide_repayment", "reading_not_chosen", _set()),
    ("decide_repayment", "reading_not_announced", _set()),
    ("decide_repayment", "hearing_owed", _set(heard_on=None, lifts={})),
    ("decide_repayment request_title", "time_barred", _set(lifts={})),
    ("request_title", "vehicle_not_title", _set()),
    ("reduce_repayment remit_repayment write_off_repayment", "amount_above_prepared", _more_than_prepared),
    ("record_repaid reduce_repayment remit_repayment write_off_repayment", "amount_above_outstanding", _more_than_left),
    ("use_other_vehicle", "vehicle_unchanged", _set(vehicle=Vehicle.TITLE)),
    ("use_other_vehicle", "deed_missing", _set(vehicle=Vehicle.AMENDING_DECISION, deed=None)),
    (
        "drop_repayment reduce_repayment remit_repayment write_off_repayment answer_claim",
        "authority_missing",
        _set(authority=None),
    ),
    ("prepare_relief", "relief_amount_missing", _set(relief=Relief.REMITTED, amount=None)),
    ("file_claim", "grounds_missing", _set(grounds="")),
    ("file_claim", "claim_already_open", _set()),
    ("file_claim", "claim_above_debt", _set(contested=Decimal("99999999.00"))),
    ("answer_claim", "claim_grant_wrong", _set(outcome=ClaimState.REJECTED, granted=Decimal("0.01"))),
    ("start_contradictory request_title record_repaid", "repayment_unknown", _set(repayment="F999")),
    ("record_succession", "no_recruiter", _set()),
    ("record_succession", "entity_malformed", _set(legal_entity="990009779")),
    ("record_succession", "entity_unnamed", _set(name=" ")),
    ("record_succession", "succession_deed_missing", _set(deed=None)),
    ("record_payment reduce_tranche", "tranche_unknown", _set(tranche="T99")),
    ("record_payment reduce_tranche", "amount_above_tranche", _set(amount=Decimal("99999999.00"))),
    ("record_payment", "date_in_future", _ahead("paid_on")),
    ("record_payment", "payment_before_tranche", lambda _, s, __: {"paid_on": s.today - 700 * _DAY}),
    ("request_title", "debtor_siret_missing", _debtor_never_paid),
    ("record_title", "title_number_missing", _set(title=" ")),
    ("record_title", "title_number_taken", _number_of_another),
    ("record_title", "title_before_decision", _set(title_on=date(2001, 1, 3))),
    ("record_title_receipt", "title_received_before_issue", _received_before_issue),
    ("record_succession", "entity_unchanged", _entity_of_today),
    ("record_opening", "opening_exists", _opened_before),
    ("record_opening", "opening_too_much", _set(notified=Decimal("999999999.00"), paid=Decimal("999999999.00"))),
    ("record_payment request_title", "siret_wrong", _set(siret="00000001800011")),
    ("record_payment", "finess_wrong", _set(legal_entity="990009779")),
    ("record_payment", "payee_unknown", _set(legal_entity=finess(978))),
    ("record_opening", "opening_unsound", _set(paid=Decimal("99999999.00"))),
    ("record_opening", "opening_year_far", _set(budget_year=1924)),
    ("record_opening", "opening_before_notified", lambda _, s, __: {"on": s.today - 800 * _DAY}),
    ("record_opening", "opening_above_award", _set(notified=Decimal("999999.00"))),
    ("correct_ledger_entry", "entry_unknown", _set(entry="E999")),
    ("correct_ledger_entry", "entry_corrected", _corrected_before),
    ("correct_ledger_entry", "correction_title_paid", _line_of(_has_a_payment, Column.TITLE)),
    ("correct_ledger_entry", "correction_refunded", _line_of(_is_given_back, Column.RECOVERED)),
    ("correct_ledger_entry", "correction_before_title", _line_of(_came_before_title, Column.RECOVERED)),
    ("correct_ledger_entry", "correction_above_award", _reduced_then_delegated),
    ("record_repaid", "repaid_before_decision", _before_the_decision),
    ("record_refund", "refund_before_payment", _before_it_came),
    ("decide_repayment", "heard_before_hearing", _heard_before_it_opened),
    ("contest_line", "contested_line_unknown", _set(line="R1-T")),
    ("contest_line", "line_already_contested", _contested_before),
    ("answer_contest", "contest_unknown", _set(contest="C999")),
    ("answer_contest", "contest_corrected_before", _put_right_by_itself),
    ("answer_contest", "contest_answer_wrong", _set(outcome=ContestState.UPHELD, remedy=None)),
    ("change_contract_share", "contract_share_out_of_bounds", _set(share=Fraction(3, 2))),
    ("change_contract_share", "contract_share_unchanged", _share_of_the_last_day),
    ("change_contract_share", "part_time_unscaled", _set(share=Fraction(1, 2), lifts={})),
    ("change_contract_share waive_distance", "change_outside_post", lambda _, s, __: {"since": s.today + 1500 * _DAY}),
    ("waive_distance", "waiver_site_unknown", _set(site="990009770")),
    ("extend", "extension_not_later", lambda _, s, __: {"until": s.today - 900 * _DAY}),
    ("extend", "extension_too_long", lambda _, s, __: {"until": s.today + 2600 * _DAY}),
    ("extend", "extension_financed_by_dg", _set(financed=True)),
    ("rectify", "legal_basis_missing", _set(legal_basis=None)),
    ("settle", "not_settled", _set()),
    ("settle settle_overpayment", "not_refunded", _set()),
    ("select", "envelope_exceeded", _set()),
    ("change_contract_share replace defer", "envelope_held", _set(lifts={})),
    ("extend", "envelope_held", _financed),
)


def _any_session(rng: Random, scene: Scene) -> Values | None:
    sessions = [s.id for s in scene.call.parameters.sessions]
    return {"session": rng.choice(sessions)} if sessions else None


def _by_act() -> dict[str, dict[str, Make]]:
    found: dict[str, dict[str, Make]] = {}
    for acts, code, make in _ALL:
        for act in acts.split():
            found.setdefault(act, {})[code] = make
    return found


#: act -> code it may bring about -> the values that should.
TWISTS = _by_act()
