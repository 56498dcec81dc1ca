"""A place that comes back is offered in the order of the list; those asked answer, a person decides (A15)."""

from dataclasses import replace
from datetime import date, timedelta

from tests.builders import Hat, quota_uses
from tests.lives import Life, life_of
from workflows.decide import Decision, Refused
from workflows.describe import described
from workflows.dossier import Dossier
from workflows.due import DueKind, due_items
from workflows.effects import Addressee
from workflows.findings import Severity
from workflows.parts.reserves import ReserveEntry
from workflows.parts.rivals import BetterRanked, StandingOffer
from workflows.ranking import better_ranked, standing_offers
from workflows.states import State

DAY = date(2024, 8, 5)


def offered(call: str = "na-2024") -> Life:
    return life_of(call).to(State.RESERVE).later(5).do("offer_place", Hat.HEAD).later(2)


def warnings(answer: Decision | Refused) -> dict[str, str]:
    assert isinstance(answer, Decision), [f.sentence for f in answer.findings]
    return {f.code: f.sentence for f in answer.findings if f.severity is Severity.WARNING}


def falling_due(life: Life) -> dict[DueKind, date]:
    kinds = {DueKind.OFFER_REPLY, DueKind.OFFER_OVER}
    return {due.kind: due.on for due in due_items(life.dossier, life.call, life.today) if due.kind in kinds}


def over(life: Life) -> str:
    (found,) = (d for d in due_items(life.dossier, life.call, life.today) if d.kind is DueKind.OFFER_OVER)
    return found.what


def test_a_place_is_not_said_free_for_the_next_before_somebody_is_known_to_have_its_offer():
    life = offered()
    assert any(r.letter == "place_offered" and r.is_awaited for r in life.dossier.receipts)
    assert "rien ne prouve que la proposition a été reçue" in over(life)
    had = tuple(replace(r, received_on=life.today) if r.letter == "place_offered" else r for r in life.dossier.receipts)
    assert over(life.changed(receipts=had)).endswith("elle peut être proposée au suivant de la liste.")


# Answers.


def test_the_recruiter_and_the_doctor_answer_and_the_dossier_stays_where_it_is():
    life = offered().do("answer_offer", Hat.RECRUITER)
    assert life.dossier.state is State.RESERVE
    assert life.dossier.place is None
    entry = life.do("answer_offer", Hat.CANDIDATE).dossier.reserve
    assert entry is not None
    assert (entry.recruiter_accepted_on, entry.candidate_accepted_on) == (life.today, life.today)
    assert "offer_not_accepted" not in warnings(life.attempt("select", Hat.HEAD))


def test_the_service_is_told_of_each_answer():
    (effect,) = offered().do("answer_offer", Hat.RECRUITER, accepted=False).journal[-1].effects
    assert (effect.name, effect.to, effect.details) == ("answer", Addressee.SERVICE, {"offer": "declined"})


def test_no_agent_and_no_partner_answers_in_their_place():
    for hat in (Hat.INSTRUCTOR, Hat.HEAD, Hat.PARTNER):
        answer = offered().attempt("answer_offer", hat)
        assert isinstance(answer, Refused)
        assert answer.codes == {"not_allowed"}


def test_a_selection_says_whose_acceptance_is_missing_and_goes_through():
    told = warnings(offered().do("answer_offer", Hat.RECRUITER).attempt("select", Hat.HEAD))
    assert "du candidat" in told["offer_not_accepted"]
    assert "recruteur" not in told["offer_not_accepted"]


def test_a_post_without_a_name_waits_for_the_recruiter_alone():
    life = offered("ara-2017")  # ARA-13: no candidate is named
    (effect,) = life.journal[-1].effects
    assert effect.to is Addressee.RECRUITER
    assert "offer_not_accepted" not in warnings(life.do("answer_offer", Hat.RECRUITER).attempt("select", Hat.HEAD))


def test_one_may_decline_after_accepting_but_not_accept_after_declining():
    life = offered().do("answer_offer", Hat.RECRUITER).do("answer_offer", Hat.RECRUITER, accepted=False)
    answer = life.attempt("answer_offer", Hat.CANDIDATE)
    assert isinstance(answer, Refused)
    assert answer.codes == {"no_offer_waiting"}


def test_another_offer_starts_without_the_answers_to_the_first():
    life = offered().do("answer_offer", Hat.RECRUITER, accepted=False).later(10).do("offer_place", Hat.HEAD)
    entry = life.dossier.reserve
    assert entry is not None
    assert (entry.rank, entry.offered_on, entry.declined_on) == (4, life.today, None)
    assert "offer_declined" not in warnings(life.attempt("select", Hat.HEAD))


# The period.


