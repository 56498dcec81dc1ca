"""What mails tell of a post that is, or will be, without a doctor."""

from __future__ import annotations

from backoffice.services.mail_matter import Matter, Values
from workflows.account.worth import day_before
from workflows.dossier import Dossier, EndOutcome
from workflows.letters.law import basis
from workflows.letters.pieces import proposal_pieces
from workflows.parts.places import PlaceStatus
from workflows.parts.requests import RequestKind, RequestState


def replacing(matter: Matter) -> Values:
    """What a recruiter needs to propose a replacement, and what the call says of it."""
    clause, view = matter.call.clauses.replacement, matter.view
    return {
        "replaceable": clause.allowed.value is not False,
        "allowed_basis": basis(clause.allowed),
        "pieces_confirmed": bool(clause.pieces_confirmed.value),
        "groups": proposal_pieces(view, matter.call),
        "period_basis": basis(clause.propose_within_days),
        "served": view.started_on is not None,
        "planned_start": view.award.planned_start if view.award else None,
        "planned_end": view.award.planned_end if view.award and clause.end_unchanged.value else None,
        "end_basis": basis(clause.end_unchanged),
    }


def withdrawn(matter: Matter) -> Values:
    view = matter.view
    held = view.place is not None and view.place.status is PlaceStatus.HELD
    return replacing(matter) | {
        "vacancy": view.vacancy,
        "held_until": view.place.held_until if held and view.place else None,
        "held_basis": basis(matter.call.clauses.replacement.give_back_after_days),
        "agreed": _agreed(view),
    }


def _agreed(view: Dossier) -> bool:
    """True when the post is refilled without the recruiter: a replacement granted before the departure."""
    if view.vacancy is not None:
        agreed = view.request(view.vacancy.replacement)
        return agreed is not None and agreed.is_open
    granted = [r for r in view.requests if r.kind is RequestKind.REPLACEMENT and r.state is RequestState.GRANTED]
    return bool(granted) and view.end is None


def announced(matter: Matter) -> Values:
    departure = matter.present(matter.view.departure)
    effective_on = departure.dates.effective_on
    return replacing(matter) | {
        "effective_on": effective_on,
        "last_day": day_before(effective_on),
        "ends_post": departure.act != "withdraw",
    }


def closed(matter: Matter) -> Values:
    end = matter.present(matter.view.end)
    return {"served": end.outcome is not EndOutcome.NEVER_STARTED, "last_day": end.last_day}
