"""Published calls: their versions, and the call that rules a dossier."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backoffice.services.facts import view_of
from backoffice.store.base import canonical
from backoffice.store.calls import CallVersion, newest_of
from backoffice.store.dossiers import DossierRow, JournalEntry
from workflows.calls.completed import completed
from workflows.calls.model import Call
from workflows.calls.parse import parse_call
from workflows.dossier import Dossier
from workflows.states import State

#: Parsed versions are immutable: a version is parsed once per process.
_KEPT_VERSIONS = 256


_calls: dict[UUID, Call] = {}
_ruling: dict[tuple[UUID, UUID, int | None], Call] = {}


def parsed(version: CallVersion) -> Call:
    """The call of a loaded version."""
    if version.id not in _calls:
        if len(_calls) >= _KEPT_VERSIONS:
            _calls.clear()
        call = parse_call(version.text, complement=version.complement, quota_sources=version.sources)
        _calls[version.id] = replace(call, version=version.number)
    return _calls[version.id]


def _call_of(session: Session, version: UUID) -> Call:
    return _calls.get(version) or parsed(session.get_one(CallVersion, version))


def in_force(session: Session, call: str) -> CallVersion | None:
    """The version in force of a call."""
    newest = select(func.max(CallVersion.number)).where(CallVersion.call == call).scalar_subquery()
    return session.scalar(select(CallVersion).where(CallVersion.call == call, CallVersion.number == newest))


def ruling(session: Session, row: DossierRow, newest: UUID | None = None) -> Call:
    """The call that rules a dossier: the clauses it was filed under, completed, with the parameters in force today.

    A draft follows the version in force. `newest`: that version, when the caller knows it. Known versions cost no
    statement.
    """
    if newest is None:
        newest = session.scalar(select(newest_of(row.call))) or row.call_version
    return _ruled(session, row, newest, lambda: _notified_under(session, row, view_of(row)))


def ruled_then(session: Session, row: DossierRow, entry: JournalEntry, before: Dossier) -> Call:
    """The call that ruled an act of a dossier, with the parameters in force then. `before`: the dossier it found."""
    return _ruled(session, row, entry.call_version, lambda: _notified_under(session, row, before))


def _ruled(session: Session, row: DossierRow, newest: UUID, notified_under: Callable[[], int | None]) -> Call:
    filed = ruled_by(row, newest)
    if newest == filed:
        return _call_of(session, filed)
    asked = filed, newest, notified_under()
    if asked not in _ruling:
        if len(_ruling) >= _KEPT_VERSIONS:
            _ruling.clear()
        _ruling[asked] = _completed(session, *asked)
    return _ruling[asked]


def _notified_under(session: Session, row: DossierRow, view: Dossier) -> int | None:
    """Number of the version in force when amounts were first notified, as they stand; None while none are."""
    notice = view.money_notice
    if notice is None:
        return None
    return notice.call_version or _first_told(session, row, view.version)


def _first_told(session: Session, row: DossierRow, upto: int) -> int | None:
    """The same from the journal up to an entry, for a notification whose facts do not say it."""
    entries = (
        select(JournalEntry.changes, CallVersion.number)
        .join(CallVersion, CallVersion.id == JournalEntry.call_version)
        .where(JournalEntry.dossier == row.id, JournalEntry.seq <= upto)
        .order_by(JournalEntry.seq)
    )
    first: int | None = None
    known: dict[str, int] = {}
    for changes, number in session.execute(entries):
        if "money_notice" in changes:
            notice = changes["money_notice"]
            # one that a correction puts back is the one it was
            first = known.setdefault(canonical(notice), first or number) if notice else None
    return first


def ruled_by(row: DossierRow, newest: UUID) -> UUID:
    """The version whose clauses rule a dossier: the one it was filed under; the one in force for a draft."""
    return newest if row.state == State.DRAFT.value else row.call_version


def _completed(session: Session, filed: UUID, newest: UUID, notified_under: int | None) -> Call:
    """Version after version: what one of them completed stays, whatever a later one says."""
    first, last = session.get_one(CallVersion, filed), session.get_one(CallVersion, newest)
    between = select(CallVersion).where(
        CallVersion.call == first.call, CallVersion.number > first.number, CallVersion.number <= last.number
    )
    call = parsed(first)
    for version in session.scalars(between.order_by(CallVersion.number)):
        settled = notified_under is not None and version.number > notified_under
        call = completed(call, parsed(version), settled=settled)
    return call
