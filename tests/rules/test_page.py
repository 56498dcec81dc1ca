"""Every rule stands once in the page of the rules, with what proves it or why nothing does."""

from __future__ import annotations

import importlib
from collections import Counter
from functools import reduce

import pytest

from tests.rules.mutants import CALLS, mutants_of, published
from tests.rules.page import PAGE, page
from tests.rules.proofs import ENFORCED, PROOFS, STATED, proofs_of
from tests.rules.sentences import ARA, CVL, DEFAULTS, DG, IDF, LAW, NA, TABLES

ADVICE = "run `python -m tests.rules`, then read the diff"

FAMILIES = {"NA": (NA, 29), "IDF": (IDF, 15), "CVL": (CVL, 19), "ARA": (ARA, 18), "DG": (DG, 12)}
EVERY = tuple(rule for words in TABLES.values() for rule in words)


def test_the_page_is_up_to_date():
    written = PAGE.read_text("utf-8") if PAGE.exists() else ""
    assert written.splitlines() == page().splitlines(), ADVICE


@pytest.mark.parametrize("prefix", FAMILIES)
def test_a_family_is_whole_and_in_order(prefix):
    words, last = FAMILIES[prefix]
    assert list(words) == [f"{prefix}-{n:02}" for n in range(1, last + 1)]


def test_the_ninety_three_rules_and_the_forty_eight_defaults_stand_once():
    assert sum(len(words) for words, _ in FAMILIES.values()) == 93
    assert list(DEFAULTS) == [f"A{n}" for n in range(1, 49)]
    lines = PAGE.read_text("utf-8").splitlines()
    starts = Counter(line.split(" | ")[0].removeprefix("| ") for line in lines if line.startswith("| "))
    assert {rule: starts[rule] for rule in EVERY} == dict.fromkeys(EVERY, 1)


@pytest.mark.parametrize("rule", EVERY, ids=lambda rule: rule.replace(" ", "_"))
def test_a_rule_is_proved_where_it_is_enforced_or_says_why_not(rule):
    assert bool(proofs_of(rule)) is (rule in ENFORCED)
    assert rule in ENFORCED or rule in STATED


def test_nothing_is_said_of_a_rule_that_does_not_exist():
    assert {proof.rule for proof in PROOFS} | ENFORCED.keys() | STATED.keys() <= set(EVERY)


def test_a_rule_of_a_call_is_proved_in_that_call():
    homes = {"NA": "na-2024", "IDF": "idf-2025", "CVL": "cvl-ville-hopital", "ARA": "ara-2017", "DG": "guyane-2020"}
    for proof in PROOFS:
        assert proof.call == homes.get(proof.rule.partition("-")[0], proof.call), proof.name


def test_every_rule_a_call_rests_on_is_in_the_page():
    assert {mutant.rule for call in CALLS for mutant in mutants_of(call)} <= set(EVERY)
    assert {published(call).rules.prefix for call in CALLS} == FAMILIES.keys()
    assert set(LAW) <= {mutant.rule for call in CALLS for mutant in mutants_of(call)}


@pytest.mark.parametrize("name", sorted({name for names in ENFORCED.values() for name in names}))
def test_a_place_of_enforcement_exists(name):
    module, parts = name, list[str]()
    while True:
        module, _, last = module.rpartition(".")
        parts.insert(0, last)
        try:
            found = importlib.import_module(module)
        except ModuleNotFoundError:
            continue
        assert reduce(getattr, parts, found) is not None
        return
