"""What the machine is about to do by itself for a dossier, because an act asked it to: it waits a few minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backoffice.services.act import Times
from backoffice.store.dossiers import DossierRow
from backoffice.store.outbox import OutboxRow, is_open
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
    wanted = select(OutboxRow.name, func.min(OutboxRow.next_attempt_at)).where(
        OutboxRow.dossier == row.id, OutboxRow.kind == EffectKind.ACT.value, OutboxRow.name.in_(asked), is_open()
    )
    waiting = session.execute(wanted.group_by(OutboxRow.name))
    return tuple(Proposal(times.legal + max(at - times.machine, _NOW), asked[name]) for name, at in waiting)


def foreseen(view: Dossier, act: str, call: Call, legal: datetime) -> Decimal | None:
    """What the machine would propose by an act now, in euros; None when its look would find nothing to propose."""
    if act not in _PROPOSALS:
        return None
    answer = decide(view, act, ACTS[act].inputs(), by=CLOCK, call=call, now=legal)
    if not isinstance(answer, Decision):
        return None
    known = {each.cause for each in view.repayments}
    return next((each.proposed for each in answer.after.repayments if each.cause not in known), None)
