"""Playing a scenario against a call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from workflows.actors import Actor, Role
from workflows.calls.errors import Path
from workflows.calls.model import Call
from workflows.deadlines import start_of_day
from workflows.dossier import Dossier
from workflows.rehearsal.build import built, mistakes_with
from workflows.rehearsal.clock import Clock
from workflows.rehearsal.copies import filled, renewed_from
from workflows.rehearsal.facts import checked
from workflows.rehearsal.final import completed, dossier_report, quota_reports
from workflows.rehearsal.inputs import Names, inputs_for
from workflows.rehearsal.live import change_words, changed_call
from workflows.rehearsal.parse import refuse
from workflows.rehearsal.recorder import Recorder
from workflows.rehearsal.report import Changed, Opened, Rehearsal
from workflows.rehearsal.scenario import ActorFile, Checkpoint, Event, Opening, ParameterChange, Part, Scenario
from workflows.rehearsal.world import World

#: One thing that happens: when, in which order within the same instant, and what to do.
Stop = tuple[datetime, int, Callable[[], None]]

_END_OF_DAY = time(23, 59, 59)
_AGENTS = {
    Part.MEMBER: Role.MEMBER,
    Part.INSTRUCTOR: Role.INSTRUCTOR,
    Part.HEAD: Role.HEAD,
    Part.DG: Role.DG,
    Part.ADMIN: Role.ADMIN,
}


def rehearse(scenario: Scenario, call: Call, variant: str | None = None) -> Rehearsal:
    """Play one variant of a scenario (None for one without variants) and tell all that happened.

    Pure: the same scenario and call give the same rehearsal. Raises `ScenarioError` when the scenario names what the
    call does not have, ValueError for a variant it does not announce.
    """
    if variant not in scenario.variants:
        raise ValueError(f"La variante « {variant} » n’est pas annoncée par le scénario.")
    refuse(mistakes_with(scenario, call))
    return _Play(scenario, call, variant).run()


class _Play:
    """One run: its world, its clock and what it writes down."""

    def __init__(self, scenario: Scenario, call: Call, variant: str | None) -> None:
        self._scenario, self._variant = scenario, variant
        file, zone = scenario.file, call.authority.zone
        self._zone = zone
        self._call = call
        self._names = Names({e.id: e for e in file.establishments}, scenario.doctors, zone)
        self._openings = {o.number: o for o in scenario.openings}
        self._drafts = {o.number: built(o, scenario, call, self._names) for o in scenario.openings}
        stops = sorted(self._stops(), key=lambda stop: stop[:2])
        start = stops[0][0] if stops else datetime(2000, 1, 1, tzinfo=UTC)
        self._stops_in_order = stops
        self._world = World(call, start, taken_before=file.places_taken, signatories=file.signatories)
        self._recorder = Recorder(self._world, self._known_names(), zone)
        self._clock = Clock(self._world, self._recorder.due, self._recorder.machine, self._recorder.opened)

    def run(self) -> Rehearsal:
        """Every stop in order, the clock between them."""
        for at, _, happen in self._stops_in_order:
            self._clock.advance(at)
            happen()
        world, file = self._world, self._scenario.file
        names = self._known_names()
        return Rehearsal(
            title=file.title,
            about=file.about,
            variant=self._variant,
            call=self._call.id,
            call_title=self._call.title,
            digest=self._call.digest,
            zone=self._zone,
            complement=self._call.complement,
            completed=completed(self._call),
            places_before=dict(file.places_taken),
            history=tuple(self._recorder.lines),
            dossiers=tuple(dossier_report(d, world, self._clock, names) for d in world.dossiers.values()),
            quotas=quota_reports(world, self._recorder.highest),
        )

    def _known_names(self) -> dict[str, str]:
        """The names people read, by the id the rules know."""
        found = {e.number: e.name for e in self._scenario.file.establishments}
        found |= {d.id: d.name for d in self._scenario.doctors.values() if d.name}
        return found | {s.id: s.name for s in self._scenario.file.signatories if s.name}

    def _stops(self) -> Iterator[Stop]:
        scenario, zone = self._scenario, self._zone
        for extension in self._call.parameters.extensions:
            yield start_of_day(extension.decided_on, zone), 0, lambda: None
        for change in scenario.file.parameters:
            yield start_of_day(change.on, zone), 1, self._later(self._change, change)
        for draft in self._drafts.values():
            yield start_of_day(draft.opened_on, zone), 2, self._later(self._open, draft)
        for event in scenario.events_of(self._variant):
            yield self._instant(event.at), 3, self._later(self._event, event)
        for point in scenario.checks_of(self._variant):
            yield self._instant(point.at), 4, self._later(self._check, point)
        if scenario.file.until is not None:
            yield self._instant(datetime.combine(scenario.file.until, _END_OF_DAY)), 5, lambda: None

    @staticmethod
    def _later(do: Callable[..., None], what: object) -> Callable[[], None]:
        return lambda: do(what)

    def _instant(self, local: datetime) -> datetime:
        return local.replace(tzinfo=ZoneInfo(self._zone)).astimezone(UTC)

    def _change(self, change: ParameterChange) -> None:
        self._world.call = changed_call(self._world.call, change)
        self._recorder.lines.append(Changed(self._world.now, change_words(self._world.call, change), change.note))

    def _open(self, draft: Dossier) -> None:
        self._world.open(draft)
        self._recorder.lines.append(Opened(self._world.now, draft.number))

    def _event(self, event: Event) -> None:
        for number in event.dossiers:
            self._must_exist(number, ("events", event.place, "dossier"))
            opening = self._openings[renewed_from(number, self._openings) or number]
            by = self._actor(event.file.actor, opening, self._world.dossiers[number])
            context = self._world.context(number, event.file.act, by)
            for inputs in inputs_for(event.inputs, opening, self._names, context):
                before = self._world.dossiers[number]
                answer = self._world.act(number, event.file.act, inputs, by)
                self._recorder.step(before, inputs, answer, by, event.file)
                self._recorder.follow(self._clock, number, answer)

    def _check(self, point: Checkpoint) -> None:
        for number in point.dossiers:
            self._must_exist(number, ("checks", point.place, "dossier"))
        self._recorder.lines.extend(checked(point, self._world))

    def _must_exist(self, number: str, place: Path) -> None:
        """A renewal is opened by the machine: nothing can be done on it before."""
        if number not in self._world.dossiers:
            message = f"Le dossier « {number} » n’est pas encore ouvert : son renouvellement doit d’abord être demandé."
            refuse([(place, message)])

    def _actor(self, actor: ActorFile, opening: Opening, view: Dossier) -> Actor:
        """Who acts on a dossier: the party named, else the one the dossier has."""
        party = actor.party
        word: str | None = filled(party, opening.rank, opening.number) if party else None
        if actor.role in _AGENTS:
            return Actor(_AGENTS[actor.role], word or actor.role.value)
        if actor.role is Part.CANDIDATE:
            return Actor(Role.CANDIDATE, word or (view.candidate.id if view.candidate else "candidat"))
        sites = view.partners if actor.role is Part.PARTNER else tuple(s for s in [view.recruiter] if s)
        site = self._names.site(word) if word else next((s.id for s in sites), "")
        return Actor(Role.ESTABLISHMENT, site, site)
