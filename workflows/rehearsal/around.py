"""What lies around a dossier among the others of a rehearsal, as the rules ask to see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from workflows.account.adjusting import standing_lines
from workflows.calls.parameters import Quota
from workflows.dossier import Dossier
from workflows.parts.places import QuotaUse, kept_for_others, quotas_of
from workflows.rehearsal.scenario import Signatory
from workflows.states import State

_GONE = frozenset({State.DRAFT, State.REJECTED, State.ENDED, State.CLAWBACK})


def quota_uses(view: Dossier, quotas: tuple[Quota, ...], taken: Mapping[str, int]) -> tuple[QuotaUse, ...]:
    """The quotas the dossier counts in, as they stand."""
    own = quotas_of(quotas, category=view.category, specialty=view.specialty, sites=view.sites)
    kept = kept_for_others(quotas, [q.id for q in own], taken)
    return tuple(QuotaUse(q.id, q.label, q.places.value, taken[q.id], q.places.rule, kept[q.id]) for q in own)


def taken_places(quotas: tuple[Quota, ...], dossiers: Iterable[Dossier], before: Mapping[str, int]) -> dict[str, int]:
    """Places taken in each quota: those of the dossiers, and those already taken before the rehearsal.

    A place taken before in a quota is also taken in the quotas around it.
    """
    by_id = {quota.id: quota for quota in quotas}
    taken = dict.fromkeys(by_id, 0)
    for dossier in dossiers:
        for quota_id in dossier.place.quotas if dossier.place else ():
            taken[quota_id] = taken.get(quota_id, 0) + 1
    for quota_id, places in before.items():
        current = by_id.get(quota_id)
        while current is not None:
            taken[current.id] += places
            current = by_id.get(current.within) if current.within else None
    return taken


def same_doctor(view: Dossier, others: Iterable[Dossier]) -> tuple[str, ...]:
    """The filed dossiers that name the same doctor, by reference or RPPS (A34); a renewal is no second dossier."""
    doctor = view.candidate
    if doctor is None:
        return ()
    found = []
    for other in others:
        theirs = other.candidate
        renewal = other.number == view.renewal_of or other.renewal_of == view.number
        if theirs is not None and other.state not in _GONE and not renewal:
            same_rpps = doctor.rpps is not None and doctor.rpps == theirs.rpps
            if doctor.id == theirs.id or same_rpps:
                found.append(other.number)
    return tuple(found)


def project_states(view: Dossier, others: Iterable[Dossier]) -> tuple[State, ...]:
    """Where the other dossiers of the same project stand."""
    if view.project is None:
        return ()
    return tuple(o.state for o in others if o.project is not None and o.project.id == view.project.id)


def committed(others: Iterable[Dossier]) -> tuple[tuple[int, Decimal], ...]:
    """Euros that the other posts commit, by year."""
    found: dict[int, Decimal] = {}
    for line in (line for other in others for line in standing_lines(other)):
        found[line.year] = found.get(line.year, Decimal("0.00")) + line.amount
    return tuple(sorted(found.items()))


def signatories_on(signatories: Iterable[Signatory], day: date) -> tuple[str, ...] | None:
    """Those who may sign on a day; None when the scenario names nobody, so that signatures are not checked."""
    every = tuple(signatories)
    if not every:
        return None
    return tuple(s.id for s in every if (s.since is None or s.since <= day) and (s.until is None or day <= s.until))
