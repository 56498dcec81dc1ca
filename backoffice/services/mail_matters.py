"""What each mail has to tell, drawn from the dossier and its call: plain values, ready for a template.

Templates never see the dossier itself: it holds references to texts about people, and defaults that no mail may cite.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, TypeVar

from backoffice.services.mail_law import basis, delay_words, distance, implied_refusal
from backoffice.services.mail_pieces import asked, filing_pieces, proposal_pieces, reserves
from workflows.accounts import day_before
from workflows.asking import asked_of, reminded, still_awaited
from workflows.calls.model import Call, Channel
from workflows.deadlines import local_day
from workflows.dossier import Dossier, EndOutcome
from workflows.due import DueKind
from workflows.effects import Addressee
from workflows.french import instant, listing, zone_label
from workflows.pieces import PieceRequest
from workflows.places import PlaceStatus
from workflows.requests import Request, RequestKind, RequestState
from workflows.specialties import UnknownSpecialtyError, specialty
from workflows.states import State

T = TypeVar("T")


class NothingLeftToSayError(LookupError):
    """What the mail is about has gone from the dossier since it was asked for: there is nothing to write any more."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Le courriel « {name} » n’a plus d’objet : le dossier a changé depuis qu’il a été demandé.")


@dataclass(frozen=True, slots=True)
class Matter:
    """What a mail is made of. `at` is the legal instant of its cause, `today` the day it is written.

    `to`: to whom it goes, None for whoever is asked for anything.
    """

    name: str
    view: Dossier
    call: Call
    details: Mapping[str, str]
    at: datetime
    today: date
    to: Addressee | None = None

    @property
    def caused_on(self) -> date:
        """The day of the cause in the zone of the authority."""
        return local_day(self.at, self.call.authority.zone)

    def present(self, found: T | None) -> T:
        """What was looked for. Raises NothingLeftToSayError when it is gone."""
        if found is None:
            raise NothingLeftToSayError(self.name)
        return found

    @property
    def request(self) -> Request:
        """The request the mail is about. Raises NothingLeftToSayError."""
        return self.present(self.view.request(self.details.get("request")))


Values = dict[str, Any]


def common(matter: Matter) -> Values:
    """What every mail may tell: dossier, call, service, regime and remedies."""
    view, authority = matter.view, matter.call.authority
    return {
        "number": view.number,
        "title": matter.call.title,
        "specialty": _specialty(view),
        "sites": _sites(view),
        "service": f"{authority.service}, {authority.name}" if authority.service else authority.name,
        "email": authority.email,
        "phone": authority.phone,
        "address": authority.address,
        "caused_on": matter.caused_on,
        "crpa": matter.call.clauses.regime_crpa.value,
        "distance": distance(view, matter.call),
        "for_service": matter.to is Addressee.SERVICE,
    }


def _specialty(view: Dossier) -> str | None:
    try:
        return specialty(view.specialty).label if view.specialty else None
    except UnknownSpecialtyError:
        return None


def _sites(view: Dossier) -> str:
    first = [f"{view.recruiter.name} (recruteur)"] if view.recruiter else []
    return listing(first + [site.name for site in view.partners])


def _filed(matter: Matter) -> Values:
    filing = matter.present(matter.view.filing)
    zone = matter.call.authority.zone
    channels = {channel.value: channel.label for channel in Channel}
    closing = matter.call.parameters.closing_at(local_day(filing.received_at, zone))
    in_time = closing.value is not None and closing.value.accepts(filing.received_at)
    extended = closing.value != matter.call.parameters.closing.value
    return {
        "received": instant(filing.received_at, zone, with_zone=True),
        "channel": channels.get(filing.channel),
        "electronic": filing.channel not in {Channel.POST.value, Channel.HAND.value},
        "closing": closing.value.wording if closing.value and in_time else None,
        "closing_basis": None if extended else basis(closing),
        "refusal": implied_refusal(matter.view, matter.today),
    }


def _asked_for(matter: Matter) -> Values:
    wanted = matter.details.get("request")
    request = matter.present(next((r for r in matter.view.piece_requests if r.id == wanted), None))
    keys = _mine(matter, asked_of(matter.view, request.keys))
    return {
        "asked_on": request.asked_on,
        "due_on": request.due_on,
        "groups": asked(matter.view, matter.call, keys),
        "events": list(dict.fromkeys(key.split("/", 1)[0] for key in keys)),
        "suspension": _suspension(matter, request),
    }


def _mine(matter: Matter, wanted: Mapping[Addressee, tuple[str, ...]]) -> tuple[str, ...]:
    """The pieces that the reader of the mail is asked for. Raises NothingLeftToSayError."""
    keys = wanted.get(matter.to, ()) if matter.to else tuple(key for mine in wanted.values() for key in mine)
    return matter.present(keys or None)


