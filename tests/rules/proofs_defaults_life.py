"""Defaults of the life of a post (A4, A7 to A9, A11 to A14, A30, A31, A35, A38): departure, deferral, renewal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from tests.builders import Hat
from tests.lives import Life
from tests.rules.registry import enforced, later, proves
from tests.rules.scene import (
    ARA,
    CVL,
    DG,
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
    proposed,
    refusals,
    shown,
    warned,
    warnings,
)
from workflows.acts.vacancy import CloseGround
from workflows.calls.model import Call
from workflows.deadlines import add_months
from workflows.due import DueKind
from workflows.effects import Addressee, EffectKind
from workflows.parts.requests import EndReason, FourDates, Repercussions, RequestKind
from workflows.states import State

_DAY = timedelta(days=1)


def _day(life: Life, year: int, month: int, day: int) -> date:
    """A day of the year of the start (0) or of the years after it."""
    return date(life.profile.start.year + year, month, day)


# A4: a chef de clinique post soon after an end.


@every_call("A4")
def a_chef_de_clinique_post_within_three_months_is_pointed_out(call: Call) -> None:
    life = at(call, State.IN_POST)
    last_day = _day(life, 1, 5, 31)
    life.on(last_day)

    def end(cca_from: date, reason: EndReason = EndReason.PERSONAL) -> Answer:
        given = {"last_day": last_day, "cca_from": cca_from, "end_reason": reason}
        return life.attempt("record_end", Hat.INSTRUCTOR, **given)

    soon, later_on = end(_day(life, 1, 8, 31)), end(_day(life, 1, 9, 1))
    suspected = warned(soon, "cca_suspected", "A4").after.end
    assert suspected is not None
    # the instructor requalifies: nothing is a recruitment as chef de clinique by itself
    assert (suspected.suspected_cca, suspected.cca) == (True, False)
    assert "cca_suspected" not in warnings(later_on)
    assert "cca_suspected" not in warnings(end(_day(life, 1, 6, 1), EndReason.CCA_OR_HU))
    words = "Un poste de chef de clinique pris dans les 3 mois après la fin est signalé à l’instructeur."
    shown(call, by_default("A4"), words)


@every_call("A4")
def a_withdrawal_remembers_the_post_taken_soon_after(call: Call) -> None:
    life = at(call, State.IN_POST)
    leaving = _day(life, 1, 6, 1)
    life.on(leaving)
    dates = FourDates(leaving, leaving, leaving, leaving)
    given = {"dates": dates, "end_reason": EndReason.PERSONAL, "cca_from": _day(life, 1, 8, 31)}
    warned(life.attempt("withdraw", Hat.INSTRUCTOR, **given), "cca_suspected", "A4")
    end = done(life.do("withdraw", Hat.INSTRUCTOR, **given).later(70).attempt("close", Hat.HEAD)).after.end
    assert end is not None
    assert (end.suspected_cca, end.cca) == (True, False)


# A7 to A9: deferral.


def _deferring(call: Call, new_start: date, **given: object) -> Answer:
    return at(call, State.NOTIFIED).later(10).attempt("defer", Hat.HEAD, new_start=new_start, **given)


@every_call("A7")
def two_months_are_usual_six_are_many_and_a_head_decides_all(call: Call) -> None:
    start = at(call, State.NOTIFIED).profile.start
    expected = {2: set(), 3: {"deferral_unusual"}, 6: {"deferral_unusual"}, 7: {"deferral_long"}}
    for months, codes in expected.items():
        answer = done(_deferring(call, add_months(start, months)))
        assert warnings(answer) & {"deferral_unusual", "deferral_long", "deferral_not_allowed"} == codes
        assert {f.rule for f in answer.findings if f.code in codes} == ({"A7"} if codes else set())
    assert "deferral_unusual" in warnings(_deferring(call, add_months(start, 2) + _DAY))
    assert "deferral_long" in warnings(_deferring(call, add_months(start, 6) + _DAY))
    shown(
        call,
        by_default("A7"),
        "L’instructeur propose jusqu’à 2 mois de report.",
        "Au-delà de 6 mois, un avertissement s’affiche et la décision est motivée.",
    )


@every_call("A7")
def the_head_grants_every_deferral_with_a_reason(call: Call) -> None:
    life = at(call, State.NOTIFIED).later(10)
    for hat in (Hat.INSTRUCTOR, Hat.RECRUITER, Hat.CANDIDATE, Hat.MEMBER, Hat.ADMIN, Hat.CLOCK):
        assert refusals(life.attempt("defer", hat)) == {"not_allowed"}
    for hat in (Hat.HEAD, Hat.DG):
        done(life.attempt("defer", hat))
    assert "reason_missing" in refusals(life.attempt("defer", Hat.HEAD, reason=None))
    shown(call, by_default("A7"), "« defer » : le responsable décide.")


@every_call("A7", NA, IDF, ARA, DG)
def a_deferral_is_possible_where_the_call_does_not_speak_of_it(call: Call) -> None:
    life = at(call, State.NOTIFIED).later(10)
    assert "deferral_not_allowed" not in warnings(done(life.attempt("ask_deferral", Hat.RECRUITER)))
    shown(call, by_default("A7"), "Un report de la prise de fonctions peut être accordé.")


@every_call("A8")
def eight_days_to_tell_a_deferral(call: Call) -> None:
    life = at(call, State.NOTIFIED)
    start = life.profile.start
    life.on(start + 2 * _DAY)
    known = start - timedelta(days=30)
    new_start = add_months(start, 2)
    told_late = {"told_late", "told_late_held"}
    for days, late in ((8, False), (9, True)):
        given = {"known_on": known, "told_on": known + timedelta(days=days), "new_start": new_start}
        answer = life.attempt("defer", Hat.HEAD, **given)
        assert bool(told_late & {f.code for f in answer.findings}) is late
    words = "L’ARS doit être prévenue avant la date prévue, et dans les 8 jours qui suivent le fait connu."
    shown(call, by_default("A8"), words)


@every_call("A8", NA, IDF, ARA, DG)
def told_late_a_deferral_is_only_pointed_out(call: Call) -> None:
    life = at(call, State.NOTIFIED)
    start = life.profile.start
    life.on(start + 2 * _DAY)
    after_start = {"known_on": start - _DAY, "told_on": start, "new_start": add_months(start, 2)}
    warned(life.attempt("defer", Hat.HEAD, **after_start), "told_late", "A8")
    warned(life.attempt("ask_deferral", Hat.RECRUITER), "asked_after_start", "A8")
    shown(call, by_default("A8"), "Prévenir tard donne un avertissement ; le financement n’en dépend pas.")


@every_call("A8")
def eight_days_to_declare_an_early_end(call: Call) -> None:
    life = at(call, State.IN_POST)
    last_day = _day(life, 1, 5, 31)
    life.on(last_day)
    for days, late in ((8, False), (9, True)):
        given = {"last_day": last_day, "known_on": last_day - timedelta(days=20)}
        answer = life.attempt("record_end", Hat.INSTRUCTOR, told_on=given["known_on"] + timedelta(days=days), **given)
        assert ("declared_late" in warnings(done(answer))) is late
        assert {f.rule for f in answer.findings if f.code == "declared_late"} == ({"A8"} if late else set())
    shown(call, by_default("A8"), "L’établissement déclare une fin anticipée dans les 8 jours.")


@every_call("A9", NA, CVL, ARA, DG)
def a_deferral_keeps_the_duration(call: Call) -> None:
    start = at(call, State.NOTIFIED).profile.start
    award = done(_deferring(call, add_months(start, 2))).after.award
    assert award is not None
    assert (award.planned_start, award.planned_end) == (date(start.year + 1, 1, 1), date(start.year + 2, 12, 31))
    shown(call, by_default("A9"), "La durée est gardée : la fin du poste recule d’autant.")


@proves("A9", call=IDF)
def a_deferral_keeps_the_printed_end(call: Call) -> None:
    award = done(_deferring(call, date(2026, 1, 1))).after.award
    assert award is not None
    assert (award.planned_start, award.planned_end) == (date(2026, 1, 1), date(2027, 10, 31))
    shown(call, by_default("A9"), "La fin du poste ne bouge pas : le poste est raccourci d’autant.")


# A11 to A14: replacement.


def _left(call: Call, effective: date, told: date) -> Life:
    """A post in office left on a day, which the agency is told of on a day."""
    life = at(gave(call, replacement__pieces_confirmed=True), State.IN_POST).on(max(effective, told))
    dates = FourDates(min(effective, told) - _DAY, min(effective, told) - _DAY, effective, told)
    return life.do("withdraw", Hat.INSTRUCTOR, dates=dates)


@every_call("A11")
def thirty_days_to_propose_from_the_report_or_the_departure(call: Call) -> None:
    for effective, told in (((5, 1), (4, 10)), ((4, 10), (5, 1))):
        life = at(call, State.IN_POST)
        left = _left(call, _day(life, 1, *effective), _day(life, 1, *told))
        reminders = due(left, DueKind.REPLACEMENT_REMINDER)
        assert [(item.on, item.to) for item in reminders] == [(_day(life, 1, 5, 16), (Addressee.RECRUITER,))]
        assert due_on(left, DueKind.REPLACEMENT_DUE) == [_day(life, 1, 5, 31)]
        give_back = due(left, DueKind.GIVE_BACK)
        # a proposal to the service, in the list of the day: the machine decides nothing
        expected = [(_day(life, 1, 6, 30), (Addressee.SERVICE,), None)]
        assert [(item.on, item.to, item.act) for item in give_back] == expected
    shown(
        call,
        by_default("A11"),
        "Le nouveau candidat est attendu dans les 30 jours du signalement ou du départ, le plus tardif des deux.",
        "Le recruteur reçoit un rappel au bout de 15 jours.",
        "Au bout de 60 jours, il est proposé de rendre le poste ; un responsable décide.",
    )


@every_call("A11")
def a_late_proposal_is_pointed_out_and_may_be_granted(call: Call) -> None:
    life = at(call, State.IN_POST)
    left = _left(call, _day(life, 1, 5, 1), _day(life, 1, 5, 1))
    for day, late in ((_day(life, 1, 5, 31), False), (_day(life, 1, 6, 1), True)):
        answer = left.copy().on(day).propose_replacement(new_start=_day(life, 1, 7, 1)).attempt("replace", Hat.HEAD)
        assert ("replacement_late" in warnings(done(answer))) is late
        assert {f.rule for f in answer.findings if f.code == "replacement_late"} == ({"A11"} if late else set())


@every_call("A11")
def before_sixty_days_only_a_head_gives_the_post_back_for_expiry(call: Call) -> None:
    life = at(call, State.IN_POST)
    left = _left(call, _day(life, 1, 5, 1), _day(life, 1, 5, 1)).on(_day(life, 1, 6, 29))
    held(left.attempt("close", Hat.HEAD, ground=CloseGround.EXPIRED), "given_back_early", "A11")
    done(left.attempt("close", Hat.HEAD, ground=CloseGround.RENOUNCED))
    done(left.on(_day(life, 1, 6, 30)).attempt("close", Hat.HEAD, ground=CloseGround.EXPIRED))
    assert refusals(left.attempt("close", Hat.CLOCK)) == {"not_allowed"}


@every_call("A12", NA, IDF, ARA, DG)
def a_doctor_may_be_replaced_where_the_call_does_not_speak_of_it(call: Call) -> None:
    answer = proposed(call).attempt("replace", Hat.HEAD)
    assert "replacement_not_allowed" not in warnings(done(answer))
    shown(call, by_default("A12"), "Après un désistement, un nouveau candidat peut être proposé.")


@every_call("A12")
def before_the_start_the_new_doctor_starts_on_the_day_awarded(call: Call) -> None:
    before = at(call, State.NOTIFIED).dossier.award
    after = done(proposed(call).attempt("replace", Hat.HEAD)).after.award
    assert before is not None
    assert after is not None
    assert (after.planned_start, after.planned_end) == (before.planned_start, before.planned_end)


@every_call("A12")
def after_the_start_the_end_of_the_post_does_not_move(call: Call) -> None:
    life = at(call, State.IN_POST)
    before = life.dossier.award
    left = _left(call, _day(life, 1, 6, 1), _day(life, 1, 6, 1)).later(5)
    left.propose_replacement(new_start=_day(life, 1, 7, 1)).do("replace", Hat.HEAD)
    started = left.on(_day(life, 1, 7, 1), "16:00").deliver(Hat.RECRUITER).attempt("record_start", Hat.INSTRUCTOR)
    award = done(started).after.award
    assert before is not None
    assert award is not None
    assert (award.planned_start, award.planned_end) == (before.planned_start, before.planned_end)
    shown(call, by_default("A12"), "La fin du poste ne change pas ; les mois sans médecin ne sont pas payés.")


def _unexamined(call: Call, *repercussions: Repercussions) -> Answer:
    """A replacement that neither the chair nor the committee has seen."""
    life = at(gave(call, replacement__pieces_confirmed=True), State.WITHDRAWN).later(5)
    life.do("propose_replacement", Hat.RECRUITER, repercussions=repercussions).deliver(Hat.RECRUITER)
    return life.later(2).attempt("replace", Hat.HEAD)


@every_call("A13", NA, CVL)
def where_the_person_was_chosen_the_chair_gives_an_opinion(call: Call) -> None:
    held(_unexamined(call, Repercussions.NONE), "replacement_opinion_missing", "A13")
    assert done(proposed(call).attempt("replace", Hat.HEAD)).target is State.NOTIFIED
    words = "Le président de la commission donne un avis écrit sur le nouveau candidat."
    shown(call, by_default("A13"), words)


@every_call("A13", IDF, ARA, DG)
def where_the_post_was_chosen_a_head_is_enough(call: Call) -> None:
    assert done(_unexamined(call, Repercussions.NONE)).target is State.NOTIFIED
    alone = "Sans répercussion et dans la même spécialité, l’instructeur et le responsable suffisent"
    shown(call, by_default("A13"), f"{alone} ; sinon la commission donne son avis.")


@every_call("A13")
def a_changed_project_goes_back_to_the_committee(call: Call) -> None:
    held(_unexamined(call, Repercussions.PROJECT), "replacement_committee_needed", "A13")


@every_call("A14")
def changed_time_shares_pass_their_gates_again(call: Call) -> None:
    changed = (Repercussions.TIME_SHARE,)
    assert "replacement_plan_missing" in refusals(proposed(call, repercussions=changed).attempt("replace", Hat.HEAD))
    dossier = at(call, State.WITHDRAWN).dossier
    less = tuple((site.id, Fraction(n)) for site, n in zip(dossier.sites, (4, 6), strict=True))
    plan = (replace(dossier.plan[0], months=24, half_days=less),)
    answer = proposed(call, repercussions=changed, plan=plan).attempt("replace", Hat.HEAD)
    gated = {NA: "time_share_low", CVL: "time_share_low", ARA: "time_share_low", DG: "months_low"}
    assert refusals(answer) == ({gated[call.id]} if call.id in gated else set())


@every_call("A14", NA, IDF, ARA, DG)
def unsaid_repercussions_are_pointed_out(call: Call) -> None:
    warned(proposed(call, repercussions=None).attempt("replace", Hat.HEAD), "repercussions_unsaid", "A14")
    changes = "a des répercussions sur le projet médical et sur les quotités de travail."
    shown(call, by_default("A14"), f"Le recruteur précise si le changement de candidat {changes}")


# A30 and A31: renewal.


@proves("A30", call=IDF)
def a_renewal_is_a_new_dossier_once(call: Call) -> None:
    life = at(call, State.IN_POST)
    decision = done(life.attempt("renew", Hat.RECRUITER, months=12))
    assert [e.kind for e in decision.effects] == [EffectKind.RENEWAL]
    assert warnings(decision) == set()
    twice = life.do("renew", Hat.RECRUITER, months=12).attempt("renew", Hat.RECRUITER, months=12)
    warned(twice, "renewed_already", "A30")
    renewed = at(call, State.IN_POST).changed(renewal_of="IDF-2023-004")
    warned(renewed.attempt("renew", Hat.RECRUITER, months=12), "renewed_already", "A30")
    shown(call, by_default("A30"), "Nombre de renouvellements d’un poste : 1 au plus.")


@every_call("A31", NA, CVL, ARA, DG)
def a_call_silent_on_renewal_leaves_it_to_a_head(call: Call) -> None:
    life = at(call, State.IN_POST)
    for hat in (Hat.RECRUITER, Hat.INSTRUCTOR, Hat.HEAD):
        held(life.attempt("renew", hat), "renewal_silent", "A31")
    lifts = {"renewal_silent": "motif-0007"}
    done(life.attempt("renew", Hat.HEAD, lifts=lifts))
    held(life.attempt("renew", Hat.RECRUITER, lifts=lifts), "renewal_silent", "A31")


# A35: leave.


@every_call("A35")
def a_statutory_leave_ends_no_post(call: Call) -> None:
    life = at(call, State.IN_POST).later(100)
    leave = {"last_day": life.today, "end_reason": EndReason.STATUTORY_LEAVE}
    held(life.attempt("record_end", Hat.INSTRUCTOR, **leave), "leave_is_no_end", "A35")
    reported = life.do("declare_early_end", Hat.RECRUITER, end_reason=EndReason.STATUTORY_LEAVE)
    assert reported.dossier.state is State.IN_POST
    assert reported.last_request(RequestKind.EARLY_END)


@every_call("A35")
def months_added_to_a_contract_are_not_financed_unless_the_director_general_says_so(call: Call) -> None:
    life = at(call, State.IN_POST).later(100)
    assert life.dossier.award is not None
    end = life.dossier.award.planned_end
    assert end is not None
    further = add_months(end + _DAY, 4) - _DAY
    added = done(life.attempt("extend", Hat.HEAD, until=further)).after.award
    assert added is not None
    assert (added.planned_end, added.financed_end) == (further, end)
    assert "extension_financed_by_dg" in refusals(life.attempt("extend", Hat.HEAD, until=further, financed=True))
    # 4 months more of a year of the post whose rate the call gives, or whose amount nobody knows
    answer = life.attempt("extend", Hat.DG, until=further, financed=True)
    assert refusals(answer) <= {"value_unknown"}


enforced("A4", "workflows.guards.cca.cca_soon", "workflows.guards.cca.cca_pointed_out")
enforced("A7", "workflows.guards.post.deferral_reasonable", "workflows.guards.common.level_of")
enforced("A8", "workflows.guards.post.told_in_time", "workflows.guards.departure.declared_in_time")
enforced("A9", "workflows.contract.deferred_end")
enforced(
    "A11",
    "workflows.acts.vacancy.vacancy_of",
    "workflows.guards.replacement.proposed_in_time",
    "workflows.guards.replacement.given_back_in_time",
    "workflows.due.due_items",
)
enforced("A12", "workflows.guards.replacement.replacement_open", "workflows.guards.replacement.new_start_possible")
enforced("A13", "workflows.guards.replacement.opinion_given")
enforced("A14", "workflows.guards.replacement.shares_rechecked", "workflows.guards.replacement.proposal_complete")
enforced("A30", "workflows.guards.post.renewal_allowed")
enforced("A31", "workflows.guards.post.renewal_allowed")
enforced(
    "A35",
    "workflows.guards.departure.leave_is_no_end",
    "workflows.guards.terms.financed_by_the_dg",
    "workflows.acts.terms.ExtendInputs",
)
later("A35", "la suspension d’un contrat")
later("A38", "l’avenant avec un autre partenaire, ses soixante jours, et la suspension jusque-là")
