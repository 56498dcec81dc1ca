"""What the credits of a post have the machine tell: every tranche that is due, and to the accountant where asked."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.callfiles import CALLS, quota_sources, read_text
from backoffice.services import due
from backoffice.services.addresses import Recipient, recipients, recipients_of_party
from backoffice.services.effects import deliver
from backoffice.services.publishing import CallNotReadyError, load_version
from backoffice.store.calls import CallVersion
from backoffice.store.outbox import OutboxRow
from tests.backoffice.hands import Time, Told, hands
from tests.backoffice.stored import MACHINE, StoredLife, stored_life
from tests.builders import COMPLEMENTS, rewritten
from workflows.effects import Addressee
from workflows.jobs import Job
from workflows.states import State

#: The start of 1 November 2024 is known that day: two tranches are due at once (A48).
LATE = datetime(2025, 1, 20, 12, tzinfo=UTC)
BOX = "agence-comptable@ars-na.example"
TO_THE_SERVICE = 'to = { value = ["service"], default = "J8" }'
TO_THE_ACCOUNTANT = 'to = { value = ["service", "accountant"], choice = "J8", note = "Note du 4 mars 2024." }'


@pytest.fixture
def life(session: Session) -> StoredLife:
    found = stored_life(session, "na-2024").to(State.IN_POST).later(3)
    assert found.dossier.started_on == date(2024, 11, 1)
    return found


def load(session: Session, *, address: str | None) -> CallVersion:
    complement = read_text(COMPLEMENTS / "na-2024.toml")
    if address:
        complement += f'\n[authority]\naccountant_email = "{address}"\n'
    text = read_text(CALLS / "na-2024.toml").replace(TO_THE_SERVICE, TO_THE_ACCOUNTANT)
    assert TO_THE_ACCOUNTANT in text
    return load_version(session, text, sources=quota_sources(), by="menthe-grise", now=MACHINE, complement=complement)


def run(session: Session) -> list[OutboxRow]:
    """The mails that the job of the credits asks for."""
    due.run(session, Job.J8, legal=LATE, machine=MACHINE, by="clock")
    return list(session.scalars(select(OutboxRow).where(OutboxRow.kind == "digest").order_by(OutboxRow.addressee)))


def test_every_tranche_that_is_due_is_told_with_its_own_amount(session, life):
    (row,) = run(session)
    mailer = Told()
    assert deliver(session, row.id, hands(Time(LATE), mailer))
    (mail,) = mailer.sent
    body = mail.body.replace("\u202f", " ").replace("\u00a0", " ")
    assert "6 499,58 € sur l’exercice 2025" in body  # that of 2024, which is over: only the year that runs pays
    assert "exercice 2024" not in body
    assert "38 997,48 € sur l’exercice 2025" in body
    assert "exercice 2026" not in body


def test_the_accountant_is_told_at_the_address_of_the_call(session, life):
    load(session, address=BOX)
    rows = run(session)
    assert [(row.addressee, row.party) for row in rows] == [("accountant", None), ("service", None)]
    mailer = Told()
    assert deliver(session, rows[0].id, hands(Time(LATE), mailer))
    (mail,) = mailer.sent
    assert [recipient.email for recipient in mail.recipients] == [BOX]
    assert "exercice 2025" in mail.body.replace("\u00a0", " ")


def test_a_call_that_gives_no_address_of_the_accountant_is_not_published(session, life):
    with pytest.raises(CallNotReadyError) as caught:
        load(session, address=None)
    assert "accountant_email dans [authority]" in str(caught.value)
    assert len(session.scalars(select(CallVersion)).all()) == 1
    load(session, address=BOX)
    assert len(session.scalars(select(CallVersion)).all()) == 2


def test_the_accountant_is_reached_under_either_road_and_only_at_the_address_given(session, life):
    call = rewritten(life.call, "authority.accountant_email", BOX)
    to = Addressee.ACCOUNTANT.value
    found = (Recipient("Agent comptable", BOX, mailbox=True),)
    assert recipients(session, life.dossier, call, to, {}).recipients == found
    assert recipients_of_party(session, call, to, "").recipients == found
    assert recipients(session, life.dossier, life.call, to, {}).recipients == ()
