"""What each mail has to tell, drawn from the dossier and its call: plain values, ready for a template."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from backoffice.services.mail_law import basis, delay_words, implied_refusal
from backoffice.services.mail_matter import Matter, Values, wanted_of
from backoffice.services.mail_pieces import asked, proposal_pieces, reserves
from backoffice.services.mail_reminders import REMINDERS
from backoffice.services.mail_vacancy import announced, closed, withdrawn
from workflows.asking import asked_of
from workflows.calls.model import Channel
from workflows.deadlines import local_day
from workflows.french import instant
from workflows.pieces import PieceRequest
from workflows.requests import RequestKind
from workflows.states import State


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
    keys = wanted_of(matter, asked_of(matter.view, request.keys))
    return {
        "asked_on": request.asked_on,
        "due_on": request.due_on,
        "groups": asked(matter.view, matter.call, keys),
        "events": list(dict.fromkeys(key.split("/", 1)[0] for key in keys)),
        "suspension": _suspension(matter, request),
    }


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
    repayment = matter.present(named or matter.view.repayment)
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
    about = matter.view.repayment_of(matter.details.get("repayment")) or matter.view.clawback
    claim = about.claim(matter.details.get("claim")) if about else None
    return {
        "claim": claim is not None,
        "contested": claim.contested if claim else None,
        "silent_on": claim.silent_on if claim else None,
        "about_repayment": bool(matter.details.get("repayment")) or matter.view.state is State.CLAWBACK,
        "offer": matter.details.get("offer"),
    }


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
        **REMINDERS,
    }
)
