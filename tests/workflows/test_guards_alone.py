"""Every declared reason can be met alone, and is written as people should read it."""

import re

import pytest

from tests.workflows.cases import (
    CASES,
    award,
    budget,
    committee,
    contests,
    days,
    filing,
    gates,
    ledger,
    letters,
    money,
    post,
    receipts,
    reminders,
    repayment,
    replacement,
    terms,
)
from workflows.decide import Decision, Refused
from workflows.findings import Finding, Severity, declared_reasons

ROOMS = (
    *(award, budget, committee, contests, days, filing, gates, ledger),
    *(letters, money, post, receipts, reminders, repayment, replacement, terms),
)
REASONS = declared_reasons()

ORDINARY_SPACE_BEFORE = re.compile(r" [;:!?»%€]|« ")
NOTHING_BEFORE = re.compile(r"[^\s\u00a0\u202f0-9][;!?»](?!\w)|[^\s\u00a0\u202f]:(?!\w)")


def _stopping(answer: Decision | Refused) -> set[str]:
    return {f.code for f in answer.findings if f.severity is not Severity.WARNING}


def _found(answer: Decision | Refused, code: str) -> Finding:
    return next(f for f in answer.findings if f.code == code)


def test_every_declared_reason_has_its_case():
    assert {room.__name__.rpartition(".")[2] for room in ROOMS} >= {"filing", "money"}
    assert sorted(REASONS.keys() - CASES.keys()) == []
    assert sorted(CASES.keys() - REASONS.keys()) == []


@pytest.mark.parametrize("code", CASES)
def test_a_reason_stands_alone(code):
    answer = CASES[code]()
    if REASONS[code].severity is Severity.WARNING:
        assert isinstance(answer, Decision), [f.code for f in answer.findings]
        assert code in {f.code for f in answer.findings}
        return
    assert isinstance(answer, Refused)
    assert _stopping(answer) == {code}
    assert _found(answer, code).severity is REASONS[code].severity


@pytest.mark.parametrize("code", CASES)
def test_a_reason_is_written_for_people(code):
    found = _found(CASES[code](), code)
    for text in (found.sentence, found.remedy):
        assert text.strip() == text
        assert len(text) > 10
        assert text[-1] in ".!?"
        assert not set("{}'") & set(text)
        assert not ORDINARY_SPACE_BEFORE.search(text), text
        assert not NOTHING_BEFORE.search(text), text
        assert "None" not in text
        assert "  " not in text
    assert found.sentence[0].isupper() or found.sentence[0] in "«"
    assert found.remedy[0].isupper()
    assert found.sentence != found.remedy


@pytest.mark.parametrize("code", CASES)
def test_a_reason_says_the_same_thing_twice(code):
    first, second = CASES[code](), CASES[code]()
    assert first == second


@pytest.mark.parametrize("code", [c for c in CASES if REASONS[c].severity is Severity.HOLD])
def test_a_hold_rests_on_a_default_or_a_clause(code):
    assert _found(CASES[code](), code).rule is not None
