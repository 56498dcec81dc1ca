"""To whom an effect goes: the electronic addresses behind an addressee of a dossier, those that refuse left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.store.bounces import failing
from backoffice.store.people import Account, Establishment, Person
from workflows.calls.model import Call
from workflows.dossier import Dossier
from workflows.effects import Addressee
from workflows.parties import parties

_FINESS_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody a mail goes to.

    `party`: who they are to the dossier, a FINESS or the id of a person or an account; None inside the agency.
    `mailbox`: the address is the functional mailbox of an establishment or of the agency, which a person answers for.
    """

    name: str
    email: str
    party: str | None = None
    mailbox: bool = False


@dataclass(frozen=True, slots=True)
class Reached:
    """Whom a mail reaches. `left_out`: addresses it would have gone to, that took no mail the last time."""

    recipients: tuple[Recipient, ...]
    left_out: tuple[str, ...] = ()

    @property
    def remark(self) -> str | None:
        """What a person should know of those left out."""
        if not self.left_out:
            return None
        return f"Laissé de côté, l’adresse ne reçoit plus : {', '.join(self.left_out)}. Vérifiez-la."


class NobodyToTellError(RuntimeError):
    """A mail has no recipient with an address."""

    def __init__(self, addressee: str, reached: Reached) -> None:
        why = reached.remark or f"aucune adresse pour « {addressee} »."
        super().__init__(f"Personne à prévenir : {why}")


def somebody(addressee: str | None, reached: Reached) -> tuple[Recipient, ...]:
    """The recipients of a mail. Raises NobodyToTellError when there is none."""
    if not reached.recipients:
        raise NobodyToTellError(addressee or "", reached)
    return reached.recipients


def known_addresses(session: Session, view: Dossier) -> frozenset[str]:
    """The addresses, in lower case, of everybody a dossier is about now: its sites, its doctor, those who filed it."""
    candidate = {view.candidate.id} if view.candidate else set()
    ids = {site.id for site in view.sites} | candidate | {d.party for d in view.depositors if d.party}
    found = {r.email.lower() for party in ids for r in _of_party(session, party)}
    people = [known for known in map(_uuid, candidate) if known is not None]
    accounts = select(Account.email).where(Account.person.in_(people), Account.disabled_at.is_(None))
    return frozenset(found | {email.lower() for email in session.scalars(accounts)})


def recipients(session: Session, view: Dossier, call: Call, addressee: str, details: Mapping[str, str]) -> Reached:
    """The recipients of a mail, without duplicates; none when nobody has an address that takes mail.

    `details["only"]`: the addresses, separated by spaces, that an earlier mail of the same words did not reach yet.
    """
    if addressee in _INSIDE:
        reached = recipients_of_party(session, call, addressee, "")
    else:
        known = [_of_party(session, party) for party in parties(view, addressee, details)]
        reached = _reached(session, known)
    return _only(reached, details)


def recipients_of_party(
    session: Session, call: Call, addressee: str, party: str, details: Mapping[str, str] | None = None
) -> Reached:
    """The recipients of one party, without duplicates; those of the agency when the addressee is in it."""
    inside = _INSIDE.get(addressee)
    found = inside(session, call) if inside else _of_party(session, party)
    return _only(_reached(session, [found]), details or {})


def _only(reached: Reached, details: Mapping[str, str]) -> Reached:
    """Those that an earlier mail did not reach, when there was one."""
    wanted = {address.lower() for address in details.get("only", "").split()}
    if not wanted:
        return reached
    return Reached(tuple(r for r in reached.recipients if r.email.lower() in wanted), ())


def _reached(session: Session, known: list[list[Recipient]]) -> Reached:
    """Every address once, whatever its case. Those that refuse are left out of a party that has another one; when
    nobody has, the mail reaches nobody. A functional mailbox is always tried: no report alone takes it off.
    """
    personal = [recipient.email for party in known for recipient in party if not recipient.mailbox]
    boxes = {recipient.email.lower() for party in known for recipient in party if recipient.mailbox}
    refusing = failing(session, personal) - boxes
    found: dict[str, Recipient] = {}
    left_out: dict[str, str] = {}
    for party in known:
        open_ones = [r for r in party if r.email.lower() not in refusing]
        for recipient in party:
            address = recipient.email.lower()
            if address in refusing and open_ones:
                left_out.setdefault(address, recipient.email)
            else:
                found.setdefault(address, recipient)
    if found.keys() <= refusing:
        return Reached((), (*left_out.values(), *(r.email for r in found.values())))
    return Reached(tuple(found.values()), tuple(left_out.values()))


def _of_party(session: Session, party: str) -> list[Recipient]:
    site = session.get(Establishment, party) if len(party) == _FINESS_DIGITS else None
    if site is not None:
        return _of_site(session, site)
    known = _uuid(party)
    if known is None:
        return []
    doctor = session.get(Person, known)
    if doctor is not None:
        return [Recipient(doctor.name, doctor.email, party)] if doctor.email else []
    account = session.get(Account, known)
    if account is None:
        return []
    return [Recipient(account.name, account.email, party)] if account.disabled_at is None else []


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _of_site(session: Session, site: Establishment) -> list[Recipient]:
    """The mailbox of an establishment, then everybody who signs in for it: an absence stops no request."""
    mailbox = [Recipient(site.name, site.email, site.finess, mailbox=True)] if site.email else []
    contacts = select(Account).where(Account.establishment == site.finess, Account.disabled_at.is_(None))
    found = session.scalars(contacts.order_by(Account.email))
    return mailbox + [Recipient(a.name, a.email, site.finess) for a in found]


def _service(session: Session, call: Call) -> list[Recipient]:
    """The bureau’s mailbox when the call gives one, else the instructors of the region."""
    if call.authority.email:
        return [Recipient(call.authority.service or call.authority.name, call.authority.email, mailbox=True)]
    agents = select(Account).where(
        Account.region == call.authority.region, Account.role == "instructor", Account.disabled_at.is_(None)
    )
    return [Recipient(a.name, a.email) for a in session.scalars(agents.order_by(Account.email))]


def _accountant(_session: Session, call: Call) -> list[Recipient]:
    """The accountant, where the call gives an address."""
    address = call.authority.accountant_email
    return [Recipient("Agent comptable", address, mailbox=True)] if address else []


#: Those inside the agency, who are no party of a dossier, and how each is reached.
_INSIDE: Mapping[str, Callable[[Session, Call], list[Recipient]]] = {
    Addressee.SERVICE.value: _service,
    Addressee.ACCOUNTANT.value: _accountant,
}
