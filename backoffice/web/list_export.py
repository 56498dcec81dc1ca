"""The list of dossiers as a table to export: the columns of the page, one datum each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from backoffice.services.accounts import Visitor
from backoffice.services.exports.table import Cell, Column, Kind, money_columns
from backoffice.services.projection import euros
from backoffice.store.listing import Line
from backoffice.web.presenting import specialty
from workflows.actors import Role
from workflows.calls.model import Call
from workflows.deadlines import local_day
from workflows.states import State


class Deadline(Protocol):
    """The deadline of a line: what, and its last day."""

    @property
    def what(self) -> str:
        """What falls due."""

    @property
    def day(self) -> date:
        """Its last day."""


def columns(visitor: Visitor, *, unproven: bool = False) -> tuple[Column, ...]:
    """The columns that a visitor sees; amounts are the business of agents here. `unproven`: proofs are awaited."""
    named = (Column("Médecin", Kind.TEXT, 24),) if visitor.is_agent else ()
    waits = (Column("Attend", Kind.TEXT, 24), Column("Jusqu’au", Kind.DATE, 12)) if _follows(visitor) else ()
    proof = (Column("Preuve de réception attendue depuis", Kind.DATE, 12),) if unproven else ()
    money = money_columns("Délégué", "Reversé") if visitor.is_agent else ()
    return (
        Column("Dossier", Kind.TEXT, 16),
        Column("Appel", Kind.TEXT, 40),
        *named,
        Column("État", Kind.TEXT, 20),
        Column("Échéance", Kind.TEXT, 36),
        Column("Le", Kind.DATE, 12),
        Column("Spécialité", Kind.TEXT, 24),
        Column("Établissement", Kind.TEXT, 36),
        *waits,
        *proof,
        Column("Déposé le", Kind.DATE, 12),
        Column("Retenu le", Kind.DATE, 12),
        Column("Prise de fonctions", Kind.DATE, 12),
        *money,
    )


def _follows(visitor: Visitor) -> bool:
    return visitor.role not in {Role.MEMBER, Role.ADMIN}


@dataclass(frozen=True, slots=True)
class Following:
    """How a dossier goes on: its deadline, who is awaited, until when."""

    due: Deadline | None
    turn: str | None
    until: date | None


def row(
    line: Line, visitor: Visitor, calls: Mapping[str, Call], following: Following, *, unproven: bool = False
) -> tuple[Cell, ...]:
    """The cells of a dossier, in the order of the columns. `calls`: those in force, by id."""
    due = following.due
    found, call = line.row, calls[line.row.call]
    return (
        found.number,
        call.title,
        *((line.doctor,) if visitor.is_agent else ()),
        State(found.state).label,
        due.what if due else None,
        due.day if due else None,
        specialty(found.specialty),
        line.recruiter,
        *((following.turn, following.until) if _follows(visitor) else ()),
        *((found.proof_since,) if unproven else ()),
        local_day(found.received_at, call.authority.zone) if found.received_at else None,
        found.awarded_on,
        found.started_on,
        *((euros(found.delegated_cents), euros(found.repaid_cents)) if visitor.is_agent else ()),
    )
