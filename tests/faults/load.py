"""An office at work while something breaks: people who send forms over HTTP, each on dossiers of their own."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.faults.browser import Browser, signed_in
from tests.faults.installation import Installation


@dataclass
class Load:
    """So many people, each insisting on each of their forms. `pause`: seconds between two forms of one person."""

    house: Installation
    threads: int = 3
    pause: float = 0.02
    people: list[Browser] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Iterator[Load]:
        """People at work while the block lasts; what they began is finished."""
        first = signed_in(self.house)
        self.people = [first, *(Browser.twin(first) for _ in range(self.threads - 1))]
        works = [threading.Thread(target=self._work, args=(n, person)) for n, person in enumerate(self.people)]
        for thread in works:
            thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            for thread in works:
                thread.join(90)
        if self.errors:
            raise self.errors[0]

    def _work(self, mine: int, person: Browser) -> None:
        own = [n for n in range(len(self.house.dossiers)) if n % self.threads == mine]
        turn = 0
        try:
            while not self._stop.is_set():
                person.insist(own[turn % len(own)])
                turn += 1
                time.sleep(self.pause)
        except BaseException as error:  # told by whoever started the load
            self.errors.append(error)

    @property
    def statuses(self) -> Counter[int]:
        """How many answers of each status; those that never came are under 0."""
        found = Counter(status for person in self.people for _, status, _ in person.answers)
        found[0] = sum(person.broken for person in self.people)
        return +found

    @property
    def slowest(self) -> float:
        """Seconds of the slowest answer."""
        return max((seconds for person in self.people for _, _, seconds in person.answers), default=0.0)
