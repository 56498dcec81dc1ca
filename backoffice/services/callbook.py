"""Published calls: their versions, and the call that rules a dossier."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backoffice.store.calls import CallVersion, newest_of
from workflows.calls.completed import completed
from workflows.calls.model import Call
from workflows.calls.parse import parse_call

#: Parsed versions are immutable: a version is parsed once per process.
_KEPT_VERSIONS = 256


_calls: dict[UUID, Call] = {}
_ruling: dict[tuple[UUID, UUID], Call] = {}


def parsed(version: CallVersion) -> Call:
    """The call of a loaded version."""
    if version.id not in _calls:
        if len(_calls) >= _KEPT_VERSIONS:
            _calls.clear()
        _calls[version.id] = parse_call(version.text, complement=version.complement, quota_sources=version.sources)
    return _calls[version.id]


def _call_of(session: Session, version: UUID) -> Call:
    return _calls.get(version) or parsed(session.get_one(CallVersion, version))


def in_force(session: Session, call: str) -> CallVersion | None:
    """The version in force of a call."""
    newest = select(func.max(CallVersion.number)).where(CallVersion.call == call).scalar_subquery()
    return session.scalar(select(CallVersion).where(CallVersion.call == call, CallVersion.number == newest))


def ruling(session: Session, version: UUID, newest: UUID | None = None) -> Call:
    """The call that rules a dossier: the clauses it was filed under, completed, with the parameters in force today.

    `newest`: the version in force, when the caller knows it. Known versions cost no statement.
    """
    if newest is None:
        call = select(CallVersion.call).where(CallVersion.id == version).scalar_subquery()
        newest = session.scalar(select(newest_of(call))) or version
    filed = _call_of(session, version)
    if newest == version:
        return filed
    pair = version, newest
    if pair not in _ruling:
        if len(_ruling) >= _KEPT_VERSIONS:
            _ruling.clear()
        _ruling[pair] = completed(filed, _call_of(session, newest))
    return _ruling[pair]
