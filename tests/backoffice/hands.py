"""What effects are carried out with in tests: clocks that one moves, a mailer that does as it is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from backoffice.services.clocks import Clocks
from backoffice.services.effects import Hands
from backoffice.services.mails import Mail, Mailer, Sent
from config.settings import Settings
from tests.backoffice.stored import MACHINE


@dataclass
class Time:
    """Two clocks that stand still until they are moved."""

    legal: datetime
    machine: datetime = MACHINE

    @property
    def clocks(self) -> Clocks:
        """The clocks as the services read them."""
        return Clocks(legal=lambda: self.legal, machine=lambda: self.machine)

    def wait(self, time: timedelta) -> None:
        """Let time pass on both."""
        self.legal += time
        self.machine += time


@dataclass
class Told:
    """A mailer that keeps what it is given, after doing what it was told to."""

    before: Callable[[Mail], None] = lambda _mail: None
    sent: list[Mail] = field(default_factory=list)

    def send(self, mail: Mail) -> Sent:
        """Do as told, then keep the mail."""
        self.before(mail)
        self.sent.append(mail)
        return Sent()


def hands(time: Time, mailer: Mailer, url: str = "sqlite://") -> Hands:
    """Hands with these clocks and this mailer."""
    return Hands(Settings(database_url=url, home=Path()), time.clocks, mailer)
