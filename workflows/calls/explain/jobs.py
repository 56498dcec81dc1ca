"""What the machine reminds of by itself under a call: one sentence for each job, with where its settings come from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from workflows.calls.explain.lines import Line, plain
from workflows.calls.jobs import JobSettings
from workflows.calls.model import Call
from workflows.calls.sources import Origin, Sourced
from workflows.describe import ADDRESSEES
from workflows.french import count, listing, typography
from workflows.jobs import JOBS, SEND_AT, Counted, Job

_FROM = {
    Job.J3: "le dépôt",
    Job.J4: "la fin du délai",
    Job.J5: "la date où le silence vaut rejet",
    Job.J6: "la séance",
    Job.J7: "la prise de fonctions prévue",
    Job.J8: "la perte des crédits du FIR",
    Job.J9: "l’émission du titre",
}
#: A setting the call leaves out, and one it leaves unknown.
_SILENT = "non précisé"
_Source = tuple[str, Origin, str | None]


def jobs(call: Call) -> Iterator[Line]:
    """The hour of the mails, then each job: what it does and never does, and what it runs under."""
    hour = call.parameters.jobs.send_at
    at = "à une heure non précisée" if hour and hour.value is None else f"à {hour.value if hour else SEND_AT} h"
    told = f"Les courriels de rappel partent {at}, heure de l’agence ; les délais et les actes prennent effet à minuit."
    yield Line(typography(told), *_source(hour, Job.J2))
    for job in Job:
        yield from _job(call.parameters.jobs.of(job), job)


def _job(said: JobSettings, job: Job) -> Iterator[Line]:
    """One sentence for all the settings that have the same source; those left out are the defaults of the job."""
    sheet = JOBS[job]
    intro = f"{sheet.label} : {sheet.does[0].lower()}{sheet.does[1:]} {sheet.never}"
    gathered: dict[_Source, list[str]] = {}
    for source, words in _settings(said, job):
        gathered.setdefault(source, []).append(words)
    if not gathered:
        yield plain(intro)
    for rank, (source, parts) in enumerate(gathered.items()):
        start = intro if rank == 0 else f"{sheet.label} :"
        yield Line(typography(" ".join((start, *parts))), *source)


def _settings(said: JobSettings, job: Job) -> Iterator[tuple[_Source, str]]:
    sheet = JOBS[job]
    if said.off is not None:
        off = {True: "Éteint pour cet appel.", False: "En service.", None: f"En service ou non : {_SILENT}."}
        yield _source(said.off, job), off[said.off.value]
    given: tuple[tuple[Sourced[Any] | None, Any, Callable[[Any], str]], ...] = (
        (said.days, sheet.days, lambda days: f"Jours : {listing(_day(job, one) for one in days)}."),
        (said.to, sheet.to, lambda to: f"Courriels {listing(ADDRESSEES[who] for who in to) or 'à personne'}."),
        (said.unless, sheet.unless, lambda stops: f"Sauf si {listing((one.label for one in stops), 'ou') or 'rien'}."),
    )
    for value, default, words in given:
        if value is not None and value.value is None:
            yield _source(value, job), f"Un réglage : {_SILENT}."
        elif value is not None or default:
            yield _source(value, job), words(default if value is None else value.value)


def _source(value: Sourced[Any] | None, job: Job) -> _Source:
    return (job.value, Origin.DEFAULT, None) if value is None else (value.rule, value.origin, value.note)


def _day(job: Job, days: int) -> str:
    if days == 0:
        return "le jour même"
    counted = JOBS[job].counted
    after = (counted in {Counted.BEFORE, None}) == (days < 0)
    unit = ("jour ouvré", "jours ouvrés") if counted is Counted.WORKING_AFTER else ("jour", "jours")
    return f"{count(abs(days), *unit)} {'après' if after else 'avant'} {_FROM.get(job, 'la date attendue')}"
