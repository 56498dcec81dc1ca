"""People at work while things break: random lives of dossiers of the five calls, on one legal calendar.

Each dossier has doctors of its own; its next act is the one an agent would do, drawn as in `tests.soak`. An act whose
outcome is unknown, its connection cut, is asked again under the same key until an answer says whether it went through.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import TypeVar
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError, SQLAlchemyError
from sqlalchemy.orm import Session

from backoffice.services.act import Conflict, Done, Order, Times, perform
from backoffice.services.callbook import ruling
from backoffice.services.clocks import machine_now
from backoffice.services.facts import view_of
from backoffice.services.opening import open_dossier
from backoffice.services.surroundings import page_surroundings
from backoffice.store.base import db, writing
from backoffice.store.calls import QuotaRow
from backoffice.store.dossiers import DossierRow
from backoffice.store.people import Person
from config.faultpoints import InjectedError
from tests.backoffice.stored import agent_id, known_id, publish, settle
from tests.builders import AGENTS, Hat, call_of, instant, rpps
from tests.faults.installation import Installation
from tests.lives import life_under
from tests.profiles import PROFILES, Profile
from tests.soak.explore import LEGAL
from tests.soak.inputs import chance, right_actor, sensible
from tests.soak.readiness import readiness
from tests.soak.stages import Stage
from tests.soak.world import Scene
from workflows.actors import CLOCK, Actor, Role
from workflows.acts import ACTS
from workflows.deadlines import add_months, local_day
from workflows.parts.candidates import Candidate
from workflows.states import State

T = TypeVar("T")
_DOCTORS = ("capucine-bleuet", "anis-vermeil", "souci-orange")
#: Errors that no fault explains.
_OURS = (IntegrityError, DataError, ProgrammingError)
_PASSES = 14
_QUIET = frozenset({State.REJECTED, State.ENDED})


@dataclass
class Kept:
    """A dossier at work: its nominal application, with doctors of its own."""

    id: UUID
    stage: Stage
    doctors: tuple[Candidate, ...]
    state: State = State.DRAFT


@dataclass(frozen=True)
class Accepted:
    """An act that went through: its dossier, its number in the journal, whether its first answer had been lost."""

    dossier: UUID
    seq: int
    repeated: bool


@dataclass
class Counts:
    """What the office did: acts accepted by state and by name, others by what came of them."""

    states: Counter[State] = field(default_factory=Counter)
    acts: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)


class Office:
    """See the module. `apps`: ways to the database, one for each person. `goes_on`: may the next act begin?"""

    def __init__(
        self, house: Installation, apps: list[Flask], acts: int, seed: int, *, calls: int = 5, people: int = 3
    ) -> None:
        self.house = house
        self.apps = apps
        self.target = acts
        self.people = people
        self.calls = [p.call for p in sorted(PROFILES.values(), key=lambda p: p.opened)][-calls:]
        self.each = max(2, acts // (calls * 45))
        self.random = Random(seed)  # noqa: S311 - chance for tests, not for secrets
        self.accepted: dict[str, Accepted] = {}
        self.files: dict[UUID, Kept] = {}
        self.counts = Counts()
        self.errors: list[BaseException] = []
        self.over = threading.Event()
        self.goes_on: Callable[[], bool] = lambda: True
        self._lock = threading.Lock()
        self._shift = timedelta(0)

    @property
    def progress(self) -> float:
        """The part of the acts that is done."""
        return len(self.accepted) / self.target

    @property
    def times(self) -> Times:
        """The instants of an act done now."""
        return Times(machine_now() + self._shift, machine_now())

    # the database, whatever happens to it

    @contextmanager
    def session(self, way: int = 0) -> Iterator[Session]:
        """A session by one of the ways to the database."""
        with self.apps[way % len(self.apps)].app_context():
            try:
                yield db.session()
            finally:
                db.session.remove()

    def insist(self, what: Callable[[Session], T], way: int = 0) -> T:
        """Do something in the database until it answers."""
        while True:
            try:
                with self.session(way) as session:
                    return what(session)
            except _OURS:
                raise
            except (SQLAlchemyError, InjectedError) as error:
                self._count(type(error).__name__)
                if self.errors:
                    raise
                time.sleep(0.1)

    def _count(self, what: str) -> None:
        with self._lock:
            self.counts.others[what] += 1

    # the calendar

    def calendar(self) -> list[tuple[date, str]]:
        """The days on which the office works, in order, each for a call."""
        return sorted((day, call) for call in self.calls for day in _days(PROFILES[call]))

    def move_to(self, day: date, call: str) -> None:
        """Move the legal clock of the office and of every process; it never goes back."""
        wanted = instant(day, call_of(call)) - machine_now()
        self._shift = max(self._shift, wanted) if self.files else wanted
        draft = self.house.folder / "legal.draft"
        draft.write_text(str(self._shift.total_seconds()))
        draft.rename(self.house.folder / "legal")

    # opening

    def publish(self) -> None:
        """Publish the calls, with the establishments, the agents, and places for most of the dossiers."""
        with self.session() as session:
            for call in self.calls:
                publish(session, call)
                settle(session, life_under(call_of(call), PROFILES[call]))
            with writing(session):
                session.execute(update(QuotaRow).values(places=1 + self.each * 2 // 3))
        self.move_to(*self.calendar()[0])

    def open(self, call: str) -> None:
        """Open the dossiers of a call."""
        first = len(self.files)
        for number in range(first, first + self.each):
            self._open(call, number)

    def _open(self, call: str, number: int) -> None:
        base, wanted = PROFILES[call], uuid4()
        doctors = tuple(
            replace(base.candidate, id=str(known_id(f"{slug}-{number}")), rpps=rpps(5000 + number * 10 + n))
            for n, slug in enumerate(_DOCTORS)
        )
        profile = replace(base, candidate=doctors[0], substitute=doctors[1])
        draft = replace(life_under(call_of(call), profile).dossier, number="")

        def opened(session: Session) -> None:
            with writing(session):
                for doctor, slug in zip(doctors, _DOCTORS, strict=True):
                    given, family = slug.title().split("-")
                    email = f"{slug}-{number}@medecin.example"
                    session.merge(
                        Person(id=UUID(doctor.id), given_name=given, family_name=family, email=email, rpps=doctor.rpps)
                    )
            open_dossier(session, call, draft, by=AGENTS[Hat.INSTRUCTOR], times=self.times, wanted=wanted)

        self.insist(opened)
        self.files[wanted] = Kept(wanted, Stage(call, call_of(call), profile), doctors)

    def _adopt(self) -> None:
        """Take up the renewals that the machine opened."""
        wanted = select(DossierRow.id, DossierRow.number)
        known = self.insist(lambda session: {row.id: row.number for row in session.execute(wanted)})
        parents = {known[one]: kept for one, kept in self.files.items()}
        for one, number in known.items():
            parent = next((kept for of, kept in parents.items() if number.startswith(of)), None)
            if one not in self.files and parent is not None:
                self.files[one] = Kept(one, parent.stage, parent.doctors)

    # work

    def work(self) -> None:
        """Do every act, day after day of the calendar."""
        calendar, opened = self.calendar(), set[str]()
        try:
            for turn, (day, call) in enumerate(calendar):
                self.move_to(day, call)
                if call not in opened:
                    opened.add(call)
                    self.open(call)
                self._adopt()
                left = self.target - len(self.accepted)
                self._a_day(call, left // (len(calendar) - turn), last=turn == len(calendar) - 1)
        except BaseException as error:  # told by whoever started the office
            self.errors.append(error)
        finally:
            self.over.set()

    def _a_day(self, call: str, wanted: int, *, last: bool) -> None:
        goal = self.target if last else len(self.accepted) + wanted
        shares = [list(self.files.values())[n :: self.people] for n in range(self.people)]
        people = [
            threading.Thread(target=self._a_person, args=(n, share, call, goal, last, self.random.random()))
            for n, share in enumerate(shares)
        ]
        for person in people:
            person.start()
        for person in people:
            person.join()
        if self.errors:
            raise self.errors[0]

    def _a_person(self, way: int, files: list[Kept], call: str, goal: int, last: bool, seed: float) -> None:
        rng = Random(seed)  # noqa: S311 - chance for tests, not for secrets
        try:
            turn = 0
            while files and (last or turn < _PASSES):
                for kept in rng.sample(files, len(files)):
                    if len(self.accepted) >= goal or self.errors:
                        return
                    if kept.stage.name == call or chance(rng, 0.15) or last:
                        self._wait()
                        self._one(way, kept, rng, "file_message" if last and turn >= _PASSES else None)
                turn += 1
        except BaseException as error:  # told by whoever started the office
            self.errors.append(error)

    def _wait(self) -> None:
        while not self.goes_on() and not self.errors:
            time.sleep(0.05)

    def _one(self, way: int, kept: Kept, rng: Random, wanted: str | None) -> None:
        """One act tried on one dossier."""
        scene, version = self.insist(lambda session: self._scene(session, kept), way)
        if scene.dossier.state in _QUIET and wanted is None and chance(rng, 0.6):
            return
        act = wanted or _act(rng, scene)
        order = self._order(rng, kept, scene, act, version)
        broken = self.counts.others.total()
        answer = self.insist(lambda session: perform(session, order, self.times), way)
        if not isinstance(answer, Done):
            self._count("in between" if isinstance(answer, Conflict) else "refused")
            return
        assert order.key is not None
        assert not answer.repeated or self.counts.others.total() > broken, "a first answer that says it is the second"
        with self._lock:
            self.accepted[order.key] = Accepted(kept.id, answer.seq, answer.repeated)
            self.counts.states[scene.dossier.state] += 1
            self.counts.acts[act] += 1

    def _scene(self, session: Session, kept: Kept) -> tuple[Scene, int]:
        row = session.get_one(DossierRow, kept.id, populate_existing=True)
        call, times, view = ruling(session, row), self.times, view_of(row)
        seen = page_surroundings(session, row, view, call, legal=times.legal, machine=times.machine, left=frozenset())
        today = local_day(times.legal, call.authority.zone)
        return Scene(kept.stage.profile, call, seen, times.legal, today), row.version

    def _order(self, rng: Random, kept: Kept, scene: Scene, act: str, version: int) -> Order:
        values = sensible(rng, kept.stage, scene, act)
        if values.get("candidate") is not None:
            values["candidate"] = _doctor(rng, kept, scene, act)
        if act == "identify_candidate" and scene.dossier.candidate is not None:
            known = next((d for d in kept.doctors if d.id == scene.dossier.candidate.id), kept.doctors[0])
            values |= {"rpps": known.rpps}
        if act == "notify":
            values["signed_by"] = str(agent_id(scene.call, "iris-pourpre"))
        if act == "edit_draft":
            values.pop("project", None)
        inputs = ACTS[act].inputs(**values)
        return Order(kept.id, act, inputs, _somebody(rng, scene, act), version, str(uuid4()))


def _doctor(rng: Random, kept: Kept, scene: Scene, act: str) -> Candidate:
    present = scene.dossier.candidate
    if act == "propose_replacement":
        return rng.choice([d for d in kept.doctors if present is None or d.id != present.id])
    return present or kept.doctors[0]


def _somebody(rng: Random, scene: Scene, act: str) -> Actor:
    """Somebody entitled to the act; agents have accounts."""
    by = right_actor(rng, scene, act)
    if by not in AGENTS.values() or by == CLOCK:
        return by
    slug = "lavande-azur" if by.role is Role.INSTRUCTOR else "iris-pourpre"
    return replace(by, id=str(agent_id(scene.call, slug)))


def _act(rng: Random, scene: Scene) -> str:
    legal = LEGAL[scene.dossier.state]
    ready = readiness(scene, legal)
    return rng.choices(legal, [ready[act] for act in legal])[0]


def _days(profile: Profile) -> Iterator[date]:
    """The days on which something begins for a nominal application, from its opening to a year after its end."""
    start, week = profile.start, timedelta(days=7)
    yield from (profile.opened + week, profile.filed, profile.complete, profile.put, profile.judged, profile.decided)
    yield from (profile.notified, profile.notified + week, start - week, start, start + week)
    yield from (add_months(start, n) for n in (2, 3, 6, 9, 12, 18, 24, 25, 26, 30))
