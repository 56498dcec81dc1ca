"""What leaves the house for a dossier: mails sent, effects that wait or were given up, letters to sign.

Agents see everything; a party sees what is addressed to it, and not why a sending failed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from backoffice.services import outbox
from backoffice.store import reading
from backoffice.store.base import db
from backoffice.store.mails import LetterDue, SentMail
from backoffice.store.outbox import OutboxRow
from backoffice.web import security
from backoffice.web.policy import Policy, open_to
from backoffice.web.readable import doctor_at, doctor_before
from backoffice.web.reader import Page, page_of
from workflows.acts import ACTS
from workflows.describe import ADDRESSEES, LETTERS
from workflows.due import DueKind
from workflows.effects import Addressee, EffectKind
from workflows.french import NBSP, instant, unbroken
from workflows.sites import SiteRole

blueprint = Blueprint("letters", __name__, url_prefix="/dossiers/<number>/courriers")

_REMINDERS = {
    DueKind.PIECES_REMINDER.value: "rappel des pièces attendues",
    DueKind.PIECES_LAST_DAY.value: "rappel, dernier jour pour les pièces",
    DueKind.DRAFT_REMINDER.value: "rappel avant la clôture de l’appel",
}


@dataclass(frozen=True, slots=True)
class LetterLine:
    """A mail or a letter: what, to whom, where it stands.

    `revive`: the id of a row that was given up. `mail`: the id of a mail that left, to read it.
    """

    what: str
    to: str
    stands: str
    late: bool = False
    revive: UUID | None = None
    mail: UUID | None = None


def letter_lines(page: Page) -> list[LetterLine]:
    """Everything that leaves the house for a dossier, as its visitor may see it."""
    found = reading.correspondence(page.session, page.row.id)
    lines = [_sent(page, mail, row) for mail, row in found.sent if may_read(page, row)]
    lines += [_waiting(page, row) for row in found.waiting if may_read(page, row)]
    for due in found.letters:
        if _is_for(page, due):
            lines.append(LetterLine(_name(due.code), _whom(due.addressee), "lettre à préparer et à signer"))
    return lines


def _name(code: str) -> str:
    return (LETTERS.get(code) or _REMINDERS.get(code) or (ACTS[code].label if code in ACTS else code)).capitalize()


def _whom(addressee: str | None) -> str:
    return ADDRESSEES[Addressee(addressee)] if addressee else "à la machine"


def _sent(page: Page, mail: SentMail, row: OutboxRow) -> LetterLine:
    doubt = " (peut-être deux fois)" if mail.doubtful else ""
    stands = f"envoyé le {_when(page, row, mail.sent_at)}{doubt}"
    return LetterLine(mail.subject, _whom(row.addressee), stands, mail=mail.id)


def _waiting(page: Page, row: OutboxRow) -> LetterLine:
    why = f"{NBSP}: {row.last_error}" if row.last_error and page.visitor.is_agent else ""
    if row.dead_at is not None:
        revive = row.id if page.visitor.is_agent else None
        return LetterLine(_name(row.name), _whom(row.addressee), f"abandonné{why}", late=True, revive=revive)
    verb = "partira" if row.kind == EffectKind.MAIL.value else "sera fait"
    after = f", après un échec{why}" if why else ""
    return LetterLine(
        _name(row.name), _whom(row.addressee), f"{verb} le {_when(page, row, row.next_attempt_at)}{after}"
    )


def _when(page: Page, row: OutboxRow, at: datetime) -> str:
    """An instant of the machine told on the legal clock: as long after the effect was wanted as it really is."""
    return unbroken(instant(row.at + (at - row.created_at), page.call.authority.zone))


def may_read(page: Page, row: OutboxRow) -> bool:
    """True for an effect that is for the visitor: a doctor reads what was addressed to them, not to another one."""
    if page.readable.in_part and row.addressee != Addressee.REPORTER.value:
        at = doctor_at(page.past.entries, row.entry, row.at)
        return at == page.visitor.actor.id and _concerns(page, row.addressee, row.details)
    return _concerns(page, row.addressee, row.details)


def _is_for(page: Page, due: LetterDue) -> bool:
    if not page.readable.in_part:
        return _concerns(page, due.addressee, {})
    if due.addressee == Addressee.FORMER_CANDIDATE.value:
        return doctor_before(page.past.entries, due.entry) == page.visitor.actor.id
    at = doctor_at(page.past.entries, due.entry, due.asked_at)
    return at == page.visitor.actor.id and _concerns(page, due.addressee, {})


def _concerns(page: Page, addressee: str | None, details: Mapping[str, str]) -> bool:
    if page.visitor.is_agent:
        return True
    if addressee == Addressee.REPORTER.value:
        request, me = page.view.request(details.get("request")), page.visitor.actor
        return request is not None and request.reported_by in {me.id, me.party}
    return addressee in {mine.value for mine in _mine(page)}


def _mine(page: Page) -> Iterator[Addressee]:
    """How a party is addressed."""
    view, me = page.view, page.visitor.actor
    if any(d.party == (me.party or me.id) for d in view.depositors):
        yield Addressee.DEPOSITORS
    if me.party is None:
        yield Addressee.CANDIDATE
        return
    roles = {site.role for site in view.sites if site.id == me.party}
    if SiteRole.RECRUITER in roles:
        yield Addressee.RECRUITER
    if SiteRole.PARTNER in roles:
        yield Addressee.PARTNERS


@blueprint.get("/<uuid:mail>")
@open_to(Policy.DOSSIER)
def read(number: str, mail: UUID) -> ResponseReturnValue:
    """A mail as it left, for whom it is for."""
    page = page_of(db.session(), security.required_visitor(), number, security.clocks().legal())
    found = reading.sent_mail(page.session, page.row.id, mail)
    if found is None or not may_read(page, found[1]):
        abort(HTTPStatus.NOT_FOUND)
    sent, row = found
    return render_template(
        "letter.html",
        view=page.facts,
        mail=sent,
        to=_whom(row.addressee),
        left=_when(page, row, sent.sent_at),
        body=unfolded(sent.body),
    )


def unfolded(body: str) -> str:
    """A text whose lines were cut for mail programs, each paragraph and each item on one line again."""
    lines: list[str] = []
    joined = False
    for line in body.strip().splitlines():
        if joined and line and not line.startswith("- "):
            lines[-1] += f" {line.strip()}"
        else:
            lines.append(line)
        joined = bool(line)
    return "\n".join(lines)


@blueprint.post("/<uuid:row>/relancer")
@open_to(Policy.AGENTS)
def revive(number: str, row: UUID) -> ResponseReturnValue:
    """Have a row that was given up tried again."""
    session, clocks = db.session(), security.clocks()
    page = page_of(session, security.required_visitor(), number, clocks.legal())
    found = session.get(OutboxRow, row)
    if found is None or found.dossier != page.row.id:
        abort(HTTPStatus.NOT_FOUND)
    outbox.revive(session, row, clocks.machine())
    return redirect(url_for("dossiers.show", number=number, volet="courriers", _anchor="volet"), HTTPStatus.SEE_OTHER)
