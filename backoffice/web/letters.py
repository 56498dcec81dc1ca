"""What leaves the house for a dossier: mails sent, effects that wait or were given up, letters to sign.

Agents see everything; a party sees what is addressed to it, and not why a sending failed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backoffice.services import bounces, outbox
from backoffice.services.effect_words import effect_name, letter_words, whom
from backoffice.services.letters.freshness import listed_outdated
from backoffice.store import reading
from backoffice.store.base import db
from backoffice.store.letters import Letter, LetterStep
from backoffice.store.mails import Bounce, LetterDue, SentMail
from backoffice.store.outbox import LETTER_SEND, OutboxRow
from backoffice.web import security
from backoffice.web.addressees import is_for
from backoffice.web.letter_steps import WORDS, stage_of
from backoffice.web.policy import Policy, open_to
from backoffice.web.readable import doctor_at, doctor_before
from backoffice.web.reader import Page, page_of
from workflows.effects import Addressee
from workflows.french import NBSP, instant, short_day, typography, unbroken
from workflows.letters.kinds import KINDS
from workflows.parts.receipts import Receipt
from workflows.sites import SiteRole

blueprint = Blueprint("letters", __name__, url_prefix="/dossiers/<number>/courriers")


@dataclass(frozen=True, slots=True)
class LetterLine:
    """A mail or a letter: what, to whom, where it stands.

    `revive`: the id of a row that was given up. `mail`: the id of a mail that left, to read it. `lost`: what agents
    know of the addresses that did not take it, or why a letter is to be prepared again. `href`: the page of a letter.
    """

    what: str
    to: str
    stands: str
    late: bool = False
    revive: UUID | None = None
    mail: UUID | None = None
    lost: str = ""
    href: str = ""


def letter_lines(page: Page) -> list[LetterLine]:
    """Everything that leaves the house for a dossier, as its visitor may see it."""
    found = page.correspondence
    lost = reading.bounces(page.session, found.lost) if page.visitor.is_agent else {}
    lines = [_sent(page, mail, row, lost.get(mail.id, [])) for mail, row in found.sent if may_read(page, row)]
    lines += [_waiting(page, row) for row in found.waiting if may_read(page, row)]
    return lines + letters_of(page, {due.entry for due, _ in found.letters if due.entry})


def letters_of(page: Page, entries: Collection[UUID]) -> list[LetterLine]:
    """The letters that some journal entries asked for, as their visitor may see them."""
    found = [
        (due, made)
        for due, made in page.correspondence.letters
        if due.entry in entries and due.entry and is_addressed_to(page, due.addressee, due.entry, due.asked_at)
    ]
    return [line for due, made in found for line in _of_decision(page, due, made)]


def _of_decision(page: Page, due: LetterDue, made: list[Letter]) -> Iterator[LetterLine]:
    """The letters of a decision: one line each once they are prepared; a party reads its own, once it was sent."""
    if not page.visitor.is_agent:
        me = {page.visitor.actor.id, page.visitor.actor.party}
        mine = [letter for letter in made if letter.sent_at and letter.party in me]
        for letter in mine:
            yield replace(_prepared(page, due, letter), href=url_for("letter_pages.file", letter=letter.id))
        if not mine:
            yield _letter(page, due)
    elif due.code not in KINDS:
        yield _letter(page, due)
    elif not made:
        yield replace(_letter(page, due), href=url_for("letter_pages.project", due=due.id))
    else:
        yield from (_prepared(page, due, letter) for letter in made)


def _prepared(page: Page, due: LetterDue, letter: Letter) -> LetterLine:
    had = _had(page, due, letter.party)
    why = listed_outdated(page.session, letter, due, page.row, page.correspondence.signs.get(letter.id))
    number = f" (n°{NBSP}{letter.full_number})" if letter.full_number else ""
    return LetterLine(
        f"{letter_words(due.code, letter.data)}{number}",
        letter.data["to"]["name"],
        unbroken(f"reçu le {short_day(had)}" if had else stage_of(letter)),
        lost=f"À refaire : {why}" if why else "",
        href=url_for("letter_pages.show", letter=letter.id),
    )


def _had(page: Page, due: LetterDue, party: str) -> date | None:
    """The day on which a party is known to have a letter."""
    found = [r.had_on for r in _receipts(page, due) if r.party in {party, None} and r.had_on]
    return max(found, default=None)


def _receipts(page: Page, due: LetterDue) -> list[Receipt]:
    seq = next((entry.seq for entry in page.past.entries if entry.id == due.entry), 0)
    return [r for r in page.facts.receipts if (r.entry, r.letter, r.to.value) == (seq, due.code, due.addressee)]


def _sent(page: Page, mail: SentMail, row: OutboxRow, lost: list[Bounce]) -> LetterLine:
    doubt = " (peut-être deux fois)" if mail.doubtful else ""
    stands = f"envoyé le {_when(page, row, mail.sent_at)}{doubt}"
    if mail.dry:
        stands = f"composé le {_when(page, row, mail.sent_at)}, sans partir : cette installation n’envoie rien"
    told = " ".join(_lost(bounce) for bounce in lost)
    return LetterLine(mail.subject, whom(row.addressee), typography(stands), mail=mail.id, lost=told)


def _lost(bounce: Bounce) -> str:
    verb = "ne l’a pas pris du premier coup"
    if bounce.permanent or (bounce.refused and bounce.proven):
        verb = "a refusé ce courriel"
    elif bounce.refused:
        verb = "aurait refusé ce courriel, selon un avis dont rien ne prouve l’origine"
    return f"L’adresse {bounce.address} {verb}{f' ({bounce.status})' if bounce.status else ''}."


def _waiting(page: Page, row: OutboxRow) -> LetterLine:
    why = f"{NBSP}: {row.last_error}" if row.last_error and page.visitor.is_agent else ""
    if row.dead_at is not None:
        revive = row.id if page.visitor.is_agent else None
        return LetterLine(effect_name(row.name), whom(row.addressee), f"abandonné{why}", late=True, revive=revive)
    verb = "partira" if row.queue != "work" else "sera fait"
    after = f", après un échec{why}" if why else ""
    return LetterLine(
        effect_name(row.name), whom(row.addressee), f"{verb} le {_when(page, row, row.next_attempt_at)}{after}"
    )


def _when(page: Page, row: OutboxRow, at: datetime) -> str:
    """An instant of the machine told on the legal clock: as long after the effect was wanted as it really is."""
    return unbroken(instant(row.at + (at - row.created_at), page.call.authority.zone))


def may_read(page: Page, row: OutboxRow) -> bool:
    """True for an effect that is for the visitor: a doctor reads what was addressed to them, not to another one."""
    if row.dossier is None:  # a mail about several dossiers, for one party
        mine = row.party is not None and row.party in {page.visitor.actor.id, page.visitor.actor.party}
        return page.visitor.is_agent or mine
    if row.kind == LETTER_SEND and not page.visitor.is_agent:  # each party has a letter of its own
        return row.party in {page.visitor.actor.id, page.visitor.actor.party}
    if page.readable.in_part and row.addressee != Addressee.REPORTER.value:
        at = doctor_at(page.past.entries, row.entry, row.at)
        return at == page.visitor.actor.id and _concerns(page, row.addressee, row.details)
    return _concerns(page, row.addressee, row.details)


def is_addressed_to(page: Page, addressee: str, entry: UUID, at: datetime) -> bool:
    """True for a letter of a journal entry that is for the visitor: a doctor reads those of their own time."""
    if not page.readable.in_part:
        return _concerns(page, addressee, {})
    if addressee == Addressee.FORMER_CANDIDATE.value:
        return doctor_before(page.past.entries, entry) == page.visitor.actor.id
    return doctor_at(page.past.entries, entry, at) == page.visitor.actor.id and _concerns(page, addressee, {})


def _letter(page: Page, due: LetterDue) -> LetterLine:
    """A decision letter: to prepare, until its addressees are known to have it."""
    sent = _receipts(page, due)
    had = [r.had_on for r in sent if (page.visitor.is_agent or r.party is None or is_for(page, r)) and r.had_on]
    stands = (
        f"courrier {WORDS[LetterStep.PREPARE]}, à signer et à envoyer{', puis réception à prouver' if sent else ''}"
    )
    if due.idle_at:
        stands = "courrier devenu sans objet"
    if due.elsewhere_at:
        stands = "courrier écrit hors de l’application"
    if had:
        some = page.visitor.is_agent and len(had) < len(sent)
        stands = f"reçu le {short_day(max(had))}{f' ({len(had)} sur {len(sent)})' if some else ''}"
    return LetterLine(effect_name(due.code), whom(due.addressee), unbroken(stands))


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
    lost = reading.bounces(page.session, [sent.id]).get(sent.id, [])
    return render_template(
        "letter.html",
        view=page.facts,
        mail=sent,
        to=whom(row.addressee),
        left=_when(page, row, sent.sent_at),
        body=unfolded(sent.body),
        lost=[_lost(bounce) for bounce in lost],
        refusing=[bounce.address for bounce in lost if bounce.permanent],
        unseen=any(bounce.refused and bounce.seen_at is None for bounce in lost),
    )


@blueprint.post("/<uuid:mail>/vu")
@open_to(Policy.AGENTS)
def see_to(number: str, mail: UUID) -> ResponseReturnValue:
    """Note that the addressees of a mail that was refused were told in another way."""
    session = db.session()
    page = page_of(session, security.required_visitor(), number, security.clocks().legal())
    if reading.sent_mail(session, page.row.id, mail) is None:
        abort(HTTPStatus.NOT_FOUND)
    bounces.see_to(session, mail, security.clocks().machine())
    return redirect(url_for("letters.read", number=number, mail=mail), HTTPStatus.SEE_OTHER)


@blueprint.post("/<uuid:mail>/adresse")
@open_to(Policy.AGENTS)
def trust(number: str, mail: UUID) -> ResponseReturnValue:
    """Have an address that refused a mail of the dossier written to again: somebody knows that it works."""
    session, address = db.session(), request.form.get("adresse", "")
    page = page_of(session, security.required_visitor(), number, security.clocks().legal())
    found = reading.sent_mail(session, page.row.id, mail)
    if found is None or address not in {b.address for b in reading.bounces(session, [mail]).get(mail, [])}:
        abort(HTTPStatus.NOT_FOUND)
    bounces.trust(session, address)
    return redirect(url_for("letters.read", number=number, mail=mail), HTTPStatus.SEE_OTHER)


@blueprint.get("/<uuid:mail>/mise-en-page")
@open_to(Policy.DOSSIER)
def laid_out(number: str, mail: UUID) -> Response:
    """The page of a mail as it left: nothing in it runs, and nothing is fetched."""
    page = page_of(db.session(), security.required_visitor(), number, security.clocks().legal())
    found = reading.sent_mail(page.session, page.row.id, mail)
    if found is None or not found[0].html or not may_read(page, found[1]):
        abort(HTTPStatus.NOT_FOUND)
    response = Response(found[0].html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


_RULE = re.compile("-{3,}")


def unfolded(body: str) -> str:
    """A text whose lines were cut for mail programs, each paragraph and each item on one line again."""
    lines: list[str] = []
    joined = False
    for line in body.strip().splitlines():
        if _RULE.fullmatch(line):
            continue
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
    if not reading.is_about(session, page.row.id, row):
        abort(HTTPStatus.NOT_FOUND)
    outbox.revive(session, row, clocks.machine())
    return redirect(url_for("dossiers.show", number=number, volet="courriers", _anchor="volet"), HTTPStatus.SEE_OTHER)
