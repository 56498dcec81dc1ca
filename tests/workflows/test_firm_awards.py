"""A quota that is lowered later: what it shakes, and what it leaves alone (A18, reference 3.5c)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders import Hat, quota_uses
from tests.lives import Life, life_of
from workflows.decide import Decision, Refused
from workflows.parts.awards import Award
from workflows.parts.places import PlaceStatus
from workflows.parts.requests import Repercussions
from workflows.states import State


def lowered(life: Life) -> Life:
    """The same life once its quotas hold fewer places than are taken."""
    life.quotas = tuple(replace(use, places=3, taken=4) for use in quota_uses(life.call, life.dossier, 3))
    return life


def recounted(life: Life) -> Life:
    """The same life once the machine counted its place again, if it had anything to count."""
    answer = life.attempt("recount_place", Hat.CLOCK)
    if isinstance(answer, Decision):
        life.apply(answer)
    return life


def under_reserve(state: State) -> Life:
    """Selected, or notified, while the quota was unknown."""
    life = life_of("na-2024").to(State.COMMITTEE).on(life_of("na-2024").profile.judged)
    life.do("record_opinion", Hat.INSTRUCTOR)
    life.quotas = tuple(replace(use, places=None) for use in quota_uses(life.call, life.dossier, 3))
    return life.on(life.profile.decided).do("select", Hat.HEAD).to(state)


def status(life: Life) -> PlaceStatus:
    assert life.dossier.place is not None
    return life.dossier.place.status


def award(life: Life) -> Award:
    assert life.dossier.award is not None
    return life.dossier.award


def test_an_award_that_nobody_was_told_of_waits_for_persons_when_the_quota_is_lowered():
    life = recounted(lowered(life_of("na-2024").to(State.SELECTED)))
    assert status(life) is PlaceStatus.PROVISIONAL
    assert isinstance(life.attempt("back_to_reserve", Hat.HEAD), Decision)


def test_an_award_notified_without_reserve_keeps_its_place_whatever_the_quota_becomes():
    life = recounted(lowered(life_of("na-2024").to(State.NOTIFIED).later(20)))
    assert status(life) is PlaceStatus.CONFIRMED
    assert not award(life).conditional
    answer = life.attempt("back_to_reserve", Hat.HEAD)
    assert isinstance(answer, Refused)
    assert answer.codes == {"award_is_firm"}
    assert "contradictoire" in answer.findings[0].remedy


def test_an_award_notified_under_reserve_goes_back_to_the_list_until_its_place_is_confirmed():
    life = lowered(under_reserve(State.NOTIFIED).later(4))
    assert isinstance(life.copy().attempt("back_to_reserve", Hat.HEAD), Decision)
    life.quotas = None
    life.do("confirm_place", Hat.INSTRUCTOR)
    answer = recounted(lowered(life)).attempt("back_to_reserve", Hat.HEAD)
    assert isinstance(answer, Refused)
    assert answer.codes == {"award_is_firm"}


@pytest.mark.parametrize("changed", [Repercussions.NONE, Repercussions.PROJECT])
def test_a_replacement_keeps_the_place_of_a_firm_award_unless_the_award_is_made_again(changed: Repercussions):
    life = life_of("na-2024").to(State.WITHDRAWN).later(5).propose_replacement(repercussions=(changed,))
    lowered(life).do("replace", Hat.HEAD)
    again = life.dossier.state is State.SELECTED
    assert again is (changed is not Repercussions.NONE)
    assert status(life) is (PlaceStatus.PROVISIONAL if again else PlaceStatus.CONFIRMED)
    assert award(life).conditional is again


def test_a_replacement_under_reserve_stays_under_reserve_while_the_quota_is_short():
    life = under_reserve(State.NOTIFIED).later(4).do("report_withdrawal", Hat.RECRUITER)
    life.do("withdraw", Hat.INSTRUCTOR, request=life.dossier.requests[-1].id).later(3).propose_replacement()
    lowered(life).do("replace", Hat.HEAD)
    assert status(life) is PlaceStatus.PROVISIONAL
    assert award(life).conditional
