"""One broken call file per kind of mistake: a valid call, one edit, and what the reader must be told."""

import tomllib
from pathlib import Path

import pytest

from tests.calls import QUOTA_SOURCES, TEXTS
from workflows.calls.errors import CallFileError, CallFileIssue
from workflows.calls.parse import parse_call

BASE = TEXTS["s1-marais"]
ACTS = frozenset({"submit", "defer", "notify", "select", "withdraw"})
BROKEN = tomllib.loads(Path(__file__).with_name("broken.toml").read_text("utf-8"))["mistakes"]


def edited(old: str, new: str) -> str:
    """The valid call after an edit, which must find its place once."""
    assert BASE.count(old) == 1, old
    return BASE.replace(old, new)


def mistakes(text: str) -> tuple[CallFileIssue, ...]:
    """What is wrong with a call."""
    with pytest.raises(CallFileError) as caught:
        parse_call(text, quota_sources=QUOTA_SOURCES, known_acts=ACTS)
    return caught.value.errors


def plain(message: str) -> str:
    """A message with ordinary spaces."""
    return message.replace("\u202f", " ").replace("\u00a0", " ")


def test_the_base_is_valid():
    assert parse_call(BASE, quota_sources=QUOTA_SOURCES, known_acts=ACTS).id == "s1-marais"


def test_each_broken_file_has_its_own_name_and_edit():
    assert len({broken["name"] for broken in BROKEN}) == len(BROKEN) >= 100
    assert len({(broken["old"], broken["new"]) for broken in BROKEN}) == len(BROKEN)


@pytest.mark.parametrize("broken", BROKEN, ids=[broken["name"] for broken in BROKEN])
def test_one_mistake_is_told_once_at_its_place(broken):
    text = edited(broken["old"], broken["new"])
    found = mistakes(text)
    assert [issue.path for issue in found] == [broken["path"]], [str(issue) for issue in found]
    (issue,) = found
    assert broken["words"] in plain(issue.message)
    if issue.line is None:
        assert broken["path"] == "title"
        return
    line = text.split("\n")[issue.line - 1]
    words = [part.partition("[")[0] for part in broken["path"].split(".")]
    assert any(word in line for word in words) or line.startswith("    {"), line
