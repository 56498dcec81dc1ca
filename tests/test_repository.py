"""The repository stands on its own: nothing in it depends on one machine, and it stays readable."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
GENERATED = re.compile(r"^(build|dist|__pycache__|\.venv|\.git|\.hypothesis|\..*cache|.*\.egg-info)$")

# Classes of one letter keep this file from matching itself.
REGISTRIES = re.compile(
    r"py[p]i\.org|py[p]i\.python\.org|python[h]osted\.org|registry\.n[p]mjs|npm[j]s\.(?:org|com)|yarn[p]kg\.com"
    r"|crates\.i[o]\b|proxy\.go[l]ang|arti[f]actory|/simpl[e]/|\bind[e]x-url\s*[= ]\s*\S+:/",
    re.IGNORECASE,
)
MACHINE_PATHS = re.compile(r"(?<![\w.~/<-])/(?:root|home|Users|work|opt|tmp|mnt|srv)/\w|\b[A-Z]:\\+Users\b")

LOCKS = {"requirements.in": "requirements.txt", "requirements-dev.in": "requirements-dev.txt"}
LINES, TEST_LINES = 350, 600


def _git(*arguments: str) -> str:
    """The answer of git at the root, empty where git or a checkout is missing."""
    command = ["git", "-C", str(ROOT), *arguments]
    try:
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout  # noqa: S603 fixed words
    except (OSError, subprocess.CalledProcessError):
        return ""


def _walk() -> list[Path]:
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if not GENERATED.match(name)]
        found += [Path(folder) / name for name in names if not name.startswith(".coverage")]
    return found


def repository_files() -> list[Path]:
    """The files of the repository, those about to be added included; the whole tree outside a checkout."""
    top = _git("rev-parse", "--show-toplevel").strip()
    if not top or Path(top).resolve() != ROOT:
        return _walk()
    listed = _git("ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


FILES = sorted(repository_files())
PYTHON_FILES = [path for path in FILES if path.suffix == ".py"]


def _places(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in FILES
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]


def _requirements(lock: str) -> dict[str, tuple[str, list[str]]]:
    """Name -> (pinned version, hashes) of each package of a lock file."""
    text = (ROOT / lock).read_text("utf-8").replace("\\\n", " ")
    found = {}
    for line in text.splitlines():
        if line and not line.lstrip().startswith("#"):
            name, _, rest = line.partition("==")
            found[name.strip()] = (
                rest.partition(" ")[0],
                re.findall(r"--hash=sha256:([0-9a-f]{64})\b", rest),
            )
    return found


def _wanted(source: str) -> set[str]:
    lines = (ROOT / source).read_text("utf-8").splitlines()
    names = (re.match(r"[A-Za-z][\w.-]*", line) for line in lines)
    return {name.group().lower() for name in names if name}


def test_the_files_are_found():
    names = {str(path.relative_to(ROOT)) for path in FILES}
    assert {"pyproject.toml", "Makefile", "README.md", "tests/test_repository.py"} <= names
    assert not [name for name in names if name.startswith((".venv", ".git/")) or "__pycache__" in name]


def test_no_file_names_a_package_registry():
    assert _places(REGISTRIES) == []


def test_no_file_names_a_path_of_a_machine():
    assert _places(MACHINE_PATHS) == []


@pytest.mark.parametrize("lock", LOCKS.values())
def test_locks_pin_and_hash_every_package_without_naming_a_source(lock):
    requirements = _requirements(lock)
    assert requirements
    assert [name for name, (version, hashes) in requirements.items() if not version or not hashes] == []
    text = (ROOT / lock).read_text("utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*(-i|-f|--(?!hash=sha256:)\S+)", text, re.MULTILINE)


@pytest.mark.parametrize(("source", "lock"), LOCKS.items())
def test_locks_hold_what_is_asked_for(source, lock):
    assert _wanted(source) - _requirements(lock).keys() == set()


def test_both_locks_agree():
    everything = _requirements("requirements-dev.txt")
    assert {name: everything.get(name) for name in _requirements("requirements.txt")} == _requirements(
        "requirements.txt"
    )


def test_no_python_file_is_too_long():
    lengths = {path.relative_to(ROOT): len(path.read_text("utf-8").splitlines()) for path in PYTHON_FILES}
    too_long = {
        str(path): length
        for path, length in lengths.items()
        if length > (TEST_LINES if path.parts[0] == "tests" else LINES)
    }
    assert too_long == {}


def test_declared_packages_are_the_packages_of_the_tree():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    declared = {pattern.removesuffix("*") for pattern in settings["tool"]["setuptools"]["packages"]["find"]["include"]}
    present = {path.parent.name for path in FILES if path.name == "__init__.py" and path.parent.parent == ROOT}
    assert present == declared | {"tests"}
    assert {path.parent.name for path in FILES if path.name == "py.typed"} == declared
    assert set(settings["tool"]["importlinter"]["root_packages"]) == declared
    assert declared <= set(settings["tool"]["mypy"]["files"])


def test_every_folder_of_code_is_a_package():
    folders = {path.parent for path in PYTHON_FILES if path.parent != ROOT}
    assert [str(folder.relative_to(ROOT)) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []
