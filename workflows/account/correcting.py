"""What of an account was written by mistake may be taken back, and what that makes: lines are only added."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from workflows.account.lines import AccountLine, account_lines, title_id
from workflows.account.payees import debtor_of
from workflows.dossier import Dossier
from workflows.money.gains import GainedEuros
from workflows.money.rounding import cents
from workflows.parts.ledger import LedgerEntry, LedgerKind, next_id
from workflows.parts.movements import MovementKind
from workflows.parts.moving import replaced, without_movement, without_title
from workflows.parts.repayments import RepaymentFile

#: Movements that somebody writes down. An offset is taken back by its entry, on both sides at once; what was given up
#: was decided.
_WRITTEN_DOWN = frozenset({MovementKind.PAID, MovementKind.AMENDED, MovementKind.REFUNDED})


def correctable(dossier: Dossier) -> tuple[AccountLine, ...]:
    """The lines of the account that may be taken back, in order of time: none was, and none takes another back.

    They are what somebody wrote down: tranches, entries of the ledger, titles, money that came back or was given back.
    """
    entries = {entry.id for entry in ledger_entries(dossier)}
    known = entries | _titles(dossier).keys() | _movements(dossier).keys()
    lines = account_lines(dossier)
    gone = {line.corrects for line in lines}
    return tuple(line for line in lines if line.id in known - gone and line.corrects is None)


def corrected(dossier: Dossier, line: str, on: date) -> dict[str, Any]:
    """The members of a dossier once a line of its account that may be is taken back on a day."""
    if line in (titles := _titles(dossier)):
        return _repaid(dossier, titles[line], without_title(titles[line], on))
    if line in (movements := _movements(dossier)):
        repayment, place = movements[line]
        return _repaid(dossier, repayment, without_movement(repayment, place, on))
    entry = next(each for each in ledger_entries(dossier) if each.id == line)
    amount = GainedEuros(-entry.amount)
    counter = replace(entry, id=next_id(dossier.ledger), amount=amount, on=on, corrects=entry.id)
    changes: dict[str, Any] = {"ledger": (*dossier.ledger, counter)}
    paid = dossier.repayment_of(entry.reference) if entry.kind is LedgerKind.OFFSET else None
    if paid is None:
        return changes
    return changes | _repaid(dossier, paid, without_movement(paid, _offset(paid, entry), on))


def ledger_entries(dossier: Dossier) -> Iterator[LedgerEntry]:
    """The tranches as entries, then the ledger."""
    for t in dossier.tranches:
        year, on, euros = t.budget_year, t.delegated_on, GainedEuros(cents(Fraction(t.amount)))
        yield LedgerEntry(t.id, LedgerKind.NOTIFIED, euros, on, year, tranche=t.id)
    yield from dossier.ledger


def repayment_told(dossier: Dossier, line: str) -> RepaymentFile | None:
    """The repayment whose title or whose money a line is; None for a tranche and for an entry."""
    moved = _movements(dossier).get(line)
    return moved[0] if moved else _titles(dossier).get(line)


def is_title(dossier: Dossier, line: str) -> bool:
    """True for a line that is a title, and stands."""
    return line in _titles(dossier)


def _titles(dossier: Dossier) -> dict[str, RepaymentFile]:
    return {
        title_id(f"R{rank}", len(asked.titles)): asked
        for rank, asked in enumerate(dossier.repayments, 1)
        if asked.title is not None
    }


def _movements(dossier: Dossier) -> dict[str, tuple[RepaymentFile, int]]:
    return {
        f"R{rank}-{place}": (asked, place)
        for rank, asked in enumerate(dossier.repayments, 1)
        for place, moved in asked.in_force
        if moved.kind in _WRITTEN_DOWN
    }


def _offset(repayment: RepaymentFile, entry: LedgerEntry) -> int:
    """The place of the movement that an offset of the ledger made."""
    wanted = (MovementKind.OFFSET, entry.amount, entry.on)
    return next(place for place, moved in repayment.in_force if (moved.kind, moved.amount, moved.on) == wanted)


def _repaid(dossier: Dossier, before: RepaymentFile, after: RepaymentFile) -> dict[str, Any]:
    """The repayments with that one; who took over owes what is due again, as it owes what was still due then."""
    owes, now = after.debtor, debtor_of(dossier)
    if before.is_over and not after.is_over and owes is not None and now is not None and now.site == owes.site:
        after = replace(after, debtor=now)
    return {"repayments": replaced(dossier.repayments, after)}
