"""Published calls: loading a file as a version, and the call that rules a dossier."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from backoffice.store.base import canonical, writing
from backoffice.store.calls import CallVersion, QuotaRow
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


@lru_cache(maxsize=_KEPT_VERSIONS)
def _parsed(version: UUID, text: str, complement: str | None, sources: str) -> Call:
    return parse_call(text, complement=complement, quota_sources=json.loads(sources))


def parsed(version: CallVersion) -> Call:
    """The call of a loaded version."""
    return _parsed(version.id, version.text, version.complement, canonical(version.sources))


def in_force(session: Session, call: str) -> CallVersion | None:
    """The version in force of a call."""
    newest = select(func.max(CallVersion.number)).where(CallVersion.call == call).scalar_subquery()
    return session.scalar(select(CallVersion).where(CallVersion.call == call, CallVersion.number == newest))


def ruling(session: Session, version: UUID) -> Call:
    """The call that rules a dossier: the clauses it was filed under, with the live parameters in force today."""
    call = select(CallVersion.call).where(CallVersion.id == version).scalar_subquery()
    newest = select(func.max(CallVersion.number)).where(CallVersion.call == call).scalar_subquery()
    wanted = select(CallVersion).where(
        CallVersion.call == call, (CallVersion.id == version) | (CallVersion.number == newest)
    )
    found = {row.id: row for row in session.scalars(wanted.order_by(CallVersion.number))}
    filed, current = found[version], list(found.values())[-1]
    if current.id == version:
        return parsed(filed)
    return replace(parsed(filed), parameters=parsed(current).parameters)
