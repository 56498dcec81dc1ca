"""What falls due on a call: its opening, its closing (J1), its committee sessions (J6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from workflows.calls.model import Call
from workflows.calls.parameters import Session
from workflows.deadlines import hour_of_day, start_of_day
from workflows.effects import Addressee
from workflows.french import short_day
from workflows.jobs import Job, JobRule

_COMMITTEE = "CRPA art. R. 133-8"
#: Days of notice that the members of a consultative committee have of its session, but for urgency (CRPA R.133-8).
NOTICE_DAYS = 5


class CallDueKind(StrEnum):
    """The kinds of things that fall due on a call. The value is part of the key that makes each happen once.

    Of a convocation follow that of each member, and word to the service when it leaves too late.
    """

    CALL_OPENED = "call_opened"
    CALL_CLOSED = "call_closed"
    SESSION_PREPARED = "session_prepared"
    SESSION_CONVENED = "session_convened"
    MEMBER_CONVENED = "member_convened"
    SESSION_LATE = "session_late"

    @property
    def label(self) -> str:
        """What falls due, in a few French words."""
        return _LABELS[self]


_LABELS = {
    CallDueKind.CALL_OPENED: "Ouverture de l’appel",
    CallDueKind.CALL_CLOSED: "Clôture de l’appel",
    CallDueKind.SESSION_PREPARED: "Séance à préparer",
    CallDueKind.SESSION_CONVENED: "Convocation de la commission",
    CallDueKind.MEMBER_CONVENED: "Convocation d’un membre",
    CallDueKind.SESSION_LATE: "Convocation tardive",
}


@dataclass(frozen=True, slots=True)
class CallDue:
    """Something due on a call, on a day of the authority’s zone, at its first instant or at `hour`.

    `session`: the id of the committee session it is about. `before`: the first day of that session, from which it would
    come too late, so that it is not done any more.
    """

    kind: CallDueKind
    on: date
    what: str
    unless: str
    job: Job
    to: tuple[Addressee, ...] = ()
    rule: str | None = None
    hour: int = 0
    session: str | None = None
    before: date | None = None

    @property
    def key(self) -> str:
        """Key of the due within its call: a missed, doubled or parallel tick is harmless."""
        return ":".join(part for part in (self.kind.value, self.session, self.counts_for.isoformat()) if part)

    @property
    def counts_for(self) -> date:
        """The day that makes it one thing: that of its session, however many days before it is told; else its own."""
        return self.before or self.on

    def at(self, zone: str) -> datetime:
        """The instant it falls due in a zone, in UTC."""
        return hour_of_day(self.on, self.hour, zone) if self.hour else start_of_day(self.on, zone)


def call_due_items(call: Call, today: date) -> tuple[CallDue, ...]:
    """Everything still to fall due, or past, on a call, from what is known today; in order of date.

    A session whose first day has come is neither prepared nor convened any more.
    """
    found = [*_doors(call, today), *_sessions(call, today)]
    return tuple(sorted(found, key=lambda due: (due.on, due.kind.value, due.session or "")))


def convened_in_time(first: date, today: date) -> bool:
    """True while members convened that day have the notice the law gives them of a session."""
    return today + timedelta(days=NOTICE_DAYS) <= first


def _doors(call: Call, today: date) -> Iterator[CallDue]:
    opens_on, closing = call.parameters.opens_on, call.parameters.closing_at(today)
    to = call.parameters.jobs.rule(Job.J1).to
    if opens_on.value is not None:
        what = f"L’appel ouvre le {short_day(opens_on.value)} à minuit."
        unless = "la date d’ouverture change avant"
        yield CallDue(CallDueKind.CALL_OPENED, opens_on.value, what, unless, Job.J1, to, opens_on.rule)
    if closing.value is not None:
        last = closing.value.last_day
        what = f"L’appel ferme à la fin du {short_day(last)} : les brouillons sont gelés."
        unless = "une prolongation est décidée avant"
        yield CallDue(CallDueKind.CALL_CLOSED, last + timedelta(days=1), what, unless, Job.J1, to, closing.rule)


def _sessions(call: Call, today: date) -> Iterator[CallDue]:
    rule = call.parameters.jobs.rule(Job.J6)
    if call.clauses.committee.exists.value is False or rule.off:
        return
    for session in call.parameters.sessions:
        if today < session.first:
            yield from _session(session, rule)


def _session(session: Session, rule: JobRule) -> Iterator[CallDue]:
    prepare, convene = max(rule.days), min(rule.days)
    first, unless = short_day(session.first), "la séance a commencé, ou sa date change"
    asked = (
        (
            CallDueKind.SESSION_PREPARED,
            prepare,
            Addressee.SERVICE,
            f"Préparer la séance qui commence le {first} : ordre du jour, fiches, liens d’intérêts.",
        ),
        (
            CallDueKind.SESSION_CONVENED,
            convene,
            Addressee.MEMBERS,
            f"Convocation des membres à la séance qui commence le {first}. Chacun ne reçoit que ce qu’il peut lire.",
        ),
    )
    for kind, days, who, what in asked:
        yield CallDue(
            kind,
            session.first - timedelta(days=days),
            what,
            unless,
            Job.J6,
            tuple(one for one in (who,) if one in rule.to),
            _COMMITTEE,
            rule.send_at,
            session.id,
            session.first,
        )
