"""The letter of a rectification: a decision that was told is taken back, on which ground, and what stands again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from workflows.acts import label_of
from workflows.describe import letter_name
from workflows.letters.data import LetterData, labelled
from workflows.letters.debts import REASONS, by_law
from workflows.letters.matter import Matter, common, spelt
from workflows.letters.refusal import hears_reasons
from workflows.letters.remedies import may_cite_crpa
from workflows.states import State

#: A decision whose reasons are not for everybody: neither are those of its rectification.
_JUDGES_A_PERSON = frozenset({"reject"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionLetter(LetterData):
    """A decision taken back. `letters`: those of it that this addressee was sent, which say nothing that holds.

    `facts` is None for an establishment, when they may judge a person (CRPA L. 311-6).
    """

    act: str = field(metadata=labelled("Décision retirée"))
    done_on: date = field(metadata=labelled("Date de la décision retirée"))
    letters: tuple[str, ...] = field(metadata=labelled("Courriers qui ne valent plus"))
    basis: str = field(metadata=labelled("Fondement de la rectification"))
    facts: str | None = field(metadata=labelled("Motif"))
    state: str = field(metadata=labelled("État où le dossier revient"))


def correction_letter(matter: Matter) -> CorrectionLetter:
    """The rectification as it was decided, whatever came after. Raises NothingToTellError when nothing says of what."""
    said = matter.details
    act, done_on = matter.present(said.get("act")), matter.present(matter.told_day("done"))
    entry = int(matter.present(said.get("entry")))
    law = (REASONS,) if may_cite_crpa(matter.call) else ()
    told = act not in _JUDGES_A_PERSON or hears_reasons(matter)
    return CorrectionLetter(
        **common(matter, "Rectification d’une décision", *by_law(*law)),
        act=_decision(matter, act, entry),
        done_on=done_on,
        letters=_letters(matter, entry),
        basis=spelt(matter.present(said.get("basis"))),
        facts=matter.written() if told else None,
        state=State(matter.present(said.get("state"))).label,
    )


def _decision(matter: Matter, act: str, entry: int) -> str:
    """The decision taken back, by the letter that told it; by its act when none is known."""
    told = next((letter_name(r.letter) for r in matter.view.receipts if r.entry == entry), None)
    return told or label_of(act)


def _letters(matter: Matter, entry: int) -> tuple[str, ...]:
    """The letters of the decision taken back that went to this addressee, each once."""
    mine = (r for r in matter.view.receipts if r.entry == entry and r.party in {None, matter.party})
    return tuple(dict.fromkeys(letter_name(receipt.letter) for receipt in mine))
