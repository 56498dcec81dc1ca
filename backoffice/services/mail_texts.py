"""The mails the machine writes: a template of `config/letters/mails`, the facts of a dossier, plain French text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from email.headerregistry import Address
from email.utils import parseaddr
from functools import cache
from importlib import resources
from textwrap import wrap
from uuid import UUID

from jinja2 import Environment, FunctionLoader, StrictUndefined

from backoffice.services.addresses import Recipient
from backoffice.services.mail_matters import MATTERS, Matter, common
from backoffice.services.mails import Mail, message_id
from workflows import french
from workflows.calls.model import Call
from workflows.dossier import Dossier
from workflows.effects import Addressee

#: Characters of a line of plain text, as mail programs like them.
WIDTH = 76
_LONGEST_VALUE = 400
_LONGEST_NAME = 120
_TEMPLATES = resources.files("config") / "letters" / "mails"

_CUT = "…"
_ITEM = "- "
#: Stands for a space that does not end a line: L. 114-5, 1er mai 2025, n° 3.
_HELD = "\ue000"
_MONTHS = "|".join(french.short_day(date(2001, month, 1)).split()[1] for month in range(1, 13))
_HELD_SPACES = re.compile(
    rf"(?:\b[LRD]\.|n°|\brang(?= \d)|\b(?:\d{{1,2}}|1er)(?= [a-zéû])|\b(?:{_MONTHS})(?= \d{{4}})) (?=\S)"
)
#: Spaces that a condition of a template leaves behind: doubled, or before a full stop or a comma.
_LOOSE_SPACE = re.compile(r" (?= )| +(?=[.,](?:\s|\Z))")
_GONE = frozenset({"Cf", "Cs", "Co", "Cn"})
_SPACES = frozenset({"Cc", "Zl", "Zp"})


class UnknownMailError(LookupError):
    """No mail of that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Aucun courriel ne s’appelle « {name} » : vérifiez le nom demandé.")


def compose(
    *,
    name: str,
    view: Dossier,
    call: Call,
    recipients: tuple[Recipient, ...],
    details: Mapping[str, str],
    at: datetime,
    outbox: UUID,
    mail_from: str,
    public_url: str,
    today: date,
    to: Addressee | None = None,
) -> Mail:
    """Write a mail. `at`: legal instant of its cause; `today`: the day it is written, in the authority’s zone.

    `to`: what its recipients are to the dossier, which decides what they are asked for.

    Raises UnknownMailError, and NothingLeftToSayError when the dossier no longer holds what the mail is about.
    """
    if name not in MATTERS:
        raise UnknownMailError(name)
    matter = Matter(name, view, call, details, at, today, to)
    page = f"{public_url.rstrip('/')}/dossiers/{view.number}"
    text = _environment().get_template(f"{name}.txt").render(common(matter) | MATTERS[name](matter) | {"page": page})
    subject, _, body = text.partition("\n")
    return Mail(
        message_id=message_id(outbox, mail_from),
        sender=_sender(call.authority.name, mail_from),
        reply_to=call.authority.email,
        recipients=tuple(Recipient(clean(r.name, _LONGEST_NAME), r.email) for r in recipients),
        subject=clean(french.typography(subject)),
        body=flowed(body),
        at=at,
    )


def _sender(authority: str, mail_from: str) -> str:
    """The sender, under the name of the authority unless the settings name somebody."""
    name, address = parseaddr(mail_from)
    if name or not address:
        return mail_from
    return str(Address(display_name=clean(authority, _LONGEST_NAME), addr_spec=address))


@cache
def _environment() -> Environment:
    # Plain text: nothing to escape. Values are never read as templates; `finalize` keeps each on one line.
    environment = Environment(  # noqa: S701
        loader=FunctionLoader(_source),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_finalize,
    )
    environment.filters |= {"day": french.day, "short_day": french.short_day, "amount": french.amount}
    return environment


def _source(name: str) -> str:
    return (_TEMPLATES / name).read_text("utf-8")


def _finalize(value: object) -> object:
    return clean(value) if isinstance(value, str) else value


def clean(text: str, longest: int = _LONGEST_VALUE) -> str:
    """A text on one line, without control or invisible characters, cut when it is too long."""
    kept = (" " if unicodedata.category(c) in _SPACES else c for c in text if unicodedata.category(c) not in _GONE)
    line = re.sub(" {2,}", " ", "".join(kept)).strip()
    return line if len(line) <= longest else line[: longest - 1].rstrip() + _CUT


def flowed(text: str) -> str:
    """Plain text with French spaces, wrapped at WIDTH.

    The lines of a paragraph are joined; a line that begins with a dash is an item.
    """
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "\n\n".join("\n".join(_paragraph(paragraph)) for paragraph in paragraphs) + "\n"


def _paragraph(text: str) -> list[str]:
    blocks: list[str] = []
    for line in text.split("\n"):
        if blocks and not line.startswith(_ITEM):
            blocks[-1] = f"{blocks[-1]} {line.strip()}"
        else:
            blocks.append(line.strip())
    return [line for block in blocks for line in _wrapped(block)]


def _wrapped(block: str) -> list[str]:
    text = french.typography(_LOOSE_SPACE.sub("", block))
    held = _HELD_SPACES.sub(lambda found: found[0][:-1] + _HELD, text)
    indent = " " * len(_ITEM) if block.startswith(_ITEM) else ""
    lines = wrap(held, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return [line.replace(_HELD, " ") for line in lines]
