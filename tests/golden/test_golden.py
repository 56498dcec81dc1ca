"""The golden files are what the rules answer today."""

import pytest

from tests.golden.files import ROOT, STATES_PAGE, golden_files
from tests.golden.matrix import matrix_path
from tests.golden.scenes import scenes
from tests.profiles import PROFILES
from workflows.acts import ACTS
from workflows.states import State
from workflows.table import EDGES

FILES = golden_files()
ADVICE = "run `python -m tests.golden`, then read the diff line by line: every line that makes no sense is a bug"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_golden_file_is_up_to_date(path):
    written = path.read_text("utf-8") if path.exists() else ""
    assert written.splitlines() == FILES[path]().splitlines(), ADVICE


@pytest.mark.parametrize("call_id", PROFILES)
def test_a_matrix_has_one_nominal_dossier_per_state(call_id):
    firsts = dict(list(scenes(call_id))[: len(State)])
    assert {title: life.dossier.state.value for title, life in firsts.items()} == {s.value: s.value for s in State}


@pytest.mark.parametrize("call_id", PROFILES)
def test_every_change_of_state_goes_through_somewhere_in_the_matrix(call_id):
    text = matrix_path(call_id).read_text("utf-8")
    silent = {"rectify", "reopen"}  # nothing has left the house in these scenes; every piece is accepted
    expected = {(edge.act, edge.target) for edge in EDGES if edge.act not in silent}
    found = {
        (line.split()[0], State(line.split("-> ")[1].split(";")[0]))
        for line in text.splitlines()
        if "-> " in line and line[0].isalpha()
    }
    # a replacement with repercussions and a re-examination by the committee need other inputs than the nominal ones
    assert expected - found == {("replace", State.SELECTED), ("reexamine", State.COMMITTEE)}


def test_the_page_of_states_names_every_state_and_act_once():
    page = STATES_PAGE.read_text("utf-8")
    for state in State:
        assert page.count(f'state "{state.label}" as {state.value}') == 1
    for act in ACTS.values():
        assert page.count(f"`{act.name}`") == 1
    for edge in EDGES:
        for source in edge.sources:
            assert f"    {source.value} --> {edge.target.value}: " in page
