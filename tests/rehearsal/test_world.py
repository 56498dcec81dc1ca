"""Several dossiers at once: what one sees of the others, and journals that fold to what is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.builders import call_of
from tests.rehearsal.playing import DOSSIER, codes, event, played, report, small, step, steps
from workflows.actors import Actor, Role
from workflows.acts import ACTS
from workflows.calls.parameters import Quota
from workflows.calls.sources import Origin, Sourced
from workflows.decide import Decision, fold
from workflows.dossier import Surroundings
from workflows.parts.places import Place, PlaceStatus
from workflows.rehearsal.around import signatories_on, taken_places
from workflows.rehearsal.report import Checked
from workflows.rehearsal.scenario import Signatory
from workflows.rehearsal.world import World
from workflows.states import State

HEAD, INSTRUCTOR = Actor(Role.HEAD, "h"), Actor(Role.INSTRUCTOR, "i")
PLACES = "[[parameters]]\non = 2024-06-20\nquota = 'na-2024'\nplaces = 19\n"


def to_committee(ranks: str = "{n}", dossiers: str = '"all"') -> list[str]:
    """Every dossier filed, complete and ranked on 2 July."""
    return [
        event("2024-06-10T08:00:00", "receive_piece", "candidate", 'keys = ["filing/*"], file = "d"', dossier=dossiers),
        event("2024-06-10", "submit", "candidate", dossier=dossiers),
        event("2024-06-11T08:00:00", "judge_piece", "instructor", 'key = "filing/*", verdict = "accepted"'),
        event("2024-06-11", "declare_complete", "instructor"),
        PLACES,
        event("2024-07-01", "put_to_committee", "instructor", 'session = "juillet-2024"'),
        event(
            "2024-07-02",
            "record_opinion",
            "instructor",
            f'judged_on = 2024-07-01, favourable = true, rank = "{ranks}"',
        ),
    ]


def three(*tables: str, extra: str = "") -> str:
    """Three dossiers of three doctors, ranked in their order."""
    doctors = '[[doctors]]\nid = "m{n}"\ncopies = 3\n'
    dossiers = DOSSIER.replace('"NA-1"', '"NA-{n}"\ncopies = 3').replace('"capucine"', '"m{n}"') + extra
    return small(doctors, *tables).replace(DOSSIER, dossiers)


class TestRanks:
    def test_one_may_not_pass_over_the_better_ranked_in_silence(self):
        found = played(three(*to_committee(), event("2024-07-03", "select", "head", dossier='"NA-3"')))
        refused = step(found, "select")
        # A1: nobody signed the reading of the repayment clause either, which only warns
        assert codes(refused) == {"better_ranked_passed_over", "reading_unsigned"}
        assert "NA-1 et NA-2" in refused.findings[0].sentence

    def test_a_written_reason_lets_one_pass(self):
        reasoned = event("2024-07-03", "select", "head", 'reason = "même équipe"', dossier='"NA-3"')
        assert step(played(three(*to_committee(), reasoned)), "select").target is State.SELECTED

    def test_decided_dossiers_wait_no_more(self):
        rejected = event("2024-07-03T10:00:00", "reject", "head", 'reason = "motif"', dossier='"NA-1"')
        reserved = event("2024-07-03T11:00:00", "put_on_reserve", "head", "rank = 2", dossier='"NA-2"')
        last = event("2024-07-04", "select", "head", dossier='"NA-3"')
        found = played(three(*to_committee(), rejected, reserved, last))
        assert "NA-2" in step(found, "select").findings[0].sentence
        assert "NA-1" not in step(found, "select").findings[0].sentence


class TestPlaces:
    def test_places_taken_before_leave_the_rest(self):
        taken = "[places_taken]\nna-2024 = 17\n"
        found = played(three(*to_committee(), event("2024-07-03", "select", "head"), taken))
        assert [s.target for s in steps(found, "select")] == [State.SELECTED, State.SELECTED, None]
        assert [(q.taken, q.highest) for q in found.quotas] == [(19, 19)]

    def test_a_place_taken_before_counts_in_the_quotas_around(self):
        known = Sourced(5, Origin.PRINTED, "X-01")
        quotas = (Quota("region", "Région", known), Quota("chu", "CHU", known, within="region"))
        dossier = report(played(small(event("2024-06-10", "submit", "candidate")))).dossier
        place = Place(PlaceStatus.HELD, ("region", "chu"), date(2024, 7, 1))
        held = replace(dossier, place=place)
        assert taken_places(quotas, [held, dossier], {"chu": 2}) == {"region": 3, "chu": 3}
        assert taken_places(quotas, [], {"region": 2}) == {"region": 2, "chu": 0}


class TestNeighbours:
    def test_the_same_doctor_is_pointed_out_on_the_second_filing(self):
        twice = '[[dossiers]]\nnumber = "NA-2"\nlike = "NA-1"\n'
        found = played(small(twice, event("2024-06-10", "submit", "candidate")))
        first, second = steps(found, "submit")
        assert "same_doctor" not in codes(first)
        assert "same_doctor" in codes(second)

    def test_two_names_with_one_rpps_are_one_doctor(self):
        other = '[[doctors]]\nid = "c2"\nrpps = "00000000010"\n[[dossiers]]\nnumber = "NA-2"\nlike = "NA-1"\n'
        text = small(other + 'candidate = "c2"\n', event("2024-06-10", "submit", "candidate"))
        assert "same_doctor" in codes(steps(played(text), "submit")[1])

    def test_a_project_split_by_the_committee_is_pointed_out(self):
        project = 'project = { id = "trinome", size = 3 }\n'
        rejected = event("2024-07-03", "reject", "head", 'reason = "motif"', dossier='"NA-1"')
        kept = event("2024-07-04", "select", "head", dossier='"NA-2"')
        found = played(three(*to_committee(), rejected, kept, extra=project))
        assert "project_split" in codes(step(found, "select"))


def test_signatories_have_their_dates():
    both = (Signatory("a", since=date(2024, 7, 1)), Signatory("b", until=date(2024, 6, 30)))
    assert signatories_on(both, date(2024, 6, 30)) == ("b",)
    assert signatories_on(both, date(2024, 7, 1)) == ("a",)
    assert signatories_on((), date(2024, 7, 1)) is None


@pytest.fixture
def world() -> World:
    """A world with one dossier, complete."""
    found = played(three(*to_committee()))
    dossier = next(r.dossier for r in found.dossiers if r.dossier.number == "NA-1")
    world = World(call_of("na-2024"), datetime(2024, 7, 3, 8, tzinfo=UTC))
    world.open(replace(dossier, last=None, version=0))
    return world


def attempt(world: World, act: str, by: Actor = HEAD, **inputs: Any) -> Sequence[str]:
    answer = world.act("NA-1", act, ACTS[act].inputs(**inputs), by)
    return () if isinstance(answer, Decision) else sorted(answer.codes)


class TestJournal:
    def test_it_folds_to_the_dossier(self, world):
        assert attempt(world, "select") == ()
        assert attempt(world, "notify", signed_by="x") == ()
        assert attempt(world, "declare_complete", INSTRUCTOR) == ["wrong_state"]
        changes = [entry.decision.changes for entry in world.journals["NA-1"]]
        assert len(changes) == 2
        assert fold(world.drafts["NA-1"], changes) == world.dossiers["NA-1"]

    def test_what_lies_around_is_never_stored(self, world):
        assert attempt(world, "select") == ()
        assert world.dossiers["NA-1"].around == Surroundings()
        assert world.view("NA-1").around.quotas[0].taken == 1

    def test_a_decision_is_undone_until_its_letters_left(self, world):
        before = world.dossiers["NA-1"]
        assert attempt(world, "reject", reason="motif") == ()
        world.now += timedelta(minutes=9)
        assert attempt(world, "revert", reason="erreur") == ()
        after = world.dossiers["NA-1"]
        assert (after.state, after.rejection, after.silence) == (State.COMMITTEE, None, before.silence)

    def test_afterwards_it_is_rectified(self, world):
        assert attempt(world, "reject", reason="motif") == ()
        world.now += timedelta(minutes=10)
        assert attempt(world, "revert", reason="erreur") == ["left_the_house"]
        assert attempt(world, "rectify", reason="erreur", legal_basis="CRPA art. L. 242-1") == ()
        assert world.dossiers["NA-1"].state is State.COMMITTEE

    def test_a_number_serves_once(self, world):
        with pytest.raises(ValueError, match="twice"):
            world.open(world.dossiers["NA-1"])


class TestExpectations:
    def test_a_wrong_state_is_missed(self):
        found = played(small(event("2024-06-10", "submit", "candidate", expect='"complete"')))
        assert len(found.unmet) == 1

    def test_a_refusal_must_have_exactly_its_codes(self):
        late = '"call_closed"'
        good = event("2024-06-20", "submit", "candidate", expect=f"[{late}]")
        short = event("2024-06-20", "submit", "candidate", expect=f'[{late}, "not_allowed"]')
        assert played(small(good)).unmet == ()
        assert len(played(small(short)).unmet) == 1

    def test_an_expected_refusal_that_goes_through_is_missed(self):
        found = played(small(event("2024-06-10", "submit", "candidate", expect='["call_closed"]')))
        assert len(found.unmet) == 1

    def test_a_warning_must_be_told(self):
        told = event("2024-06-10", "submit", "candidate", warns='["pieces_missing_at_filing"]')
        silent = event("2024-06-10", "submit", "candidate", warns='["same_doctor"]')
        assert played(small(told)).unmet == ()
        assert len(played(small(silent)).unmet) == 1

    def test_a_check_says_what_it_found(self):
        check = '[[checks]]\nat = 2024-06-11\nstate = "complete"\nsilence = 2024-08-10\ndelegated = 1\n'
        found = played(small(event("2024-06-10", "submit", "candidate"), check))
        lines = [line for line in found.history if isinstance(line, Checked)]
        assert [(line.wanted, line.found, line.met) for line in lines] == [
            ("Complet", "Déposé", False),
            ("10\u00a0août\u00a02024", "10\u00a0août\u00a02024", True),
            ("1,00\u00a0€", "0,00\u00a0€", False),
        ]

    def test_nothing_expected_is_nothing_missed(self):
        found = played(small(event("2024-06-20", "submit", "candidate")))
        assert (found.expected, found.unmet) == (0, ())
