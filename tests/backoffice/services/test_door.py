"""The one door: what is done is written whole, what is refused writes nothing, and nobody decides on what they have not
seen."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from backoffice import CODE_VERSION
from backoffice.services.act import Conflict, Done, DossierNotFoundError, KeyReusedError, Order, perform, preview
from backoffice.services.doctor import examine
from backoffice.store.base import Base
from backoffice.store.calls import PlaceRow
from backoffice.store.dossiers import Command, DossierRow, JournalEntry, LateAttempt
from backoffice.store.mails import LetterDue
from backoffice.store.outbox import OutboxRow
from backoffice.store.schedule import Deadline
from tests.backoffice.stored import MACHINE, StoredLife, agent_id, stored_life
from tests.builders import AGENTS, Hat
from workflows.acts.base import ActInputs
from workflows.decide import Decision, Refused
from workflows.states import State


def rows(session: Session) -> dict[str, list[tuple[object, ...]]]:
    """Everything that is stored, table by table."""
    session.rollback()
    return {
        name: sorted(map(tuple, session.execute(table.select()).all()), key=str)
        for name, table in Base.metadata.tables.items()
    }


def journal(session: Session, life: StoredLife) -> list[JournalEntry]:
    wanted = select(JournalEntry).where(JournalEntry.dossier == life.id).order_by(JournalEntry.seq)
    return list(session.scalars(wanted))


def row_of(session: Session, life: StoredLife) -> DossierRow:
    session.expire_all()
    return session.get_one(DossierRow, life.id)


@pytest.fixture
def draft(session) -> StoredLife:
    return stored_life(session, "na-2024")


@pytest.fixture
def committee(session) -> StoredLife:
    return stored_life(session, "na-2024").to(State.COMMITTEE)


# Done.


def test_what_is_done_is_written_whole(session, draft):
    life = draft.to(State.SUBMITTED)
    row, (entry, *_) = row_of(session, life), journal(session, life)[::-1]
    assert (row.state, row.version, row.head) == ("submitted", life.dossier.version, entry.hash)
    assert (entry.act, entry.source, entry.target) == ("submit", "draft", "submitted")
    assert (entry.author, entry.author_kind, entry.author_role) == (
        life.profile.candidate.id,
        "candidate",
        "candidate",
    )
    assert (entry.at, entry.recorded_at, entry.code_version) == (life.now, MACHINE, CODE_VERSION)
    assert row.received_at == life.now
    assert row.touched_at == life.now


def test_the_effects_of_an_act_wait_in_the_outbox_with_the_entry_that_caused_them(session, draft):
    life = draft.to(State.SUBMITTED)
    entry = journal(session, life)[-1]
    found = session.scalars(select(OutboxRow).order_by(OutboxRow.name)).all()
    assert [(r.name, r.addressee, r.entry, r.queue) for r in found] == [
        ("L1", "depositors", entry.id, "mail"),
        ("L2", "depositors", entry.id, "mail"),
    ]
    assert {r.next_attempt_at for r in found} == {MACHINE}


def test_the_mail_of_a_decision_that_can_be_taken_back_waits_ten_minutes(session, draft):
    life = draft.to(State.COMPLETE)
    entry = journal(session, life)[-1]
    (row,) = session.scalars(select(OutboxRow).where(OutboxRow.entry == entry.id)).all()
    assert (row.name, row.next_attempt_at) == ("L4", MACHINE + timedelta(minutes=10))


def test_a_notification_asks_for_its_letters_and_sends_nothing(session, draft):
    life = draft.to(State.NOTIFIED)
    entry = journal(session, life)[-1]
    letters = session.scalars(select(LetterDue).where(LetterDue.entry == entry.id)).all()
    assert {(letter.code, letter.addressee) for letter in letters} == {
        ("L8", "recruiter"),
        ("L8", "candidate"),
        ("L8", "partners"),
    }
    assert session.scalars(select(OutboxRow).where(OutboxRow.entry == entry.id)).all() == []


def test_a_selection_takes_its_place_in_every_quota(session, committee):
    committee.to(State.SELECTED)
    place = committee.dossier.place
    assert place is not None
    stored = session.execute(select(PlaceRow.quota, PlaceRow.status).where(PlaceRow.dossier == committee.id)).all()
    assert {(quota, status) for quota, status in stored} == {(q, "confirmed") for q in place.quotas}
    assert stored


def test_whoever_asks_again_in_the_same_session_reads_what_was_written(session, draft):
    before = session.get_one(DossierRow, draft.id)
    assert before.state == "draft"
    draft.to(State.SUBMITTED)
    assert session.get_one(DossierRow, draft.id).state == "submitted"


def test_the_searchable_text_follows_the_facts(session, draft):
    draft.do("edit_draft", Hat.CANDIDATE, specialty="cardiologie")
    found = row_of(session, draft).search
    assert "cardiologie" in found
    assert "geriatrie" not in found
    assert "capucine bleuet" in found
    assert "mirabelle" in found


# Refused.


def test_what_is_refused_writes_nothing(session, committee):
    before = rows(session)
    answer = committee.ask("select", Hat.HEAD, once="k1")
    assert isinstance(answer, Refused)
    assert answer.codes
    assert rows(session) == before


def test_a_late_filing_leaves_its_trace_and_nothing_else(session, draft):
    draft.on(date(2024, 6, 10)).do("receive_piece", Hat.CANDIDATE).do("confirm_deposit", Hat.CANDIDATE)
    before = rows(session)
    answer = draft.on(date(2024, 12, 1)).ask("submit", Hat.CANDIDATE)
    assert isinstance(answer, Refused)
    assert "call_closed" in answer.codes
    after = rows(session)
    assert {name for name in after if after[name] != before[name]} == {"late_attempt"}
    (trace,) = session.scalars(select(LateAttempt)).all()
    assert (trace.dossier, trace.at, trace.author) == (draft.id, draft.now, draft.profile.candidate.id)
    assert len(trace.draft_digest) == 64


def test_another_refused_act_on_a_closed_call_leaves_no_trace(session, draft):
    answer = draft.on(date(2024, 12, 1)).ask("declare_complete", Hat.INSTRUCTOR)
    assert isinstance(answer, Refused)
    assert session.scalar(select(func.count()).select_from(LateAttempt)) == 0


def test_an_unknown_dossier_is_said_to_be_unknown(session, draft):
    order = Order(uuid4(), "submit", ActInputs(), AGENTS[Hat.INSTRUCTOR])
    with pytest.raises(DossierNotFoundError):
        perform(session, order, draft.times)


def test_an_error_in_the_middle_leaves_nothing(session, draft, monkeypatch):
    monkeypatch.setattr("backoffice.services.deadlines.rewrite", lambda *_args, **_named: 1 / 0)
    before = rows(session)
    with pytest.raises(ZeroDivisionError):
        draft.do("edit_draft", Hat.CANDIDATE, specialty="cardiologie")
    assert rows(session) == before


# Seen too late.


def test_a_stale_version_is_a_conflict_that_says_who_and_when(session, committee):
    seen = committee.dossier.version
    committee.on(committee.profile.judged).do("record_opinion", Hat.INSTRUCTOR)
    at = committee.now
    before = rows(session)
    answer = committee.later(1).ask("select", Hat.HEAD, version=seen)
    assert answer == Conflict(seen + 1, "record_opinion", "lavande-azur", "instructor", at)
    assert rows(session) == before


def test_the_version_seen_lets_the_act_through(session, committee):
    committee.on(committee.profile.judged)
    answer = committee.ask("record_opinion", Hat.INSTRUCTOR, version=committee.dossier.version)
    assert isinstance(answer, Done)


# Asked twice.


def test_the_same_key_acts_once_and_gives_the_same_answer(session, draft):
    first = draft.ask("edit_draft", Hat.CANDIDATE, once="k1", specialty="cardiologie")
    before = rows(session)
    again = draft.later(1).ask("edit_draft", Hat.CANDIDATE, once="k1", specialty="cardiologie")
    assert isinstance(first, Done)
    assert isinstance(again, Done)
    assert (first.seq, first.repeated) == (2, False)
    assert (again.seq, again.repeated) == (2, True)
    assert again.after.specialty == "cardiologie"
    assert rows(session) == before


def test_the_same_key_answers_even_when_the_version_has_moved(session, draft):
    seen = draft.dossier.version
    draft.ask("edit_draft", Hat.CANDIDATE, once="k1", version=seen, specialty="cardiologie")
    draft.do("edit_draft", Hat.CANDIDATE, specialty="geriatrie")
    again = draft.ask("edit_draft", Hat.CANDIDATE, once="k1", version=seen, specialty="cardiologie")
    assert isinstance(again, Done)
    assert again.repeated


def test_a_key_that_comes_back_with_another_request_is_refused(session, draft):
    draft.ask("edit_draft", Hat.CANDIDATE, once="k1", specialty="cardiologie")
    before = rows(session)
    with pytest.raises(KeyReusedError, match="rechargez-la"):
        draft.ask("edit_draft", Hat.CANDIDATE, once="k1", specialty="pediatrie")
    with pytest.raises(KeyReusedError):
        draft.ask("confirm_deposit", Hat.CANDIDATE, once="k1")
    assert rows(session) == before


def test_a_key_that_comes_back_on_another_dossier_is_refused(session, draft):
    draft.ask("edit_draft", Hat.CANDIDATE, once="k1", specialty="cardiologie")
    other = stored_life(session, "na-2024")
    with pytest.raises(KeyReusedError):
        other.ask("edit_draft", Hat.CANDIDATE, once="k1", specialty="cardiologie")


def test_two_people_may_use_the_same_key(session, draft):
    draft.ask("edit_draft", Hat.CANDIDATE, once="k1", specialty="cardiologie")
    answer = draft.ask("edit_draft", Hat.INSTRUCTOR, once="k1", specialty="pediatrie")
    assert isinstance(answer, Done)
    assert not answer.repeated
    assert session.scalar(select(func.count()).select_from(Command)) == 2


def test_a_refused_request_may_be_made_again_with_the_same_key(session, draft):
    first = draft.on(date(2024, 12, 1)).ask("submit", Hat.CANDIDATE, once="k1")
    second = draft.on(draft.profile.filed).ask("submit", Hat.CANDIDATE, once="k1")
    assert isinstance(first, Refused)
    assert isinstance(second, Done)


def test_the_digest_of_a_request_depends_on_its_key(session, draft):
    draft.ask("edit_draft", Hat.CANDIDATE, once="k1", specialty="cardiologie")
    draft.ask("edit_draft", Hat.CANDIDATE, once="k2", specialty="cardiologie")
    first, second = session.scalars(select(Command.request)).all()
    assert first != second


# Looking before acting.


def test_a_preview_answers_and_writes_nothing(session, draft):
    before = rows(session)
    view, answer = preview(session, draft.order("edit_draft", Hat.CANDIDATE, specialty="cardiologie"), draft.times)
    assert isinstance(answer, Decision)
    assert (view.specialty, answer.after.specialty) == ("geriatrie", "cardiologie")
    assert rows(session) == before


# What lies around.


def test_only_who_signs_in_this_region_today_may_sign(session, draft):
    life = draft.to(State.SELECTED).on(draft.profile.notified)
    for stranger in ("iris-pourpre", str(agent_id(life.call, "lavande-azur"))):
        answer = life.ask("notify", Hat.HEAD, signed_by=stranger)
        assert isinstance(answer, Refused), stranger
    session.execute(
        text("UPDATE account SET disabled_at = touched FROM (SELECT max(loaded_at) AS touched FROM call_version) v")
    )
    session.commit()
    assert isinstance(life.ask("notify", Hat.HEAD), Refused)


def test_the_same_doctor_in_two_dossiers_is_told(session, draft):
    draft.to(State.SUBMITTED)
    other = stored_life(session, "na-2024").to(State.SUBMITTED)
    codes = {f["code"]: f["sentence"] for f in journal(session, other)[-1].findings}
    assert draft.dossier.number in codes["same_doctor"]


def test_a_better_ranked_dossier_that_waits_is_told(session, committee):
    committee.on(committee.profile.judged).do("record_opinion", Hat.INSTRUCTOR, rank=1)
    other = stored_life(session, "na-2024").to(State.COMMITTEE)
    other.on(other.profile.judged).do("record_opinion", Hat.INSTRUCTOR, rank=2)
    answer = other.on(other.profile.decided).ask("select", Hat.HEAD)
    assert isinstance(answer, Refused)
    assert any(committee.dossier.number in f.sentence for f in answer.findings)


# Corrections.


def test_a_decision_is_taken_back_with_its_mails_its_letters_and_its_place(session, committee):
    committee.to(State.SELECTED).on(committee.profile.notified).do("notify", Hat.HEAD)
    entry = journal(session, committee)[-1]
    committee.do("revert", Hat.HEAD)
    assert committee.dossier.state is State.SELECTED
    letters = session.scalars(select(LetterDue).where(LetterDue.entry == entry.id)).all()
    assert letters
    assert all(letter.cancelled_at == MACHINE for letter in letters)
    assert examine(session) == ()


def test_a_selection_taken_back_gives_its_place_back(session, committee):
    committee.to(State.SELECTED).do("revert", Hat.HEAD)
    assert committee.dossier.state is State.COMMITTEE
    assert session.scalar(select(func.count()).select_from(PlaceRow)) == 0
    assert examine(session) == ()


@pytest.mark.parametrize("dead", [False, True])
def test_a_mail_that_has_not_left_is_cancelled_even_when_it_was_given_up(session, draft, dead):
    life = draft.to(State.COMPLETE)
    if dead:
        session.execute(update(OutboxRow).values(dead_at=MACHINE, attempts=7))
        session.commit()
    entry = journal(session, life)[-1]
    life.do("revert", Hat.HEAD)
    session.expire_all()
    (row,) = session.scalars(select(OutboxRow).where(OutboxRow.entry == entry.id)).all()
    assert (row.cancelled_at, row.done_at, row.dead_at) == (MACHINE, MACHINE, None)


def test_a_decision_whose_mail_has_left_is_not_taken_back_but_rectified(session, draft):
    life = draft.to(State.COMPLETE)
    session.execute(update(OutboxRow).values(done_at=MACHINE))
    session.commit()
    answer = life.ask("revert", Hat.HEAD)
    assert isinstance(answer, Refused)
    assert "left_the_house" in answer.codes
    life.do("rectify", Hat.HEAD)
    assert life.dossier.state is State.SUBMITTED


# Deadlines.


def deadlines(session: Session, life: StoredLife) -> set[tuple[str, date]]:
    found = select(Deadline.kind, Deadline.due_on).where(Deadline.dossier == life.id)
    return {(kind, due_on) for kind, due_on in session.execute(found)}


def test_deadlines_are_rewritten_at_each_act(session, draft):
    before = deadlines(session, draft)
    assert before
    assert {kind for kind, _ in before} == {"draft_reminder", "retention_over"}
    draft.to(State.SUBMITTED)
    examined = deadlines(session, draft)
    assert {kind for kind, _ in examined} == {"receipt_watch", "silence_alert", "silence_elapsed"}
    draft.later(2).do("request_pieces", Hat.INSTRUCTOR, keys=(draft.dossier.pieces[0].key,), days=15)
    asked = deadlines(session, draft)
    last_day = draft.today + timedelta(days=15)
    assert ("pieces_last_day", last_day) in asked or ("pieces_last_day", last_day + timedelta(days=1)) in asked
    assert {d for d in asked if d[0] == "silence_elapsed"} != {d for d in examined if d[0] == "silence_elapsed"}
    draft.to(State.NOTIFIED)
    after = {kind for kind, _ in deadlines(session, draft)}
    assert "pieces_last_day" not in after
    assert "silence_elapsed" in after  # until the receipt of the decision is proven
    draft.do("record_proof", Hat.INSTRUCTOR)
    assert "silence_elapsed" not in {kind for kind, _ in deadlines(session, draft)}


def test_deadlines_are_instants_of_the_authority(session):
    life = stored_life(session, "guyane-2020").to(State.SUBMITTED)
    found = session.scalars(select(Deadline).where(Deadline.dossier == life.id)).all()
    assert {d.due_at.hour for d in found} == {3}  # midnight in Cayenne
