"""Every check passes on the call as published."""

from __future__ import annotations

import pytest

from tests.rules.mutants import CALLS, published
from tests.rules.proofs import PROOFS
from tests.rules.registry import Proof

ONCE = {(proof.call, proof.name): proof for proof in PROOFS}


@pytest.mark.parametrize("proof", ONCE.values(), ids=lambda p: f"{p.call}-{p.name.removeprefix('tests.rules.')}")
def test_the_proof_holds(proof: Proof) -> None:
    proof.body(published(proof.call))


def test_proofs_are_about_real_calls() -> None:
    assert {proof.call for proof in PROOFS} == set(CALLS)


def test_no_proof_is_registered_twice() -> None:
    registered = [(proof.rule, proof.call, proof.name) for proof in PROOFS]
    assert len(registered) == len(set(registered))
