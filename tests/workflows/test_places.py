"""Quotas inside quotas: which ones a dossier counts in, and which places are kept for others."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import Hat, finess, quota_uses, site
from tests.lives import Life, life_of
from tests.workflows.cases import printed
from workflows.calls.parameters import Quota
from workflows.decide import Decision, Refused
from workflows.parts.places import kept_for_others, quotas_of
from workflows.sites import Site, SiteKind, SiteRole
from workflows.states import State

MIMOSA = site(71, "CH du Mimosa", SiteRole.RECRUITER, SiteKind.CH, "19", ght="vergers")
GENET = site(72, "CH du Genêt", SiteRole.PARTNER, SiteKind.CH, "23", ght="landes")


def quota(id_: str, places: int | None, **of: object) -> Quota:
    return replace(Quota(id_, id_.capitalize(), printed(places)), **of)  # type: ignore[arg-type]


REGION = quota("region", 8)
NORTH = quota("nord", 5, within="region", departments=("19", "87"))
ORCHARDS = quota("vergers", 3, within="region", ghts=("vergers",))
MINE = quota("mimosa", 3, within="nord", finess=MIMOSA.id)
PHARMACY = quota("mimosa-pharmacie", 1, within="mimosa", finess=MIMOSA.id, specialty="pharmacie_hospitaliere")
OVERSEAS = quota("outre-mer", 2, category="II")
ALL = (REGION, NORTH, ORCHARDS, MINE, PHARMACY, OVERSEAS)


def counted(*sites: Site, category: str = "I", specialty: str = "geriatrie") -> set[str]:
    return {q.id for q in quotas_of(ALL, category=category, specialty=specialty, sites=sites)}


def test_a_dossier_counts_in_every_quota_it_meets_and_in_those_around_them():
    assert counted(MIMOSA, GENET) == {"region", "nord", "vergers", "mimosa"}
    assert counted(MIMOSA, GENET, specialty="pharmacie_hospitaliere") == {
        *("region", "nord", "vergers", "mimosa", "mimosa-pharmacie")
    }
    assert counted(replace(MIMOSA, department="64", ght=None, id=finess(79)), category="II") == {"region", "outre-mer"}


@pytest.mark.parametrize(
    ("changed", "without"),
    [({"department": "33"}, "nord"), ({"ght": "landes"}, "vergers"), ({"id": finess(79)}, "mimosa")],
)
def test_each_condition_alone_keeps_a_dossier_out(changed, without):
    found = counted(replace(MIMOSA, **changed))
    if without == "nord":  # an earmarked quota within it takes the dossier there all the same
        assert counted(replace(MIMOSA, **changed, id=finess(79))) == {"region", "vergers"}
    else:
        assert without not in found
    assert "region" in found


def test_an_establishment_is_earmarked_as_recruiter_only():
    partner = replace(MIMOSA, role=SiteRole.PARTNER)
    assert "mimosa" not in counted(replace(GENET, role=SiteRole.RECRUITER), partner)


# Earmarked places are left to those they are for.


def kept(own: set[str], **taken: int) -> dict[str, int]:
    return kept_for_others(ALL, own, {name.replace("_", "-"): n for name, n in taken.items()})


def test_places_earmarked_for_another_are_kept_in_every_quota_around_them():
    assert kept({"region", "nord"}) == {"region": 3, "nord": 3}
    assert kept({"region", "nord"}, mimosa=2) == {"region": 1, "nord": 1}
    assert kept({"region", "nord"}, mimosa=3) == {"region": 0, "nord": 0}
    assert kept({"region", "nord"}, mimosa=4) == {"region": 0, "nord": 0}


def test_within_ones_own_earmark_only_the_narrower_one_is_kept():
    own = {"region", "nord", "mimosa"}
    assert kept(own) == {"region": 1, "nord": 1, "mimosa": 1}
    assert kept(own, mimosa_pharmacie=1) == {"region": 0, "nord": 0, "mimosa": 0}
    assert kept({*own, "mimosa-pharmacie"}) == {"region": 0, "nord": 0, "mimosa": 0, "mimosa-pharmacie": 0}


def test_an_earmark_of_unknown_size_keeps_nothing():
    quotas = (REGION, replace(MINE, within="region", places=printed(None)))
    assert kept_for_others(quotas, {"region"}, {}) == {"region": 0}


@given(st.integers(0, 9), st.integers(0, 9))
def test_nothing_is_kept_beyond_what_is_earmarked(mine, pharmacy):
    found = kept({"region"}, mimosa=mine, mimosa_pharmacie=pharmacy)["region"]
    assert 0 <= found <= 3
    assert found == max(0, 3 - mine)


def chosen(taken: int, kept_: int) -> Life:
    life = life_of("na-2024").to(State.COMMITTEE)
    life.on(life.profile.judged).do("record_opinion", Hat.INSTRUCTOR)
    life.on(life.profile.decided)
    life.quotas = tuple(replace(q, places=8, taken=taken, kept=kept_) for q in quota_uses(life.call, life.dossier, 0))
    return life


@pytest.mark.parametrize(
    ("taken", "kept_", "codes"),
    [(4, 3, set()), (5, 3, {"places_earmarked"}), (7, 3, {"places_earmarked"}), (8, 0, {"no_place_left"})],
)
def test_a_place_is_left_beside_those_that_are_kept(taken, kept_, codes):
    answer = chosen(taken, kept_).attempt("select", Hat.HEAD)
    assert (answer.codes if isinstance(answer, Refused) else set()) == codes


def test_a_head_may_release_earmarked_places_with_a_reason():
    lifts = {"places_earmarked": "aucun dossier du Mimosa cette année"}
    assert isinstance(chosen(5, 3).attempt("select", Hat.HEAD, lifts=lifts), Decision)
