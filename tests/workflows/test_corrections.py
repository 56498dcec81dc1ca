"""Taking the last decision back: before anything left the house (revert), or after (rectify)."""

from dataclasses import fields, replace
from datetime import date, timedelta

import pytest

from tests.builders import Hat, quota_uses
from tests.golden.scenes import scenes
from tests.lives import Life, life_of
from tests.workflows.due import due
from workflows.account.adjusting import standing_lines
from workflows.acts import ACTS
from workflows.decide import Decision, Refused
from workflows.dossier import KEPT, Dossier
from workflows.due import DueKind
from workflows.effects import EffectKind
from workflows.guards.reserve import TAKING_A_PLACE
from workflows.parts.rivals import StandingOffer
from workflows.states import State
from workflows.table import CORRECTABLE, RECORDING

SCENES = {f"{call}: {title}": life for call in ("na-2024", "ara-2017") for title, life in scenes(call)}

#: Members that count the acts: they never go back.
COUNTERS = {"version", "last", "around"}


def _done() -> list[tuple[str, Life, Life]]:
    """Every correctable act that goes through in a scene: the life before it and the life after it."""
    found = []
    for title, life in SCENES.items():
        for act in sorted(CORRECTABLE):
            hat = next((h for h in (Hat.HEAD, Hat.CLOCK) if isinstance(life.attempt(act, h), Decision)), None)
            if hat is not None:
                after = life.copy().do(act, hat)
                after.quotas = None
                found.append((f"{title}: {act}", life.copy(), after))
    return found


DONE = _done()
IDS = [name for name, _, _ in DONE]


def _facts(dossier: Dossier) -> dict[str, object]:
    return {f.name: getattr(dossier, f.name) for f in fields(dossier) if f.name not in COUNTERS}


def _stood(before: Life) -> dict[str, object]:
    """What stands again once an act is taken back: everything, but for a departure whose day had come."""
    departure = before.dossier.departure
    over = departure is not None and departure.dates.effective_on <= before.today
    return _facts(before.dossier) | ({"departure": None} if over else {})


def test_every_correctable_act_is_tried():
    tried = {after.journal[-1].act for _, _, after in DONE}
    assert CORRECTABLE - tried <= {"reopen"}  # every piece is accepted in these scenes


@pytest.mark.parametrize(("before", "after"), [(b, a) for _, b, a in DONE], ids=IDS)
def test_revert_gives_back_what_stood_before(before, after):
    reverted = after.copy().later(0).do("revert", Hat.HEAD)
    assert _facts(reverted.dossier) | {"adjustments": ()} == _stood(before) | {"adjustments": ()}
    assert standing_lines(reverted.dossier) == standing_lines(before.dossier)
    assert reverted.dossier.version == before.dossier.version + 2
    decision = reverted.journal[-1]
    touched = set(after.journal[-1].changes) - COUNTERS
    assert set(decision.changes) - COUNTERS <= touched
    assert [e.kind for e in decision.effects] == [EffectKind.CANCEL]
    assert decision.effects[0].name == str(after.dossier.version)


@pytest.mark.parametrize(("before", "after"), [(b, a) for _, b, a in DONE], ids=IDS)
def test_rectify_gives_back_what_stood_before_and_says_so(before, after):
    rectified = after.copy().around(last_act_left_house=True).do("rectify", Hat.HEAD)
    added: dict[str, object] = dict.fromkeys(KEPT, ())
    assert _facts(rectified.dossier) | added == _stood(before) | added
    assert standing_lines(rectified.dossier) == standing_lines(before.dossier)
    entry = after.dossier.version
    kept = [r for r in rectified.dossier.receipts if r.entry < entry]
    assert kept == list(before.dossier.receipts)
    assert all(r.void for r in rectified.dossier.receipts if r.entry == entry)
    assert all(r.letter == "correction" for r in rectified.dossier.receipts if r.entry > entry)
    letters = [e.name for e in rectified.journal[-1].effects if e.kind is EffectKind.LETTER]
    assert set(letters) == {"correction"}


