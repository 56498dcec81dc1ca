"""What falls due on calls and the sessions of their committees: few rows, told to the service or to the members."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backoffice.services.callbook import parsed
from backoffice.store import reading
from backoffice.store.base import insert_into, writing
from backoffice.store.calls import CallVersion
from backoffice.store.committee import CommitteeMember
from backoffice.store.outbox import OutboxRow
from backoffice.store.schedule import CallNotice, JobRun
from backoffice.store.sweeps import BETWEEN, DIGEST
from workflows.calls.model import Call
from workflows.deadlines import local_day
from workflows.due import CallDue, CallDueKind, call_due_items, convened_in_time
from workflows.effects import Addressee
from workflows.jobs import Job

#: The kind of a mail about a call.
CALL_MAIL = "call"
Key = tuple[str, str, str, Any]
Dated = tuple[str, str, str]
#: Namespace of the digests that stand for a session in keys.
_SESSIONS = UUID("5f1c7f4e-6a51-5b0e-9d7e-2f0a3c8b9e61")


@dataclass(frozen=True, slots=True)
class Come:
    """Something of a call that has come, at an instant. `late`: it had come before anybody loaded the call.

    `member`: the account of the member it convenes: each is convened once, those who join the session later too.
    """

    call: Call
    due: CallDue
    late: bool
    member: UUID | None = None

    @property
    def kind(self) -> CallDueKind:
        """The kind of its notice."""
        return self.due.kind if self.member is None else CallDueKind.MEMBER_CONVENED

    @property
    def key(self) -> Key:
        """What makes it happen once: of a session, for its first day, however many days before it is told."""
        sitting, subject = self.due.session, ""
        if sitting is not None:  # in a column where the session, its day and the member would not fit
            subject = str(uuid5(self.member or _SESSIONS, f"{sitting} {self.due.counts_for}"))
        return self.call.id, self.kind.value, subject, self.due.counts_for

    @property
    def dated(self) -> Dated:
        """The key of its older notices but for their day, which was that of the mail."""
        subject = self.due.session or ""
        return self.call.id, self.kind.value, str(uuid5(self.member, subject)) if self.member else subject


def run(session: Session, jobs: Iterable[Job], *, legal: datetime, machine: datetime, by: str) -> tuple[int, int]:
    """Notice what has come on every call, once, and ask for its mails; gives the notices and the mails made."""
    come = list(_new(session, jobs, legal))
    if not come:
        return 0, 0
    notices = effects = 0
    for job in Job:
        mine = [item for item in come if item.due.job is job]
        if mine:
            made, asked = _noticed(session, job, mine, legal=legal, machine=machine, by=by)
            notices, effects = notices + made, effects + asked
    return notices, effects


def foreseen(session: Session, job: Job, legal: datetime) -> tuple[str, ...]:
    """The kinds of what a run of a job would notice on calls. Writes nothing."""
    return tuple(item.kind.value for item in _new(session, (job,), legal))


def _new(session: Session, jobs: Iterable[Job], legal: datetime) -> Iterator[Come]:
    wanted = {job.value for job in jobs}
    known: set[Key] = {
        (call, kind, subject, on)
        for call, kind, subject, on in session.execute(
            select(CallNotice.call, CallNotice.kind, CallNotice.subject, CallNotice.due_on)
        )
    }
    first = dict(
        session.execute(select(CallVersion.call, func.min(CallVersion.loaded_at)).group_by(CallVersion.call)).all()
    )
    come: list[Come] = []
    for version in reading.calls_in_force(session):
        call = parsed(version)
        zone = call.authority.zone
        for due in call_due_items(call, local_day(legal, zone)):
            at = due.at(zone)
            if due.job.value in wanted and at <= legal:
                come.append(Come(call, due, late=at < first[call.id]))
    members = _members(session) if any(Addressee.MEMBERS in item.due.to for item in come) else {}
    for item in come:
        sitting = members.get((item.call.id, item.due.session or ""), ()) if Addressee.MEMBERS in item.due.to else ()
        found = (item, *(replace(item, member=account) for account in sitting))
        yield from (one for one in found if one.key not in known and not _noticed_before(session, one, known))


def _noticed_before(session: Session, item: Come, known: set[Key]) -> bool:
    """True for what of a session bears an older notice, of the day on which a version of the call had it told."""
    days = {on for *dated, on in known if tuple(dated) == item.dated}
    if not days or item.due.session is None:
        return False
    versions = session.scalars(select(CallVersion).where(CallVersion.call == item.call.id))
    told = (due for version in versions for due in call_due_items(parsed(version), date.min))
    return any(due.key == item.due.key and due.on in days for due in told)


def _noticed(
    session: Session, job: Job, come: list[Come], *, legal: datetime, machine: datetime, by: str
) -> tuple[int, int]:
    run_id = uuid4()
    with writing(session):
        session.add(JobRun(id=run_id, job=job.value, at=legal, ran_at=machine, by=by))
        session.flush()
        kept = _insert_new(session, come, run_id, legal)
        asked = [_Asked(item.call, item.due, item.due.kind, *told) for item in kept for told in _told(item)]
        rows = [_mail(one, run_id, legal, machine) for one in (*asked, *_convened_late(kept, run_id, legal))]
        session.add_all(rows)
        made = session.get_one(JobRun, run_id)
        made.notices, made.effects = len(kept), len(rows)
        if not kept:
            session.delete(made)
    return len(kept), len(rows)


def _members(session: Session) -> dict[tuple[str, str], list[UUID]]:
    found: dict[tuple[str, str], list[UUID]] = {}
    members = select(CommitteeMember.call, CommitteeMember.session, CommitteeMember.account)
    for call, sitting, account in session.execute(members):
        found.setdefault((call, sitting), []).append(account)
    return found


def _insert_new(session: Session, come: list[Come], run_id: UUID, legal: datetime) -> list[Come]:
    rows = [
        {
            "id": uuid4(),
            "call": call,
            "kind": kind,
            "subject": subject,
            "due_on": on,
            "noticed_at": legal,
            "run": run_id,
        }
        for call, kind, subject, on in (item.key for item in come)
    ]
    made = session.execute(
        insert_into(session, CallNotice)
        .values(rows)
        .on_conflict_do_nothing(index_elements=["call", "kind", "subject", "due_on"])
        .returning(CallNotice.call, CallNotice.kind, CallNotice.subject, CallNotice.due_on)
    )
    keys = {tuple(row) for row in made}
    return [item for item in come if item.key in keys]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A mail to ask for: about what of a call, under which name, to whom. `once`: what else its key says."""

    call: Call
    due: CallDue
    name: CallDueKind
    to: Addressee
    party: str | None = None
    once: str = ""


