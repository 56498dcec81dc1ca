"""Proofs of receipt: who is to receive which letter, and by what each receipt is proven.

A legal period runs from the day its letter is received, never from the day it was decided, written or sent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from workflows.effects import Addressee, Effect, EffectKind


class ProofChannel(StrEnum):
    """How a letter was handed over, when the way it came proves its receipt."""

    REGISTERED = "registered"
    HAND = "hand"
    EMAIL = "email"
    PORTAL = "portal"
    OFFICER = "officer"

    @property
    def label(self) -> str:
        """The French words for the channel."""
        return _CHANNEL_LABELS[self]

    @property
    def is_electronic(self) -> bool:
        """True for a way that proves nothing to who did not agree to it (CRPA L.112-15)."""
        return self in {ProofChannel.EMAIL, ProofChannel.PORTAL}


_CHANNEL_LABELS = {
    ProofChannel.REGISTERED: "lettre recommandée avec avis de réception",
    ProofChannel.HAND: "remise en main propre contre signature",
    ProofChannel.EMAIL: "courriel, avec l’accord de l’intéressé",
    ProofChannel.PORTAL: "mise à disposition dans le téléservice, avec l’accord de l’intéressé",
    ProofChannel.OFFICER: "acte de commissaire de justice",
}

#: Letters that answer the application: the first receipt of one ends the silence (CRPA L.231-1).
EXPRESS = frozenset({"L5", "L8", "L8b", "L10"})
AWARDS = frozenset({"L8", "L8b"})
NOTICE = "contradictory_notice"
REPAYMENT_NOTICE = "L14"
REPAYMENT_DECISION = "L15"
PIECES = "L3"
OFFER = "place_offered"

#: Mails that carry a period with its last day printed in them.
_MAILS_WITH_PERIOD = frozenset({PIECES, OFFER})
#: Letters that open no period: the bare result, a repayment that is given up, what only tells or certifies. The mail of
#: the request for pieces opens its period, the decision of the award that of a renewal.
_OPENS_NOTHING = frozenset(
    {"result", "award_confirmed", "repayment_dropped", "L1", "L2", "L3", "L4", "L7b", "L17a", "L17b", "L17c", "L18"},
)
#: Letters that prepare a decision: nothing to contest yet.
PREPARATORY = frozenset({NOTICE, REPAYMENT_NOTICE})


@dataclass(frozen=True, slots=True)
class Receipt:
    """The receipt of one letter by one addressee: awaited, proven, or shown by an answer.

    `entry` is the number of the journal entry that asked for the letter, `about` the request it answers or makes, or
    the cause of the repayment it is about. `party`: who has to receive it, the FINESS of a site or the id of a person;
    None stands for the whole addressee.
    `evidence` is a reference. `answered_on`: the day the party acted on the letter, which they therefore had.
    `void`: the decision was taken back, its periods have no object.
    """

    entry: int
    letter: str
    to: Addressee
    asked_on: date
    about: str | None = None
    channel: ProofChannel | None = None
    received_on: date | None = None
    evidence: str | None = field(default=None, metadata={"personal": True})
    consent: bool = False
    recorded_on: date | None = None
    answered_on: date | None = None
    void: bool = False
    party: str | None = field(default=None, metadata={"late": True})

    @property
    def id(self) -> str:
        """What names the receipt within its dossier."""
        return receipt_id(self.entry, self.letter, self.to, self.party)

    @property
    def is_proven(self) -> bool:
        """True once a proof of receipt is recorded."""
        return self.received_on is not None

    @property
    def is_awaited(self) -> bool:
        """True while nothing shows that the addressee has the letter."""
        return not self.void and self.received_on is None and self.answered_on is None

    @property
    def had_on(self) -> date | None:
        """The day on which the addressee is known to have the letter: the day proven, else that of the answer."""
        return None if self.void else self.received_on or self.answered_on

    @property
    def is_decision(self) -> bool:
        """True for a letter that a court may be asked to judge."""
        return self.letter not in PREPARATORY | _MAILS_WITH_PERIOD


def receipt_id(entry: int, letter: str, to: Addressee, party: str | None) -> str:
    """What names the receipt of a letter by a party within its dossier."""
    return ":".join((str(entry), letter, to.value, *([party] if party else ())))


def awaited(
    effects: Iterable[Effect], entry: int, on: date, parties_of: Callable[[Effect], Iterable[str]]
) -> tuple[Receipt, ...]:
    """The receipts to prove of what a journal entry sends: decision letters, and mails that carry a period.

    One for each party and letter: who is addressed under a name of their own has no second one as a depositor. No
    period runs against who is no party, the accountant of the authority among them.
    """
    found: dict[tuple[str, str], Receipt] = {}
    opening = [(effect, effect.to) for effect in effects if effect.to is not None and _opens_a_period(effect)]
    for effect, to in sorted(opening, key=lambda each: each[1] is Addressee.DEPOSITORS):
        for party in parties_of(effect):
            about = effect.details.get("request") or effect.details.get("repayment")
            receipt = Receipt(entry, effect.name, to, on, about, party=party)
            found.setdefault((effect.name, party), receipt)
    return tuple(found.values())


def _opens_a_period(effect: Effect) -> bool:
    if effect.kind is EffectKind.MAIL:
        return effect.name in _MAILS_WITH_PERIOD
    return effect.kind is EffectKind.LETTER and effect.name not in _OPENS_NOTHING


def latest(receipts: Iterable[Receipt], letters: Iterable[str]) -> tuple[Receipt, ...]:
    """The receipts of the last letter sent among some; empty when none counts any more."""
    wanted = frozenset(letters)
    found = [receipt for receipt in receipts if receipt.letter in wanted and not receipt.void]
    last = max((receipt.entry for receipt in found), default=0)
    return tuple(receipt for receipt in found if receipt.entry == last)


def voided(receipts: Iterable[Receipt], letters: Iterable[str]) -> tuple[Receipt, ...]:
    """The receipts once some letters have no object any more: what was still awaited of them is not."""
    wanted = frozenset(letters)
    return tuple(replace(r, void=True) if r.letter in wanted and r.is_awaited else r for r in receipts)