@pytest.mark.parametrize(("before", "after"), [(b, a) for _, b, a in DONE], ids=IDS)
def test_only_one_of_the_two_corrections_is_open(before, after):
    for left, allowed, refused in ((False, "revert", "rectify"), (True, "rectify", "revert")):
        life = after.copy().around(last_act_left_house=left)
        assert isinstance(life.attempt(allowed, Hat.HEAD), Decision)
        assert isinstance(life.attempt(refused, Hat.HEAD), Refused)


@pytest.mark.parametrize("name", [name for name, act in ACTS.items() if act.keeps_state])
def test_an_act_that_touches_the_same_facts_closes_the_correction(name):
    for life in SCENES.values():
        last = life.dossier.last
        answer = life.attempt(name, Hat.HEAD)
        if last is None or last.act not in CORRECTABLE or isinstance(answer, Refused):
            continue
        after = life.copy()
        after.apply(answer)
        correction = after.attempt("revert", Hat.HEAD)
        if name not in RECORDING and set(answer.changes) & set(last.touched):
            assert isinstance(correction, Refused)
            assert "facts_since" in correction.codes


def test_a_correction_is_not_corrected():
    life = life_of("na-2024").to(State.NOTIFIED).do("revert", Hat.HEAD)
    answer = life.attempt("revert", Hat.HEAD)
    assert isinstance(answer, Refused)
    assert answer.codes == {"nothing_to_correct"}


@pytest.mark.parametrize("state", [State.DRAFT, State.CLAWBACK])
def test_some_states_are_never_left_backwards(state):
    answer = life_of("na-2024").to(state).attempt("revert", Hat.HEAD)
    assert isinstance(answer, Refused)
    assert answer.codes == {"wrong_state"}


def test_money_notified_since_rests_on_the_decision():
    life = life_of("na-2024").to(State.NOTIFIED).later(3).do("notify_money", Hat.HEAD)
    answer = life.attempt("revert", Hat.HEAD)
    assert isinstance(answer, Refused)
    assert answer.codes == {"facts_since"}


def test_the_sentence_names_the_facts_in_french():
    life = life_of("na-2024").to(State.NOTIFIED).later(1).do("accept_award", Hat.CANDIDATE)
    answer = life.attempt("revert", Hat.HEAD)
    assert "l’attribution" in answer.findings[0].sentence


def test_a_place_given_back_is_taken_again_only_while_one_is_left():
    # A16: the place of a post that never started returns when the post is closed
    life = life_of("na-2024").to(State.WITHDRAWN).later(3).do("close", Hat.HEAD)
    assert life.dossier.place is None
    life.quotas = tuple(replace(q, places=12, taken=12) for q in quota_uses(life.call, life.dossier, 3))
    answer = life.attempt("revert", Hat.HEAD)
    assert isinstance(answer, Refused)
    assert answer.codes == {"no_place_left"}
    life.quotas = tuple(replace(q, taken=11) for q in life.quotas)
    assert life.do("revert", Hat.HEAD).dossier.place is not None


@pytest.mark.parametrize("act", ["revert", "rectify"])
def test_a_place_given_back_is_not_taken_from_whom_it_stands_offered_to(act):
    # A15: the place came back, and was offered to the next of the reserve list
    life = life_of("na-2024").to(State.WITHDRAWN).later(3).do("close", Hat.HEAD)
    given = {"legal_basis": "CRPA art. L. 242-1"} if act == "rectify" else {}
    life.quotas = tuple(replace(q, places=4) for q in quota_uses(life.call, life.dossier, 3))
    offer = StandingOffer("NA-2024-001", tuple(q.id for q in life.quotas))
    life.around(offers=(offer,), last_act_left_house=act == "rectify")
    answer = life.attempt(act, Hat.HEAD, **given)
    assert isinstance(answer, Refused)
    assert answer.codes == {"places_all_offered"}
    lifts = {"places_all_offered": "le dossier de la liste vient de renoncer"}
    assert isinstance(life.attempt(act, Hat.HEAD, **given, lifts=lifts), Decision)
    life.quotas = tuple(replace(q, places=5) for q in life.quotas)
    assert isinstance(life.attempt(act, Hat.HEAD, **given), Decision)


