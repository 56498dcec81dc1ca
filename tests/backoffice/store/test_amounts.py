"""The largest amount that a form takes is kept to the cent in the facts and the budget, whatever the database."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backoffice.services.doctor import examine
from backoffice.services.facts import view_of
from backoffice.store.dossiers import MOST_CENTS, DossierRow
from backoffice.store.money import MoneyFlowRow
from tests.backoffice.stored import stored_life
from tests.builders import Hat
from workflows.states import State

LARGEST = Decimal("999999999.99")


def test_what_was_notified_elsewhere_may_be_as_large_as_a_form_takes(session: Session) -> None:
    """A mistyped opening is pointed out, kept, and taken back by an entry: it never breaks the page."""
    life = stored_life(session, "na-2024").to(State.IN_POST).later(3)
    life.do("record_opening", Hat.HEAD, notified=LARGEST, paid=LARGEST)
    row = session.get_one(DossierRow, life.id, populate_existing=True)
    assert view_of(row).delegated == LARGEST
    assert row.delegated_cents == MOST_CENTS  # as much as the release before reads
    flows = select(func.sum(MoneyFlowRow.cents)).where(MoneyFlowRow.dossier == life.id)
    assert session.scalar(flows.where(MoneyFlowRow.flow == "delegated")) == 99_999_999_999
    life.do("correct_ledger_entry", Hat.HEAD, entry="E2").do("correct_ledger_entry", Hat.HEAD, entry="E1")
    row = session.get_one(DossierRow, life.id, populate_existing=True)
    assert row.delegated_cents == 0
    assert examine(session) == ()
