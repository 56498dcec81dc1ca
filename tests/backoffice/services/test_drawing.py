"""The money of dossiers and the contests that wait are written with the acts that change them, as their facts say."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backoffice.callfiles import CALLS, read_text
from backoffice.services import drawing, publishing
from backoffice.services.act import Times
from backoffice.services.budget import budget_of
from backoffice.services.doctor import examine
from backoffice.services.facts import view_of
from backoffice.services.redrawing import draw_stale
from backoffice.store.contests import WaitingContest
from backoffice.store.dossiers import DossierRow, JournalEntry
from backoffice.store.money import MoneyFlowRow, MonthChangeRow
from tests.backoffice.services.test_publishing import load, rules_of
from tests.backoffice.stored import MACHINE, StoredLife, stored_life
from tests.builders import Hat
from tests.profiles import PROFILES
from workflows.account.adjusting import standing_lines
from workflows.account.lines import balances
from workflows.account.worth import funded
from workflows.parts.contests import ContestState
from workflows.states import State

ENVELOPE = """
[[parameters.budget.envelopes]]
year = 2026
since = 2025-01-10
amount = { value = "320000.00", choice = "A25", note = "Décision modificative n° 1." }
"""


def months(session: Session, dossier: UUID) -> dict[tuple[int, int, int], tuple[int, int]]:
    """Thirtieths and cents by month, as the rows sum them up."""
    session.rollback()
    found: dict[tuple[int, int, int], tuple[int, int]] = {}
    for row in session.scalars(select(MonthChangeRow).where(MonthChangeRow.dossier == dossier)):
        key = row.year, row.month, row.post_year
        days, cents = found.get(key, (0, 0))
        found[key] = days + row.thirtieths, cents + row.cents
    return {key: pair for key, pair in found.items() if pair != (0, 0)}


def standing(life: StoredLife) -> dict[tuple[int, int, int], tuple[int, int]]:
    lines = standing_lines(life.dossier)
    return {(line.year, line.month, line.post_year): (line.thirtieths, int(line.amount * 100)) for line in lines}


def flows(session: Session, dossier: UUID) -> dict[tuple[str, int], int]:
    session.rollback()
    found: dict[tuple[str, int], int] = {}
    for row in session.scalars(select(MoneyFlowRow).where(MoneyFlowRow.dossier == dossier)):
        found[row.flow, row.year] = found.get((row.flow, row.year), 0) + row.cents
    return found


def drawn(session: Session, life: StoredLife) -> bool:
    session.rollback()
    row = session.get_one(DossierRow, life.id, populate_existing=True)
    return row.drawn == row.version


@pytest.mark.parametrize("call_id", PROFILES)
@pytest.mark.parametrize("state", [State.RESERVE, State.WITHDRAWN, State.CLAWBACK])
def test_the_months_of_a_life_are_those_that_stand(session, call_id, state):
    life = stored_life(session, call_id).to(state)
    assert months(session, life.id) == standing(life)
    assert drawn(session, life)
    assert examine(session) == ()


def test_each_act_adds_its_differences_and_changes_none_before(session):
    life = stored_life(session, "na-2024").to(State.IN_POST)
    before = session.scalars(select(MonthChangeRow.entry).where(MonthChangeRow.dossier == life.id)).all()
    life.later(60).do("record_end", Hat.INSTRUCTOR, last_day=life.today)
    found = session.scalars(select(MonthChangeRow).where(MonthChangeRow.dossier == life.id)).all()
    assert {row.act for row in found if row.entry not in before} == {"record_end"}
    assert len([row for row in found if row.entry in before]) == len(before) == 24
    assert months(session, life.id) == standing(life)


def test_credits_are_counted_on_their_budget_year(session):
    life = stored_life(session, "na-2024").to(State.CLAWBACK)
    found = flows(session, life.id)
    assert sum(cents for (flow, _), cents in found.items() if flow == "delegated") == int(life.dossier.delegated * 100)
    assert {year for flow, year in found if flow == "delegated"} == {t.budget_year for t in life.dossier.tranches}


def test_an_act_without_money_writes_none(session):
    life = stored_life(session, "na-2024").to(State.SUBMITTED)
    assert (months(session, life.id), flows(session, life.id)) == ({}, {})
    assert drawn(session, life)


# Contests.


def contests(session: Session, dossier: UUID) -> list[tuple[str, str | None]]:
    """The contests that wait and the act that each waits for, as the rows tell."""
    session.rollback()
    rows = session.scalars(select(WaitingContest).where(WaitingContest.dossier == dossier))
    return sorted((row.contest, row.remedy) for row in rows)


def contested(session: Session) -> StoredLife:
    """A payment and a month contested: the payment is to correct, the month waits for its answer."""
    life = stored_life(session, "na-2024").to(State.IN_POST).later(3).do("record_tranche", Hat.INSTRUCTOR)
    life.later(1).do("record_payment", Hat.INSTRUCTOR)
    for line in ("E1", "M2024-11-1"):
        life.do("contest_line", Hat.RECRUITER, line=line)
    answer = {"outcome": ContestState.UPHELD, "remedy": "correct_ledger_entry"}
    return life.later(1).do("answer_contest", Hat.INSTRUCTOR, contest="C1", **answer)


def test_a_contest_is_written_while_it_waits(session):
    life = contested(session)
    assert contests(session, life.id) == [("C1", "correct_ledger_entry"), ("C2", None)]
    dismissed = {"outcome": ContestState.DISMISSED, "remedy": None}
    life.later(1).do("answer_contest", Hat.INSTRUCTOR, contest="C2", **dismissed)
    assert contests(session, life.id) == [("C1", "correct_ledger_entry")]
    life.do("correct_ledger_entry", Hat.HEAD, entry="E1")
    assert contests(session, life.id) == []
    assert examine(session) == ()


# What an older release wrote.

NOW = Times(MACHINE, MACHINE)


def as_before(session: Session, life: StoredLife, version: int = 0) -> None:
    """Leave a dossier as a release that draws nothing does."""
    for table, _ in drawing.DRAWN:
        session.execute(delete(table).where(table.dossier == life.id))
    session.execute(update(DossierRow).where(DossierRow.id == life.id).values(drawn=version))
    session.commit()


@pytest.mark.parametrize("lived", [lambda session: stored_life(session, "na-2024").to(State.CLAWBACK), contested])
def test_what_the_release_before_wrote_is_drawn_once(session, lived):
    life = lived(session)
    had = months(session, life.id), flows(session, life.id), contests(session, life.id)
    as_before(session, life)
    assert examine(session) == ()  # it waits for the clock: nothing is wrong
    assert draw_stale(session, NOW, set()) == 1
    assert (months(session, life.id), flows(session, life.id), contests(session, life.id)) == had
    assert draw_stale(session, NOW, set()) == 0
    assert examine(session) == ()


def test_an_act_on_a_dossier_that_was_not_drawn_draws_all_of_it(session):
    life = contested(session)
    had = contests(session, life.id)
    as_before(session, life, version=life.dossier.version - 1)
    assert contests(session, life.id) == []
    life.later(60).do("withdraw", Hat.INSTRUCTOR)
    assert months(session, life.id) == standing(life)
    assert contests(session, life.id) == had
    assert draw_stale(session, NOW, set()) == 0


def test_the_schedule_that_nobody_wrote_is_written_by_the_machine_once_it_is_known(session, monkeypatch):
    """As for a post that was awarded before accounts were kept: nothing stands, and its cost is known now."""
    load(session, "idf-2025", full=False)
    life = stored_life(session, "idf-2025").to(State.NOTIFIED)
    for_nothing = stored_life(session, "idf-2025").to(State.COMPLETE)
    as_before(session, life)
    assert draw_stale(session, NOW, set()) == 1
    assert (months(session, life.id), life.dossier.adjustments) == ({}, ())  # its cost is not known
    monkeypatch.setattr(publishing, "WRITE_SCHEDULE", "unknown")  # as a release that kept no account
    load(session, "idf-2025")
    as_before(session, life)
    as_before(session, for_nothing)
    assert draw_stale(session, NOW, set()) == 2
    written = _due(session, life)
    assert months(session, life.id) == written
    as_before(session, life)
    assert draw_stale(session, NOW, set()) == 1
    assert months(session, life.id) == written  # written once
    assert examine(session) == ()


def _due(session: Session, life: StoredLife) -> dict[tuple[int, int, int], tuple[int, int]]:
    """The schedule that the rules give now to a post of 24 months, which the machine wrote last."""
    last = session.scalars(select(JournalEntry).where(JournalEntry.dossier == life.id)).all()[-1]
    assert (last.act, last.author_role, last.effects) == ("write_schedule", "clock", [])
    row = session.get_one(DossierRow, life.id, populate_existing=True)
    due = funded(view_of(row), rules_of(session, life)).lines
    assert len(due) == 24
    return {(line.year, line.month, line.post_year): (line.thirtieths, int(line.amount * 100)) for line in due}


def test_a_cost_that_comes_late_reaches_the_account_and_the_budget_with_its_version(session):
    load(session, "idf-2025", full=False)
    life = stored_life(session, "idf-2025").to(State.NOTIFIED)
    assert months(session, life.id) == {}
    load(session, "idf-2025", now=life.now)
    assert months(session, life.id) == _due(session, life)
    row = session.get_one(DossierRow, life.id, populate_existing=True)
    view, rules = view_of(row), rules_of(session, life)
    committed = budget_of(session, row.region, row.call, life.now)
    assert committed is not None
    total = sum(year.committed for year in committed.figures)
    assert {month.changes for month in committed.months} == {()}  # it is what was awarded, not a difference
    assert sum(month.awarded for month in committed.months) == total
    assert total == balances(view, rules, life.today).awarded == funded(view, rules).total > 0
    load(session, "idf-2025", read_text(CALLS / "idf-2025.toml") + ENVELOPE)  # changes nothing of the schedule
    assert session.get_one(DossierRow, life.id, populate_existing=True).version == row.version
    assert examine(session) == ()


def test_dossiers_are_drawn_batch_after_batch_whatever_happens_to_one(session, monkeypatch, caplog):
    lives = [stored_life(session, "na-2024").to(State.SELECTED) for _ in range(3)]
    for life in lives:
        as_before(session, life)
    broken = update(DossierRow).where(DossierRow.id == lives[1].id).values(facts="{}")
    facts = session.get_one(DossierRow, lives[1].id).facts
    session.execute(broken)
    session.commit()
    monkeypatch.setattr("backoffice.services.stale.BATCH", 2)
    unread: set[UUID] = set()
    assert [draw_stale(session, NOW, unread) for _ in range(3)] == [2, 1, 0]
    assert unread == {lives[1].id}
    assert "cannot be drawn" in caplog.text
    session.execute(update(DossierRow).where(DossierRow.id == lives[1].id).values(facts=facts))
    session.commit()
    assert months(session, lives[0].id) == standing(lives[0])
    assert months(session, lives[2].id) == standing(lives[2])


# The doctor.


@pytest.mark.parametrize(
    "harm",
    [
        update(MonthChangeRow).values(cents=MonthChangeRow.cents + 1),
        delete(MonthChangeRow).where(MonthChangeRow.month == 3),
        update(MoneyFlowRow).values(year=1999),
        delete(MoneyFlowRow),
        update(WaitingContest).values(remedy="rectify"),
        delete(WaitingContest).where(WaitingContest.contest == "C2"),
    ],
)
def test_the_doctor_names_what_is_drawn_otherwise_than_the_facts_say(session, harm):
    life, other = contested(session), contested(session)
    session.execute(harm.where(harm.table.c.dossier == life.id))
    session.commit()
    assert {(a.check, a.where) for a in examine(session)} == {("argent", life.dossier.number)}
    assert other.dossier.number != life.dossier.number
    view = view_of(session.get_one(DossierRow, life.id))
    drawing.draw(session, life.id, view)
    session.commit()
    assert examine(session) == ()
