"""`python -m tests.bench`: every measure, one line each."""

from __future__ import annotations

from tests.bench import door, pages, rules, startup

for room in (rules, door, pages, startup):
    for line in room.measure():
        print(line)
