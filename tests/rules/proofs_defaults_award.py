"""Defaults of the award (A15 to A18, A34, A37, A39, A40, A45, A46): places, reserve list, who is told, conditions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from tests.builders import Hat
from tests.lives import Life
from tests.profiles import PROFILES
from tests.rules.registry import enforced, later, proves
from tests.rules.scene import (
    ARA,
    IDF,
    NA,
    Answer,
    at,
    by_default,
    done,
    due,
    due_on,
    every_call,
    gave,
    held,
    judged,
    letters,
    refusals,
    shown,
    warned,
    warnings,
)
from workflows.calls.model import Call, PieceEvent
from workflows.dossier import Project
from workflows.due import DueKind
from workflows.effects import Addressee
from workflows.parts.pieces import requirements
from workflows.parts.places import PlaceStatus, QuotaUse
from workflows.parts.rivals import BetterRanked
from workflows.proofs import pending
from workflows.states import State

#: A Tuesday with ordinary working days around its consequences.
TUESDAY = date(2031, 9, 2)


def _alerts_only(life: Life, kind: DueKind) -> list[date]:
    """The days of what falls due, after checking that the machine does nothing then but tell."""
    items = due(life, kind)
    assert all(item.act is None for item in items)
    return [item.on for item in items]


def _place(answer: Answer) -> PlaceStatus:
    place = done(answer).after.place
    assert place is not None
    return place.status


# A15: the reserve list.


def _last_start(call: Call) -> date:
    return {NA: date(2025, 5, 31), IDF: date(2025, 11, 1)}[call.id]


@every_call("A15", NA, IDF)
def the_reserve_list_serves_until_the_last_start(call: Call) -> None:
    last = _last_start(call)
    life = judged(call).do("put_on_reserve", Hat.HEAD)
    assert life.dossier.reserve is not None
    assert life.dossier.reserve.valid_until == last
    assert _alerts_only(life, DueKind.RESERVE_END) == [last]
    offered = life.do("offer_place", Hat.HEAD, days=8)
    assert "reserve_expired" not in warnings(offered.on(last).attempt("select", Hat.HEAD))
    # afterwards it is told, and a head appreciates
    warned(offered.on(last + timedelta(days=1)).attempt("select", Hat.HEAD), "reserve_expired", "A15")
    day = {NA: "31 mai 2025", IDF: "1er novembre 2025"}[call.id]
    shown(call, by_default("A15"), f"La liste complémentaire est valable jusqu’au {day}.")


@every_call("A15")
def the_next_of_the_list_is_called_unless_a_reason_is_written(call: Call) -> None:
    life = judged(call).do("put_on_reserve", Hat.HEAD, rank=17)
    refused_first = life.attempt("select", Hat.HEAD)
    assert "place_not_offered" in refusals(refused_first)
    life.do("offer_place", Hat.HEAD, days=8).around(better_ranked=(BetterRanked("XX-016", 16, eligible=True),))
    assert refusals(life.attempt("select", Hat.HEAD)) == {"better_ranked_passed_over"}
    done(life.attempt("select", Hat.HEAD, reason="motif-0004"))


@every_call("A15")
def a_place_is_offered_in_order_and_answered_and_nothing_is_refused_for_it(call: Call) -> None:
    life = judged(call).do("put_on_reserve", Hat.HEAD, rank=17)
    out_of_turn = life.copy().around(better_ranked=(BetterRanked("XX-016", 16, eligible=True),))
    held(out_of_turn.attempt("offer_place", Hat.HEAD), "better_ranked_not_offered", "A15")
    life.do("offer_place", Hat.HEAD, days=8)
    warned(life.attempt("select", Hat.HEAD), "offer_not_accepted", "A15")
    declined = life.copy().do("answer_offer", Hat.RECRUITER, accepted=False)
    warned(declined.attempt("select", Hat.HEAD), "offer_declined", "A15")
    life.do("answer_offer", Hat.RECRUITER)
    if life.dossier.candidate is not None:
        life.do("answer_offer", Hat.CANDIDATE)
    assert "offer_not_accepted" not in warnings(life.attempt("select", Hat.HEAD))


# A16 to A18: the places.


@every_call("A16")
def a_place_left_before_the_start_is_held_until_a_head_gives_it_back(call: Call) -> None:
    life = at(call, State.WITHDRAWN)
    assert life.dossier.place is not None
    assert life.dossier.place.status is PlaceStatus.HELD
    assert _alerts_only(life.later(100), DueKind.GIVE_BACK) == [life.dossier.place.held_until]
    for nobody in (Hat.CLOCK, Hat.INSTRUCTOR):
        assert refusals(life.attempt("close", nobody)) == {"not_allowed"}
    assert done(life.attempt("close", Hat.HEAD)).after.place is None


@every_call("A16")
def a_place_served_is_used_for_the_promotion(call: Call) -> None:
    life = at(call, State.IN_POST).later(150).do("withdraw", Hat.INSTRUCTOR)
    assert life.dossier.place is not None
    assert life.dossier.place.status is PlaceStatus.CONSUMED
    assert _place(life.later(70).attempt("close", Hat.HEAD)) is PlaceStatus.CONSUMED


@every_call("A17")
def a_post_counts_in_the_places_of_its_own_category(call: Call) -> None:
    life = judged(call)
    taken = done(life.attempt("select", Hat.HEAD)).after.place
    assert taken is not None
    assert taken.quotas == tuple(quota.id for quota in call.parameters.quotas)
    full = tuple(replace(use, places=6, taken=6) for use in life.seen().around.quotas)
    life.quotas = full
    assert "no_place_left" in refusals(life.attempt("select", Hat.HEAD, reason="motif-0005"))


@every_call("A18", NA, IDF, ARA)
def awarded_before_the_places_are_known_it_stays_under_reserve(call: Call) -> None:
    answer = judged(call).attempt("select", Hat.HEAD)
    warned(answer, "quota_unknown", "A18")
    assert _place(answer) is PlaceStatus.PROVISIONAL
    life = judged(call).do("select", Hat.HEAD)
    if life.dossier.candidate is None:
        life.do("name_candidate", Hat.RECRUITER)
    notified = life.on(life.profile.notified).attempt("notify", Hat.HEAD)
    warned(notified, "quota_not_confirmed", "A18")
    assert letters(notified, "L8b") >= {"recruiter", "candidate"}
    assert letters(notified, "L8") == set()
    life.do("notify", Hat.HEAD)
    assert "award_conditional" in refusals(life.attempt("notify_money", Hat.HEAD))


@every_call("A18")
def a_place_is_confirmed_once_the_quota_covers_it_else_it_goes_back_to_the_list(call: Call) -> None:
    life = judged(call)
    life.quotas = (QuotaUse("contingent", "Contingent", None, 5, "A18"),)
    life.do("select", Hat.HEAD)
    life.quotas = (QuotaUse("contingent", "Contingent", 6, 6, "A18"),)
    assert _place(life.attempt("confirm_place", Hat.INSTRUCTOR)) is PlaceStatus.CONFIRMED
    life.quotas = (QuotaUse("contingent", "Contingent", 5, 6, "A18"),)
    assert "quota_exceeded" in refusals(life.attempt("confirm_place", Hat.INSTRUCTOR))
    back = done(life.attempt("back_to_reserve", Hat.HEAD)).after
    assert (back.state, back.place, back.award) == (State.RESERVE, None, None)


# A34: the same doctor twice.


@every_call("A34")
def a_doctor_of_two_dossiers_chooses_in_eight_days(call: Call) -> None:
    life = at(call, State.SELECTED).around(same_doctor=("XX-031",)).on(TUESDAY)
    if life.dossier.candidate is None:
        life.do("name_candidate", Hat.RECRUITER)
    warned(life.attempt("notify", Hat.HEAD), "same_doctor", "A34")
    life.do("notify", Hat.HEAD)
    assert due_on(life, DueKind.CHOICE) == []  # the letter is not received yet
    life.prove("L8", Addressee.CANDIDATE)
    assert _alerts_only(life, DueKind.CHOICE) == [date(2031, 9, 10)]
    # alone, nothing is asked
    alone = at(call, State.SELECTED).on(TUESDAY)
    if alone.dossier.candidate is None:
        alone.do("name_candidate", Hat.RECRUITER)
    assert due_on(alone.do("notify", Hat.HEAD), DueKind.CHOICE) == []
    shown(call, by_default("A34"), "Un médecin retenu dans deux dossiers choisit sous 8 jours.")


@every_call("A34")
def the_same_doctor_twice_stops_no_award(call: Call) -> None:
    life = judged(call).around(same_doctor=("XX-031",))
    assert done(life.attempt("select", Hat.HEAD)).target is State.SELECTED


# A37: the posts of a project.


@every_call("A37")
def a_project_is_kept_above_the_number_it_says_it_needs(call: Call) -> None:
    three = Project("projet-0001", 3, viable_from=2)
    life = judged(call).changed(project=three)
    one_lost = life.around(project_states=(State.REJECTED, State.SELECTED))
    assert "project_split" not in warnings(done(one_lost.attempt("select", Hat.HEAD)))
    two_lost = life.around(project_states=(State.REJECTED, State.RESERVE))
    warned(two_lost.attempt("select", Hat.HEAD), "project_split", "A37")
    silent = life.changed(project=replace(three, viable_from=None)).around(project_states=(State.REJECTED,))
    warned(silent.attempt("select", Hat.HEAD), "project_split", "A37")
    words = "La commission peut ne retenir qu’une partie des postes d’un projet."
    shown(call, by_default("A37"), words)


# A39: who is told what.


@every_call("A39")
def the_result_goes_to_everybody_and_the_money_to_the_recruiter_alone(call: Call) -> None:
    life = at(call, State.SELECTED)
    assert letters(life.attempt("notify", Hat.HEAD), "L8") == {"candidate", "recruiter", "partners"}
    refusal = judged(call).attempt("reject", Hat.HEAD)
    with_reasons, without = letters(refusal, "L10"), letters(refusal, "result")
    assert "candidate" in with_reasons
    filed = {"recruiter": "recruiter", "partner": "partners", "candidate": "candidate"}
    depositors = {filed[kind.value] for kind in PROFILES[call.id].depositors} if "depositors" in with_reasons else set()
    assert not {"recruiter", "partners"} - with_reasons - depositors - without
    assert not with_reasons & without
    paid = at(call, State.IN_POST)
    to = {e.to.value for d in paid.journal for e in d.effects if e.name == "L11" and e.to}
    assert to == {"recruiter", "accountant"}
    everybody = "au candidat, à l’établissement recruteur et aux établissements partenaires."
    also = "à l’établissement recruteur et aux établissements partenaires."
    told = also if call.id == NA else f"aux déposants, {everybody}"
    shown(call, by_default("A39"), f"Le résultat est aussi adressé {told}")


@every_call("A39")
def reasons_on_a_person_go_to_that_person_and_the_depositor(call: Call) -> None:
    # a candidate who files is told once
    told = {"candidate"} if call.id == NA else {"candidate", "depositors"}
    assert letters(judged(call).attempt("reject", Hat.HEAD), "L10") == told
    # reasons on a person proposed are not for the doctor who leaves, nor for the partners
    asked = at(call, State.WITHDRAWN).later(5).propose_replacement()
    refusing = asked.attempt("refuse_request", Hat.HEAD)
    assert letters(refusing, "L12") == {"recruiter"}


# A40: conflicts of interest.


@every_call("A40")
def a_linked_vote_holds_the_award(call: Call) -> None:
    life = judged(call)
    committee = life.dossier.committee
    assert committee is not None
    life.changed(committee=replace(committee, conflicted_votes=("thym-argent",)))
    held(life.attempt("select", Hat.HEAD), "conflicted_vote", "A40")
    done(life.attempt("select", Hat.HEAD, lifts={"conflicted_vote": "motif-0006"}))


# A45 and A46: silence after the award, and conditions.


def _received(life: Life) -> None:
    """Whoever waits for a letter signs for it today."""
    for receipt in pending(life.dossier):
        life.do("record_proof", Hat.INSTRUCTOR, receipt=receipt.id, received_on=life.today)


@every_call("A45")
def silence_after_the_award_alerts_and_cancels_nothing(call: Call) -> None:
    life = at(gave(call, award__acceptance_days=15), State.SELECTED).on(TUESDAY)
    if life.dossier.candidate is None:
        life.do("name_candidate", Hat.RECRUITER)
    life.do("notify", Hat.HEAD)
    assert _alerts_only(life, DueKind.AWARD_REPLY) == []
    _received(life)
    assert _alerts_only(life, DueKind.AWARD_REPLY) == [date(2031, 9, 17)]
    late = life.copy().on(date(2031, 9, 18))
    warned(late.attempt("accept_award", Hat.CANDIDATE), "acceptance_late", "A45")
    assert refusals(late.attempt("lapse", Hat.HEAD)) == {"notice_missing"}


@every_call("A45")
def only_a_head_lets_an_award_lapse_after_a_contradictory_notice(call: Call) -> None:
    life = at(call, State.NOTIFIED).on(TUESDAY).do("give_notice", Hat.HEAD)
    assert life.dossier.notice is not None
    assert refusals(life.attempt("lapse", Hat.HEAD)) == {"notice_not_received"}
    _received(life)
    assert refusals(life.attempt("lapse", Hat.HEAD)) == {"notice_running"}
    assert _alerts_only(life, DueKind.NOTICE_OVER) == [date(2031, 10, 3)]
    life.on(date(2031, 10, 3))
    for nobody in (Hat.CLOCK, Hat.INSTRUCTOR):
        assert refusals(life.attempt("lapse", nobody)) == {"not_allowed"}
    lapsed = done(life.attempt("lapse", Hat.HEAD))
    assert lapsed.target is State.REJECTED
    # no default is cited as a ground
    assert lapsed.after.rejection is not None
    assert lapsed.after.rejection.rule is None


@every_call("A46")
def an_award_under_a_condition_is_watched_and_holds_the_money(call: Call) -> None:
    until = judged(call).profile.start + timedelta(days=30)
    life = judged(call).do("select", Hat.HEAD, condition="these-0001", condition_by=until)
    assert _alerts_only(life, DueKind.CONDITION) == [until]
    award = at(call, State.NOTIFIED).dossier.award
    assert award is not None
    waiting = at(call, State.NOTIFIED).changed(award=replace(award, condition="these-0001", condition_by=until))
    waiting.on(waiting.profile.start, "16:00")
    for act in ("notify_money", "record_start"):
        answer = waiting.attempt(act, Hat.INSTRUCTOR if act == "record_start" else Hat.HEAD)
        assert "award_condition_open" in {f.code for f in answer.findings if f.rule == "A46"}
    waiting.do("meet_condition", Hat.INSTRUCTOR)
    assert due_on(waiting, DueKind.CONDITION) == []
    answer = waiting.attempt("notify_money", Hat.HEAD)
    assert "award_condition_open" not in {f.code for f in answer.findings}


@every_call("A46")
def an_unmet_condition_lapses_nothing_by_itself(call: Call) -> None:
    award = at(call, State.NOTIFIED).dossier.award
    assert award is not None
    past = replace(award, condition="these-0001", condition_by=award.decided_on)
    life = at(call, State.NOTIFIED).changed(award=past).later(60)
    assert refusals(life.attempt("lapse", Hat.HEAD)) == {"notice_missing"}
    done(life.attempt("give_notice", Hat.HEAD))


@proves("A46", call=ARA)
def the_signed_agreement_is_expected_at_the_start(call: Call) -> None:
    places = at(call, State.NOTIFIED).dossier.sites
    wanted = {event: requirements(call.clauses.pieces, event, places) for event in PieceEvent}
    assert [r.key for r in wanted[PieceEvent.START] if r.source.rule == "A46"] == ["start/convention"]
    others = (*wanted[PieceEvent.FILING], *wanted[PieceEvent.REPLACEMENT])
    assert "convention" not in {r.piece for r in others}
    shown(call, by_default("A46"), "À la prise de fonctions : convention CHU / CH signée (pour le dossier).")


enforced(
    "A15",
    "workflows.guards.reserve.next_on_the_list",
    "workflows.guards.reserve.offered_from_reserve",
    "workflows.guards.reserve.offer_accepted",
    "workflows.guards.committee.ranking_followed",
)
later("A15", "les ex æquo départagés par le territoire prioritaire, puis par la date de réception")
enforced(
    "A16",
    "workflows.acts.vacancy.vacancy_of",
    "workflows.parts.places.PlaceStatus",
    "workflows.account.worth.financed_days",
    "workflows.due.due_items",
)
enforced("A17", "workflows.parts.places.quotas_of", "workflows.guards.places.place_left")
enforced("A17", "workflows.calls.shared_places.shared_places")
enforced(
    "A18",
    "workflows.acts.committee.taken_place",
    "workflows.guards.places.place_confirmed",
    "workflows.guards.places.quota_covers",
    "workflows.guards.places.place_may_return",
    "workflows.guards.money.award_unconditional",
)
enforced(
    "A34",
    "workflows.guards.filing.filing_warnings",
    "workflows.guards.award.doctor_elsewhere",
    "workflows.due.due_items",
)
enforced("A37", "workflows.guards.committee.project_kept_whole")
enforced("A39", "workflows.acts.told.of_result", "workflows.acts.told.of_refusal")
enforced("A40", "workflows.guards.committee.no_conflicted_vote")
later("A40", "convocations, liens déclarés, lecture et notes retirées au membre lié, quorum par dossier")
enforced("A45", "workflows.guards.award.acceptance_in_time", "workflows.guards.award.notice_over")
enforced("A46", "workflows.guards.award.condition_met", "workflows.guards.award.condition_waits")
