"""A real mail server for tests, on a free port of this machine: it keeps what it receives, or refuses as told.

    with running() as sink:
        SmtpMailer(sink.url).send(mail)
        assert sink.received[0].message["Subject"] == "..."

Told by `refuse("451 ...")` it refuses every message after its content, by `refuse_recipient("a@b.example", "550 ...")`
one recipient (several answers are given in turn, then it is served), by `cut_after_data()` it keeps the message and
hangs up without an answer, by `drag(0.2)` it takes its time before each recipient. `accept()` forgets all that.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"
_TOO_LONG = 10


@dataclass(frozen=True)
class Received:
    """A message whose content arrived: the envelope, and what was sent. `accepted`: the server said yes to it."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    accepted: bool

    @property
    def message(self) -> EmailMessage:
        """The message, read as a mail program would."""
        return message_from_bytes(self.content, _class=EmailMessage, policy=policy.default)

    def header(self, name: str) -> str | None:
        """A header, decoded word by word as RFC 2047 has it; None when it is absent."""
        raw = message_from_bytes(self.content)[name]
        return None if raw is None else str(make_header(decode_header(raw.replace("\r\n", ""))))

    @property
    def body(self) -> str:
        """The plain text of the message, with the line ends of a text."""
        return self._part("plain") or ""

    @property
    def html(self) -> str | None:
        """The page of the message; None for a mail that is text only."""
        return self._part("html")

    def _part(self, kind: str) -> str | None:
        part = self.message.get_body((kind,))
        return None if part is None else part.get_content().replace("\r\n", "\n")


@dataclass
class Sink:
    """The server and what it was told. Answers are whole lines: code, then words."""

    port: int = 0
    received: list[Received] = field(default_factory=list)
    _answer: str = "250 OK"
    _recipients: dict[str, list[str]] = field(default_factory=dict)
    _cuts: bool = False
    _drags: float = 0

    @property
    def url(self) -> str:
        """Where to send."""
        return f"smtp://{HOST}:{self.port}"

    @property
    def accepted(self) -> list[Received]:
        """The messages the server said yes to."""
        return [one for one in self.received if one.accepted]

    def refuse(self, answer: str) -> None:
        """Refuse every message once its content has arrived."""
        self._answer = answer

    def refuse_recipient(self, address: str, *answers: str) -> None:
        """Refuse one recipient: always with one answer, or with several in turn and then no more."""
        self._recipients[address] = list(answers)

    def put_off(self, address: str) -> None:
        """Put a recipient off once, as a server does with a sender it does not know."""
        self._recipients[address] = ["451 4.7.1 Greylisted, try again later", "250 OK"]

    def drag(self, seconds: float) -> None:
        """Take that long before each recipient."""
        self._drags = seconds

    def cut_after_data(self) -> None:
        """Take the message and hang up without an answer: the sender cannot know."""
        self._cuts = True

    def accept(self) -> None:
        """Accept everything again."""
        self._answer, self._cuts, self._drags = "250 OK", False, 0
        self._recipients.clear()

    # hooks of aiosmtpd

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Accept or refuse one recipient."""
        await asyncio.sleep(self._drags)
        answers = self._recipients.get(address, ["250 OK"])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a message and answer as told."""
        content = envelope.content
        assert isinstance(content, bytes)
        accepted = self._answer.startswith("2")
        to = tuple(str(address) for address in envelope.rcpt_tos)
        self.received.append(Received(envelope.mail_from or "", to, content, accepted))
        if self._cuts and server.transport is not None:
            server.transport.abort()  # type: ignore[attr-defined]
        return self._answer


@contextmanager
def running(*, international: bool = False) -> Iterator[Sink]:
    """A sink that listens while the block lasts. `international`: it takes addresses with accents (SMTPUTF8)."""
    sink, loop, listening = Sink(), asyncio.new_event_loop(), threading.Event()
    stop = asyncio.Event()

    conversations: list[SMTP] = []

    def conversation() -> SMTP:
        conversations.append(SMTP(sink, hostname="mail.example", enable_SMTPUTF8=international, loop=loop))
        return conversations[-1]

    async def serve() -> None:
        server = await loop.create_server(conversation, HOST, 0)
        sink.port = server.sockets[0].getsockname()[1]
        listening.set()
        await stop.wait()
        server.close()
        await _end(conversations)
        await server.wait_closed()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    if not listening.wait(_TOO_LONG):
        raise RuntimeError("the mail server of the tests does not start")
    try:
        yield sink
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(_TOO_LONG)
        loop.close()


async def _end(conversations: list[SMTP]) -> None:
    """Let no conversation outlive the server."""
    for conversation in conversations:
        if conversation.transport is not None:
            conversation.transport.abort()  # type: ignore[attr-defined]
    others: set[asyncio.Task[Any]] = asyncio.all_tasks() - {asyncio.current_task()}
    if others:
        await asyncio.wait(others, timeout=_TOO_LONG)


@pytest.fixture
def smtp_sink() -> Iterator[Sink]:
    """A sink for one test."""
    with running() as sink:
        yield sink
