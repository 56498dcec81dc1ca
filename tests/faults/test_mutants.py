"""The seeded bugs are there to be caught: their patches still apply, and their tests still exist."""

from __future__ import annotations

import re

import pytest

from tests.faults.mutants import Mutant, mutants
from tests.faults.mutants.__main__ import applies
from tests.faults.processes import ROOT

ENOUGH = 20


def test_there_are_enough_of_them():
    assert len(mutants()) >= ENOUGH


@pytest.mark.parametrize("mutant", mutants(), ids=lambda mutant: mutant.name)
def test_a_patch_applies_and_its_tests_exist(mutant: Mutant):
    assert applies(mutant) == ""
    for test in mutant.tests:
        path, _, name = test.partition("::")
        assert not name or re.search(rf"^def {name}\(", (ROOT / path).read_text("utf-8"), re.MULTILINE), test
