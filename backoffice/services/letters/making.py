"""What a letter tells, drawn from its dossier: whom it goes to, its data as its template sees it, what it lacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.services.callbook import ruling
from backoffice.services.facts import view_of
from backoffice.services.letters.templates import Template, in_force
from backoffice.services.records import is_reference, reference_id
from backoffice.store import reading
from backoffice.store.dossiers import DossierRow, JournalEntry, PersonalText
from backoffice.store.letters import Letter
from backoffice.store.mails import LetterDue
from workflows.calls.model import Call
from workflows.calls.sources import UnknownValueError
from workflows.deadlines import local_day
from workflows.dossier import Dossier
from workflows.effects import Addressee
from workflows.french import listing, typography
from workflows.letters.data import printed
from workflows.letters.kinds import KINDS
from workflows.letters.matter import Matter, NothingToTellError
from workflows.letters.members import changed
from workflows.parties import parties


class LetterRefusedError(ValueError):
    """Something that cannot be done with a letter; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A letter as it would be prepared now: what its template sees, and the mandatory mentions that nobody gave."""

    data: dict[str, Any]
    template: Template
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """What the letters of one `LetterDue` are drawn from, read once."""

    due: LetterDue
    row: DossierRow
    entry: JournalEntry
    view: Dossier
    call: Call

    @property
    def authority(self) -> str:
        """What numbers and templates are kept under: the region of the authority, else its name."""
        return authority_key(self.call)

    @property
    def details(self) -> dict[str, str]:
        """What the act said with the letter it asked for."""
        asked = {"kind": "letter", "name": self.due.code, "to": self.due.addressee}
        for effect in self.entry.effects:
            if asked.items() <= effect.items():
                return dict(effect.get("details") or {})
        return {}

    @property
    def parties(self) -> tuple[str, ...]:
        """Whom it goes to: one letter each. The accountant is no party: an empty id."""
        if self.due.addressee == Addressee.ACCOUNTANT.value:
            return ("",)
        return parties(self.view, self.due.addressee, self.details)


def authority_key(call: Call) -> str:
    """What the numbers and the templates of an authority are kept under."""
    return call.authority.region or call.authority.name[:80]


def source(session: Session, due: LetterDue, row: DossierRow) -> Source:
    """What the letters of one decision are drawn from."""
    return Source(due, row, session.get_one(JournalEntry, due.entry), view_of(row), ruling(session, row))


def prepare(session: Session, found: Source, party: str) -> Prepared:
    """A letter as it would be prepared now. Raises LetterRefusedError."""
    kind = KINDS.get(found.due.code)
    if kind is None:
        raise LetterRefusedError("Ce courrier n’a pas de modèle : écrivez-le à la main, hors de l’application.")
    matter = _matter(session, found, party)
    try:
        data = printed(kind.build(matter))
    except NothingToTellError as error:
        raise LetterRefusedError(typography(str(error))) from error
    except (UnknownValueError, ValueError) as error:
        raise LetterRefusedError(typography(f"Ce courrier ne peut pas être préparé. {error}")) from error
    return Prepared(data, in_force(session, found.authority, kind.code), tuple(gap.sentence for gap in matter.missing))


def _matter(session: Session, found: Source, party: str) -> Matter:
    view = found.view
    return Matter(
        code=found.due.code,
        view=view,
        call=found.call,
        to=Addressee(found.due.addressee),
        party=party or None,
        decided_on=local_day(found.entry.at, found.call.authority.zone),
        names=_names(session, view, party),
        details=found.details,
        reason=_reason(session, found.entry),
    )


def _names(session: Session, view: Dossier, party: str) -> Mapping[str, str]:
    doctors = {view.candidate.id} if view.candidate else set()
    doctors |= {*view.former, *(t.candidate for t in view.tenures if t.candidate)}
    return reading.authors(session, {*doctors, party})


def _reason(session: Session, entry: JournalEntry) -> str | None:
    """The written reason of the act; None when it has none, or when it was erased."""
    said = entry.inputs.get("reason")
    if not isinstance(said, str) or not is_reference(said):
        return said or None
    return session.scalar(select(PersonalText.text).where(PersonalText.id == reference_id(said)))


def outdated(session: Session, letter: Letter, found: Source) -> str | None:
    """Why a letter that has not left is to be prepared again; None while it tells what is true."""
    if found.due.cancelled_at is not None:
        return "La décision a été reprise : ce courrier n’a plus d’objet."
    if letter.party not in found.parties:
        return "Le destinataire a changé depuis que ce courrier a été préparé."
    try:
        now = prepare(session, found, letter.party)
    except LetterRefusedError as error:
        return str(error)
    if now.template.digest != letter.template:
        return "Le modèle a changé depuis que ce courrier a été préparé."
    if now.data == letter.data:
        return None
    labels = changed(letter.data, now.data, KINDS[letter.code].data)
    return typography(f"Le dossier a changé depuis que ce courrier a été préparé : {listing(labels)}.")


def maybe_outdated(session: Session, letter: Letter, due: LetterDue, row: DossierRow) -> str | None:
    """The same for a list: a dossier that nobody touched since is not read again."""
    if letter.sent_at is not None or (row.version == letter.version and due.cancelled_at is None):
        return None
    return outdated(session, letter, source(session, due, row))


def signatory_of(entry: JournalEntry) -> UUID | None:
    """Who signs a decision, when the act named them."""
    try:
        return UUID(entry.inputs.get("signed_by") or "")
    except ValueError:
        return None
