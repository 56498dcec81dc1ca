"""Reading a mail that somebody else wrote: whatever its bytes are, it is read or refused with a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from functools import cached_property
from html.parser import HTMLParser

from backoffice.services.documents import LARGEST
from backoffice.services.mail_layout import clean

_LONGEST_HEADER = 400
_LONGEST_TEXT = 100_000
_MOST_PARTS = 200
_DEEPEST = 20
#: A mail has at least one of these headers.
_SIGNS = ("From", "Date", "Message-ID", "Received", "Subject")
_UNREADABLE = "Ce fichier ne se lit pas comme un courriel. Enregistrez le message au format EML, ou en PDF."


#: What the reading of bytes that somebody else wrote may end in.
_BROKEN = (ValueError, LookupError, TypeError, AttributeError, MessageError)


class UnreadableMailError(ValueError):
    """Bytes that are no mail, or one that nobody should open; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part of a mail that is not its text: its name, its type as declared, its bytes."""

    name: str
    media_type: str
    content: bytes


class ReceivedMail:
    """A mail as it came. Nothing it says of itself is trusted: every value is cleaned, cut, and only ever shown.

    Raises UnreadableMailError.
    """

    def __init__(self, content: bytes) -> None:
        if not content.strip():
            raise UnreadableMailError("Le message est vide. Choisissez un autre fichier.")
        if len(content) > LARGEST:
            raise UnreadableMailError("Le message dépasse 10 Mo. Joignez-le en PDF, ou déposez ses pièces une à une.")
        if content.lower().count(b"boundary") > _MOST_PARTS:
            raise UnreadableMailError("Ce message est fait de trop de parties. Enregistrez-le en PDF.")
        self.content = content
        try:
            self._message = message_from_bytes(content)
            self.parts = tuple(_walked(self._message))
            _looked_through(self)
        except UnreadableMailError:
            raise
        except (*_BROKEN, RecursionError) as error:
            raise UnreadableMailError(_UNREADABLE) from error
        if not any(self._message.get(sign) for sign in _SIGNS):
            raise UnreadableMailError(_UNREADABLE)

    def header(self, name: str) -> str:
        """A header, decoded, on one line; empty when it is absent."""
        return clean(decoded(self._message.get(name)), _LONGEST_HEADER)

    def headers(self, name: str) -> list[str]:
        """Every header of a name."""
        return [clean(decoded(found), _LONGEST_HEADER) for found in self._message.get_all(name, [])]

    @property
    def media_type(self) -> str:
        """The type of the whole message."""
        return self._message.get_content_type()

    def parameter(self, name: str) -> str:
        """A parameter of the type of the whole message, in lower case."""
        found = self._message.get_param(name)
        return found.lower() if isinstance(found, str) else ""

    @property
    def message_id(self) -> str:
        """Its Message-ID; empty when it has none."""
        return self.header("Message-ID")

    @property
    def sender(self) -> str:
        """Who says they wrote it: name and address."""
        return self.header("From")[:254]

    @property
    def sender_address(self) -> str:
        """The address it says it comes from, in lower case; empty when it names none, or several."""
        # as it came: once decoded, a name may look like an address
        written = [str(found) for found in self._message.get_all("From", [])]
        found = [address.lower() for _, address in getaddresses(written) if "@" in address]
        return found[0] if len(found) == 1 else ""

    @property
    def subject(self) -> str:
        """Its subject."""
        return self.header("Subject")

    @property
    def date(self) -> datetime | None:
        """The instant it says it was written; None when it does not, or absurdly."""
        try:
            found = parsedate_to_datetime(str(self._message.get("Date", "")))
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, TypeError, OverflowError, IndexError):
            return None

    @property
    def named(self) -> list[str]:
        """The Message-IDs of the mails that it answers."""
        told = " ".join(self.headers("In-Reply-To") + [str(r) for r in self._message.get_all("References", [])])
        return list(dict.fromkeys(re.findall(r"<[^<>\s]{3,250}>", told)))[:100]

    def addressed(self) -> list[str]:
        """Every address it was sent to, in lower case, as its headers and those of the servers tell."""
        names = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "Original-Recipient")
        told = [found for name in names for found in self.headers(name)]
        return [address.lower() for _, address in getaddresses(told) if "@" in address]

    @property
    def is_automatic(self) -> bool:
        """True for what a machine answered: an absence, a receipt."""
        answered = self.header("Auto-Submitted").partition(";")[0].strip().lower()
        return answered not in {"", "no"} or bool(self.header("X-Autoreply") or self.header("X-Autorespond"))

    @cached_property
    def text(self) -> str:
        """What it says, as plain text: its plain part, else the words of its page."""
        bodies = [part for part in self.parts if _is_text(part)]
        plain = next((part for part in bodies if part.get_content_subtype() == "plain"), None)
        if plain is not None:
            return _tidy(_text_of(plain))
        page = next((part for part in bodies if part.get_content_subtype() == "html"), None)
        return _tidy(_words(_text_of(page))) if page is not None else ""

    @cached_property
    def attachments(self) -> tuple[Attachment, ...]:
        """What came with its text."""
        found = [part for part in self.parts if not part.is_multipart() and not _is_text(part)]
        return tuple(
            Attachment(_file_name(part, rank), clean(part.get_content_type(), 80), _bytes_of(part))
            for rank, part in enumerate(found, start=1)
        )


def _looked_through(mail: ReceivedMail) -> None:
    """Read everything once: what is read later does not fail."""
    for part in mail.parts:
        part.get_filename()
        part.get_content_type()
    for _ in (mail.sender, mail.subject, mail.date, mail.named, mail.is_automatic, mail.text, mail.attachments):
        pass
    mail.addressed()


def _walked(message: Message, depth: int = 0) -> Iterator[Message]:
    if depth > _DEEPEST:
        raise UnreadableMailError("Ce message est fait de trop de parties. Enregistrez-le en PDF.")
    yield message
    if message.is_multipart():
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from _walked(part, depth + 1)


def decoded(value: object) -> str:
    """A header as words, whatever its encoding says of itself."""
    if value is None:
        return ""
    try:
        found = decode_header(str(value))
    except _BROKEN:
        return str(value)
    return "".join(_in_charset(part, charset) if isinstance(part, bytes) else part for part, charset in found)


def _in_charset(content: bytes, charset: str | None) -> str:
    for known in (charset, "utf-8"):
        try:
            return content.decode(known or "utf-8")
        except (LookupError, ValueError):
            continue
    return content.decode("latin-1")


def _is_text(part: Message) -> bool:
    named = part.get_content_disposition() == "attachment" or bool(part.get_filename())
    return part.get_content_maintype() == "text" and not named


def _bytes_of(part: Message) -> bytes:
    try:
        found = part.get_payload(decode=True)
    except _BROKEN:  # a character set that is no name
        found = str(part.get_payload()).encode("utf-8", "surrogateescape")
    return found if isinstance(found, bytes) else b""


def _text_of(part: Message) -> str:
    charset = part.get_param("charset")
    return _in_charset(_bytes_of(part), charset if isinstance(charset, str) else None)[:_LONGEST_TEXT]


def _file_name(part: Message, rank: int) -> str:
    return clean(decoded(part.get_filename()), 120) or f"pièce jointe {rank}"


def _tidy(text: str) -> str:
    lines = [clean(line, 2000) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Words(HTMLParser):
    """The words of a page: no script, no style, a line for each block."""

    _BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "blockquote"})
    _SILENT = frozenset({"script", "style", "head", "title"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._SILENT:
            self._silent += 1
        elif tag in self._BLOCKS:
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._SILENT:
            self._silent = max(0, self._silent - 1)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(re.sub(r"\s+", " ", data))


def _words(page: str) -> str:
    words = _Words()
    words.feed(page)
    words.close()
    return "".join(words.found)
