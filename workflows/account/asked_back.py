"""What the repayments of a post account for together: no euro is asked for twice, nor more than was paid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from workflows.dossier import Dossier
from workflows.parts.repayment_steps import RepaymentState
from workflows.parts.repayments import RepaymentFile

_ZERO = Decimal("0.00")
#: Members of a dossier that make an excess: what was paid, what the schedule is worth, and what was taken back.
_MAKE_EXCESS = frozenset({"adjustments", "ledger", "repayments"})


def asked_back(repayments: Iterable[RepaymentFile], but: str | None = None) -> Decimal:
    """Euros of the excess that repayments account for, save the one of a cause: nobody asks for them again."""
    return sum((r.examined for r in repayments if r.cause != but), _ZERO)


def held(repayments: Iterable[RepaymentFile], but: str | None = None) -> Decimal:
    """Euros that repayments hold, save the one of a cause: never above what was paid to their post."""
    return sum((r.held for r in repayments if r.cause != but), _ZERO)


def limit_of(dossier: Dossier, repayment: RepaymentFile) -> Decimal:
    """Euros that a repayment may ask for at most: what was paid to the post and no other one holds."""
    return max(_ZERO, dossier.paid - held(dossier.repayments, but=repayment.cause))


def kept(dossier: Dossier, *, but: str | None = None) -> Decimal:
    """What the recruiter was paid and no repayment accounts for, save the one of a cause, in euros.

    What was remitted was asked back all the same: nobody asks for it twice.
    """
    return max(_ZERO, dossier.paid - asked_back(dossier.repayments, but))


def taken_over(dossier: Dossier, on: date) -> Dossier:
    """The dossier once an early end asks by itself for what was only proposed: nobody was told of it yet."""
    end = dossier.end.id if dossier.end else None
    dropped = RepaymentState.DROPPED

    def gone(each: RepaymentFile) -> RepaymentFile:
        return replace(each, state=dropped, settled_on=on, let_go=_ZERO, relief=None, taken_over_by=end)

    return replace(dossier, repayments=tuple(gone(r) if r.is_only_proposed else r for r in dossier.repayments))


def absorbed(before: Dossier, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes of an act, with what they take off what was let go.

    What was let go stays so only while it is in excess: months that are owed are paid by it, as by any other payment,
    and a payment that a correction cancels was never let go.
    """
    after = replace(before, **changes)
    known = any(each.spared for each in after.repayments)
    if not known or not after.adjustments or not changes.keys() & _MAKE_EXCESS:
        return dict(changes)
    left = max(_ZERO, after.paid_net - sum((made.amount for made in after.adjustments), _ZERO))
    found: list[RepaymentFile] = []
    for each in after.repayments:
        spared = min(each.spared, left)
        left -= spared
        found.append(each if spared == each.spared else replace(each, let_go=spared))
    return {**changes, "repayments": tuple(found)}
