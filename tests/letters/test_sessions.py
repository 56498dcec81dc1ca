"""The letters of a session, from asking to sending; the sheet, frozen when a dossier goes to the committee."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.services import committee
from backoffice.services.documents import Shelf
from backoffice.services.effects import deliver
from backoffice.services.letters import batches, sending, sessions, stages
from backoffice.services.letters.making import LetterRefusedError, outdated
from backoffice.services.letters.sources import source
from backoffice.store.base import writing
from backoffice.store.dossiers import DossierRow
from backoffice.store.letter_lists import batch_progress, listed, of_session, one
from backoffice.store.letters import FILED, LetterStep
from backoffice.store.mails import LetterDue
from backoffice.store.outbox import OutboxRow
from backoffice.store.people import Account
from backoffice.store.scope import Scope
from tests.backoffice.hands import Time, Told, hands
from tests.backoffice.stored import MACHINE
from tests.builders import Hat
from tests.letters.office import Office, office, read
from tests.letters.pressed import check
from workflows.letters.kinds import KINDS
from workflows.letters.matter import Matter
from workflows.states import State

TYPED = {"on": "2024-07-31", "at": "14:30", "place": "salle des Glycines"}


@pytest.fixture
def desk(session: Session, shelf: Shelf) -> Office:
    """A dossier went to the committee, where two members sit."""
    made = office(session, shelf, "na-2024")
    made.life.to(State.COMMITTEE)
    return made


def seat(desk: Office, *names: str) -> list[UUID]:
    """Have members sit in the session; gives their accounts."""
    made = [
        Account(id=uuid4(), email=f"{name}@membre.example", name=name.title(), role="member", region="75")
        for name in names
    ]
    ids = [account.id for account in made]
    with writing(desk.session):
        desk.session.add_all(made)
    for account in ids:
        committee.add_member(desk.session, "na-2024", "juillet-2024", account)
    return ids


def convened(desk: Office, **typed: str) -> UUID:
    call, sitting = desk.life.call, desk.life.call.parameters.sessions[0]
    return sessions.convene(desk.session, call, sitting, desk.instructor, desk.life.times, TYPED | typed)


def sent(desk: Office, letter: UUID) -> None:
    stages.validate(desk.session, letter, desk.head, desk.life.times)
    stages.make(desk.session, letter, desk.head.id, desk.life.times, desk.shelf)
    sending.send_on_paper(desk.session, letter, desk.head, desk.life.times, channel="post", on=desk.life.today)


def test_each_member_is_convened_by_a_letter_of_their_own(desk: Office, shelf: Shelf) -> None:
    with pytest.raises(LetterRefusedError, match="Personne ne siège"):
        convened(desk)
    thym, sauge = seat(desk, "thym", "sauge")
    row = desk.session.get_one(DossierRow, desk.life.id)
    committee.mark(desk.session, row, sauge, value=None, linked=True, now=MACHINE)
    due = convened(desk)
    letters = stages.draft(desk.session, due, desk.instructor, desk.life.times)
    mine = {desk.letter(letter).party: letter for letter in letters}
    assert set(mine) == {str(thym), str(sauge)}
    assert [line["number"] for line in desk.letter(mine[str(thym)]).data["agenda"]] == [desk.life.dossier.number]
    assert desk.letter(mine[str(sauge)]).data["agenda"] == []
    with pytest.raises(LetterRefusedError, match="un responsable"):
        stages.validate(desk.session, mine[str(thym)], desk.instructor, desk.life.times)
    stages.validate(desk.session, mine[str(thym)], desk.head, desk.life.times)
    batch = batches.make_many(desk.session, [mine[str(thym)]], "75", desk.head, desk.life.times)
    told = Told()
    hand = hands(Time(desk.life.now), told)
    hand = replace(hand, settings=replace(hand.settings, home=shelf.folder.parent))
    (making,) = desk.session.scalars(select(OutboxRow.id).where(OutboxRow.kind == "letter_make"))
    assert deliver(desk.session, making, hand)
    progress = batch_progress(desk.session, "75", batch)
    assert progress is not None
    assert progress.made == 1
    carrying = sending.send_by_mail(desk.session, mine[str(thym)], desk.head, desk.life.times)
    assert deliver(desk.session, carrying, hand)
    mail = told.sent[0]
    assert [r.email for r in mail.recipients] == ["thym@membre.example"]
    assert mail.subject == "Commission\u00a0: convocation de la commission"
    assert mail.body.count("/commission/na-2024/juillet-2024") == 1
    assert "Page du dossier" not in mail.body
    assert "mercredi 31 juillet 2024" in read(mail.attachments[0].content)
    assert desk.letter(mine[str(thym)]).sent_at == desk.life.now
    assert one(desk.session, Scope(member=thym), mine[str(thym)]) is not None
    assert one(desk.session, Scope(member=sauge), mine[str(thym)]) is None
    assert one(desk.session, Scope(region="11"), mine[str(thym)]) is None
    waiting = listed(desk.session, Scope(region="75"), KINDS, [LetterStep.VALIDATE], limit=9)
    assert [(x.row, x.letter.party) for x in waiting if x.letter] == [(None, str(sauge))]


def test_a_meeting_that_moves_is_convened_again_and_says_so(desk: Office) -> None:
    seat(desk, "thym")
    first = stages.draft(desk.session, convened(desk), desk.instructor, desk.life.times)[0]
    again = convened(desk, place="salle des Lilas")
    with pytest.raises(LetterRefusedError, match="demandé de nouveau"):
        stages.validate(desk.session, first, desk.head, desk.life.times)
    second = stages.draft(desk.session, again, desk.instructor, desk.life.times)[0]
    assert desk.letter(second).data["replaces"] is None, "nothing had left"
    sent(desk, second)
    third = stages.draft(desk.session, convened(desk, at="16:00"), desk.instructor, desk.life.times)[0]
    assert desk.letter(third).data["replaces"] == "8\u00a0juillet\u00a02024"
    told = [letter.id for _, letters in of_session(desk.session, "na-2024", "juillet-2024") for letter in letters]
    assert told == [second, third], "what left stays, what was replaced before is gone"


def test_a_convocation_leaves_in_time_or_says_the_urgency(desk: Office) -> None:
    seat(desk, "thym")
    letter = stages.draft(desk.session, convened(desk), desk.instructor, desk.life.times)[0]
    stages.validate(desk.session, letter, desk.head, desk.life.times)
    stages.make(desk.session, letter, desk.head.id, desk.life.times, desk.shelf)
    desk.life.on(date(2024, 7, 27))
    with pytest.raises(LetterRefusedError, match=r"26.juillet.2024 au plus tard"):
        sending.send_by_mail(desk.session, letter, desk.head, desk.life.times)
    with pytest.raises(LetterRefusedError, match="au moins"):
        convened(desk)
    urgent = convened(desk, urgent="Une place se libère.")
    sent(desk, stages.draft(desk.session, urgent, desk.instructor, desk.life.times)[0])


def test_minutes_wait_for_what_they_lack_and_are_filed_once_made(desk: Office) -> None:
    thym, sauge = (str(member) for member in seat(desk, "thym", "sauge"))
    call, sitting = desk.life.call, desk.life.call.parameters.sessions[0]
    desk.life.on(date(2024, 7, 11), "17:00")
    desk.life.do("record_opinion", Hat.INSTRUCTOR, present=(thym, sauge), against=())
    due = sessions.ask_minutes(desk.session, call, sitting, desk.instructor, desk.life.times)
    letter = stages.draft(desk.session, due, desk.instructor, desk.life.times)[0]
    with pytest.raises(LetterRefusedError, match="les motifs de l’avis"):
        stages.validate(desk.session, letter, desk.head, desk.life.times)
    desk.life.do("record_opinion", Hat.INSTRUCTOR, present=(thym, sauge), motive="Projet solide.", reason="Oubli.")
    letter = stages.redo(desk.session, letter, desk.instructor, desk.life.times)
    stages.validate(desk.session, letter, desk.head, desk.life.times)
    stages.make(desk.session, letter, desk.head.id, desk.life.times, desk.shelf)
    filed = desk.letter(letter)
    assert (filed.channel, filed.sent_on, filed.party) == (FILED, date(2024, 7, 11), "")
    content = desk.bytes_of(letter)
    text = read(content)
    assert "Projet solide." in text
    assert "Pour : 2 (Sauge et Thym)" in text
    check(content, "Procès-verbal de la commission, séance")


def test_a_sheet_tells_the_instant_it_was_frozen_at_whatever_came_after(desk: Office) -> None:
    number, due = desk.life.dossier.number, desk.due("L18", "service")
    before = desk.life.dossier
    desk.life.on(desk.life.profile.judged).do("record_opinion", Hat.INSTRUCTOR)
    desk.life.on(desk.life.profile.decided).do("select", Hat.HEAD)
    letter = stages.draft(desk.session, due, desk.instructor, desk.life.times)[0]
    row = desk.session.get_one(DossierRow, desk.life.id)
    found = source(desk.session, desk.session.get_one(LetterDue, due), row)
    matter = found.matter(desk.session, "")
    assert isinstance(matter, Matter)
    assert matter.view.version == before.version
    assert matter.view.award is None
    assert outdated(desk.session, desk.letter(letter), found) is None
    stages.validate(desk.session, letter, desk.instructor, desk.life.times)
    stages.make(desk.session, letter, desk.instructor.id, desk.life.times, desk.shelf)
    assert desk.letter(letter).channel == FILED
    text = read(desk.bytes_of(letter))
    assert f"Dossier {number}" in text
    assert "signataire" not in text
    assert "Fiche figée le 8 juillet 2024" in text


def test_a_sheet_never_leaves_the_house_so_that_its_act_can_be_taken_back(desk: Office) -> None:
    due = desk.due("L18", "service")
    desk.life.machine += timedelta(days=9)
    desk.life.do("revert", Hat.HEAD)
    assert desk.life.dossier.state is State.COMPLETE
    assert desk.life.dossier.receipts == ()
    with pytest.raises(LetterRefusedError, match="reprise"):
        stages.draft(desk.session, due, desk.instructor, desk.life.times)
