"""Every scenario of the house is kept true, and the documentation knows them all."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

from backoffice.cli import main
from backoffice.cli.scenario_files import COMPLEMENTS, SCENARIOS
from tests.rehearsal.playing import SHIPPED, report, scenario_of, shipped
from workflows.acts import ACTS
from workflows.acts.base import ActInputs
from workflows.parts.candidates import Candidate
from workflows.rehearsal import scenario
from workflows.rehearsal.plain import to_json
from workflows.rehearsal.text import page

DOCUMENTATION = (Path(__file__).parents[2] / "docs" / "repetition.md").read_text("utf-8")
RUNS = [(name, variant) for name in SHIPPED for variant in scenario_of(name).variants]
CALLS = ("na-2024", "idf-2025", "cvl-ville-hopital", "ara-2017", "guyane-2020")


@pytest.mark.parametrize(("name", "variant"), RUNS)
def test_its_expectations_are_met(name, variant):
    found = shipped(name, variant)
    assert found.expected > 0
    assert found.unmet == ()


@pytest.mark.parametrize(("name", "variant"), RUNS)
def test_it_never_takes_more_places_than_there_are(name, variant):
    for quota in shipped(name, variant).quotas:
        assert quota.places is None or quota.highest <= quota.places


@pytest.mark.parametrize(("name", "variant"), RUNS)
def test_its_page_fits_and_its_json_can_be_read_back(name, variant):
    found = shipped(name, variant)
    for width in (60, 110):
        assert all(len(line) <= width for line in page(found, width).splitlines())
    assert json.loads(json.dumps(to_json(found))) == to_json(found)


def test_each_call_has_one():
    assert {scenario_of(name).file.call for name in SHIPPED} == set(CALLS)


def test_each_complement_serves():
    used = {scenario_of(name).file.complement for name in SHIPPED}
    assert {path.stem for path in (SCENARIOS / COMPLEMENTS).glob("*.toml")} == used - {None}


@pytest.mark.parametrize("name", SHIPPED)
def test_it_is_introduced_and_documented(name):
    assert scenario_of(name).file.about
    assert f"`{name}`" in DOCUMENTATION


def test_nobody_in_it_is_real():
    for path in SCENARIOS.rglob("*.toml"):
        text = path.read_text("utf-8")
        assert all(number.startswith("99") for number in re.findall(r'finess = "(.*)"', text))
        assert all(number.startswith("000") for number in re.findall(r'rpps = "(.*)"', text))
        assert "@" not in text


def members(table: type) -> set[str]:
    return {item.name for item in fields(table)}


def test_the_documentation_knows_every_key():
    tables = (
        scenario.ScenarioFile,
        scenario.Establishment,
        scenario.Doctor,
        scenario.Signatory,
        scenario.DossierFile,
        scenario.PlanPart,
        scenario.SessionFile,
        scenario.ParameterChange,
        scenario.EventFile,
        scenario.CheckFile,
    )
    keys = {"at", "inputs", "like", *(key for table in tables for key in members(table))}
    words = set(re.findall(r"[a-z_]+", DOCUMENTATION))
    assert sorted(keys - words) == []


def test_the_documentation_knows_every_act_and_what_it_takes():
    rows = [line for line in DOCUMENTATION.splitlines() if line.startswith("| `")]
    for name, act in ACTS.items():
        row = next((r for r in rows if f"`{name}`" in r.split("|")[1]), "")
        wanted = members(act.inputs) - members(ActInputs)
        told = row if "les mêmes" not in row else row + next(r for r in rows if "`withdraw`" in r.split("|")[1])
        assert row, name
        assert sorted(key for key in wanted if f"`{key}`" not in told) == [], name


def test_a_doctor_may_have_every_fact_a_candidate_has():
    assert members(Candidate) <= members(scenario.Doctor)


def test_the_first_example_of_the_documentation_plays(tmp_path, capsys):
    example = next(text for text in re.findall(r"```toml\n(.*?)```", DOCUMENTATION, re.DOTALL) if "title" in text)
    file = tmp_path / "essai.toml"
    file.write_text(example, "utf-8")
    assert main(["calls", "rehearse", "na-2024", str(file)]) == 0
    assert "toutes tenues" in capsys.readouterr().out


def test_a_rehearsal_is_repeatable():
    name = "na-2024-depart-annonce"
    first = to_json(shipped(name))
    shipped.cache_clear()
    assert to_json(shipped(name)) == first
    assert report(shipped(name)).dossier.version > 0
