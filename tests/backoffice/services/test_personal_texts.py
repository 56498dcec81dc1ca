"""Texts about people: kept beside the journal, never in it, and erasable without breaking it."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.services.act import Done
from backoffice.services.doctor import examine
from backoffice.services.personal_texts import clear, erase
from backoffice.store.base import Base
from backoffice.store.dossiers import DossierRow, JournalEntry, PersonalText
from tests.backoffice.stored import MACHINE, StoredLife, stored_life
from tests.builders import Hat, rpps
from workflows.states import State

PRIVATE = "Le docteur Bleuet quitte le service pour raison de famille"


def everything_but(session: Session, *tables: str) -> str:
    """All that is stored outside some tables, as one text."""
    session.rollback()
    found = [
        [list(map(str, row)) for row in session.execute(table.select())]
        for name, table in Base.metadata.tables.items()
        if name not in tables
    ]
    return json.dumps(found, ensure_ascii=False)


def texts(session: Session) -> list[PersonalText]:
    session.rollback()
    return list(session.scalars(select(PersonalText).order_by(PersonalText.seq)))


@pytest.fixture
def life(session) -> StoredLife:
    return stored_life(session, "na-2024").to(State.COMMITTEE)


def test_a_written_reason_is_kept_beside_the_journal_and_nowhere_else(session, life):
    life.do("take_back", Hat.INSTRUCTOR, reason=PRIVATE)
    assert PRIVATE in {t.text for t in texts(session)}
    assert PRIVATE not in everything_but(session, "personal_text")


def test_the_journal_holds_a_reference_and_a_digest(session, life):
    life.do("take_back", Hat.INSTRUCTOR, reason=PRIVATE)
    kept = next(t for t in texts(session) if t.text == PRIVATE)
    entry = session.scalars(select(JournalEntry).order_by(JournalEntry.seq.desc())).first()
    assert entry is not None
    assert entry.inputs["reason"] == f"txt:{kept.id}:{kept.digest[:32]}"
    assert (kept.dossier, kept.seq) == (life.id, entry.seq)
    assert re.fullmatch(r"[0-9a-f]{32}", kept.salt)


def test_the_same_text_twice_gives_two_digests(session, life):
    life.do("take_back", Hat.INSTRUCTOR, reason=PRIVATE)
    life.do("identify_candidate", Hat.INSTRUCTOR, rpps=rpps(7), reason=PRIVATE)
    kept = [t for t in texts(session) if t.text == PRIVATE]
    assert len({t.digest for t in kept}) == len(kept) == 2


def test_the_number_of_a_doctor_never_enters_the_facts_nor_the_journal(session):
    life = stored_life(session, "na-2024")
    number = life.profile.candidate.rpps
    assert number is not None
    life.to(State.SUBMITTED).do("identify_candidate", Hat.INSTRUCTOR, rpps=rpps(77))
    stored = everything_but(session, "personal_text", "person")
    assert number not in stored
    assert rpps(77) not in stored
    assert {number, rpps(77)} <= {t.text for t in texts(session)}


def test_what_is_refused_keeps_no_text(session, life):
    before = len(texts(session))
    answer = life.ask("select", Hat.HEAD, reason=PRIVATE)
    assert not isinstance(answer, Done)
    assert len(texts(session)) == before


def test_a_reference_already_in_the_facts_goes_through_unchanged(session):
    life = stored_life(session, "na-2024")
    known, before = life.dossier.candidate, len(texts(session))
    assert known is not None
    assert known.rpps is not None
    assert known.rpps.startswith("txt:")
    life.do("edit_draft", Hat.CANDIDATE, candidate=known)
    assert life.dossier.candidate == known
    assert len(texts(session)) == before


def test_naming_the_text_of_another_dossier_does_not_read_it(session, life):
    other = stored_life(session, "na-2024")
    stolen = other.dossier.candidate.rpps if other.dossier.candidate else ""
    assert stolen
    life.do("take_back", Hat.INSTRUCTOR, reason=stolen)
    kept = next(t for t in texts(session) if t.dossier == life.id and t.text == stolen)
    entry = session.scalars(
        select(JournalEntry).where(JournalEntry.dossier == life.id).order_by(JournalEntry.seq.desc())
    ).first()
    assert entry is not None
    assert entry.inputs["reason"].startswith(f"txt:{kept.id}:")


def test_erasing_keeps_the_chain_the_fold_and_the_doctor_pleased(session, life):
    life.do("take_back", Hat.INSTRUCTOR, reason=PRIVATE)
    heads = session.scalars(select(DossierRow.head)).all()
    erased = erase(session, life.id, MACHINE)
    assert erased == len(texts(session)) > 1
    assert {(t.text, t.salt, t.erased_at) for t in texts(session)} == {(None, "", MACHINE)}
    assert PRIVATE not in everything_but(session)
    assert session.scalars(select(DossierRow.head)).all() == heads
    assert examine(session) == ()


def test_erasing_one_dossier_leaves_the_others(session, life):
    other = stored_life(session, "na-2024")
    erase(session, life.id, MACHINE)
    assert {t.erased_at for t in texts(session) if t.dossier == other.id} == {None}


def test_erasing_twice_erases_nothing_more(session, life):
    erase(session, life.id, MACHINE)
    assert erase(session, life.id, MACHINE) == 0


def test_a_life_goes_on_after_an_erasure(session, life):
    erase(session, life.id, MACHINE)
    life.to(State.SELECTED).do("revert", Hat.HEAD)
    assert life.dossier.state is State.COMMITTEE
    assert examine(session) == ()


def test_a_reference_gives_its_text_until_it_is_erased(session, life):
    reference = life.dossier.candidate.rpps if life.dossier.candidate else ""
    assert reference
    assert clear(session, reference) == life.profile.candidate.rpps
    assert clear(session, "un texte") == "un texte"
    erase(session, life.id, MACHINE)
    session.expire_all()
    assert clear(session, reference) == ""
