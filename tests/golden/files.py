"""Every golden file with what it should hold now."""

from __future__ import annotations

from pathlib import Path

from tests.golden.matrix import matrices
from workflows.diagram import page

ROOT = Path(__file__).resolve().parents[2]
STATES_PAGE = ROOT / "docs" / "etats.md"


def golden_files() -> dict[Path, str]:
    """The text of each golden file, by path."""
    return {**matrices(), STATES_PAGE: page()}
