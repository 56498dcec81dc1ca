"""The settings of the scheduled jobs: what a call may set, and what no call may take away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflows.calls.checks.base import known, tolerant
from workflows.calls.errors import Found, Path
from workflows.calls.jobs import JobSettings
from workflows.calls.model import CallFile
from workflows.french import listing
from workflows.jobs import EARLIEST_HOUR, JOBS, LATEST_HOUR, Job, JobSheet

_ROOT: Path = ("parameters", "jobs")
#: Days a job may be given: more would be a daily mail.
_MOST_DAYS = 6
#: Where the days of a job are told when it has none of its own.
_ELSEWHERE = {
    Job.J1: "L’appel ouvre et ferme aux dates de « opens_on » et « closing »",
    Job.J2: "Les jours des rappels aux brouillons sont dans clauses.filing.reminder_days",
    Job.J10: "Les durées de conservation ne dépendent pas d’un appel",
}


def check_jobs(file: CallFile) -> Iterator[Found]:
    """Every table of [parameters.jobs]."""
    yield from tolerant(_check_hour(file))
    for job in Job:
        yield from tolerant(_check_job(file, job))


def _check_hour(file: CallFile) -> Iterator[Found]:
    hour = known(file.parameters.jobs.send_at)
    if hour is not None and not EARLIEST_HOUR <= hour <= LATEST_HOUR:
        message = f"Les courriels partent entre {EARLIEST_HOUR} h et {LATEST_HOUR} h : choisissez une heure du jour."
        yield (*_ROOT, "send_at", "value"), message


def _check_job(file: CallFile, job: Job) -> Iterator[Found]:
    said, sheet, path = file.parameters.jobs.of(job), JOBS[job], (*_ROOT, job.value)
    yield from tolerant(_check_days(said, job, sheet, (*path, "days")))
    yield from tolerant(_check_to(said, job, sheet, (*path, "to")))
    yield from tolerant(_check_unless(said, job, sheet, (*path, "unless")))
    yield from tolerant(_check_off(said, job, (*path, "off")))


def _check_days(said: JobSettings, job: Job, sheet: JobSheet, path: Path) -> Iterator[Found]:
    if said.days is None:
        return
    if sheet.counted is None:
        yield path, f"{_ELSEWHERE[job]} : retirez « days »."
        return
    days = known(said.days) or ()
    for rank, day in enumerate(days):
        if not sheet.lowest <= day <= sheet.highest:
            yield (*path, "value", rank), f"{day} ne convient pas : {job} va de {sheet.lowest} à {sheet.highest} jours."
    if len(set(days)) < len(days):
        yield (*path, "value"), "Le même jour est donné deux fois : gardez-en un."
    if job is Job.J6 and len(days) != len(sheet.days):
        yield (*path, "value"), "Deux jours sont attendus : celui de la préparation, puis celui de la convocation."
    elif not days or len(days) > _MOST_DAYS:
        yield (*path, "value"), f"De 1 à {_MOST_DAYS} jours sont attendus ; pour ne rien envoyer, écrivez off."


def _check_to(said: JobSettings, job: Job, sheet: JobSheet, path: Path) -> Iterator[Found]:
    if said.to is None:
        return
    strange = [who.value for who in known(said.to) or () if who not in sheet.reaches]
    if strange:
        choices = f"Choisissez parmi : {_words(sheet.reaches)}." if sheet.reaches else "Retirez « to »."
        yield (*path, "value"), f"{job} n’écrit pas à {listing(strange)}. {choices}"


def _check_unless(said: JobSettings, job: Job, sheet: JobSheet, path: Path) -> Iterator[Found]:
    if said.unless is None:
        return
    given = known(said.unless) or ()
    strange = [stop.value for stop in given if stop not in {*sheet.always, *sheet.may}]
    if strange:
        choices = _words((*sheet.always, *sheet.may))
        told = f"Choisissez parmi : {choices}." if choices else "Retirez « unless »."
        yield (*path, "value"), f"{job} ne s’arrête pas sur {listing(strange)}. {told}"
    for stop in sheet.always:
        if stop not in given:
            yield (*path, "value"), f"« {stop.value} » ne s’enlève pas. {sheet.never}"


def _check_off(said: JobSettings, job: Job, path: Path) -> Iterator[Found]:
    if job is Job.J1 and known(said.off):
        yield path, "L’ouverture et la clôture d’un appel ne s’éteignent pas : retirez « off »."


def _words(words: Iterable[str]) -> str:
    return ", ".join(sorted(str(word) for word in words))
