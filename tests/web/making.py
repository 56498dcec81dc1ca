"""Dossiers made for the tests of the pages, and what became of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from backoffice.services.doctor import check_documents, examine
from backoffice.services.documents import shelf_of
from backoffice.store.dossiers import DossierRow
from tests.backoffice.stored import StoredLife, known_id
from tests.web.site import Site, Visitor
from tests.web.walked import walked
from workflows.actors import Role
from workflows.states import State

CAPUCINE = known_id("capucine-bleuet")


def made(site: Site, state: State, call: str = "na-2024") -> StoredLife:
    """A dossier at a state, and the legal clock where it stands."""
    with site.session() as session:
        life = walked(session, call, state)
    site.at(life)
    return life


def instructor(site: Site) -> Visitor:
    """An instructor of Nouvelle-Aquitaine."""
    return site.visitor(Role.INSTRUCTOR, region="75")


def path(life: StoredLife, act: str) -> str:
    """Where an act is done."""
    return f"/dossiers/{life.dossier.number}/actes/{act}"


def version(site: Site, life: StoredLife) -> int:
    """How many entries the dossier has now."""
    with site.session() as session:
        return session.get_one(DossierRow, life.id).version


def count(site: Site, table: Any) -> int:
    """How many rows a table has."""
    with site.session() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def healthy(site: Site) -> bool:
    """True when the doctor finds nothing."""
    with site.session() as session:
        documents = check_documents(session, shelf_of(site.app.extensions["settings"]), site.moved.machine)
        return (*examine(session), *documents) == ()
