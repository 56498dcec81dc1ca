"""A long export is never held in memory: each file is written in a process of its own."""

from __future__ import annotations

import pytest

from tests.bench.exports import MOST, written


@pytest.mark.parametrize("kind", ["csv", "xlsx", "ods"])
def test_a_long_export_adds_little_to_the_process(kind):
    megabytes, _ = written(kind, 40_000)
    assert megabytes <= MOST
