"""Published calls: loading a file as a version, and the call that rules a dossier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from backoffice.store.base import writing
from backoffice.store.calls import CallVersion, QuotaRow, newest_of
from workflows.acts import ACTS
from workflows.calls.model import Call
from workflows.calls.parse import parse_call

#: Parsed versions are immutable: a version is parsed once per process.
_KEPT_VERSIONS = 256


class CallUnchangedError(ValueError):
    """The file says exactly what the version in force says."""

    def __init__(self, call: str, number: int) -> None:
        super().__init__(f"L’appel « {call} » est déjà chargé dans cette version (n° {number}) : rien n’a changé.")


def load_version(
    session: Session,
    text: str,
    *,
    sources: Mapping[str, str],
    by: str,
    now: datetime,
    complement: str | None = None,
) -> CallVersion:
    """Load a call file as the version in force of its call, and its quotas with it.

    Raises CallFileError with every mistake, CallUnchangedError when nothing changed; nothing is written then.
    """
    call = parse_call(text, complement=complement, quota_sources=sources, known_acts=frozenset(ACTS))
    with writing(session):
        last = session.scalar(
            select(CallVersion).where(CallVersion.call == call.id).order_by(CallVersion.number.desc()).limit(1)
        )
        if last is not None and (last.text, last.complement, last.sources) == (text, complement, dict(sources)):
            raise CallUnchangedError(call.id, last.number)
        version = CallVersion(
            call=call.id,
            number=(last.number if last else 0) + 1,
            region=call.authority.region,
            title=call.title,
            clauses=call.digest,
            text=text,
            complement=complement,
            sources=dict(sources),
            loaded_at=now,
            loaded_by=by,
        )
        session.add(version)
        _set_quotas(session, call)
    return version


def _set_quotas(session: Session, call: Call) -> None:
    kept = [quota.id for quota in call.parameters.quotas]
    session.execute(delete(QuotaRow).where(QuotaRow.call == call.id, QuotaRow.id.not_in(kept)))
    for quota in call.parameters.quotas:
        row = QuotaRow(call=call.id, id=quota.id, label=quota.label, rule=quota.places.rule, places=quota.places.value)
        session.merge(row)


_calls: dict[UUID, Call] = {}


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
    """The call that rules a dossier: the clauses it was filed under, with the live parameters in force today.

    `newest`: the version in force, when the caller knows it. Known versions cost no statement.
    """
    if newest is None:
        call = select(CallVersion.call).where(CallVersion.id == version).scalar_subquery()
        newest = session.scalar(select(newest_of(call))) or version
    filed = _call_of(session, version)
    return filed if newest == version else replace(filed, parameters=_call_of(session, newest).parameters)
