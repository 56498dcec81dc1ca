"""What versions of a call change for a post whose amounts are notified: nothing of what these amounts rest on."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backoffice.callfiles import read_text
from backoffice.services.callbook import ruled_then
from backoffice.services.doctor import examine
from backoffice.services.facts import around_entry
from backoffice.store.base import canonical, writing
from backoffice.store.dossiers import DossierRow, JournalEntry
from tests.backoffice.services.test_publishing import codes, load, rules_of
from tests.backoffice.stored import StoredLife, stored_life
from tests.builders import COMPLEMENTS, Hat
from workflows.account.adjusting import standing_lines
from workflows.account.worth import awarded, outdated_notice
from workflows.dossier import Dossier
from workflows.facts import from_plain
from workflows.states import State

CVL = "cvl-ville-hopital"
#: 24 months of a whole post, under the reading that the call shows by default and under the one that is signed.
BY_DEFAULT, SIGNED = Decimal("69265.92"), Decimal("114531.84")


def sign(session: Session, reading: str | None = None, *, pieces: bool = False, scaled: bool = False) -> int:
    """Load a version of the call of Centre-Val de Loire with these choices; gives its number."""
    text = read_text(COMPLEMENTS / f"{CVL}.toml")
    chosen = f'reading = "{reading}"\n' if reading else ""
    chosen += "scaled_by_contract = true\n" if scaled else ""
    text = text.replace('reading = "b"\n', chosen, 1)
    if not pieces:
        text = text.replace("[clauses.replacement]\npieces_confirmed = true\n", "", 1)
    return load(session, CVL, complement=text).number


def stored(life: StoredLife) -> Dossier:
    """The dossier as the database has it: a version may have written to it."""
    return from_plain(row_facts(life))


def row_facts(life: StoredLife) -> dict[str, Any]:
    facts = life.session.get_one(DossierRow, life.id, populate_existing=True).facts
    return dict(json.loads(facts))


def total(life: StoredLife) -> Decimal:
    return sum((line.amount for line in standing_lines(stored(life))), Decimal(0))


def accepted(life: StoredLife) -> StoredLife:
    return life.later(4).do("accept_award", Hat.CANDIDATE).do("accept_award", Hat.RECRUITER).later(3)


def notified(session: Session) -> StoredLife:
    """A post awarded under a default, whose reading a second version signs before its money is notified."""
    sign(session)
    life = stored_life(session, CVL).to(State.NOTIFIED)
    assert awarded(life.dossier, rules_of(session, life)).total == BY_DEFAULT
    assert sign(session, "d") == 2
    return accepted(life).do("notify_money", Hat.HEAD)


def under_the_signed_reading(session: Session, life: StoredLife) -> bool:
    call, view = rules_of(session, life), stored(life)
    right = call.clauses.funding.reading.value == "d" and awarded(view, call).total == SIGNED
    return right and total(life) == SIGNED and outdated_notice(view, call) is None


def test_a_choice_signed_before_the_money_is_notified_stays_for_ever_after(session: Session) -> None:
    life = notified(session)
    assert life.dossier.money_notice is not None
    assert life.dossier.money_notice.total == SIGNED
    assert under_the_signed_reading(session, life)
    life.on(life.profile.start, "16:00").deliver(Hat.RECRUITER).do("record_start", Hat.INSTRUCTOR)
    assert under_the_signed_reading(session, life)
    assert codes(life.ask("notify_money", Hat.HEAD)) == {"money_already_notified"}
    before = stored(life).adjustments
    sign(session, "d", pieces=True)
    assert stored(life).adjustments == before
    assert under_the_signed_reading(session, life)
    assert examine(session) == ()


def test_a_choice_signed_after_the_money_is_notified_moves_no_amount(session: Session) -> None:
    sign(session, "d")
    life = stored_life(session, CVL).do("edit_draft", Hat.RECRUITER, contract_share=Fraction(1, 2)).to(State.NOTIFIED)
    lifted = {"part_time_unscaled": "payé en entier"}
    accepted(life).do("notify_money", Hat.HEAD, lifts=lifted)
    before = total(life)
    sign(session, "d", scaled=True)
    assert total(life) == before == SIGNED
    assert rules_of(session, life).clauses.funding.scaled_by_contract.value is False


def test_a_half_time_post_notified_at_half_stays_at_half(session: Session) -> None:
    sign(session, "d")
    life = stored_life(session, CVL).do("edit_draft", Hat.RECRUITER, contract_share=Fraction(1, 2)).to(State.NOTIFIED)
    sign(session, "d", scaled=True)
    accepted(life).do("notify_money", Hat.HEAD)
    sign(session, "d", scaled=True, pieces=True)
    assert total(life) == SIGNED / 2
    assert rules_of(session, life).clauses.funding.scaled_by_contract.value is True


def test_the_list_of_pieces_of_a_replacement_is_confirmed_before_or_after_amounts_are_notified(
    session: Session,
) -> None:
    sign(session, "d")
    before, after = (stored_life(session, CVL).to(State.NOTIFIED) for _ in range(2))
    accepted(after).do("notify_money", Hat.HEAD)
    assert rules_of(session, after).clauses.replacement.pieces_confirmed.value is False
    sign(session, "d", pieces=True)
    accepted(before).do("notify_money", Hat.HEAD)
    for life in (before, after):
        assert rules_of(session, life).clauses.replacement.pieces_confirmed.value is True


def test_facts_that_do_not_say_the_version_have_it_from_the_journal(session: Session) -> None:
    life = notified(session)
    sign(session, "d", pieces=True)
    older = row_facts(life)
    del older["money_notice"]["call_version"]
    with writing(session):  # as an older release wrote them
        session.execute(update(DossierRow).where(DossierRow.id == life.id).values(facts=canonical(older)))
    notice = stored(life).money_notice
    assert notice is not None
    assert notice.call_version is None
    assert under_the_signed_reading(session, life)
    sign(session, "d", pieces=True, scaled=True)
    assert under_the_signed_reading(session, life)
    assert rules_of(session, life).clauses.funding.scaled_by_contract.value is False


def test_the_letter_of_the_notification_is_read_under_what_ruled_then(session: Session) -> None:
    life = notified(session)
    sign(session, "d", pieces=True)
    row = session.get_one(DossierRow, life.id)
    told = session.scalars(select(JournalEntry).where(JournalEntry.act == "notify_money")).one()
    before, after = around_entry(session, life.id, told.seq)
    then = ruled_then(session, row, told, before)
    assert then.version == 2
    assert awarded(after, then).total == SIGNED
    assert not then.clauses.replacement.pieces_confirmed.value
