"""The long run: `python -m tests.soak [--steps 100000] [--seed 1] [--limit 400000]`.

Plays random lives until at least that many acts were tried and every edge and every reason was met often enough, or
up to the limit. Prints how often each was met; ends with 1 when one was not, or when something that must stay true
did not.
"""

from __future__ import annotations

import argparse
import time
import traceback
from collections.abc import Iterable
from random import Random

from tests.soak.explore import Explorer
from tests.soak.tally import EDGES, STOPPING, Tally

_SORTED = sorted(EDGES)
#: Reasons that no act brings about: why, so that the run does not wait for them.
EXCUSED = {
    "months_unknown": "an application without a duration never gets past the committee; only one taken over could",
}


def _histogram(title: str, rows: Iterable[tuple[str, int]], goal: int | None = None) -> None:
    print(f"\n{title}")
    for name, count in rows:
        mark = "  <--" if goal is not None and count < goal else ""
        print(f"{count:8}  {name}{mark}")


def _report(tally: Tally, seconds: float) -> None:
    edges = ((f"{act}: {source} -> {target}", tally.edges[act, source, target]) for act, source, target in _SORTED)
    _histogram("Changes of state", edges, tally.goals.edge)
    _histogram("Refusals and holds", ((code, tally.codes[code]) for code in sorted(STOPPING)), tally.goals.code)
    _histogram("Warnings", sorted(tally.warnings.items()))
    _histogram("Worlds", sorted(tally.worlds.items()))
    print(f"\n{tally.steps} acts tried, {sum(tally.edges.values())} changes of state, {seconds:.0f} s")


def main(arguments: list[str] | None = None) -> int:
    """Run, print, and answer the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--steps", type=int, default=100_000, help="acts to try at least")
    parser.add_argument("--limit", type=int, default=400_000, help="acts to try at most")
    parser.add_argument("--seed", type=int, default=1, help="the same seed plays the same lives")
    options = parser.parse_args(arguments)
    tally = Tally()
    explorer = Explorer(Random(options.seed), tally)  # noqa: S311  # chance for tests, not for secrets
    started = time.monotonic()
    try:
        explorer.run(options.steps)
        while tally.steps < options.limit and any(tally.lacking(frozenset(EXCUSED))):
            explorer.run(tally.steps + 2_000)
    except Exception as error:  # whatever a rule raises is what this run looks for
        _report(tally, time.monotonic() - started)
        print(f"\nBroken after {tally.steps} acts with seed {options.seed}:")
        traceback.print_exception(error)
        return 1
    _report(tally, time.monotonic() - started)
    for code, why in EXCUSED.items():
        print(f"Not waited for: {code} ({why}).")
    lacking = list(tally.lacking(frozenset(EXCUSED)))
    print("\n".join(("\nToo rare:", *lacking)) if lacking else "Every change of state and every reason was met.")
    return 1 if lacking else 0


if __name__ == "__main__":
    raise SystemExit(main())
