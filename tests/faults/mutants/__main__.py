"""Apply each bug to a copy of the tree and run the tests that must catch it: `python -m tests.faults.mutants [NAME…]`.

Ends with 1 when a bug was not caught, or when the tests fail without it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.mutants import Mutant, mutants
from tests.faults.processes import ROOT

#: What is copied: the code, its data, its tests.
_COPIED = ("backoffice", "config", "tests", "workers", "workflows", "pyproject.toml", "requirements.in")
#: What pytest answers when tests ran and some failed.
_SOME_FAILED = 1
_SECONDS = 300


@contextmanager
def _copy() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="mutant-") as made:
        folder = Path(made)
        for name in _COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, folder / name)
        yield folder


def applies(mutant: Mutant, folder: Path = ROOT, *, check: bool = True) -> str:
    """Apply a patch, or only see whether it would; gives what went wrong, nothing when it applies."""
    command = ["git", "apply", *(["--check"] if check else []), str(mutant.patch)]
    environment = os.environ | {"GIT_CEILING_DIRECTORIES": str(folder.parent)}
    made = subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True, text=True)  # noqa: S603 - our own command
    return made.stderr if made.returncode else ""


def _code(folder: Path, tests: tuple[str, ...]) -> int:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-n", "0", *tests]
    try:
        return subprocess.run(command, cwd=folder, check=False, capture_output=True, timeout=_SECONDS).returncode  # noqa: S603 - our own command
    except subprocess.TimeoutExpired:
        return _SOME_FAILED


def is_caught(mutant: Mutant) -> bool:
    """True when the tests of a bug fail on it. Raises AssertionError when its patch does not apply."""
    with _copy() as folder:
        wrong = applies(mutant, folder, check=False)
        assert wrong == "", f"{mutant.name}: {wrong}"
        return _code(folder, mutant.tests) == _SOME_FAILED


def main(names: list[str] | None = None) -> int:
    """Run, print, and answer the exit code."""
    chosen = [m for m in mutants() if not names or m.name in names]
    wanted = sorted({test for mutant in chosen for test in mutant.tests})
    failing = [test for test in wanted if _code(ROOT, (test,)) != 0]
    print(f"Without a bug the tests {'FAIL: ' + ', '.join(failing) if failing else 'pass'}.", flush=True)
    caught = 0
    for mutant in chosen:
        began = time.monotonic()
        found = is_caught(mutant)
        caught += found
        told = "caught" if found else "NOT CAUGHT"
        print(f"{told:10} {time.monotonic() - began:5.1f} s  {mutant.name}: {mutant.what}", flush=True)
    print(f"{caught} of {len(chosen)}")
    return 0 if not failing and caught == len(chosen) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
