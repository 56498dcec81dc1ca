"""The account of a post: every line of it in one order with its running balances, and what they add up to.

The lines are what acts wrote: differences of the schedule, tranches notified, entries of the ledger, repayments
decided, their titles and their movements. Each balance is a sum of lines; agency and hospital read the same ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from math import inf
from typing import Any

from workflows.account.asked_back import kept
from workflows.account.worth import funded, served_until, worth
from workflows.calls.funding import RepaymentReading
from workflows.calls.model import Call
from workflows.calls.sources import UnknownValueError
from workflows.dossier import Dossier
from workflows.money.repayment import repayment
from workflows.parts.ledger import LedgerKind, Written
from workflows.parts.repayments import RepaymentFile

_ZERO = Decimal("0.00")


class Column(StrEnum):
    """What a line of the account adds to; a title, which only claims what was decided, adds to nothing."""

    AWARDED = "awarded"
    NOTIFIED = "notified"
    REDUCED = "reduced"
    PAID = "paid"
    DECIDED = "decided"
    RECOVERED = "recovered"
    RELIEVED = "relieved"
    TITLE = "title"


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of lines of an account, in euros. `taken_back`: what was decided and no longer counts as credits.

    `to_recover`: decided, neither recovered nor relieved. `to_refund`: came back and was not owed after all. One
    repayment is never set against another.
    """

    awarded: Decimal = _ZERO
    notified: Decimal = _ZERO
    reduced: Decimal = _ZERO
    paid: Decimal = _ZERO
    decided: Decimal = _ZERO
    recovered: Decimal = _ZERO
    relieved: Decimal = _ZERO
    taken_back: Decimal = _ZERO
    to_recover: Decimal = _ZERO
    to_refund: Decimal = _ZERO

    @property
    def standing(self) -> Decimal:
        """Notified, less what was reduced."""
        return self.notified - self.reduced

    @property
    def to_pay(self) -> Decimal:
        """Notified, neither reduced nor paid: never below zero, for no tranche is paid above what stands of it."""
        return self.standing - self.paid

    @property
    def to_delegate(self) -> Decimal:
        """Awarded and not notified yet, or taken back since; nothing once more was notified than is awarded."""
        return max(_ZERO, self.awarded - self.standing + self.taken_back)


@dataclass(frozen=True, slots=True)
class Left:
    """What a repayment leaves, in euros, or what a line changes of it: see the sums of those names."""

    taken_back: Decimal = _ZERO
    to_recover: Decimal = _ZERO
    to_refund: Decimal = _ZERO


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One line, in euros, below zero when it takes back: `after` are the sums of the lines up to it, itself included.

    `id` is the same for ever: somebody may contest it. `corrects`: the line it takes back. `left`: what it changes of
    what its repayment leaves. `entry`: the number of the journal entry that wrote it; 0 as long as they were not kept,
    and then only time tells which line came first.
    """

    id: str
    on: date
    column: Column
    label: str
    amount: Decimal
    budget_year: int | None = None
    reference: str | None = None
    tranche: str | None = None
    corrects: str | None = None
    left: Left = Left()
    after: Totals = Totals()
    entry: int = 0


@dataclass(frozen=True, slots=True)
class Balances(Totals):
    """The account on a day. `due`: the days served up to it; `unknown`: the rule of an amount nobody knows (A25)."""

    due: Decimal = _ZERO
    unknown: str | None = None


#: Sums that a line may change besides its column.
_LEFT = tuple(member.name for member in fields(Left))
_SUMS = tuple(member.name for member in fields(Totals))


def account_lines(dossier: Dossier) -> tuple[AccountLine, ...]:
    """Every line of the account of a post in order of time, with its running balances.

    Within a day they are in the order in which they were written; those of facts that do not tell it come first,
    kind by kind.
    """
    entries = {each.line: each.entry for each in dossier.written}
    # a line of the schedule has always said its entry: next to lines that do not, it would seem to come after them
    kept_since = min(entries.values(), default=inf)
    known = ((line, entries.get(line.id, line.entry)) for line in _unordered(dossier))
    lines = (replace(line, entry=entry if entry >= kept_since else 0) for line, entry in known)
    totals, found = Totals(), []
    for line in sorted(lines, key=lambda line: (line.on, line.entry)):
        totals = _plus(totals, line)
        found.append(replace(line, after=totals))
    return tuple(found)


def _unordered(dossier: Dossier) -> Iterator[AccountLine]:
    yield from _schedule(dossier)
    yield from _tranches(dossier)
    yield from _ledger(dossier)
    yield from _repayments(dossier)


#: Members of a dossier that its account is made from, but for its schedule, whose lines say their own entry.
_WRITE_LINES = frozenset({"ledger", "repayments", "tranches"})


def numbered(before: Dossier, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes of an act, with the number of its entry for each line that it writes in the account."""
    if not changes.keys() & _WRITE_LINES:
        return dict(changes)
    known = {line.id for line in _unordered(before)}
    lines = [line for line in _unordered(replace(before, **changes)) if line.id not in known and not line.entry]
    added = tuple(Written(line.id, before.version + 1) for line in lines)
    return {**changes, "written": (*before.written, *added)} if added else dict(changes)


