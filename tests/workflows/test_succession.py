"""Merged or renamed recruiters: a dated fact with its deed, which payee and debtor follow (A43)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.builders import Hat, finess
from tests.lives import Life
from tests.workflows.repaying import answered, current, decided, in_post, titled
from workflows.account.adjusting import standing_lines
from workflows.account.payees import entity_on
from workflows.decide import Refused
from workflows.parts.repayments import Debtor

HEIR = finess(977)


def test_the_site_stays_and_its_legal_entity_is_another() -> None:
    life = in_post()
    before, lines = life.profile.recruiter, standing_lines(life.dossier)
    life.do("record_succession", Hat.HEAD)
    recruiter = life.dossier.recruiter
    assert recruiter is not None
    assert (recruiter.id, recruiter.legal_entity, recruiter.name) == (before.id, HEIR, "CH du Sureau")
    (taken,) = life.dossier.successions
    assert (taken.before, taken.former_name, taken.after) == (before.legal_entity, before.name, HEIR)
    assert (taken.on, taken.deed) == (life.today, "arrete-0007")
    # not one cent of the schedule moves
    assert standing_lines(life.dossier) == lines


def test_who_took_over_owes_what_is_decided_since() -> None:
    life = answered().do("record_succession", Hat.HEAD).do("decide_repayment", Hat.HEAD)
    assert current(life).debtor == Debtor(life.profile.recruiter.id, HEIR, "CH du Sureau")


def test_who_took_over_owes_what_was_decided_before() -> None:
    life = decided().do("record_succession", Hat.HEAD)
    assert current(life).debtor == Debtor(life.profile.recruiter.id, HEIR, "CH du Sureau")


def test_what_is_settled_stays_as_it_was() -> None:
    life = titled().do("record_repaid", Hat.INSTRUCTOR).do("settle", Hat.INSTRUCTOR)
    before = current(life).debtor
    assert current(life.do("record_succession", Hat.HEAD)).debtor == before


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"legal_entity": "990009779"}, "entity_malformed"),
        ({"legal_entity": "quelque chose"}, "entity_malformed"),
        ({"name": "  "}, "entity_unnamed"),
        ({"deed": None}, "succession_deed_missing"),
        ({"reason": None}, "reason_missing"),
    ],
)
def test_a_succession_is_complete(given: dict[str, Any], code: str) -> None:
    answer = in_post().attempt("record_succession", Hat.HEAD, **given)
    assert isinstance(answer, Refused)
    assert answer.codes == {code}


def test_nobody_succeeds_to_oneself_nor_in_advance() -> None:
    life = in_post()
    same = life.attempt("record_succession", Hat.HEAD, legal_entity=life.profile.recruiter.legal_entity)
    assert isinstance(same, Refused)
    assert same.codes == {"entity_unchanged"}
    ahead = life.attempt("record_succession", Hat.HEAD, since=life.copy().later(1).today)
    assert isinstance(ahead, Refused)
    assert ahead.codes == {"date_in_future"}


def taken_over(life: Life, entity: int, since: date) -> Life:
    return life.do("record_succession", Hat.HEAD, legal_entity=finess(entity), name=f"CH {entity}", since=since)


def paid_to(life: Life, day: date) -> str:
    assert life.dossier.recruiter is not None
    return entity_on(life.dossier, life.dossier.recruiter, day)


def test_successions_are_told_in_order() -> None:
    """Recorded out of order, they would send a payment to an entity that is no more."""
    life = in_post().on(date(2025, 9, 1))
    first = paid_to(life, date(2024, 11, 1))
    taken_over(life, 977, date(2025, 6, 1))
    for since in (date(2025, 3, 1), date(2025, 5, 31)):
        answer = life.attempt("record_succession", Hat.HEAD, legal_entity=finess(978), since=since)
        assert isinstance(answer, Refused)
        assert answer.codes == {"succession_out_of_order"}
    taken_over(life, 978, date(2025, 8, 1))
    days = [date(2025, 5, 31), date(2025, 6, 1), date(2025, 7, 31), date(2025, 8, 1)]
    assert [paid_to(life, day) for day in days] == [first, HEIR, HEIR, finess(978)]


@pytest.mark.parametrize("since", [date(2025, 4, 1), date(2025, 7, 1)])
def test_the_day_of_the_last_succession_may_be_corrected(since: date) -> None:
    life = taken_over(in_post().on(date(2025, 9, 1)), 977, date(2025, 6, 1))
    first = life.dossier.successions[0].before
    taken_over(life, 977, since)
    assert [paid_to(life, day) for day in (since - timedelta(days=1), since)] == [first, HEIR]
    assert life.dossier.successions[-1].before == first
    again = life.attempt("record_succession", Hat.HEAD, legal_entity=HEIR, since=since)
    assert isinstance(again, Refused)
    assert again.codes == {"entity_unchanged"}


def test_the_entity_of_the_last_succession_may_be_corrected() -> None:
    life = in_post().on(date(2025, 9, 1))
    first = paid_to(life, life.today)
    taken_over(taken_over(life, 977, date(2025, 6, 1)), 978, date(2025, 6, 1))
    assert [paid_to(life, day) for day in (date(2025, 5, 31), date(2025, 6, 1))] == [first, finess(978)]
    assert life.dossier.successions[-1].before == first


def test_what_an_entity_becomes_again_is_no_correction() -> None:
    life = in_post().on(date(2025, 9, 1))
    for entity, since in ((977, date(2025, 3, 1)), (978, date(2025, 5, 1)), (977, date(2025, 7, 1))):
        taken_over(life, entity, since)
    days = [date(2025, 3, 1), date(2025, 5, 1), date(2025, 7, 1)]
    assert [paid_to(life, day) for day in days] == [HEIR, finess(978), HEIR]
