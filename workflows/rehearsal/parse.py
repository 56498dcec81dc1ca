"""From the text of a scenario to a scenario, or to every mistake it holds."""

from __future__ import annotations

from collections.abc import Iterable

from workflows.calls.errors import CallFileError, Found, issues
from workflows.calls.salvage import read_shape
from workflows.calls.toml_text import TomlText, read_toml
from workflows.rehearsal.checks import check_scenario
from workflows.rehearsal.copies import doctors_of, named, openings_of
from workflows.rehearsal.scenario import Checkpoint, Event, Scenario, ScenarioFile
from workflows.rehearsal.tree import Regular, regular


class ScenarioError(CallFileError):
    """A scenario that cannot be played. `errors` holds every mistake found, in the order of the file."""


def parse_scenario(text: str) -> Scenario:
    """The scenario a TOML text describes. Raises `ScenarioError` with every mistake.

    What depends on the call (its quotas, its depositors) is checked when the scenario is played.
    """
    document = _read(text)
    made = regular(document.tree)
    file, unreadable = read_shape(ScenarioFile, made.tree)
    found = [*made.found, *(item for item in unreadable if item[0][:3] not in made.inherited)]
    found += check_scenario(file, made)
    if found:
        raise ScenarioError(issues(found, document.line))
    return _scenario(file, made)


def _read(text: str) -> TomlText:
    try:
        return read_toml(text)
    except CallFileError as error:
        raise ScenarioError(error.errors) from error


def _scenario(file: ScenarioFile, made: Regular) -> Scenario:
    openings = openings_of(*file.dossiers)
    numbers = tuple(o.number for o in openings)
    events = [
        Event(rank, made.moments["events", rank], event, named(event.dossier, numbers), made.inputs[rank])
        for rank, event in enumerate(file.events)
    ]
    checks = [
        Checkpoint(rank, made.moments["checks", rank], check, named(check.dossier, numbers))
        for rank, check in enumerate(file.checks)
    ]
    return Scenario(
        file=file,
        openings=openings,
        doctors={d.id: d for d in doctors_of(file.doctors)},
        events=tuple(sorted(events, key=lambda e: e.at)),
        checks=tuple(sorted(checks, key=lambda c: c.at)),
    )


def refuse(found: Iterable[Found]) -> None:
    """Raise `ScenarioError` for mistakes found while a scenario meets its call."""
    told = issues(found, lambda _: None)
    if told:
        raise ScenarioError(told)
