"""Several dossiers in memory: what lies around each, and the journal of what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from workflows.actors import Actor
from workflows.acts.base import ActInputs, Context
from workflows.calls.model import Call
from workflows.deadlines import local_day
from workflows.decide import Decision, Refused, decide
from workflows.dossier import Dossier, Surroundings
from workflows.effects import EffectKind
from workflows.ranking import better_ranked, standing_offers
from workflows.rehearsal import around
from workflows.rehearsal.scenario import Signatory

#: How long an outgoing mail or letter waits in the house, in which the act can simply be undone.
STAYS_IN_HOUSE = timedelta(minutes=10)
_LEAVING = frozenset({EffectKind.MAIL, EffectKind.LETTER})


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A decision that went through: who took it, when, and the dossier before it."""

    at: datetime
    by: Actor
    before: Dossier
    decision: Decision


class World:
    """The dossiers of a rehearsal. `now` never goes back; `call` changes when a live parameter does."""

    def __init__(
        self,
        call: Call,
        now: datetime,
        *,
        taken_before: Mapping[str, int] | None = None,
        signatories: tuple[Signatory, ...] = (),
    ) -> None:
        self.call = call
        self.now = now
        self.dossiers: dict[str, Dossier] = {}
        self.journals: dict[str, list[JournalEntry]] = {}
        self.drafts: dict[str, Dossier] = {}
        self._taken_before = dict(taken_before or {})
        self._signatories = signatories

    @property
    def today(self) -> date:
        """The day in the zone of the authority."""
        return local_day(self.now, self.call.authority.zone)

    def open(self, draft: Dossier) -> None:
        """Add a dossier. Raises ValueError for a number already taken."""
        if draft.number in self.dossiers:
            raise ValueError(f"dossier {draft.number!r} opened twice")
        self.dossiers[draft.number] = draft
        self.drafts[draft.number] = draft
        self.journals[draft.number] = []

    def taken(self) -> dict[str, int]:
        """Places taken in each quota of the call."""
        quotas = self.call.parameters.quotas
        return around.taken_places(quotas, self.dossiers.values(), self._taken_before)

    def view(self, number: str) -> Dossier:
        """A dossier with what lies around it now."""
        view = self.dossiers[number]
        others = [d for d in self.dossiers.values() if d.number != number]
        before = self._before_last(view)
        return replace(
            view,
            around=Surroundings(
                quotas=around.quota_uses(view, self.call.parameters.quotas, self.taken()),
                better_ranked=better_ranked(view, others, self.today),
                offers=standing_offers(others, self.call.parameters.quotas, self.today),
                same_doctor=around.same_doctor(view, others),
                project_states=around.project_states(view, others),
                committed=around.committed(others) if self.call.parameters.budget.envelopes else (),
                signatories=around.signatories_on(self._signatories, self.today),
                last_act_left_house=self._left_house(view),
                before_last=before.before if before else None,
            ),
        )

    def context(self, number: str, act: str, by: Actor) -> Context[ActInputs]:
        """What a guard would see of a dossier before any form is filled in."""
        return Context(act, self.view(number), ActInputs(), by, self.call, self.now, self.today)

    def act(self, number: str, act: str, inputs: ActInputs, by: Actor) -> Decision | Refused:
        """Decide an act now and, when it goes through, apply it."""
        before = self.dossiers[number]
        answer = decide(self.view(number), act, inputs, by=by, call=self.call, now=self.now)
        if isinstance(answer, Decision):
            self.dossiers[number] = replace(answer.after, around=Surroundings())
            self.journals[number].append(JournalEntry(self.now, by, before, answer))
        return answer

    def _before_last(self, view: Dossier) -> JournalEntry | None:
        """The entry of the last change of state."""
        return self.journals[view.number][view.last.entry - 1] if view.last else None

    def _left_house(self, view: Dossier) -> bool:
        entry = self._before_last(view)
        if entry is None:
            return False
        leaving = any(effect.kind in _LEAVING for effect in entry.decision.effects)
        return leaving and self.now >= entry.at + STAYS_IN_HOUSE
