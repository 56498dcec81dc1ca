"""Doctors, establishments and signatories."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.store.base import writing
from backoffice.store.people import Account, Establishment, Person
from backoffice.store.search import normalised
from workflows.sites import Site, SiteKind, SiteRole


def signatories(session: Session, region: str | None) -> list[Account]:
    """The agents of a region whose signature is in force."""
    wanted = select(Account).where(Account.signs, Account.disabled_at.is_(None), Account.region == region)
    return list(session.scalars(wanted.order_by(Account.name)))


@dataclass(frozen=True, slots=True)
class Doctor:
    """What is written of a doctor who is named for the first time."""

    family_name: str
    given_name: str
    email: str | None = None
    rpps: str | None = None
    born_on: date | None = None


def register_doctor(session: Session, doctor: Doctor, wanted: UUID) -> UUID:
    """Keep a doctor under the id wanted, or find the one already known by that id or RPPS number; gives the id."""
    with writing(session):
        if session.get(Person, wanted) is not None:
            return wanted
        if doctor.rpps:
            known = session.scalar(select(Person.id).where(Person.rpps == doctor.rpps))
            if known is not None:
                return known
        row = Person(
            id=wanted,
            family_name=doctor.family_name,
            given_name=doctor.given_name,
            email=doctor.email,
            rpps=doctor.rpps,
            born_on=doctor.born_on,
        )
        session.add(row)
        return row.id


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
