"""What the machine is about to do by itself for a dossier, because an act asked it to: it waits a few minutes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backoffice.services.act import Times
from backoffice.services.facts import view_of
from backoffice.store.dossiers import DossierRow
from backoffice.store.outbox import OutboxRow, is_open
from backoffice.store.scope import Scope
from workflows.actors import CLOCK
from workflows.acts import ACTS
from workflows.calls.model import Call
from workflows.decide import Decision, decide
from workflows.dossier import Dossier
from workflows.effects import EffectKind
from workflows.french import amount, typography
from workflows.repaying.proposing import OPEN_CLAWBACK, OPEN_OVERPAYMENT

_NOW = timedelta()
_PROPOSALS = (OPEN_CLAWBACK, OPEN_OVERPAYMENT)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A repayment that the machine is about to propose. `at`: the legal instant; `amount`: euros, as known now."""

    at: datetime
    amount: Decimal

    @property
    def what(self) -> str:
        """What it will do, in words."""
        return proposed(self.amount)


def proposed(euros: Decimal) -> str:
    """What the machine is about to propose, in words."""
    return typography(f"Proposition de reversement : environ {amount(euros)}. Des personnes décident.")


def proposals(session: Session, row: DossierRow, view: Dossier, call: Call, times: Times) -> tuple[Proposal, ...]:
    """The repayments that the machine is about to propose for a dossier. One statement at most."""
    asked = {act: found for act in _PROPOSALS if (found := foreseen(view, act, call, times.legal))}
    if not asked:
        return ()
    wanted = select(OutboxRow.name, func.min(OutboxRow.next_attempt_at)).where(OutboxRow.dossier == row.id, *_OPEN)
    waiting = session.execute(wanted.group_by(OutboxRow.name))
    return tuple(Proposal(_legal(at, times), asked[name]) for name, at in waiting if name in asked)


@dataclass(frozen=True, slots=True)
class Ahead:
    """A repayment that the machine is about to propose for a dossier, by its number; `zone`: that of its authority."""

    number: str
    zone: str
    proposal: Proposal


def proposals_ahead(session: Session, scope: Scope, calls: Mapping[str, Call], times: Times) -> list[Ahead]:
    """The repayments that the machine is about to propose for the dossiers in a scope, the first one first.

    `calls`: those in force, by id; the look itself is made under the call that rules the dossier. One statement.
    """
    soonest = func.min(OutboxRow.next_attempt_at).label("at")
    looks = select(OutboxRow.dossier, OutboxRow.name, soonest).where(*_OPEN).group_by(OutboxRow.dossier, OutboxRow.name)
    first = looks.subquery()
    wanted = select(DossierRow, first.c.name, first.c.at).join(first, first.c.dossier == DossierRow.id)
    found: list[Ahead] = []
    for row, name, at in session.execute(wanted.where(scope.condition()).order_by(first.c.at, DossierRow.number)):
        call = calls.get(row.call)
        euros = foreseen(view_of(row), name, call, times.legal) if call else None
        if call is not None and euros is not None:
            found.append(Ahead(row.number, call.authority.zone, Proposal(_legal(at, times), euros)))
    return found


#: Looks that the machine was asked for, and has not made yet.
_OPEN = (OutboxRow.kind == EffectKind.ACT.value, OutboxRow.name.in_(_PROPOSALS), is_open())


def _legal(at: datetime, times: Times) -> datetime:
    return times.legal + max(at - times.machine, _NOW)


def foreseen(view: Dossier, act: str, call: Call, legal: datetime) -> Decimal | None:
    """What the machine would propose by an act now, in euros; None when its look would find nothing to propose."""
    if act not in _PROPOSALS:
        return None
    answer = decide(view, act, ACTS[act].inputs(), by=CLOCK, call=call, now=legal)
    if not isinstance(answer, Decision):
        return None
    known = {each.cause for each in view.repayments}
    return next((each.proposed for each in answer.after.repayments if each.cause not in known), None)
