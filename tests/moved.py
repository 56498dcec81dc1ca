"""Clocks that stand still until a test moves them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from backoffice.services.clocks import Clocks

#: The machine’s instant when a test begins, far from the legal ones.
MACHINE = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@dataclass
class Moved:
    """The legal instant and the machine’s."""

    legal: datetime = datetime(2017, 1, 1, tzinfo=UTC)
    machine: datetime = MACHINE

    @property
    def clocks(self) -> Clocks:
        """The clocks as an installation reads them."""
        return Clocks(lambda: self.legal, lambda: self.machine)
