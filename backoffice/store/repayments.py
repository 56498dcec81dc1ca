"""The query of repayments: the dossiers that have some, with what their facts say of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.store.dossiers import DossierRow
from backoffice.store.people import Establishment
from backoffice.store.scope import Scope

#: Dossiers read at a time.
BATCH = 200


@dataclass(frozen=True, slots=True)
class Repaying:
    """A dossier that has repayments, its recruiter by name. `facts` is its text, in canonical JSON."""

    number: str
    call: str
    state: str
    recruiter: str | None
    facts: str


def repaying(session: Session, scope: Scope) -> Iterator[Repaying]:
    """The dossiers in a scope that have repayments, read as they are needed. One statement."""
    wanted = (
        select(DossierRow.number, DossierRow.call, DossierRow.state, Establishment.name, DossierRow.facts)
        .outerjoin(Establishment, Establishment.finess == DossierRow.recruiter)
        .where(scope.condition(), DossierRow.repayment.is_not(None))
        .order_by(DossierRow.number)
    )
    for row in session.execute(wanted.execution_options(yield_per=BATCH)):
        yield Repaying(*row)
