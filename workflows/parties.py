"""Who stands behind an addressee of a dossier, and whose each receipt is."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.asking import standing_depositors
from workflows.calls.model import Depositor
from workflows.dossier import Dossier
from workflows.effects import Addressee
from workflows.parts.receipts import Receipt

_UNDER_ONE_NAME = {
    Depositor.CANDIDATE: Addressee.CANDIDATE,
    Depositor.RECRUITER: Addressee.RECRUITER,
    Depositor.PARTNER: Addressee.PARTNERS,
}


def parties(view: Dossier, addressee: str, details: Mapping[str, str]) -> tuple[str, ...]:
    """Ids of the persons and sites behind an addressee: a FINESS, the id of a doctor or of an account.

    None for the service, the accountant and the members, who are no party.
    """
    candidate = [view.candidate.id] if view.candidate else []
    recruiter = [view.recruiter.id] if view.recruiter else []
    found: list[str] = []
    match addressee:
        case Addressee.DEPOSITORS:
            standing = standing_depositors(view)
            replaced = bool(view.depositors) and not standing  # by a doctor whom the recruiter proposed
            found = recruiter if replaced else [d.party for d in standing if d.party] or candidate
        case Addressee.CANDIDATE:
            found = candidate
        case Addressee.FORMER_CANDIDATE:
            found = list(view.former[-1:])
        case Addressee.RECRUITER:
            found = recruiter
        case Addressee.PARTNERS:
            found = [site.id for site in view.partners]
        case Addressee.REPORTER:
            request = view.request(details.get("request"))
            found = [request.reported_by] if request else []
    return tuple(dict.fromkeys(found))


def held_by(dossier: Dossier, receipt: Receipt) -> frozenset[str]:
    """The parties whose receipt it is: the one it names, else everybody behind its addressee."""
    if receipt.party is not None:
        return frozenset({receipt.party})
    return frozenset(parties(dossier, receipt.to, {"request": receipt.about} if receipt.about else {}))


def is_of_applicant(dossier: Dossier, receipt: Receipt) -> bool:
    """True for the receipt of somebody who filed the application, under whatever name."""
    if receipt.to is Addressee.DEPOSITORS:
        return True
    return any(
        depositor.party == receipt.party
        if depositor.party and receipt.party
        else _UNDER_ONE_NAME[depositor.kind] is receipt.to
        for depositor in dossier.depositors
    )


def asked_to_accept(dossier: Dossier) -> frozenset[str]:
    """The parties who are asked to accept an award: the candidate and the recruiter."""
    return frozenset(
        (*parties(dossier, Addressee.CANDIDATE, {}), *parties(dossier, Addressee.RECRUITER, {})),
    )
