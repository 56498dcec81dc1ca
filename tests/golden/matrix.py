"""The golden matrix of a call: what each act answers to each role, for a nominal dossier in each state."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.builders import Hat
from tests.golden.scenes import scenes
from tests.lives import Life
from workflows.acts import ACTS
from workflows.decide import Decision, Refused
from workflows.findings import Finding, Severity

FOLDER = Path(__file__).parent

_HEADER = """\
# {call}: what each act answers to each role, with nominal inputs, on a nominal dossier in each state.
# A role that is not named may not do the act (not_allowed); an act that is not named is not for this state.
# -> state reached; refused: codes; held: codes that a head may lift; warns: codes.
# Regenerate with: python -m tests.golden
"""

_WORDS = {Severity.REFUSAL: "refused", Severity.HOLD: "held", Severity.WARNING: "warns"}


def matrix_path(call_id: str) -> Path:
    """The file of the matrix of a call."""
    return FOLDER / f"matrix-{call_id}.txt"


def matrix_of(call_id: str) -> str:
    """The matrix of a call, as text."""
    blocks = [_block(title, life) for title, life in scenes(call_id)]
    return "\n".join([_HEADER.format(call=call_id), *blocks])


def _block(title: str, life: Life) -> str:
    lines = [f"== {title} ({life.today.isoformat()})"]
    lines += [f"{name:22} {answer}" for name in ACTS for answer in _answers(life, name)]
    return "\n".join(lines) + "\n"


def _answers(life: Life, act: str) -> Iterator[str]:
    """One line per different answer, with the roles that get it."""
    groups: dict[str, list[str]] = {}
    for hat in Hat:
        answer = _words(life.attempt(act, hat))
        groups.setdefault(answer, []).append(hat.value)
    for silent in ("refused: wrong_state", "refused: not_allowed"):
        groups.pop(silent, None)
    for answer, hats in groups.items():
        yield f"{' '.join(hats)} {answer}"


def _words(answer: Decision | Refused) -> str:
    told = [f"{_WORDS[s]}: {' '.join(codes)}" for s in Severity if (codes := _codes(answer.findings, s))]
    reached = [f"-> {answer.target}"] if isinstance(answer, Decision) else []
    return "; ".join([*reached, *told])


def _codes(findings: tuple[Finding, ...], severity: Severity) -> list[str]:
    return sorted({f.code for f in findings if f.severity is severity})
