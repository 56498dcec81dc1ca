"""What each mail has to tell, drawn from the dossier and its call: plain values, ready for a template."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any

from backoffice.services.mail_matter import Matter, Values, wanted_of
from backoffice.services.mail_reminders import REMINDERS
from backoffice.services.mail_vacancy import announced, closed, withdrawn
from workflows.asking import asked_of
from workflows.letters.filing import asked_for, complete, received
from workflows.letters.law import basis
from workflows.letters.pieces import proposal_pieces
from workflows.parts.contests import ContestState
from workflows.parts.repayments import RepaymentKind
from workflows.parts.requests import RequestKind
from workflows.repaying.view import repayment_view
from workflows.states import State


def _filed(matter: Matter) -> Values:
    return _told(matter.present(received(matter.view, matter.call, matter.today)))


def _asked_for(matter: Matter) -> Values:
    wanted = matter.details.get("request")
    request = matter.present(next((r for r in matter.view.piece_requests if r.id == wanted), None))
    keys = wanted_of(matter, asked_of(matter.view, request.keys))
    found = asked_for(matter.view, matter.call, request, keys)
    return _told(found) | {"events": list(found.events)}


def _complete(matter: Matter) -> Values:
    return _told(matter.present(complete(matter.view, matter.call, matter.today)))


def _told(facts: Any) -> Values:
    """The members of a data class by name."""
    return {member.name: getattr(facts, member.name) for member in fields(facts)}


def _offered(matter: Matter) -> Values:
    entry = matter.present(matter.view.reserve)
    return {
        "rank": entry.rank,
        "doctor": matter.view.candidate is not None,
        "reply_by": matter.present(entry.reply_by),
        "valid_until": entry.valid_until,
        "printed": basis(matter.call.clauses.committee.offer_days),
    }


_REQUEST_WORDS = MappingProxyType(
    {
        RequestKind.WITHDRAWAL: "désistement",
        RequestKind.REPLACEMENT: "remplacement du candidat",
        RequestKind.DEFERRAL: "report de la prise de fonctions",
        RequestKind.EARLY_END: "fin anticipée du poste",
    }
)


def _requested(matter: Matter) -> Values:
    request, view = matter.request, matter.view
    replacement = request.kind is RequestKind.REPLACEMENT
    return {
        "kind": request.kind.value,
        "words": _REQUEST_WORDS[request.kind],
        "receipt": f"{view.number}-{request.id}",
        "recorded_on": request.dates.recorded_on,
        "effective_on": request.dates.effective_on,
        "awarded": view.award is not None,
        "served": view.started_on is not None,
        "expected_start": view.award.expected_start if view.award else None,
        "groups": proposal_pieces(view, matter.call, request) if replacement else (),
        "pieces_confirmed": bool(matter.call.clauses.replacement.pieces_confirmed.value),
    }


def _repayment(matter: Matter) -> Values:
    named = matter.view.repayment_of(matter.details.get("repayment"))
    found = repayment_view(matter.view, matter.present(named or matter.view.repayment), matter.call)
    return {
        "proposed": found.repayment.proposed,
        "overpaid": found.repayment.kind is RepaymentKind.OVERPAYMENT,
        "paid": found.calculation.paid,
        "asked_elsewhere": found.calculation.asked_elsewhere,
        "earned": found.calculation.earned,
        "readings": [(line.asks, line.amount) for line in found.readings if line.amount is not None],
        "decidable": found.decidable,
        "last_day": matter.view.end.last_day if matter.view.end else None,
    }


def _answer(matter: Matter) -> Values:
    about = matter.view.repayment_of(matter.details.get("repayment")) or matter.view.clawback
    claim = about.claim(matter.details.get("claim")) if about else None
    return {
        "claim": claim is not None,
        "contested": claim.contested if claim else None,
        "silent_on": claim.silent_on if claim else None,
        "about_repayment": bool(matter.details.get("repayment")) or matter.view.state is State.CLAWBACK,
        "offer": matter.details.get("offer"),
    }


def _contested(matter: Matter) -> Values:
    wanted = matter.details.get("contest")
    contest = matter.present(next((c for c in matter.view.contests if c.id == wanted), None))
    return {
        "label": contest.label,
        "line_amount": contest.amount,
        "filed_on": contest.filed_on,
        "upheld": contest.state is ContestState.UPHELD,
        "corrected": contest.state is ContestState.CORRECTED,
    }


def _corrected(matter: Matter) -> Values:
    wanted = matter.details.get("contests", "").split()
    lines = [(c.label, c.amount, c.filed_on) for c in matter.view.contests if c.id in wanted]
    return {"lines": matter.present(lines or None)}


#: What each mail tells, by its name.
MATTERS: Mapping[str, Callable[[Matter], Values]] = MappingProxyType(
    {
        "L1": _filed,
        "L2": _filed,
        "L3": _asked_for,
        "L4": _complete,
        "place_offered": _offered,
        "withdrawal_recorded": withdrawn,
        "departure_announced": announced,
        "post_closed": closed,
        "request_received": _requested,
        "request_refused": _requested,
        "request_cancelled": _requested,
        "repayment_proposed": _repayment,
        "answer": _answer,
        "account_contested": _contested,
        "contest_answered": _contested,
        "contests_corrected": _corrected,
        **REMINDERS,
    }
)
