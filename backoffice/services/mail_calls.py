"""The mails about a call: its opening, its closing, the sessions of its committee (L6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from backoffice.services.addresses import Recipient
from backoffice.services.mail_matter import of_service
from backoffice.services.mail_texts import Leaving, UnknownMailError, written
from backoffice.services.mails import Mail
from workflows.calls.model import Call
from workflows.calls.parameters import Session
from workflows.due import convened_in_time
from workflows.french import day, short_day
from workflows.specialties import UnknownSpecialtyError, specialty

#: The mails about a call, by name.
CALL_MAILS = frozenset({"call_opened", "call_closed", "session_prepared", "session_convened", "session_late"})


def compose_call_mail(
    name: str,
    call: Call,
    *,
    recipients: tuple[Recipient, ...],
    outbox: UUID,
    mail_from: str,
    public_url: str,
    today: date,
    at: datetime,
    session: Session | None = None,
    agenda: Sequence[tuple[str, str | None]] = (),
    counts: tuple[int, int] = (0, 0),
    members: Sequence[str] = (),
) -> Mail:
    """Write a mail about a call: one of `CALL_MAILS` (`session_convened` is L6).

    `agenda`: numbers and specialties of the dossiers of the session that its reader may know of. `counts`: dossiers
    filed, and drafts that never were. `members`: names of those convened too late. Raises UnknownMailError.
    """
    if name not in CALL_MAILS or (session is None) == name.startswith("session"):
        raise UnknownMailError(name)
    leaving = Leaving(call, recipients, outbox, mail_from, public_url, at)
    page = f"{leaving.root}/dossiers"
    if session is not None:
        page = f"{leaving.root}/commission/{quote(call.id)}/{quote(session.id)}"
    closing = call.parameters.closing_at(today).value
    values: dict[str, Any] = {
        "title": call.title,
        **of_service(call),
        "page": page,
        "opens_on": call.parameters.opens_on.value,
        "last_day": closing.last_day if closing else None,
        "filed": counts[0],
        "drafts": counts[1],
        "label": session.label if session else None,
        "when": _when(session) if session else None,
        "agenda": [(number, _label(code)) for number, code in agenda],
        "in_time": session is not None and convened_in_time(session.first, today),
        "members": list(members),
    }
    return written(leaving, name, values, (page,))


def _when(session: Session) -> str:
    if session.first == session.last:
        return f"le {day(session.first)}"
    return f"entre le {short_day(session.first)} et le {short_day(session.last)}"


def _label(code: str | None) -> str | None:
    try:
        return specialty(code).label if code else None
    except UnknownSpecialtyError:
        return None
