"""Every recipe over several seeds, a line for each: `python -m tests.faults [--seeds 5] [--only 2 6 15]`.

Starts a PostgreSQL server of its own, and for each recipe a fresh database, a Redis-compatible server and a mail
server. Ends with 1 when a recipe failed with a seed.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import pkgutil
import re
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import tests.faults
from tests import servers
from tests.databases import Cluster, migrated
from tests.demo.served import free_port
from tests.faults.absent import ABSENT, ELSEWHERE
from tests.faults.elsewhere import passes
from tests.faults.installation import Installation, installed

Recipe = Callable[[Installation], None]
_NAME = re.compile(r"test_r(\d\d)(\w?)_(\w+)")


@dataclass
class Result:
    """What a recipe gave over the seeds."""

    name: str
    passed: int = 0
    failed: list[int] = field(default_factory=list)
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        number, letter, words = _parts(self.name)
        state = "ok" if not self.failed else f"KO {self.failed}"
        told = f"  [{self.notes[0]}]" if self.notes else ""
        return f"{number:2}{letter or ' '} {self.passed} {state:6} {self.seconds:6.1f} s  {words}{told}"


def _parts(name: str) -> tuple[int, str, str]:
    found = _NAME.fullmatch(name)
    assert found is not None, name
    return int(found[1]), found[2], found[3].replace("_", " ")


def recipes() -> list[tuple[str, Recipe]]:
    """Every recipe of the suite by name, in the order of their numbers."""
    found: dict[str, Recipe] = {}
    for module in pkgutil.iter_modules(tests.faults.__path__):
        if module.name.startswith("recipes_") or module.name == "test_quick":
            made = importlib.import_module(f"tests.faults.{module.name}")
            found |= {name: f for name, f in inspect.getmembers(made, inspect.isfunction) if _NAME.fullmatch(name)}
    return sorted(found.items(), key=lambda pair: _parts(pair[0])[:2])


@dataclass
class Ground:
    """The PostgreSQL server of the run, and the empty database that the others are copied from."""

    server: servers.Server
    made: int = 0

    @property
    def cluster(self) -> Cluster:
        """The server, as the other tests see it."""
        return Cluster(self.server.url, "template")

    @contextmanager
    def database(self) -> Iterator[str]:
        """A fresh database."""
        self.made += 1
        name = f"faults-{self.made}"
        self.cluster.execute("CREATE DATABASE {name} TEMPLATE {template}", name=name, template="template-faults")
        yield self.cluster.url_of(name)
        self.cluster.execute("DROP DATABASE {name} WITH (FORCE)", name=name)


@contextmanager
def ground() -> Iterator[Ground]:
    """A server of our own, with its template."""
    home = servers.reachable_folder()
    server = servers.start_postgresql(home, free_port())
    try:
        servers.wait_until_ready("postgresql", server)
        made = Ground(server)
        made.cluster.execute("CREATE DATABASE {name} TEMPLATE template0", name="template-faults")
        migrated(made.cluster.url_of("template-faults"))
        yield made
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


def run(recipe: Recipe, under: Ground, seed: int) -> list[str]:
    """Run a recipe with a seed; gives what it tells of its outcome. Raises what the recipe raises."""
    with (
        tempfile.TemporaryDirectory(prefix="faults-") as folder,
        servers.private_server("redis") as redis,
        under.database() as url,
        installed(url, redis, Path(folder), seed, under.server) as house,
    ):
        recipe(house)
        return house.notes


def main(arguments: list[str] | None = None) -> int:
    """Run, print, and answer the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seeds", type=int, default=5, help="number of seeds, from 1")
    parser.add_argument("--only", type=int, nargs="*", help="numbers of the recipes to run")
    options = parser.parse_args(arguments)
    began, bad = time.monotonic(), 0
    chosen = [(n, r) for n, r in recipes() if not options.only or _parts(n)[0] in options.only]
    with ground() as under:
        for name, recipe in chosen:
            result = over_seeds(name, recipe, under, options.seeds)
            bad += bool(result.failed)
            print(result, flush=True)
    for number, (nodes, why) in ELSEWHERE.items():
        if not options.only or number in options.only:
            fine, seconds = passes(nodes)
            bad += not fine
            print(f"{number:2}    {'ok' if fine else 'KO':6} {seconds:6.1f} s  {why}", flush=True)
    for number, why in ABSENT.items():
        if not options.only or number in options.only:
            print(f"{number:2}    does not apply: {why}")
    spent = time.monotonic() - began
    print(
        f"{len(chosen)} recipes over {options.seeds} seeds in {spent:.0f} s, {bad} bad; invariants checked after each."
    )
    return 1 if bad else 0


def over_seeds(name: str, recipe: Recipe, under: Ground, seeds: int) -> Result:
    """Run a recipe over seeds from 1."""
    result, began = Result(name), time.monotonic()
    for seed in range(1, seeds + 1):
        try:
            notes = run(recipe, under, seed)
        except Exception as error:  # whatever it is, it is what the suite looks for
            result.failed.append(seed)
            traceback.print_exception(error, file=sys.stderr)
        else:
            result.passed += 1
            result.notes += ["; ".join(notes)] if notes else []
    result.seconds = time.monotonic() - began
    return result


if __name__ == "__main__":
    raise SystemExit(main())
