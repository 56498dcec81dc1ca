"""`python -m tests.bench`: every measure, one line each."""

from __future__ import annotations

from tests.bench import door, pages, relay, rules, startup, sweeps

for room in (rules, door, pages, startup, relay, sweeps):
    for line in room.measure():
        print(line)
