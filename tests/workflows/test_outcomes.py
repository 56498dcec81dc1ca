"""What acts do when they go through, told as short stories of a dossier."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest

from tests.builders import Hat, doctor, quota_uses, shared
from tests.lives import Life, life_of
from tests.nominal import lacking
from tests.workflows.cases import printed, ruled
from tests.workflows.leaving import second_holder
from workflows.account.worth import funded
from workflows.acts.vacancy import CloseGround
from workflows.calls.gates import CandidateFact, CandidateGate, Comparison, Moment
from workflows.decide import Decision, Refused
from workflows.dossier import EndOutcome
from workflows.due import DueKind, due_items
from workflows.effects import Addressee, EffectKind
from workflows.findings import Severity
from workflows.parts.pieces import Defect, PieceRequest, PieceState
from workflows.parts.places import PlaceStatus
from workflows.parts.requests import EndReason, FourDates, Repercussions, RequestKind, RequestState
from workflows.states import State


def _award(life: Life):
    assert life.dossier.award is not None
    return life.dossier.award


def _place(life: Life):
    assert life.dossier.place is not None
    return life.dossier.place


def _warned(answer: Decision | Refused) -> set[str]:
    assert isinstance(answer, Decision), [f.code for f in answer.findings]
    return {f.code for f in answer.findings}


# Filing and pieces.


def test_the_silence_clock_of_a_missing_opinion():
    # 6.1: filed on 10 June, asked on the 17th until 2 July, received on the 28th: 10 August becomes 21 August
    life = life_of("na-2024").on(date(2024, 6, 10), "14:12")
    keys = lacking(life)
    missing = next(k for k in keys if "avis_chef_pole" in k and life.profile.partner.id in k)
    life.do("receive_piece", Hat.CANDIDATE, keys=tuple(k for k in keys if k != missing)).do("submit", Hat.CANDIDATE)
    assert life.dossier.silence is not None
    assert life.dossier.silence.due_on(life.today) == date(2024, 8, 10)
    life.on(date(2024, 6, 17)).do("request_pieces", Hat.INSTRUCTOR, keys=(missing,))
    asked = life.dossier.open_piece_request
    assert asked is not None
    assert asked.due_on == date(2024, 7, 2)
    life.on(date(2024, 6, 28)).do("receive_piece", Hat.CANDIDATE, keys=(missing,))
    assert life.dossier.open_piece_request is None
    assert life.dossier.silence.due_on(life.today) == date(2024, 8, 21)


def test_a_piece_found_not_to_apply_ends_the_request_too():
    life = life_of("na-2024").to(State.SUBMITTED).later(3)
    key = lacking(life)[0]
    life.do("judge_piece", Hat.INSTRUCTOR, key=key, verdict=PieceState.REFUSED, defect=Defect.UNSIGNED)
    life.do("request_pieces", Hat.INSTRUCTOR, keys=(key,))
    life.later(4).do("judge_piece", Hat.INSTRUCTOR, key=key, verdict=PieceState.NOT_APPLICABLE)
    assert life.dossier.open_piece_request is None
    assert life.dossier.silence is not None
    assert not life.dossier.silence.is_suspended(life.today)


def test_reopening_asks_for_pieces_and_forgets_the_committee():
    life = life_of("na-2024").to(State.COMMITTEE).later(1)
    key = life.dossier.pieces[0].key
    life.do("judge_piece", Hat.INSTRUCTOR, key=key, verdict=PieceState.REFUSED, defect=Defect.OUTDATED)
    life.do("reopen", Hat.INSTRUCTOR, keys=(key,))
    assert life.dossier.state is State.SUBMITTED
    assert life.dossier.committee is None
    assert life.dossier.complete_on is None
    assert [e.name for e in life.journal[-1].effects] == ["L3"]


def test_an_instructor_enters_a_file_come_by_mail():
    life = life_of("ara-2017").on(date(2017, 4, 28))
    life.do("edit_draft", Hat.INSTRUCTOR, specialty="neurologie")
    answer = life.attempt("register_received", Hat.INSTRUCTOR)
    assert "deposit_not_confirmed" in _warned(answer)  # the signatures are on the file itself


def test_a_condition_on_the_person_checked_at_the_filing_only_warns_there():
    gate = CandidateGate(CandidateFact.SPECIALIST_TITLE, printed(Comparison.IS_TRUE), Moment.FILING)
    life = life_of("na-2024").changed(candidate=doctor("capucine-bleuet", specialist_title=False))
    life = ruled(life, "clauses.gates.candidate", (gate,)).on(date(2024, 6, 10))
    assert "candidate_lacks" in _warned(life.attempt("submit", Hat.CANDIDATE))
    life.to(State.COMPLETE).on(life.profile.put)
    assert isinstance(life.attempt("put_to_committee", Hat.INSTRUCTOR), Refused)


# Committee.


def test_the_sheet_has_a_line_for_every_rule_with_what_it_looked_at():
    # L18: each rule with its inputs and its result, those that hold too
    life = life_of("na-2024").to(State.COMMITTEE)
    assert life.dossier.committee is not None
    sheet = life.dossier.committee.sheet
    assert all(line.held for line in sheet)
    assert {line.gate for line in sheet} == {
        *("Demande", "Établissements", "Temps partagé", "Territoire", "Spécialité", "Candidat")
    }
    looked_at = {line.rule: line.inputs for line in sheet}
    assert looked_at["NA-14"] == "CH de Mirabelle, centre hospitalier"
    assert "50" in looked_at["NA-05"]
    assert {"NA-04", "NA-11", "NA-12", "NA-15", "A20", "A21"} <= set(looked_at)


def test_what_a_rule_finds_stands_on_its_line_with_what_it_looked_at():
    sites = tuple(replace(s, department="64", ght="bearn") for s in life_of("na-2024").profile.sites)
    life = life_of("na-2024").changed(sites=sites).to(State.COMPLETE).on(date(2024, 7, 8))
    life.do("put_to_committee", Hat.INSTRUCTOR, derogations={"out_of_territory": "Désert médical voisin."})
    assert life.dossier.committee is not None
    (line,) = [line for line in life.dossier.committee.sheet if line.rule == "NA-11"]
    assert (line.code, line.gate, line.held) == ("out_of_territory", "Territoire", False)
    assert "département 64" in line.inputs


def test_a_request_for_pieces_still_open_stands_on_the_sheet_as_a_default():
    life = life_of("na-2024").to(State.COMPLETE)
    request = PieceRequest("1", date(2024, 7, 1), date(2024, 7, 16), ("filing/cv",))
    life.changed(piece_requests=(request,)).on(life.profile.put).do("put_to_committee", Hat.INSTRUCTOR)
    assert life.dossier.committee is not None
    line = life.dossier.committee.sheet[-1]
    assert (line.gate, line.rule, line.held) == ("Pièces", "A33", True)


def test_a_derogation_needs_its_reason_and_stands_on_the_sheet():
    sites = tuple(replace(s, department="64", ght="bearn") for s in life_of("na-2024").profile.sites)
    life = life_of("na-2024").changed(sites=sites).to(State.COMPLETE)
    life.on(life.profile.put)
    assert isinstance(life.attempt("put_to_committee", Hat.INSTRUCTOR, derogations={"out_of_territory": " "}), Refused)
    life.do("put_to_committee", Hat.INSTRUCTOR, derogations={"out_of_territory": "Désert médical voisin."})
    assert life.dossier.committee is not None
    line = next(line for line in life.dossier.committee.sheet if line.code == "out_of_territory")
    assert (line.held, line.rule, line.derogation) == (False, "NA-11", "Désert médical voisin.")


def test_an_opinion_is_entered_again_with_a_reason():
    life = life_of("na-2024").to(State.COMMITTEE).on(date(2024, 7, 11))
    life.do("record_opinion", Hat.INSTRUCTOR, conflicted_votes=("thym-argent",))
    assert isinstance(life.attempt("record_opinion", Hat.INSTRUCTOR), Refused)
    life.do("record_opinion", Hat.INSTRUCTOR, reason="motif-0002")
    assert isinstance(life.attempt("select", Hat.HEAD), Decision)


def test_the_reserve_takes_the_rank_of_the_opinion():
    life = life_of("na-2024").to(State.COMMITTEE).on(date(2024, 7, 11)).do("record_opinion", Hat.INSTRUCTOR, rank=7)
    life.do("put_on_reserve", Hat.HEAD, rank=None)
    assert life.dossier.reserve is not None
    assert life.dossier.reserve.rank == 7


# Places.


def _under_reserve() -> Life:
    """Selected while the quota was unknown."""
    life = life_of("na-2024").to(State.COMMITTEE).on(date(2024, 7, 11)).do("record_opinion", Hat.INSTRUCTOR)
    life.quotas = tuple(replace(q, places=None) for q in quota_uses(life.call, life.dossier, 3))
    return life.on(date(2024, 7, 15)).do("select", Hat.HEAD)


def test_a_post_may_start_under_reserve_and_be_confirmed_later():
    # A18: no right to payment while the quota is unknown
    life = _under_reserve().to(State.NOTIFIED)
    assert [e.name for e in life.journal[-1].effects] == ["L8b"] * 3
    life.on(life.profile.start, "16:00").deliver(Hat.RECRUITER)
    assert "quota_not_confirmed" in _warned(life.attempt("record_start", Hat.INSTRUCTOR))
    life.do("record_start", Hat.INSTRUCTOR)
    assert _place(life).status is PlaceStatus.PROVISIONAL
    assert isinstance(life.attempt("notify_money", Hat.HEAD), Refused)
    life.quotas = None
    life.later(20).do("confirm_place", Hat.INSTRUCTOR)
    assert _place(life).status is PlaceStatus.CONSUMED
    assert not _award(life).conditional
    life.do("notify_money", Hat.HEAD)


def test_a_quota_that_came_out_smaller_sends_the_dossier_back():
    life = _under_reserve().to(State.NOTIFIED).later(4)
    life.quotas = tuple(replace(q, places=3, taken=4) for q in life.quotas or ())
    life.do("back_to_reserve", Hat.HEAD)
    assert life.dossier.state is State.RESERVE
    assert life.dossier.place is None
    assert life.dossier.award is None


def test_a_place_is_held_before_the_start_and_returns_when_the_post_is_closed():
    # A16
    life = life_of("na-2024").to(State.WITHDRAWN)
    assert _place(life).status is PlaceStatus.HELD
    assert _place(life).held_until == life.today + timedelta(days=60)
    life.later(3).do("close", Hat.HEAD, ground=CloseGround.RENOUNCED)
    assert life.dossier.place is None
    assert life.dossier.end is not None
    assert life.dossier.end.outcome is EndOutcome.NEVER_STARTED


def test_a_place_is_consumed_once_somebody_served():
    life = life_of("na-2024").to(State.IN_POST).later(100).do("withdraw", Hat.INSTRUCTOR)
    assert _place(life).status is PlaceStatus.CONSUMED
    life.later(3).do("close", Hat.HEAD)
    assert _place(life).status is PlaceStatus.CONSUMED
    assert life.dossier.end is not None
    assert life.dossier.end.outcome is EndOutcome.VACATED


def test_a_held_place_is_confirmed_again_by_the_replacement():
    life = life_of("na-2024").to(State.WITHDRAWN).later(5).propose_replacement()
    assert _place(life.do("replace", Hat.HEAD)).status is PlaceStatus.CONFIRMED


# Replacement.


def test_a_replacement_after_the_start_leaves_the_end_and_skips_the_vacant_month():
    life = second_holder()
    award = _award(life)
    assert (award.planned_start, award.expected_start) == (date(2024, 11, 1), date(2025, 7, 1))
    assert award.planned_end == date(2026, 10, 31)
    life.on(date(2025, 7, 1), "16:00")
    answer = life.attempt("record_start", Hat.INSTRUCTOR)
    assert isinstance(answer, Refused)
    assert answer.codes == {"pieces_missing"}  # the contract of the first doctor is not that of the second
    life.deliver(Hat.RECRUITER).do("record_start", Hat.INSTRUCTOR)
    assert life.dossier.state is State.IN_POST
    assert _award(life).planned_end == date(2026, 10, 31)
    assert [t.candidate for t in life.dossier.tenures] == ["capucine-bleuet", "anis-vermeil"]
    assert funded(life.dossier, life.call).funded_months == Fraction(23)  # 5 + 18


def test_the_next_holder_may_be_deferred_without_moving_the_post():
    life = second_holder().do("defer", Hat.HEAD, new_start=date(2025, 8, 1))
    award = _award(life)
    assert (award.planned_start, award.expected_start) == (date(2024, 11, 1), date(2025, 8, 1))
    assert award.planned_end == date(2026, 10, 31)
    watch = [d.on for d in due_items(life.dossier, life.call, life.today) if d.kind is DueKind.START_WATCH]
    assert watch == [date(2025, 8, 2), date(2025, 8, 16)]
    life.on(date(2025, 8, 1), "16:00").deliver(Hat.RECRUITER).do("record_start", Hat.INSTRUCTOR)
    assert life.dossier.tenures[-1].starts_on == date(2025, 8, 1)


@pytest.mark.parametrize(("call_id", "completed"), [("na-2024", True), ("idf-2025", False)])
def test_a_replacement_agreed_before_the_departure_is_carried_out_by_the_machine(call_id, completed):
    # what the head lifted once is not held again when the machine carries it out
    life = life_of(call_id, completed=completed).to(State.NOTIFIED).later(10)
    effective = life.today + timedelta(days=30)
    dates = FourDates(life.today, life.today, effective, life.today)
    life.do("announce_departure", Hat.INSTRUCTOR, dates=dates).propose_replacement()
    held = [f.code for f in life.attempt("agree_replacement", Hat.HEAD).findings if f.severity is Severity.HOLD]
    assert bool(held) is not completed
    life.do("agree_replacement", Hat.HEAD, lifts=dict.fromkeys(held, "motif-0003"))
    due = [d for d in due_items(life.dossier, life.call, life.today) if d.kind is DueKind.DEPARTURE]
    assert [(d.on, d.act) for d in due] == [(effective, "withdraw")]
    life.on(effective, "06:00").do("withdraw", Hat.CLOCK)
    effect = life.journal[-1].effects[-1]
    assert (effect.kind, effect.name) == (EffectKind.ACT, "replace")
    life.do("replace", Hat.CLOCK, request=effect.details["request"])
    assert life.dossier.state is State.NOTIFIED
    assert life.dossier.candidate == life.profile.substitute


def _handed_to_the_machine() -> Life:
    """A doctor left on the day announced, an agreed replacement waits for the machine."""
    life = life_of("na-2024").to(State.IN_POST).later(60).do("announce_departure", Hat.INSTRUCTOR)
    life.propose_replacement().do("agree_replacement", Hat.HEAD)
    departure = life.dossier.departure
    assert departure is not None
    return life.on(departure.dates.effective_on).do("withdraw", Hat.INSTRUCTOR)


def test_nothing_else_is_done_of_a_post_while_the_machine_replaces_its_doctor():
    life = _handed_to_the_machine()
    for act, hat, code in (
        ("close", Hat.HEAD, "replacement_open"),
        ("propose_replacement", Hat.RECRUITER, "already_requested"),
    ):
        answer = life.attempt(act, hat)
        assert isinstance(answer, Refused)
        assert answer.codes == {code}
    life.do("replace", Hat.CLOCK)
    assert life.dossier.requests[-1].state is RequestState.GRANTED


def test_an_agreed_replacement_that_a_head_refuses_meanwhile_is_not_carried_out():
    life = _handed_to_the_machine().do("refuse_request", Hat.HEAD, request="R1")
    answer = life.attempt("replace", Hat.CLOCK)
    assert isinstance(answer, Refused)
    assert answer.codes == {"replacement_not_agreed"}
    assert isinstance(life.attempt("close", Hat.HEAD), Decision)


def test_a_replacement_of_the_machine_once_taken_back_may_be_granted_again_or_refused():
    life = _handed_to_the_machine()
    waiting = life.dossier.requests
    life.do("replace", Hat.CLOCK).do("revert", Hat.HEAD)
    assert life.dossier.state is State.WITHDRAWN
    assert life.dossier.requests == waiting
    assert isinstance(life.attempt("refuse_request", Hat.HEAD, request="R1"), Decision)
    life.do("replace", Hat.HEAD)
    assert life.dossier.candidate == life.profile.substitute


def test_a_withdrawal_taken_back_leaves_the_replacement_agreed():
    life = _handed_to_the_machine().do("revert", Hat.HEAD)
    assert life.dossier.requests[-1].state is RequestState.GRANTED
    assert life.dossier.departure is not None
    assert life.dossier.departure.replacement == "R1"


def test_other_time_shares_pass_the_gate_again_on_the_new_plan():
    # A14, NA-05
    mirabelle, tilleuls = life_of("na-2024").profile.sites
    life = life_of("na-2024").to(State.WITHDRAWN).later(5)
    changed = (Repercussions.TIME_SHARE,)
    low = life.copy().propose_replacement(repercussions=changed, plan=shared(24, (mirabelle, 4), (tilleuls, 6)))
    answer = low.attempt("replace", Hat.HEAD)
    assert isinstance(answer, Refused)
    assert answer.codes == {"time_share_low"}
    plan = shared(24, (mirabelle, 7), (tilleuls, 3))
    life.propose_replacement(repercussions=changed, plan=plan).do("replace", Hat.HEAD)
    assert life.dossier.plan == plan


@pytest.mark.parametrize(
    ("act", "kind", "expected"),
    [
        ("propose_replacement", RequestKind.REPLACEMENT, {("L12", Addressee.RECRUITER)}),
        ("ask_deferral", RequestKind.DEFERRAL, {("L13", Addressee.RECRUITER), ("L13", Addressee.CANDIDATE)}),
        ("report_withdrawal", RequestKind.WITHDRAWAL, {("request_refused", Addressee.REPORTER)}),
    ],
)
def test_a_refused_request_is_answered_by_its_letter(act, kind, expected):
    state = State.WITHDRAWN if kind is RequestKind.REPLACEMENT else State.NOTIFIED
    life = life_of("na-2024").to(state).later(3).do(act, Hat.RECRUITER)
    life.do("refuse_request", Hat.HEAD, request=life.last_request(kind))
    assert {(e.name, e.to) for e in life.journal[-1].effects} == expected
    assert life.dossier.requests[-1].state is RequestState.REFUSED


# Departure and end.


@pytest.mark.parametrize("kind", ["report_withdrawal", "declare_early_end"])
@pytest.mark.parametrize("act", ["withdraw", "record_end"])
def test_a_departure_told_under_one_name_may_be_recorded_under_the_other(kind, act):
    life = life_of("na-2024").to(State.IN_POST).later(60).do(kind, Hat.RECRUITER, effective_on=date(2025, 1, 5))
    life.on(date(2025, 1, 5)).do(act, Hat.INSTRUCTOR, request=life.dossier.requests[-1].id)
    assert life.dossier.requests[-1].state is RequestState.GRANTED


def test_the_end_of_a_vacant_post_is_the_last_day_that_was_served():
    life = life_of("na-2024").to(State.IN_POST).on(date(2025, 6, 1))
    dates = FourDates(date(2025, 5, 1), date(2025, 6, 1), date(2025, 6, 1), date(2025, 6, 1))
    life.do("withdraw", Hat.INSTRUCTOR, dates=dates, end_reason=EndReason.CCA_OR_HU, cca_from=date(2025, 6, 2))
    life.later(20).do("record_end", Hat.INSTRUCTOR, last_day=date(2026, 10, 31), end_reason=None)
    end = life.dossier.end
    assert end is not None
    assert (end.last_day, end.outcome) == (date(2025, 5, 31), EndOutcome.EARLY)
    assert (end.reason, end.cca) == (EndReason.CCA_OR_HU, True)


def test_the_machine_records_a_departure_on_the_day_announced():
    life = life_of("na-2024").to(State.IN_POST).on(date(2025, 4, 2))
    dates = FourDates(life.today, life.today, date(2025, 6, 1), life.today)
    life.do("announce_departure", Hat.INSTRUCTOR, dates=dates)
    assert isinstance(life.attempt("withdraw", Hat.CLOCK), Refused)
    life.on(date(2025, 6, 1), "06:00").do("withdraw", Hat.CLOCK)
    assert life.dossier.departure is None
    assert life.dossier.tenures[-1].ends_on == date(2025, 5, 31)


def test_an_award_that_lapsed_leaves_nothing_for_the_machine_to_do():
    life = life_of("na-2024").to(State.NOTIFIED).later(3).do("announce_departure", Hat.INSTRUCTOR)
    life.do("give_notice", Hat.HEAD).prove("contradictory_notice").later(40).do("lapse", Hat.HEAD)
    assert life.dossier.state is State.REJECTED
    assert [d.act for d in due_items(life.dossier, life.call, life.today) if d.act] == []
    assert life.dossier.place is None


def test_a_second_notice_may_follow_one_that_is_over():
    life = life_of("na-2024").to(State.NOTIFIED).later(3).do("give_notice", Hat.HEAD)
    life.do("answer_notice", Hat.CANDIDATE).do("answer_notice", Hat.RECRUITER)
    life.later(60).do("give_notice", Hat.HEAD)
    assert life.dossier.notice is not None
    assert life.dossier.notice.answered_on is None
    assert isinstance(life.attempt("lapse", Hat.HEAD), Refused)


def test_a_start_clears_what_threatened_the_award():
    life = life_of("na-2024").to(State.NOTIFIED).later(60).do("give_notice", Hat.HEAD)
    life.on(life.profile.start, "16:00").deliver(Hat.RECRUITER).do("record_start", Hat.INSTRUCTOR)
    assert life.dossier.notice is None


# Deferral.


def test_deferrals_add_up():
    # A7: up to six months in all
    life = life_of("na-2024").to(State.NOTIFIED).do("defer", Hat.HEAD, new_start=date(2025, 3, 1))
    assert _award(life).planned_end == date(2027, 2, 28)  # duration kept (A9)
    assert "deferral_long" in _warned(life.attempt("defer", Hat.HEAD, new_start=date(2025, 7, 1)))
    assert "deferral_long" not in _warned(life.attempt("defer", Hat.HEAD, new_start=date(2025, 5, 1)))


def test_a_deferral_stops_before_a_printed_end():
    # IDF-06: « au 31 octobre 2027 »
    life = life_of("idf-2025").to(State.NOTIFIED)
    answer = life.attempt("defer", Hat.HEAD, new_start=date(2027, 11, 1))
    assert isinstance(answer, Refused)
    assert "start_after_end" in answer.codes
    life.do("defer", Hat.HEAD, new_start=date(2026, 1, 1))
    assert _award(life).planned_end == date(2027, 10, 31)
