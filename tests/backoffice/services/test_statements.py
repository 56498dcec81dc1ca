"""How many statements an act costs: few, and as many whatever the length of the history."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event

from backoffice.services import due
from backoffice.services.act import Done, perform
from backoffice.store.base import db
from tests.backoffice import stored
from tests.backoffice.services.test_drawing import contested
from tests.backoffice.services.test_envelopes import OF_2025, publish_with_envelope
from tests.backoffice.stored import MACHINE, stored_life
from tests.builders import Hat
from tests.profiles import PROFILES
from workflows.states import State
from workflows.table import CORRECTIONS

#: Statements of one act; a correction also reads what it takes back; a key is looked up and kept.
MOST, OF_A_KEY = 10, 2
#: A replacement before the start also looks at the places, keeps who left, and gives letters their object again; a
#: correction calls back what waits.
LIMITS = {"replace": 13, **dict.fromkeys(CORRECTIONS, 13)}


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements sent while the block lasts, transactions aside."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture
def costs(monkeypatch) -> list[tuple[str, list[str]]]:
    """The act and the statements of every act performed."""
    found: list[tuple[str, list[str]]] = []

    def counting(session, order, times):
        with counted() as sent:
            answer = perform(session, order, times)
        if isinstance(answer, Done):
            found.append((order.act, list(sent)))
        return answer

    monkeypatch.setattr(stored, "perform", counting)
    return found


def too_many(costs: list[tuple[str, list[str]]]) -> list[str]:
    return [f"{act}: {len(sent)}" for act, sent in costs if len(sent) > LIMITS.get(act, MOST)]


@pytest.mark.parametrize("call_id", PROFILES)
@pytest.mark.parametrize("state", [State.CLAWBACK, State.WITHDRAWN, State.RESERVE])
def test_every_act_of_a_life_costs_few_statements(session, costs, call_id, state):
    stored_life(session, call_id).to(state)
    assert len(costs) > 5
    assert too_many(costs) == []


def test_a_replacement_costs_few_statements(session, costs):
    life = stored_life(session, "na-2024").to(State.WITHDRAWN)
    life.later(5).propose_replacement()
    life.do("replace", Hat.HEAD)
    assert "replace" in {act for act, _ in costs}
    assert too_many(costs) == []


def test_a_contest_costs_few_statements(session, costs):
    contested(session)
    assert {"contest_line", "answer_contest"} <= {act for act, _ in costs}
    assert too_many(costs) == []


@pytest.mark.parametrize("state", [State.COMPLETE, State.SELECTED, State.NOTIFIED])
def test_taking_a_decision_back_costs_few_statements(session, costs, state):
    stored_life(session, "na-2024").to(state).do("revert", Hat.HEAD)
    assert costs[-1][0] == "revert"
    assert too_many(costs) == []


def test_an_envelope_costs_one_statement_more_whatever_the_number_of_posts(session, costs):
    publish_with_envelope(session, OF_2025 * 9, binds=False)
    found = []
    for _ in range(3):
        stored_life(session, "na-2024").to(State.SELECTED)
        found.append(len(costs[-1][1]))
    assert len(set(found)) == 1
    assert found[0] <= MOST + 1


def test_a_key_costs_two_statements_more(session, costs):
    life = stored_life(session, "na-2024")
    life.do("edit_draft", Hat.CANDIDATE, months=12)
    life.do("edit_draft", Hat.CANDIDATE, months=18)
    life.do("edit_draft", Hat.CANDIDATE, months=24, once="k1")
    assert len(costs[2][1]) == len(costs[1][1]) + OF_A_KEY


def test_an_act_costs_the_same_after_a_long_history(session, costs):
    life = stored_life(session, "na-2024")
    for n in range(30):
        life.do("edit_draft", Hat.CANDIDATE, months=12 + n)
    first, last = costs[1][1], costs[-1][1]
    assert len(first) == len(last)


def test_a_tick_costs_the_same_for_one_dossier_and_for_many(session):
    one = stored_life(session, "na-2024")
    closing = one.call.parameters.closing.value
    assert closing is not None
    costs = []
    for days in (15, 7):  # two of the reminders, each on its day, of one draft then of seven
        with counted() as sent:
            at = closing.at - timedelta(days=days)
            assert due.tick(session, legal=at, machine=MACHINE).notices > 0
        costs.append(len(sent))
        for _ in range(6):
            stored_life(session, "na-2024")
        due.tick(session, legal=at, machine=MACHINE)
    assert costs[0] == costs[1]


def test_looking_at_the_clock_when_nothing_is_due_costs_four_statements(session):
    life = stored_life(session, "na-2024")
    due.tick(session, legal=life.now, machine=MACHINE)
    with counted() as sent:
        due.tick(session, legal=life.now, machine=MACHINE)
    assert len(sent) == 4
