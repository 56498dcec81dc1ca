"""To whom the credits of a post may be paid, and who owes what comes back: legal entities, and who took them over."""

from __future__ import annotations

from datetime import date

from workflows.calls.model import Call
from workflows.dossier import Dossier
from workflows.parts.repayments import Debtor, RepaymentFile
from workflows.parts.successions import Succession, standing
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
    taken_over = standing(s for s in dossier.successions if s.site == site.id)
    if not taken_over:
        return site.legal_entity
    since = [s.after for s in taken_over if s.on <= day]
    return since[-1] if since else taken_over[0].before


def last_siret(dossier: Dossier, entity: str) -> str | None:
    """The SIRET under which a legal entity was paid last for a post, else the one told when it took over."""
    paid = [e.payee.siret for e in dossier.ledger if e.payee and e.payee.legal_entity == entity]
    told = [taken.siret for taken in dossier.successions if taken.after == entity and taken.siret]
    return next(reversed(paid or told), None)


def debtor_of(dossier: Dossier, repayment: RepaymentFile | None = None) -> Debtor | None:
    """Who owes: the debtor of a repayment decided, else the recruiter as it is now (A5, A43)."""
    if repayment is not None and repayment.debtor is not None:
        return repayment.debtor
    site = dossier.recruiter
    return Debtor(site.id, site.legal_entity, site.name) if site else None


def succession_of(dossier: Dossier, debtor: Debtor) -> Succession | None:
    """The succession that made somebody the debtor; None for who was paid itself."""
    taken = [s for s in dossier.successions if (s.site, s.after) == (debtor.site, debtor.legal_entity)]
    return taken[-1] if taken else None
