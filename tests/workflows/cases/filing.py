"""Reasons of the filing and of the pieces."""

from dataclasses import replace
from datetime import date, timedelta

from tests.builders import AGENTS, Hat, call_of
from tests.lives import Life, life_of
from tests.nominal import lacking
from tests.workflows.cases import Answer, case, printed, ruled
from workflows.acts.base import ActInputs
from workflows.calls.model import Depositor
from workflows.decide import decide
from workflows.dossier import DossierDepositor
from workflows.parts.pieces import Defect, PieceState
from workflows.states import State

DAY = timedelta(days=1)


def _ready(call_id: str = "na-2024") -> Life:
    life = life_of(call_id)
    return life.on(life.profile.filed)


def _filed() -> Life:
    return life_of("na-2024").to(State.SUBMITTED).later(1)


@case("call_not_open")
def submit_before_the_opening_day() -> Answer:
    return ruled(_ready(), "parameters.opens_on", printed(date(2024, 6, 11))).attempt("submit", Hat.CANDIDATE)


@case("call_closed")
def submit_at_midnight_of_the_last_day() -> Answer:
    # 1.8: « au plus tard le 14 juin » closes on 15 June at 00:00, Paris
    return life_of("na-2024").on(date(2024, 6, 15), "00:00").attempt("submit", Hat.CANDIDATE)


@case("closing_unknown")
def submit_to_a_call_without_a_deadline() -> Answer:
    return _ready("cvl-ville-hopital").attempt("submit", Hat.RECRUITER)


@case("deposit_not_confirmed")
def submit_a_joint_file_one_signed_alone() -> Answer:
    # ARA-15: jointly by the CHU and the CH
    return _ready("ara-2017").do("confirm_deposit", Hat.RECRUITER).attempt("submit", Hat.RECRUITER)


@case("wrong_depositor")
def submit_by_the_recruiter_what_the_candidate_files() -> Answer:
    # NA-22
    life = _ready()
    recruiter = DossierDepositor(Depositor.RECRUITER, life.profile.recruiter.id)
    return life.changed(depositors=(recruiter,)).attempt("submit", Hat.RECRUITER)


@case("depositor_absent")
def submit_a_joint_file_without_the_partner() -> Answer:
    # ARA-15
    life = _ready("ara-2017")
    first = life.dossier.depositors[0]
    life.changed(depositors=(first,)).do("confirm_deposit", Hat.RECRUITER)
    return life.attempt("submit", Hat.RECRUITER)


@case("channel_differs")
def register_a_letter_in_an_online_call() -> Answer:
    # NA-22
    return _ready().attempt("register_received", Hat.INSTRUCTOR, channel="post")


@case("receipt_unproved")
def register_a_letter_without_its_postmark() -> Answer:
    return _ready().attempt("register_received", Hat.INSTRUCTOR, proof=None)


@case("date_in_future")
def receive_a_piece_tomorrow() -> Answer:
    life = _ready()
    return life.attempt("receive_piece", Hat.CANDIDATE, received_on=life.today + DAY)


@case("pieces_missing")
def declare_complete_with_one_opinion_for_two_sites() -> Answer:
    # I3: accepting one chef de pôle opinion where two are due
    life = _filed()
    for key in lacking(life)[:-1]:
        life.do("judge_piece", Hat.INSTRUCTOR, key=key)
    return life.attempt("declare_complete", Hat.INSTRUCTOR)


@case("pieces_missing_at_filing")
def submit_without_pieces() -> Answer:
    return _ready().attempt("submit", Hat.CANDIDATE)


@case("pieces_by_default")
def declare_complete_without_the_five_unlisted_pieces() -> Answer:
    # CVL-16, A10: the list is a proposal, it cannot refuse
    life = _ready("cvl-ville-hopital").do("submit", Hat.RECRUITER).later(5)
    return life.attempt("declare_complete", Hat.INSTRUCTOR)


@case("piece_not_required")
def ask_for_a_piece_the_call_does_not_list() -> Answer:
    return _filed().attempt("request_pieces", Hat.INSTRUCTOR, keys=("filing/casier_judiciaire",))


@case("completion_closed")
def ask_for_pieces_where_the_call_wants_complete_files() -> Answer:
    # A33
    life = _ready().do("submit", Hat.CANDIDATE).on(date(2024, 6, 17))
    return ruled(life, "clauses.filing.complete_at_deadline", printed(value=True)).attempt(
        "request_pieces", Hat.INSTRUCTOR
    )


@case("piece_not_listed")
def ask_for_a_piece_of_the_proposed_list() -> Answer:
    # CVL-16, A10
    life = _ready("cvl-ville-hopital").do("submit", Hat.RECRUITER).later(5)
    return life.attempt("request_pieces", Hat.INSTRUCTOR)


@case("nothing_asked")
def ask_for_nothing() -> Answer:
    return _filed().attempt("request_pieces", Hat.INSTRUCTOR, keys=())


