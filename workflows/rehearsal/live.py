"""Live parameters that become known, or change, while a scenario is played."""

from __future__ import annotations

from dataclasses import replace

from workflows.calls.model import Call
from workflows.calls.parameters import Parameters, Quota, Session
from workflows.calls.sources import Origin, Sourced
from workflows.french import count, day, short_day, typography
from workflows.rehearsal.scenario import ParameterChange

_NOTE = "paramètre fixé par le scénario"


def changed_call(call: Call, change: ParameterChange) -> Call:
    """The call once one of its parameters changed. Its clauses stay what they are."""
    return replace(call, parameters=_changed(call.parameters, change))


def _changed(parameters: Parameters, change: ParameterChange) -> Parameters:
    if change.session is not None:
        new = change.session
        session = Session(new.id, new.label, new.first, new.last, new.rule)
        others = tuple(s for s in parameters.sessions if s.id != new.id)
        return replace(parameters, sessions=(*others, session))
    if change.opens_on is not None:
        return replace(parameters, opens_on=Sourced(change.opens_on, Origin.CHOICE, parameters.opens_on.rule, _NOTE))
    if change.closing is not None:
        return replace(parameters, closing=Sourced(change.closing, Origin.CHOICE, parameters.closing.rule, _NOTE))
    if change.extension is not None:
        return replace(parameters, extensions=(*parameters.extensions, change.extension))
    return replace(parameters, quotas=tuple(_with_places(q, change) for q in parameters.quotas))


def _with_places(quota: Quota, change: ParameterChange) -> Quota:
    if quota.id != change.quota:
        return quota
    return replace(quota, places=Sourced(change.places, Origin.CHOICE, quota.places.rule, _NOTE))


def change_words(call: Call, change: ParameterChange) -> str:
    """The change in words."""
    if change.session is not None:
        first, last = change.session.first, change.session.last
        when = f"le {short_day(first)}" if first == last else f"du {short_day(first)} au {short_day(last)}"
        text = f"Séance ajoutée à l’appel : {change.session.label}, {when}"
    elif change.opens_on is not None:
        text = f"Ouverture de l’appel fixée au {day(change.opens_on)}"
    elif change.closing is not None:
        text = f"Clôture de l’appel fixée : {change.closing.as_sentence()}"
    elif change.extension is not None:
        text = f"Clôture prolongée pour tous : {change.extension.closing.as_sentence()}"
    else:
        label = next(q.label for q in call.parameters.quotas if q.id == change.quota)
        text = f"Contingent « {label} » : {count(change.places or 0, 'place')}"
    return typography(text)
