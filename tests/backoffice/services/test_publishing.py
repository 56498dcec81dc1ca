"""A version that comes after dossiers were filed: what reaches them, and the places already taken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backoffice.callfiles import CALLS, quota_sources, read_text
from backoffice.services.callbook import ruling
from backoffice.services.doctor import examine
from backoffice.services.publishing import CallNotReadyError, ClausesChangedError, load_version
from backoffice.store.calls import CallVersion, PlaceRow
from backoffice.store.dossiers import DossierRow, JournalEntry
from backoffice.store.schedule import Deadline
from tests.backoffice.stored import MACHINE, StoredLife, stored_life
from tests.builders import COMPLEMENTS, Hat
from tests.profiles import PROFILES
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


EXTENDED = """extensions = [
    { closing = { day = 2024-06-28, bound = "au plus tard le", zone = "Europe/Paris", wording = "28 juin 2024" }, \
decided_on = 2024-05-02, decided_by = "le directeur général", reason = "prolongation pour tous" },
]"""


def codes(answer: object) -> frozenset[str]:
    assert isinstance(answer, Refused), answer
    return answer.codes


def load(
    session: Session,
    call: str,
    text: str | None = None,
    *,
    full: bool = True,
    new: bool = False,
    complement: str | None = None,
    now: datetime = MACHINE,
) -> CallVersion:
    given = complement or (read_text(COMPLEMENTS / f"{call}.toml") if full else None)
    return load_version(
        session,
        text or read_text(CALLS / f"{call}.toml"),
        sources=quota_sources(),
        by="menthe-grise",
        now=now,
        complement=given,
        new_clauses=new,
    )


def judged(session: Session) -> StoredLife:
    life = stored_life(session, "na-2024").to(State.COMMITTEE)
    return life.on(life.profile.judged).do("record_opinion", Hat.INSTRUCTOR).on(life.profile.decided)


def rules_of(session: Session, life: StoredLife) -> Call:
    return ruling(session, session.get_one(DossierRow, life.id))


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


def test_places_of_a_quota_that_is_too_small_are_provisional_until_persons_sort_them_out(session: Session) -> None:
    lives = [judged(session) for _ in range(3)]
    for life in lives:
        life.do("select", Hat.HEAD)
    load(session, "na-2024", read_text(CALLS / "na-2024.toml") + NESTED)
    assert set(session.scalars(select(PlaceRow.status))) == {"provisional"}
    assert examine(session) == ()
    first, second, third = lives
    assert codes(first.ask("confirm_place", Hat.INSTRUCTOR)) == {"quota_exceeded"}
    third.do("back_to_reserve", Hat.HEAD)
    for life in (first, second):
        life.do("confirm_place", Hat.INSTRUCTOR)
    assert set(session.scalars(select(PlaceRow.status))) == {"confirmed"}
    assert examine(session) == ()


def test_a_quota_that_arrives_stands_in_the_way_of_no_correction(session: Session) -> None:
    life = judged(session)
    life.do("select", Hat.HEAD)
    load(session, "na-2024", read_text(CALLS / "na-2024.toml") + NESTED)
    life.do("revert", Hat.HEAD)
    assert life.dossier.state is State.COMMITTEE
    assert session.scalars(select(PlaceRow)).all() == []
    assert examine(session) == ()


def test_what_a_version_completed_stays_whatever_a_later_one_says(session: Session) -> None:
    load(session, "idf-2025", full=False)
    life = stored_life(session, "idf-2025").to(State.SUBMITTED)
    load(session, "idf-2025")
    given = rules_of(session, life).clauses.funding.printed_cost
    assert given is not None
    assert given.value == Decimal("6499.58")
    other = read_text(COMPLEMENTS / "idf-2025.toml").replace("6499.58", "3000.00")
    load(session, "idf-2025", complement=other, new=True)
    assert rules_of(session, life).clauses.funding.printed_cost == given
    load(session, "idf-2025", full=False, new=True)
    assert rules_of(session, life).clauses.funding.printed_cost == given


def test_an_act_says_which_version_was_in_force(session: Session) -> None:
    first = load(session, "na-2024")
    life = stored_life(session, "na-2024").to(State.COMMITTEE).on(PROFILES["na-2024"].judged)
    second = load(session, "na-2024", read_text(CALLS / "na-2024.toml") + NESTED)
    life.do("record_opinion", Hat.INSTRUCTOR)
    known = session.execute(select(JournalEntry.act, JournalEntry.call_version).order_by(JournalEntry.seq)).all()
    assert {version for act, version in known if act != "record_opinion"} == {first.id}
    assert known[-1] == ("record_opinion", second.id)
    assert session.get_one(DossierRow, life.id).call_version == first.id


def test_a_draft_is_filed_under_the_version_in_force(session: Session) -> None:
    load(session, "na-2024")
    life = stored_life(session, "na-2024")
    text = read_text(CALLS / "na-2024.toml").replace('id = "cv"', 'id = "curriculum"')
    second = load(session, "na-2024", text)
    assert "curriculum" in {p.id for p in rules_of(session, life).clauses.pieces}
    life.do("edit_draft", Hat.CANDIDATE, months=24)
    assert session.get_one(DossierRow, life.id).call_version == second.id


def test_a_closing_that_moves_moves_the_reminders_of_the_drafts(session: Session) -> None:
    text = read_text(CALLS / "na-2024.toml")
    load(session, "na-2024")
    stored_life(session, "na-2024")
    wanted = select(Deadline.due_on).where(Deadline.kind == "draft_reminder").order_by(Deadline.due_on)
    assert [str(day) for day in session.scalars(wanted)] == ["2024-05-30", "2024-06-07", "2024-06-12"]
    load(session, "na-2024", text.replace("extensions = []", EXTENDED))
    assert [str(day) for day in session.scalars(wanted)] == ["2024-06-13", "2024-06-21", "2024-06-26"]
    assert examine(session) == ()


def test_an_extension_is_published_from_the_day_it_is_decided(session: Session) -> None:
    """Loaded before, it would move no reminder: nothing plans them again on the day of the decision."""
    text = read_text(CALLS / "na-2024.toml")
    decided = datetime(2024, 5, 1, 22, tzinfo=UTC)  # 2 May begins in Paris
    load(session, "na-2024", now=decided - timedelta(days=30))
    stored_life(session, "na-2024")
    wanted = select(Deadline.due_on).where(Deadline.kind == "draft_reminder").order_by(Deadline.due_on)
    before = list(session.scalars(wanted))
    extended = text.replace("extensions = []", EXTENDED)
    with pytest.raises(CallNotReadyError, match=r"décidée le 2.mai.2024 ne vaut pas encore"):
        load(session, "na-2024", extended, now=decided - timedelta(seconds=1))
    assert list(session.scalars(wanted)) == before
    load(session, "na-2024", extended, now=decided)
    assert [str(day) for day in session.scalars(wanted)] == ["2024-06-13", "2024-06-21", "2024-06-26"]


def test_a_second_call_of_the_same_places_is_refused_and_nothing_is_written(session: Session) -> None:
    load(session, "guyane-2020")
    text = read_text(CALLS / "guyane-2020.toml")
    again = text.replace('id = "guyane-2020"', 'id = "guyane-2020-b"', 1)
    with pytest.raises(CallNotReadyError, match="« guyane-2020 » prend déjà"):
        load(session, "guyane-2020", again)
    assert session.scalar(select(func.count()).select_from(CallVersion)) == 1
    shared = again.replace('source = "dgos-2020:II:03"', 'places = { value = 7, choice = "A17", note = "moitié" }')
    assert load(session, "guyane-2020", shared).call == "guyane-2020-b"
