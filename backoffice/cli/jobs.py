"""``backoffice jobs``: the scheduled jobs, what they will do, and running one by hand."""

from __future__ import annotations

import argparse
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backoffice.cli.installation import OK, ZONE, clocks_here, on_database, refused, tell_shift
from backoffice.services import due, foretold
from backoffice.services.foretold import Bygone, Foretold
from backoffice.store.dossiers import DossierRow
from backoffice.store.schedule import JobRun
from config.settings import from_environment
from workflows.due import CallDueKind, DueKind
from workflows.french import count, instant, short_day, typography
from workflows.jobs import Job

if TYPE_CHECKING:
    from backoffice.cli import Groups

_WEEK = timedelta(days=7)
#: The years a job may be run in: no call is older, and no date of a dossier goes further.
_YEARS = range(1990, 2200)
_SHOWN = 20
#: Who runs a job from the command line, in the list of runs.
BY_HAND = "commande"


def register(groups: Groups) -> None:
    """Add the group ``jobs``."""
    parser = groups.add_parser("jobs", help="voir et lancer les tâches programmées")
    commands = parser.add_subparsers(title="commandes", metavar="<commande>", required=True)
    listed = commands.add_parser("list", help="les dix tâches : ce qu’elles ont à faire, leur dernier passage")
    listed.set_defaults(run=lambda _arguments: on_database(list_jobs))
    run = commands.add_parser("run", help="lancer une tâche maintenant")
    run.add_argument("name", metavar="NOM", help="J1 à J10")
    run.add_argument("--at", metavar="INSTANT", help="l’instant à regarder, par exemple 2025-06-12T08:00+02:00")
    run.add_argument("--dry-run", action="store_true", help="dire ce qui serait fait, sans rien écrire")
    run.set_defaults(run=run_job)
    planned = commands.add_parser("due", help="ce que la machine fera d’elle-même pour un dossier, quand et pourquoi")
    planned.add_argument("number", metavar="DOSSIER", help="le numéro du dossier")
    planned.set_defaults(run=lambda arguments: on_database(lambda session: show_due(session, arguments.number)))


def list_jobs(session: Session) -> int:
    """Print a line for each job."""
    clocks = clocks_here(session)
    legal = clocks.legal()
    tell_shift(clocks)
    last = dict(session.execute(select(JobRun.job, func.max(JobRun.at)).group_by(JobRun.job)).all())
    for job in Job:
        now = sum(f.number for f in due.foreseen(session, job, legal))
        week = sum(f.number for f in due.foreseen(session, job, legal + _WEEK))
        ran = f"dernier passage utile le {short_day(last[job.value].date())}" if job.value in last else "jamais utile"
        print(typography(f"{job.value:<4} {job.label}"))
        print(typography(f"     à faire maintenant : {now} ; d’ici sept jours : {week} ; {ran}"))
    return OK


def run_job(arguments: argparse.Namespace) -> int:
    """Run a job, or say what it would do; 1 when it cannot, else 0."""
    name = arguments.name.upper()
    if name not in {job.value for job in Job}:
        return refused(f"Aucune tâche ne s’appelle « {arguments.name} » : choisissez J1 à J10.")
    try:
        at = instant_of(arguments.at) if arguments.at else None
    except ValueError:
        return refused(
            f"L’instant « {arguments.at} » ne se lit pas : écrivez la date, de {_YEARS[0]} à {_YEARS[-1]}, l’heure et "
            "son décalage, par exemple 2025-06-12T08:00+02:00."
        )
    work = _tell if arguments.dry_run else _run
    return on_database(lambda session: work(session, Job(name), at))


def instant_of(text: str) -> datetime:
    """An instant with its offset, of a year that a job may be run in. ValueError for anything else."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("an instant without its offset")
    if at.year not in _YEARS:
        raise ValueError("an instant of another age")
    return at


def _run(session: Session, job: Job, at: datetime | None) -> int:
    clocks = clocks_here(session)
    legal = at or clocks.legal()
    if legal > clocks.legal() and not from_environment().demo:
        now = instant(clocks.legal(), ZONE, with_zone=True)
        return refused(
            f"Cet instant n’est pas encore venu : on est au {now}, et rien ne part en avance. Ajoutez --dry-run pour "
            "voir ce qui sera fait."
        )
    tell_shift(clocks)
    made = due.run(session, job, legal=legal, machine=clocks.machine(), by=BY_HAND)
    seen, asked = count(made.notices, "échéance relevée", "échéances relevées"), count(made.effects, "effet")
    print(typography(f"{job.value} : {seen}, {asked}." if made.notices else f"{job.value} : rien à faire."))
    return OK


def _tell(session: Session, job: Job, at: datetime | None) -> int:
    clocks = clocks_here(session)
    legal = at or clocks.legal()
    tell_shift(clocks)
    found = due.foreseen(session, job, legal)
    if not found:
        print(typography(f"{job.value} : rien à faire à cet instant."))
        return OK
    total = sum(f.number for f in found)
    print(
        typography(
            f"{job.value} : {count(total, 'échéance serait relevée', 'échéances seraient relevées')}. Rien n’est écrit."
        )
    )
    for each in found:
        print(typography(f"  - {label(each.kind)} : {each.number}"))
    for number, kind, on in due.foreseen_dossiers(session, job, legal, _SHOWN):
        print(typography(f"    {number}, {label(kind)}, {short_day(on)}"))
    return OK


def show_due(session: Session, number: str) -> int:
    """Print what the machine will do by itself for a dossier; 1 when there is no such dossier."""
    row = session.scalar(select(DossierRow).where(DossierRow.number == number))
    if row is None:
        return refused(f"Aucun dossier ne porte le numéro « {number} » : vérifiez-le.")
    clocks = clocks_here(session)
    tell_shift(clocks)
    to_come, done = foretold.of_dossier(session, row, clocks.legal())
    foreseen = count(len(to_come), "échéance") if to_come else "rien n’est prévu"
    print(typography(f"Dossier {row.number} : {foreseen}."))
    for line in to_come:
        _show_to_come(line)
    if done:
        print(typography("Ce que la machine a fait :"))
    for past in done:
        _show_done(past)
    return OK


def _show_to_come(line: Foretold) -> None:
    words = line.words
    print(typography(f"  - {words.when} : {words.what}"))
    late = "en retard : la machine ne l’a pas encore fait" if line.late else None
    for detail in (words.to, f"règle : {words.why}", words.paused, late, words.unless):
        if detail:
            print(typography(f"      {detail}"))


def _show_done(line: Foretold | Bygone) -> None:
    print(typography(f"  - {line.words.when} : {line.words.what}"))
    print(typography(f"      {line.done}"))


def label(kind: str) -> str:
    """The French words for a kind of what falls due, on a dossier or on a call."""
    known = {each.value for each in DueKind}
    return DueKind(kind).label if kind in known else CallDueKind(kind).label
