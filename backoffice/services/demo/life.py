"""The life of one dossier as a story tells it: every act must go through, or be refused as told."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from fractions import Fraction
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from backoffice.services.act import Done, Order, perform
from backoffice.services.demo.papers import page
from backoffice.services.demo.people import invented
from backoffice.services.demo.places import PLACES
from backoffice.services.demo.staff import OF_CALL, STAFF
from backoffice.services.demo.stage import Stage
from backoffice.services.documents import Received, keep
from backoffice.services.facts import view_of
from backoffice.services.opening import open_dossier
from backoffice.services.people import register_doctor, site_of
from backoffice.store.dossiers import DossierRow
from workflows.actors import Actor, Role
from workflows.acts import ACTS
from workflows.calls.model import Call, Depositor
from workflows.deadlines import local_day
from workflows.decide import Refused
from workflows.dossier import Dossier, DossierDepositor, Project
from workflows.effects import Addressee
from workflows.parts.candidates import Candidate
from workflows.parts.requests import RequestKind
from workflows.sites import Period, Plan, Site, SiteRole

#: A story: the instants it waits for; in between it acts.
Script = Generator[datetime, None, None]


class StoryError(RuntimeError):
    """An act of a story did not end as told."""


@dataclass(frozen=True, slots=True)
class Post:
    """What a dossier asks for. `week` gives the half-days at each place, the recruiter first; `years` one week each.

    `doctor` is the number of an invented doctor, None for a post asked for without a name. `rank`: of the committee.
    """

    specialty: str
    recruiter: str
    partners: tuple[str, ...]
    doctor: int | None = None
    week: tuple[int, ...] = (5, 5)
    years: tuple[tuple[int, ...], ...] = ()
    months: int = 24
    start: date | None = None
    share: Fraction = Fraction(1)
    distance_km: int | None = None
    rank: int = 1
    project: Project | None = None
    other_financing: bool = False

    @property
    def places(self) -> tuple[str, ...]:
        """Every establishment, the recruiter first."""
        return (self.recruiter, *self.partners)


class Life:
    """A dossier on the stage. Made by the director, one for each story."""

    def __init__(self, stage: Stage, call: str, post: Post) -> None:
        self.stage = stage
        self.call: Call = stage.calls[call]
        self.post = post
        self.id = UUID(int=0)
        self.rpps: dict[str, str] = {}
        self.lost: frozenset[Addressee] = frozenset()  # whose slips do not come back from now on: lost, or not sent
        self._papers = 0
        self._view: Dossier | None = None
        self._read_at = -1

    # who

    @property
    def candidate(self) -> Actor:
        """The doctor the dossier names now."""
        found = self.view.candidate
        return Actor(Role.CANDIDATE, found.id if found else "")

    @property
    def recruiter(self) -> Actor:
        """The office of the recruiter."""
        return STAFF[f"bam.{self.post.recruiter}"].actor

    @property
    def partner(self) -> Actor:
        """The office of the first partner."""
        return STAFF[f"bam.{self.post.partners[0]}"].actor

    @property
    def depositor(self) -> Actor:
        """Whoever files."""
        filing = self.call.clauses.filing.depositors.value or (Depositor.RECRUITER,)
        return self.candidate if Depositor.CANDIDATE in filing else self.recruiter

    def agent(self, short: str) -> Actor:
        """An agent of the agency: `instructeur`, `responsable` or `dg`."""
        return STAFF[f"{short}.{OF_CALL[self.call.id]}"].actor

    @property
    def instructor(self) -> Actor:
        """The instructor."""
        return self.agent("instructeur")

    @property
    def head(self) -> Actor:
        """The head."""
        return self.agent("responsable")

    @property
    def dg(self) -> Actor:
        """The director general."""
        return self.agent("dg")

    # when

    def at(self, day: date, hour: str = "10:00") -> datetime:
        """An hour of a day on the clock of the agency."""
        zone = ZoneInfo(self.call.authority.zone)
        return datetime.combine(day, time.fromisoformat(hour), tzinfo=zone).astimezone(UTC)

    @property
    def today(self) -> date:
        """The day in the agency’s zone."""
        return local_day(self.stage.now, self.call.authority.zone)

    # what

    @property
    def is_open(self) -> bool:
        """True once the draft is opened."""
        return self.id != UUID(int=0)

    @property
    def view(self) -> Dossier:
        """The dossier as it stands: as the last act left it, or as it is read once time has gone by."""
        if self._view is None or self._read_at != self.stage.moves:
            self._see(view_of(self.stage.session.get_one(DossierRow, self.id, populate_existing=True)))
        return cast(Dossier, self._view)

    def _see(self, view: Dossier) -> None:
        self._view, self._read_at = view, self.stage.moves

    def open(self) -> None:
        """Open the draft."""
        post, sites = self.post, self._sites()
        named = self.register(post.doctor) if post.doctor is not None else None
        draft = Dossier(
            "",
            self.call.id,
            self.call.category,
            self.today,
            specialty=post.specialty,
            sites=sites,
            plan=self._plan(sites),
            months=post.months,
            wished_start=post.start,
            contract_share=post.share,
            other_financing=post.other_financing,
            project=post.project,
            depositors=self._depositors(named),
            candidate=named,
        )
        by = Actor(Role.CANDIDATE, named.id) if named and self._by_candidate else self.recruiter
        self.id = open_dossier(self.stage.session, self.call.id, draft, by=by, times=self.stage.times).id

    @property
    def _by_candidate(self) -> bool:
        return Depositor.CANDIDATE in (self.call.clauses.filing.depositors.value or ())

    def register(self, number: int) -> Candidate:
        """Keep a doctor, and give them as a dossier names them."""
        person = invented(number)
        register_doctor(self.stage.session, person.doctor, person.id)
        self.rpps[person.candidate.id] = person.doctor.rpps or ""
        return person.candidate

    def _sites(self) -> tuple[Site, ...]:
        roles = (SiteRole.RECRUITER, *(SiteRole.PARTNER for _ in self.post.partners))
        sites = [site_of(PLACES[key].row(), role) for key, role in zip(self.post.places, roles, strict=True)]
        away = self.post.distance_km
        return tuple(s if s.role is SiteRole.RECRUITER else replace(s, distance_km=away) for s in sites)

    def _plan(self, sites: tuple[Site, ...]) -> Plan:
        weeks = self.post.years or (self.post.week,)
        months = self.post.months // len(weeks)
        return tuple(
            Period(months, tuple((s.id, Fraction(n)) for s, n in zip(sites, week, strict=True) if n)) for week in weeks
        )

    def _depositors(self, named: Candidate | None) -> tuple[DossierDepositor, ...]:
        parties = {
            Depositor.CANDIDATE: named.id if named else None,
            Depositor.RECRUITER: PLACES[self.post.recruiter].finess,
            Depositor.PARTNER: PLACES[self.post.partners[0]].finess,
        }
        kinds = self.call.clauses.filing.depositors.value or (Depositor.RECRUITER,)
        return tuple(DossierDepositor(kind, parties[kind]) for kind in kinds)

    def do(self, act: str, by: Actor, **inputs: Any) -> Dossier:
        """Do an act that goes through; gives the dossier it leaves. Raises StoryError."""
        answer = self._answer(act, by, inputs)
        if not isinstance(answer, Done):
            why = "; ".join(f.sentence for f in answer.findings) if isinstance(answer, Refused) else answer
            raise StoryError(f"{self.view.number}, {self.today}: {act}: {why}")
        self.stage.acts += 1
        self._see(answer.after)
        return answer.after

    def refused(self, act: str, by: Actor, code: str, **inputs: Any) -> None:
        """Try an act that is refused for a reason. Raises StoryError when it goes through, or for another reason."""
        answer = self._answer(act, by, inputs)
        if not isinstance(answer, Refused) or code not in answer.codes:
            raise StoryError(f"{self.view.number}, {self.today}: {act} was to be refused for {code}: {answer}")

    def _answer(self, act: str, by: Actor, inputs: dict[str, Any]) -> Any:
        order = Order(self.id, act, ACTS[act].inputs(**inputs), by)
        return perform(self.stage.session, order, self.stage.times)

    def paper(self, label: str, by: Actor) -> str:
        """Keep a document; gives its reference."""
        self._papers += 1
        received = Received(f"document-{self._papers:02}.pdf", page(f"Démonstration : {label}"))
        now = self.stage.now
        return str(keep(self.stage.session, self.stage.shelf, self.id, received, by=by.id, now=now))

    def last_request(self, kind: RequestKind) -> str:
        """The id of the last request of a kind."""
        return next(r.id for r in reversed(self.view.requests) if r.kind is kind)


@dataclass(frozen=True, slots=True)
class Story:
    """A story to tell. `worth`: why it is worth a look, in French, printed when the demonstration starts."""

    call: str
    post: Post
    script: Callable[[Life], Script]
    worth: str | None = None
