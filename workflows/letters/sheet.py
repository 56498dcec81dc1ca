"""L18: the fiche d’instruction, as it was when the dossier went to the committee."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from workflows.calls.model import is_default_id
from workflows.deadlines import local_day
from workflows.guards.filing import listed
from workflows.letters.data import LetterData, labelled
from workflows.letters.matter import Matter, common
from workflows.parts.committee_file import SheetLine
from workflows.parts.pieces import Piece, PieceState


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedLine:
    """A rule, what it looked at and what it found. `rule` is None for what follows from the procedure itself."""

    gate: str = field(metadata=labelled("Famille de la règle"))
    rule: str | None = field(metadata=labelled("Numéro de la règle"))
    inputs: str = field(metadata=labelled("Faits examinés"))
    result: str = field(metadata=labelled("Résultat"))
    derogation: str | None = field(metadata=labelled("Motif de la dérogation"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceLine:
    """A piece of the application. `reserve`: what it still lacks, and until when."""

    label: str = field(metadata=labelled("Pièce"))
    state: str = field(metadata=labelled("État de la pièce"))
    received_on: date | None = field(metadata=labelled("Date de réception de la pièce"))
    reserve: str | None = field(metadata=labelled("Réserve"))
    reserve_until: date | None = field(metadata=labelled("Date limite de la réserve"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLetter(LetterData):
    """What a sheet tells. `warnings` rest on usages of the agency, named by the id of the default: never rules."""

    session: str = field(metadata=labelled("Nom de la séance"))
    put_on: date = field(metadata=labelled("Date d’inscription à la séance"))
    filed_on: date | None = field(metadata=labelled("Date de réception de la demande"))
    complete_on: date | None = field(metadata=labelled("Date du dossier complet"))
    months: int | None = field(metadata=labelled("Durée demandée, en mois"))
    start: date | None = field(metadata=labelled("Prise de fonctions souhaitée"))
    checked: tuple[CheckedLine, ...] = field(metadata=labelled("Règles vérifiées"))
    warnings: tuple[CheckedLine, ...] = field(metadata=labelled("Usages par défaut"))
    pieces: tuple[PieceLine, ...] = field(metadata=labelled("Pièces"))


def sheet_letter(matter: Matter) -> SheetLetter:
    """The sheet that was frozen. Raises NothingToTellError when the dossier is before no committee."""
    view = matter.view
    file = matter.present(view.committee)
    sessions = {session.id: session.label for session in matter.call.parameters.sessions}
    lines = [(line, _line(matter, line)) for line in file.sheet]
    return SheetLetter(
        **common(
            matter,
            "Fiche d’instruction",
            clauses=[line.rule for line in file.sheet if line.rule and matter.call.rules.has(line.rule)],
            decides=False,
        ),
        session=sessions.get(file.session, file.session),
        put_on=file.put_on,
        filed_on=local_day(view.filing.received_at, matter.call.authority.zone) if view.filing else None,
        complete_on=view.complete_on,
        months=view.months,
        start=view.wished_start,
        checked=tuple(told for line, told in lines if not is_default_id(line.rule or "")),
        warnings=tuple(told for line, told in lines if is_default_id(line.rule or "")),
        pieces=tuple(_pieces(matter)),
    )


def _line(matter: Matter, line: SheetLine) -> CheckedLine:
    return CheckedLine(
        gate=line.gate,
        rule=line.rule,
        inputs=line.inputs or "contenu de la demande",
        result=line.sentence,
        derogation=matter.text(line.derogation),
    )


def _pieces(matter: Matter) -> list[PieceLine]:
    held = {piece.key: piece for piece in matter.view.pieces}
    wanted = listed(matter.view, matter.call.clauses.pieces)
    return [_piece(matter, required.label, held.get(required.key)) for required in wanted]


def _piece(matter: Matter, label: str, piece: Piece | None) -> PieceLine:
    state = piece.state if piece else PieceState.EXPECTED
    refused = f"{state.label}, {piece.defect.label}" if piece and piece.defect else state.label
    return PieceLine(
        label=label,
        state=refused,
        received_on=piece.received_on if piece else None,
        reserve=matter.text(piece.reserve) if piece else None,
        reserve_until=piece.reserve_until if piece else None,
    )