def balances(dossier: Dossier, call: Call, day: date) -> Balances:
    """The account of a post on a day, from its lines up to that day included."""
    lines = [line for line in account_lines(dossier) if line.on <= day]
    totals = lines[-1].after if lines else Totals()
    sums = {name: getattr(totals, name) for name in _SUMS}
    try:
        funded(dossier, call)  # before anybody serves, only the whole schedule tells that an amount is unknown
        return Balances(**sums, due=served_until(dossier, call, day).total)
    except UnknownValueError as error:
        return Balances(**sums, unknown=error.rule)


def _plus(totals: Totals, line: AccountLine) -> Totals:
    sums = {name: getattr(totals, name) + getattr(line.left, name) for name in _LEFT}
    if line.column is not Column.TITLE:
        sums[line.column.value] = getattr(totals, line.column.value) + line.amount
    return replace(totals, **sums)


def _schedule(dossier: Dossier) -> Iterator[AccountLine]:
    for made in dossier.adjustments:
        yield AccountLine(f"S{made.entry}", made.on, Column.AWARDED, "échéancier", made.amount, entry=made.entry)


def _tranches(dossier: Dossier) -> Iterator[AccountLine]:
    for t in dossier.tranches:
        label = LedgerKind.NOTIFIED.label
        yield AccountLine(t.id, t.delegated_on, Column.NOTIFIED, label, t.amount, t.budget_year, tranche=t.id)


_COLUMNS = {
    LedgerKind.NOTIFIED: Column.NOTIFIED,
    LedgerKind.OPENING_NOTIFIED: Column.NOTIFIED,
    LedgerKind.OPENING_PAID: Column.PAID,
    LedgerKind.PAID: Column.PAID,
    LedgerKind.OFFSET: Column.PAID,
    LedgerKind.REDUCED: Column.REDUCED,
}


def _ledger(dossier: Dossier) -> Iterator[AccountLine]:
    ranks = {asked.cause: f"R{rank}" for rank, asked in enumerate(dossier.repayments, 1)}
    for e in dossier.ledger:
        label = f"annulation : {e.kind.label}" if e.corrects else e.kind.label
        reference = ranks.get(e.reference or "") if e.kind is LedgerKind.OFFSET else e.reference
        about = (e.budget_year, reference, e.tranche, e.corrects)
        yield AccountLine(e.id, e.on, _COLUMNS[e.kind], label, e.amount, *about)


def _repayments(dossier: Dossier) -> Iterator[AccountLine]:
    for rank, asked in enumerate(dossier.repayments, 1):
        if asked.decided is not None:
            yield from _repayment(f"R{rank}", asked, asked.decided)


