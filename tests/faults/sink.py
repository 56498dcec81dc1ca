"""A mail server in a process of its own, that notes and syncs each message before it answers.

    python -m tests.faults.sink PORT LOG ORDERS

LOG gets one JSON object a line: instant, Message-ID, recipients, answer. ORDERS names a file read at each message, a
JSON object: `answer` (a whole line, "451 Plus tard"), `cut` (take the content, note it, hang up without an answer),
`seconds` (wait before the answer), `recipients` (answers by address). Without the file everything is accepted.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Left:
    """A message whose content arrived: when, under which Message-ID, to whom, and what was answered."""

    at: float
    id: str
    to: tuple[str, ...]
    answer: str
    subject: str = ""

    @property
    def may_have_left(self) -> bool:
        """True unless it was refused."""
        return self.answer.startswith("2") or self.answer == "cut"


def read(log: Path) -> list[Left]:
    """What the server noted, in order."""
    if not log.exists():
        return []
    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    return [Left(**{**line, "to": tuple(line["to"])}) for line in lines]


@dataclass
class Sink:
    """The hooks of the server."""

    log: Path
    orders: Path

    def _ordered(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads(self.orders.read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return found

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Accept or refuse one recipient."""
        refusal: str | None = self._ordered().get("recipients", {}).get(address)
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Note a message, then answer as ordered."""
        orders = self._ordered()
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content)
        answer: str = "cut" if orders.get("cut") else orders.get("answer", "250 OK")
        self._note(message["Message-ID"], [str(to) for to in envelope.rcpt_tos], answer, str(message["Subject"]))
        await asyncio.sleep(orders.get("seconds", 0))
        if orders.get("cut") and server.transport is not None:
            server.transport.abort()  # type: ignore[attr-defined]
        return answer if answer != "cut" else "451 coupé"

    def _note(self, message_id: str, to: list[str], answer: str, subject: str) -> None:
        line = {"at": time.time(), "id": message_id, "to": to, "answer": answer, "subject": subject}
        with self.log.open("ab") as file:
            file.write(json.dumps(line).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())


async def _serve(port: int, sink: Sink) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(sink, hostname="mail.example", loop=loop), HOST, port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), Sink(Path(sys.argv[2]), Path(sys.argv[3]))))
