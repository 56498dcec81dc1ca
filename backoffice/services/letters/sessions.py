"""Asking for the letters of a session of the committee: its convocations, its procès-verbal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backoffice.services.act import Times
from backoffice.services.committee import members_of
from backoffice.services.letters.making import LetterRefusedError
from backoffice.store.base import writing
from backoffice.store.letters import Letter
from backoffice.store.mails import LetterDue
from workflows.actors import Actor
from workflows.calls.model import Call
from workflows.calls.parameters import Session as Sitting
from workflows.deadlines import local_day
from workflows.effects import Addressee
from workflows.letters.convocation import MeetingRefusedError, meeting

CONVOCATION, MINUTES = "L6", "L7"
_TO = {CONVOCATION: Addressee.MEMBERS, MINUTES: Addressee.SERVICE}


def convene(session: Session, call: Call, sitting: Sitting, by: Actor, times: Times, typed: Mapping[str, str]) -> UUID:
    """Ask for the convocations of a session; gives what was asked. `typed`: day, hour, place, urgency as they came.

    Raises LetterRefusedError.
    """
    if not members_of(session, call.id, sitting.id):
        raise LetterRefusedError("Personne ne siège encore à cette séance : ajoutez d’abord ses membres.")
    try:
        meets = meeting(
            *(typed.get(name, "") for name in ("on", "at", "place", "urgent")),
            first=sitting.first,
            last=sitting.last,
            today=local_day(times.legal, call.authority.zone),
        )
    except MeetingRefusedError as error:
        raise LetterRefusedError(str(error)) from error
    return _ask(session, call, sitting, CONVOCATION, by, times, meets.plain())


def ask_minutes(session: Session, call: Call, sitting: Sitting, by: Actor, times: Times) -> UUID:
    """Ask for the procès-verbal of a session; gives what was asked. What it lacks stops it when it is validated."""
    return _ask(session, call, sitting, MINUTES, by, times, {})


def _ask(
    session: Session,
    call: Call,
    sitting: Sitting,
    code: str,
    by: Actor,
    times: Times,
    details: Mapping[str, str],
) -> UUID:
    """Ask for a letter, in the place of the one asked before; letters that left stay as they are."""
    with writing(session):
        before = select(LetterDue).where(
            LetterDue.call == call.id,
            LetterDue.session == sitting.id,
            LetterDue.code == code,
            LetterDue.cancelled_at.is_(None),
        )
        replaced = list(session.scalars(before.with_for_update()))
        told = _last_sent(session, replaced)
        for due in replaced:
            due.cancelled_at = times.legal
        due = LetterDue(
            id=uuid4(),
            call=call.id,
            session=sitting.id,
            region=call.authority.region,
            code=code,
            addressee=_TO[code].value,
            asked_at=times.legal,
            asked_by=by.id,
            details={**details, **({"replaces": told.isoformat()} if told else {})},
        )
        session.add(due)
        return due.id


def _last_sent(session: Session, dues: list[LetterDue]) -> date | None:
    """The day on which the last letter of what is replaced left; the one that it replaced itself, when none did."""
    sent = select(func.max(Letter.sent_on)).where(Letter.due.in_([due.id for due in dues]))
    found = session.scalar(sent)
    if found is not None or not dues:
        return found
    earlier = (dues[-1].details or {}).get("replaces")
    return date.fromisoformat(earlier) if earlier else None
