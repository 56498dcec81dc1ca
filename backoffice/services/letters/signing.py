"""The signed copy of a letter: given by whoever had it signed, and what its mail carries.

A decision bears the signature of its author (CRPA, art. L. 212-1): by mail it leaves with its signed copy only. What
is posted is signed on its paper; a copy may be kept all the same.
"""

from __future__ import annotations

import hashlib
from uuid import UUID

from sqlalchemy.orm import Session

from backoffice.services.act import Times
from backoffice.services.documents import DocumentRefusedError, Received, Shelf
from backoffice.services.letters.making import LetterRefusedError, attachment_of
from backoffice.services.letters.sources import Source
from backoffice.services.letters.stages import held
from backoffice.store.base import writing
from backoffice.store.letters import Letter
from backoffice.store.outbox import OutboxRow
from backoffice.store.signed_copies import SignedCopy, signed_copy
from workflows.actors import Actor
from workflows.letters.kinds import KINDS

_PDF = "application/pdf"
UNSIGNED = (
    "Une décision part par courriel avec son exemplaire signé (CRPA, art. L. 212-1) : déposez-le (PDF) sur la page du "
    "courrier, ou envoyez le courrier signé sur papier."
)
_ENCLOSED = (
    "La décision jointe n’a pas d’exemplaire signé : déposez-le (PDF) sur la page de la décision, ou envoyez ce "
    "courrier sur papier."
)


def decides(code: str) -> bool:
    """True for a letter that is a decision."""
    return code in KINDS and KINDS[code].decides


def give_copy(session: Session, letter: UUID, given: Received, by: Actor, times: Times, shelf: Shelf) -> str:
    """Keep the signed copy of a letter; gives its digest. Given again before it leaves, the last one is used.

    Raises LetterRefusedError: it is a PDF, of a letter that was made and somebody signs; what left never changes.
    """
    _checked(given)
    sha256 = hashlib.sha256(given.content).hexdigest()
    with writing(session):
        row, _ = held(session, letter)
        last = signed_copy(session, letter)
        _may_have(session, row, last, sha256)
        if last is None or last.sha256 != sha256:
            shelf.put(given.content)
            session.add(
                SignedCopy(
                    letter=letter,
                    rank=1 if last is None else last.rank + 1,
                    sha256=sha256,
                    size=len(given.content),
                    given_at=times.legal,
                    given_by=by.id,
                )
            )
    return sha256


def _checked(given: Received) -> None:
    try:
        kind = given.media_type()
    except DocumentRefusedError as error:
        raise LetterRefusedError(str(error)) from error
    if kind != _PDF:
        raise LetterRefusedError("L’exemplaire signé est un PDF : numérisez-le en PDF et recommencez.")


def _may_have(session: Session, letter: Letter, last: SignedCopy | None, sha256: str) -> None:
    if letter.generated_at is None:
        raise LetterRefusedError("Ce courrier n’est pas encore produit : produisez-le d’abord.")
    if not KINDS[letter.code].signed:
        raise LetterRefusedError("Personne ne signe ce courrier : il n’a pas d’exemplaire signé.")
    if _is_mailed(session, letter) or (letter.sent_at is not None and last is not None):
        raise LetterRefusedError("Ce courrier est parti, ou part : son exemplaire signé ne change plus.")
    if sha256 == letter.sha256:
        raise LetterRefusedError("Ce fichier est le courrier produit, sans signature : déposez l’exemplaire signé.")


def _is_mailed(session: Session, letter: Letter) -> bool:
    """True once a mail carries the letter, or did; a mail that was given up carries it no more."""
    if letter.sending is None:
        return False
    carrying = session.get_one(OutboxRow, letter.sending, with_for_update=True, populate_existing=True)
    return carrying.dead_at is None


def unsigned(session: Session, letter: Letter, found: Source) -> str | None:
    """Why a letter cannot leave by mail as it stands: what it carries is not signed. None when it may."""
    if decides(letter.code) and signed_copy(session, letter.id) is None:
        return UNSIGNED
    enclosed = attachment_of(session, found)[1]
    if enclosed is not None and decides(enclosed.code) and signed_copy(session, enclosed.id) is None:
        return _ENCLOSED
    return None


def file_of(session: Session, letter: Letter) -> str | None:
    """The digest of what is read of a letter: its signed copy, else the file that was made; None before it is made."""
    copy = signed_copy(session, letter.id)
    return letter.sha256 if copy is None else copy.sha256
