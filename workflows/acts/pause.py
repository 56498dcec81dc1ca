"""Acts that pause the reminders of a dossier, and let them leave again. No clock of the law is touched."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from workflows.acts.base import Act, ActInputs, Context, Outcome, Who
from workflows.acts.common import label
from workflows.guards import pause as on_pause
from workflows.guards.common import reason_written
from workflows.guards.days import not_in_past
from workflows.jobs import Job
from workflows.parts.pauses import Pause
from workflows.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseInputs(ActInputs):
    """The last day of the pause, and the jobs it is about (none named: all)."""

    until: date = field(metadata=label("Jusqu’au", help="Ce jour est compris ; six mois au plus."))
    jobs: tuple[Job, ...] = field(
        default=(),
        metadata=label(
            "Rappels mis en pause",
            help="Aucun choisi : tous ceux-ci. Les alertes du rejet implicite n’attendent jamais.",
        ),
    )


def _pause(context: Context[PauseInputs]) -> Outcome:
    jobs = tuple(job for job in Job if job in context.inputs.jobs)
    return Outcome({"pause": Pause(context.today, context.inputs.until, jobs)})


def _resume(context: Context[ActInputs]) -> Outcome:
    return Outcome({"pause": None})


ACTS = (
    Act(
        "pause_reminders",
        "Mettre les rappels en pause",
        (Who.INSTRUCTOR,),
        PauseInputs,
        _pause,
        (reason_written, not_in_past("until"), on_pause.pause_sound),
        sources=tuple(State),
    ),
    Act(
        "resume_reminders",
        "Reprendre les rappels",
        (Who.INSTRUCTOR,),
        ActInputs,
        _resume,
        (reason_written, on_pause.pause_running),
        sources=tuple(State),
    ),
)
