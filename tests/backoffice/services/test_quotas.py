"""Quotas at the door: nested ones, those that return their places, and the reserve list that is called then."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backoffice.callfiles import CALLS, quota_sources, read_text
from backoffice.services.act import Done
from backoffice.services.doctor import examine
from backoffice.services.publishing import load_version
from backoffice.store.base import writing
from backoffice.store.calls import PlaceRow, QuotaRow
from tests.backoffice import stored
from tests.backoffice.stored import MACHINE, StoredLife, stored_life
from tests.builders import COMPLEMENTS, Hat, call_of
from tests.lives import life_under
from tests.profiles import PROFILES
from workflows.decide import Refused
from workflows.states import State

GUYANE = "guyane-2020"
#: The places of La Réunion within those of the Indian Ocean, as the note gives them.
_QUOTAS = """
[[parameters.quotas]]
id = "ocean-indien"
label = "Océan Indien"
category = "II"
source = "dgos-2020:II:OI"

[[parameters.quotas]]
id = "reunion"
label = "La Réunion"
category = "II"
within = "ocean-indien"
source = "dgos-2020:II:04"
"""


def reunion() -> str:
    """The call of Guyane, as the agency of La Réunion would publish it."""
    text = read_text(CALLS / f"{GUYANE}.toml")
    start, end = text.index("[[parameters.quotas]]"), text.index("# Ce que la machine rappelle")
    text = text[:start] + _QUOTAS.lstrip() + "\n" + text[end:]
    changes = {'region = "03"': 'region = "04"', "America/Cayenne": "Indian/Reunion", '"973"': '"974"'}
    for old, new in {**changes, 'calendar = "guyane"': 'calendar = "reunion"'}.items():
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.fixture
def overseas(session: Session, monkeypatch: pytest.MonkeyPatch) -> Session:
    """The database with that call published, and applications of La Réunion."""
    complement = read_text(COMPLEMENTS / f"{GUYANE}.toml")
    load_version(session, reunion(), sources=quota_sources(), by="x", now=MACHINE, complement=complement)
    profile = PROFILES[GUYANE]
    here = replace(profile, sites=(replace(profile.recruiter, department="974"), profile.partner))
    monkeypatch.setattr(stored, "life_of", lambda call: life_under(call_of(call), here))
    return session


def judged(session: Session, call: str, **opinion: int) -> StoredLife:
    life = stored_life(session, call).to(State.COMMITTEE)
    life.on(life.profile.judged).do("record_opinion", Hat.INSTRUCTOR, **opinion)
    return life.on(life.profile.decided)


def taken(session: Session) -> dict[str, int]:
    session.rollback()
    return dict(session.execute(select(PlaceRow.quota, func.count()).group_by(PlaceRow.quota)).all())


def codes(answer: object) -> frozenset[str]:
    return answer.codes if isinstance(answer, Refused) else frozenset()


def test_a_seventh_award_for_la_reunion_is_refused_although_twenty_one_are_not_reached(overseas):
    rows = {row.id: row.places for row in overseas.scalars(select(QuotaRow))}
    assert rows == {"ocean-indien": 21, "reunion": 6}
    for _ in range(6):
        judged(overseas, GUYANE).do("select", Hat.HEAD)
    assert taken(overseas) == {"ocean-indien": 6, "reunion": 6}
    answer = judged(overseas, GUYANE).ask("select", Hat.HEAD)
    assert codes(answer) == {"no_place_left"}
    assert isinstance(answer, Refused)
    (found,) = [f for f in answer.findings if f.code == "no_place_left"]
    assert "La Réunion" in found.sentence
    assert found.rule == "DG-04"
    assert taken(overseas) == {"ocean-indien": 6, "reunion": 6}
    assert examine(overseas) == ()


# What a withdrawal gives back (A16), and the reserve list.


def one_place(session: Session) -> None:
    with writing(session):
        session.execute(update(QuotaRow).values(places=1))


def test_a_reserve_dossier_is_called_when_a_place_returns_and_not_before(session):
    first, second = judged(session, "na-2024"), judged(session, "na-2024", rank=5)
    one_place(session)
    first.do("select", Hat.HEAD)
    second.do("put_on_reserve", Hat.HEAD, reason="rang utile")
    assert codes(second.ask("offer_place", Hat.HEAD)) == {"no_place_left"}
    first.on(first.profile.notified).do("notify", Hat.HEAD)
    first.later(6).do("withdraw", Hat.INSTRUCTOR)
    second.on(first.today)
    assert taken(session) == {"na-2024": 1}  # held for the replacement
    assert codes(second.ask("offer_place", Hat.HEAD)) == {"no_place_left"}
    first.later(5).do("close", Hat.HEAD)
    assert taken(session) == {}
    second.on(first.today).do("offer_place", Hat.HEAD)
    second.do("answer_offer", Hat.RECRUITER).do("answer_offer", Hat.CANDIDATE)
    assert isinstance(second.ask("select", Hat.HEAD, reason="rang utile"), Done)
    assert taken(session) == {"na-2024": 1}
    assert examine(session) == ()


def test_a_post_left_after_its_start_gives_no_place_back(session):
    first, second = stored_life(session, "na-2024").to(State.IN_POST), judged(session, "na-2024")
    one_place(session)
    first.later(60).do("withdraw", Hat.INSTRUCTOR)
    first.later(70).do("close", Hat.HEAD)
    assert taken(session) == {"na-2024": 1}  # used for the promotion: only the months come back
    assert codes(second.ask("select", Hat.HEAD)) == {"no_place_left"}


# A quota that comes after the awards (A18).


def test_a_quota_that_comes_out_too_small_sends_a_dossier_back_to_the_list(session):
    text = read_text(CALLS / "na-2024.toml")
    load_version(session, text, sources=quota_sources(), by="x", now=MACHINE)
    lives = [judged(session, "na-2024") for _ in range(2)]
    for life in lives:
        life.do("select", Hat.HEAD)
        assert life.dossier.award is not None
        assert life.dossier.award.conditional
    known = text.replace('places = { unknown = true, rule = "NA-29" }', 'places = { value = 1, rule = "NA-29" }')
    assert known != text
    load_version(session, known, sources=quota_sources(), by="x", now=MACHINE)
    first, second = lives
    assert codes(first.ask("confirm_place", Hat.INSTRUCTOR)) == {"quota_exceeded"}
    second.do("back_to_reserve", Hat.HEAD)
    first.do("confirm_place", Hat.INSTRUCTOR)
    assert first.dossier.award is not None
    assert not first.dossier.award.conditional
    assert taken(session) == {"na-2024": 1}
    assert examine(session) == ()


# A quota that is lowered after the awards.


def published(session: Session, places: int) -> None:
    """Nouvelle-Aquitaine with so many places."""
    text = read_text(CALLS / "na-2024.toml")
    unknown = 'places = { unknown = true, rule = "NA-29" }'
    assert unknown in text
    known = text.replace(unknown, f'places = {{ value = {places}, rule = "NA-29" }}')
    load_version(session, known, sources=quota_sources(), by="x", now=MACHINE)


def test_a_firm_award_keeps_its_place_when_its_quota_is_lowered_and_no_other_is_made(session):
    published(session, 2)
    stored_life(session, "na-2024").to(State.IN_POST)
    told = judged(session, "na-2024")
    told.do("select", Hat.HEAD).on(told.profile.notified).do("notify", Hat.HEAD)
    published(session, 1)
    assert codes(told.later(20).ask("back_to_reserve", Hat.HEAD)) == {"award_is_firm"}
    assert set(session.scalars(select(PlaceRow.status))) == {"consumed", "confirmed"}
    third = judged(session, "na-2024")
    assert codes(third.ask("select", Hat.HEAD)) == {"no_place_left"}
    assert examine(session) == ()
    with writing(session):  # one more, as no guard would let it be taken
        session.execute(update(QuotaRow).values(places=9))
    third.do("select", Hat.HEAD)
    with writing(session):
        session.execute(update(QuotaRow).values(places=1))
    assert {(found.check, found.where) for found in examine(session)} == {("places", "na-2024 na-2024")}


# Earmarked places.


def earmarked(session: Session, finess: str) -> None:
    """Nouvelle-Aquitaine with two places, one of them for an establishment."""
    text = read_text(CALLS / "na-2024.toml")
    start, end = text.index("[[parameters.quotas]]"), text.index("[[parameters.sessions]]")
    quotas = f"""[[parameters.quotas]]
