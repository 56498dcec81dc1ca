"""The long run: `python -m tests.soak [--steps 100000] [--seed 1] [--limit 600000] [--examples 2200]`.

The machine of hypothesis first plays so many lives, each drawn by itself. Then a directed driver goes on until at
least that many acts were tried and every edge and every reason was met often enough, or up to the limit. Prints how
often each was met; ends with 1 when one was not, or when something that must stay true did not.
"""

from __future__ import annotations

import argparse
import time
import traceback
from collections.abc import Iterable
from random import Random

from hypothesis import seed, settings
from hypothesis.stateful import run_state_machine_as_test

import tests.conftest  # noqa: F401  # loads the profile that HYPOTHESIS_PROFILE names
from tests.soak.explore import Explorer
from tests.soak.machine import MACHINE_SETTINGS, RulesMachine
from tests.soak.tally import EDGES, OUT_OF_REACH, STOPPING, Tally

_SORTED = sorted(EDGES)


def _play_examples(tally: Tally, examples: int, chosen: int) -> None:
    """Lives that hypothesis draws one by one."""

    @seed(chosen)
    class Counted(RulesMachine):
        counts = tally

    run_state_machine_as_test(Counted, settings=settings(MACHINE_SETTINGS, max_examples=examples))


def _explore(tally: Tally, options: argparse.Namespace) -> None:
    """Lives that lean towards what was seen least, until nothing lacks."""
    explorer = Explorer(Random(options.seed), tally)  # noqa: S311  # chance for tests, not for secrets
    explorer.run(options.steps)
    while tally.steps < options.limit and any(tally.lacking()):
        explorer.run(tally.steps + 2_000)


def _histogram(title: str, rows: Iterable[tuple[str, int]], goal: int | None = None) -> None:
    print(f"\n{title}")
    for name, count in rows:
        mark = "  <--" if goal is not None and count < goal and name not in OUT_OF_REACH else ""
        print(f"{count:8}  {name}{mark}")


def _report(tally: Tally, seconds: float) -> None:
    edges = [(f"{act}: {source} -> {target}", tally.edges[act, source, target]) for act, source, target in _SORTED]
    codes = [(code, tally.codes[code]) for code in sorted(STOPPING)]
    _histogram("Changes of state", edges, tally.goals.edge)
    _histogram("Refusals and holds", codes, tally.goals.code)
    _histogram("Warnings", sorted(tally.warnings.items()))
    _histogram("Worlds", sorted(tally.worlds.items()))
    print(f"\n{tally.steps} acts tried, {sum(tally.edges.values())} changes of state, {seconds:.0f} s")
    for what, rows, goal in (("change of state", edges, tally.goals.edge), ("reason", codes, tally.goals.code)):
        name, count = min((row for row in rows if row[0] not in OUT_OF_REACH), key=lambda row: row[1])
        print(f"{len(rows)} kinds of {what}; the rarest, {count} times for a goal of {goal}: {name}")


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--steps", type=int, default=100_000, help="acts to try at least")
    parser.add_argument("--limit", type=int, default=600_000, help="acts to try at most")
    parser.add_argument("--examples", type=int, default=2_200, help="lives that hypothesis draws first")
    parser.add_argument("--seed", type=int, default=1, help="the same seed plays the same lives")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Run, print, and answer the exit code."""
    options = _options(arguments)
    tally, started = Tally(), time.monotonic()
    try:
        if options.examples:
            _play_examples(tally, options.examples, options.seed)
            print(f"{tally.steps} acts tried by hypothesis in {options.examples} lives.", flush=True)
        _explore(tally, options)
    except Exception as error:  # whatever a rule raises is what this run looks for
        _report(tally, time.monotonic() - started)
        print(f"\nBroken after {tally.steps} acts with seed {options.seed}:")
        traceback.print_exception(error)
        return 1
    _report(tally, time.monotonic() - started)
    for code, why in OUT_OF_REACH.items():
        print(f"Not waited for: {code} ({why}).")
    lacking = list(tally.lacking())
    print("\n".join(("\nToo rare:", *lacking)) if lacking else "Every change of state and every reason was met.")
    return 1 if lacking else 0


if __name__ == "__main__":
    raise SystemExit(main())