def _suspension(matter: Matter, request: PieceRequest) -> Values | None:
    """What the request does to the implied refusal: its date without it, and at the latest with it (L.114-5)."""
    clock = matter.view.silence
    if clock is None:
        return None
    mine = [s for s in clock.suspensions if (s.starts_on, s.due_on) == (request.asked_on, request.due_on)]
    if not mine:
        return None
    others = tuple(s for s in clock.suspensions if s not in mine)
    before = replace(clock, suspensions=others, ended_on=None)
    return {
        "delay": delay_words(clock.months),
        "before": before.due_on(request.asked_on),
        "latest": before.suspended(request.asked_on, request.due_on).due_on(request.asked_on),
    }


def _complete(matter: Matter) -> Values:
    sessions = [s for s in matter.call.parameters.sessions if s.last >= matter.today]
    ahead = min(sessions, key=lambda s: s.first, default=None)
    return {
        "complete_on": matter.present(matter.view.complete_on),
        "session": ahead.label if ahead else None,
        "session_basis": f"clause {ahead.rule} de l’appel" if ahead else None,
        "committee": matter.call.clauses.committee.exists.value,
        "reserves": reserves(matter.view, matter.call),
        "refusal": implied_refusal(matter.view, matter.today),
    }


def _offered(matter: Matter) -> Values:
    entry = matter.present(matter.view.reserve)
    return {
        "rank": entry.rank,
        "doctor": matter.view.candidate is not None,
        "reply_by": matter.present(entry.reply_by),
        "valid_until": entry.valid_until,
        "printed": basis(matter.call.clauses.committee.offer_days),
    }


def _replacing(matter: Matter) -> Values:
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


def _withdrawn(matter: Matter) -> Values:
    view = matter.view
    held = view.place is not None and view.place.status is PlaceStatus.HELD
    return _replacing(matter) | {
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


def _announced(matter: Matter) -> Values:
    departure = matter.present(matter.view.departure)
    effective_on = departure.dates.effective_on
    return _replacing(matter) | {
        "effective_on": effective_on,
        "last_day": day_before(effective_on),
        "ends_post": departure.act != "withdraw",
    }


def _closed(matter: Matter) -> Values:
    end = matter.present(matter.view.end)
    return {"served": end.outcome is not EndOutcome.NEVER_STARTED, "last_day": end.last_day}


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
    repayment = matter.present(matter.view.repayment)
    amounts, clause = repayment.amounts, matter.call.clauses.funding.repayment_reading
    readings = (
        ("mois délégués et non servis", amounts.prorata),
        ("tous les crédits délégués", amounts.integral),
        ("année de contrat en cours", amounts.contract_year),
    )
    return {
        "proposed": repayment.proposed,
        "delegated": amounts.delegated,
        "served": amounts.served,
        "readings": [(words, found) for words, found in readings if found is not None],
        "reading_chosen": clause.is_known and not clause.is_default,
        "last_day": matter.view.end.last_day if matter.view.end else None,
    }


def _answer(matter: Matter) -> Values:
    return {"about_repayment": matter.view.state is State.CLAWBACK, "offer": matter.details.get("offer")}


def _pieces_due(matter: Matter) -> Values:
    early = matter.name == DueKind.PIECES_REMINDER.value
    request = matter.present(reminded(matter.view, matter.details.get("due_on"), early=early))
    keys = _mine(matter, still_awaited(matter.view, request))
    return {
        "asked_on": request.asked_on,
        "due_on": request.due_on,
        "groups": asked(matter.view, matter.call, keys),
    }


def _draft(matter: Matter) -> Values:
    view, closing = matter.view, matter.call.parameters.closing_at(matter.today)
    open_still = closing.value is not None and closing.value.last_day >= matter.today
    ends = matter.present(closing.value if open_still and view.state is State.DRAFT else None)
    joint, names = matter.call.clauses.filing.joint.value, {site.id: site.name for site in view.sites}
    waiting = [names.get(d.party or "", "le candidat") for d in view.depositors if joint and not d.confirmed]
    return {
        "wording": ends.wording,
        "last_day": ends.last_day,
        "clock": zone_label(ends.zone),
        "days_left": (ends.last_day - matter.today).days,
        "closing_basis": basis(closing) if closing.value == matter.call.parameters.closing.value else None,
        "waiting": listing(waiting),
        "groups": filing_pieces(view, matter.call),
        "complete_at_deadline": bool(matter.call.clauses.filing.complete_at_deadline.value),
    }


#: What each mail tells, by its name.
MATTERS: Mapping[str, Callable[[Matter], Values]] = MappingProxyType(
    {
        "L1": _filed,
        "L2": _filed,
        "L3": _asked_for,
        "L4": _complete,
        "place_offered": _offered,
        "withdrawal_recorded": _withdrawn,
        "departure_announced": _announced,
        "post_closed": _closed,
        "request_received": _requested,
        "request_refused": _requested,
        "request_cancelled": _requested,
        "repayment_proposed": _repayment,
        "answer": _answer,
        "pieces_reminder": _pieces_due,
        "pieces_last_day": _pieces_due,
        "draft_reminder": _draft,
    }
)
