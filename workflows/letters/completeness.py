"""L3 and L4: the pieces that a dossier lacks (CRPA art. L. 114-5), and the day it is complete."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from workflows import french
from workflows.asking import asked_of
from workflows.calls.model import PieceEvent
from workflows.letters.data import LetterData, labelled
from workflows.letters.filing import Suspended, asked_for, complete
from workflows.letters.matter import Matter, common
from workflows.letters.pieces import PieceGroup, Reserve, known_pieces
from workflows.states import UNDER_EXAMINATION


@dataclass(frozen=True, slots=True, kw_only=True)
class PiecesLetter(LetterData):
    """What a request for pieces tells whoever is asked. `due`: the last day, included, with its weekday.

    `suspension` is None when silence can no longer become a refusal. `for_*`: what the pieces are wanted for.
    """

    asked_on: date = field(metadata=labelled("Date de la demande de pièces"))
    due: str = field(metadata=labelled("Dernier jour, en toutes lettres"))
    due_on: date = field(metadata=labelled("Dernier jour pour transmettre les pièces"))
    groups: tuple[PieceGroup, ...] = field(metadata=labelled("Pièces demandées"))
    required: bool = field(metadata=labelled("Une pièce au moins est exigée"))
    customary: bool = field(metadata=labelled("Une pièce au moins est demandée par usage"))
    for_filing: bool = field(metadata=labelled("Pièces du dossier de demande"))
    for_replacement: bool = field(metadata=labelled("Pièces d’un remplacement"))
    for_start: bool = field(metadata=labelled("Pièces de la prise de fonctions"))
    suspension: Suspended | None = field(metadata=labelled("Effet sur le rejet implicite"))


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteLetter(LetterData):
    """What the announcement of a complete dossier tells: since when, and what comes next."""

    complete_on: date = field(metadata=labelled("Dossier complet depuis"))
    reserves: tuple[Reserve, ...] = field(metadata=labelled("Pièces acceptées sous réserve"))
    session: str | None = field(metadata=labelled("Prochaine séance de la commission"))
    session_basis: str | None = field(metadata=labelled("Clause de la séance"))
    committee: bool = field(metadata=labelled("Une commission examine les dossiers"))
    refusal_on: date | None = field(metadata=labelled("Date du rejet implicite"))
    refusal_moved: bool = field(metadata=labelled("Rejet implicite repoussé par une demande de pièces"))


def pieces_letter(matter: Matter) -> PiecesLetter:
    """The request that was asked for, for its reader. Raises NothingToTellError once nothing of it is awaited."""
    view, wanted = matter.view, matter.details.get("request")
    waiting = (r for r in view.piece_requests if r.id == wanted and r.answered_on is None)
    request = matter.present(next(waiting, None))
    keys = matter.present(asked_of(view, request.keys).get(matter.to))
    found = asked_for(view, matter.call, request, keys)
    known = known_pieces(view, matter.call)
    required = [known[key].source for key in keys if key in known]
    return PiecesLetter(
        **common(matter, "Demande de pièces", *required, decides=False),
        asked_on=found.asked_on,
        due=french.day(found.due_on),
        due_on=found.due_on,
        groups=found.groups,
        required=any(group.basis for group in found.groups),
        customary=any(not group.basis for group in found.groups),
        for_filing=PieceEvent.FILING.value in found.events,
        for_replacement=PieceEvent.REPLACEMENT.value in found.events,
        for_start=PieceEvent.START.value in found.events,
        suspension=found.suspension,
    )


def complete_letter(matter: Matter) -> CompleteLetter:
    """The announcement. Raises NothingToTellError while the dossier is not complete, and once it is examined."""
    found = matter.present(complete(matter.view, matter.call, matter.decided_on))
    if matter.view.state not in UNDER_EXAMINATION:
        matter.present(None)
    return CompleteLetter(
        **common(
            matter,
            "Votre dossier est complet",
            matter.call.clauses.committee.exists,
            clauses=[s.rule for s in matter.call.parameters.sessions if s.label == found.session],
            decides=False,
        ),
        complete_on=found.complete_on,
        reserves=found.reserves,
        session=found.session,
        session_basis=found.session_basis,
        committee=found.committee is True,
        refusal_on=found.refusal.on if found.refusal else None,
        refusal_moved=found.refusal is not None and found.refusal.moved,
    )
