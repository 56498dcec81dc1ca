"""``backoffice db``: the schema of the database."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from backoffice.cli.installation import OK, on_database
from backoffice.store.base import db
from backoffice.store.database import migrate, pending
from workflows.french import typography

if TYPE_CHECKING:
    from backoffice.cli import Groups


def register(groups: Groups) -> None:
    """Add the group ``db``."""
    parser = groups.add_parser("db", help="tenir la base de données à jour")
    commands = parser.add_subparsers(title="commandes", metavar="<commande>", required=True)
    up = commands.add_parser("upgrade", help="amener la base à la dernière version")
    up.set_defaults(run=upgrade)


def upgrade(_arguments: argparse.Namespace) -> int:
    """Bring the schema to the newest version; 1 when the database does not answer, else 0."""
    return on_database(_upgrade, upgraded=False)


def _upgrade(_session: Session) -> int:
    if not pending(db.engine):
        print(typography("La base est déjà à la dernière version."))
        return OK
    migrate(db.engine)
    print(typography("La base est à la dernière version."))
    return OK
