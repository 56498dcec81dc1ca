"""The act that asks for a letter by hand: one that tells or certifies, which no decision asks for by itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from workflows.acts.base import Act, ActInputs, Context, Outcome, Who
from workflows.acts.common import label
from workflows.guards import letters as on_letter
from workflows.letters.asked import AskedLetter, effects
from workflows.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class AskLetterInputs(ActInputs):
    """The letter wanted. `year`: the calendar year of an annual one."""

    letter: AskedLetter = field(
        metadata=label("Courrier", help="Seuls les courriers qui ont quelque chose à dire aujourd’hui sont proposés.")
    )
    year: int | None = field(
        default=None, metadata=label("Année", help="Celle du bilan.", needed="obligatoire pour un bilan annuel")
    )


def _ask(context: Context[AskLetterInputs]) -> Outcome:
    return Outcome({}, effects(context.dossier, on_letter.wish_of(context)))


ACTS = (
    Act(
        "ask_letter",
        "Établir un courrier",
        (Who.INSTRUCTOR,),
        AskLetterInputs,
        _ask,
        (on_letter.year_given, on_letter.something_to_tell, on_letter.none_waiting),
        sources=tuple(s for s in State if s is not State.DRAFT),
    ),
)
