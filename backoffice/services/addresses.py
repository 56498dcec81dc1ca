"""To whom an effect goes: the electronic addresses behind an addressee of a dossier."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.store.people import Account, Establishment, Person
from workflows.asking import standing_depositors
from workflows.calls.model import Call
from workflows.dossier import Dossier
from workflows.effects import Addressee


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody a mail goes to."""

    name: str
    email: str


def recipients(
    session: Session, view: Dossier, call: Call, addressee: str, details: dict[str, str]
) -> tuple[Recipient, ...]:
    """The recipients of a mail, without duplicates; empty when nobody has an address."""
    found: dict[str, Recipient] = {}
    for party in _parties(view, addressee, details):
        for recipient in _of_party(session, party):
            found.setdefault(recipient.email.lower(), recipient)
    if addressee == Addressee.SERVICE.value:
        for recipient in _service(session, call):
            found.setdefault(recipient.email.lower(), recipient)
    return tuple(found.values())


def _parties(view: Dossier, addressee: str, details: dict[str, str]) -> Iterable[str]:
    """Ids of the persons and sites behind an addressee."""
    candidate = [view.candidate.id] if view.candidate else []
    recruiter = [view.recruiter.id] if view.recruiter else []
    match addressee:
        case Addressee.DEPOSITORS:
            standing = standing_depositors(view)
            replaced = bool(view.depositors) and not standing  # by a doctor whom the recruiter proposed
            return recruiter if replaced else [d.party for d in standing if d.party] or candidate
        case Addressee.CANDIDATE:
            return candidate
        case Addressee.RECRUITER:
            return recruiter
        case Addressee.PARTNERS:
            return [site.id for site in view.partners]
        case Addressee.REPORTER:
            request = view.request(details.get("request"))
            return [request.reported_by] if request else []
        case _:
            return []


def _of_party(session: Session, party: str) -> list[Recipient]:
    site = session.get(Establishment, party) if len(party) == len("990000017") else None
    if site is not None:
        return [Recipient(site.name, site.email)] if site.email else []
    try:
        known = UUID(party)
    except ValueError:
        return []
    doctor = session.get(Person, known)
    if doctor is not None:
        return [Recipient(doctor.name, doctor.email)] if doctor.email else []
    account = session.get(Account, known)
    return [Recipient(account.name, account.email)] if account else []


def _service(session: Session, call: Call) -> list[Recipient]:
    """The bureau’s mailbox when the call gives one, else the instructors of the region."""
    if call.authority.email:
        return [Recipient(call.authority.service or call.authority.name, call.authority.email)]
    agents = select(Account).where(
        Account.region == call.authority.region, Account.role == "instructor", Account.disabled_at.is_(None)
    )
    return [Recipient(a.name, a.email) for a in session.scalars(agents.order_by(Account.email))]
