"""``backoffice doctor``: is what must always be true of the database still true?"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backoffice.cli.installation import OK, REFUSED, clocks_here, on_database
from backoffice.services.ailments import Ailment
from backoffice.services.doctor import check_documents, examine, examine_now
from backoffice.services.doctor_now import forgotten, given_up
from backoffice.services.documents import shelf_of
from backoffice.store.dossiers import DossierRow
from config.settings import from_environment
from workflows.french import count, typography

if TYPE_CHECKING:
    from backoffice.cli import Groups


def register(groups: Groups) -> None:
    """Add the command ``doctor``."""
    parser = groups.add_parser("doctor", help="vérifier que les données de la base sont saines")
    parser.add_argument("--json", action="store_true", help="répondre en JSON, pour une machine")
    parser.add_argument(
        "--live", action="store_true", help="l’installation est en marche : rien ne doit attendre trop longtemps"
    )
    parser.set_defaults(run=doctor)


def doctor(arguments: argparse.Namespace) -> int:
    """Print what is wrong, then what waits for somebody; 1 when something is wrong, else 0."""
    show = _in_json if arguments.json else _in_words
    return on_database(lambda session: show(_found(session, live=arguments.live)))


@dataclass(frozen=True, slots=True)
class Findings:
    """What the doctor found: `wrong` must not be, `to_see` waits for a person."""

    dossiers: int
    wrong: tuple[Ailment, ...]
    to_see: tuple[Ailment, ...]

    @property
    def code(self) -> int:
        """The exit code."""
        return REFUSED if self.wrong else OK


def _found(session: Session, *, live: bool) -> Findings:
    settings, clocks = from_environment(), clocks_here(session)
    now = clocks.machine()
    wrong = (
        *examine(session),
        *(examine_now(session, now) if live else ()),
        *forgotten(session, clocks.legal()),
        *check_documents(session, shelf_of(settings), now),
    )
    dossiers = session.scalar(select(func.count()).select_from(DossierRow)) or 0
    return Findings(dossiers, wrong, tuple(given_up(session)))


def _in_json(found: Findings) -> int:
    print(json.dumps({"sound": not found.wrong, **asdict(found)}, ensure_ascii=False, indent=2))
    return found.code


def _in_words(found: Findings) -> int:
    if found.wrong:
        print(typography(f"{count(len(found.wrong), 'anomalie')} sur {count(found.dossiers, 'dossier')} :"))
        _list(found.wrong)
    else:
        print(typography(f"Tout est en ordre : {count(found.dossiers, 'dossier')}, aucune anomalie."))
    if found.to_see:
        print(typography(f"{count(len(found.to_see), 'point')} à voir par une personne :"))
        _list(found.to_see)
    return found.code


def _list(ailments: Iterable[Ailment]) -> None:
    for ailment in ailments:
        print(typography(f"  - {ailment.check}, {ailment.where} : {ailment.what}"))
