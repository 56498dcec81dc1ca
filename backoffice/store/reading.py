"""The queries of the pages. Every one of them is scoped to what the reader may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from backoffice.store.calls import CallVersion, newest_of
from backoffice.store.committee import Mark
from backoffice.store.dossiers import DossierRow, FormerDoctor, JournalEntry, LateAttempt, PersonalText
from backoffice.store.letter_lists import Signs, of_dossier_with_signs
from backoffice.store.letters import Letter
from backoffice.store.mails import Bounce, LetterDue, SentMail, left_house
from backoffice.store.outbox import OutboxRow
from backoffice.store.people import Account, Document, Person
from backoffice.store.schedule import DigestLine
from backoffice.store.scope import Scope


@dataclass(frozen=True, slots=True)
class Marks:
    """The sum and the number of the marks out of twenty of a dossier, those of linked members left out."""

    total: int = 0
    number: int = 0


def one(session: Session, scope: Scope, number: str) -> tuple[DossierRow, UUID, Person | None, Marks] | None:
    """The dossier of that number, if it is in the scope: the version in force of its call, its doctor, its marks."""
    marks = select(func.coalesce(func.sum(Mark.value), 0)), select(func.count(Mark.value))
    total, given = (each.where(Mark.dossier == DossierRow.id).scalar_subquery() for each in marks)
    wanted = (
        select(DossierRow, newest_of(DossierRow.call), Person, total, given)
        .outerjoin(Person, Person.id == DossierRow.candidate)
        .where(DossierRow.number == number, scope.condition())
    )
    found = session.execute(wanted).one_or_none()
    return None if found is None else (found[0], found[1], found[2], Marks(int(found[3]), found[4]))


def left_by(session: Session, person: UUID, number: str | None = None) -> list[tuple[DossierRow, UUID]]:
    """The dossiers that a doctor was replaced on, or the one of that number, with its call’s version in force."""
    mine = exists().where(FormerDoctor.dossier == DossierRow.id, FormerDoctor.person == person)
    wanted = select(DossierRow, newest_of(DossierRow.call)).where(mine).order_by(DossierRow.number)
    if number is not None:
        wanted = wanted.where(DossierRow.number == number)
    return [(row, newest) for row, newest in session.execute(wanted)]


@dataclass(frozen=True, slots=True)
class Past:
    """The journal of a dossier, in order, and the numbers of the entries something of which left the house."""

    entries: list[JournalEntry]
    left: frozenset[int]


def history(session: Session, dossier: UUID, letters_before: datetime) -> Past:
    """The journal of a dossier; a letter asked for before that instant may have left. One statement."""
    left = left_house(JournalEntry.id.expression, letters_before)
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


def late_attempts(session: Session, dossier: UUID) -> list[LateAttempt]:
    """The filings of a dossier that came too late, in order."""
    wanted = select(LateAttempt).where(LateAttempt.dossier == dossier)
    return list(session.scalars(wanted.order_by(LateAttempt.at)))


def texts(session: Session, dossier: UUID) -> dict[str, str]:
    """The personal texts of a dossier by id; an erased one says so."""
    wanted = select(PersonalText).where(PersonalText.dossier == dossier)
    return {str(t.id): t.text if t.text is not None else "[texte effacé]" for t in session.scalars(wanted)}


def documents(session: Session, dossier: UUID) -> dict[str, Document]:
    """The documents of a dossier by id."""
    return {str(d.id): d for d in session.scalars(select(Document).where(Document.dossier == dossier))}


@dataclass(frozen=True, slots=True)
class Correspondence:
    """What leaves, or must leave, the house for a dossier. A mail sent comes with the row it was sent for.

    `letters`: each letter to prepare, with those that were; `signs`: of these, by their ids. `lost`: the mails that
    some address did not take.
    """

    sent: list[tuple[SentMail, OutboxRow]]
    waiting: list[OutboxRow]
    letters: list[tuple[LetterDue, list[Letter]]]
    signs: dict[UUID, Signs]
    lost: list[UUID]


def correspondence(session: Session, dossier: UUID) -> Correspondence:
    """Mails sent, effects waiting or dead, letters to prepare; those that gather several dossiers are among them."""
    came_back = exists().where(Bounce.mail == SentMail.id)
    rows = select(OutboxRow, SentMail, came_back).outerjoin(SentMail, SentMail.outbox == OutboxRow.id)
    asked = rows.where(_about(dossier)).order_by(OutboxRow.created_at, OutboxRow.name)
    found: list[tuple[OutboxRow, SentMail | None, bool]] = [(row, m, lost) for row, m, lost in session.execute(asked)]
    sent = [(mail, row) for row, mail, _ in found if mail is not None]
    letters, signs = of_dossier_with_signs(session, dossier)
    return Correspondence(
        sent=sorted(sent, key=lambda pair: pair[0].sent_at),
        waiting=[row for row, mail, _ in found if mail is None and row.done_at is None],
        letters=letters,
        signs=signs,
        lost=[mail.id for _, mail, lost in found if mail is not None and lost],
    )


def sent_mail(session: Session, dossier: UUID, mail: UUID) -> tuple[SentMail, OutboxRow] | None:
    """A mail sent for a dossier, with the row it was sent for."""
    wanted = select(SentMail, OutboxRow).join(OutboxRow, SentMail.outbox == OutboxRow.id)
    found = session.execute(wanted.where(SentMail.id == mail, _about(dossier))).one_or_none()
    return None if found is None else (found[0], found[1])


def is_about(session: Session, dossier: UUID, row: UUID) -> bool:
    """True for an outbox row that is about a dossier, alone or with others."""
    return session.scalar(select(OutboxRow.id).where(OutboxRow.id == row, _about(dossier))) is not None


def _about(dossier: UUID) -> ColumnElement[bool]:
    """The condition on an outbox row that it is about a dossier, alone or with others; each half has its index."""
    alone = aliased(OutboxRow)
    lines = select(DigestLine.outbox).where(DigestLine.dossier == dossier)
    return OutboxRow.id.in_(select(alone.id).where(alone.dossier == dossier).union_all(lines))


def bounces(session: Session, mails: Iterable[UUID]) -> dict[UUID, list[Bounce]]:
    """The addresses that did not take some mails, by mail."""
    found: dict[UUID, list[Bounce]] = {}
    known = list(mails)
    wanted = select(Bounce).where(Bounce.mail.in_(known)).order_by(Bounce.recorded_at, Bounce.address)
    for bounce in session.scalars(wanted) if known else ():
        found.setdefault(bounce.mail, []).append(bounce)
    return found


def messages(session: Session, dossier: UUID) -> list[Document]:
    """The messages received for a dossier, the newest first."""
    wanted = select(Document).where(Document.dossier == dossier, Document.kind == "message")
    return list(session.scalars(wanted.order_by(Document.received_on.desc(), Document.uploaded_at.desc())))


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
        wanted = wanted.where(CallVersion.region == region)
    return list(session.scalars(wanted.order_by(CallVersion.title)))
