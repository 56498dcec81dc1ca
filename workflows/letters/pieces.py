"""The pieces that mails and letters list: their names, what they rest on, what is wrong with those already received."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from workflows.calls.model import Call, PieceEvent
from workflows.dossier import Dossier
from workflows.letters.data import labelled
from workflows.letters.law import basis
from workflows.parts.pieces import PieceState, Requirement, not_received, requirements
from workflows.parts.requests import Request, RequestKind
from workflows.rounds import start_cause

_LETTER = "lettre qui donne le motif du désistement"
_REPERCUSSIONS = "déclaration qui dit si le changement a des répercussions sur le projet médical et les quotités"


@dataclass(frozen=True, slots=True)
class PieceLine:
    """A piece in a list; `defect`: what is wrong with the one that was received."""

    label: str = field(metadata=labelled("Pièce"))
    defect: str | None = field(default=None, metadata=labelled("Défaut de la pièce reçue"))


@dataclass(frozen=True, slots=True)
class PieceGroup:
    """Pieces that rest on the same clause or article; `basis` is None for those asked for by custom."""

    basis: str | None = field(metadata=labelled("Ce qui exige les pièces"))
    lines: tuple[PieceLine, ...] = field(metadata=labelled("Pièces"))


@dataclass(frozen=True, slots=True)
class Reserve:
    """A piece accepted under reserve, and until when the reserve may be met."""

    label: str = field(metadata=labelled("Pièce acceptée sous réserve"))
    until: date = field(metadata=labelled("Date limite de la réserve"))


Found = tuple[str | None, PieceLine]


def asked(view: Dossier, call: Call, keys: Iterable[str]) -> tuple[PieceGroup, ...]:
    """Pieces by key, grouped by what they rest on. A key the call no longer knows is told as it stands."""
    known = known_pieces(view, call)
    return _grouped(_line(view, known.get(key), key) for key in keys)


def _line(view: Dossier, requirement: Requirement | None, key: str) -> Found:
    label = requirement.label if requirement else key
    return basis(requirement.source) if requirement else None, PieceLine(label, _defect(view, key))


def _grouped(found: Iterable[Found]) -> tuple[PieceGroup, ...]:
    """Groups in the order in which they come, those asked for by custom last."""
    groups: dict[str | None, list[PieceLine]] = {}
    for rests_on, line in found:
        groups.setdefault(rests_on, []).append(line)
    ordered = sorted(groups.items(), key=lambda group: group[0] is None)
    return tuple(PieceGroup(rests_on, tuple(lines)) for rests_on, lines in ordered)


def known_pieces(view: Dossier, call: Call) -> dict[str, Requirement]:
    """What the call asks for, at any event of the dossier, by key."""
    causes = ["", *(r.id for r in view.requests if r.kind is RequestKind.REPLACEMENT)]
    found = [
        requirement
        for event in PieceEvent
        for cause in causes
        for requirement in requirements(call.clauses.pieces, event, view.sites, cause)
    ]
    return {requirement.key: requirement for requirement in found}


def _defect(view: Dossier, key: str) -> str | None:
    piece = view.piece(key)
    refused = piece is not None and piece.state is PieceState.REFUSED
    return piece.defect.label if refused and piece and piece.defect else None


def filing_pieces(view: Dossier, call: Call) -> tuple[PieceGroup, ...]:
    """The pieces of the filing that have not arrived yet."""
    wanted = requirements(call.clauses.pieces, PieceEvent.FILING, view.sites)
    return _grouped(_line(view, r, r.key) for r in not_received(wanted, view.pieces))


def start_pieces(view: Dossier, call: Call) -> tuple[PieceGroup, ...]:
    """The pieces that prove a start and have not arrived yet."""
    wanted = requirements(call.clauses.pieces, PieceEvent.START, view.sites, start_cause(view))
    return _grouped(_line(view, r, r.key) for r in not_received(wanted, view.pieces))


def proposal_pieces(view: Dossier, call: Call, request: Request | None = None) -> tuple[PieceGroup, ...]:
    """What a proposal of replacement is made of; with the `request`, only what it still lacks."""
    wanted = requirements(call.clauses.pieces, PieceEvent.REPLACEMENT, view.sites, request.id if request else "")
    clause = call.clauses.replacement
    found: list[Found] = []
    if clause.letter.value and not (request and request.letter):
        found.append((basis(clause.letter), PieceLine(_LETTER)))
    if clause.repercussions.value and (request is None or request.repercussions is None):
        found.append((basis(clause.repercussions), PieceLine(_REPERCUSSIONS)))
    found += [_line(view, r, r.key) for r in not_received(wanted, view.pieces)]
    return _grouped(found)


def reserves(view: Dossier, call: Call) -> tuple[Reserve, ...]:
    """The pieces of the filing accepted under reserve, with the day by which the reserve must be met."""
    known = {r.key: r for r in requirements(call.clauses.pieces, PieceEvent.FILING, view.sites)}
    return tuple(
        Reserve(known[p.key].label, p.reserve_until)
        for p in view.pieces
        if p.state is PieceState.ACCEPTED_UNDER_RESERVE and p.reserve_until and p.key in known
    )
