"""The national distribution 2020-2022, region by region, and the quotas of the calls."""

from __future__ import annotations

import pytest

from tests.calls_real.reading import REAL, call, quota_texts
from workflows.calls.quota_source import QuotaEntry, parse_quota_source
from workflows.regions import REGIONS

SOURCE = parse_quota_source(quota_texts()["dgos-2020"])

#: INSEE code -> (category I, category III).
METROPOLE = {
    "84": (17, 11),
    "27": (28, 6),
    "53": (13, 7),
    "24": (19, 6),
    "44": (23, 11),
    "32": (44, 9),
    "11": (11, 14),
    "28": (31, 7),
    "75": (19, 10),
    "76": (10, 6),
    "52": (20, 7),
    "93": (12, 5),
    "94": (3, 1),
}
OVERSEAS = {"01": 7, "02": 7, "03": 15, "04": 6, "06": 15}


def entries(category: str) -> list[QuotaEntry]:
    return [entry for entry in SOURCE.entries if entry.category == category]


@pytest.mark.parametrize(
    ("category", "rule", "total"), [("I", "DG-03", 250), ("II", "DG-04", 50), ("III", "DG-06", 100)]
)
def test_totals(category, rule, total):
    (declared,) = [c for c in SOURCE.categories if c.id == category]
    assert (declared.places, declared.rule) == (total, rule)
    assert sum(entry.places for entry in entries(category) if entry.within is None) == total


def test_a_naive_sum_of_the_printed_overseas_lines_is_wrong():
    assert sum(entry.places for entry in entries("II") if entry.note is None) == 65


@pytest.mark.parametrize("rank", [0, 1])
def test_mainland_regions(rank):
    category = ("I", "III")[rank]
    assert {e.region: e.places for e in entries(category)} == {r: n[rank] for r, n in METROPOLE.items()}


def test_overseas_regions():
    assert {e.region: e.places for e in entries("II") if e.region} == OVERSEAS


def test_ocean_indien_is_split_between_two_agencies():
    by_id = {entry.id: entry for entry in entries("II")}
    assert (by_id["II:OI"].places, by_id["II:OI"].region) == (21, None)
    assert [e.id for e in entries("II") if e.within == "II:OI"] == ["II:06", "II:04"]
    assert "21" in (by_id["II:04"].note or "")
    assert by_id["II:06"].note is None


def test_regions_bear_their_official_names():
    for entry in SOURCE.entries:
        if entry.region is not None:
            assert entry.label.replace("’", "'") == REGIONS[entry.region].name.replace("’", "'")
            assert entry.id == f"{entry.category}:{entry.region}"


def test_the_source():
    assert (SOURCE.id, SOURCE.rule) == ("dgos-2020", "DG-01")
    assert "DGOS/RH1/2020/147" in SOURCE.title


PLACES = {
    "na-2024": None,
    "idf-2025": None,
    "cvl-ville-hopital": 6,
    "ara-2017": None,
    "guyane-2020": 15,
}


@pytest.mark.parametrize("name", REAL)
def test_the_quota_of_each_call(name):
    (quota,) = call(name).parameters.quotas
    assert quota.places.value == PLACES[name]


def test_guyane_takes_its_places_from_the_note():
    (quota,) = call("guyane-2020").parameters.quotas
    assert (quota.source, quota.category, quota.places.rule) == ("dgos-2020:II:03", "II", "DG-04")
