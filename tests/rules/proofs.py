"""Every check at hand: importing this module registers them all."""

from __future__ import annotations

import importlib
from pathlib import Path

from tests.rules.registry import ENFORCED, PROOFS, STATED, Proof

MODULES = tuple(sorted(path.stem for path in Path(__file__).parent.glob("proofs_*.py")))

for _name in MODULES:
    importlib.import_module(f"tests.rules.{_name}")


def proofs_of(rule: str, call: str | None = None) -> tuple[Proof, ...]:
    """The checks of a rule, in one call or in all."""
    return tuple(p for p in PROOFS if p.rule == rule and call in {None, p.call})


__all__ = ["ENFORCED", "MODULES", "PROOFS", "STATED", "proofs_of"]