@case("already_asked")
def ask_twice() -> Answer:
    life = _filed()
    keys = lacking(life)
    life.do("request_pieces", Hat.INSTRUCTOR, keys=keys[:1]).later(3)
    return life.attempt("request_pieces", Hat.INSTRUCTOR, keys=keys[1:2])


@case("piece_already_accepted")
def replace_an_accepted_piece() -> Answer:
    life = _filed()
    key = lacking(life)[0]
    return life.do("judge_piece", Hat.INSTRUCTOR, key=key).attempt("receive_piece", Hat.CANDIDATE, keys=(key,))


@case("piece_not_received")
def accept_a_piece_nobody_sent() -> Answer:
    life = _ready().do("submit", Hat.CANDIDATE).later(1)
    return life.attempt("judge_piece", Hat.INSTRUCTOR)


@case("not_a_verdict")
def judge_a_piece_as_received() -> Answer:
    return _filed().attempt("judge_piece", Hat.INSTRUCTOR, verdict=PieceState.RECEIVED)


@case("defect_missing")
def refuse_a_piece_without_saying_why() -> Answer:
    return _filed().attempt("judge_piece", Hat.INSTRUCTOR, verdict=PieceState.REFUSED)


@case("reserve_incomplete")
def accept_under_a_reserve_without_end() -> Answer:
    verdict = PieceState.ACCEPTED_UNDER_RESERVE
    return _filed().attempt("judge_piece", Hat.INSTRUCTOR, verdict=verdict, reserve="reserve-0001")


@case("same_doctor")
def submit_while_the_same_doctor_is_in_another_dossier() -> Answer:
    life = _ready().around(same_doctor=("NA-2024-031",))
    return life.do("receive_piece", Hat.CANDIDATE).attempt("submit", Hat.CANDIDATE)


@case("other_financing")
def submit_a_post_that_another_scheme_pays() -> Answer:
    life = _ready().do("edit_draft", Hat.CANDIDATE, other_financing=True)
    return life.do("receive_piece", Hat.CANDIDATE).attempt("submit", Hat.CANDIDATE)


@case("reason_missing")
def reopen_without_a_reason() -> Answer:
    life = _filed().accept_pieces().do("declare_complete", Hat.INSTRUCTOR)
    key = life.dossier.pieces[0].key
    refused = {"verdict": PieceState.REFUSED, "defect": Defect.UNSIGNED}
    life.do("judge_piece", Hat.INSTRUCTOR, key=key, **refused)
    return life.attempt("reopen", Hat.INSTRUCTOR, keys=(key,), reason=None)


@case("not_allowed")
def an_administrator_takes_no_business_act() -> Answer:
    return _filed().attempt("declare_complete", Hat.ADMIN)


@case("unknown_act")
def an_act_of_another_house() -> Answer:
    life = _filed()
    return decide(life.seen(), "stamp", ActInputs(), by=AGENTS[Hat.INSTRUCTOR], call=life.call, now=life.now)


@case("wrong_state")
def submit_twice() -> Answer:
    return _filed().attempt("submit", Hat.CANDIDATE)


@case("session_unannounced")
def put_to_a_committee_the_call_does_not_announce() -> Answer:
    life = life_of("ara-2017").to(State.COMPLETE)
    return life.on(life.profile.put).attempt("put_to_committee", Hat.INSTRUCTOR)


@case("period_out_of_bounds")
def ask_for_pieces_by_yesterday() -> Answer:
    return _filed().attempt("request_pieces", Hat.INSTRUCTOR, keys=("filing/cv",), days=-1)


@case("piece_request_pending")
def put_to_committee_while_pieces_are_awaited() -> Answer:
    life = _filed().accept_pieces().do("declare_complete", Hat.INSTRUCTOR)
    key = life.dossier.pieces[0].key
    life.do("judge_piece", Hat.INSTRUCTOR, key=key, verdict=PieceState.REFUSED, defect=Defect.OUTDATED)
    return life.do("request_pieces", Hat.INSTRUCTOR, keys=(key,)).attempt("put_to_committee", Hat.INSTRUCTOR)


@case("value_unknown")
def notify_money_where_the_call_gives_no_cost() -> Answer:
    # A25: the call as published, its quota come to be known meanwhile
    life = life_of("ara-2017").to(State.NOTIFIED).later(3)
    return life.under(call_of("ara-2017", completed=False)).attempt("notify_money", Hat.HEAD)


@case("fact_missing")
def notify_money_without_knowing_the_time_share() -> Answer:
    # the cost of CVL is scaled by the share of hospital time
    life = life_of("cvl-ville-hopital").to(State.NOTIFIED).later(3)
    emptied = tuple(replace(period, months=0) for period in life.dossier.plan)
    return life.changed(plan=emptied).attempt("notify_money", Hat.HEAD)
