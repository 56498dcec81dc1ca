"""A version that comes after dossiers were filed: what reaches them, and the places already taken."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backoffice.callfiles import CALLS, quota_sources, read_text
from backoffice.services.callbook import ruling
from backoffice.services.doctor import examine
from backoffice.services.publishing import ClausesChangedError, load_version
from backoffice.store.calls import CallVersion, PlaceRow
from backoffice.store.dossiers import DossierRow, JournalEntry
from tests.backoffice.stored import MACHINE, StoredLife, stored_life
from tests.builders import COMPLEMENTS, Hat
from workflows.calls.model import Call
from workflows.decide import Refused
from workflows.states import State

NESTED = """
[[parameters.quotas]]
id = "na-2024-dont"
label = "dont médecine générale"
within = "na-2024"
places = { value = 2, choice = "A17", note = "décision du 1er août 2024" }
"""


def load(session: Session, call: str, text: str | None = None, *, full: bool = True, new: bool = False) -> CallVersion:
    return load_version(
        session,
        text or read_text(CALLS / f"{call}.toml"),
        sources=quota_sources(),
        by="menthe-grise",
        now=MACHINE,
        complement=read_text(COMPLEMENTS / f"{call}.toml") if full else None,
        new_clauses=new,
    )


def judged(session: Session) -> StoredLife:
    life = stored_life(session, "na-2024").to(State.COMMITTEE)
    return life.on(life.profile.judged).do("record_opinion", Hat.INSTRUCTOR).on(life.profile.decided)


def rules_of(session: Session, life: StoredLife) -> Call:
    return ruling(session, session.get_one(DossierRow, life.id).call_version)


def test_an_amount_that_was_unknown_reaches_the_dossiers_filed_before(session: Session) -> None:
    load(session, "idf-2025", full=False)
    life = stored_life(session, "idf-2025").to(State.NOTIFIED)
    before = life.ask("notify_money", Hat.HEAD)
    assert isinstance(before, Refused)
    assert "value_unknown" in before.codes
    load(session, "idf-2025")
    after = life.ask("notify_money", Hat.HEAD)
    assert not isinstance(after, Refused) or "value_unknown" not in after.codes
    assert examine(session) == ()


def test_clauses_that_were_known_change_only_when_it_is_meant(session: Session) -> None:
    life = stored_life(session, "na-2024").to(State.SUBMITTED)
    text = read_text(CALLS / "na-2024.toml").replace('id = "cv"', 'id = "curriculum"')
    with pytest.raises(ClausesChangedError, match=r"clauses\.pieces.*--clauses"):
        load(session, "na-2024", text)
    assert session.scalar(select(func.count()).select_from(CallVersion)) == 1
    load(session, "na-2024", text, new=True)
    lives = {"before": life, "after": stored_life(session, "na-2024")}
    asked = {name: {p.id for p in rules_of(session, other).clauses.pieces} for name, other in lives.items()}
    assert "cv" in asked["before"] - asked["after"]
    assert "curriculum" in asked["after"] - asked["before"]


def test_a_call_without_a_dossier_changes_freely(session: Session) -> None:
    load(session, "na-2024")
    text = read_text(CALLS / "na-2024.toml").replace('id = "cv"', 'id = "curriculum"')
    assert load(session, "na-2024", text).number == 2


def test_the_places_already_taken_count_in_a_quota_that_arrives_late(session: Session) -> None:
    first, second, third = (judged(session) for _ in range(3))
    for life in (first, second):
        life.do("select", Hat.HEAD)
    load(session, "na-2024", read_text(CALLS / "na-2024.toml") + NESTED)
    counted = dict(session.execute(select(PlaceRow.quota, func.count()).group_by(PlaceRow.quota)).all())
    assert counted == {"na-2024": 2, "na-2024-dont": 2}
    recounts = session.scalars(select(JournalEntry).where(JournalEntry.act == "recount_place")).all()
    assert [(e.author_role, e.source, e.target) for e in recounts] == [("clock", "selected", "selected")] * 2
    refused = third.ask("select", Hat.HEAD)
    assert isinstance(refused, Refused)
    assert refused.codes == {"no_place_left"}
    assert examine(session) == ()


def test_a_quota_that_goes_counts_nobody_any_more(session: Session) -> None:
    load(session, "na-2024", read_text(CALLS / "na-2024.toml") + NESTED)
    life = judged(session)
    life.do("select", Hat.HEAD)
    load(session, "na-2024")
    assert list(session.scalars(select(PlaceRow.quota).where(PlaceRow.dossier == life.id))) == ["na-2024"]
    assert examine(session) == ()


def test_a_quota_smaller_than_the_places_taken_is_named(session: Session) -> None:
    for life in [judged(session) for _ in range(3)]:
        life.do("select", Hat.HEAD)
    load(session, "na-2024", read_text(CALLS / "na-2024.toml") + NESTED)
    assert [(a.check, a.where) for a in examine(session)] == [("places", "na-2024 na-2024-dont")]
