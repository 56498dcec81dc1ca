"""Building the demonstration: calls, places, accounts, then every story told up to the same day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

import config
from backoffice.callfiles import CALLS, quota_sources, read_text
from backoffice.services.accounts import hashed, keep_account
from backoffice.services.callbook import parsed
from backoffice.services.committee import add_member
from backoffice.services.demo import (
    stories_cvl,
    stories_idf,
    stories_na,
    stories_na_money,
    stories_na_turns,
    stories_past,
)
from backoffice.services.demo.director import Told, tell
from backoffice.services.demo.life import Story
from backoffice.services.demo.mailroom import written_by_hand
from backoffice.services.demo.people import invented
from backoffice.services.demo.places import PLACES
from backoffice.services.demo.staff import DOCTORS_WITH_ACCOUNT, OF_CALL, PASSWORD, STAFF, sitting
from backoffice.services.demo.stage import Stage
from backoffice.services.people import keep_establishment, register_doctor
from backoffice.services.publishing import load_version
from config.settings import Settings
from workflows.calls.model import Call

#: The instant at which the demonstration begins: Thursday 12 June 2025, 9 o’clock in Paris, two days after a jury.
TODAY = datetime(2025, 6, 12, 7, 0, tzinfo=UTC)
#: Before everything the stories tell.
FIRST = datetime(2017, 3, 1, 8, 0, tzinfo=UTC)
#: The day from which the agencies write their letters here.
LETTERS_FROM = datetime(2025, 5, 5, 6, 0, tzinfo=UTC)
COMPLEMENTS = Path(config.__file__).parent / "demo"

STORIES: tuple[Story, ...] = (
    *stories_na.STORIES,
    *stories_na_turns.STORIES,
    *stories_na_money.STORIES,
    *stories_idf.STORIES,
    *stories_cvl.STORIES,
    *stories_past.STORIES,
)


@dataclass(frozen=True, slots=True)
class Built:
    """What was built: how many acts, and the dossiers in the order of their stories."""

    acts: int
    dossiers: tuple[Told, ...]


def build(session: Session, settings: Settings) -> Built:
    """Fill an empty database. Raises StoryError when a story cannot be told as written."""
    stage = Stage(session, settings, FIRST)
    stage.calls = _calls(session)
    for place in PLACES.values():
        keep_establishment(session, place.row())
    for number in DOCTORS_WITH_ACCOUNT:
        person = invented(number)
        register_doctor(session, person.doctor, person.id)
    password = hashed(PASSWORD)
    for member in STAFF.values():
        keep_account(session, member.row(password))
    for call, name in ((stories_na.CALL, stories_na.SESSION), (stories_idf.CALL, stories_idf.SESSION)):
        for member in sitting(call):
            add_member(session, call, name, member.id)
    told = tell(stage, STORIES, TODAY, [written_by_hand(stage, LETTERS_FROM)])
    return Built(stage.acts, told)


def _calls(session: Session) -> Mapping[str, Call]:
    found: dict[str, Call] = {}
    for name in OF_CALL:
        complement = read_text(COMPLEMENTS / f"{name}.toml")
        version = load_version(
            session, _text(name), sources=quota_sources(), by="demo", now=FIRST, complement=complement
        )
        found[name] = parsed(version)
    return found


def _text(name: str) -> str:
    """The file of a call, with the envelopes that the agency adds to it where it has some."""
    text, envelopes = read_text(CALLS / f"{name}.toml"), COMPLEMENTS / f"{name}.budget.toml"
    return f"{text}\n{read_text(envelopes)}" if envelopes.exists() else text
