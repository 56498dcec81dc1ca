"""Who lives around a call: establishments, agents, committee members and candidates, each with an account."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from backoffice.callfiles import CALLS, quota_sources, read_text
from backoffice.services.accounts import hashed
from backoffice.services.publishing import load_version
from backoffice.store.base import db, writing
from backoffice.store.people import Account, Establishment, Person
from backoffice.store.search import normalised
from tests.builders import COMPLEMENTS
from tests.e2e.driver import PASSWORD, Visitor
from tests.e2e.house import House
from tests.moved import MACHINE
from tests.profiles import PROFILES, Profile
from workflows.actors import Role
from workflows.calls.model import Call
from workflows.calls.parse import parse_call
from workflows.sites import Site

_SPACE = UUID("2b1e9c8e-0d64-4a0b-8f62-6f1f4a6c9a10")
#: The agents of every authority of the tests.
AGENTS = {
    "lavande.azur": Role.INSTRUCTOR,
    "sauge.ocre": Role.HEAD,
    "iris.pourpre": Role.DG,
    "thym.argent": Role.MEMBER,
    "sarriette.fauve": Role.MEMBER,
}
#: In which capacity those of them who sign do so.
CAPACITIES = {Role.HEAD: "Le responsable de l’offre de soins", Role.DG: "La directrice générale"}


@cache
def _password() -> str:
    return hashed(PASSWORD)


def known_id(slug: str) -> UUID:
    """The id of somebody invented, always the same one."""
    return uuid5(_SPACE, slug)


def titled(slug: str) -> str:
    """The name of somebody: "lavande.azur" is Lavande Azur."""
    return slug.replace(".", " ").title()


def mailbox(site: Site) -> str:
    """The address of the office of an establishment."""
    return f"affaires.medicales.{site.id}@etablissement.example"


def doctor_mail(slug: str) -> str:
    """The address of a doctor."""
    return f"{slug}@medecin.example"


def publish(
    session: Session,
    call_id: str,
    *changes: tuple[str, str],
    complement: bool = True,
    without: str = "",
    contacts: str = "",
) -> Call:
    """Publish a version of a call, completed or bare: with `changes` in its text, without a tail of its complement.

    `contacts`: what the complement says of the service, when it writes letters here.
    """
    text = read_text(CALLS / f"{call_id}.toml")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    more = read_text(COMPLEMENTS / f"{call_id}.toml") if complement else None
    if more and without:
        assert without in more, without
        more = more[: more.index(without)]
    more = f"{more}\n{contacts}" if more else None
    load_version(session, text, sources=quota_sources(), by="menthe.grise", now=MACHINE, complement=more)
    return parse_call(text, complement=more, quota_sources=quota_sources())


def settle(session: Session, region: str | None, profile: Profile, doctors: tuple[str, ...] = ()) -> None:
    """Write the establishments, the doctors with an account and the agents."""
    with writing(session):
        for site in profile.sites:
            session.merge(_establishment(site))
        session.flush()
        for site in profile.sites:
            slug = f"bureau.{site.id}"
            session.merge(_account(slug, mailbox(site), Role.ESTABLISHMENT, establishment=site.id))
        for slug in doctors:
            given, family = titled(slug).split()
            session.merge(Person(id=known_id(slug), given_name=given, family_name=family, email=doctor_mail(slug)))
            session.flush()
            session.merge(_account(slug, doctor_mail(slug), Role.CANDIDATE, person=known_id(slug)))
        for slug, role in AGENTS.items():
            signing = {"signs": True, "capacity": CAPACITIES[role]} if role in CAPACITIES else {}
            session.merge(_account(f"{region}.{slug}", f"{slug}@ars-{region}.example", role, region=region, **signing))


def _establishment(site: Site) -> Establishment:
    return Establishment(
        finess=site.id,
        entity=site.legal_entity,
        name=site.name,
        sort_key=normalised(site.name),
        kind=site.kind.value,
        department=site.department,
        ght=site.ght,
        zones=sorted(site.zones),
        priority=site.priority,
        email=mailbox(site),
    )


def _account(slug: str, email: str, role: Role, **more: object) -> Account:
    name = titled(slug.partition(".")[2] if role in set(AGENTS.values()) else slug)
    return Account(
        id=known_id(f"account/{slug}"), email=email, name=name, role=role.value, password=_password(), **more
    )


@dataclass(repr=False)
class Town:
    """The people of a call, each at a browser of their own."""

    house: House
    call: Call
    profile: Profile
    _visitors: dict[str, Visitor] = field(default_factory=dict)

    def _visitor(self, email: str) -> Visitor:
        return self._visitors.setdefault(email, Visitor(self.house, email))

    def agent(self, slug: str) -> Visitor:
        """An agent of the authority, or a member of its committee."""
        return self._visitor(f"{slug}@ars-{self.call.authority.region}.example")

    @property
    def instructor(self) -> Visitor:
        """The instructor."""
        return self.agent("lavande.azur")

    @property
    def head(self) -> Visitor:
        """The head."""
        return self.agent("sauge.ocre")

    @property
    def dg(self) -> Visitor:
        """The director general."""
        return self.agent("iris.pourpre")

    @property
    def recruiter(self) -> Visitor:
        """The office of the recruiter."""
        return self._visitor(mailbox(self.profile.recruiter))

    @property
    def partner(self) -> Visitor:
        """The office of the first partner."""
        return self._visitor(mailbox(self.profile.partner))

    def doctor(self, slug: str) -> Visitor:
        """A doctor with an account."""
        return self._visitor(doctor_mail(slug))


def town_of(
    house: House,
    call_id: str,
    doctors: tuple[str, ...] = (),
    *,
    complement: bool = True,
    without: str = "",
    contacts: str = "",
) -> Town:
    """Publish a call and settle its people."""
    profile = PROFILES[call_id]
    with house.app.app_context():
        call = publish(db.session(), call_id, complement=complement, without=without, contacts=contacts)
        settle(db.session(), call.authority.region, profile, doctors)
        db.session.remove()
    house.zone = call.authority.zone
    return Town(house, call, profile)


def published(town: Town, *changes: tuple[str, str], without: str = "") -> None:
    """Publish another version of the call of a town."""
    with town.house.app.app_context():
        town.call = publish(db.session(), town.call.id, *changes, without=without)
        db.session.remove()
