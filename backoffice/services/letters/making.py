"""What a letter tells, drawn from its dossier: whom it goes to, its data as its template sees it, what it lacks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from backoffice.services.letters.asked import details_of
from backoffice.services.letters.sources import Source, stands
from backoffice.services.letters.templates import Template, in_force
from backoffice.store.dossiers import DossierRow
from backoffice.store.letter_lists import asked_with
from backoffice.store.letters import Letter
from backoffice.store.mails import LetterDue
from workflows.calls.sources import UnknownValueError
from workflows.french import listing, typography
from workflows.letters.data import printed
from workflows.letters.kinds import KINDS
from workflows.letters.matter import AnyMatter, Attached, Matter, NoLongerStandsError, NothingToTellError
from workflows.letters.members import changed


class LetterRefusedError(ValueError):
    """Something that cannot be done with a letter; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A letter as it would be prepared now: what its template sees, and the mandatory mentions that nobody gave."""

    data: dict[str, Any]
    template: Template
    missing: tuple[str, ...]


def prepare(session: Session, found: Source, party: str) -> Prepared:
    """A letter as it would be prepared now. Raises LetterRefusedError."""
    kind = KINDS.get(found.due.code)
    if kind is None:
        raise LetterRefusedError("Ce courrier n’a pas de modèle : écrivez-le à la main, hors de l’application.")
    try:
        matter = _matter(session, found, party)
        data = printed(kind.build(matter))
    except NothingToTellError as error:
        raise LetterRefusedError(typography(str(error))) from error
    except (UnknownValueError, ValueError) as error:
        raise LetterRefusedError(typography(f"Ce courrier ne peut pas être préparé. {error}")) from error
    return Prepared(data, in_force(session, found.authority, kind.code), tuple(gap.sentence for gap in matter.missing))


def _matter(session: Session, found: Source, party: str) -> AnyMatter:
    matter = found.matter(session, party)
    return replace(matter, attached=_attached(session, found)) if isinstance(matter, Matter) else matter


def _attached(session: Session, found: Source) -> Attached | None:
    """The letter that goes with this one: numbered, or written out of here; None while it is neither."""
    due, letter = attachment_of(session, found)
    if letter is not None and letter.full_number is not None:
        return Attached(letter.full_number)
    return Attached(None) if due is not None and letter is None and due.elsewhere_at is not None else None


def attachment_of(session: Session, found: Source) -> tuple[LetterDue | None, Letter | None]:
    """The letter of the same repayment that goes with one, as it was asked for and as it stands; none for most."""
    kind = KINDS.get(found.due.code)
    if kind is None or kind.attaches is None or found.dossier is None:
        return None, None
    about = found.details.get("repayment")
    for due, entry, letter in asked_with(session, found.dossier, kind.attaches):
        if details_of(due, entry).get("repayment") == about:
            return due, letter
    return None, None


def gone(due: LetterDue) -> str:
    """Why a letter that was taken back has no object any more."""
    if due.dossier is None:
        return "Ce courrier a été demandé de nouveau : ouvrez celui qui le remplace, à la page de la séance."
    return "La décision a été reprise : ce courrier n’a plus d’objet."


def outdated(session: Session, letter: Letter, found: Source) -> str | None:
    """Why a letter that has not left is to be prepared again; None while it tells what is true."""
    if found.due.cancelled_at is not None:
        return gone(found.due)
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
    what = "La séance" if found.dossier is None else "Le dossier"
    return typography(f"{what} a changé depuis que ce courrier a été préparé : {listing(labels)}.")


def without_object(session: Session, due: LetterDue, row: DossierRow | None) -> str | None:
    """Why a letter that nobody prepared has no object any more, for a list; None while it has one."""
    return None if stands(session, due, row) else typography(str(NoLongerStandsError()))
