"""Sending a mail over SMTP: every wait has an end, and what the server says of each recipient is kept."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import parseaddr
from threading import Timer
from urllib.parse import SplitResult, unquote, urlsplit

from backoffice.services.mails import (
    Mail,
    NotSentError,
    RefusedForGoodError,
    Sent,
    ServerAwayError,
    outbox_of,
    wired,
)
from backoffice.services.returns import Returns

#: Seconds for each exchange with the mail server.
SMTP_SECONDS = 10.0
#: Seconds for all of them, the connection included: a server that answers every line at the last moment outlasts
#: neither an attempt nor the time that a process asked to stop has to end.
SENDING_SECONDS = 18.0
_GOODBYE_SECONDS = 2
_SMTPS_PORT, _SMTP_PORT = 465, 25
_READY, _OK, _WILL_FORWARD, _GO_ON, _CLOSING = 220, 250, 251, 354, 421
_DOT = re.compile(rb"^\.", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """Sends through an SMTP server given as smtp://[user:password@]host:port; smtps:// for TLS from the start.

    With a user, TLS is asked for before the password is given. The server proves its name by its certificate: an
    authority of one’s own is named by the environment variable SSL_CERT_FILE. `returns`: where what cannot be
    delivered comes back to, the sender’s address when None. `patience`, `limit`: seconds for an exchange, for all.
    """

    url: str = field(repr=False)
    returns: Returns | None = None
    patience: float = SMTP_SECONDS
    limit: float = SENDING_SECONDS

    def send(self, mail: Mail) -> Sent:
        """Send a mail. An error once the content is on its way is left to the caller: nobody knows."""
        content = wired(mail)
        with self._connected() as server:
            refused = self._announced(server, mail)
            _hand_over(server, content)
        return Sent(refused)

    def _announced(self, server: smtplib.SMTP, mail: Mail) -> tuple[tuple[str, str], ...]:
        """Name the sender and the recipients; gives those who are refused. Nothing has left when this fails."""
        try:
            options = ["SMTPUTF8", "BODY=8BITMIME"] if mail.is_international else []
            if mail.is_international and not server.has_extn("smtputf8"):
                raise RefusedForGoodError(
                    "Le serveur de courriel ne sait pas écrire à une adresse accentuée : corrigez l’adresse."
                )
            _want(server.mail(self._from(mail), options))
            answers = {r.email: server.rcpt(r.email) for r in mail.recipients}
            refused = {who: answer for who, answer in answers.items() if answer[0] not in {_OK, _WILL_FORWARD}}
            if len(refused) == len(answers):
                raise _refusal(*min(refused.values()))  # one that may change, if there is any
            _want(server.docmd("DATA"), _GO_ON)
        except smtplib.SMTPResponseException as error:
            raise _refusal(error.smtp_code, error.smtp_error) from error
        except (OSError, smtplib.SMTPException) as error:
            raise ServerAwayError(f"Le serveur de courriel ne répond plus : {error}") from error
        return tuple((who, f"{code} {_text(said)}") for who, (code, said) in refused.items())

    def _from(self, mail: Mail) -> str:
        outbox = outbox_of(mail.message_id)
        if self.returns is not None and outbox is not None:
            return self.returns.path(outbox)
        return parseaddr(mail.sender)[1]

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """A server ready to be spoken to, and left in time whatever it is saying."""
        target, over = urlsplit(self.url), time.monotonic() + self.limit
        with _answered():
            server = _server_of(target, self.patience)
        watch = Timer(self.limit, _hang_up, (server,))
        watch.daemon = True
        watch.start()
        try:
            with _answered():
                _opened(server, target)
                if time.monotonic() >= over:  # the watch had nothing to cut yet
                    raise TimeoutError("il a pris la connexion trop tard")
                _signed_in(server, target)
            yield server
        finally:
            _leave(server)
            watch.cancel()


class _Prompt(smtplib.SMTP):
    """A server not connected to yet, whose addresses share half of the time for an exchange."""

    def __init__(self, host: str, timeout: float) -> None:
        super().__init__(timeout=timeout)
        self._host = host

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        connected = socket.create_connection((host, port), timeout / 2 / len(addresses))
        connected.settimeout(timeout)
        return connected


class _PromptOverTls(smtplib.SMTP_SSL, _Prompt):
    """The same, with TLS from the start."""

    def __init__(self, host: str, timeout: float) -> None:
        smtplib.SMTP_SSL.__init__(self, timeout=timeout, context=ssl.create_default_context())
        self._host = host


def _server_of(target: SplitResult, patience: float) -> smtplib.SMTP:
    return (_PromptOverTls if target.scheme == "smtps" else _Prompt)(_host(target), patience)


def _opened(server: smtplib.SMTP, target: SplitResult) -> None:
    usual = _SMTPS_PORT if target.scheme == "smtps" else _SMTP_PORT
    _want(server.connect(_host(target), target.port or usual), _READY)


def _signed_in(server: smtplib.SMTP, target: SplitResult) -> None:
    """Tell each other’s names, and give ours when there is one."""
    if target.username:
        if target.scheme != "smtps":
            server.starttls(context=ssl.create_default_context())
        server.login(unquote(target.username), unquote(target.password or ""))
    server.ehlo_or_helo_if_needed()


def _host(target: SplitResult) -> str:
    return target.hostname or "127.0.0.1"


@contextmanager
def _answered() -> Iterator[None]:
    """No mail was spoken of yet: what goes wrong is about the server."""
    try:
        yield
    except smtplib.SMTPResponseException as error:
        raise ServerAwayError(f"Le serveur de courriel refuse la connexion ({error.smtp_code}).") from error
    except (OSError, smtplib.SMTPException) as error:
        raise ServerAwayError(f"Le serveur de courriel ne répond pas : {error}") from error


def _leave(server: smtplib.SMTP) -> None:
    """Take leave. What the server says to a goodbye changes nothing of what it took."""
    with suppress(OSError, smtplib.SMTPException):
        if server.sock is not None:
            server.sock.settimeout(_GOODBYE_SECONDS)
            server.quit()
    server.close()


def _hang_up(server: smtplib.SMTP) -> None:
    if server.sock is not None:
        with suppress(OSError):
            socket.socket.shutdown(server.sock, socket.SHUT_RDWR)  # under TLS too: the reader wakes up


def _hand_over(server: smtplib.SMTP, content: bytes) -> None:
    """Give the content. The server answers after it has all of it: without its answer nobody knows."""
    server.send(_DOT.sub(b"..", content) + (b"" if content.endswith(b"\r\n") else b"\r\n") + b".\r\n")
    code, said = server.getreply()
    if code != _OK:
        raise _refusal(code, said)


def _want(answer: tuple[int, bytes], code: int = _OK) -> None:
    if answer[0] != code:
        raise smtplib.SMTPResponseException(*answer)


def _text(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said


def _refusal(code: int, said: bytes | str) -> Exception:
    permanent = 500 <= code < 600  # noqa: PLR2004 - SMTP: 5yz is for good, 4yz for now, 421 for everybody
    told = f"Le serveur de courriel refuse l’envoi ({code} {_text(said)})."
    if permanent:
        return RefusedForGoodError(told)
    return ServerAwayError(told) if code == _CLOSING else NotSentError(told)
