"""Pieces: which ones a call requires for an event, and the life of each required piece."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from workflows.calls.model import PerWhom, PieceClause, PieceEvent
from workflows.calls.sources import Sourced
from workflows.sites import Site, SiteRole


class PieceState(StrEnum):
    """The life of a required piece."""

    EXPECTED = "expected"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    ACCEPTED_UNDER_RESERVE = "accepted_under_reserve"
    REFUSED = "refused"
    NOT_APPLICABLE = "not_applicable"

    @property
    def label(self) -> str:
        """The French word for the state."""
        return _STATE_LABELS[self]

    @property
    def satisfies(self) -> bool:
        """True when nothing more is asked for this piece."""
        return self in {PieceState.ACCEPTED, PieceState.ACCEPTED_UNDER_RESERVE, PieceState.NOT_APPLICABLE}


_STATE_LABELS = {
    PieceState.EXPECTED: "attendue",
    PieceState.RECEIVED: "reçue",
    PieceState.ACCEPTED: "acceptée",
    PieceState.ACCEPTED_UNDER_RESERVE: "acceptée sous réserve",
    PieceState.REFUSED: "refusée",
    PieceState.NOT_APPLICABLE: "sans objet",
}


class Defect(StrEnum):
    """Why a received piece is refused."""

    UNSIGNED = "unsigned"
    UNREADABLE = "unreadable"
    WRONG_SIGNATORY = "wrong_signatory"
    WRONG_SITE = "wrong_site"
    OUTDATED = "outdated"

    @property
    def label(self) -> str:
        """The French words for the defect."""
        return _DEFECT_LABELS[self]


_DEFECT_LABELS = {
    Defect.UNSIGNED: "elle n’est pas signée",
    Defect.UNREADABLE: "elle est illisible",
    Defect.WRONG_SIGNATORY: "le signataire n’est pas le bon",
    Defect.WRONG_SITE: "elle concerne un autre établissement",
    Defect.OUTDATED: "elle n’est plus à jour",
}


@dataclass(frozen=True, slots=True)
class Requirement:
    """A piece that must be given: `site` is the establishment it is about, None when it is about none.

    `cause` tells rounds apart: empty for the filing and the first start, the id of the request for a replacement and
    for the start of whoever it brought.
    """

    piece: str
    event: PieceEvent
    site: str | None
    label: str
    source: Sourced[bool]
    cause: str = ""

    @property
    def key(self) -> str:
        """Stable key of the requirement within its dossier."""
        return "/".join(part for part in (self.event.value, self.cause, self.piece, self.site) if part)


@dataclass(frozen=True, slots=True)
class Piece:
    """What is known of one requirement. `file` is the reference of the received document, never its name."""

    key: str
    state: PieceState
    file: str | None = None
    received_on: date | None = None
    judged_on: date | None = None
    defect: Defect | None = None
    reserve: str | None = None
    reserve_until: date | None = None


@dataclass(frozen=True, slots=True)
class PieceRequest:
    """A request for missing pieces (L3): what was asked, from when, until when (last day included)."""

    id: str
    asked_on: date
    due_on: date
    keys: tuple[str, ...]
    answered_on: date | None = None


def requirements(
    clauses: Iterable[PieceClause], event: PieceEvent, sites: tuple[Site, ...], cause: str = ""
) -> tuple[Requirement, ...]:
    """The pieces required for an event, one requirement per establishment where the call says so (NA-25, NA-26)."""
    found: list[Requirement] = []
    for clause in clauses:
        if event in clause.events and clause.required.value:
            found.extend(
                Requirement(clause.id, event, site.id if site else None, _label(clause, site), clause.required, cause)
                for site in _concerned(clause, sites)
            )
    return tuple(found)


def _concerned(clause: PieceClause, sites: tuple[Site, ...]) -> tuple[Site | None, ...]:
    if clause.per in {PerWhom.DOSSIER, PerWhom.CANDIDATE}:
        return (None,)
    roles = {
        PerWhom.ESTABLISHMENT: (SiteRole.RECRUITER, SiteRole.PARTNER),
        PerWhom.RECRUITER: (SiteRole.RECRUITER,),
        PerWhom.PARTNER: (SiteRole.PARTNER,),
    }[clause.per]
    return tuple(s for s in sites if s.role in roles and s.kind.value not in clause.exempt)


def _label(clause: PieceClause, site: Site | None) -> str:
    return f"{clause.label} ({site.name})" if site else clause.label


def missing(required: Iterable[Requirement], pieces: tuple[Piece, ...]) -> tuple[Requirement, ...]:
    """The requirements that no accepted, reserved or inapplicable piece satisfies yet."""
    satisfied = {piece.key for piece in pieces if piece.state.satisfies}
    return tuple(r for r in required if r.key not in satisfied)


def not_received(required: Iterable[Requirement], pieces: tuple[Piece, ...]) -> tuple[Requirement, ...]:
    """The requirements for which nothing usable has arrived: these can still be asked for."""
    arrived = {p.key for p in pieces if p.state.satisfies or p.state is PieceState.RECEIVED}
    return tuple(r for r in required if r.key not in arrived)
