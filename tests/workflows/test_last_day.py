"""The last day of a post: as announced when the machine records it, and never financed after the end awarded."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.builders import Hat
from tests.lives import Life, life_of
from workflows.account.worth import awarded, funded, to_repay
from workflows.acts.vacancy import CloseGround, DepartureLeadsTo
from workflows.calls.funding import RepaymentReading
from workflows.decide import Decision, Refused
from workflows.dossier import EndOutcome
from workflows.money.gains import GainedEuros
from workflows.parts.credits import Tranche
from workflows.parts.ledger import LedgerEntry, LedgerKind
from workflows.parts.requests import FourDates
from workflows.states import State

DAY = timedelta(days=1)
# NA-13, 6.1: from 1 November 2024, 24 months of 3 249,79
PLANNED_END, TOTAL = date(2026, 10, 31), Decimal("77994.96")


def _served_to(last_day: date) -> Life:
    life = life_of("na-2024").to(State.IN_POST)
    assert life.dossier.award is not None
    assert life.dossier.award.planned_end == PLANNED_END
    return life.on(last_day + DAY)


def _told(answer: Decision | Refused) -> set[str]:
    assert isinstance(answer, Decision), [f.code for f in answer.findings]
    return {f.code for f in answer.findings}


def _left(on: date) -> FourDates:
    return FourDates(on, on, on, on)


def _money(life: Life) -> tuple[int, Decimal]:
    schedule = funded(life.dossier, life.call)
    assert schedule.funded_months.denominator == 1
    return int(schedule.funded_months), schedule.total


@pytest.mark.parametrize(("last_day", "pointed_out"), [(PLANNED_END, False), (PLANNED_END + DAY, True)])
def test_an_end_after_the_planned_one_is_pointed_out(last_day, pointed_out):
    # A35: a contract may be longer; nobody refuses what happened
    answer = _served_to(last_day).attempt("record_end", Hat.INSTRUCTOR, last_day=last_day)
    assert ("after_planned_end" in _told(answer)) is pointed_out


@pytest.mark.parametrize(("effective", "refused"), [(PLANNED_END, False), (PLANNED_END + DAY, True)])
def test_an_end_is_early_while_its_last_day_comes_before_the_term(effective, refused):
    answer = _served_to(date(2025, 3, 3)).attempt("declare_early_end", Hat.RECRUITER, effective_on=effective)
    assert (isinstance(answer, Refused) and answer.codes == {"end_after_term"}) is refused


def test_two_months_more_are_not_financed():
    # A35: « extra months unfunded »; 24 months were awarded
    life = _served_to(date(2026, 12, 31))
    life.do("record_end", Hat.INSTRUCTOR, last_day=date(2026, 12, 31), end_reason=None, evidence=None)
    assert life.dossier.end is not None
    assert (life.dossier.end.last_day, life.dossier.end.outcome) == (date(2026, 12, 31), EndOutcome.COMPLETED)
    assert _money(life) == (24, TOTAL)
    assert awarded(life.dossier, life.call).total == TOTAL


def test_a_withdrawal_after_the_planned_end_finances_no_more():
    life = _served_to(date(2026, 12, 31))
    leaving = {"dates": _left(date(2027, 1, 1))}
    assert "after_planned_end" in _told(life.attempt("withdraw", Hat.INSTRUCTOR, **leaving))
    life.do("withdraw", Hat.INSTRUCTOR, **leaving).do("close", Hat.HEAD, ground=CloseGround.NOTHING)
    assert _money(life) == (24, TOTAL)


def test_a_vacancy_is_not_made_up_for_after_the_end():
    # A12, 6.1 V2: five months, a vacant one, then the end of the post unchanged: 23 months
    life = life_of("na-2024").to(State.IN_POST).on(date(2025, 6, 1))
    life.do("withdraw", Hat.INSTRUCTOR, dates=_left(date(2025, 6, 1)))
    vacant_since = life.dossier.tenures[-1].ends_on
    assert vacant_since == date(2025, 5, 31)
    life.propose_replacement(new_start=date(2025, 7, 1)).do("replace", Hat.HEAD)
    life.on(date(2025, 7, 1), "16:00").deliver(Hat.RECRUITER).do("record_start", Hat.INSTRUCTOR)
    life.on(date(2027, 1, 1)).do("record_end", Hat.INSTRUCTOR, last_day=date(2026, 12, 31))
    assert _money(life) == (23, Decimal("74745.17"))
    # all was paid: the vacant month comes back, whatever the doctor did after the end
    paid = LedgerEntry("E1", LedgerKind.PAID, GainedEuros(TOTAL), date(2024, 11, 4), 2024, tranche="T1")
    life.changed(tranches=(Tranche("T1", TOTAL, 2024, date(2024, 11, 4)),), ledger=(paid,))
    found = to_repay(life.dossier, life.call, date(2026, 12, 31), cca=False)
    assert found.by_reading[RepaymentReading.PRORATA] == Decimal("3249.79")


# What the machine records.


def _announced(leads_to: DepartureLeadsTo) -> Life:
    life = life_of("idf-2025").to(State.IN_POST).on(date(2027, 9, 1))
    dates = FourDates(life.today, life.today, date(2027, 10, 20), life.today)
    return life.do("announce_departure", Hat.INSTRUCTOR, dates=dates, leads_to=leads_to).on(date(2027, 10, 21))


@pytest.mark.parametrize("days", [-1, 1])
def test_the_machine_withdraws_on_the_day_announced_only(days):
    life = _announced(DepartureLeadsTo.WITHDRAW)
    departure = life.dossier.departure
    assert departure is not None
    moved = FourDates(*(departure.dates.fact_on, departure.dates.known_on), date(2027, 10, 20) + days * DAY, life.today)
    answer = life.attempt("withdraw", Hat.CLOCK, dates=moved)
    assert isinstance(answer, Refused)
    assert answer.codes == {"departure_not_announced"}
    # a person may: the day announced was only foreseen
    assert isinstance(life.attempt("withdraw", Hat.INSTRUCTOR, dates=moved), Decision)
    assert isinstance(life.attempt("withdraw", Hat.CLOCK), Decision)


@pytest.mark.parametrize("last_day", [date(2027, 10, 18), date(2027, 10, 20)])
def test_the_machine_ends_a_post_on_the_day_announced_only(last_day):
    life = _announced(DepartureLeadsTo.RECORD_END)
    answer = life.attempt("record_end", Hat.CLOCK, last_day=last_day)
    assert isinstance(answer, Refused)
    assert answer.codes == {"departure_not_announced"}
    assert isinstance(life.attempt("record_end", Hat.INSTRUCTOR, last_day=last_day), Decision)
    assert isinstance(life.attempt("record_end", Hat.CLOCK, last_day=date(2027, 10, 19)), Decision)
