"""What budgets read in whole dossiers, and no sum of rows says: what nobody served or decided, and places offered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from backoffice.services.callbook import parsed, ruling
from backoffice.services.facts import view_of
from backoffice.store.budgets import WholeDossier, whole_dossiers
from backoffice.store.calls import CallVersion
from workflows.account.served_so_far import Month, unserved
from workflows.deadlines import local_day
from workflows.dossier import Dossier
from workflows.parts.rivals import StandingOffer
from workflows.ranking import standing_offers
from workflows.repaying.liquidation import undecided

_ZERO = Decimal("0.00")


@dataclass(slots=True)
class Whole:
    """What the dossiers of a call say, in euros.

    `unserved`: by month that is over, what nobody served: it is not due yet (I9). `undecided`: how many dossiers were
    paid too much, or are proposed to give money back, before anybody decides, and the euros of all. `offers`: the
    places that stand offered to dossiers of the reserve list, in the order of their numbers.
    """

    unserved: dict[Month, Decimal] = field(default_factory=dict)
    undecided: tuple[int, Decimal] = (0, _ZERO)
    offers: tuple[StandingOffer, ...] = ()


def read_whole(
    session: Session,
    region: str | None,
    versions: Iterable[CallVersion],
    now: datetime,
    call: str | None = None,
    *,
    offers: bool = False,
) -> dict[str, Whole]:
    """What the dossiers of each call say; `versions`: those in force; `offers`: with the places offered. One statement.

    A call none of whose dossiers says anything may be missing.
    """
    newest = {version.call: version for version in versions}
    days = {one: local_day(now, parsed(version).authority.zone) for one, version in newest.items()}
    if not days:
        return {}
    last, found = max(days.values()), dict[str, Whole]()
    for each in whole_dossiers(session, region, (last.year, last.month), call, reserve=offers):
        if each.row.call in newest:
            one = found.setdefault(each.row.call, Whole())
            _add(session, one, each, newest[each.row.call], days[each.row.call])
    return found


def _add(session: Session, found: Whole, each: WholeDossier, version: CallVersion, today: date) -> None:
    view = view_of(each.row)
    if each.idle:
        for month, left in unserved(view, ruling(session, each.row, version.id), today).items():
            found.unserved[month] = found.unserved.get(month, _ZERO) + left
    if each.undecided:
        found.undecided = _with(found.undecided, view)
    if each.reserve:
        found.offers += standing_offers((view,), parsed(version).parameters.quotas, today)


def _with(known: tuple[int, Decimal], view: Dossier) -> tuple[int, Decimal]:
    number, euros = known
    left = undecided(view)
    return (number + 1, euros + left) if left else known
