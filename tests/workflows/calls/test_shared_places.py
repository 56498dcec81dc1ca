"""The places of a source go to one call: another that would award them again is refused (A17, DGOS annex)."""

from dataclasses import replace

import pytest

from backoffice.callfiles import quota_sources
from tests.builders import call_of
from workflows.calls.model import Call
from workflows.calls.parameters import Quota
from workflows.calls.shared_places import shared_places
from workflows.calls.sources import Origin, Sourced

SOURCES = quota_sources()


def calling(id_: str, *quotas: Quota) -> Call:
    base = call_of("guyane-2020")
    return replace(base, id=id_, parameters=replace(base.parameters, quotas=quotas))


def quota(entry: str | None, within: str | None = None, **conditions: object) -> Quota:
    places = Sourced(6, Origin.PRINTED, "DG-04")
    source = f"dgos-2020:{entry}" if entry else None
    found = Quota(entry or "propre", f"Postes {entry}", places, within, "II", source=source)
    return replace(found, **conditions)  # type: ignore[arg-type]


GUYANE = calling("guyane-2020", quota("II:03"))
REUNION = calling("reunion-2020", quota("II:OI"), quota("II:04", within="II:OI"))
MAYOTTE = calling("mayotte-2020", quota("II:06"))


@pytest.mark.parametrize(
    ("mine", "other"),
    [
        (calling("guyane-2020-b", quota("II:03")), GUYANE),
        # all of the ensemble, beside a part of it
        (calling("ocean-indien", quota("II:OI")), MAYOTTE),
        (MAYOTTE, calling("ocean-indien", quota("II:OI"))),
        # a part that bounds only some of the dossiers leaves the others in the ensemble
        (calling("reunion-2020", quota("II:OI"), quota("II:04", "II:OI", departments=("974",))), MAYOTTE),
    ],
    ids=["the same", "around", "inside", "some only"],
)
def test_two_calls_that_would_award_the_same_places_are_told(mine: Call, other: Call):
    (told,) = shared_places(mine, [GUYANE if other is not GUYANE else MAYOTTE, other], SOURCES)
    assert other.id in told
    assert "dgos-2020:II:" in told
    assert "sans « source »" in told


@pytest.mark.parametrize(
    ("mine", "other"),
    [
        (REUNION, MAYOTTE),
        (MAYOTTE, REUNION),
        (calling("mayotte-2020", quota("II:OI"), quota("II:06", within="II:OI")), REUNION),
        (GUYANE, REUNION),
        (calling("guyane-2020-b", quota(None)), GUYANE),
        (calling("guyane-2020-b"), GUYANE),
        (GUYANE, call_of("na-2024")),
    ],
    ids=["parts", "parts too", "both name the whole", "apart", "its own places", "no quota", "no source"],
)
def test_calls_of_other_places_stand_beside_each_other(mine: Call, other: Call):
    assert shared_places(mine, [other], SOURCES) == ()
