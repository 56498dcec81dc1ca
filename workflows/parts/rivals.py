"""Other dossiers of the session that a decision on one of them has to look at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BetterRanked:
    """A better-ranked dossier of the same session and category, still waiting for a decision.

    `offered`: a returned place is offered to it already, and its answer still counts. `unheard`: its turn passed
    without an answer, and nothing proves that the offer was received.
    """

    number: str
    rank: int
    eligible: bool
    offered: bool = False
    unheard: bool = False


@dataclass(frozen=True, slots=True)
class StandingOffer:
    """A returned place offered to another dossier of the call, which may still take it, and the quotas it counts in."""

    number: str
    quotas: tuple[str, ...]
