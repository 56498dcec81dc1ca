"""Whose papers: the doctor that a piece or a request is about (A39, reference of access: notes on a person are theirs).

A piece belongs to a round, the filing or the replacement that brought a doctor, and the round to that doctor. Where
the call chooses a post, the papers of the filing are those of the post and concern nobody.
"""

from __future__ import annotations

from workflows.actors import Actor, Role
from workflows.calls.model import Call, PerWhom, PieceEvent, Unit
from workflows.dossier import Dossier
from workflows.parts.requests import Request, RequestKind, RequestState


def doctor_of_piece(dossier: Dossier, key: str, call: Call) -> str | None:
    """Id of the doctor that a piece is about, by its key; None for a paper of the post, or while nobody is named."""
    event, *rest = key.split("/")
    request = dossier.request(rest[0]) if rest else None
    if request is not None:
        return request.candidate.id if request.candidate else None
    if event == PieceEvent.FILING.value and _is_of_the_post(rest[0] if rest else "", call):
        return None
    return first_doctor(dossier)


def start_cause(dossier: Dossier) -> str:
    """What tells the pieces of this start from those of an earlier holder: the replacement that brought the doctor."""
    holder = dossier.candidate.id if dossier.candidate else None
    granted = [
        r.id
        for r in dossier.requests
        if r.kind is RequestKind.REPLACEMENT
        and r.state is RequestState.GRANTED
        and r.candidate is not None
        and r.candidate.id == holder
    ]
    return granted[-1] if granted else ""


def first_doctor(dossier: Dossier) -> str | None:
    """Id of the doctor of the filing, whoever came after."""
    if dossier.former:
        return dossier.former[0]
    return dossier.candidate.id if dossier.candidate else None


def _is_of_the_post(piece: str, call: Call) -> bool:
    about_a_person = {c.id for c in call.clauses.pieces if c.per is PerWhom.CANDIDATE}
    return call.clauses.filing.unit.value is Unit.POST and piece not in about_a_person


def doctor_of_request(request: Request) -> str | None:
    """Id of the doctor that a request is about: the one proposed, or the one of the post on that day."""
    return request.candidate.id if request.candidate else request.about


def is_about_another(doctor: str | None, reader: Actor) -> bool:
    """True when a doctor would read what is about another one. Establishments and agents read the whole dossier."""
    return reader.role is Role.CANDIDATE and doctor not in {None, reader.id}
