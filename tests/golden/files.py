"""Every golden file with what it should hold now."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.golden.matrix import matrix_of, matrix_path
from tests.profiles import PROFILES
from workflows.diagram import page

ROOT = Path(__file__).resolve().parents[2]
STATES_PAGE = ROOT / "docs" / "etats.md"


def golden_files() -> dict[Path, Callable[[], str]]:
    """What writes the text of each golden file, by path."""
    return {**{matrix_path(call): partial(matrix_of, call) for call in PROFILES}, STATES_PAGE: page}
