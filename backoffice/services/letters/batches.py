"""Making many letters: one row of the outbox each, that the worker carries out; how far it is can be read any time."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.services.act import Times
from backoffice.services.letters.making import LetterRefusedError
from backoffice.services.letters.sources import caused_by
from backoffice.services.letters.stages import given_up
from backoffice.store.base import writing
from backoffice.store.letters import Letter, LetterBatch, LetterStep, letter_step
from backoffice.store.mails import LetterDue
from backoffice.store.outbox import LETTER_MAKE, OutboxRow
from workflows.actors import Actor

#: Letters of one batch.
MOST = 1000


def make_many(session: Session, letters: Collection[UUID], region: str | None, by: Actor, times: Times) -> UUID:
    """Ask for the files of validated letters; gives the batch. Those that are made or asked for are left out.

    Raises LetterRefusedError when none is left.
    """
    with writing(session):
        rows = session.execute(
            select(Letter, LetterDue)
            .join(LetterDue, LetterDue.id == Letter.due)
            .where(
                Letter.id.in_(list(letters)[:MOST]),
                letter_step() == LetterStep.MAKE.value,
                LetterDue.cancelled_at.is_(None),
            )
            .order_by(Letter.validated_at, Letter.id)
            .with_for_update(of=Letter)
        ).all()
        if not rows:
            raise LetterRefusedError("Aucun de ces courriers n’attend d’être produit.")
        batch = LetterBatch(id=uuid4(), region=region, asked_by=by.id, asked_at=times.legal, letters=len(rows))
        session.add(batch)
        asked = [(letter, _row(letter, due, times)) for letter, due in rows if given_up(session, letter.making, times)]
        session.add_all(row for _, row in asked)
        session.flush()
        for letter, row in asked:
            letter.batch, letter.making = batch.id, row.id
        return batch.id


def _row(letter: Letter, due: LetterDue, times: Times) -> OutboxRow:
    return OutboxRow(
        id=uuid4(),
        dedupe_key=f"letter:{letter.id}:make:{uuid4()}",
        **caused_by(due),
        queue="work",
        kind=LETTER_MAKE,
        name=letter.code,
        addressee=None,
        details={"letter": str(letter.id)},
        at=times.legal,
        created_at=times.machine,
        next_attempt_at=times.machine,
    )
