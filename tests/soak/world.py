"""A small world in memory: a few dossiers of one call that share its quotas, a legal clock, journals and an outbox.

Everything goes through `World.attempt`, which checks after each act what must stay true (`tests/soak/invariants.py`).
The machine’s own acts are fired here too: what an announced departure becomes on its day, and the acts that a
decision asks for.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from tests.builders import SIGNATORIES
from tests.profiles import Profile
from tests.soak.invariants import Step, check_step
from tests.soak.stages import Stage
from workflows.actors import CLOCK, Actor
from workflows.acts import ACTS
from workflows.acts.base import ActInputs
from workflows.calls.funding import RepaymentReading
from workflows.calls.model import Call
from workflows.calls.salvage import read_shape
from workflows.calls.sources import Origin, Sourced
from workflows.deadlines import local_day, start_of_day
from workflows.decide import Decision, Refused, decide, fold
from workflows.dossier import Dossier, Surroundings
from workflows.due import Due, due_items
from workflows.effects import Effect, EffectKind
from workflows.facts import folded, plain, plain_changes
from workflows.letters.asked import about
from workflows.parts.places import quotas_of
from workflows.ranking import better_ranked, standing_offers
from workflows.rehearsal import around
from workflows.renewals import renewal_draft

Answer = Decision | Refused
Watch = Callable[[str, ActInputs, Actor, Answer], None]

QUIET = Surroundings()


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a journal: what is kept of a decision, and the dossier before it."""

    at: datetime
    by: Actor
    before: Dossier
    act: str
    changes: Mapping[str, Any]


@dataclass(slots=True)
class File:
    """A dossier of the world. `left`: something of its last change of state has left the house.

    `letters`: the letters asked for, by code and by what they are about, and when they were last asked for.
    """

    opening: Dossier
    profile: Profile
    dossier: Dossier
    journal: list[Entry] = field(default_factory=list)
    left: bool = False
    letters: dict[tuple[str, str], datetime] = field(default_factory=dict)


#: How long a letter waits to be prepared and sent.
_LETTER_WAITS = timedelta(days=15)


@dataclass(slots=True)
class Scene:
    """What inputs depend on: a dossier with what lies around it, its nominal application, its call and the instant."""

    profile: Profile
    call: Call
    dossier: Dossier
    now: datetime
    today: date


