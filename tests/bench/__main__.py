"""`python -m tests.bench`: every measure, one line each."""

from __future__ import annotations

from tests.bench import door, exports, letters, money, pages, relay, rules, startup, sweeps

for room in (rules, money, door, pages, startup, relay, sweeps, exports, letters):
    for line in room.measure():
        print(line)
