"""Mails that come to the machine: each is taken once, put where it belongs, or kept for a person; none is lost."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backoffice.services.act import Conflict, Done, Order, Times, perform
from backoffice.services.doctor import examine
from backoffice.services.documents import Shelf
from backoffice.services.effects import deliver
from backoffice.services.incoming import MOST_A_DAY, Hall, Outcome, Taken, set_aside, take
from backoffice.services.received_mail import UnreadableMailError
from backoffice.store.base import writing
from backoffice.store.dossiers import DossierRow, JournalEntry
from backoffice.store.mails import Bounce, SentMail
from backoffice.store.outbox import OutboxRow
from backoffice.store.people import Account, Document
from tests.backoffice.hands import Time, Told, hands
from tests.backoffice.reports import KEY, report
from tests.backoffice.stored import StoredLife, stored_life
from workflows.actors import Actor, Role
from workflows.acts.filing import JudgePieceInputs
from workflows.parts.pieces import PieceState
from workflows.states import State

#: The doctor of the dossiers of these tests, and somebody whom they do not know.
DOCTOR = "capucine-bleuet@medecin.example"
STRANGER = "inconnu@ailleurs.example"


@pytest.fixture
def hall(tmp_path: Path) -> Hall:
    return Hall(Shelf(tmp_path / "documents"), tmp_path / "unmatched", KEY)


@pytest.fixture
def life(session: Session) -> StoredLife:
    return stored_life(session, "na-2024").to(State.SUBMITTED)


def answered(session: Session, life: StoredLife) -> SentMail:
    """A mail of ours that left for the dossier."""
    row = session.scalars(select(OutboxRow.id).where(OutboxRow.name == "L2")).one()
    deliver(session, row, hands(Time(life.now), Told()))
    session.rollback()
    return session.scalars(select(SentMail).where(SentMail.outbox == row)).one()


def letter(life: StoredLife, subject: str = "Re: votre demande", **headers: str) -> bytes:
    message = EmailMessage()
    message["From"] = f"Capucine Bleuet <{DOCTOR}>"
    message["To"] = "assistants@ars.example"
    message["Subject"] = subject
    message["Message-ID"] = "<reponse-1@bleuet.example>"
    message["Date"] = life.now
    for name, value in headers.items():
        del message[name.replace("_", "-")]
        if value:
            message[name.replace("_", "-")] = value
    message.set_content("Bonjour,\n\nVoici ma réponse.\n")
    return message.as_bytes()


def received(session: Session, life: StoredLife, hall: Hall, content: bytes) -> Taken:
    taken = take(session, content, hall, life.times)
    session.rollback()
    return taken


def filed(session: Session) -> list[Document]:
    session.rollback()
    return list(session.scalars(select(Document).where(Document.kind == "message")))


def test_an_answer_to_a_mail_of_ours_is_filed_on_the_day_it_came_whoever_sends_it(session, life, hall):
    ours = answered(session, life)
    content = letter(life, In_Reply_To=ours.message_id, From=f"Anis <{STRANGER}>")
    life.later(3)
    taken = received(session, life, hall, content)
    assert (taken.outcome, taken.dossier) == (Outcome.FILED, life.dossier.number)
    (document,) = filed(session)
    assert (document.dossier, document.received_on) == (life.id, date(2024, 6, 13))
    assert document.sender == f"Anis <{STRANGER}>"
    assert document.subject == "Re: votre demande"
    assert document.media_type == "message/rfc822"
    assert hall.shelf.path(document.sha256).read_bytes() == content
    assert set_aside(hall) == []


def test_it_goes_through_the_door_and_leaves_the_dossier_as_it_is(session, life, hall):
    before = session.get_one(DossierRow, life.id)
    state, version = before.state, before.version
    received(session, life, hall, letter(life, life.dossier.number))
    after = session.get_one(DossierRow, life.id, populate_existing=True)
    assert (after.state, after.version) == (state, version + 1)
    entry = session.scalars(select(JournalEntry).order_by(JournalEntry.seq.desc()).limit(1)).one()
    assert (entry.act, entry.author_kind) == ("file_message", "clock")
    assert entry.inputs["file"] == str(filed(session)[0].id)
    assert entry.inputs["sender"].startswith("txt:"), "who wrote is a text about somebody"
    assert examine(session) == ()


@pytest.mark.parametrize("subject", ["{}", "Re : dossier {} (pièces)", "TR: {}."])
def test_a_mail_whose_subject_names_a_dossier_is_filed_there(session, life, hall, subject):
    taken = received(session, life, hall, letter(life, subject.format(life.dossier.number.lower())))
    assert taken.dossier == life.dossier.number


def test_the_same_mail_twice_is_filed_once_whatever_the_servers_added(session, life, hall):
    content = letter(life, life.dossier.number)
    received(session, life, hall, content)
    again = received(session, life, hall, b"Received: from ailleurs.example\n" + content)
    assert again.outcome is Outcome.KNOWN
    assert len(filed(session)) == 1
    assert session.get_one(DossierRow, life.id, populate_existing=True).version == life.dossier.version + 1


@pytest.mark.parametrize("said", ["Tue, 01 Jan 2058 10:00:00 +0100", "Mon, 1 Jan 1990 10:00:00 +0100", ""])
def test_a_mail_is_dated_of_the_day_it_came_whatever_its_sender_says(session, life, hall, said):
    received(session, life, hall, letter(life, life.dossier.number, Date=said))
    assert filed(session)[0].received_on == life.today


def test_the_day_it_came_is_that_of_the_authority(session, hall):
    life = stored_life(session, "guyane-2020").to(State.SUBMITTED).later(10)
    # 1.30 in Paris on 15 September is 20.30 on the 14th in Cayenne
    late = Times(datetime(2020, 9, 14, 23, 30, tzinfo=UTC), life.machine)
    recruiter = f"bureau-{life.profile.recruiter.id}@etablissement.example"
    take(session, letter(life, life.dossier.number, From=recruiter), hall, late)
    assert filed(session)[0].received_on == date(2020, 9, 14)


# Who may write into a dossier.


def addresses(session: Session, life: StoredLife) -> list[str]:
    """An address of everybody the dossier is about."""
    with writing(session):
        session.add(
            Account(
                email="parme@chataigne.example",
                name="Anémone Parme",
                role="establishment",
                establishment=life.profile.partner.id,
            )
        )
    boxes = [f"bureau-{site.id}@etablissement.example" for site in life.dossier.sites]
    return [DOCTOR.upper(), "parme@chataigne.example", *boxes]


def test_everybody_whom_the_dossier_is_about_may_write_into_it(session, life, hall):
    for rank, address in enumerate(addresses(session, life)):
        content = letter(life, life.dossier.number, From=address, Message_ID=f"<{rank}@x.example>")
        assert received(session, life, hall, content).outcome is Outcome.FILED, address
    assert len(filed(session)) == 2 + len(life.dossier.sites)


@pytest.mark.parametrize(
    "sender",
    [f"Anis <{STRANGER}>", f"{DOCTOR}, {STRANGER}", f"x{DOCTOR}", f'"{DOCTOR}" <{STRANGER}>', "sans adresse"],
)
def test_who_guesses_a_number_writes_into_no_dossier(session, life, hall, sender):
    content = letter(life, life.dossier.number).replace(f"Capucine Bleuet <{DOCTOR}>".encode(), sender.encode())
    taken = received(session, life, hall, content)
    assert taken.outcome is Outcome.ASIDE
    assert "expéditeur" in taken.told
    assert filed(session) == []
    assert set_aside(hall) != []
    assert session.get_one(DossierRow, life.id).version == life.dossier.version


def test_a_contact_whose_account_is_closed_is_a_stranger(session, life, hall):
    addresses(session, life)
    with writing(session):
        session.execute(update(Account).values(disabled_at=life.machine))
    taken = received(session, life, hall, letter(life, life.dossier.number, From="parme@chataigne.example"))
    assert taken.outcome is Outcome.ASIDE


def test_a_flood_stops_and_is_told_and_another_day_brings_others(session, life, hall, caplog):
    def comes(rank: int, times: Times) -> Outcome:
        content = letter(life, life.dossier.number, Message_ID=f"<{rank}@x.example>")
        return take(session, content, hall, times).outcome

    found = [comes(rank, life.times) for rank in range(MOST_A_DAY + 2)]
    assert found == [Outcome.FILED] * MOST_A_DAY + [Outcome.ASIDE] * 2
    assert life.dossier.number in caplog.text
    assert len(set_aside(hall)) == 2
    next_day = Times(life.times.legal + timedelta(days=1), life.times.machine + timedelta(days=1, seconds=1))
    assert comes(MOST_A_DAY + 5, next_day) is Outcome.FILED
    assert examine(session) == ()


def test_a_form_that_an_agent_has_open_is_not_in_the_way_of_a_mail_nor_a_mail_in_its_way(session, life, hall):
    seen = session.get_one(DossierRow, life.id).version
    received(session, life, hall, letter(life, life.dossier.number))
    key = life.dossier.pieces[0].key
    order = partial(Order, life.id, "judge_piece", by=Actor(Role.INSTRUCTOR, "lavande-azur"), version=seen)
    verdict = JudgePieceInputs(key=key, verdict=PieceState.ACCEPTED)
    done = perform(session, order(inputs=verdict), life.times)
    assert isinstance(done, Done)
    assert done.seq == seen + 2
    lost = perform(session, order(inputs=verdict), life.times)
    assert isinstance(lost, Conflict), "what somebody did meanwhile still is"
    assert lost.act == "judge_piece"
    ahead = perform(session, replace(order(inputs=verdict), version=seen + 9), life.times)
    assert isinstance(ahead, Conflict)
    assert examine(session) == ()


@pytest.mark.parametrize(
    ("subject", "headers", "why"),
    [
        ("Bonjour", {}, "aucun dossier"),
        ("NA-2024-9999", {}, "aucun dossier"),
        ("Absente", {"Auto_Submitted": "auto-replied"}, "réponse automatique"),
    ],
    ids=["no number", "unknown number", "automatic"],
)
def test_what_belongs_to_no_dossier_is_kept_for_a_person_and_told(session, life, hall, subject, headers, why):
    content = letter(life, subject, **headers)
    for _ in range(2):
        taken = received(session, life, hall, content)
        assert taken.outcome is Outcome.ASIDE
        assert why in taken.told
    (kept,) = set_aside(hall)
    assert kept.read_bytes() == content
    assert str(kept) in taken.told
    assert filed(session) == []


def test_an_answer_about_two_dossiers_is_for_a_person(session, life, hall):
    other = stored_life(session, "na-2024").to(State.SUBMITTED)
    taken = received(session, life, hall, letter(life, f"{life.dossier.number} et {other.dossier.number}"))
    assert taken.outcome is Outcome.ASIDE


def test_a_dossier_that_nobody_filed_receives_nothing(session, hall):
    draft = stored_life(session, "na-2024")
    taken = received(session, draft, hall, letter(draft, draft.dossier.number))
    assert taken.outcome is Outcome.ASIDE
    assert "n’est pas déposé" in taken.told
    assert list(hall.shelf.files()) == []


def test_a_report_is_no_letter(session, life, hall):
    ours = answered(session, life)
    address = ours.recipients[0]
    taken = received(session, life, hall, report(outbox=ours.outbox, address=address))
    assert taken.outcome is Outcome.BOUNCE
    assert address in taken.told
    assert session.scalars(select(Bounce.address)).all() == [address]
    assert filed(session) == []
    lost = received(session, life, hall, report())
    assert lost.outcome is Outcome.ASIDE
    assert "aucun courriel d’ici" in lost.told


def bomb(depth: int) -> bytes:
    head = b"From: a@b.example\r\nSubject: NA\r\n"
    for n in range(depth):
        head += b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n)
    return head + b"\r\n"


@pytest.mark.parametrize(
    "broken",
    [
        "Subject: =?utf-8?b?a?=",
        "Subject: NA\r\nTo: =?utf-8?b?a?= <x@y.example>",
        "Subject: NA\r\nContent-Type: text/plain; charset*=inconnu'fr'%00",
        "Subject: NA\r\nContent-Type: application/pdf; name*=utf-8''%ff; name*0*=x",
        "Subject: NA\r\nContent-Type: image/png; name*0=a; name*x=b",
    ],
)
def test_a_header_that_no_library_reads_stops_nothing(session, life, hall, broken):
    content = f"From: =?utf-8?b?a?= <{DOCTOR}>\r\n{broken}\r\n\r\n\xe9\r\n".encode("latin-1")
    try:
        assert take(session, content, hall, life.times).outcome is Outcome.ASIDE
    except UnreadableMailError:
        assert set_aside(hall) == []


NO_MAIL = {
    "empty": b"",
    "blank": b"\r\n\r\n",
    "nul": b"\x00" * 100,
    "zip": b"PK\x03\x04...",
    "deep": bomb(150),
    "deeper": bomb(5000),
    "huge": b"From: a@b.example\r\n\r\n" + b"x" * 10_485_760,
}


@pytest.mark.parametrize("content", NO_MAIL.values(), ids=NO_MAIL.keys())
def test_what_is_no_mail_is_refused_with_a_sentence(session, life, hall, content):
    with pytest.raises(UnreadableMailError, match=r"\w{4,}.*\."):
        take(session, content, hall, life.times)
    assert set_aside(hall) == []
    assert list(hall.shelf.files()) == []


def test_hostile_headers_are_only_ever_text(session, life, hall):
    number = life.dossier.number
    content = (
        b"From: =?utf-8?B?%s?= <capucine-bleuet@medecin.example>\r\n"
        b"Subject: =?x-unknown?Q?%s?= =?utf-8?Q?=0D=0ABcc:_x?= \xff\xfe\x00\r\n"
        b"Message-ID: <%s@b.example>\r\n"
        b"Date: not a day\r\n"
        b"Content-Type: text/plain; charset=inconnu\r\n\r\n\xe9\x00\xff\r\n"
    ) % (b"PHNjcmlwdD4=", number.encode(), b"x" * 900)
    taken = received(session, life, hall, content)
    assert taken.outcome is Outcome.FILED
    (document,) = filed(session)
    assert document.sender == f"<script> <{DOCTOR}>"
    assert document.subject is not None
    assert set(document.subject) & set("\r\n\0") == set()
    assert hall.shelf.path(document.sha256).read_bytes() == content


def test_a_name_that_looks_like_an_address_is_a_name(session, life, hall):
    """The address of a known party, hidden in the encoded name of somebody else."""
    hidden = base64.b64encode(f"<{DOCTOR}>".encode()).decode()
    content = (
        f"From: =?utf-8?B?{hidden}?= <inconnu@ailleurs.example>\r\nSubject: {life.dossier.number}\r\n"
        "Message-ID: <z@ailleurs.example>\r\nContent-Type: text/plain\r\n\r\nBonjour\r\n"
    )
    assert received(session, life, hall, content.encode()).outcome is Outcome.ASIDE
    assert filed(session) == []


def test_the_machine_may_have_stopped_between_the_bytes_and_their_row(session, life, hall):
    content = letter(life, life.dossier.number)
    hall.shelf.put(content)  # and nothing more
    received(session, life, hall, content)
    assert len(filed(session)) == 1
    later = Times(life.now, life.machine + timedelta(days=2))
    assert take(session, content, hall, later).outcome is Outcome.KNOWN
