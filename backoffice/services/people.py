"""Doctors, establishments and signatories."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.store.base import writing
from backoffice.store.people import Account, Establishment, Person
from backoffice.store.search import normalised
from workflows.sites import Site, SiteKind, SiteRole

RPPS_DIGITS = 11
_ADDRESS = re.compile(r"[^@\s<>(),;:\"\[\]\\]+@[^@\s.]+(?:\.[^@\s.]+)+")


def signatories(session: Session, region: str | None) -> list[Account]:
    """The agents of a region whose signature is in force."""
    wanted = select(Account).where(Account.signs, Account.disabled_at.is_(None), Account.region == region)
    return list(session.scalars(wanted.order_by(Account.name)))


def _text(label: str, longest: int) -> dict[str, object]:
    return {"label": label, "longest": longest}


@dataclass(frozen=True, slots=True)
class Doctor:
    """What is written of a doctor who is named for the first time. The lengths are those of the columns."""

    family_name: str = field(metadata=_text("Nom", 200))
    given_name: str = field(metadata=_text("Prénom", 200))
    email: str | None = field(default=None, metadata=_text("Adresse électronique", 254))
    rpps: str | None = field(default=None, metadata=_text("Numéro RPPS", 11))
    born_on: date | None = field(default=None, metadata={"label": "Date de naissance"})


def is_address(text: str) -> bool:
    """True for an electronic address that a mail can be sent to."""
    return bool(_ADDRESS.fullmatch(text))


def is_rpps(text: str) -> bool:
    """True for eleven digits whose last one is the right key (Luhn)."""
    if len(text) != RPPS_DIGITS or not (text.isascii() and text.isdigit()):
        return False
    doubled = [int(digit) * (1 + rank % 2) for rank, digit in enumerate(reversed(text))]
    return sum(n // 10 + n % 10 for n in doubled) % 10 == 0


@dataclass(frozen=True, slots=True)
class Named:
    """A doctor named on a dossier: the id, and the row to write with the act, None when the doctor is known."""

    id: UUID
    row: Person | None = None

    @property
    def rows(self) -> tuple[Person, ...]:
        """What is to be written."""
        return (self.row,) if self.row is not None else ()


def named_doctor(session: Session, doctor: Doctor, wanted: UUID) -> Named:
    """A doctor under the id wanted, or the one already known by that id or RPPS number. Writes nothing."""
    if session.get(Person, wanted) is not None:
        return Named(wanted)
    if doctor.rpps:
        known = session.scalar(select(Person.id).where(Person.rpps == doctor.rpps))
        if known is not None:
            return Named(known)
    row = Person(
        id=wanted,
        family_name=doctor.family_name,
        given_name=doctor.given_name,
        email=doctor.email,
        rpps=doctor.rpps,
        born_on=doctor.born_on,
    )
    return Named(wanted, row)


def register_doctor(session: Session, doctor: Doctor, wanted: UUID) -> UUID:
    """Keep a doctor under the id wanted, or find the one already known by that id or RPPS number; gives the id."""
    with writing(session):
        found = named_doctor(session, doctor, wanted)
        session.add_all(found.rows)
    return found.id


def establishments(session: Session) -> list[Establishment]:
    """Every establishment, in the order of its name."""
    return list(session.scalars(select(Establishment).order_by(Establishment.sort_key)))


def keep_establishment(session: Session, row: Establishment) -> None:
    """Add an establishment, or replace what is known of it."""
    row.sort_key = normalised(row.name)
    with writing(session):
        session.merge(row)


def site_of(row: Establishment, role: SiteRole) -> Site:
    """An establishment as a place of work of a post."""
    return Site(
        id=row.finess,
        legal_entity=row.entity,
        name=row.name,
        role=role,
        kind=SiteKind(row.kind),
        department=row.department,
        ght=row.ght,
        zones=frozenset(row.zones or ()),
        priority=row.priority,
    )
