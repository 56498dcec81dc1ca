"""Guards of requests: when they may be reported, and what granting an act consumes."""

from __future__ import annotations

from typing import Any

from workflows.actors import DECISION_LEVELS, Role
from workflows.acts.base import Context, guard, input_guard
from workflows.findings import Check, check, refusal, warning
from workflows.french import short_day
from workflows.parts.requests import REQUEST_TABLE, RequestKind

REQUEST_UNKNOWN = refusal(
    "request_unknown",
    "Cette demande n’existe pas sur ce dossier.",
    "Rechargez la page et choisissez une demande de la liste.",
)
REQUEST_ANSWERED = refusal(
    "request_answered",
    "Cette demande a déjà sa réponse : {state}.",
    "Rechargez la page.",
)
REQUEST_WRONG_KIND = refusal(
    "request_wrong_kind",
    "Cette demande ({kind}) n’est pas de celles auxquelles cet acte répond.",
    "Choisissez l’acte qui répond à cette demande.",
)
REQUEST_NEEDED = refusal(
    "request_needed",
    "Cet acte répond à une demande : laquelle ?",
    "Choisissez la demande de remplacement.",
)
ALREADY_REQUESTED = refusal(
    "already_requested",
    "Une demande ({kind}) est déjà en cours depuis le {since}.",
    "Complétez-la, ou annulez-la avant d’en faire une autre.",
)
NOT_YOURS = refusal(
    "request_not_yours",
    "Cette demande a été faite par quelqu’un d’autre.",
    "Seuls son auteur et l’agence peuvent l’annuler.",
)
ASKED_AFTER_START = warning(
    "asked_after_start",
    "La prise de fonctions était prévue le {planned} : la demande arrive après.",
    "L’agence décidera si le financement est maintenu.",
)
REPLACEMENT_WITHOUT_DEPARTURE = refusal(
    "replacement_without_departure",
    "Aucun départ n’est encore enregistré sur ce poste.",
    "{remedy}",
)


#: A departure told under one name may turn out to be the other: a vacancy to fill, or the end of the post.
_DEPARTURES = (RequestKind.WITHDRAWAL, RequestKind.EARLY_END)
_ANSWERED_BY = dict.fromkeys(("withdraw", "record_end", "announce_departure"), _DEPARTURES)


def request_answerable(act: str, *, needed: bool = False) -> Any:
    """A guard: the request named in the inputs exists, is open, and is of the kind this act answers."""
    kinds = _ANSWERED_BY.get(act) or tuple(k for k, (_, granting) in REQUEST_TABLE.items() if granting == act)

    @input_guard
    def request_fits(context: Context[Any]) -> Check:
        named = context.inputs.request
        if named is None:
            return check(REQUEST_NEEDED() if needed else None)
        request = context.dossier.request(named)
        if request is None:
            return check(REQUEST_UNKNOWN())
        if kinds and request.kind not in kinds:
            return check(REQUEST_WRONG_KIND(kind=request.kind.label))
        carried_out = context.by.role is Role.CLOCK
        if not request.is_open and not carried_out:
            return check(REQUEST_ANSWERED(state=request.state.label))
        return check(request=request.id)

    return request_fits


def not_requested_yet(kind: RequestKind) -> Any:
    """A guard: no request of this kind is open."""

    @guard
    def no_open_request(context: Context[Any]) -> Check:
        waiting = next((r for r in context.dossier.requests if r.kind is kind and r.is_open), None)
        if waiting is None:
            return check()
        return check(ALREADY_REQUESTED(kind=kind.label, since=short_day(waiting.dates.recorded_on)))

    return no_open_request


@input_guard
def own_request(context: Context[Any]) -> Check:
    """A party cancels only its own request; agents may cancel any."""
    request = context.dossier.request(context.inputs.request)
    agent = context.by.role in DECISION_LEVELS
    foreign = request is not None and not agent and request.reported_by not in {context.by.id, context.by.party}
    return check(NOT_YOURS() if foreign else None)


@guard
def asked_before_start(context: Context[Any]) -> Check:
    """A deferral asked after the planned start is told so at once (CVL-17, A8)."""
    award = context.dossier.award
    planned = award.expected_start if award else None
    late = planned is not None and context.today >= planned
    rule = context.call.clauses.deferral.tell_within_days.rule
    return check(ASKED_AFTER_START(rule, planned=short_day(planned)) if late and planned else None)


@guard
def vacancy_or_departure(context: Context[Any]) -> Check:
    """A replacement is proposed for a vacant post, or for one whose holder is about to leave."""
    dossier = context.dossier
    if dossier.vacancy is not None or dossier.departure is not None or dossier.award is None:
        return check()
    told = next((r for r in dossier.requests if r.kind in _DEPARTURES and r.is_open), None)
    remedy = "Signalez d’abord le désistement."
    if told is not None:
        on = short_day(told.dates.recorded_on)
        remedy = f"Le départ a été signalé le {on} : il attend que l’agence l’enregistre."
    return check(REPLACEMENT_WITHOUT_DEPARTURE(remedy=remedy))