def _told(item: Come) -> Iterator[tuple[Addressee, str | None]]:
    """Whom the machine writes to; nobody of a door that opened or closed before the call was loaded."""
    if item.member is not None:
        yield Addressee.MEMBERS, str(item.member)
    elif not item.late or item.due.before is not None:
        yield from ((addressee, None) for addressee in item.due.to if addressee is not Addressee.MEMBERS)


def _convened_late(kept: list[Come], run_id: UUID, legal: datetime) -> Iterator[_Asked]:
    """Word to the service of each session whose members are convened without the notice of the law."""
    convened = {(item.call.id, item.due.key): item for item in kept if item.member is not None}
    for item in convened.values():
        first, today = item.due.before, local_day(legal, item.call.authority.zone)
        told = Addressee.SERVICE in item.call.parameters.jobs.rule(Job.J6).to
        if told and first is not None and not convened_in_time(first, today):
            yield _Asked(item.call, item.due, CallDueKind.SESSION_LATE, Addressee.SERVICE, once=str(run_id))


def _mail(asked: _Asked, run_id: UUID, legal: datetime, machine: datetime) -> OutboxRow:
    due, name, to = asked.due, asked.name.value, asked.to.value
    said = (due.session or "", due.counts_for.isoformat(), to, asked.party or asked.once)  # too long for a key
    return OutboxRow(
        id=uuid4(),
        dedupe_key=f"call:{asked.call.id}:{name}:{uuid5(_SESSIONS, BETWEEN.join(said))}",
        call=asked.call.id,
        run=run_id,
        queue=DIGEST,
        kind=CALL_MAIL,
        name=name,
        addressee=to,
        party=asked.party,
        details={"session": due.session or "", "on": due.on.isoformat(), "for": due.counts_for.isoformat()},
        at=legal,
        created_at=machine,
        next_attempt_at=machine,
    )