class World:
    """See the module. `watch` is told of every answer, those to the machine included."""

    def __init__(self, stage: Stage, now: datetime, watch: Watch | None = None) -> None:
        self.stage = stage
        self.call = stage.call
        self.now = now
        self.files: dict[str, File] = {}
        self.outbox: set[tuple[str, int, str]] = set()
        self.told: set[tuple[str, str]] = set()
        self.signatories: tuple[str, ...] | None = SIGNATORIES
        self._watch = watch

    @property
    def today(self) -> date:
        """The day in the zone of the authority."""
        return local_day(self.now, self.call.authority.zone)

    def copy(self) -> World:
        """An independent world that stands at the same point."""
        twin = copy.copy(self)
        twin.files = {
            number: replace(file, journal=list(file.journal), letters=dict(file.letters))
            for number, file in self.files.items()
        }
        twin.outbox, twin.told = set(self.outbox), set(self.told)
        return twin

    # dossiers

    def open(self, draft: Dossier, profile: Profile) -> None:
        """Add a dossier."""
        self.files[draft.number] = File(draft, profile, draft)

    def view(self, number: str) -> Dossier:
        """A dossier with what lies around it now."""
        file = self.files[number]
        others = [f.dossier for n, f in self.files.items() if n != number]
        dossier, quotas = file.dossier, self.call.parameters.quotas
        world = Surroundings(
            quotas=around.quota_uses(dossier, quotas, self.taken()),
            better_ranked=better_ranked(dossier, others, self.today),
            offers=standing_offers(others, quotas, self.today),
            same_doctor=around.same_doctor(dossier, others),
            project_states=around.project_states(dossier, others),
            committed=around.committed(others) if self.call.parameters.budget.envelopes else (),
            signatories=self.signatories,
            last_act_left_house=file.left,
            before_last=file.journal[dossier.last.entry - 1].before if dossier.last else None,
            letters_waiting=frozenset(key for key, at in file.letters.items() if self.now < at + _LETTER_WAITS),
            letters_held=frozenset(r.id for r in dossier.receipts if self.today < r.asked_on + _LETTER_WAITS),
        )
        return replace(dossier, around=world)

    def scene(self, number: str) -> Scene:
        """What inputs for this dossier depend on."""
        return Scene(self.files[number].profile, self.call, self.view(number), self.now, self.today)

    # places

    def taken(self) -> Mapping[str, int]:
        """Places taken in each quota, counted from the dossiers."""
        taken = {quota.id: 0 for quota in self.call.parameters.quotas}
        for file in self.files.values():
            for quota in file.dossier.place.quotas if file.dossier.place else ():
                taken[quota] += 1
        return taken

    def set_quota(self, quota_id: str, places: int | None) -> None:
        """Let a quota arrive, or change: a live parameter of the call."""
        parameters = self.call.parameters
        origin = Origin.UNKNOWN if places is None else Origin.PRINTED
        quotas = tuple(
            replace(q, places=Sourced(places, origin, q.places.rule)) if q.id == quota_id else q
            for q in parameters.quotas
        )
        self.call = replace(self.call, parameters=replace(parameters, quotas=quotas))

    # the call

    def sign_reading(self, reading: RepaymentReading) -> None:
        """The agency signs how it reads the repayment clause of the call (A1)."""
        funding = replace(self.call.clauses.funding, repayment_reading=Sourced(reading, Origin.CHOICE, "A1"))
        clauses = replace(self.call.clauses, funding=funding)
        self.call = replace(self.call, clauses=clauses, digest=f"{self.call.digest}, {reading}")

    # acts

    def attempt(self, number: str, act: str, inputs: ActInputs, by: Actor) -> Answer:
        """Decide an act, check what must stay true, apply the decision, then let the machine do its part."""
        try:
            return self._attempt(number, act, inputs, by)
        except Exception as error:
            if not getattr(error, "__notes__", None):
                error.add_note("\n".join([f"{act} by {by.role} with {inputs}", *self.history(number)]))
            raise

    def history(self, number: str) -> Iterator[str]:
        """What happened to a dossier, to be read when something broke."""
        yield f"{self.stage.name}, {number}, {self.now.isoformat()}"
        for entry in self.files[number].journal:
            changed = {name: value for name, value in entry.changes.items() if name not in {"last", "version"}}
            yield f"{entry.at.isoformat()} {entry.by.role} {entry.act} from {entry.before.state}: {changed}"

    def _attempt(self, number: str, act: str, inputs: ActInputs, by: Actor) -> Answer:
        view, taken = self.view(number), self.taken()
        answer = decide(view, act, inputs, by=by, call=self.call, now=self.now)
        if self._watch is not None:
            self._watch(act, inputs, by, answer)
        if isinstance(answer, Decision):
            self._apply(number, by, answer)
        file = self.files[number]
        step = Step(view, act, inputs, by, answer, self.call, self.now, self.today)
        check_step(step, file.dossier, len(file.journal), places=(taken, self.taken()))
        if isinstance(answer, Decision):
            self._follow(number, answer)
        return answer

    def _apply(self, number: str, by: Actor, decision: Decision) -> None:
        file = self.files[number]
        file.journal.append(Entry(self.now, by, file.dossier, decision.act, decision.changes))
        file.dossier = replace(decision.after, around=QUIET)
        if decision.target is not decision.source:
            file.left = False
        for effect in decision.effects:
            row = (number, len(file.journal), effect.key)
            assert row not in self.outbox, f"{row} would be done twice"
            self.outbox.add(row)
            if effect.kind is EffectKind.LETTER:
                file.letters[effect.name, about(effect.details)] = self.now

    def _follow(self, number: str, decision: Decision) -> None:
        for effect in decision.effects:
            if effect.kind is EffectKind.ACT:
                answer = self.attempt(number, effect.name, _inputs_of(effect), CLOCK)
                if isinstance(answer, Refused) and effect.name == "replace":
                    self._check_agreed(number, answer)
            elif effect.kind is EffectKind.RENEWAL:
                self._renew(number, effect)

    def _check_agreed(self, number: str, refused: Refused) -> None:
        """What a head agreed to is carried out, unless the doctor left on another day than announced."""
        vacancy, departure = self.files[number].dossier.vacancy, self.files[number].journal[-1].before.departure
        moved = vacancy and departure and vacancy.since > departure.dates.effective_on
        assert moved, f"agreed, then refused: {refused}"
        assert refused.codes == {"replacement_start_too_early"}, refused

    def _renew(self, number: str, effect: Effect) -> None:
        parent = self.files[number]
        draft = renewal_draft(parent.dossier, effect.name, int(effect.details["months"]), self.today)
        self.open(draft, parent.profile)

    # time

    def move(self, to: datetime) -> None:
        """Move the clock forward; on the way, every announced departure takes effect on its day."""
        while self.now < to:
            waiting = sorted((due.on, number) for number in self.files for due in self._decided_beforehand(number))
            midnight = start_of_day(waiting[0][0], self.call.authority.zone) if waiting else to
            self.now = max(self.now, min(midnight, to))
            for day, number in waiting:
                if day <= self.today:
                    self.tick(number)

    def tick(self, number: str) -> None:
        """Do what is due today on a dossier and was decided beforehand."""
        for due in self._decided_beforehand(number):
            if due.on <= self.today and due.act is not None and due.inputs is not None:
                self.told.add((number, due.key))
                answer = self.attempt(number, due.act, due.inputs, CLOCK)
                assert isinstance(answer, Decision), f"announced, then refused: {answer}"

    def _decided_beforehand(self, number: str) -> list[Due]:
        """Acts of the machine to come, each of which it does once."""
        if self.files[number].dossier.departure is None:  # nothing else is decided beforehand, and money takes time
            return []
        items = due_items(self.files[number].dossier, self.call, self.today)
        return [due for due in items if due.act is not None and (number, due.key) not in self.told]

    # history

    def check_history(self, number: str) -> None:
        """Fold the whole journal of a dossier from its opening, in memory and as stored: it gives the dossier."""
        file = self.files[number]
        told = f"the journal of {number} gives another dossier"
        assert fold(file.opening, [entry.changes for entry in file.journal]) == file.dossier, told
        entries = [plain_changes(entry.changes) for entry in file.journal]
        assert folded([plain(file.opening), *entries]) == file.dossier, f"{told} once stored"
        concerned = quotas_of(
            self.call.parameters.quotas,
            category=file.dossier.category,
            specialty=file.dossier.specialty,
            sites=file.dossier.sites,
        )
        if file.dossier.place is not None:
            assert set(file.dossier.place.quotas) == {q.id for q in concerned}


def _inputs_of(effect: Effect) -> Any:
    inputs, found = read_shape(ACTS[effect.name].inputs, dict(effect.details))
    assert not found, f"unreadable details of {effect.key}: {found}"
    return inputs
