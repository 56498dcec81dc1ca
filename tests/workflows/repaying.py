"""Lives of posts whose money comes back, for the tests of repayments: paid by hand, to the cent."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.builders import AGENTS, Hat, actor, finess, rewritten
from tests.lives import Life, life_of
from tests.nominal import nominal
from workflows.actors import Actor, Role
from workflows.calls.funding import RepaymentReading, Vehicle
from workflows.calls.sources import Origin, Sourced
from workflows.deadlines import add_months
from workflows.decide import Decision, Refused, decide
from workflows.money.gains import GainedEuros
from workflows.parts.credits import Tranche
from workflows.parts.ledger import LedgerEntry, LedgerKind, Payee
from workflows.parts.repayments import RepaymentFile
from workflows.states import State

DAY = timedelta(days=1)
#: 6.1: 24 months of 3 249,79 paid at once, 14 served.
WHOLE, SERVED, UNSERVED = Decimal("77994.96"), Decimal("45497.06"), Decimal("32497.90")
TWO_MONTHS, OVERPAID = 2 * Decimal("3249.79"), Decimal("5000.00")


def paid(life: Life, amount: Decimal, *, notified: Decimal | None = None) -> Life:
    """The same life with one tranche notified, and paid as much as said."""
    year, on = life.today.year, life.today
    tranche = Tranche("T1", amount if notified is None else notified, year, on)
    payee = Payee("99000000000009", finess(501))
    entry = LedgerEntry("E1", LedgerKind.PAID, GainedEuros(amount), on, year, "T1", "VIR-1", payee)
    return life.changed(tranches=(tranche,), ledger=(entry,) if amount else ())


def in_post(call_id: str = "na-2024", amount: Decimal = WHOLE, **notified: Decimal) -> Life:
    """A post with its doctor, paid so much at the start."""
    return paid(life_of(call_id).to(State.IN_POST).later(3), amount, **notified)


def ended(call_id: str = "na-2024", amount: Decimal = WHOLE, **notified: Decimal) -> Life:
    """The same post after its doctor left to be chef de clinique, once 14 months were served (6.1 V3)."""
    life = in_post(call_id, amount, **notified)
    last_day = date(life.profile.start.year + 1, 12, 31)
    return life.on(last_day + 2 * DAY).do(
        "record_end", Hat.INSTRUCTOR, last_day=last_day, cca_from=last_day + DAY, known_on=last_day, told_on=last_day
    )


def proposed(call_id: str = "na-2024", amount: Decimal = WHOLE, **notified: Decimal) -> Life:
    """The repayment that the machine proposes for it."""
    return ended(call_id, amount, **notified).do("open_clawback", Hat.CLOCK)


def answered(
    call_id: str = "na-2024", amount: Decimal = WHOLE, *, read: RepaymentReading | None = None, **notified: Decimal
) -> Life:
    """The recruiter answered the contradictory letter, which announced the reading that the call has signed."""
    life = proposed(call_id, amount, **notified).later(2)
    life = (reading(life, read) if read else life).do("start_contradictory", Hat.INSTRUCTOR)
    return life.later(10).do("record_remarks", Hat.RECRUITER).later(5)


def decided(
    call_id: str = "na-2024", amount: Decimal = WHOLE, *, read: RepaymentReading | None = None, **notified: Decimal
) -> Life:
    """The repayment is decided, under the reading of the call, pro rata but for another one."""
    return answered(call_id, amount, read=read, **notified).do("decide_repayment", Hat.HEAD).later(1)


def heard_again(call_id: str = "na-2024", amount: Decimal = WHOLE) -> Life:
    """The contract came down to 4/5, then to 1/2 once the recruiter was heard: it is heard again on more."""
    life = in_post(call_id, amount)
    life.under(rewritten(life.call, "clauses.funding.scaled_by_contract", Sourced(True, Origin.CHOICE, "A41")))
    life.do("change_contract_share", Hat.HEAD, share=Fraction(4, 5)).later(10).do("open_overpayment", Hat.INSTRUCTOR)
    life.do("start_contradictory", Hat.INSTRUCTOR).later(10)
    return (
        life.do("change_contract_share", Hat.HEAD, share=Fraction(1, 2))
        .later(2)
        .do("start_contradictory", Hat.INSTRUCTOR)
    )


def titled(call_id: str = "na-2024") -> Life:
    """Its title is issued."""
    return decided(call_id).do("request_title", Hat.INSTRUCTOR).later(8).do("record_title", Hat.INSTRUCTOR).later(1)


def still_owed() -> Life:
    """A post overpaid, whose debt is to be offset, and to which two months more are owed: T2, notified and unpaid."""
    life = in_post(amount=WHOLE + OVERPAID).later(10).do("open_overpayment", Hat.INSTRUCTOR)
    life.do("start_contradictory", Hat.INSTRUCTOR).later(5).do("record_remarks", Hat.RECRUITER).later(5)
    life.do("decide_repayment", Hat.HEAD, vehicle=Vehicle.OFFSET)
    life.do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.OFFSET)
    award = life.dossier.award
    assert award is not None
    assert award.planned_end is not None
    life.do("extend", Hat.DG, until=add_months(award.planned_end + DAY, 2) - DAY, financed=True)
    life.later(1).do("notify_money", Hat.HEAD).do("confirm_presence", Hat.RECRUITER)
    return life.do("record_tranche", Hat.INSTRUCTOR, amount=TWO_MONTHS, budget_year=life.today.year)


def relieved(life: Life, relief: Any, amount: Decimal) -> Life:
    """A relief of the repayment to see to, prepared by an instructor and granted by a head."""
    cause = current(life).cause
    life.do("prepare_relief", Hat.INSTRUCTOR, repayment=cause, relief=relief, amount=amount)
    return life.do(relief.act, Hat.HEAD, repayment=cause, amount=amount)


def current(life: Life) -> RepaymentFile:
    """The repayment to see to."""
    found = life.dossier.repayment
    assert found is not None
    return found


def by_person(life: Life, person: str, role: Role, act: str, **given: Any) -> Decision | Refused:
    """What somebody is answered who acts in some capacity: a head of the day, a stand-in, oneself."""
    who = Actor(role, person)
    return decide(life.seen(), act, nominal(life, act, **given), by=who, call=life.call, now=life.now)


def name_of(hat: Hat) -> str:
    """The person under a hat."""
    return AGENTS[hat].id


def party_of(life: Life) -> Actor:
    """The recruiter."""
    return actor(Hat.RECRUITER, life.dossier)


def reading(life: Life, value: RepaymentReading | None, origin: Origin = Origin.CHOICE) -> Life:
    """The same life under a call whose reading is another."""
    path = "clauses.funding.repayment_reading"
    return life.under(rewritten(life.call, path, Sourced(value, origin, "A1")))


def on_line(life: Life, line: str | None) -> Life:
    """The same life under a call whose credits are on a line."""
    source = Sourced(line, Origin.CHOICE if line else Origin.UNKNOWN, "A3")
    return life.under(rewritten(life.call, "clauses.funding.line", source))
