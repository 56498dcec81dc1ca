"""A call with one value changed is noticed: refused when it is read, or failed by a proof of the rule of that value.

What is never noticed stands in `tests/golden/survivors.txt`, with the reason why nothing can notice it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

from tests.rules.mutants import CALLS, Mutant, mutants_of, published
from tests.rules.proofs import proofs_of
from tests.rules.registry import Proof
from tests.rules.survivors import survivors
from workflows.calls.errors import CallFileError
from workflows.calls.model import Call

GROUPS = tuple(dict.fromkeys((call, mutant.rule) for call in CALLS for mutant in mutants_of(call)))


def _unnoticed(mutants: Iterable[Mutant]) -> Iterator[Mutant]:
    for mutant in mutants:
        try:
            changed = mutant.parse()
        except CallFileError:  # the reader of calls notices by itself
            continue
        if changed == published(mutant.call):  # written otherwise, it says the same
            continue
        if not any(_fails(proof, changed) for proof in proofs_of(mutant.rule, mutant.call)):
            yield mutant


def _fails(proof: Proof, changed: Call) -> bool:
    try:
        proof.body(changed)
    except (Exception, pytest.fail.Exception):  # whatever makes a check fail
        return True
    return False


@pytest.mark.parametrize(("call", "rule"), GROUPS, ids=lambda value: value.replace(" ", "_"))
def test_what_changes_is_noticed(call, rule):
    found = {(m.path, m.mutation) for m in _unnoticed(m for m in mutants_of(call) if m.rule == rule)}
    assert found == {(s.path, s.mutation) for s in survivors() if (s.call, s.rule) == (call, rule)}


def test_the_list_names_mutants_that_exist_once_with_a_reason():
    listed = [(s.call, s.path, s.rule, s.mutation) for s in survivors()]
    assert len(listed) == len(set(listed))
    assert set(listed) <= {(m.call, m.path, m.rule, m.mutation) for call in CALLS for m in mutants_of(call)}
    assert all(len(s.reason) > 20 for s in survivors())


def test_mutants_are_told_apart_and_differ_from_the_file():
    for call in CALLS:
        names = [(m.path, m.mutation) for m in mutants_of(call)]
        assert len(names) == len(set(names))
        assert len(names) > 150
