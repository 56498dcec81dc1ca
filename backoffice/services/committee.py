"""The committee: members, links, marks, and the ranking they give."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.store.base import writing
from backoffice.store.committee import CommitteeMember, Mark
from backoffice.store.dossiers import DossierRow
from backoffice.store.people import Account
from workflows.states import State

HIGHEST = 20
_WHOLE = re.compile("[0-9]{1,9}")


class NotAMemberError(PermissionError):
    """Somebody who does not sit in this session."""

    def __init__(self) -> None:
        super().__init__("Vous ne siégez pas à cette séance : demandez à l’instructeur de vous y inscrire.")


class MarkRefusedError(ValueError):
    """A mark that cannot be kept: the dossier, and what to do."""

    def __init__(self, number: str, text: str) -> None:
        super().__init__(f"Dossier {number} : {text}")


@dataclass(frozen=True, slots=True)
class Line:
    """A dossier before the committee: the marks by account (None: linked), their mean, the rank the means give, that of
    the minutes. `closed`: the reader declared a link, and none of this is told to them.
    """

    row: DossierRow
    marks: dict[UUID, int | None]
    mean: Fraction | None
    suggested: int | None
    rank: int | None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    """A session: its members, its dossiers in the order of their means."""

    members: list[Account]
    lines: list[Line]

    @property
    def quorum(self) -> int:
        """How many members must be there for a dossier: half of those who sit (CRPA R.133-10)."""
        return -(-len(self.members) // 2)

    def able(self, line: Line) -> int:
        """How many members may sit on a dossier: those who declared no link with it (A40)."""
        return sum(1 for member in self.members if line.marks.get(member.id, 0) is not None)


def add_member(session: Session, call: str, name: str, account: UUID) -> None:
    """Have somebody sit in a session; nothing happens when they already do."""
    with writing(session):
        session.merge(CommitteeMember(call=call, session=name, account=account))


def members_of(session: Session, call: str, name: str) -> list[Account]:
    """Who sits in a session."""
    wanted = (
        select(Account)
        .join(CommitteeMember, CommitteeMember.account == Account.id)
        .where(CommitteeMember.call == call, CommitteeMember.session == name)
    )
    return list(session.scalars(wanted.order_by(Account.name)))


def could_sit(session: Session, region: str | None, sitting: list[Account]) -> list[Account]:
    """The members of a region who do not sit in a session yet."""
    known = {account.id for account in sitting}
    wanted = select(Account).where(Account.region == region, Account.role == "member", Account.disabled_at.is_(None))
    return [account for account in session.scalars(wanted.order_by(Account.name)) if account.id not in known]


@dataclass(frozen=True, slots=True)
class Voter:
    """Somebody who may have voted on a dossier. `declared`: they told a link with it (A40)."""

    account: UUID
    name: str
    declared: bool


def voters(session: Session, row: DossierRow) -> list[Voter]:
    """Who sits in the session of a dossier; the members of the region when nobody was written down there."""
    sitting = members_of(session, row.call, row.session) if row.session else []
    linked = set(session.scalars(select(Mark.account).where(Mark.dossier == row.id, Mark.linked)))
    known = sitting or could_sit(session, row.region, [])
    return [Voter(account.id, account.name, account.id in linked) for account in known]


def sessions_of(session: Session, account: UUID) -> set[tuple[str, str]]:
    """The calls and sessions that somebody sits in."""
    wanted = select(CommitteeMember.call, CommitteeMember.session).where(CommitteeMember.account == account)
    return {(call, name) for call, name in session.execute(wanted)}


def board(session: Session, call: str, name: str, region: str | None, reader: UUID) -> Board:
    """What a session has before it, as a reader’s account may see it: a line they are linked to is closed (A40)."""
    wanted = select(DossierRow).where(DossierRow.call == call, DossierRow.session == name, DossierRow.region == region)
    rows = list(session.scalars(wanted.order_by(DossierRow.number)))
    marks: dict[UUID, dict[UUID, int | None]] = {row.id: {} for row in rows}
    for mark in session.scalars(select(Mark).where(Mark.dossier.in_(list(marks)))):
        marks[mark.dossier][mark.account] = None if mark.linked else mark.value
    return Board(members_of(session, call, name), [_for(reader, line) for line in _ranked(rows, marks)])


def _for(reader: UUID, line: Line) -> Line:
    if line.marks.get(reader, 0) is not None:
        return line
    return Line(line.row, {reader: None}, mean=None, suggested=None, rank=None, closed=True)


def _ranked(rows: list[DossierRow], marks: dict[UUID, dict[UUID, int | None]]) -> list[Line]:
    means = {row.id: _mean(list(marks[row.id].values())) for row in rows}
    marked = sorted((m for m in means.values() if m is not None), reverse=True)

    def line(row: DossierRow) -> Line:
        mean = means[row.id]
        return Line(row, marks[row.id], mean, None if mean is None else marked.index(mean) + 1, row.rank)

    lines = [line(row) for row in rows]
    return sorted(lines, key=lambda line: (line.suggested is None, line.suggested or 0, line.row.number))


def _mean(values: list[int | None]) -> Fraction | None:
    given = [value for value in values if value is not None]
    return Fraction(sum(given), len(given)) if given else None


def mark(session: Session, row: DossierRow, account: UUID, *, value: int | None, linked: bool, now: datetime) -> None:
    """Keep the mark of a member, or the link that keeps them out. Raises NotAMemberError, MarkRefusedError."""
    if row.state != State.COMMITTEE.value or row.session is None:
        raise MarkRefusedError(row.number, "il n’est plus devant la commission, les notes sont closes.")
    if all(member.id != account for member in members_of(session, row.call, row.session)):
        raise NotAMemberError
    kept = Mark(dossier=row.id, account=account, value=None if linked else value, linked=linked, marked_at=now)
    with writing(session):
        session.merge(kept)


def read_mark(number: str, typed: str, *, linked: bool) -> int | None:
    """The mark typed for a dossier, a whole number out of twenty; None with a link: one or the other, never both.

    Raises MarkRefusedError.
    """
    text = typed.strip()
    if linked:
        if text:
            raise MarkRefusedError(number, "une note et un lien ne vont pas ensemble. Effacez la note, ou le lien.")
        return None
    if not text:
        raise MarkRefusedError(number, f"aucune note. Écrivez une note entière de 0 à {HIGHEST}, ou déclarez un lien.")
    if not _WHOLE.fullmatch(text):
        raise MarkRefusedError(number, f"ce n’est pas une note. Écrivez un nombre entier de 0 à {HIGHEST}.")
    if int(text) > HIGHEST:
        raise MarkRefusedError(number, f"une note va de 0 à {HIGHEST}. Corrigez-la.")
    return int(text)


def is_linked(session: Session, dossier: UUID, account: UUID) -> bool:
    """True for a member who declared a link with the dossier: reading, marks and vote are closed to them (A40)."""
    declared = session.get(Mark, (dossier, account))
    return declared is not None and declared.linked
