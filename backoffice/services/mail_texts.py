"""The mails the machine writes: a template of `config/letters/mails`, the facts of a dossier, plain French text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from email.headerregistry import Address
from email.utils import parseaddr
from functools import cache
from importlib import resources
from typing import Any
from uuid import UUID

from jinja2 import Environment, FunctionLoader, StrictUndefined

from backoffice.services.addresses import Recipient
from backoffice.services.mail_layout import blocks_of, clean, page, plain
from backoffice.services.mail_matter import Matter, common
from backoffice.services.mail_matters import MATTERS
from backoffice.services.mails import Mail, message_id
from workflows import french
from workflows.calls.model import Call
from workflows.dossier import Dossier
from workflows.effects import Addressee

_LONGEST_NAME = 120
_TEMPLATES = resources.files("config") / "letters" / "mails"
#: Sites that mails name, and where they lead.
_SITES = {site: f"https://{site}" for site in ("www.cnil.fr", "www.telerecours.fr")}


class UnknownMailError(LookupError):
    """No mail of that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Aucun courriel ne s’appelle « {name} » : vérifiez le nom demandé.")


@dataclass(frozen=True, slots=True)
class Leaving:
    """What a mail leaves with, whatever it says. `at`: the legal instant of its cause."""

    call: Call
    recipients: tuple[Recipient, ...]
    outbox: UUID
    mail_from: str
    public_url: str
    at: datetime

    @property
    def root(self) -> str:
        """The address of the pages, without a slash at its end."""
        return self.public_url.rstrip("/")

    def dossier(self, number: str) -> str:
        """The address of the page of a dossier."""
        return f"{self.root}/dossiers/{number}"


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
    to: tuple[Addressee, ...] = (),
) -> Mail:
    """Write a mail. `at`: legal instant of its cause; `today`: the day it is written, in the authority’s zone.

    `to`: what its recipients are to the dossier, which decides what they are asked for; () for all that is asked.

    Raises UnknownMailError, and NothingLeftToSayError when the dossier no longer holds what the mail is about.
    """
    if name not in MATTERS:
        raise UnknownMailError(name)
    matter = Matter(name, view, call, details, at, today, to)
    leaving = Leaving(call, recipients, outbox, mail_from, public_url, at)
    where = leaving.dossier(view.number)
    return written(leaving, name, common(matter) | MATTERS[name](matter) | {"page": where}, (where,))


def written(leaving: Leaving, template: str, values: Mapping[str, Any], pages: tuple[str, ...]) -> Mail:
    """A template filled in, as a mail. `pages`: the addresses of ours that it names."""
    text = _environment().get_template(f"{template}.txt").render(values)
    subject, _, body = text.partition("\n")
    subject, blocks = clean(french.typography(subject)), blocks_of(body)
    authority = leaving.call.authority
    links = _SITES | {address: address for address in pages}
    if authority.email:
        links[authority.email] = f"mailto:{authority.email}"
    return Mail(
        message_id=message_id(leaving.outbox, leaving.mail_from),
        sender=_sender(authority.name, leaving.mail_from),
        reply_to=authority.email,
        recipients=tuple(replace(r, name=clean(r.name, _LONGEST_NAME)) for r in leaving.recipients),
        subject=subject,
        body=plain(blocks),
        at=leaving.at,
        html=page(subject, blocks, links),
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
    environment.filters |= {"day": french.day, "short_day": french.short_day}
    environment.filters |= {"amount": french.amount, "listing": french.listing}
    environment.globals["count"] = french.count
    return environment


def _source(name: str) -> str:
    return (_TEMPLATES / name).read_text("utf-8")


def _finalize(value: object) -> object:
    return clean(value) if isinstance(value, str) else value
