"""Which letters of a list no longer tell what is true: what they are drawn from changed since they were prepared."""

from __future__ import annotations

from sqlalchemy.orm import Session

from backoffice.services.letters.making import outdated
from backoffice.services.letters.sources import source
from backoffice.services.letters.templates import of_text
from backoffice.store.dossiers import DossierRow
from backoffice.store.letter_lists import Signs
from backoffice.store.letters import Letter
from backoffice.store.mails import LetterDue
from workflows.letters.kinds import KINDS


def listed_outdated(
    session: Session, letter: Letter, due: LetterDue, row: DossierRow | None, signs: Signs | None
) -> str | None:
    """Why a letter is to be prepared again, as its page says it; one that nothing touched since is not read again.

    `row`: its dossier, None for a letter of a session. `signs`: read with the list; without them the letter is read.
    """
    if letter.sent_at is not None or (row is not None and signs and _is_as_it_was(letter, due, row, signs)):
        return None
    return outdated(session, letter, source(session, due, row))


def _is_as_it_was(letter: Letter, due: LetterDue, row: DossierRow, signs: Signs) -> bool:
    kind = KINDS.get(letter.code)
    return (
        kind is not None
        and kind.attaches is None  # the letter that goes with another one has a life of its own
        and due.cancelled_at is None
        and row.version == letter.version
        and not signs.reloaded
        and of_text(letter.code, signs.template).digest == letter.template
    )
