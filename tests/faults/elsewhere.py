"""Running recipes that other tests hold."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence

from tests.faults.processes import ROOT


def passes(nodes: Sequence[str]) -> tuple[bool, float]:
    """Whether these tests pass, and the seconds they took."""
    began = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "0", *nodes]
    ended = subprocess.run(command, cwd=ROOT, check=False, capture_output=True)  # noqa: S603 - our own tests
    return ended.returncode == 0, time.monotonic() - began
