"""What keeps somebody from an act on a letter, said before they try: the acts refuse for the same reasons."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from backoffice.services.letters.signing import decides
from backoffice.store.letters import Letter, LetterStep
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
