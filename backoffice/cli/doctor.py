"""``backoffice doctor``: is what must always be true of the database still true?"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backoffice.cli.installation import OK, REFUSED, on_database
from backoffice.services.clocks import machine_now
from backoffice.services.doctor import check_documents, examine
from backoffice.services.documents import shelf_of
from backoffice.store.dossiers import DossierRow
from config.settings import from_environment
from workflows.french import count, typography

if TYPE_CHECKING:
    from backoffice.cli import Groups


def register(groups: Groups) -> None:
    """Add the command ``doctor``."""
    parser = groups.add_parser("doctor", help="vérifier que les données de la base sont saines")
    parser.set_defaults(run=doctor)


def doctor(_arguments: argparse.Namespace) -> int:
    """Print what is wrong; 1 when something is, else 0."""
    return on_database(_examined)


def _examined(session: Session) -> int:
    found = (*examine(session), *check_documents(session, shelf_of(from_environment()), machine_now()))
    dossiers = session.scalar(select(func.count()).select_from(DossierRow)) or 0
    if not found:
        print(typography(f"Tout est en ordre : {count(dossiers, 'dossier')}, aucune anomalie."))
        return OK
    print(typography(f"{count(len(found), 'anomalie')} sur {count(dossiers, 'dossier')} :"))
    for ailment in found:
        print(typography(f"  - {ailment.check}, {ailment.where} : {ailment.what}"))
    return REFUSED
