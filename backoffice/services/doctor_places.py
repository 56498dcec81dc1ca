"""What the doctor makes of a quota that holds more places than it has: lowered since, or overdrawn."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.services.callbook import parsed
from backoffice.store.calls import CallVersion, PlaceRow
from backoffice.store.dossiers import JournalEntry
from workflows.parts.places import PlaceStatus

#: Places that count for good: the others wait for the quota, or for persons (A18).
FIRM = PlaceRow.status != PlaceStatus.PROVISIONAL.value


def lowered_since(session: Session, call: str, quota: str, places: int) -> bool:
    """True when each firm place was taken within what its quota held then: only a later version made them too many.

    Nobody takes them back (A18); the page of the budget shows the overrun. `places`: those it has now.
    """
    versions = session.scalars(select(CallVersion).where(CallVersion.call == call).order_by(CallVersion.number)).all()
    held = {v.id: next((q.places.value for q in parsed(v).parameters.quotas if q.id == quota), None) for v in versions}
    if not versions or held[versions[-1].id] != places:
        return False
    taken, so_far = _taken_under(session, call, quota), 0
    for version, limit in held.items():
        here = taken.count(version)
        so_far += here
        if here and limit is not None and so_far > limit:
            return False
    return True


def _taken_under(session: Session, call: str, quota: str) -> list[UUID]:
    """The version of the call under which each firm place of a quota was taken."""
    holders = select(PlaceRow.dossier).where(PlaceRow.call == call, PlaceRow.quota == quota, FIRM)
    entries = select(JournalEntry.dossier, JournalEntry.call_version, JournalEntry.changes)
    in_order = entries.where(JournalEntry.dossier.in_(holders)).order_by(JournalEntry.dossier, JournalEntry.seq)
    holding: set[UUID] = set()
    found: dict[UUID, UUID] = {}
    for dossier, version, changes in session.execute(in_order):
        if "place" in changes and changes["place"] is None:
            holding.discard(dossier)
        elif "place" in changes and dossier not in holding:
            holding.add(dossier)
            found[dossier] = version
    return list(found.values())
