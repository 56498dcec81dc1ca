"""Guards of the pause of reminders: not for ever, not of what no dossier has, and only once."""

from __future__ import annotations

from typing import Any

from workflows.acts.base import Context, guard, input_guard
from workflows.deadlines import add_months
from workflows.findings import Check, check, refusal
from workflows.french import listing, short_day
from workflows.jobs import PAUSABLE
from workflows.parts.pauses import LONGEST_PAUSE

PAUSE_TOO_LONG = refusal(
    "pause_too_long",
    "Une pause dure {months} mois au plus : jusqu’au {last}, pas jusqu’au {day}.",
    "Choisissez un jour plus proche ; la pause pourra être prolongée.",
)
JOB_NOT_PAUSED = refusal(
    "job_not_pausable",
    "Une pause ne retient pas : {jobs}. Cela concerne tout l’appel, ou précède une décision que la loi prend seule.",
    "Choisissez parmi : {known}.",
)
NOT_PAUSED = refusal("reminders_not_paused", "Aucune pause des rappels n’est en cours.", "Rien n’est à faire.")


@input_guard
def pause_sound(context: Context[Any]) -> Check:
    """A pause ends within six months, and is about jobs that may wait."""
    until, jobs = context.inputs.until, context.inputs.jobs
    last = add_months(context.today, LONGEST_PAUSE)
    strange = [job.label.lower() for job in jobs if job not in PAUSABLE]
    known = listing((job.label.lower() for job in PAUSABLE), "ou")
    return check(
        PAUSE_TOO_LONG(months=LONGEST_PAUSE, last=short_day(last), day=short_day(until)) if until > last else None,
        JOB_NOT_PAUSED(jobs=listing(strange), known=known) if strange else None,
        until=until,
    )


@guard
def pause_running(context: Context[Any]) -> Check:
    """There is a pause to end."""
    pause = context.dossier.pause
    running = pause is not None and context.today <= pause.until
    return check(None if running else NOT_PAUSED())
