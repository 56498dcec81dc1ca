"""The five real calls say what their texts say, with the rule of each value."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.calls_real.reading import REAL, UNKNOWN, call, plain, rules, sourced, text_of, told
from tests.calls_real.values import TABLES
from workflows.calls.model import Channel
from workflows.calls.notes import Topic
from workflows.calls.sources import Origin
from workflows.french import typography
from workflows.sites import Site, SiteKind, SiteRole
from workflows.specialties import SPECIALTIES, Filiere, in_group

FAMILIES = {
    "na-2024": ("NA", 29),
    "idf-2025": ("IDF", 15),
    "cvl-ville-hopital": ("CVL", 19),
    "ara-2017": ("ARA", 18),
    "guyane-2020": ("DG", 12),
}
EACH = pytest.mark.parametrize("name", REAL)
LEAVES = [(name, path) for name, table in TABLES.items() for path in table]


@EACH
def test_every_rule_of_the_text_is_in_the_file(name):
    prefix, last = FAMILIES[name]
    cited = set(rules(call(name)))
    assert [f"{prefix}-{n:02}" for n in range(1, last + 1) if f"{prefix}-{n:02}" not in cited] == []
    assert (call(name).rules.prefix, call(name).rules.last) == (prefix, last)


@pytest.mark.parametrize(("name", "path"), LEAVES, ids=lambda value: value)
def test_the_value_and_its_rule(name, path):
    assert told(name, path) == TABLES[name][path]


@EACH
def test_no_value_is_missing_from_the_tables(name):
    pieces = re.compile(r"clauses\.pieces\.\d+\.required")
    assert {path for path, _ in sourced(call(name)) if not pieces.fullmatch(path)} == TABLES[name].keys()


@EACH
def test_the_origin_follows_from_the_rule(name):
    prefix, last = FAMILIES[name]
    for path, value in sourced(call(name)):
        if re.fullmatch(rf"{prefix}-\d\d", value.rule):
            assert value.origin in {Origin.PRINTED, Origin.UNKNOWN}, path
            assert value.origin is Origin.PRINTED or value.rule in {f"{prefix}-{last}", "CVL-14"}, path
        elif re.fullmatch(r"[AJL]\d+", value.rule):
            assert value.origin is Origin.DEFAULT, path
        else:
            assert value.origin is Origin.LAW, path
            assert re.match(r"(CRPA|CSP|décret) ?", value.rule), path


@EACH
def test_nothing_unknown_carries_a_value(name):
    silences = [path for path, value in sourced(call(name)) if not value.is_known]
    assert silences
    assert all(TABLES[name][path][1] == UNKNOWN for path in silences)


@EACH
def test_french_texts_are_typeset(name):
    values = [line.partition("#")[0] if line.startswith("#") else line for line in text_of(name).splitlines()]
    texts = [text for line in values for text in re.findall(r'"([^"]*)"', line)]
    assert [text for text in texts if " " in text and typography(text) != text] == []


@EACH
def test_no_address_is_invented_nor_real(name):
    assert "@" not in text_of(name)
    assert call(name).authority.email is None


AUTHORITIES = {
    "na-2024": ("ARS Nouvelle-Aquitaine", "75", "Europe/Paris", "metropole", "I"),
    "idf-2025": ("ARS Île-de-France", "11", "Europe/Paris", "metropole", "I"),
    "cvl-ville-hopital": ("ARS Centre-Val de Loire", "24", "Europe/Paris", "metropole", "III"),
    "ara-2017": ("ARS Auvergne-Rhône-Alpes", "84", "Europe/Paris", "metropole", "I"),
    "guyane-2020": ("ARS Guyane", "03", "America/Cayenne", "guyane", "II"),
}


@EACH
def test_the_agency(name):
    found, authority = call(name), call(name).authority
    told_by_file = (authority.name, authority.region, authority.zone, authority.calendar, found.category)
    assert (found.id, told_by_file) == (name, AUTHORITIES[name])


PROMOTIONS = {
    "na-2024": "2024",
    "idf-2025": "2025",
    "cvl-ville-hopital": None,
    "ara-2017": "2017",
    "guyane-2020": "2020-2022",
}


@EACH
def test_the_promotion(name):
    assert call(name).promotion == PROMOTIONS[name]


CLOSINGS = {
    "na-2024": (date(2024, 6, 14), datetime(2024, 6, 14, 22, tzinfo=UTC)),
    "idf-2025": (date(2025, 4, 30), datetime(2025, 4, 30, 22, tzinfo=UTC)),
    "ara-2017": (date(2017, 4, 29), datetime(2017, 4, 29, 22, tzinfo=UTC)),
}


@pytest.mark.parametrize("name", CLOSINGS)
def test_the_closing_instant(name):
    closing = call(name).parameters.closing.needed
    last_day, instant = CLOSINGS[name]
    assert (closing.last_day, closing.at) == (last_day, instant)
    assert closing.accepts(instant - timedelta(microseconds=1))
    assert not closing.accepts(instant)


SESSIONS = {
    "na-2024": [("NA-27", date(2024, 7, 1), date(2024, 7, 31))],
    "idf-2025": [("IDF-14", date(2025, 6, 9), date(2025, 6, 15))],
    "cvl-ville-hopital": [],
    "ara-2017": [],
    "guyane-2020": [],
}


@EACH
def test_the_sessions(name):
    assert [(s.rule, s.first, s.last) for s in call(name).parameters.sessions] == SESSIONS[name]


CRITERIA = {
    "na-2024": ["NA-10", "NA-08", "NA-09"],
    "idf-2025": ["IDF-10", *["IDF-11"] * 5],
    "cvl-ville-hopital": [],
    "ara-2017": ["ARA-17"] * 4,
    "guyane-2020": [],
}


@EACH
def test_the_criteria(name):
    assert [c.rule for c in call(name).clauses.committee.criteria] == CRITERIA[name]


NOTES = {
    "na-2024": {"NA-01", "NA-03", "NA-06", "NA-07", "NA-16", "NA-24", "NA-26", "NA-29"},
    "idf-2025": {"IDF-05", "IDF-09", "IDF-15"},
    "cvl-ville-hopital": {"CVL-02", "CVL-11", "CVL-12", "CVL-13", "CVL-16"},
    "ara-2017": {"ARA-01", "ARA-07", "ARA-10", "ARA-11", "ARA-12"},
    "guyane-2020": {f"DG-{n:02}" for n in (1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12)},
}


@EACH
def test_the_clauses_told_in_words(name):
    notes = call(name).clauses.notes
    assert {note.rule for note in notes} == NOTES[name]
    assert all(note.text.endswith((".", "…")) for note in notes)


def test_words_that_must_be_there():
    words = {
        ("na-2024", "NA-26"): "9 pour deux établissements, 12 pour trois",
        ("na-2024", "NA-24"): "quatre parties",
        ("cvl-ville-hopital", "CVL-11"): "moins de 20 km",
        ("ara-2017", "ARA-07"): "dans la même proportion",
        ("guyane-2020", "DG-03"): "250 postes",
        ("guyane-2020", "DG-06"): "100 postes",
        ("guyane-2020", "DG-08"): "50\u00a0%",
    }
    for (name, rule), expected in words.items():
        texts = [note.text for note in call(name).clauses.notes if note.rule == rule]
        assert any(expected in text for text in texts), rule


@EACH
def test_notes_stand_where_people_look(name):
    topics = {note.topic for note in call(name).clauses.notes}
    assert topics <= set(Topic)
    assert topics - {Topic.GENERAL}


def site(kind: SiteKind, department: str, ght: str | None = None, zone: str | None = None) -> Site:
    zones = frozenset({zone} if zone else ())
    return Site("990000001", "990000002", "CH de la Garance", SiteRole.RECRUITER, kind, department, ght, zones)


@pytest.mark.parametrize(
    ("department", "ght", "rank"),
    [
        ("16", "charente", 1),
        ("17", "saintonge", 1),
        ("19", "limousin", 1),
        ("23", "limousin", 1),
        ("87", "limousin", 2),
        ("24", "dordogne", 1),
        ("40", "landes", 1),
        ("47", "lot-et-garonne", 1),
        ("79", "deux-sevres", 1),
        ("33", "alliance-de-gironde", None),
        ("86", "vienne", None),
        ("19", None, None),
    ],
)
def test_na_territory(department, ght, rank):
    areas = call("na-2024").clauses.gates.territories[0].areas.needed
    ranks = [a.rank for a in areas if a.selector.matches(site(SiteKind.CH, department, ght))]
    assert ranks == ([] if rank is None else [rank])


def test_na_time_counts_outside_the_university_hospital():
    printed, stricter = call("na-2024").clauses.gates.time_shares
    assert printed.selector.matches(site(SiteKind.CH, "19"))
    assert not printed.selector.matches(site(SiteKind.CHU, "87"))
    assert not stricter.selector.matches(site(SiteKind.CH, "19"))


def test_cvl_territory_and_time():
    gates = call("cvl-ville-hopital").clauses.gates
    assert gates.territories[0].areas.needed[0].selector.matches(site(SiteKind.MSP, "36", zone="sous_dense"))
    assert not gates.territories[0].areas.needed[0].selector.matches(site(SiteKind.MSP, "37"))
    hospital, ambulatory = gates.time_shares
    assert hospital.selector.matches(site(SiteKind.CH, "36"))
    assert not hospital.selector.matches(site(SiteKind.CDS, "36"))
    assert ambulatory.selector.matches(site(SiteKind.CDS, "36"))


def test_guyane_counts_the_months_overseas_and_asks_for_a_place_in_guyane():
    gates = call("guyane-2020").clauses.gates
    (overseas,), (territory,) = gates.time_shares, gates.territories
    assert overseas.selector.matches(site(SiteKind.CHU, "972"))
    assert not overseas.selector.matches(site(SiteKind.CHU, "75"))
    assert territory.areas.needed[0].selector.matches(site(SiteKind.CH, "973"))
    assert not territory.areas.needed[0].selector.matches(site(SiteKind.CH, "972"))


def test_specialties():
    only = call("idf-2025").clauses.gates.specialties.only
    assert only is not None
    assert all(any(in_group(code, group) for group in only.needed) for code in SPECIALTIES)
    assert {Filiere.PHARMACY, Filiere.ODONTOLOGY} <= {group.removeprefix("filiere:") for group in only.needed}
    excluded = call("cvl-ville-hopital").clauses.gates.specialties.excluded
    assert excluded is not None
    assert [c for c in SPECIALTIES if any(in_group(c, g) for g in excluded.needed)] == ["medecine_generale"]
    for name in ("na-2024", "ara-2017", "guyane-2020"):
        gate = call(name).clauses.gates.specialties
        assert (gate.only, gate.excluded) == (None, None)


def test_ara_asks_for_the_full_licence_at_the_start():
    (gate,) = plain("ara-2017")["clauses"]["gates"]["candidate"]
    assert (gate["fact"], gate["moment"]) == ("full_licence", "start")


def test_channels_have_french_words():
    assert [channel.label for channel in Channel] == [
        "en ligne",
        "par courriel",
        "par courrier postal",
        "en main propre",
    ]
