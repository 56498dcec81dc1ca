"""The machine: built once from the table, fired on a throw-away object, known to a single module."""

import ast
from pathlib import Path

import pytest
from transitions import MachineError

from workflows import machine
from workflows.acts import ACTS
from workflows.machine import fires
from workflows.states import State
from workflows.table import ALL_EDGES, CORRECTABLE, CORRECTIONS, EDGES, sources_of, targets_of

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("workflows", "backoffice", "workers", "config")
STEPS = [(edge, source) for edge in ALL_EDGES for source in edge.sources]


@pytest.mark.parametrize(("edge", "source"), STEPS, ids=lambda x: getattr(x, "trigger", str(x)))
def test_every_edge_fires(edge, source):
    assert fires(edge.act, source, edge.target, lambda: True)


@pytest.mark.parametrize(("edge", "source"), STEPS, ids=lambda x: getattr(x, "trigger", str(x)))
def test_guards_that_say_no_stop_it(edge, source):
    asked = []

    def no() -> bool:
        asked.append(1)
        return False

    assert not fires(edge.act, source, edge.target, no)
    assert asked == [1]


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: edge.trigger)
def test_an_edge_does_not_start_elsewhere(edge):
    allowed = {s for other in EDGES if other.trigger == edge.trigger for s in other.sources}
    for state in set(State) - allowed:
        with pytest.raises(MachineError):
            fires(edge.act, state, edge.target, lambda: True)


def test_an_unknown_act_is_a_mistake_of_the_caller():
    with pytest.raises(KeyError):
        fires("stamp", State.DRAFT, State.SUBMITTED, lambda: True)


def test_the_machine_holds_no_object():
    assert machine._MACHINE.models == []
    assert machine._Slot.__slots__ == ("state",)
    assert not hasattr(machine._Slot(State.DRAFT), "__dict__")


def test_the_machine_is_built_once():
    source = (ROOT / "workflows" / "machine.py").read_text("utf-8")
    calls = [
        n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "Machine"
    ]
    assert len(calls) == 1


def test_nobody_else_imports_transitions():
    found = []
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            tree = ast.parse(path.read_text("utf-8"))
            names = {a.name.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
            names |= {(n.module or "").split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
            if "transitions" in names:
                found.append(str(path.relative_to(ROOT)))
    assert found == ["workflows/machine.py"]


# The table itself, as the rules of the house print it.

HOUSE = {
    ("submit", "draft", "submitted"),
    ("register_received", "draft", "submitted"),
    ("declare_complete", "submitted", "complete"),
    ("reopen", "complete committee", "submitted"),
    ("declare_inadmissible", "submitted complete committee", "rejected"),
    ("put_to_committee", "complete", "committee"),
    ("take_back", "committee", "complete"),
    ("select", "committee reserve", "selected"),
    ("put_on_reserve", "committee", "reserve"),
    ("reject", "committee reserve", "rejected"),
    ("notify", "selected", "notified"),
    ("back_to_reserve", "selected notified", "reserve"),
    ("record_start", "notified", "in_post"),
    ("withdraw", "submitted complete committee reserve selected notified in_post", "withdrawn"),
    ("replace", "withdrawn", "notified"),
    ("replace", "withdrawn", "selected"),
    ("close", "withdrawn", "ended"),
    ("lapse", "notified selected", "rejected"),
    ("reexamine", "rejected", "complete"),
    ("reexamine", "rejected", "committee"),
    ("record_end", "in_post withdrawn", "ended"),
    ("open_clawback", "ended", "clawback"),
    ("settle", "clawback", "ended"),
}


def test_the_table_is_the_one_of_the_house():
    expected = {(act, source, to) for act, sources, to in HOUSE for source in sources.split()}
    assert {(e.act, s.value, e.target.value) for e in EDGES for s in e.sources} == expected


def test_every_state_can_be_reached_and_left():
    assert {e.target for e in EDGES} == set(State) - {State.DRAFT}
    assert {s for e in EDGES for s in e.sources} == set(State)


@pytest.mark.parametrize("name", CORRECTIONS)
def test_a_correction_goes_one_edge_back(name):
    backwards = {(e.target, s) for e in EDGES if e.act in CORRECTABLE for s in e.sources}
    assert {(s, t) for s in State for t in targets_of(name, s)} == backwards
    assert State.CLAWBACK not in sources_of(name)


def test_an_act_is_in_the_table_or_has_its_own_states():
    for name, act in ACTS.items():
        assert bool(act.sources) is (name not in {e.act for e in ALL_EDGES})
        assert bool(sources_of(name)) is not act.keeps_state
