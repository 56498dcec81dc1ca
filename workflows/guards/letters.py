"""Guards on asking for a letter that no decision asks for: it has something to tell, and none like it is on its way."""

from __future__ import annotations

from typing import Any

from workflows.acts.base import Context, input_guard
from workflows.dossier import Dossier
from workflows.findings import Check, check, refusal
from workflows.letters.asked import AskedLetter, Wish, about, effects, lacks

LETTER_WITHOUT_OBJECT = refusal(
    "letter_without_object",
    "Ce courrier n’aurait rien à dire : {why}.",
    "Enregistrez d’abord ce fait s’il a eu lieu, ou choisissez un autre courrier.",
)
YEAR_MISSING = refusal(
    "letter_year_missing",
    "Un bilan annuel dit de quelle année il est.",
    "Indiquez l’année.",
)
LETTER_ASKED_ALREADY = refusal(
    "letter_asked_already",
    "Ce courrier est déjà demandé, et n’est pas encore parti.",
    "Préparez-le et envoyez-le depuis les courriers du dossier ; si vous l’avez écrit ailleurs, notez-le là.",
)


def wish_of(context: Context[Any]) -> Wish:
    """The letter that an act asks for."""
    inputs = context.inputs
    year = inputs.year if inputs.letter is AskedLetter.YEAR else None
    return Wish(inputs.letter, year, context.today)


@input_guard
def year_given(context: Context[Any]) -> Check:
    """An annual letter says of which year."""
    return check(YEAR_MISSING(field="year") if _lacks_its_year(context) else None)


def _lacks_its_year(context: Context[Any]) -> bool:
    return context.inputs.letter is AskedLetter.YEAR and context.inputs.year is None


@input_guard
def something_to_tell(context: Context[Any]) -> Check:
    """The letter has an object on this dossier today."""
    wish = wish_of(context)
    why = None if _lacks_its_year(context) else lacks(context.dossier, wish)
    return check(LETTER_WITHOUT_OBJECT(why=why) if why else None, letter=wish.letter, year=wish.year)


@input_guard
def none_waiting(context: Context[Any]) -> Check:
    """No letter that says the same is still to prepare, or on its way."""
    wish, dossier = wish_of(context), context.dossier
    waits = lacks(dossier, wish) is None and _key(dossier, wish) in dossier.around.letters_waiting
    return check(LETTER_ASKED_ALREADY() if waits else None)


def _key(dossier: Dossier, wish: Wish) -> tuple[str, str]:
    return wish.letter.value, about(effects(dossier, wish)[0].details)
