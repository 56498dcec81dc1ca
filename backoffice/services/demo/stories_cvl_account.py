"""Centre-Val de Loire, ville/hôpital: one account with nearly all that may happen to one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from backoffice.services.demo import account, mailroom
from backoffice.services.demo.life import Life, Script
from backoffice.services.demo.post import signed_for
from workflows.calls.funding import Vehicle
from workflows.effects import Addressee


def taken_up(life: Life, begun: Script) -> Script:
    """A post whose account was kept in a spreadsheet until January 2025; what was left to pay then is paid here."""
    yield from begun
    yield life.at(date(2025, 1, 6), "11:00")
    amounts = {"notified": Decimal("40308.92"), "paid": Decimal("38000.00")}
    days = {"notified_on": date(2024, 1, 22), "on": date(2024, 12, 31)}
    where = {**days, "budget_year": 2024, "reference": "Tableau de suivi au 31 décembre 2024"}
    reason = "Le compte était tenu dans un tableau jusqu’à la fin de 2024."
    life.do("record_opening", life.head, reason=reason, **amounts, **where)
    yield from account.paid(life, date(2025, 1, 9))
    yield from account.delegated(life, date(2025, 1, 21), confirmed=True)


def overpaid(life: Life) -> Script:
    """A part time from April on: the machine finds what was paid too much, the head decides to hold it back."""
    yield life.at(date(2025, 3, 24), "14:30")
    changed = {"share": Fraction(4, 5), "since": date(2025, 4, 1)}
    life.do("change_contract_share", life.head, reason="Avenant du 20 mars 2025 : contrat à 80 %.", **changed)
    yield life.at(date(2025, 3, 27), "10:10")
    life.do("start_contradictory", life.instructor)
    signed_for(life)
    yield life.at(date(2025, 4, 9), "15:45")
    life.do("record_remarks", life.recruiter, reason="Le recruteur demande une compensation sur la prochaine tranche.")
    yield life.at(date(2025, 4, 22), "16:20")
    found = life.view.repayment
    asked = {"amount": found.proposed if found else Decimal(0), "vehicle": Vehicle.OFFSET}
    life.do("decide_repayment", life.head, reason="La compensation demandée est acceptée.", **asked)
    reason = "Le poste va être prolongé : la somme sera retenue sur sa prochaine tranche."
    life.do("use_other_vehicle", life.head, vehicle=Vehicle.OFFSET, reason=reason)
    yield life.at(date(2025, 4, 23), "09:40")
    mailroom.posted(life, "L15")


def prolonged(life: Life) -> Script:
    """Six months more with their credits; what was overpaid is taken off the tranche that they bring."""
    yield life.at(date(2025, 5, 5), "17:10")
    reason = "Six mois de plus, jusqu’au concours de praticien hospitalier ; les crédits suivent."
    life.do("extend", life.dg, until=date(2026, 5, 1), financed=True, reason=reason)
    yield life.at(date(2025, 5, 12), "11:30")
    life.lost = frozenset({Addressee.RECRUITER})  # the letter waits for its validation
    life.do("notify_money", life.head)
    mailroom.prepared(life, "L11")
    yield from account.present(life, date(2025, 5, 20))
    yield life.at(date(2025, 5, 26), "10:30")
    found = life.view.repayment
    owed = found.outstanding if found else Decimal(0)
    account.notify(life, owed)
    life.do("offset_repayment", life.instructor, amount=owed, tranche=life.view.tranches[-1].id)
    yield from account.paid(life, date(2025, 6, 3))
