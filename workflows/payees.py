"""To whom the credits of a post may be paid: the legal entities credited, and those that took them over."""

from __future__ import annotations

from datetime import date

from workflows.calls.model import Call
from workflows.dossier import Dossier
from workflows.sites import Site

_PARTNER = "partner"


def credited_sites(dossier: Dossier, call: Call) -> tuple[Site, ...]:
    """The establishments that receive the credits; the recruiter, who pays the doctor, where the call names nobody."""
    if call.clauses.funding.payee.value == _PARTNER:
        return dossier.partners
    return (dossier.recruiter,) if dossier.recruiter else ()


def payees_on(dossier: Dossier, call: Call, day: date) -> frozenset[str]:
    """FINESS numbers of the legal entities that may be paid on a day: a succession counts from its day on (A43)."""
    return frozenset(entity_on(dossier, site, day) for site in credited_sites(dossier, call))


def entity_on(dossier: Dossier, site: Site, day: date) -> str:
    """The FINESS number of the legal entity of an establishment on a day."""
    taken_over = sorted((s for s in dossier.successions if s.site == site.id), key=lambda s: s.on)
    if not taken_over:
        return site.legal_entity
    since = [s.after for s in taken_over if s.on <= day]
    return since[-1] if since else taken_over[0].before
