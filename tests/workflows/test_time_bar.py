"""Five years from the day the agency knew, and again from what starts them again (C. civ. art. 2224, 2240)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.builders import Hat
from tests.lives import Life
from tests.workflows.repaying import DAY, WHOLE, current, decided, in_post, on_line, titled
from tests.workflows.test_net_credits import also_paid, extended
from workflows.account.adjusting import standing_lines
from workflows.calls.funding import Vehicle
from workflows.deadlines import add_months
from workflows.decide import Decision, Refused
from workflows.due import DueKind, due_items
from workflows.repaying.liquidation import overpaid_since

FIVE_YEARS = 60


def codes(answer: Decision | Refused) -> frozenset[str]:
    return answer.codes if isinstance(answer, Refused) else frozenset()


def test_a_title_asked_for_more_than_five_years_after_the_decision_is_held() -> None:
    life = on_line(decided(), "FIR")
    last = add_months(current(life).decided_on or life.today, FIVE_YEARS)
    assert codes(life.copy().on(last).attempt("request_title", Hat.INSTRUCTOR)) == set()
    late = life.on(last + DAY)
    assert codes(late.attempt("request_title", Hat.INSTRUCTOR)) == {"time_barred"}
    lifted = late.attempt("request_title", Hat.HEAD, lifts={"time_barred": "motif-0009"})
    assert "time_barred" not in codes(lifted)


def test_the_decision_the_title_and_each_payment_start_the_period_again() -> None:
    life = titled()
    found = current(life)
    assert found.known_on is not None
    assert found.decided_on is not None
    assert found.title_on is not None
    assert found.known_on < found.decided_on < found.title_on == found.barred_from
    life.later(30).do("record_repaid", Hat.INSTRUCTOR, amount=Decimal("100.00"), paid_on=life.today)
    assert current(life).barred_from == life.today
    assert current(life).barred_after == add_months(life.today, FIVE_YEARS)


def test_a_decided_debt_whose_title_is_not_asked_is_told_before_it_is_barred() -> None:
    life = decided()
    told = [item for item in due_items(life.dossier, life.call, life.today) if item.kind is DueKind.TIME_BAR]
    assert [item.last_day for item in told] == [current(life).barred_after] * 2
    life.do("request_title", Hat.INSTRUCTOR)
    assert DueKind.TIME_BAR not in {item.kind for item in due_items(life.dossier, life.call, life.today)}


# Since when too much was paid: nobody restarts the period by proposing late.


def overpaid() -> Life:
    return also_paid(on_line(in_post(), "FIR"), Decimal("500.00"))


def test_an_overpayment_is_known_on_the_day_it_was_paid() -> None:
    life = overpaid()
    paid_on = life.today
    life.on(date(2039, 1, 10)).do("open_overpayment", Hat.INSTRUCTOR, known_on=None)
    assert current(life).known_on == paid_on
    life.do("start_contradictory", Hat.INSTRUCTOR).later(1).do("record_remarks", Hat.RECRUITER)
    assert codes(life.attempt("decide_repayment", Hat.HEAD)) == {"time_barred"}


def test_a_person_may_say_another_day() -> None:
    life = overpaid().later(400).do("open_overpayment", Hat.INSTRUCTOR, known_on=date(2025, 2, 1))
    assert current(life).known_on == date(2025, 2, 1)


def test_it_is_the_day_since_which_the_excess_lasts() -> None:
    """500,00 too much, absorbed by two months more; then 8 000,00 more, of which 500,42 are needed to be in excess."""
    life = extended(overpaid().later(10), 2)
    assert overpaid_since(life.dossier) is None
    again = also_paid(life.later(40), Decimal("8000.00"))
    assert overpaid_since(again.dossier) == again.today
    assert sum((line.amount for line in standing_lines(again.dossier)), Decimal(0)) == WHOLE + 2 * Decimal("3249.79")


def test_what_is_asked_already_makes_no_excess_again() -> None:
    life = overpaid().later(10).do("open_overpayment", Hat.INSTRUCTOR)
    assert overpaid_since(life.dossier) is None
    later = also_paid(life.later(40), Decimal("1.00"))
    assert overpaid_since(later.dossier) == later.today


# The title of one repayment only.


@pytest.mark.parametrize("number", ["TR-0017", " TR-0017 "])
def test_a_title_is_that_of_one_repayment(number: str) -> None:
    life = on_line(titled(), "FIR")
    assert current(life).title == "TR-0017"
    also_paid(life, Decimal("900.00")).later(2).do("open_overpayment", Hat.INSTRUCTOR)
    mine = {"repayment": life.dossier.repayments[-1].cause}
    for act in ("start_contradictory", "record_remarks"):
        life.later(1).do(act, Hat.INSTRUCTOR, **mine)
    amount = {"amount": Decimal("900.00"), "vehicle": Vehicle.TITLE}
    life.later(40).do("decide_repayment", Hat.HEAD, **mine, **amount).do("request_title", Hat.INSTRUCTOR, **mine)
    assert codes(life.attempt("record_title", Hat.INSTRUCTOR, **mine, title=number)) == {"title_number_taken"}
    assert codes(life.attempt("record_title", Hat.INSTRUCTOR, **mine, title=" ")) == {"title_number_missing"}
    assert codes(life.attempt("record_title", Hat.INSTRUCTOR, **mine, title="TR-0018")) == set()
