"""Where a letter stands, in the words of every page: its step, since when, what is next."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from backoffice.store.letters import Letter, LetterStep
from workflows.french import short_day, typography

#: The step of a letter (un courrier).
WORDS: Mapping[LetterStep, str] = MappingProxyType(
    {
        LetterStep.PREPARE: "à préparer",
        LetterStep.VALIDATE: "préparé, à valider",
        LetterStep.MAKE: "validé, à produire",
        LetterStep.BEING_MADE: "en cours de production",
        LetterStep.SEND: "produit, à envoyer",
        LetterStep.LEAVING: "remis à l’envoi",
        LetterStep.SENT: "envoyé",
        LetterStep.FILED: "versé au dossier",
        LetterStep.VOID: "retiré",
    }
)


def stage_of(letter: Letter) -> str:
    """Where a letter that was prepared stands: `envoyé le 5 mars 2026`."""
    words = WORDS[letter.step]
    return f"{words} le {short_day(letter.sent_on)}" if letter.sent_on is not None else words


def lead_of(letter: Letter, *, by_another: bool) -> str:
    """The same as the first sentence of its page. `by_another`: two persons see it before it leaves."""
    words = stage_of(letter)
    told = f"{words[:1].upper()}{words[1:]}"
    match letter.step:
        case LetterStep.VOID:
            return typography(f"{told} : {letter.voided_for}")
        case LetterStep.SENT | LetterStep.FILED:
            return typography(f"{told} : il ne change plus.")
        case LetterStep.VALIDATE if by_another:
            return f"{told} par une autre personne."
        case _:
            return f"{told}."
