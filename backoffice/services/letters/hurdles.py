"""What keeps somebody from an act on a letter, said before they try: the acts refuse for the same reasons."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.orm import Session

from backoffice.services.act import Times
from backoffice.services.letters.making import LetterRefusedError
from backoffice.services.letters.sending import to_send_by_mail
from backoffice.services.letters.signing import decides
from backoffice.services.letters.sources import source
from backoffice.services.letters.stages import to_draft, to_validate
from backoffice.store.dossiers import DossierRow
from backoffice.store.letters import Letter, LetterStep
from backoffice.store.mails import LetterDue
from workflows.actors import Actor, Role, decides_at
from workflows.letters.kinds import KINDS


def hurdle(letter: Letter, by: Actor, copied: Collection[UUID]) -> str | None:
    """Why an actor cannot carry a letter on from its step; None when nothing is known against it.

    `copied`: the letters that have their signed copy.
    """
    match letter.step:
        case LetterStep.VALIDATE if letter.code in KINDS and KINDS[letter.code].signed:
            if not decides_at(by.role, Role.HEAD):
                return "Un responsable ou le directeur général le valide."
            return "Vous l’avez préparé : une autre personne le valide." if by.id == letter.drafted_by else None
        case LetterStep.SEND if decides(letter.code) and letter.id not in copied:
            return "Déposez son exemplaire signé, ou envoyez-le sur papier."
    return None


def foretold(
    session: Session,
    due: LetterDue,
    row: DossierRow | None,
    letter: Letter | None,
    *,
    by: Actor,
    times: Times,
    signatory: UUID | None = None,
) -> str | None:
    """Why carrying a letter on from its step would be refused now; None when it would be done. Nothing is written.

    `row`: its dossier, None for a letter of a session. `letter`: None while it is to prepare. What a batch makes is
    not looked at: it says by itself which ones it did not make.
    """
    try:
        if letter is None:
            to_draft(session, due.id)
        elif letter.step is LetterStep.VALIDATE:
            to_validate(session, letter, source(session, due, row), by, signatory)
        elif letter.step is LetterStep.SEND:
            to_send_by_mail(session, letter, source(session, due, row), times)
    except LetterRefusedError as error:
        return str(error)
    return None