def test_the_day_to_reply_and_its_morrow_fall_due_until_the_answers_come():
    life = offered()
    entry = life.dossier.reserve
    assert entry is not None
    assert entry.reply_by is not None
    due = {DueKind.OFFER_REPLY: entry.reply_by, DueKind.OFFER_OVER: entry.reply_by + timedelta(days=1)}
    assert falling_due(life) == due
    assert falling_due(life.do("answer_offer", Hat.RECRUITER)) == due
    assert falling_due(life.do("answer_offer", Hat.CANDIDATE)) == {}


def test_nothing_is_awaited_any_more_once_somebody_declined():
    assert falling_due(offered().do("answer_offer", Hat.CANDIDATE, accepted=False)) == {}


def test_the_last_day_still_counts():
    entry = ReserveEntry(1, None, DAY, DAY)
    assert not entry.gave_way(DAY, named=True)
    assert entry.gave_way(DAY + timedelta(days=1), named=True)


def test_an_acceptance_keeps_the_place_after_the_period():
    entry = ReserveEntry(1, None, DAY, DAY, recruiter_accepted_on=DAY)
    assert not entry.gave_way(DAY + timedelta(days=1), named=False)
    assert entry.gave_way(DAY + timedelta(days=1), named=True)  # the doctor has not replied


# The order of the list.


def standing(number: str, rank: int, reserve: ReserveEntry | None = None) -> Dossier:
    """A dossier judged in July, on the reserve list when a line of it is given."""
    life = life_of("na-2024").to(State.COMMITTEE).on(date(2024, 7, 11))
    life.do("record_opinion", Hat.INSTRUCTOR, rank=rank).changed(number=number)
    return replace(life.dossier, state=State.RESERVE, reserve=reserve) if reserve else life.dossier


def test_on_the_reserve_list_its_own_rank_decides():
    first, second = standing("A", 9, ReserveEntry(1, None)), standing("B", 3, ReserveEntry(2, None))
    assert better_ranked(first, [second], DAY) == ()
    assert better_ranked(second, [first], DAY) == (BetterRanked("A", 1, eligible=True),)


def test_against_a_dossier_still_in_committee_the_rank_of_the_committee_decides():
    listed, waiting = standing("A", 5, ReserveEntry(1, None)), standing("B", 2)
    assert better_ranked(listed, [waiting], DAY) == (BetterRanked("B", 2, eligible=True),)
    assert better_ranked(waiting, [listed], DAY) == ()


def test_another_session_or_category_is_another_list():
    mine, first = standing("B", 3, ReserveEntry(2, None)), standing("A", 1, ReserveEntry(1, None))
    assert first.committee is not None
    elsewhere = replace(first, committee=replace(first.committee, session="autre"))
    assert better_ranked(mine, [elsewhere, replace(first, category="III")], DAY) == ()


def test_whose_turn_has_passed_stops_nobody():
    mine = standing("B", 3, ReserveEntry(2, None))
    declined = standing("A", 1, ReserveEntry(1, None, DAY, DAY, declined_on=DAY))
    late = standing("A", 1, ReserveEntry(1, None, DAY, DAY - timedelta(days=1)))
    for first in (declined, late):
        (found,) = better_ranked(mine, [first], DAY)
        assert not found.eligible


def test_a_dossier_that_holds_an_offer_is_not_passed_over_by_another_offer():
    mine, first = standing("B", 3, ReserveEntry(2, None)), standing("A", 1, ReserveEntry(1, None, DAY, DAY))
    (found,) = better_ranked(mine, [first], DAY)
    assert (found.eligible, found.offered) == (True, True)
    life = life_of("na-2024").to(State.RESERVE).later(5).around(better_ranked=(found,))
    assert isinstance(life.attempt("offer_place", Hat.HEAD), Decision)


def test_a_head_offers_out_of_turn_with_a_reason():
    first = BetterRanked("NA-2024-001", 1, eligible=True)
    life = life_of("na-2024").to(State.RESERVE).later(5).around(better_ranked=(first,))
    lifted = life.attempt("offer_place", Hat.HEAD, lifts={"better_ranked_not_offered": "le premier part à l’étranger"})
    assert isinstance(lifted, Decision)


# One place, one dossier.


def _last_place(places: int, *offers: StandingOffer) -> Life:
    """Three places are taken; `places` in all."""
    life = life_of("na-2024").to(State.RESERVE).later(5).around(offers=offers)
    life.quotas = tuple(replace(q, places=places) for q in quota_uses(life.call, life.dossier, 3))
    return life


