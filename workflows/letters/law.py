"""The legal mentions of mails and letters: what a value rests on, the implied refusal, the extra time for distance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from workflows.calls.model import Call, Depositor
from workflows.calls.sources import Origin, Sourced
from workflows.dossier import Dossier
from workflows.letters.remedies import MAINLAND, is_away
from workflows.letters.words import number


def basis(source: Sourced[Any]) -> str | None:
    """What may be cited for a value: its clause or its article. None for a default, a choice or a silence."""
    if source.origin is Origin.PRINTED:
        return f"clause {source.rule} de l’appel"
    return source.rule if source.origin is Origin.LAW else None


def delay_words(months: int) -> str:
    """`deux mois`."""
    return f"{number(months)} mois"


@dataclass(frozen=True, slots=True)
class ImpliedRefusal:
    """The date on which silence becomes a refusal (CRPA L.231-4), and whether a request for pieces moved it."""

    on: date
    delay: str
    moved: bool


def implied_refusal(view: Dossier, today: date) -> ImpliedRefusal | None:
    """The implied refusal as known today; None when no clock runs, or a decision ended it."""
    clock = view.silence
    if clock is None or clock.ended_on is not None:
        return None
    return ImpliedRefusal(clock.due_on(today), delay_words(clock.months), moved=bool(clock.suspensions))


class Distance(StrEnum):
    """Which extra time for distance may apply before the court (CJA R.421-7)."""

    OVERSEAS_COURT = "overseas_court"
    MAINLAND_COURT = "mainland_court"


def distance(view: Dossier, call: Call) -> Distance | None:
    """The extra time that a party of the dossier may have, None when all live on the court’s side of the sea.

    Nobody knows here where a candidate lives: the extra time may then apply.
    """
    unknown = not view.sites or any(d.kind is Depositor.CANDIDATE for d in view.depositors)
    if not unknown and not any(is_away(call.authority, site) for site in view.sites):
        return None
    return Distance.MAINLAND_COURT if call.authority.zone == MAINLAND else Distance.OVERSEAS_COURT
