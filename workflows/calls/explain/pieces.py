"""The pieces of a call, in its own order."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.calls.explain.lines import Line, capital, days, either, notes, told
from workflows.calls.explain.places import kinds_in_short
from workflows.calls.model import Call, PerWhom, PieceClause, PieceEvent
from workflows.calls.notes import Topic
from workflows.french import listing

_EVENTS = {
    PieceEvent.FILING: "au dépôt",
    PieceEvent.REPLACEMENT: "au remplacement",
    PieceEvent.START: "à la prise de fonctions",
}
_PER = {
    PerWhom.DOSSIER: "pour le dossier",
    PerWhom.CANDIDATE: "pour le candidat",
    PerWhom.ESTABLISHMENT: "pour chaque établissement",
    PerWhom.RECRUITER: "pour le recruteur",
    PerWhom.PARTNER: "pour chaque partenaire",
}


def pieces(call: Call) -> Iterator[Line]:
    """Every piece, then what happens when some are missing."""
    filing = call.clauses.filing
    for clause in call.clauses.pieces:
        yield _piece(clause)
    yield either(
        filing.complete_at_deadline,
        "Le dossier doit être complet à la date limite.",
        "Un dossier incomplet à la date limite peut encore être complété.",
        "Si le dossier doit être complet à la date limite.",
    )
    yield told(
        filing.completion_days,
        lambda n: f"L’agence demande les pièces manquantes une fois et laisse {days(n)} pour les fournir.",
        "Le délai laissé pour fournir les pièces manquantes.",
    )
    yield from notes(call, Topic.PIECES)


def _piece(clause: PieceClause) -> Line:
    when = capital(listing([_EVENTS[event] for event in clause.events]))
    about = [
        _PER[clause.per],
        f"point {clause.bullet} de la liste" if clause.bullet else "",
        f"signature : {clause.signed_by}" if clause.signed_by else "",
        f"sauf {kinds_in_short(clause.exempt)}" if clause.exempt else "",
    ]
    details = " ; ".join(part for part in about if part)
    return told(
        clause.required,
        lambda needed: f"{when}{'' if needed else ', si on le souhaite'} : {clause.label} ({details}).",
        f"{when}, si cette pièce est demandée : {clause.label} ({details}).",
    )
