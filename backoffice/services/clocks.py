"""The two clocks: the legal one, that tests and the demo may move, and the machine’s."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from config.settings import Settings

#: By how much the clocks of the machines of an installation may differ. An instant further ahead was written before a
#: clock was moved back.
SKEW = timedelta(minutes=1)


def machine_now() -> datetime:
    """The machine’s instant: leases, delays between attempts, sessions."""
    return datetime.now(UTC)  # noqa: TID251 - the only place that reads the clock


@dataclass(frozen=True, slots=True)
class Clocks:
    """`legal`: the instant that counts in law. `machine`: the instant that counts for machines."""

    legal: Callable[[], datetime] = machine_now
    machine: Callable[[], datetime] = machine_now


def shifted(by: timedelta) -> Clocks:
    """Clocks whose legal instant is ahead of the machine’s by a fixed time: the demo’s."""
    return Clocks(legal=lambda: machine_now() + by)


def clocks_of(settings: Settings) -> Clocks:
    """The clocks of an installation; those of a demonstration may be ahead."""
    return shifted(settings.legal_shift) if settings.legal_shift else Clocks()
