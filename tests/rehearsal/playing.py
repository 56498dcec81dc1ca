"""Playing scenarios in tests: those of the house by name, and small ones written on the spot."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from backoffice.cli.scenario_files import SCENARIOS, load_together
from tests.builders import call_of
from workflows.calls.model import Call
from workflows.due import DueKind
from workflows.rehearsal.parse import ScenarioError, parse_scenario
from workflows.rehearsal.play import rehearse
from workflows.rehearsal.report import DossierReport, Fell, Opened, Rehearsal, Step
from workflows.rehearsal.scenario import Scenario
from workflows.states import State

SHIPPED = tuple(sorted(path.stem for path in SCENARIOS.glob("*.toml")))

#: Two establishments, a doctor and a dossier of Nouvelle-Aquitaine, for scenarios written on the spot.
PEOPLE = """
title = "Essai"
[[establishments]]
id = "mirabelle"
finess = "990000010"
name = "CH de Mirabelle"
kind = "ch"
department = "16"
ght = "charente"
priority = true
[[establishments]]
id = "tilleuls"
name = "CHU des Tilleuls"
kind = "chu"
department = "33"
[[doctors]]
id = "capucine"
name = "Capucine Bleuet"
rpps = "00000000010"
registered = true
"""
DOSSIER = """
[[dossiers]]
number = "NA-1"
opened_on = 2024-06-03
specialty = "geriatrie"
recruiter = "mirabelle"
partners = ["tilleuls"]
plan = [{ months = 24, half_days = { mirabelle = 5, tilleuls = 5 } }]
months = 24
wished_start = 2024-11-01
candidate = "capucine"
"""


@cache
def shipped(name: str, variant: str | None = None) -> Rehearsal:
    """A scenario of the house played against its call, with the complement it names."""
    scenario = parse_scenario((SCENARIOS / f"{name}.toml").read_text("utf-8"))
    call, played = load_together(scenario.file.call or "", name, None)
    return rehearse(played, call, variant)


def played(text: str, call: Call | None = None, variant: str | None = None) -> Rehearsal:
    """A scenario written on the spot, played against Nouvelle-Aquitaine as published unless another call is given."""
    return rehearse(parse_scenario(text), call or call_of("na-2024", completed=False), variant)


def small(*tables: str) -> str:
    """A scenario of one dossier, with these tables."""
    return PEOPLE + DOSSIER + "\n".join(tables)


def event(at: str, act: str, actor: str, inputs: str = "", **more: str) -> str:
    """The table of an event; the other keys are given as TOML values."""
    rest = "".join(f"{key} = {value}\n" for key, value in more.items())
    return f'[[events]]\nat = {at}\nact = "{act}"\nactor = "{actor}"\ninputs = {{ {inputs} }}\n{rest}'


def mistakes(text: str) -> dict[str, str]:
    """What is wrong with a scenario, by key path; the lines are left out."""
    try:
        parse_scenario(text)
    except ScenarioError as error:
        return {issue.path: issue.message for issue in error.errors}
    return {}


def steps(found: Rehearsal, act: str, dossier: str | None = None) -> list[Step]:
    """The attempts at an act."""
    lines = [line for line in found.history if isinstance(line, Step) and line.act == act]
    return [line for line in lines if dossier in {None, line.dossier}]


def step(found: Rehearsal, act: str, dossier: str | None = None) -> Step:
    """The only attempt at an act."""
    (line,) = steps(found, act, dossier)
    return line


def codes(line: Step) -> set[str]:
    """The codes told by an attempt."""
    return {finding.code for finding in line.findings}


def due(found: Rehearsal, kind: DueKind, dossier: str | None = None) -> list[date]:
    """The days on which something of a kind was told."""
    lines = [line for line in found.history if isinstance(line, Fell) and line.due.kind is kind]
    return [line.due.on for line in lines if dossier in {None, line.dossier}]


def local(found: Rehearsal, line: Step | Fell | Opened) -> datetime:
    """The instant of a line on the clock of the authority, without its offset."""
    return line.at.astimezone(ZoneInfo(found.zone)).replace(tzinfo=None)


def at(text: str) -> datetime:
    """An instant on the clock of the authority, without its offset."""
    return datetime.fromisoformat(text)


def states(found: Rehearsal, dossier: str | None = None) -> list[tuple[date, State]]:
    """The states a dossier went through, each with the day it was reached."""
    moves = [line for line in found.history if isinstance(line, Step) and line.target not in {None, line.source}]
    return [(local(found, m).date(), m.target) for m in moves if m.target and dossier in {None, m.dossier}]


def report(found: Rehearsal, dossier: str | None = None) -> DossierReport:
    """The account of a dossier, the only one by default."""
    (one,) = [r for r in found.dossiers if dossier in {None, r.dossier.number}]
    return one


def scenario_of(name: str) -> Scenario:
    """A scenario of the house, read."""
    return parse_scenario((SCENARIOS / f"{name}.toml").read_text("utf-8"))