id = "na-2024"
label = "Postes de la campagne 2024"
places = {{ value = 2, rule = "NA-29" }}

[[parameters.quotas]]
id = "reserve"
label = "Poste réservé"
within = "na-2024"
finess = "{finess}"
places = {{ value = 1, rule = "NA-29" }}

"""
    load_version(session, text[:start] + quotas + text[end:], sources=quota_sources(), by="x", now=MACHINE)


def test_a_place_kept_for_another_establishment_is_left_to_it_unless_a_head_says_otherwise(session):
    earmarked(session, PROFILES["cvl-ville-hopital"].recruiter.id)
    first, second = judged(session, "na-2024"), judged(session, "na-2024")
    first.do("select", Hat.HEAD)
    assert codes(second.ask("select", Hat.HEAD)) == {"places_earmarked"}
    released = {"places_earmarked": "aucun dossier de cet établissement"}
    second.do("select", Hat.HEAD, lifts=released)
    assert taken(session) == {"na-2024": 2}
    assert examine(session) == ()


def test_the_establishment_it_is_kept_for_takes_it_and_no_more(session):
    earmarked(session, PROFILES["na-2024"].recruiter.id)
    first, second = judged(session, "na-2024"), judged(session, "na-2024")
    first.do("select", Hat.HEAD)
    assert taken(session) == {"na-2024": 1, "reserve": 1}
    assert codes(second.ask("select", Hat.HEAD)) == {"no_place_left"}
