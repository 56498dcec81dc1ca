"""Several people, or several processes, at the same instant: one wins, the others are told, and no place is sold twice.

The races run on PostgreSQL, in real processes that meet at a barrier between reading and writing. Their last turns are
run without locks, to show that these tests can fail.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import chain

import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy import text as sql
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from backoffice.callfiles import CALLS, quota_sources, read_text
from backoffice.services.doctor import examine
from backoffice.services.publishing import CallNotReadyError, load_version
from backoffice.store.base import db, writing
from backoffice.store.calls import PlaceRow, QuotaRow, one_load_at_a_time
from backoffice.store.dossiers import DossierRow, JournalEntry
from backoffice.store.outbox import OutboxRow
from backoffice.store.schedule import DigestLine, DueNotice
from tests.backoffice.services.races import Turn, race, race_to_claim, race_to_tick
from tests.backoffice.services.test_envelopes import OF_2025, publish_with_envelope
from tests.backoffice.services.test_publishing import NESTED
from tests.backoffice.stored import MACHINE, StoredLife, stored_life
from tests.builders import AGENTS, COMPLEMENTS, Hat, actor
from tests.databases import Database, opened
from tests.nominal import nominal
from workflows.actors import Actor, Role
from workflows.states import State

DECIDERS = (Actor(Role.INSTRUCTOR, "lavande-azur"), Actor(Role.INSTRUCTOR, "garance-ocre"))


@pytest.fixture
def app(postgresql: Database) -> Iterator[Flask]:
    """The application on PostgreSQL."""
    yield from opened(postgresql)


@pytest.fixture
def session(app: Flask) -> Session:
    """The session of the application."""
    return db.session()


def at_committee(session: Session) -> StoredLife:
    life = stored_life(session, "na-2024").to(State.COMMITTEE)
    return life.on(life.profile.judged).do("record_opinion", Hat.INSTRUCTOR)


def opinions(life: StoredLife, count: int, by: Actor, *, locks: bool) -> list[Turn]:
    """The same opinion recorded again and again, each time on the version then seen."""
    inputs = nominal(life, "record_opinion", reason="motif")
    return [Turn(life.id, "record_opinion", inputs, by, life.now, sees_version=True, locks=locks)] * count


def one_winner_and_one_told(turn: Counter[str]) -> bool:
    """One decision, and one conflict that names whoever decided."""
    told = [answer for answer in turn if answer.startswith("conflict with ")]
    return turn["done"] == 1 and len(told) == 1 and told[0].split()[-1] in {by.id for by in DECIDERS}


def test_of_two_deciders_one_wins_and_the_other_is_told_by_whom(session, postgresql):
    life = at_committee(session)
    before = life.dossier.version
    runners = [opinions(life, 200, by, locks=True) + opinions(life, 30, by, locks=False) for by in DECIDERS]
    results = race(postgresql.url, runners)
    assert [n for n, turn in enumerate(results[:200]) if not one_winner_and_one_told(turn)] == []
    assert not all(one_winner_and_one_told(turn) for turn in results[200:]), "without locks this test must fail"
    session.rollback()
    decided = sum(turn["done"] for turn in results)
    assert session.scalar(select(DossierRow.version).where(DossierRow.id == life.id)) == before + decided
    assert examine(session) == ()


# Places.

PLACES, HEADS = 3, 8


def selections(life: StoredLife, rounds: int, *, locks: bool) -> list[Turn]:
    """At each round everybody is selected at once, then each selection is taken back."""
    chosen = Turn(life.id, "select", nominal(life, "select"), AGENTS[Hat.HEAD], life.now, locks=locks)
    back = Turn(life.id, "revert", nominal(life, "revert"), AGENTS[Hat.HEAD], life.now)
    return [chosen, back] * rounds


def overbooked(results: list[Counter[str]]) -> list[int]:
    """The rounds in which another number of dossiers than the places was selected."""
    right = {"done": PLACES, "refused: no_place_left": HEADS - PLACES}
    return [n for n, turn in enumerate(results[::2]) if turn != right]


def test_eight_selections_at_once_for_three_places_take_three(session, postgresql):
    # four teams of eight dossiers, twenty-five rounds each: an act costs more after a hundred corrections
    teams = [[at_committee(session) for _ in range(HEADS)] for _ in range(4)]
    for life in chain.from_iterable(teams):
        life.on(life.profile.decided)
    with writing(session):
        session.execute(update(QuotaRow).where(QuotaRow.call == "na-2024").values(places=PLACES))
    locked = [
        [turn for life in lives for turn in selections(life, 25, locks=True)] for lives in zip(*teams, strict=True)
    ]
    unlocked = [selections(life, 10, locks=False) for life in teams[-1]]
    results = race(postgresql.url, [[*one, *other] for one, other in zip(locked, unlocked, strict=True)])
    assert overbooked(results[:200]) == []
    assert {turn["done"] for turn in results[1:200:2]} == {PLACES}
    assert overbooked(results[200:]) != [], "without locks this test must fail"
    session.rollback()
    assert session.scalar(select(func.count()).select_from(PlaceRow)) == 0
    assert examine(session) == ()


def nested(session: Session) -> None:
    """Nouvelle-Aquitaine with four places, of which one for the posts that all these dossiers ask for."""
    unknown = 'places = { unknown = true, rule = "NA-29" }'
    text = read_text(CALLS / "na-2024.toml").replace(unknown, 'places = { value = 4, rule = "NA-29" }')
    inner = NESTED.replace("value = 2", "value = 1")
    load_version(session, text + inner, sources=quota_sources(), by="menthe-grise", now=MACHINE)


def test_the_narrowest_of_nested_quotas_is_never_overdrawn(session, postgresql):
    nested(session)
    lives = [at_committee(session) for _ in range(2)]
    for life in lives:
        life.on(life.profile.decided)
    results = race(postgresql.url, [selections(life, 5, locks=True) for life in lives])
    assert results[::2] == [Counter({"done": 1, "refused: no_place_left": 1})] * 5
    session.rollback()
    assert examine(session) == ()


def loaded(session: Session, name: str) -> str:
    """The call of Guyane under a name, loaded: its places are those of the national table."""
    text = read_text(CALLS / "guyane-2020.toml").replace('id = "guyane-2020"', f'id = "{name}"', 1)
    complement = read_text(COMPLEMENTS / "guyane-2020.toml")
    sources = quota_sources()
    return load_version(session, text, sources=sources, by="menthe", now=MACHINE, complement=complement).call


def test_a_call_waits_for_the_one_that_is_loaded_then_sees_the_places_it_took(session, postgresql):
    with Session(db.engine) as other:
        one_load_at_a_time(other)
        session.execute(sql("SET lock_timeout = 50"))
        with pytest.raises(DBAPIError) as raised:
            loaded(session, "guyane-2020-b")
        assert getattr(raised.value.orig, "sqlstate", None) == "55P03"
        session.rollback()
        assert loaded(other, "guyane-2020") == "guyane-2020"
    with pytest.raises(CallNotReadyError, match="« guyane-2020 » prend déjà"):
        loaded(session, "guyane-2020-b")


def test_two_offers_at_once_of_the_last_place_make_one(session, postgresql):
    lives = [at_committee(session) for _ in range(2)]
    for rank, life in enumerate(lives, 1):
        life.on(life.profile.decided).do("put_on_reserve", Hat.HEAD, rank=rank)
    with writing(session):
        session.execute(update(QuotaRow).where(QuotaRow.call == "na-2024").values(places=1))
    lifts = {"better_ranked_not_offered": "les deux établissements sont d’accord"}
    runners = []
    for life in lives:
        offer = Turn(life.id, "offer_place", nominal(life, "offer_place", lifts=lifts), AGENTS[Hat.HEAD], life.now)
        no, by = nominal(life, "answer_offer", accepted=False), actor(Hat.RECRUITER, life.dossier)
        runners.append([offer, Turn(life.id, "answer_offer", no, by, life.now)] * 5)
    results = race(postgresql.url, runners)
    assert results[::2] == [Counter({"done": 1, "refused: places_all_offered": 1})] * 5
    assert results[1::2] == [Counter({"done": 1, "refused: no_offer_waiting": 1})] * 5


# Credits.

POSTS, CHOSEN = 3, 6


def overspent(results: list[Counter[str]]) -> list[int]:
    """The rounds in which another number of posts than the envelope covers was selected."""
    right = {"done": POSTS, "refused: envelope_exceeded": CHOSEN - POSTS}
    return [n for n, turn in enumerate(results[::2]) if turn != right]


def test_six_selections_at_once_for_the_credits_of_three_posts_take_three(session, postgresql):
    publish_with_envelope(session, OF_2025 * POSTS, binds=True)
    lives = [at_committee(session) for _ in range(CHOSEN)]
    lives = [life.on(life.profile.decided) for life in lives]
    with writing(session):  # no quota: nothing else puts them one after the other
        session.execute(delete(QuotaRow))
    runners = [selections(life, 20, locks=True) + selections(life, 8, locks=False) for life in lives]
    results = race(postgresql.url, runners)
    assert overspent(results[:40]) == []
    assert overspent(results[40:]) != [], "without locks this test must fail"


# The same request, the same row, the same slot.


def test_the_same_request_at_once_from_four_processes_acts_once(session, postgresql):
    life = at_committee(session)
    inputs = nominal(life, "record_opinion", reason="motif")
    turn = [Turn(life.id, "record_opinion", inputs, AGENTS[Hat.INSTRUCTOR], life.now, key=f"k{n}") for n in range(20)]
    results = race(postgresql.url, [turn] * 4)
    assert results == [Counter({"done": 1, "repeated": 3})] * 20


def test_a_withdrawal_and_a_notification_at_once_leave_one_sound_history(session, postgresql):
    life = stored_life(session, "na-2024").to(State.SELECTED).on(stored_life(session, "na-2024").profile.notified)
    notify = life.order("notify", Hat.HEAD)
    party = actor(Hat.RECRUITER, life.dossier)
    report = nominal(life, "report_withdrawal", effective_on=life.today)
    runners = [
        [Turn(life.id, "notify", notify.inputs, AGENTS[Hat.HEAD], life.now)],
        [Turn(life.id, "report_withdrawal", report, party, life.now)],
    ]
    (result,) = race(postgresql.url, runners)
    assert result == {"done": 2}
    session.rollback()
    acts = session.scalars(select(JournalEntry.act).where(JournalEntry.dossier == life.id).order_by(JournalEntry.seq))
    assert set(list(acts)[-2:]) == {"notify", "report_withdrawal"}
    assert examine(session) == ()


def test_a_row_claimed_by_four_processes_at_once_goes_to_one(session, postgresql):
    life = stored_life(session, "na-2024").to(State.SUBMITTED)
    with writing(session):
        row = session.scalars(select(OutboxRow).where(OutboxRow.dossier == life.id)).first()
        assert row is not None
        names = [c.key for c in OutboxRow.__mapper__.column_attrs if c.key not in {"id", "dedupe_key"}]
        model = {name: getattr(row, name) for name in names}
        session.execute(insert(OutboxRow), [model | {"dedupe_key": f"copy-{n}"} for n in range(50)])
    rows = list(session.scalars(select(OutboxRow.id).where(OutboxRow.dedupe_key.startswith("copy-"))))
    session.rollback()
    results = race_to_claim(postgresql.url, rows, 4)
    assert results == [Counter({"claimed": 1, "nothing": 3})] * 50


def test_two_clocks_take_one_slot_and_notice_everything_once(session, postgresql):
    lives = [stored_life(session, "na-2024") for _ in range(3)]
    closing = lives[0].call.parameters.closing.value
    assert closing is not None
    session.rollback()
    instants = [closing.at - timedelta(days=days, hours=1) for days in range(30, -1, -1)]
    results = race_to_tick(postgresql.url, instants, 2)
    assert all(turn["0 notices"] >= 1 for turn in results)
    noticed = session.scalars(select(DueNotice.due_on)).all()
    assert len(noticed) == 3 * len(set(noticed))
    mailed = session.scalars(select(OutboxRow.name).where(OutboxRow.kind == "digest")).all()
    assert len(mailed) == len(set(noticed))  # one doctor: one mail a day
    assert len(session.scalars(select(DigestLine.notice)).all()) == len(noticed)
