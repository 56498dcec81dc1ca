"""The doctor: pleased with a sound database, and naming each kind of damage where it is."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Uuid, bindparam, select, text, update
from sqlalchemy.orm import Session

from backoffice.services.doctor import CHECKS, examine, examine_now
from backoffice.services.doctor_now import TOO_LONG, check_connections, forgotten, given_up
from backoffice.services.doctor_sent import repayments_of_one_cause
from backoffice.services.facts import opened, view_of
from backoffice.store.base import canonical, db
from backoffice.store.calls import QuotaRow
from backoffice.store.dossiers import Command, DossierRow, JournalEntry
from backoffice.store.journal import GENESIS, entry_hash, first_broken
from backoffice.store.mails import SentMail
from backoffice.store.outbox import OutboxRow
from backoffice.store.schedule import DueNotice
from tests.backoffice.damage import harm, make_bare, unguard
from tests.backoffice.services.test_door import rows
from tests.backoffice.stored import MACHINE, StoredLife, stored_life
from tests.builders import Hat, actor
from workflows.acts.award import LapseGround
from workflows.decide import explain
from workflows.parts.ledger import LedgerEntry
from workflows.parts.movements import Movement, MovementKind
from workflows.states import State


@pytest.fixture
def life(session) -> StoredLife:
    """A selected dossier, beside another one that nobody harms."""
    stored_life(session, "idf-2025").to(State.COMPLETE)
    found = stored_life(session, "na-2024").to(State.COMMITTEE)
    found.on(found.profile.judged).do("record_opinion", Hat.INSTRUCTOR, once="k1")
    return found.on(found.profile.decided).do("select", Hat.HEAD, reason="motif écrit")


@pytest.fixture
def unguarded(session: Session) -> Session:
    """The session of somebody who has every right on the database and writes behind our back."""
    return unguard(session)


def found(session: Session) -> set[tuple[str, str]]:
    return {(ailment.check, ailment.where) for ailment in examine(session)}


def test_the_doctor_is_pleased_with_a_sound_database_and_only_reads(session, life):
    before = rows(session)
    assert examine(session) == ()
    assert rows(session) == before


@dataclass(frozen=True)
class Damage:
    """A statement that harms a dossier, and the check that must notice it."""

    check: str
    statement: str


DAMAGES = {
    "author": Damage("chaîne", "UPDATE journal SET author = 'personne' WHERE dossier = :id AND seq = 3"),
    "role": Damage("chaîne", "UPDATE journal SET author_role = 'dg' WHERE dossier = :id AND seq = 3"),
    "act": Damage("chaîne", "UPDATE journal SET act = 'judge_piece' WHERE dossier = :id AND seq = 2"),
    "instant": Damage("chaîne", "UPDATE journal SET at = recorded_at WHERE dossier = :id AND seq = 3"),
    "changes": Damage("chaîne", "UPDATE journal SET changes = '{}' WHERE dossier = :id AND seq = 3"),
    "inputs": Damage("chaîne", "UPDATE journal SET inputs = '{}' WHERE dossier = :id AND seq = 3"),
    "findings": Damage("chaîne", "UPDATE journal SET findings = '[1]' WHERE dossier = :id AND seq = 3"),
    "evaluation": Damage("chaîne", "UPDATE journal SET evaluation = '[1]' WHERE dossier = :id AND seq = 3"),
    "rules of the day": Damage("chaîne", "UPDATE journal SET code_version = '9' WHERE dossier = :id AND seq = 3"),
    "link": Damage("chaîne", "UPDATE journal SET previous = 'none' WHERE dossier = :id AND seq = 3"),
    "entry gone": Damage("chaîne", "DELETE FROM journal WHERE dossier = :id AND seq = 3"),
    "last entry gone": Damage("chaîne", "DELETE FROM journal WHERE dossier = :id AND act = 'select'"),
    "head": Damage("chaîne", "UPDATE dossier SET head = 'none' WHERE id = :id"),
    "version": Damage("chaîne", "UPDATE dossier SET version = version + 1 WHERE id = :id"),
    "facts": Damage("journal", "UPDATE dossier SET facts = replace(facts, 'geriatrie', 'pediatrie') WHERE id = :id"),
    "facts of no dossier": Damage("journal", "UPDATE dossier SET facts = '{}' WHERE id = :id"),
    "facts that are no data": Damage("journal", "UPDATE dossier SET facts = 'rien' WHERE id = :id"),
    "state": Damage("colonnes", "UPDATE dossier SET state = 'selected' WHERE id = :id"),
    "rank": Damage("colonnes", "UPDATE dossier SET rank = 9 WHERE id = :id"),
    "call": Damage("colonnes", "UPDATE dossier SET call = 'idf-2025' WHERE id = :id"),
    "money": Damage("argent", "UPDATE dossier SET delegated_cents = 1, repaid_cents = 2 WHERE id = :id"),
    "place gone": Damage("places", "DELETE FROM place WHERE dossier = :id"),
    "deadlines": Damage("échéances", "UPDATE dossier SET agenda = '' WHERE id = :id"),
    "site gone": Damage("établissements", "DELETE FROM dossier_site WHERE dossier = :id"),
    "depositor": Damage("établissements", "UPDATE dossier_site SET deposits = NOT deposits WHERE dossier = :id"),
    "late filing": Damage("dépôts", "UPDATE dossier SET received_at = '2026-01-01 00:00:00+00:00' WHERE id = :id"),
    "filing refused in time": Damage(
        "dépôts",
        "INSERT INTO late_attempt (id, dossier, at, author, draft_digest)"
        " VALUES (:id, :id, '2024-06-01 10:00:00', 'x', 'x')",
    ),
    "former doctor": Damage("médecins", "INSERT INTO former_doctor (dossier, person) VALUES (:id, :id)"),
}


def test_each_kind_of_damage_is_named_on_the_dossier_it_was_done_to(unguarded, life):
    life.do("notify", Hat.HEAD)
    number, missed, wrongly = life.dossier.number, [], []
    for name, damage in DAMAGES.items():
        unguarded.execute(text(damage.statement).bindparams(bindparam("id", life.id, Uuid())))
        ailments = found(unguarded)
        unguarded.rollback()
        missed += [name] if (damage.check, number) not in ailments else []
        wrongly += [name] if any(where != number for _, where in ailments) else []
    assert missed == []
    assert wrongly == []
    assert examine(unguarded) == ()


def test_the_broken_entry_is_named(unguarded, life):
    harm(unguarded, DAMAGES["author"].statement, life.id)
    (ailment,) = [a for a in examine(unguarded) if a.check == "chaîne"]
    assert "entrée 3" in ailment.what


def test_data_that_cannot_be_read_stops_one_check_and_not_the_others(unguarded, life):
    harm(unguarded, "UPDATE journal SET changes = 'rien' WHERE dossier = :id", life.id)
    harm(unguarded, "UPDATE command SET seq = 99")
    assert {("journal", "base"), ("demandes", "k1")} <= found(unguarded)


def entries_of(session: Session, life: StoredLife) -> list[JournalEntry]:
    return list(session.scalars(select(JournalEntry).where(JournalEntry.dossier == life.id).order_by(JournalEntry.seq)))


def forge(session: Session, life: StoredLife, seq: int, **changes: Any) -> None:
    """Rewrite an entry and the whole chain after it, as somebody who knows how it is made would."""
    entries = entries_of(session, life)
    session.expunge_all()
    for name, value in changes.items():
        setattr(entries[seq - 1], name, value)
    previous = GENESIS
    for entry in entries:
        entry.previous = previous
        entry.hash = previous = entry_hash(entry)
        values = {"hash": entry.hash, "previous": entry.previous, **(changes if entry.seq == seq else {})}
        session.execute(update(JournalEntry).where(JournalEntry.id == entry.id).values(values))
    session.execute(update(DossierRow).where(DossierRow.id == life.id).values(head=previous))
    session.commit()
    session.expire_all()


def test_a_chain_rewritten_with_its_head_must_still_give_the_facts(unguarded, life):
    changes = entries_of(unguarded, life)[0].changes
    forge(unguarded, life, 1, changes={**changes, "specialty": "pediatrie"})
    assert found(unguarded) == {("journal", life.dossier.number)}


def test_a_dossier_stored_before_its_rules_got_a_member_is_sound(unguarded, life):
    changes = {**entries_of(unguarded, life)[0].changes}
    del changes["renewed_by"]
    facts = json.loads(unguarded.scalar(select(DossierRow.facts).where(DossierRow.id == life.id)) or "")
    del facts["renewed_by"]
    forge(unguarded, life, 1, changes=changes)
    harm(unguarded, update(DossierRow).where(DossierRow.id == life.id).values(facts=canonical(facts)))
    assert examine(unguarded) == ()


def test_a_chain_rewritten_with_its_head_must_still_follow_the_table_of_acts(unguarded, life):
    forge(unguarded, life, len(entries_of(unguarded, life)), act="submit")
    assert found(unguarded) == {("états", life.dossier.number)}


def test_a_chain_rewritten_without_its_head_is_seen(unguarded, life):
    head = unguarded.scalar(select(DossierRow.head).where(DossierRow.id == life.id))
    forge(unguarded, life, 3, author="personne")
    harm(unguarded, update(DossierRow).where(DossierRow.id == life.id).values(head=head))
    assert found(unguarded) == {("chaîne", life.dossier.number)}


def test_the_first_broken_entry_of_a_chain_is_the_one_that_was_touched(session, life):
    entries = entries_of(session, life)
    session.expunge_all()
    assert first_broken(entries) is None
    entries[4].author = "personne"
    broken = first_broken(entries)
    assert broken is not None
    assert broken.seq == 5
    assert first_broken(entries[1:]) is entries[1]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM outbox WHERE name = 'L1'",
        "UPDATE outbox SET entry = (SELECT id FROM journal WHERE seq = 1 LIMIT 1) WHERE name = 'L1'",
    ],
)
def test_an_effect_without_its_cause_or_a_cause_without_its_effect_is_seen(unguarded, life, statement):
    harm(unguarded, statement)
    assert "effets" in {check for check, _ in found(unguarded)}


def test_an_effect_whose_entry_is_gone_is_seen(unguarded, life):
    other = uuid4()
    row = unguarded.scalar(select(OutboxRow.id).where(OutboxRow.name == "L1").limit(1))
    harm(unguarded, update(OutboxRow).where(OutboxRow.id == row).values(entry=other))
    assert ("effets", str(other)) in found(unguarded)


def test_a_quota_with_more_places_taken_than_it_holds_is_seen(unguarded, life):
    place = life.dossier.place
    assert place is not None
    harm(unguarded, update(QuotaRow).where(QuotaRow.call == "na-2024").values(places=0))
    assert found(unguarded) == {("places", f"na-2024 {quota}") for quota in place.quotas}


@pytest.mark.parametrize(
    "statement", ["UPDATE personal_text SET text = 'autre chose'", "UPDATE personal_text SET text = NULL"]
)
def test_a_text_that_is_not_the_one_that_was_kept_is_seen(unguarded, life, statement):
    harm(unguarded, statement)
    assert {check for check, _ in found(unguarded)} == {"textes"}


def test_a_command_without_its_entry_is_seen(unguarded, life):
    harm(unguarded, "UPDATE command SET seq = 99")
    assert found(unguarded) == {("demandes", "k1")}


def test_two_commands_for_one_entry_are_seen(unguarded, life):
    row = unguarded.get_one(Command, ("k1", "lavande-azur"))
    other = Command(key="k2", author=row.author, request="r", dossier=row.dossier, seq=row.seq, at=row.at)
    unguarded.add(other)
    unguarded.commit()
    assert found(unguarded) == {("demandes", str(life.id))}


def kept_mail(row: UUID, life: StoredLife) -> SentMail:
    mail = {"message_id": f"<{row}@temps-partage.example>", "recipients": [], "subject": "s", "body": "b"}
    return SentMail(outbox=row, dossier=life.id, sent_at=MACHINE, **mail)


def test_a_mail_that_left_and_is_not_kept_or_is_kept_before_it_left_or_twice_is_seen(unguarded, life):
    row = unguarded.scalars(select(OutboxRow.id).where(OutboxRow.name == "L1", OutboxRow.dossier == life.id)).one()
    of_row = update(OutboxRow).where(OutboxRow.id == row)
    harm(unguarded, of_row.values(done_at=MACHINE, started_at=MACHINE))
    assert found(unguarded) == {("courriels", str(row))}
    unguarded.add(kept_mail(row, life))
    unguarded.commit()
    assert examine(unguarded) == ()
    harm(unguarded, of_row.values(done_at=None))
    assert found(unguarded) == {("courriels", f"<{row}@temps-partage.example>")}
    harm(unguarded, of_row.values(done_at=MACHINE))
    unguarded.add(kept_mail(row, life))
    unguarded.commit()
    assert found(unguarded) == {("courriels", f"<{row}@temps-partage.example>"), ("courriels", str(row))}


def test_a_deadline_noticed_twice_is_seen(unguarded, life):
    make_bare(unguarded, "due_notice")
    for _ in range(2):
        notice = DueNotice(dossier=life.id, kind="pieces_reminder", due_on=life.today, noticed_at=MACHINE)
        unguarded.add(notice)
    unguarded.commit()
    assert found(unguarded) == {("avis", f"{life.id} pieces_reminder {life.today}")}


def test_two_repayments_for_one_cause_are_seen(session):
    life = stored_life(session, "na-2024").to(State.CLAWBACK)
    view = life.dossier
    assert list(repayments_of_one_cause("N", view)) == []
    doubled = replace(view, repayments=(*view.repayments, *view.repayments))
    assert [a.check for a in repayments_of_one_cause("N", doubled)] == ["argent"]


def test_what_came_back_is_bounded_by_what_was_paid_or_delegated_when_payments_were_not_written(session):
    view = stored_life(session, "na-2024").to(State.CLAWBACK).dossier
    (asked,) = view.repayments
    assert view.paid > 0

    def ailing(amount: Decimal, ledger: tuple[LedgerEntry, ...]) -> bool:
        back = replace(asked, movements=(Movement(MovementKind.PAID, amount, view.opened_on),))
        return [*repayments_of_one_cause("N", replace(view, repayments=(back,), ledger=ledger))] != []

    cent = Decimal("0.01")
    assert [ailing(view.paid, view.ledger), ailing(view.paid + cent, view.ledger)] == [False, True]
    assert [ailing(view.delegated, ()), ailing(view.delegated + cent, ())] == [False, True]


# What is under way.


def test_an_effect_that_nobody_carries_out_is_said_after_a_while(session, life):
    assert examine_now(session, MACHINE) == ()
    due = {row.id for row in session.scalars(select(OutboxRow).where(OutboxRow.next_attempt_at == MACHINE))}
    late = [a for a in examine_now(session, MACHINE + TOO_LONG + timedelta(seconds=1)) if a.check == "attente"]
    assert {a.where for a in late} == {str(row) for row in due} != set()


def test_a_row_under_lease_is_not_late_and_one_given_up_waits_for_a_person(session, life):
    later = MACHINE + timedelta(hours=1)
    harm(session, update(OutboxRow).values(lease=uuid4(), lease_until=later))
    assert examine_now(session, later - timedelta(minutes=1)) == ()
    row = session.scalars(select(OutboxRow.id)).first()
    free = {"lease": None, "lease_until": None}
    harm(session, update(OutboxRow).where(OutboxRow.id == row).values(dead_at=MACHINE, last_error="550 non", **free))
    assert [(a.where, a.what.endswith("550 non")) for a in given_up(session)] == [(str(row), True)]


def test_a_transaction_left_open_is_said(session, monkeypatch):
    if session.get_bind().dialect.name != "postgresql":
        assert list(check_connections(session)) == []
        return
    monkeypatch.setattr("backoffice.services.doctor_now.IDLE_SECONDS", 0)
    with db.engine.connect() as left_open:
        left_open.execute(text("SELECT 1"))
        assert [a.check for a in check_connections(session)] == ["connexions"]
    session.rollback()
    assert list(check_connections(session)) == []


def stuck(session: Session) -> StoredLife:
    """A dossier given notice by a letter that nothing is kept of, and nothing to come: see `workflows.onward`."""
    life = stored_life(session, "na-2024").to(State.NOTIFIED).later(60)
    life.do("give_notice", Hat.HEAD, ground=LapseGround.NO_START)
    view = replace(life.dossier, receipts=())
    harm(session, update(DossierRow).where(DossierRow.id == life.id).values(facts=opened(view)))
    return life


def test_a_dossier_that_nobody_can_carry_further_is_said(unguarded):
    life = stuck(unguarded)
    sound = stored_life(unguarded, "idf-2025").to(State.COMPLETE)
    assert list(forgotten(unguarded, life.now)) == []  # a deadline is to come
    harm(unguarded, "DELETE FROM deadline")
    (found,) = forgotten(unguarded, life.now)
    assert (found.check, found.where) == ("sans suite", life.dossier.number)
    assert possible_on(unguarded, life) >= {"pause_reminders", "file_message", "withdraw"}
    harm(unguarded, "UPDATE dossier SET facts = '{}' WHERE id = :id", sound.id)
    assert [a.where for a in forgotten(unguarded, life.now)] == [life.dossier.number]


def possible_on(session: Session, life: StoredLife) -> set[str]:
    """The acts that the page of a dossier offers an instructor or a head."""
    view = view_of(session.get_one(DossierRow, life.id))
    found = (explain(view, by=actor(hat, view), call=life.call, now=life.now) for hat in (Hat.INSTRUCTOR, Hat.HEAD))
    return {one.act.name for answers in found for one in answers if one.allowed}


def test_every_check_is_proved_by_a_damage_here():
    proved = {damage.check for damage in DAMAGES.values()} | {"effets", "textes", "demandes", "états"}
    proved |= {"courriels", "avis", "lettres", "modèles"}
    assert set(CHECKS) <= proved
