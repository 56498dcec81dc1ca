"""The queries of the pages. Every one of them is scoped to what the reader may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session

from backoffice.store.calls import CallVersion, newest_of
from backoffice.store.committee import CommitteeMember
from backoffice.store.dossiers import DossierRow, DossierSite, JournalEntry, PersonalText
from backoffice.store.outbox import Deadline, LetterDue, OutboxRow, SentMail
from backoffice.store.people import Account, Document, Establishment, Person
from backoffice.store.search import normalised

PAGE = 50


@dataclass(frozen=True, slots=True)
class Scope:
    """What somebody may see: a region, an establishment, a doctor’s own dossiers, or those before the committee that
    an account sits in. All None: nothing.

    A region sees no draft, but those that its own agents opened for a file that came another way.
    """

    region: str | None = None
    establishment: str | None = None
    person: UUID | None = None
    member: UUID | None = None

    def condition(self) -> ColumnElement[bool]:
        """The SQL condition on dossiers."""
        if self.region is not None:
            return and_(DossierRow.region == self.region, or_(DossierRow.state != "draft", _opened_by_agent()))
        if self.member is not None:
            return exists().where(
                CommitteeMember.account == self.member,
                CommitteeMember.call == DossierRow.call,
                CommitteeMember.session == DossierRow.session,
            )
        if self.establishment is not None:
            return exists().where(DossierSite.dossier == DossierRow.id, DossierSite.site == self.establishment)
        if self.person is not None:
            return DossierRow.candidate == self.person
        return false()


def _opened_by_agent() -> ColumnElement[bool]:
    first = (JournalEntry.dossier == DossierRow.id, JournalEntry.seq == 1)
    return exists().where(*first, JournalEntry.author_kind == "agent")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list shows: a call, a state, words to find. None: no condition."""

    call: str | None = None
    state: str | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list, how many dossiers there are in all, and how many per state."""

    rows: list[DossierRow]
    total: int
    by_state: dict[str, int]


def listed(session: Session, scope: Scope, filters: Filters, page: int = 1) -> Listed:
    """A page of dossiers, the last touched first. Two statements whatever their number."""
    conditions = [scope.condition()]
    if filters.call:
        conditions.append(DossierRow.call == filters.call)
    words = normalised(filters.words).split()[:6]
    conditions.extend(DossierRow.search.contains(word, autoescape=True) for word in words)
    counts = select(DossierRow.state, func.count()).where(*conditions).group_by(DossierRow.state)
    by_state = dict(session.execute(counts).all())
    if filters.state:
        conditions.append(DossierRow.state == filters.state)
    wanted = select(DossierRow).where(*conditions).order_by(DossierRow.touched_at.desc(), DossierRow.number)
    rows = session.scalars(wanted.limit(PAGE).offset((page - 1) * PAGE)).all()
    total = by_state.get(filters.state, 0) if filters.state else sum(by_state.values())
    return Listed(list(rows), total, by_state)


def names_of(session: Session, finess: Iterable[str | None]) -> dict[str, str]:
    """Names of establishments by their FINESS number."""
    known = select(Establishment.finess, Establishment.name)
    wanted = {number for number in finess if number}
    return dict(session.execute(known.where(Establishment.finess.in_(wanted))).all()) if wanted else {}


def next_deadlines(session: Session, dossiers: Iterable[UUID], after: datetime) -> dict[UUID, Deadline]:
    """The first deadline of each dossier after an instant."""
    wanted = select(Deadline).where(Deadline.dossier.in_(list(dossiers)), Deadline.due_at > after)
    found: dict[UUID, Deadline] = {}
    for deadline in session.scalars(wanted.order_by(Deadline.due_at, Deadline.kind)):
        found.setdefault(deadline.dossier, deadline)
    return found


def one(session: Session, scope: Scope, number: str) -> tuple[DossierRow, UUID] | None:
    """The dossier of that number, if it is in the scope, with the version in force of its call."""
    wanted = select(DossierRow, newest_of(DossierRow.call)).where(DossierRow.number == number, scope.condition())
    found = session.execute(wanted).one_or_none()
    return None if found is None else (found[0], found[1])


@dataclass(frozen=True, slots=True)
class Past:
    """The journal of a dossier, in order, and the numbers of the entries something of which left the house."""

    entries: list[JournalEntry]
    left: frozenset[int]


def history(session: Session, dossier: UUID) -> Past:
    """The journal of a dossier. One statement."""
    gone = or_(OutboxRow.done_at.is_not(None), OutboxRow.lease.is_not(None), OutboxRow.started_at.is_not(None))
    left = exists().where(OutboxRow.entry == JournalEntry.id, OutboxRow.cancelled_at.is_(None), gone)
    wanted = select(JournalEntry, left).where(JournalEntry.dossier == dossier).order_by(JournalEntry.seq)
    found = session.execute(wanted).all()
    return Past([entry for entry, _ in found], frozenset(entry.seq for entry, has_left in found if has_left))


def authors(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """Names of those who act, by the id that the journal keeps: accounts, and doctors in their own name."""
    known = {UUID(i) for i in ids if _is_uuid(i)}
    if not known:
        return {}
    doctors = select(Person.id, Person.given_name + " " + Person.family_name).where(Person.id.in_(known))
    named = select(Account.id, Account.name).where(Account.id.in_(known)).union_all(doctors)
    return {str(found): name for found, name in session.execute(named)}


def texts(session: Session, dossier: UUID) -> dict[str, str]:
    """The personal texts of a dossier by id; an erased one says so."""
    wanted = select(PersonalText).where(PersonalText.dossier == dossier)
    return {str(t.id): t.text if t.text is not None else "[texte effacé]" for t in session.scalars(wanted)}


def documents(session: Session, dossier: UUID) -> dict[str, Document]:
    """The documents of a dossier by id."""
    return {str(d.id): d for d in session.scalars(select(Document).where(Document.dossier == dossier))}


@dataclass(frozen=True, slots=True)
class Correspondence:
    """What leaves, or must leave, the house for a dossier. A mail sent comes with the row it was sent for."""

    sent: list[tuple[SentMail, OutboxRow]]
    waiting: list[OutboxRow]
    letters: list[LetterDue]


def correspondence(session: Session, dossier: UUID) -> Correspondence:
    """Mails sent, effects waiting or dead, letters to prepare."""
    letters = select(LetterDue).where(LetterDue.dossier == dossier, LetterDue.cancelled_at.is_(None))
    rows = select(OutboxRow, SentMail).outerjoin(SentMail, SentMail.outbox == OutboxRow.id)
    asked = rows.where(OutboxRow.dossier == dossier).order_by(OutboxRow.created_at, OutboxRow.name)
    found: list[tuple[OutboxRow, SentMail | None]] = [(row, mail) for row, mail in session.execute(asked)]
    sent = [(mail, row) for row, mail in found if mail is not None]
    return Correspondence(
        sent=sorted(sent, key=lambda pair: pair[0].sent_at),
        waiting=[row for row, mail in found if mail is None and row.done_at is None],
        letters=list(session.scalars(letters.order_by(LetterDue.asked_at))),
    )


def people(session: Session, ids: set[str]) -> dict[str, Person]:
    """Doctors by id."""
    known = [UUID(i) for i in ids if _is_uuid(i)]
    if not known:
        return {}
    return {str(p.id): p for p in session.scalars(select(Person).where(Person.id.in_(known)))}


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def calls_in_force(session: Session, region: str | None = None) -> list[CallVersion]:
    """The version in force of every call, of a region or of all."""
    newest = (
        select(CallVersion.call, func.max(CallVersion.number).label("number")).group_by(CallVersion.call).subquery()
    )
    wanted = select(CallVersion).join(
        newest, and_(CallVersion.call == newest.c.call, CallVersion.number == newest.c.number)
    )
    if region is not None:
        wanted = wanted.where(or_(CallVersion.region == region))
    return list(session.scalars(wanted.order_by(CallVersion.title)))