def test_a_place_already_offered_is_held_unless_another_is_left():
    rivals = [StandingOffer(f"NA-2024-00{n}", ("na-2024",)) for n in (1, 2)]
    answer = _last_place(5, *rivals).attempt("offer_place", Hat.HEAD)
    assert isinstance(answer, Refused)
    assert answer.codes == {"places_all_offered"}
    assert "NA-2024-001 et NA-2024-002" in answer.findings[0].sentence
    assert isinstance(_last_place(6, *rivals).attempt("offer_place", Hat.HEAD), Decision)
    lifts = {"places_all_offered": "le premier a dit qu’il refuserait"}
    assert isinstance(_last_place(5, *rivals).attempt("offer_place", Hat.HEAD, lifts=lifts), Decision)


def test_a_place_offered_or_accepted_elsewhere_is_given_to_nobody_else_without_a_reason():
    accepted = StandingOffer("NA-2024-001", ("na-2024",))
    life = (
        _last_place(4).do("offer_place", Hat.HEAD).do("answer_offer", Hat.RECRUITER).do("answer_offer", Hat.CANDIDATE)
    )
    answer = life.around(offers=(accepted,)).attempt("select", Hat.HEAD)
    assert isinstance(answer, Refused)
    assert answer.codes == {"places_all_offered"}
    lifts = {"places_all_offered": "accord des deux établissements"}
    assert isinstance(life.attempt("select", Hat.HEAD, lifts=lifts), Decision)
    assert isinstance(life.around(offers=()).attempt("select", Hat.HEAD), Decision)


def test_an_offer_asks_for_its_answer_while_the_list_is_valid():
    life = life_of("na-2024").to(State.RESERVE)
    assert life.dossier.reserve is not None
    last = life.dossier.reserve.valid_until
    assert last is not None
    found = warnings(life.on(last - timedelta(days=3)).attempt("offer_place", Hat.HEAD, days=8))
    assert "31 mai 2025" in found["reserve_ends_before_reply"].replace("\u00a0", " ")
    assert "reserve_ends_before_reply" not in warnings(life.attempt("offer_place", Hat.HEAD, days=2))
    # a validity that no call prints warns, as everywhere
    late = warnings(life.on(last + timedelta(days=1)).attempt("offer_place", Hat.HEAD))
    assert "reserve_expired" in late
    assert "reserve_ends_before_reply" not in late


def test_an_offer_in_another_quota_takes_nothing_from_this_one():
    elsewhere = StandingOffer("NA-2024-001", ("autre",))
    assert isinstance(_last_place(4, elsewhere).attempt("offer_place", Hat.HEAD), Decision)


def test_no_place_at_all_is_told_as_such():
    answer = _last_place(3, StandingOffer("NA-2024-001", ("na-2024",))).attempt("offer_place", Hat.HEAD)
    assert isinstance(answer, Refused)
    assert answer.codes == {"no_place_left"}


def test_an_offer_stands_while_it_is_awaited_or_accepted():
    quotas = life_of("na-2024").call.parameters.quotas
    waiting, late = ReserveEntry(1, None, DAY, DAY), ReserveEntry(2, None, DAY, DAY - timedelta(days=1))
    accepted = replace(late, recruiter_accepted_on=DAY, candidate_accepted_on=DAY)
    declined, quiet = replace(waiting, declined_on=DAY), ReserveEntry(3, None)
    lines = {"A": waiting, "B": late, "C": accepted, "D": declined, "E": quiet}
    others = [standing(number, 1, entry) for number, entry in lines.items()]
    found = standing_offers([*others, standing("F", 1)], quotas, DAY)
    assert found == (StandingOffer("A", ("na-2024",)), StandingOffer("C", ("na-2024",)))


def test_offering_again_is_pointed_out_only_while_an_acceptance_stands():
    life = offered()
    assert "offer_made_again" not in warnings(life.attempt("offer_place", Hat.HEAD))
    life.do("answer_offer", Hat.RECRUITER)
    assert "offer_made_again" in warnings(life.attempt("offer_place", Hat.HEAD))
    life.do("answer_offer", Hat.CANDIDATE, accepted=False)
    assert "offer_made_again" not in warnings(life.attempt("offer_place", Hat.HEAD))


# What is told.


def test_an_offer_and_its_answers_are_described():
    life = life_of("na-2024").to(State.RESERVE).later(5)
    for act, hat, given, said in (
        ("offer_place", Hat.HEAD, {"days": 10}, "Une place est proposée"),
        ("answer_offer", Hat.RECRUITER, {}, "L’établissement recruteur accepte la place proposée."),
        ("answer_offer", Hat.CANDIDATE, {}, "Le candidat accepte la place proposée."),
        ("answer_offer", Hat.CANDIDATE, {"accepted": False}, "La place proposée est refusée"),
    ):
        before = life.dossier
        sentence, *_ = described(before, life.do(act, hat, **given).dossier)
        assert sentence.startswith(said)
