"""What falls due about several repayments of one post: each is seen to, and told, for itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.builders import Hat
from tests.lives import Life
from tests.workflows.due import due
from tests.workflows.repaying import answered, proposed, titled
from workflows.due import Due, DueKind
from workflows.due.money import titles_reminded_of
from workflows.effects import Addressee
from workflows.french import typography
from workflows.parts.repayment_steps import RepaymentState
from workflows.parts.repayments import RepaymentFile

SECOND: dict[str, Any] = {"cause": "the-excess", "title": "TR-0099", "decided": Decimal("500.00"), "title_amount": None}
#: As long as a family may be where deadlines are kept.
LONGEST = 40


def beside(life: Life, **members: Any) -> Life:
    """The same post, of which a second repayment is at the same step, but for some members."""
    first = life.dossier.repayments[-1]
    return life.changed(repayments=(first, replace(first, **{"cause": "the-excess", **members})))


def two_titles(days: int = 0) -> Life:
    """Two unpaid titles of one post; the second one so many days after the first."""
    life = titled()
    issued = life.dossier.repayments[-1].title_on
    assert issued is not None
    return beside(life, **SECOND, title_on=issued + timedelta(days=days))


def told(life: Life, kind: DueKind) -> list[tuple[date, str]]:
    return [(item.on, item.what) for item in due(life, kind)]


def numbers(found: tuple[RepaymentFile, ...]) -> list[str | None]:
    return [repayment.title for repayment in found]


def test_each_title_has_its_own_reminders_and_overtakes_no_other():
    found = due(two_titles(days=3), DueKind.TITLE_UNPAID)
    assert [("TR-0099" in item.what) for item in found] == [False, True, False, True]
    families = [item.family for item in found]
    assert (families[0], families[1]) == (families[2], families[3])
    assert len(set(families)) == 2


def test_a_reminder_keeps_the_key_that_an_older_release_noticed_it_under():
    for life in (titled(), two_titles(days=3), two_titles()):
        assert {item.key for item in due(life, DueKind.TITLE_UNPAID)} == {
            f"title_unpaid:{(asked.title_on + timedelta(days=days)).isoformat()}"
            for asked in life.dossier.repayments
            for days in (30, 60)
            if asked.title_on is not None
        }


def test_titles_reminded_of_on_one_day_are_one_thing_that_names_both():
    life = two_titles()
    first, second = life.dossier.repayments
    found = due(life, DueKind.TITLE_UNPAID)
    assert len(found) == 2
    for item in found:
        assert f"le titre {first.title}," in item.what
        assert f"le titre {second.title}," in item.what
        assert numbers(titles_reminded_of(life.dossier, life.call, item.on)) == [first.title, "TR-0099"]


def test_what_is_about_two_matters_is_overtaken_by_what_is_about_one_of_them():
    # the second reminder of the first title comes on the day of the first one of the other: neither may be lost
    found = due(two_titles(days=30), DueKind.TITLE_UNPAID)
    assert len(found) == 3
    assert len({item.family for item in found}) == 3


def test_who_reads_a_reminder_is_told_of_the_titles_of_that_day_that_are_unpaid():
    life = two_titles(days=3)
    first, _ = life.dossier.repayments
    assert first.title_on is not None
    day = first.title_on + timedelta(days=30)
    assert numbers(titles_reminded_of(life.dossier, life.call, day)) == [first.title]
    assert numbers(titles_reminded_of(life.dossier, life.call, day + timedelta(days=3))) == ["TR-0099"]
    assert titles_reminded_of(life.dossier, life.call, day + timedelta(days=1)) == ()
    assert numbers(titles_reminded_of(life.dossier, life.call, None)) == [first.title, "TR-0099"]


def test_a_recruiter_is_not_reminded_of_the_title_it_contests_by_the_reminder_of_another():
    life = titled()
    life.do("file_claim", Hat.RECRUITER)
    contested = life.dossier.repayments[-1]
    beside(life, **SECOND, claims=())
    (item, *_) = due(life, DueKind.TITLE_UNPAID)
    assert Addressee.RECRUITER in item.to
    outside, inside = (
        numbers(titles_reminded_of(life.dossier, life.call, item.on, outside=who)) for who in (True, False)
    )
    assert outside == ["TR-0099"]
    assert inside == [contested.title, "TR-0099"]


def heard() -> Life:
    """A repayment whose recruiter is asked for its remarks, until a day."""
    life = proposed().later(2).do("start_contradictory", Hat.INSTRUCTOR)
    asked = life.dossier.repayments[-1]
    return life.changed(repayments=(replace(asked, answer_by=life.today + timedelta(days=30)),))


@pytest.mark.parametrize("kind", [DueKind.CONTRADICTORY_OVER, DueKind.TIME_BAR, DueKind.TIME_BARRED])
def test_other_things_due_about_two_repayments_on_one_day_tell_of_both(kind):
    life = heard()
    alone = told(life, kind)
    assert alone
    beside(life, proposed=Decimal("123.45"))
    both = told(life, kind)
    assert [on for on, _ in both] == [on for on, _ in alone]
    assert all("123,45" in what for _, what in both)
    assert all(before in what for (_, before), (_, what) in zip(alone, both, strict=True))


def test_what_is_due_twice_in_the_same_words_is_said_once():
    life = heard()
    alone = told(life, DueKind.CONTRADICTORY_OVER)
    assert told(beside(life), DueKind.CONTRADICTORY_OVER) == alone


def test_what_cancels_one_of_two_things_due_the_same_day_is_told_too():
    life = answered().do("decide_repayment", Hat.HEAD)
    decided = life.dossier.repayments[-1]
    undecided = {"state": RepaymentState.CONTRADICTORY, "decided": None, "decided_on": None}
    beside(life, **undecided, known_on=decided.barred_from)
    found: list[Due] = due(life, DueKind.TIME_BAR)
    assert typography(found[0].cancelled_if).count("décidé avant") == 1
    assert "le titre est demandé avant" in found[0].cancelled_if


def test_the_reminders_of_two_titles_of_one_day_overtake_each_other():
    early, late = due(two_titles(), DueKind.TITLE_UNPAID)
    assert early.family == late.family


@pytest.mark.parametrize("others", [1, 2, 12])
def test_a_matter_never_outgrows_where_it_is_kept(others):
    found = due(heard(), DueKind.CONTRADICTORY_OVER)[0]
    for rank in range(others):
        found = found.beside(replace(found, matter=date(2024, 6, 1 + rank).isoformat()))
    assert len(found.family) <= LONGEST