def _repayment(name: str, asked: RepaymentFile, decided: Decimal) -> Iterator[AccountLine]:
    on, left = asked.decided_on or asked.opened_on, _left(asked, 0)
    yield AccountLine(name, on, Column.DECIDED, "reversement décidé", decided, left=left)
    for n, (number, issued, amount, gone) in enumerate(asked.titles, 1):
        line, label = title_id(name, n), "titre de recettes"
        claimed = next(euros for euros in (amount, asked.title_amount, decided) if euros is not None)
        yield AccountLine(line, issued or on, Column.TITLE, label, claimed, reference=number)
        if gone is not None:
            label = f"annulation : {label}"
            yield AccountLine(f"{line}-A", gone, Column.TITLE, label, -claimed, reference=number, corrects=line)
    for n, moved in enumerate(asked.movements, 1):
        before, left, column = left, _left(asked, n), Column.RECOVERED if moved.kind.is_money else Column.RELIEVED
        change = Left(*(getattr(left, each) - getattr(before, each) for each in _LEFT))
        written = AccountLine(f"{name}-{n}", moved.on, column, moved.label, moved.lowers, left=change)
        corrects = f"{name}-{moved.corrects}" if moved.corrects else None
        yield replace(written, reference=moved.authority, corrects=corrects)


def title_id(name: str, rank: int) -> str:
    """The name of the title of that rank, from 1, of the repayment of that name."""
    return f"{name}-T{rank if rank > 1 else ''}"


def _left(asked: RepaymentFile, moved: int) -> Left:
    """What a repayment leaves after so many of its movements."""
    then = replace(asked, movements=asked.movements[:moved])
    return Left(then.taken_back, then.outstanding, then.to_refund)


# What would come back.


@dataclass(frozen=True, slots=True)
class Asked:
    """What one reading would ask back, in euros, for a cause of the call’s clauses; None: for no cause of theirs."""

    cause: str | None
    reading: RepaymentReading
    amount: Decimal
    shown: bool


@dataclass(frozen=True, slots=True)
class Stopped:
    """A post that would stop on a day, in euros. `asked`: each reading allowed; `to_reduce`: notified and not earned.

    `to_pay`: earned and not paid yet. `decidable`: the agency has signed its reading (A1).
    """

    on: date
    served: Decimal
    paid: Decimal
    asked: tuple[Asked, ...]
    to_pay: Decimal
    to_reduce: Decimal
    decidable: bool


def if_stopped(dossier: Dossier, call: Call, day: date) -> Stopped:
    """What would be asked back, paid and reduced if the last day of the post were that one.

    Raises UnknownValueError while the call gives no cost (A25).
    """
    funding, served, paid = call.clauses.funding, served_until(dossier, call, day), kept(dossier)
    asked: list[Asked] = []
    decidable = False
    for cause in (None, *dict.fromkeys(clause.cause for clause in funding.repayment_clauses)):
        found = repayment(funding, paid, served, day, *((cause,) if cause else ()))
        decidable = found.decidable
        asked += [Asked(cause, r, found.by_reading[r], r is found.shown) for r in found.available]
    earned = served.total
    return Stopped(
        day,
        earned,
        paid,
        tuple(asked),
        to_pay=max(_ZERO, earned - dossier.paid_net),
        to_reduce=_unearned(dossier, earned),
        decidable=decidable,
    )


def credits_to_reduce(dossier: Dossier, call: Call) -> Decimal:
    """What was notified of a post that is over, is not paid, and was not earned, in euros: it is not paid but reduced.

    Zero while the post goes on, or while an amount is unknown.
    """
    earned = worth(dossier, call) if dossier.end else None
    return _ZERO if earned is None else _unearned(dossier, earned)


def _unearned(dossier: Dossier, earned: Decimal) -> Decimal:
    """What counts as delegated, neither paid nor earned."""
    return max(_ZERO, dossier.delegated_net - max(earned, dossier.paid_net))
