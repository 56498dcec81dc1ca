"""The columns of a dossier row drawn from its facts: one place says how."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from backoffice.store.dossiers import MOST_CENTS
from workflows.dossier import Dossier
from workflows.proofs import proof_since, silence_runs


def cents(amount: Decimal) -> int:
    """Euros as whole cents. ValueError for an amount that is not a whole number of cents."""
    value = amount * 100
    if value != value.to_integral_value():
        raise ValueError(f"{amount} is not a whole number of cents")
    return int(value)


def _told(amount: Decimal) -> int:
    """Euros as cents of a column: of an amount mistyped beyond measure, as much as it holds; facts have it whole."""
    return min(cents(amount), MOST_CENTS)


def euros(whole_cents: int) -> Decimal:
    """Whole cents as euros, with their two decimals."""
    return Decimal(whole_cents).scaleb(-2)


def person_id(reference: str) -> UUID | None:
    """The id of the doctor that a view names; None when it names nobody of ours."""
    try:
        return UUID(reference)
    except ValueError:
        return None


def columns(view: Dossier, today: date) -> dict[str, Any]:
    """Values of the columns drawn from the facts, as they stand on a day."""
    award, committee, asked = view.award, view.committee, view.open_piece_request
    silence = view.silence if silence_runs(view) else None
    return {
        "state": view.state.value,
        "category": view.category,
        "version": view.version,
        "specialty": view.specialty,
        "recruiter": view.recruiter.id if view.recruiter else None,
        "candidate": person_id(view.candidate.id) if view.candidate else None,
        "deposits": view.candidate is not None and view.candidate.id in {d.party for d in view.depositors},
        "received_at": view.filing.received_at if view.filing else None,
        "complete_on": view.complete_on,
        "session": committee.session if committee else None,
        "rank": committee.rank if committee else None,
        "reserve_rank": view.reserve.rank if view.reserve else None,
        "awarded_on": award.decided_on if award else None,
        "notified_on": award.notified_on if award else None,
        "started_on": view.started_on,
        "rejected_on": view.rejection.on if view.rejection else None,
        "ended_on": view.end.last_day if view.end else None,
        "place": view.place.status.value if view.place else None,
        "repayment": view.repayment.state.value if view.repayment else None,
        "pieces_due_on": asked.due_on if asked else None,
        "silence_due_on": silence.due_on(today) if silence else None,
        "departure_on": view.departure.dates.effective_on if view.departure else None,
        "project": view.project.id if view.project else None,
        "proof_since": proof_since(view),
        "delegated_cents": _told(view.delegated),
        "repaid_cents": _told(sum((r.repaid for r in view.repayments), Decimal(0))),
    }
