"""Quota sources: totals that hold, "dont" counted once, and the quotas of a call that take their places from one."""

import pytest

from tests.calls import QUOTA_SOURCES, TEXTS, synthetic
from tests.workflows.calls.test_broken_files import plain
from workflows.calls.errors import CallFileError
from workflows.calls.parse import parse_call
from workflows.calls.quota_source import parse_quota_source
from workflows.calls.sources import Origin, Sourced

NOTE = QUOTA_SOURCES["note-2032"]
CALL = TEXTS["s2-grande-foret"]


def told(old: str, new: str) -> dict[str, str]:
    """What is told of the note after an edit, by path."""
    assert NOTE.count(old) == 1, old
    with pytest.raises(CallFileError) as caught:
        parse_quota_source(NOTE.replace(old, new))
    return {issue.path: plain(issue.message) for issue in caught.value.errors}


def test_a_source_is_read_with_its_ensembles():
    source = parse_quota_source(NOTE)
    assert source.id == "note-2032"
    assert [(c.id, c.rule, c.places) for c in source.categories] == [("II", "S2-18", 12), ("III", "S2-19", 9)]
    entries = {entry.id: entry for entry in source.entries}
    assert (entries["II:mers"].region, entries["II:mers"].places) == (None, 7)
    assert (entries["II:04"].within, entries["II:04"].note) == ("II:mers", "déduit : 7 − 4")


@pytest.mark.parametrize(
    ("old", "new", "path", "words"),
    [
        ("places = 12", "places = 19", "categories[0].places", "font 12 places, la catégorie en déclare 19"),
        ('region = "03"\nplaces = 5', 'region = "03"\nplaces = 6', "categories[0].places", "font 13 places"),
        ('region = "06"\nplaces = 4', 'region = "06"\nplaces = 5', "entries[1].places", "font 8 places, plus que 7"),
        ('within = "II:mers"\nnote', 'within = "II:mer"\nnote', "entries[3].within", "n’existe pas"),
        ('within = "II:mers"\nnote', 'within = "II:06"\nnote', "entries[3].within", "ne peut pas en contenir"),
        ('id = "III:52"\n', 'id = "III:52"\nwithin = "II:mers"\n', "entries[4].within", "même catégorie"),
        ('region = "03"', 'region = "3"', "entries[0].region", "INSEE"),
        ('category = "III"', 'category = "IV"', "entries[4].category", "n’est pas décrite"),
        ('label = "Lagon"', "label = 3", "entries[2].label", "Un texte est attendu"),
        ('label = "Volcan"', 'nom = "Volcan"', "entries[3].nom", "Clé inconnue"),
        ('rule = "S2-18"\ncategories', "categories", "rule", "Valeur manquante"),
    ],
    ids=["total", "entry", "ensemble", "within", "nested", "mixed", "region", "category", "shape", "key", "missing"],
)  # fmt: skip
def test_a_mistake_in_a_source_is_told(old, new, path, words):
    found = told(old, new)
    assert path in found
    assert words in found[path]


def test_an_id_given_twice_is_told_at_both():
    found = told('id = "II:04"', 'id = "II:06"')
    assert {"entries[2].id", "entries[3].id"} <= found.keys()


def test_places_inside_an_ensemble_are_not_added_twice():
    source = parse_quota_source(NOTE)
    assert sum(entry.places for entry in source.entries if entry.category == "II") == 19
    assert source.categories[0].places == 12


def test_a_quota_takes_its_places_and_the_rule_of_its_category():
    quotas = {quota.id: quota for quota in synthetic("s2-grande-foret").parameters.quotas}
    assert quotas["total"].places == Sourced(5, Origin.PRINTED, "S2-18")
    assert quotas["total"].source == "note-2032:II:03"


def test_a_source_may_serve_twice():
    text = CALL.replace('places = { value = 2, rule = "S2-17" }', 'source = "note-2032:II:03"').replace(
        'within = "fleuve"\n', 'within = "total"\n'
    )
    quotas = parse_call(text, quota_sources=QUOTA_SOURCES).parameters.quotas
    assert [quota.places.value for quota in quotas] == [5, None, 5]


def test_deduced_places_say_so():
    text = CALL.replace('region = "03"\nzone = "America/Cayenne"', 'region = "04"\nzone = "Indian/Reunion"')
    text = text.replace('calendar = "guyane"', 'calendar = "reunion"').replace('zone = "America/', 'zone = "America/')
    text = text.replace('bound = "avant le", zone = "America/Cayenne"', 'bound = "avant le", zone = "Indian/Reunion"')
    call = parse_call(text.replace("note-2032:II:03", "note-2032:II:04"), quota_sources=QUOTA_SOURCES)
    assert call.parameters.quotas[0].places == Sourced(3, Origin.PRINTED, "S2-18", "déduit : 7 − 4")


def test_places_of_a_source_may_come_under_rules_of_another_text():
    source = NOTE.replace('"S2-18"', '"NI-04"').replace('"S2-19"', '"NI-06"')
    call = parse_call(CALL, quota_sources={"note-2032": source})
    assert call.parameters.quotas[0].places.rule == "NI-04"


def test_a_source_with_mistakes_is_told_at_every_quota_that_names_it():
    start, end = (
        CALL.index('places = { unknown = true, rule = "S2-17"'),
        CALL.index('\n\n[[parameters.quotas]]\nid = "fleuve-'),
    )
    twice = f'{CALL[:start]}source = "note-2032:II:03"{CALL[end:]}'
    with pytest.raises(CallFileError) as caught:
        parse_call(twice, quota_sources={"note-2032": NOTE.replace("places = 12", "places = 13")})
    messages = {issue.path: plain(issue.message) for issue in caught.value.errors}
    assert set(messages) == {"parameters.quotas[0].source", "parameters.quotas[1].source"}
    assert "la catégorie en déclare 13" in messages["parameters.quotas[0].source"]


@pytest.mark.parametrize("broken", ["parameters = 3", "[parameters]\nquotas = 3", "[parameters]\nquotas = [3]"])
def test_quotas_that_are_no_tables_are_left_to_the_shape(broken):
    with pytest.raises(CallFileError) as caught:
        parse_call(broken, quota_sources=QUOTA_SOURCES)
    assert any(issue.path.startswith("parameters") for issue in caught.value.errors)
