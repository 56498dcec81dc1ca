"""Where a letter stands: the same in the database and in the pages, whatever happened to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backoffice.services.documents import Shelf
from backoffice.services.effects import deliver
from backoffice.services.letters import batches, sending, stages
from backoffice.services.letters.making import LetterRefusedError
from backoffice.store.base import writing
from backoffice.store.letter_lists import batch_progress, counts, listed, of_dossier, waiting
from backoffice.store.letters import FILED, Letter, LetterStep, letter_step
from backoffice.store.mails import LetterDue
from backoffice.store.outbox import OutboxRow
from backoffice.store.scope import Scope
from backoffice.web.letter_steps import WORDS, lead_of, stage_of
from tests.backoffice.hands import Time, Told, hands
from tests.backoffice.stored import MACHINE
from tests.letters.office import Office, office
from workflows.letters.kinds import KINDS
from workflows.states import State

S = LetterStep
REGION = Scope(region="75")
ROW = "a row of the outbox"
VALIDATED = {"validated_at": MACHINE, "validated_by": "iris", "stamp": {}}
MADE = {**VALIDATED, "year": 2024, "number": 1, "generated_at": MACHINE, "sha256": "a" * 64, "size": 1}
SENT = {"sent_at": MACHINE, "sent_on": MACHINE.date(), "sent_by": "iris"}

#: What a letter has, whether the row of the outbox that works on it was given up, and where it then stands.
CASES: tuple[tuple[dict[str, Any], bool, LetterStep], ...] = (
    ({"voided_at": None}, False, S.VALIDATE),
    (VALIDATED, False, S.MAKE),
    ({**VALIDATED, "making": ROW}, False, S.BEING_MADE),
    ({**VALIDATED, "making": ROW}, True, S.MAKE),
    (MADE, False, S.SEND),
    ({**MADE, "making": ROW}, False, S.SEND),
    ({**MADE, "sending": ROW, "channel": "email"}, False, S.LEAVING),
    ({**MADE, "sending": ROW, "channel": "email"}, True, S.SEND),
    ({**MADE, **SENT, "channel": "post"}, False, S.SENT),
    ({**MADE, **SENT, "channel": "email", "sending": ROW}, False, S.SENT),
    ({**MADE, **SENT, "channel": FILED}, False, S.FILED),
    ({"voided_at": MACHINE, "voided_by": "iris", "voided_for": "Le dossier a changé."}, False, S.VOID),
    ({**MADE, "voided_at": MACHINE, "voided_by": "iris", "voided_for": "Le dossier a changé."}, False, S.VOID),
)


@pytest.fixture
def desk(session: Session, shelf: Shelf) -> Office:
    made = office(session, shelf, "na-2024")
    made.life.to(State.NOTIFIED)
    return made


def row_of(desk: Office, *, dead: bool) -> UUID:
    entry = desk.session.scalar(select(LetterDue.entry).where(LetterDue.dossier == desk.life.id))
    row = OutboxRow(
        id=uuid4(),
        dedupe_key=str(uuid4()),
        dossier=desk.life.id,
        entry=entry,
        queue="work",
        kind="letter_make",
        name="L8",
        details={},
        at=MACHINE,
        created_at=MACHINE,
        next_attempt_at=MACHINE,
        dead_at=MACHINE if dead else None,
    )
    desk.session.add(row)
    desk.session.flush()
    return row.id


def test_a_letter_is_at_the_same_step_in_python_and_in_sql(desk: Office) -> None:
    letter = desk.drafted("L8")
    session = desk.session
    found = []
    for values, dead, _ in CASES:
        row = row_of(desk, dead=dead)
        given = {name: row if value == ROW else value for name, value in values.items()}
        session.execute(update(Letter).where(Letter.id == letter).values(given))
        session.expire_all()
        in_sql = session.scalar(select(letter_step()).where(Letter.id == letter))
        found.append((LetterStep(in_sql or ""), session.get_one(Letter, letter).step))
        session.rollback()
    assert found == [(step, step) for _, _, step in CASES]
    assert {step for _, _, step in CASES} | {S.PREPARE} == set(LetterStep) == WORDS.keys()


@pytest.mark.parametrize(
    ("values", "words", "lead"),
    [
        ({"drafted_at": MACHINE}, "préparé, à valider", "Préparé, à valider par une autre personne."),
        ({**MADE, **SENT, "channel": FILED}, "versé au dossier le", "Versé au dossier le"),
        ({**MADE, **SENT, "channel": "post"}, "envoyé le", "il ne change plus."),
        ({"voided_at": MACHINE, "voided_for": "Le modèle a changé."}, "retiré", "Retiré\u00a0: Le modèle a changé."),
    ],
)
def test_the_words_of_a_step_are_those_of_every_page(values: dict[str, Any], words: str, lead: str) -> None:
    letter = Letter(**values)
    assert stage_of(letter).startswith(words)
    assert lead in lead_of(letter, by_another=True)


def at(desk: Office, *steps: LetterStep) -> set[UUID]:
    """What the list shows at some steps, which its count and « Toutes » say too."""
    shown = {x.letter.id if x.letter else x.due.id for x in listed(desk.session, REGION, KINDS, steps, limit=50)}
    number = sum(n for (step, _), n in counts(desk.session, REGION, KINDS).items() if step in steps)
    assert number == len(shown)
    assert {found for found, _ in waiting(desk.session, REGION, KINDS, steps, None, 50)} == shown
    desk.session.rollback()
    return shown


def test_a_letter_handed_over_waits_for_nobody_until_it_is_given_up(desk: Office) -> None:
    letter = desk.signed("L8")
    assert at(desk, S.SEND) == {letter}
    row = sending.send_by_mail(desk.session, letter, desk.head, desk.life.times)
    assert (at(desk, S.SEND), at(desk, S.LEAVING)) == (set(), {letter})
    with writing(desk.session):
        desk.session.execute(update(OutboxRow).where(OutboxRow.id == row).values(dead_at=MACHINE))
    assert (at(desk, S.SEND), at(desk, S.LEAVING)) == ({letter}, set())
    sending.send_on_paper(desk.session, letter, desk.head, desk.life.times, channel="post", on=desk.life.today)
    assert at(desk, S.SENT) == {letter}


def test_a_letter_that_failed_in_a_batch_may_be_asked_for_again(desk: Office, shelf: Shelf) -> None:
    letter, region = desk.validated("L8"), desk.life.call.authority.region
    first = batches.make_many(desk.session, [letter], region, desk.head, desk.life.times)
    assert (at(desk, S.MAKE), at(desk, S.BEING_MADE)) == (set(), {letter})
    with writing(desk.session):
        desk.session.execute(update(OutboxRow).where(OutboxRow.kind == "letter_make").values(dead_at=MACHINE))
    assert at(desk, S.MAKE) == {letter}
    batches.make_many(desk.session, [letter], region, desk.head, desk.life.times)
    mine = hands(Time(desk.life.now, desk.life.machine), Told())
    mine = replace(mine, settings=replace(mine.settings, home=shelf.folder.parent))
    waits = select(OutboxRow.id).where(OutboxRow.kind == "letter_make", OutboxRow.done_at.is_(None))
    assert [deliver(desk.session, row, mine) for row in list(desk.session.scalars(waits))] == [True]
    assert at(desk, S.SEND) == {letter}
    progress = batch_progress(desk.session, region, first)
    assert progress is not None
    assert progress.waiting == 0


def test_what_left_is_still_listed_once_its_decision_is_taken_back(desk: Office) -> None:
    left = desk.made("L8")
    sending.send_on_paper(desk.session, left, desk.head, desk.life.times, channel="post", on=desk.life.today)
    waits = desk.drafted("L8", "candidate")
    with writing(desk.session):
        desk.session.execute(update(LetterDue).values(cancelled_at=MACHINE))
    assert (at(desk, S.SENT), at(desk, S.VALIDATE), at(desk, S.PREPARE)) == ({left}, set(), set())
    assert [[one.id for one in letters] for _, letters in of_dossier(desk.session, desk.life.id)] == [[left]]
    assert waits not in at(desk, *LetterStep)


def test_a_letter_that_was_made_has_no_other_picture_than_its_file(desk: Office) -> None:
    letter = desk.validated("L8")
    assert stages.preview_of(desk.session, desk.letter(letter))[0].startswith(b"\x89PNG")
    stages.make(desk.session, letter, desk.head.id, desk.life.times, desk.shelf)
    for look in (stages.preview_of, stages.draft_pdf):
        with pytest.raises(LetterRefusedError, match="lisez son fichier"):
            look(desk.session, desk.letter(letter))
