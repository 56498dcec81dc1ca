"""Databases and shelves of the letters’ tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from backoffice.services.documents import Shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "documents")
