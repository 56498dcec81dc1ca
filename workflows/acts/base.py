"""What an act is: who may do it, from where, on which inputs, under which guards, with which outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from workflows.actors import Actor, Role
from workflows.calendars import Calendar
from workflows.calls.model import Call
from workflows.dossier import Dossier
from workflows.effects import Effect
from workflows.findings import Check
from workflows.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class ActInputs:
    """What every act accepts: a written reason, and the holds that a head lifts, each with its reason.

    Inputs marked `personal` are texts about people: whoever stores a decision stores a reference in their place.
    """

    reason: str | None = field(default=None, metadata={"label": "Motif", "personal": True})
    lifts: Mapping[str, str] = field(default_factory=dict, metadata={"label": "Réserves levées", "personal": True})


InputsT_co = TypeVar("InputsT_co", bound=ActInputs, covariant=True)


@dataclass(frozen=True, slots=True)
class Context(Generic[InputsT_co]):
    """All that a guard or an act may look at. `now` is UTC; `today` is the day in the authority’s zone.

    `after`: the dossier as the act would leave it, once the machine has carried out what it settles, for the guards
    that look at it.
    """

    act: str
    dossier: Dossier
    inputs: InputsT_co
    by: Actor
    call: Call
    now: datetime
    today: date
    after: Dossier | None = None

    @property
    def calendar(self) -> Calendar:
        """Working days of the authority."""
        return Calendar(self.call.authority.calendar)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an act does: new values of members of the dossier, and effects."""

    changes: Mapping[str, Any]
    effects: tuple[Effect, ...] = ()


class Who(StrEnum):
    """Who may do an act, relative to the dossier."""

    DEPOSITOR = "depositor"
    CANDIDATE = "candidate"
    RECRUITER = "recruiter"
    PARTY = "party"
    INSTRUCTOR = "instructor"
    HEAD = "head"
    DG = "dg"
    CLOCK = "clock"

    @property
    def label(self) -> str:
        """The French words for who decides."""
        return _WHO_LABELS[self]


_WHO_LABELS = {
    Who.DEPOSITOR: "le déposant",
    Who.CANDIDATE: "le candidat",
    Who.RECRUITER: "l’établissement recruteur",
    Who.PARTY: "un établissement ou le candidat",
    Who.INSTRUCTOR: "l’instructeur",
    Who.HEAD: "le responsable",
    Who.DG: "le directeur général",
    Who.CLOCK: "la machine",
}

#: The agents’ decision level of an act, unless the call sets another.
LEVELS = {Who.INSTRUCTOR: Role.INSTRUCTOR, Who.HEAD: Role.HEAD, Who.DG: Role.DG}

GuardFunction = Callable[[Context[Any]], Check]


@dataclass(frozen=True, slots=True)
class Guard:
    """A guard function. One that `reads_inputs` can only run once a form is filled in.

    One that `reads_outcome` looks at the dossier as the act would leave it, once all the others let the act through.
    """

    name: str
    run: GuardFunction
    reads_inputs: bool
    reads_outcome: bool = False


def guard(function: GuardFunction) -> Guard:
    """A guard on the dossier alone: it can answer before anybody fills in a form."""
    return Guard(function.__name__, function, reads_inputs=False)


def input_guard(function: GuardFunction) -> Guard:
    """A guard that also looks at the inputs of the act."""
    return Guard(function.__name__, function, reads_inputs=True)


def outcome_guard(function: GuardFunction) -> Guard:
    """A guard that looks at what the act would make of the dossier (`Context.after`)."""
    return Guard(function.__name__, function, reads_inputs=True, reads_outcome=True)


def _no_choice(context: Context[Any]) -> State:
    raise LookupError(f"act {context.act} does not choose its target")


def _as_left(context: Context[Any], after: Dossier) -> Dossier:
    return after


@dataclass(frozen=True, slots=True)
class Act:
    """One act.

    `label` is the French verb on its button. `sources` are the states it is legal in when it leaves the state as it
    is; the sources of the others are in the table. `choose` picks the target when the table offers several.
    `carried_out`: the dossier once the machine has carried out what the act settles for a later day. `hint`
    says in one sentence when to use it.
    """

    name: str
    label: str
    who: tuple[Who, ...]
    inputs: type[ActInputs]
    perform: Callable[[Context[Any]], Outcome]
    guards: tuple[Guard, ...] = ()
    sources: tuple[State, ...] = ()
    choose: Callable[[Context[Any]], State] = _no_choice
    hint: str = ""
    carried_out: Callable[[Context[Any], Dossier], Dossier] = _as_left

    @property
    def is_mechanical(self) -> bool:
        """True for an act that only the machine does: it carries out what is settled, and decides nothing."""
        return self.who == (Who.CLOCK,)

    @property
    def keeps_state(self) -> bool:
        """True for an act that is not in the table of states."""
        return bool(self.sources)
