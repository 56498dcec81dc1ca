"""Lives of posts whose money comes back, for the tests of repayments: paid by hand, to the cent."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.builders import AGENTS, Hat, actor, finess, rewritten
from tests.lives import Life, life_of
from tests.nominal import nominal
from workflows.actors import Actor, Role
from workflows.calls.funding import RepaymentReading
from workflows.calls.sources import Origin, Sourced
from workflows.credits import Tranche
from workflows.decide import Decision, Refused, decide
from workflows.ledger import LedgerEntry, LedgerKind, Payee
from workflows.money.gains import GainedEuros
from workflows.repayments import RepaymentFile
from workflows.states import State

DAY = timedelta(days=1)
#: 6.1: 24 months of 3 249,79 paid at once, 14 served.
WHOLE, SERVED, UNSERVED = Decimal("77994.96"), Decimal("45497.06"), Decimal("32497.90")


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


def answered(call_id: str = "na-2024", amount: Decimal = WHOLE, **notified: Decimal) -> Life:
    """The recruiter answered the contradictory letter."""
    life = proposed(call_id, amount, **notified).later(2).do("start_contradictory", Hat.INSTRUCTOR)
    return life.later(10).do("record_remarks", Hat.RECRUITER).later(5)


def decided(call_id: str = "na-2024", amount: Decimal = WHOLE, **notified: Decimal) -> Life:
    """The repayment is decided, pro rata."""
    return answered(call_id, amount, **notified).do("decide_repayment", Hat.HEAD).later(1)


def titled(call_id: str = "na-2024") -> Life:
    """Its title is issued."""
    return decided(call_id).do("request_title", Hat.INSTRUCTOR).later(8).do("record_title", Hat.INSTRUCTOR).later(1)


def relieved(life: Life, relief: Any, amount: Decimal) -> Life:
    """A relief prepared by an instructor and granted by a head."""
    life.do("prepare_relief", Hat.INSTRUCTOR, relief=relief, amount=amount)
    return life.do(relief.act, Hat.HEAD, amount=amount)


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
