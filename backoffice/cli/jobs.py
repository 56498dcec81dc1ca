"""``backoffice jobs``: the scheduled jobs, what they will do, and running one by hand."""

from __future__ import annotations

import argparse
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backoffice.cli.installation import OK, on_database, refused
from backoffice.services import due, foretold
from backoffice.services.clocks import Clocks, shifted
from backoffice.store.dossiers import DossierRow
from backoffice.store.schedule import JobRun
from config.settings import Settings, from_environment
from workflows.due import CallDueKind, DueKind
from workflows.french import count, short_day, typography
from workflows.jobs import Job

if TYPE_CHECKING:
    from backoffice.cli import Groups

_WEEK = timedelta(days=7)
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


def clocks_of(settings: Settings) -> Clocks:
    """The clocks of the installation; those of a demonstration may be ahead."""
    return shifted(settings.legal_shift) if settings.legal_shift else Clocks()


def list_jobs(session: Session) -> int:
    """Print a line for each job."""
    legal = clocks_of(from_environment()).legal()
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
    settings = from_environment()
    clocks = clocks_of(settings)
    try:
        legal = instant_of(arguments.at) if arguments.at else clocks.legal()
    except ValueError:
        return refused(
            f"L’instant « {arguments.at} » ne se lit pas : écrivez la date, l’heure et son décalage, par exemple "
            "2025-06-12T08:00+02:00."
        )
    if legal > clocks.legal() and not arguments.dry_run and not settings.demo:
        return refused(
            "Cet instant n’est pas encore venu : rien ne part en avance. Ajoutez --dry-run pour voir ce qui sera fait."
        )
    job = Job(name)
    if arguments.dry_run:
        return on_database(lambda session: _tell(session, job, legal))
    return on_database(lambda session: _run(session, job, legal, clocks))


def instant_of(text: str) -> datetime:
    """An instant with its offset. ValueError for anything else."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant without its offset")
    return instant


def _run(session: Session, job: Job, legal: datetime, clocks: Clocks) -> int:
    made = due.run(session, job, legal=legal, machine=clocks.machine(), by=BY_HAND)
    seen, asked = count(made.notices, "échéance relevée", "échéances relevées"), count(made.effects, "envoi")
    print(typography(f"{job.value} : {seen}, {asked}." if made.notices else f"{job.value} : rien à faire."))
    return OK


def _tell(session: Session, job: Job, legal: datetime) -> int:
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
    lines = foretold.of_dossier(session, row, clocks_of(from_environment()).legal())
    print(
        typography(
            f"Dossier {row.number} : {count(len(lines), 'échéance')}."
            if lines
            else f"Dossier {row.number} : rien n’est prévu."
        )
    )
    for line in lines:
        words = line.words
        print(typography(f"  - {words.when} : {words.what}"))
        for detail in (words.to, f"règle : {words.why}", words.paused, line.done or words.unless):
            if detail:
                print(typography(f"      {detail}"))
    return OK


def label(kind: str) -> str:
    """The French words for a kind of what falls due, on a dossier or on a call."""
    known = {each.value for each in DueKind}
    return DueKind(kind).label if kind in known else CallDueKind(kind).label
