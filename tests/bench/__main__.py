"""`python -m tests.bench`: every measure, one line each."""

from __future__ import annotations

from tests.bench import door, rules, startup

for room in (rules, door, startup):
    for line in room.measure():
        print(line)
