"""Somebody at the pages: sends the form that asks for pieces, again and again until it is answered."""

from __future__ import annotations

import http.client
import secrets
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlencode
from uuid import uuid4

from backoffice.services.accounts import digest
from backoffice.services.clocks import machine_now
from backoffice.store.base import writing
from backoffice.store.people import Account, WebSession
from tests.demo.served import free_port
from tests.faults.installation import Installation, NeverHappenedError, Prepared
from workflows.actors import Role

HOST = "127.0.0.1"
#: Seconds after which a browser of these tests gives an answer up: none may take longer.
TOO_LONG = 10.0


@dataclass
class Browser:
    """A signed-in instructor. `broken`: answers that never came; `statuses`: those that did, with their seconds."""

    house: Installation
    port: int
    secret: str
    csrf: str
    broken: int = 0
    answers: list[tuple[float, int, float]] = field(default_factory=list)

    @classmethod
    def twin(cls, other: Browser) -> Browser:
        """The same person at another window."""
        return cls(other.house, other.port, other.secret, other.csrf)

    def new_key(self) -> str:
        """The key of a form opened now."""
        return str(uuid4())

    def get(self, path: str) -> int | None:
        """Open an address; gives the status, None when the answer never came."""
        return self._exchange("GET", path, None)[0]

    def send(self, number: int, key: str | None = None, *, days: str = "15") -> int | None:
        """Send the form once; gives the status, None when the answer never came."""
        return self.exchange_of(number, key, days=days)[0]

    def exchange_of(
        self, number: int, key: str | None = None, *, days: str = "15"
    ) -> tuple[int | None, dict[str, str]]:
        """The same, with the headers of the answer."""
        prepared, once = self._dossier(number), key or self.new_key()
        piece = prepared.order.inputs.keys[0]  # type: ignore[attr-defined]
        typed = {"csrf": self.csrf, "cle": once, "version": prepared.version, "keys": piece, "days": days}
        body = urlencode({**typed, "etape": "envoyer"})
        status, headers = self._exchange("POST", f"/dossiers/{prepared.number}/actes/request_pieces", body)
        if status == HTTPStatus.SEE_OTHER and once not in self.house.accepted:
            self.house.accepted[once] = prepared.id
            prepared.version += 1
        return status, headers

    def insist(self, number: int, seconds: float = 60.0) -> int:
        """Send one form until it is accepted, as somebody patient would; gives how often it was sent."""
        key, until = self.new_key(), time.monotonic() + seconds
        for times in range(1, 10_000):
            status = self.send(number, key)
            if status == HTTPStatus.SEE_OTHER:
                return times
            if time.monotonic() > until or status not in {None, HTTPStatus.SERVICE_UNAVAILABLE}:
                raise NeverHappenedError(f"the form was not accepted: {status}\n{self.house.said()}")
            time.sleep(0.05)
        raise NeverHappenedError("the form was not accepted")

    def _dossier(self, number: int) -> Prepared:
        return self.house.dossiers[number % len(self.house.dossiers)]

    def _exchange(self, method: str, path: str, body: str | None) -> tuple[int | None, dict[str, str]]:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=TOO_LONG)
        headers = {"Cookie": f"session={self.secret}", "Content-Type": "application/x-www-form-urlencoded"}
        began, at = time.monotonic(), time.time()
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            self.broken += 1
            return None, {}
        finally:
            connection.close()
        self.answers.append((at, answer.status, time.monotonic() - began))
        return answer.status, dict(answer.getheaders())


def signed_in(house: Installation, faults: str = "", *, workers: int = 2, threads: int = 4) -> Browser:
    """Start the pages with some faults, and sign an instructor in."""
    port, secret, csrf, now = free_port(), secrets.token_hex(16), secrets.token_hex(16), machine_now()
    with house.session() as session, writing(session):
        account = Account(
            id=uuid4(), email=f"{uuid4()}@ars.example", name="Sorbier Ivoire", role=Role.INSTRUCTOR.value, region="75"
        )
        session.add(account)
        session.flush()
        session.add(WebSession(digest=digest(secret), account=account.id, csrf=csrf, created_at=now, seen_at=now))
    house.processes.pages(port, faults, workers=workers, threads=threads)
    browser = Browser(house, port, secret, csrf)
    house.until(lambda: browser.get("/dossiers") == HTTPStatus.OK, "the pages answer", 20)
    browser.broken, browser.answers = 0, []
    return browser
