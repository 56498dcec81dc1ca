"""The two clocks: the legal one, that tests and the demo may move, and the machine’s."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from config.settings import Settings, SettingsError

#: By how much the clocks of the machines of an installation may differ. An instant further ahead was written before a
#: clock was moved back.
SKEW = timedelta(minutes=1)


#: The file that makes a folder that of a demonstration: it keeps how far ahead its legal clock is, in `legal_shift`.
DEMO_FILE = "demo.json"


def machine_now() -> datetime:
    """The machine’s instant: leases, delays between attempts, sessions."""
    return datetime.now(UTC)  # noqa: TID251 - the only place that reads the clock


@dataclass(frozen=True, slots=True)
class Clocks:
    """`legal`: the instant that counts in law. `machine`: the instant that counts for machines."""

    legal: Callable[[], datetime] = machine_now
    machine: Callable[[], datetime] = machine_now

    @property
    def shift(self) -> timedelta:
        """How far ahead the legal clock is, in whole seconds: 0 in a real installation."""
        return timedelta(seconds=round((self.legal() - self.machine()).total_seconds()))


def shifted(by: timedelta) -> Clocks:
    """Clocks whose legal instant is ahead of the machine’s by a fixed time: the demo’s."""
    return Clocks(legal=lambda: machine_now() + by)


def clocks_of(settings: Settings) -> Clocks:
    """The clocks of an installation. A demonstration keeps how far ahead its own is with its data: every process and
    every command on them takes it from there.

    Raises SettingsError when that cannot be read, or when the environment says something else.
    """
    kept = kept_shift(settings.home)
    if kept is not None and settings.legal_shift not in {timedelta(0), kept}:
        raise SettingsError(
            f"TEMPS_PARTAGE_LEGAL_SHIFT contredit l’horloge de la démonstration de {settings.home} : retirez-le."
        )
    by = settings.legal_shift if kept is None else kept
    return shifted(by) if by else Clocks()


def kept_shift(home: Path) -> timedelta | None:
    """How far ahead the legal clock of the demonstration of a folder is; None for a folder that holds none.

    Raises SettingsError when its file cannot be read.
    """
    path = home / DEMO_FILE
    try:
        return timedelta(seconds=json.loads(path.read_text("utf-8"))["legal_shift"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, OverflowError) as error:
        raise SettingsError(f"Le fichier {path} ne se lit pas : refaites la démonstration avec --fresh.") from error
