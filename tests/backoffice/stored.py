"""Lives of dossiers in a database: every act goes through the door.

    life = stored_life(session, "na-2024").to(State.SELECTED)
    answer = life.ask("notify", Hat.HEAD, version=life.dossier.version)

A stored life is a `tests.lives.Life` whose acts are performed on the database, in a small world: the call published
with its test complement, its establishments, its doctors, and agents who sign.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy.orm import Session

from backoffice.callfiles import CALLS, quota_sources, read_text
from backoffice.services.act import Answer, Done, Order, Times, perform
from backoffice.services.callbook import in_force
from backoffice.services.opening import open_dossier
from backoffice.services.publishing import load_version
from backoffice.store.base import writing
from backoffice.store.people import Account, Establishment, Person
from backoffice.store.search import normalised
from tests.builders import COMPLEMENTS, Hat, actor
from tests.lives import Life, life_of
from tests.nominal import nominal
from workflows.actors import Actor, Role
from workflows.calls.model import Call
from workflows.dossier import Dossier, DossierDepositor, Surroundings
from workflows.parts.candidates import Candidate
from workflows.states import State

#: The machine’s instant in tests, far from the legal ones and in the past of any real clock.
MACHINE = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


def known_id(slug: str) -> UUID:
    """The id of an invented person, always the same one."""
    return uuid5(NAMESPACE_URL, f"https://exemple.example/{slug}")


def agent_id(call: Call, slug: str) -> UUID:
    """The id of an invented agent of the region of a call."""
    return known_id(f"{call.authority.region}/{slug}")


@dataclass(kw_only=True)
class StoredLife(Life):
    """A life whose dossier is in the database. See the module."""

    session: Session
    id: UUID
    machine: datetime = MACHINE

    def on(self, day: date, hour: str = "10:00") -> StoredLife:
        """Move the legal clock to an hour of a day."""
        super().on(day, hour)
        return self

    def later(self, days: int) -> StoredLife:
        """Move the legal clock by whole days."""
        super().later(days)
        return self

    def to(self, state: State) -> StoredLife:
        """Walk the nominal road to a state."""
        super().to(state)
        return self

    @property
    def times(self) -> Times:
        """The legal and the machine’s instant of the next act."""
        return Times(self.now, self.machine)

    def order(self, act: str, hat: Hat, *, version: int | None = None, once: str | None = None, **given: Any) -> Order:
        """An act asked for, with its nominal inputs and what is given; `once`: its idempotency key."""
        if act == "notify":
            given.setdefault("signed_by", str(agent_id(self.call, "iris-pourpre")))
        return Order(self.id, act, nominal(self, act, **given), actor(hat, self.dossier), version, once)

    def ask(self, act: str, hat: Hat, **options: Any) -> Answer:
        """Perform an act; the life follows when it is done."""
        answer = perform(self.session, self.order(act, hat, **options), self.times)
        if isinstance(answer, Done):
            self.dossier = replace(answer.after, around=Surroundings())
        return answer

    def do(self, act: str, hat: Hat, **options: Any) -> StoredLife:
        """Perform an act that must go through."""
        answer = self.ask(act, hat, **options)
        assert isinstance(answer, Done), f"{act} by {hat} on {self.today}: {answer}"
        return self


def publish(session: Session, call_id: str) -> None:
    """Publish a call with its test complement, if it is not yet."""
    if in_force(session, call_id) is None:
        load_version(
            session,
            read_text(CALLS / f"{call_id}.toml"),
            sources=quota_sources(),
            by="menthe-grise",
            now=MACHINE,
            complement=read_text(COMPLEMENTS / f"{call_id}.toml"),
        )


def settle(session: Session, life: Life) -> None:
    """Write the establishments, the doctors and the agents of a life, if they are not there yet."""
    region = life.call.authority.region
    with writing(session):
        for site in life.profile.sites:
            session.merge(
                Establishment(
                    finess=site.id,
                    entity=site.legal_entity,
                    name=site.name,
                    sort_key=normalised(site.name),
                    kind=site.kind.value,
                    department=site.department,
                    ght=site.ght,
                    zones=sorted(site.zones),
                    priority=site.priority,
                    email=f"bureau-{site.id}@etablissement.example",
                )
            )
        for slug in ("capucine-bleuet", "anis-vermeil"):
            given, family = slug.title().split("-")
            email = f"{slug}@medecin.example"
            session.merge(Person(id=known_id(slug), given_name=given, family_name=family, email=email))
        for slug, role in (("lavande-azur", Role.INSTRUCTOR), ("iris-pourpre", Role.HEAD)):
            session.merge(
                Account(
                    id=agent_id(life.call, slug),
                    email=f"{slug}@{str(region).lower()}.example",
                    name=slug.title(),
                    role=role.value,
                    region=region,
                    signs=role is Role.HEAD,
                )
            )


def stored_life(session: Session, call_id: str) -> StoredLife:
    """A draft of the nominal application of a call, opened in the database."""
    plan = life_of(call_id)
    candidate = _known(plan.profile.candidate, "capucine-bleuet")
    substitute = _known(plan.profile.substitute, "anis-vermeil")
    profile = replace(plan.profile, candidate=candidate, substitute=substitute)
    publish(session, call_id)
    settle(session, plan)
    draft = replace(
        plan.dossier,
        number="",
        candidate=candidate if plan.dossier.candidate else None,
        depositors=tuple(_deposited(d, plan.dossier, candidate) for d in plan.dossier.depositors),
    )
    by = Actor(Role.INSTRUCTOR, "lavande-azur")
    opened = open_dossier(session, call_id, draft, by=by, times=Times(plan.now, MACHINE))
    return StoredLife(
        profile=profile,
        call=plan.call,
        now=plan.now,
        opening=opened.view,
        dossier=opened.view,
        session=session,
        id=opened.id,
    )


def _known(candidate: Candidate, slug: str) -> Candidate:
    return replace(candidate, id=str(known_id(slug)))


def _deposited(depositor: DossierDepositor, draft: Dossier, candidate: Candidate) -> DossierDepositor:
    mine = draft.candidate is not None and depositor.party == draft.candidate.id
    return replace(depositor, party=candidate.id) if mine else depositor
