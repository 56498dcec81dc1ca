"""The canonical content of the clauses of a call, and its digest: the version that an award freezes."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from workflows.calls.model import Clauses
from workflows.shapes import dump


def canonical(clauses: Clauses) -> str:
    """Canonical JSON of clauses: sorted keys, absent values left out; comments and order do not matter."""
    return json.dumps(_given(dump(clauses)), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest_of(clauses: Clauses) -> str:
    """SHA-256 of the canonical content, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(clauses).encode()).hexdigest()


def _given(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _given(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_given(inner) for inner in value]
    return value
