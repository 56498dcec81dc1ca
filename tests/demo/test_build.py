"""The data of the demonstration: sound, whole, invented, the same at every building and on every database."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from sqlalchemy import func, select

from backoffice.services.demo.build import FIRST, STORIES, TODAY
from backoffice.services.demo.home import prepare
from backoffice.services.demo.places import PLACES
from backoffice.services.demo.staff import OF_CALL, PASSWORD, STAFF
from backoffice.services.doctor import examine
from backoffice.services.doctor_now import forgotten
from backoffice.store.base import db
from backoffice.store.committee import CommitteeMember, Mark
from backoffice.store.database import bare_app
from backoffice.store.dossiers import DossierRow, JournalEntry, LateAttempt
from backoffice.store.mails import SentMail
from backoffice.store.outbox import OutboxRow
from backoffice.store.people import Account, Establishment, Person
from tests.databases import Database
from tests.demo.conftest import Built
from tests.demo.reading import by_state, dossier, rows, story
from workflows.actors import Role
from workflows.calls.model import is_default_id
from workflows.findings import Severity
from workflows.parts.places import PlaceStatus
from workflows.parts.repayment_steps import RepaymentState
from workflows.parts.requests import RequestKind
from workflows.states import State


def test_about_sixty_dossiers_of_the_five_calls_are_in_the_twelve_states(built: Built):
    states = by_state(built.session)
    assert 55 <= states.total() <= 75
    assert {state.value: states[state.value] >= 2 for state in State} == {state.value: True for state in State}
    assert {row.call for row in rows(built.session)} == set(OF_CALL)


def test_each_story_has_its_dossier(built: Built):
    numbers = [told.number for told in built.demo.dossiers]
    assert len(numbers) == len(set(numbers)) == len(STORIES)
    assert set(numbers) <= {row.number for row in rows(built.session)}


def test_the_doctor_finds_nothing(built: Built):
    assert examine(built.session) == ()
    assert list(forgotten(built.session, TODAY)) == []
    assert list(forgotten(built.session, TODAY + timedelta(days=5 * 365))) == []


def test_nothing_waits_and_nothing_was_given_up(built: Built):
    left = select(OutboxRow.name, OutboxRow.last_error).where(OutboxRow.done_at.is_(None))
    assert built.session.execute(left).all() == []
    sent = built.session.scalar(select(func.count()).select_from(SentMail))
    assert sent == len(list((built.settings.home / "mail").glob("*.eml")))
    assert sent is not None
    assert sent > 200


def test_everything_was_recorded_at_the_instant_it_tells(built: Built):
    entries = list(built.session.scalars(select(JournalEntry)))
    assert min(e.at for e in entries) > FIRST
    assert max(e.at for e in entries) <= TODAY
    assert all(e.at == e.recorded_at for e in entries)
    assert all(a.at <= b.at for a, b in _neighbours(built))


def _neighbours(built: Built) -> list[tuple[JournalEntry, JournalEntry]]:
    wanted = select(JournalEntry).order_by(JournalEntry.dossier, JournalEntry.seq)
    entries = list(built.session.scalars(wanted))
    return [(a, b) for a, b in pairwise(entries) if a.dossier == b.dossier]


def test_a_dossier_of_nouvelle_aquitaine_waits_for_a_proof_of_receipt(built: Built):
    waiting = [row for row in rows(built.session) if row.call == "na-2024" and row.proof_since is not None]
    # a slip that was lost, and a letter on a tranche that is validated and was never made
    assert sorted(row.state for row in waiting) == ["in_post", "notified"]


def test_no_decision_rests_on_a_default(built: Built):
    for entry in built.session.scalars(select(JournalEntry)):
        assert [f for f in entry.findings if f["severity"] == Severity.REFUSAL.value] == []
    grounds = [
        view.rejection.rule
        for view in (dossier(built.session, r.number) for r in rows(built.session))
        if view.rejection
    ]
    printed = [rule for rule in grounds if rule]
    assert len(printed) >= 2
    assert not any(is_default_id(rule) for rule in printed)


def test_everybody_acts_within_their_standing(built: Built):
    """Accounts that act exist, in the region or at the establishment of the dossier; the machine acts as the clock."""
    accounts = {str(a.id): a for a in built.session.scalars(select(Account))}
    regions = {row.id: row.region for row in rows(built.session)}
    people = {str(p) for p in built.session.scalars(select(Person.id))}
    for entry in built.session.scalars(select(JournalEntry)):
        if entry.author_role == Role.CANDIDATE.value:
            assert entry.author in people
        elif entry.author_role == Role.CLOCK.value:
            assert entry.author == "clock"
        else:
            account = accounts[entry.author]
            assert account.role == entry.author_role
            assert account.region in {None, regions[entry.dossier]}
            assert account.establishment == entry.party


_FINESS, _RPPS = re.compile(r"99\d{7}"), re.compile(r"000\d{8}")


def _key_is_right(number: str) -> bool:
    digits = [int(c) for c in reversed(number)]
    return sum(d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(digits)) % 10 == 0


def test_establishments_are_invented(built: Built):
    found = list(built.session.scalars(select(Establishment)))
    assert len(found) == len(PLACES)
    for place in found:
        for number in (place.finess, place.entity):
            assert _FINESS.fullmatch(number)
            assert _key_is_right(number)
        assert (place.email or "").endswith(".example")


def test_doctors_are_invented_and_distinct(built: Built):
    found = list(built.session.scalars(select(Person)))
    assert len(found) > 50
    assert all(_RPPS.fullmatch(p.rpps or "") and _key_is_right(p.rpps or "") for p in found)
    assert all((p.email or "").endswith(".example") for p in found)
    assert max(Counter(p.name for p in found).values()) == 1
    assert max(Counter(p.rpps for p in found).values()) == 1


def test_no_mail_was_written_to_a_real_address(built: Built):
    addresses = {a.email for a in built.session.scalars(select(Account))}
    addresses |= {to for mail in built.session.scalars(select(SentMail)) for to in mail.recipients}
    assert all(address.endswith(".example") for address in addresses)
    written = re.compile(r"[\w.+-]+@[\w.-]+")
    for path in (built.settings.home / "mail").glob("*.eml"):
        whole = path.read_text("utf-8").replace("=\n", "")  # lines cut by quoted-printable
        assert [found for found in written.findall(whole) if not found.endswith(".example")] == []


def test_the_accounts_cover_every_role_and_every_agency(built: Built):
    shown = [member for member in STAFF.values() if member.about]
    assert {member.role for member in shown} == set(Role) - {Role.CLOCK}
    regions = {row.region for row in rows(built.session)}
    for role in (Role.INSTRUCTOR, Role.HEAD):
        assert {member.region for member in shown if member.role is role} == regions
    assert len(PASSWORD) >= 15
    signing = list(built.session.scalars(select(Account).where(Account.signs)))
    assert {account.role for account in signing} == {"head", "dg"}


def test_the_late_filing_left_a_trace_and_a_draft(built: Built):
    attempts = list(built.session.scalars(select(LateAttempt)))
    assert [attempt.at.isoformat() for attempt in attempts] == ["2024-06-14T22:08:00+00:00"]
    row = built.session.get_one(DossierRow, attempts[0].dossier)
    assert row.state == State.DRAFT.value


def _told(built: Built, words: str) -> str:
    return next(told.number for told in built.demo.dossiers if told.worth and words in told.worth)


def test_the_early_end_asks_back_the_ten_months_not_served(built: Built):
    view = dossier(built.session, _told(built, "chef de clinique"))
    current = view.repayment
    assert current is not None
    assert current.state is RepaymentState.CONTRADICTORY
    assert current.proposed == 10 * Decimal("3249.79") == Decimal("32497.90")
    assert current.amounts.integral == view.delegated


def test_the_replacement_has_three_pieces_of_five(built: Built):
    view = dossier(built.session, _told(built, "3 pièces sur 5"))
    request = view.requests[-1]
    assert request.kind is RequestKind.REPLACEMENT
    given = {p.key.split("/")[2] for p in view.pieces if p.key.startswith("replacement/") and p.state.satisfies}
    waited = {p.key.split("/")[2] for p in view.pieces if p.key.startswith("replacement/") and not p.state.satisfies}
    assert given == {"cv", "lettre_motivation", "courrier_des", "avis_chef_service"}
    assert waited == {"avis_chef_pole", "avis_directeur"}
    assert view.place is not None
    assert view.place.status is PlaceStatus.HELD


def test_the_relay_left_one_month_vacant_by_the_hand_of_the_clock(built: Built):
    number = _told(built, "un mois vacant")
    view = dossier(built.session, number)
    first, second = view.tenures
    assert first.ends_on == date(2025, 2, 28)
    assert (second.starts_on, second.ends_on) == (date(2025, 4, 1), None)
    by_clock = [act for n, _, act, _, _, role in story(built.session) if n == number and role == Role.CLOCK.value]
    assert by_clock == ["withdraw", "replace"]


def test_the_awards_of_the_jury_are_under_reserve(built: Built):
    view = dossier(built.session, _told(built, "sous réserve"))
    assert view.award is not None
    assert view.award.conditional
    assert view.place is not None
    assert view.place.status is PlaceStatus.PROVISIONAL


def test_a_post_is_awarded_without_a_name(built: Built):
    view = dossier(built.session, _told(built, "sans nom"))
    assert view.call == "ara-2017"
    assert view.state is State.SELECTED
    assert view.candidate is None


def test_a_place_that_came_back_is_offered(built: Built):
    view = dossier(built.session, _told(built, "place proposée"))
    assert view.reserve is not None
    assert view.reserve.offered_on is not None
    assert view.reserve.reply_by is not None
    assert view.reserve.reply_by > TODAY.date()


def test_the_renewed_post_has_its_linked_draft(built: Built):
    number = _told(built, "renouvelé")
    (renewal,) = dossier(built.session, number).renewed_by
    assert dossier(built.session, renewal).renewal_of == number


def test_silence_becomes_a_refusal_in_two_days(built: Built):
    view = dossier(built.session, _told(built, "silence"))
    assert view.silence is not None
    assert (view.silence.due_on(TODAY.date()) - TODAY.date()).days == 2
    assert not view.silence.informative


def test_members_sat_and_marked(built: Built):
    sitting = Counter(member.call for member in built.session.scalars(select(CommitteeMember)))
    assert set(sitting.values()) == {3}
    marks = list(built.session.scalars(select(Mark)))
    assert any(mark.linked for mark in marks)
    assert all(mark.value is not None and 0 <= mark.value <= 20 for mark in marks if not mark.linked)


def test_another_building_on_postgresql_tells_the_same(built: Built, postgresql: Database):
    settings = replace(built.settings, database_url=postgresql.url, home=postgresql.home / "demo")
    demo = prepare(settings)
    assert [told.number for told in demo.dossiers] == [told.number for told in built.demo.dossiers]
    expected = story(built.session)
    with bare_app(settings, "tests.demo.postgresql").app_context():
        assert examine(db.session()) == ()
        assert story(db.session()) == expected
        assert by_state(db.session())[State.IN_POST.value] > 5
        db.session.remove()
        db.engine.dispose()
