"""Rows that the rules could never make are refused by the database itself, whoever writes them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backoffice.store.base import writing
from backoffice.store.calls import QuotaRow
from backoffice.store.dossiers import DossierRow, DossierSite, JournalEntry, PersonalText
from backoffice.store.outbox import OutboxRow
from backoffice.store.people import Account
from backoffice.store.schedule import Deadline, DueNotice
from tests.backoffice.stored import MACHINE, StoredLife, agent_id, stored_life
from workflows.states import State

DAY = MACHINE.date()
S = State

#: What each state forbids of a row that stands in it.
FORGED: dict[State, list[dict[str, Any]]] = {
    S.DRAFT: [
        {"received_at": MACHINE},
        {"state": "selected"},
        {"state": "submitted"},
        {"state": "rejected"},
        {"awarded_on": DAY},
        {"place": "confirmed"},
        {"reserve_rank": 1},
        {"rejected_on": DAY},
        {"ended_on": DAY},
        {"version": -1},
        {"state": "perdu"},
    ],
    S.SUBMITTED: [{"received_at": None}, {"awarded_on": DAY}, {"place": "confirmed"}, {"state": "draft"}],
    S.COMPLETE: [{"complete_on": None}, {"received_at": None}, {"awarded_on": DAY}],
    S.COMMITTEE: [{"session": None}, {"complete_on": None}, {"place": "provisional"}],
    S.RESERVE: [{"reserve_rank": None}, {"awarded_on": DAY}, {"place": "held"}],
    S.REJECTED: [{"rejected_on": None}, {"place": "confirmed"}, {"awarded_on": DAY}],
    S.SELECTED: [{"awarded_on": None}, {"place": None}, {"reserve_rank": 2}, {"rejected_on": DAY}],
    S.NOTIFIED: [{"notified_on": None}, {"awarded_on": None}, {"place": None}],
    S.IN_POST: [
        {"started_on": None},
        {"notified_on": None},
        {"place": None},
        {"ended_on": DAY},
        {"delegated_cents": -1},
        {"repaid_cents": 1},
    ],
    S.WITHDRAWN: [{"received_at": None}, {"ended_on": DAY}, {"reserve_rank": 1}],
    S.ENDED: [{"ended_on": None}, {"rejected_on": DAY}, {"state": "in_post"}],
    S.CLAWBACK: [{"ended_on": None}, {"repayment": None}, {"repaid_cents": 10**9}],
}


def refused(session: Session, statement: Any) -> None:
    with pytest.raises(IntegrityError), writing(session):
        session.execute(statement)


@pytest.mark.parametrize("state", list(State))
def test_a_forged_dossier_is_refused(session, state):
    life = stored_life(session, "na-2024").to(state)
    assert FORGED[state]
    for forged in FORGED[state]:
        refused(session, update(DossierRow).where(DossierRow.id == life.id).values(forged))
    row = session.get_one(DossierRow, life.id)
    assert row.state == state.value


@pytest.fixture
def life(session) -> StoredLife:
    return stored_life(session, "na-2024").to(State.SUBMITTED)


def waiting(session: Session) -> OutboxRow:
    return session.scalars(select(OutboxRow).order_by(OutboxRow.name)).first() or pytest.fail("no row")


def test_an_effect_has_one_cause_exactly(session, life):
    row = waiting(session).id
    refused(session, update(OutboxRow).where(OutboxRow.id == row).values(entry=None))
    notice = {"id": uuid4(), "dossier": life.id, "kind": "award_reply", "due_on": DAY, "noticed_at": MACHINE}
    with writing(session):
        session.execute(insert(DueNotice).values(notice))
    refused(session, update(OutboxRow).where(OutboxRow.id == row).values(notice=notice["id"]))


@pytest.mark.parametrize(
    "forged",
    [
        {"queue": "autre"},
        {"done_at": MACHINE, "dead_at": MACHINE},
        {"lease": uuid4()},
        {"lease_until": MACHINE},
        {"dossier": uuid4()},
        {"entry": uuid4()},
    ],
)
def test_a_forged_effect_is_refused(session, life, forged):
    refused(session, update(OutboxRow).where(OutboxRow.id == waiting(session).id).values(forged))


def test_an_effect_is_made_once(session, life):
    first, second = session.scalars(select(OutboxRow).limit(2)).all()
    refused(session, update(OutboxRow).where(OutboxRow.id == second.id).values(dedupe_key=first.dedupe_key))


def test_something_falls_due_once(session, life):
    notice = {"dossier": life.id, "kind": "award_reply", "due_on": DAY, "noticed_at": MACHINE}
    with writing(session):
        session.execute(insert(DueNotice).values(id=uuid4(), **notice))
    refused(session, insert(DueNotice).values(id=uuid4(), **notice))


def copied(entry: JournalEntry, **changes: Any) -> dict[str, Any]:
    names = [column.key for column in JournalEntry.__mapper__.column_attrs]
    return {name: getattr(entry, name) for name in names} | {"id": uuid4()} | changes


@pytest.mark.parametrize("forged", [{}, {"seq": 0}, {"seq": 99, "author_kind": "inconnu"}, {"dossier": uuid4()}])
def test_a_forged_journal_entry_is_refused(session, life, forged):
    entry = session.scalars(select(JournalEntry).order_by(JournalEntry.seq)).first()
    assert entry is not None
    refused(session, insert(JournalEntry).values(copied(entry, **forged)))


def test_two_dossiers_never_bear_the_same_number(session, life):
    other = stored_life(session, "na-2024")
    refused(session, update(DossierRow).where(DossierRow.id == other.id).values(number=life.dossier.number))


def test_a_quota_is_never_negative(session, life):
    refused(session, update(QuotaRow).values(places=-1))


@pytest.mark.parametrize(
    "forged",
    [
        {"role": "maire"},
        {"role": "head", "region": None},
        {"role": "establishment", "region": None},
        {"role": "candidate", "region": None},
        {"role": "admin"},
        {"email": "iris-pourpre@75.example"},
    ],
)
def test_an_account_belongs_where_its_role_says(session, life, forged):
    account = agent_id(life.call, "lavande-azur")
    assert session.get_one(Account, account).region == "75"
    refused(session, update(Account).where(Account.id == account).values(forged))


def test_a_dossier_with_a_history_is_not_deleted(session):
    life = stored_life(session, "na-2024")
    for table in (Deadline, DossierSite, PersonalText):
        session.execute(delete(table).where(table.dossier == life.id))
    with pytest.raises(IntegrityError):
        session.execute(delete(DossierRow).where(DossierRow.id == life.id))
    session.rollback()
    assert session.scalars(select(JournalEntry).where(JournalEntry.dossier == life.id)).all()
