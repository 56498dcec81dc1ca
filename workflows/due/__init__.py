"""What falls due on a dossier, for whom and when: what the machine will do by itself, and what it will propose.

The machine reminds, alerts and proposes; the only acts it fires are those a person decided beforehand.
"""

from __future__ import annotations

from datetime import date
from itertools import chain

from workflows.calls.model import Call
from workflows.dossier import Dossier
from workflows.due.calls import CallDue, CallDueKind, call_due_items, convened_in_time
from workflows.due.explained import Explained, explained
from workflows.due.filing import filing_items
from workflows.due.kinds import FAMILIES, MAILED, OF_PARTIES, Due, DueKind
from workflows.due.life import departure_inputs, life_items
from workflows.due.money import money_items
from workflows.due.repayment import repayment_items
from workflows.due.retention import retention_items
from workflows.due.settings import overtaking, under_the_call

__all__ = [
    "FAMILIES",
    "MAILED",
    "OF_PARTIES",
    "CallDue",
    "CallDueKind",
    "Due",
    "DueKind",
    "Explained",
    "call_due_items",
    "convened_in_time",
    "departure_inputs",
    "due_items",
    "explained",
]


def due_items(dossier: Dossier, call: Call, today: date) -> tuple[Due, ...]:
    """Everything still to fall due, or overdue, from what is known today; in order of date, one per kind and day."""
    found = chain(
        filing_items(dossier, call, today),
        life_items(dossier, call),
        money_items(dossier, call, today),
        repayment_items(dossier),
        retention_items(dossier, call, today),
    )
    once: dict[str, Due] = {}
    for due in under_the_call(found, dossier, call):
        same = once.get(due.key)
        once[due.key] = due if same is None else same.beside(due)
    return tuple(sorted(overtaking(once.values()), key=lambda due: (due.on, due.kind.value)))
