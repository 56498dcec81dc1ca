"""No letter is forgotten: what acts, persons and sessions ask for has a line, a template, and a test that reads it."""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest

import workflows
from backoffice.services.letters import sessions, templates
from tests.letters import (
    pressed,
    test_asked,
    test_committee_content,
    test_content,
    test_decisions,
    test_procedure,
    test_recovery_letters,
    test_repayment_letters,
)
from workflows.describe import letter_name
from workflows.letters.asked import AskedLetter
from workflows.letters.kinds import KINDS
from workflows.letters.members import Sample, sample

#: Those who make letters, whose declarations are read when they are imported.
MAKERS = (
    test_asked,
    test_committee_content,
    test_content,
    test_decisions,
    test_procedure,
    test_recovery_letters,
    test_repayment_letters,
)
#: The letters of the reference.
REFERENCE = {*(f"L{n}" for n in range(1, 19) if n != 17), "L7b", "L8b", "L17a", "L17b", "L17c"}

#: What asks for a letter, and which of what it is given is its code.
_ASKING = {"letter": 0, "of_refusal": 1}
#: Where the code of a letter is not written at the call, and where it then comes from.
_ELSEWHERE = {
    "acts/told.py": (),  # of_refusal, which is given its code
    "acts/requests.py": ("L12", "L13"),  # _REFUSED_BY_LETTER
    "letters/asked.py": tuple(AskedLetter),
}


def calls() -> Iterator[tuple[str, ast.expr]]:
    """Every call that asks for a letter: its file, and the expression of its code."""
    root = Path(workflows.__file__).parent
    for path in sorted(root.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                if name in _ASKING and len(node.args) > _ASKING[name]:
                    yield str(path.relative_to(root)), node.args[_ASKING[name]]


def codes(given: ast.expr) -> set[str]:
    """The codes that an expression may be; empty when it does not say them."""
    if isinstance(given, ast.IfExp):
        return codes(given.body) | codes(given.orelse)
    return {str(given.value)} if isinstance(given, ast.Constant) else set()


def test_every_letter_that_is_asked_for_can_be_written() -> None:
    asked = {str(code) for found in _ELSEWHERE.values() for code in found} | {sessions.CONVOCATION, sessions.MINUTES}
    silent = set()
    for path, given in calls():
        asked |= codes(given)
        silent |= set() if codes(given) else {path}
    assert silent == _ELSEWHERE.keys(), "say where the codes of this call come from"
    assert asked == KINDS.keys()
    assert [code for code in sorted(asked) if letter_name(code) == code] == []


def test_every_letter_has_a_template_of_its_own_or_says_whose_it_shares() -> None:
    shipped = {code: templates.shipped(code).text for code in KINDS}
    assert [code for code, kind in KINDS.items() if kind.like and shipped[code] != shipped[kind.like]] == []
    own = [text for code, text in shipped.items() if not KINDS[code].like]
    assert len(set(own)) == len(own)


def test_every_letter_is_made_and_read_for_two_calls() -> None:
    assert KINDS.keys() >= REFERENCE
    assert all(maker.__name__.startswith("tests.letters.") for maker in MAKERS)
    calls_of = {code: {call_id for made, call_id in pressed.PRODUCED if made == code} for code in KINDS}
    assert {code: found for code, found in calls_of.items() if len(found) < 2} == {}
    assert {made for made, _ in pressed.PRODUCED} <= KINDS.keys()


PARTS = ("StructTreeRoot", "MarkInfo", "Lang", "ViewerPreferences", "Metadata", "OutputIntents", "FontFile")


def without(content: bytes, part: str) -> bytes:
    """A file without one of its parts, wherever it stands."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        holders = [made for made in pdf.objects if isinstance(made, pikepdf.Dictionary)]
        found = [(holder, key) for holder in holders for key in holder.as_dict() if key.startswith(f"/{part}")]
        assert found
        for holder, key in found:
            del holder[key]
        damaged = io.BytesIO()
        pdf.save(damaged)
        return damaged.getvalue()


def test_a_file_that_lacks_what_its_readers_need_is_seen() -> None:
    """The check that every letter goes through can fail, on each part that it looks at."""
    data = sample(KINDS["L9"].data, Sample.SHORTEST)
    whole = pressed.pdf_of("L9", data)
    pressed.check(whole, data.title)
    for part in PARTS:
        with pytest.raises((AssertionError, AttributeError, KeyError)):
            pressed.check(without(whole, part), data.title)
    with pytest.raises(AssertionError):
        pressed.check(whole, "Un autre titre")
