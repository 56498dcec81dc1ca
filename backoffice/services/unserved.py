"""What the schedules of a region count in months that are over and that nobody served: not due yet (I9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from backoffice.services.callbook import parsed, ruling
from backoffice.services.facts import view_of
from backoffice.store.calls import CallVersion
from backoffice.store.waiting import waiting
from workflows.account.served_so_far import Month, unserved
from workflows.deadlines import local_day

_ZERO = Decimal("0.00")


def unserved_months(
    session: Session, region: str | None, versions: Iterable[CallVersion], now: datetime, call: str | None = None
) -> dict[str, dict[Month, Decimal]]:
    """Euros by call and month of the months over that nobody served. `versions`: those in force. One statement."""
    newest = {version.call: version for version in versions}
    days = {one: local_day(now, parsed(version).authority.zone) for one, version in newest.items()}
    if not days:
        return {}
    last = max(days.values())
    found: dict[str, dict[Month, Decimal]] = {}
    for row in waiting(session, region, (last.year, last.month), call):
        if row.call in newest:
            sums = found.setdefault(row.call, {})
            left = unserved(view_of(row), ruling(session, row, newest[row.call].id), days[row.call])
            for month, euros in left.items():
                sums[month] = sums.get(month, _ZERO) + euros
    return found
