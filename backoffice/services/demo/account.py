"""The account of a post as stories keep it: tranches, payments whole or in parts, reductions."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from backoffice.services.demo.life import Life, Script
from workflows.account.payees import credited_sites
from workflows.account.worth import planned_credits
from workflows.identifiers import has_luhn_key
from workflows.money.tranches import still_due


def delegated(life: Life, on: date, *, confirmed: bool = False, paid: Decimal | None = None) -> Script:
    """Delegate the tranche of the year, which is paid that day, whole unless an amount is given.

    `confirmed`: the presence, a week before.
    """
    if confirmed:
        yield from present(life, on - timedelta(days=7))
    yield life.at(on, "10:45")
    notify(life)
    yield life.at(on, "16:20")
    pay(life, paid)


def present(life: Life, on: date) -> Script:
    """The recruiter confirms the presence of the doctor."""
    yield life.at(on, "11:30")
    life.do("confirm_presence", life.recruiter)


def notify(life: Life, more: Decimal = Decimal(0)) -> None:
    """Delegate what is still due for the year, and so much more."""
    year = life.today.year
    amount = still_due(planned_credits(life.view, life.call), year, life.view.delegated_net) + more
    life.do("record_tranche", life.instructor, amount=amount, budget_year=year)


def pay(life: Life, amount: Decimal | None = None) -> str:
    """Pay the oldest credit that waits, all that is left of it unless an amount is given; gives the id of its entry."""
    credit = next(c for c in life.view.credits if c.to_pay > 0)
    payee = credited_sites(life.view, life.call)[0].legal_entity
    after = life.do(
        "record_payment",
        life.instructor,
        tranche=credit.id,
        amount=credit.to_pay if amount is None else amount,
        reference=f"VIR-{life.view.number}-{len(life.view.ledger) + 1:02}",
        siret=siret(payee),
        legal_entity=payee,
    )
    return after.ledger[-1].id


def paid(life: Life, on: date, amount: Decimal | None = None) -> Script:
    """A payment of another day."""
    yield life.at(on, "16:20")
    pay(life, amount)


def reduced(life: Life, on: date, amount: Decimal, reason: str) -> Script:
    """A head lowers the credit that waits."""
    yield life.at(on, "15:10")
    credit = next(c for c in life.view.credits if c.to_pay > 0)
    life.do("reduce_tranche", life.head, tranche=credit.id, amount=amount, reason=reason)


def taken_back(life: Life, entry: str, reason: str) -> None:
    """A head takes an entry back."""
    life.do("correct_ledger_entry", life.head, entry=entry, reason=reason)


def siret(finess: str) -> str:
    """An invented SIRET with its keys, always the same for a legal entity."""
    siren = _keyed(f"000{finess[3:8]}")
    return _keyed(f"{siren}0001")


def _keyed(digits: str) -> str:
    return next(f"{digits}{key}" for key in range(10) if has_luhn_key(f"{digits}{key}"))
