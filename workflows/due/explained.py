"""Why something falls due, in French: when, what, to whom, on what it rests, what cancels it, what makes it wait."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.calls.model import Call, is_default_id
from workflows.calls.sources import Origin
from workflows.describe import ADDRESSEES
from workflows.dossier import Dossier
from workflows.due.kinds import MAILED, Due
from workflows.french import listing, short_day, typography
from workflows.jobs import Job

_ONLY_SHOWN = "aucun courriel : c’est dans la liste des dossiers"
_THE_MACHINE = "aucun courriel : la machine fait ce qu’une personne a décidé"
_OFF = "aucun courriel : l’appel les a éteints"
_NOBODY = "aucun courriel : l’appel n’écrit à aucun de ceux que cela concerne"


@dataclass(frozen=True, slots=True)
class Explained:
    """What the machine will do by itself, in words: `what` is sentences, the others begin one.

    `paused` is None when nothing makes it wait.
    """

    when: str
    what: str
    to: str
    why: str
    unless: str
    paused: str | None = None


def explained(due: Due, dossier: Dossier, call: Call) -> Explained:
    """A due in French words. Raises nothing: what the call leaves out is told as the default it is."""
    return Explained(
        when=typography(f"le {short_day(due.day)}, {_hour(due)}"),
        what=typography(due.what),
        to=typography(_to(due, call)),
        why=typography(_why(due, call)),
        unless=typography(f"sauf si {due.cancelled_if}"),
        paused=_paused(due, dossier),
    )


def _hour(due: Due) -> str:
    return f"à {due.hour} h" if due.hour else "à minuit"


def _to(due: Due, call: Call) -> str:
    if due.act is not None:
        return _THE_MACHINE
    if due.kind not in MAILED:
        return _ONLY_SHOWN
    if call.parameters.jobs.rule(due.job).off:
        return _OFF
    return f"courriel {listing(ADDRESSEES[who] for who in due.to)}" if due.to else _NOBODY


def _why(due: Due, call: Call) -> str:
    job = f"{due.job.value} ({due.job.label.lower()})"
    if due.rule is None or due.rule == due.job.value:
        basis = job
    elif is_default_id(due.rule):
        basis = f"{job} ; valeur par défaut {due.rule}"
    else:
        basis = f"{job} ; {due.rule}"
    chosen = _chosen(due.job, call)
    return f"{basis} ; {chosen}" if chosen else basis


def _chosen(job: Job, call: Call) -> str:
    """What the agency chose for this call instead of the defaults of the job."""
    said = call.parameters.jobs.of(job)
    values = ((said.days, "les jours"), (said.to, "les destinataires"), (said.unless, "ce qui arrête"))
    own = [words for value, words in values if value is not None and value.origin is not Origin.DEFAULT]
    return f"choix de l’appel pour {listing(own)}" if own else ""


def _paused(due: Due, dossier: Dossier) -> str | None:
    if due.held_until is None or dossier.pause is None:
        return None
    until = f"en pause jusqu’au {short_day(dossier.pause.until)}"
    if due.too_late(due.day):
        return typography(f"{until}, ne partira pas : la pause le dépasse")
    if due.overtaken:
        return typography(f"{until}, ne partira pas : un rappel plus récent part à sa place")
    return typography(f"{until} : partira le {short_day(due.held_until)}")