def test_a_correction_that_takes_no_place_does_not_look_at_those_offered():
    life = life_of("na-2024").to(State.RESERVE)
    life.quotas = tuple(replace(q, places=4) for q in quota_uses(life.call, life.dossier, 3))
    offer = StandingOffer("NA-2024-001", tuple(q.id for q in life.quotas))
    assert isinstance(life.around(offers=(offer,)).attempt("revert", Hat.HEAD), Decision)


def test_every_act_that_takes_a_place_looks_at_those_left_and_at_those_offered():
    taking = {name for name, act in ACTS.items() if not set(TAKING_A_PLACE).isdisjoint(act.guards)}
    assert taking == {"offer_place", "replace", "rectify", "revert", "select"}
    assert all(set(TAKING_A_PLACE) <= set(ACTS[name].guards) for name in taking)


def test_every_fact_recorded_since_has_its_french_words():
    told = set()
    for life in SCENES.values():
        last = life.dossier.last
        for name, act in ACTS.items():
            if name in RECORDING:  # it is written in no list of facts recorded since
                continue
            answer = life.attempt(name, Hat.HEAD)
            if act.keeps_state and isinstance(answer, Decision) and last is not None and last.act in CORRECTABLE:
                told |= set(answer.changes) - COUNTERS - KEPT
    assert {"award", "requests", "tranches"} <= told
    life = life_of("na-2024").to(State.NOTIFIED)
    assert life.dossier.last is not None
    for name in sorted(told):
        touched = replace(life.dossier.last, touched=(name,), since=(name,))
        answer = life.copy().changed(last=touched).attempt("revert", Hat.HEAD)
        sentence = next(f.sentence for f in answer.findings if f.code == "facts_since")
        assert name not in sentence.split(": ")[-1], (name, sentence)


@pytest.fixture
def leaving() -> Life:
    """In post, a departure announced for a day to come."""
    return life_of("na-2024").to(State.IN_POST).later(30).do("announce_departure", Hat.INSTRUCTOR)


def _effective(life: Life) -> date:
    assert life.dossier.departure is not None
    return life.dossier.departure.dates.effective_on


@pytest.mark.parametrize("hat", [Hat.CLOCK, Hat.INSTRUCTOR])
@pytest.mark.parametrize("correction", ["revert", "rectify"])
def test_a_departure_taken_back_once_its_day_has_come_is_announced_no_more(leaving, hat, correction):
    """The machine carries it out once: left announced, it would never come, and the credits would wait for it."""
    leaving.on(_effective(leaving)).do("withdraw", hat)
    assert leaving.dossier.state is State.WITHDRAWN
    leaving.later(1).around(last_act_left_house=correction == "rectify").do(correction, Hat.HEAD)
    assert "departure_over" in {finding.code for finding in leaving.journal[-1].findings}
    assert (leaving.dossier.state, leaving.dossier.departure) == (State.IN_POST, None)
    assert leaving.dossier.tenures[-1].ends_on is None
    assert due(leaving, DueKind.TRANCHE) != []
    leaving.do("announce_departure", Hat.INSTRUCTOR)  # for another day
    assert due(leaving, DueKind.DEPARTURE) != []


def test_a_departure_recorded_the_day_before_and_taken_back_is_still_to_come(leaving):
    effective = _effective(leaving)
    leaving.on(effective - timedelta(days=1)).do("withdraw", Hat.INSTRUCTOR).do("revert", Hat.HEAD)
    assert _effective(leaving) == effective
    assert [d.on for d in due(leaving, DueKind.DEPARTURE)] == [effective]
