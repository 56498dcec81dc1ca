"""What letters are drawn from: a dossier and the act that asked, or a session of the committee and who asked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.services.callbook import in_force, parsed, ruled_then, ruling
from backoffice.services.committee import members_of
from backoffice.services.facts import around_entry, view_of
from backoffice.services.letters.asked import details_of
from backoffice.services.records import is_reference, reference_id
from backoffice.store import reading
from backoffice.store.calls import CallVersion
from backoffice.store.committee import Mark
from backoffice.store.dossiers import DossierRow, JournalEntry, PersonalText
from backoffice.store.mails import LetterDue
from workflows.actors import DECISION_LEVELS
from workflows.calls.model import Call
from workflows.calls.parameters import Session as Sitting
from workflows.deadlines import local_day
from workflows.dossier import Dossier
from workflows.effects import Addressee
from workflows.french import short_day
from workflows.letters.convocation import Meeting
from workflows.letters.kinds import KINDS
from workflows.letters.matter import AnyMatter, Matter, NoLongerStandsError
from workflows.letters.sessions import Examined, SessionMatter
from workflows.parties import parties

#: Addressees of whom there is one, outside the dossier: an empty id.
_NO_PARTY = frozenset({Addressee.ACCOUNTANT.value, Addressee.MINISTRY.value, Addressee.SERVICE.value})


@dataclass(frozen=True, slots=True)
class Source(ABC):
    """What the letters of one `LetterDue` are drawn from, read once. `region`: whose agents see them."""

    due: LetterDue
    call: Call
    region: str | None

    @property
    def authority(self) -> str:
        """What numbers and templates are kept under: the region of the authority, else its name."""
        return authority_key(self.call)

    @property
    def dossier(self) -> UUID | None:
        """The dossier it is about; None for a session."""
        return self.due.dossier

    @property
    @abstractmethod
    def version(self) -> int:
        """The version of the dossier it was read at; 0 for a session."""

    @property
    @abstractmethod
    def details(self) -> dict[str, str]:
        """What was said with the letter that was asked for."""

    @property
    @abstractmethod
    def parties(self) -> tuple[str, ...]:
        """Whom it goes to: one letter each. Who is no party of the dossier has an empty id."""

    @property
    def signatory(self) -> UUID | None:
        """Who signs, when the act named them."""
        return None

    @property
    def prepared_by(self) -> frozenset[str]:
        """Whoever prepared the decision: they do not validate its letter."""
        return frozenset()

    @property
    def leaves_by(self) -> date | None:
        """The last day on which it may leave; None when there is none."""
        return None

    @property
    def stands(self) -> bool:
        """False once the decision that it tells is not the one in force."""
        return True

    @abstractmethod
    def matter(self, session: Session, party: str) -> AnyMatter:
        """What a letter to a party is made of. Raises NothingToTellError."""


@dataclass(frozen=True, slots=True)
class Told:
    """The dossier and the call that a letter tells: as they are today, or as the act of its decision left them."""

    view: Dossier
    call: Call


@dataclass(frozen=True, slots=True)
class DossierSource(Source):
    """Letters that an act on a dossier asked for. `view` is the dossier as it is today."""

    row: DossierRow
    entry: JournalEntry
    view: Dossier
    told: Told

    @property
    def version(self) -> int:
        """The version of the dossier."""
        return self.row.version

    @property
    def details(self) -> dict[str, str]:
        """What the act said with the letter it asked for."""
        return details_of(self.due, self.entry)

    @property
    def parties(self) -> tuple[str, ...]:
        """The parties of the dossier behind the addressee: for a decision, those of its day who still are it."""
        if self.due.addressee in _NO_PARTY:
            return ("",)
        mine = parties(self.told.view, self.due.addressee, self.details)
        if self.due.addressee == Addressee.FORMER_CANDIDATE.value:  # whoever is replaced next is another one
            return mine
        still = parties(self.view, self.due.addressee, self.details)
        return tuple(party for party in mine if party in still)

    @property
    def signatory(self) -> UUID | None:
        """Who signs the decision, when the act named them."""
        try:
            return UUID(self.entry.inputs.get("signed_by") or "")
        except ValueError:
            return None

    @property
    def prepared_by(self) -> frozenset[str]:
        """The instructor whose act asked for the letter."""
        by_instructor = self.entry.author_role == DECISION_LEVELS[0].value
        return frozenset({self.entry.author} if by_instructor else ())

    @property
    def stands(self) -> bool:
        """False once the decision was taken back, another one took its place, or nothing is left to tell."""
        return _stands(self.due, self.entry, self.view)

    def matter(self, session: Session, party: str) -> Matter:
        """The dossier as the letter tells it; the service, the names of people and places are those of today."""
        view = self.told.view
        if _is_frozen(self.due) and not self.stands:
            raise NoLongerStandsError
        return Matter(
            code=self.due.code,
            view=view,
            view_now=self.view,
            call=replace(self.told.call, authority=self.call.authority),
            call_now=self.call,
            version=_version(session.get(CallVersion, self.row.call_version), self.call),
            to=Addressee(self.due.addressee),
            party=party or None,
            decided_on=local_day(self.entry.at, self.call.authority.zone),
            names=_names(session, view, party),
            details=self.details,
            reason=_reason(session, self.entry),
            texts=_texts(session, {self.row.id}),
            entry=self.entry.seq,
        )


@dataclass(frozen=True, slots=True)
class SessionSource(Source):
    """Letters that somebody asked for a session. `members`: names of those who sit, by id, in their order."""

    sitting: Sitting
    members: Mapping[str, str]

    @property
    def version(self) -> int:
        """No dossier: no version."""
        return 0

    @property
    def details(self) -> dict[str, str]:
        """What was said by whoever asked."""
        return dict(self.due.details or {})

    @property
    def parties(self) -> tuple[str, ...]:
        """The members, or nobody: the file."""
        return ("",) if self.due.addressee in _NO_PARTY else tuple(self.members)

    @property
    def leaves_by(self) -> date | None:
        """The last day of a convocation that is not urgent (CRPA R.133-8)."""
        return Meeting.of(self.details).leaves_by if self.due.code == "L6" else None

    def matter(self, session: Session, party: str) -> SessionMatter:
        """The session with its dossiers as they stand."""
        wanted = select(DossierRow).where(
            DossierRow.call == self.call.id, DossierRow.session == self.sitting.id, DossierRow.region == self.region
        )
        rows = list(session.scalars(wanted.order_by(DossierRow.number)))
        linked: dict[UUID, set[str]] = {row.id: set() for row in rows}
        for mark in session.scalars(select(Mark).where(Mark.dossier.in_(list(linked)), Mark.linked)):
            linked[mark.dossier].add(str(mark.account))
        views = {row.id: view_of(row) for row in rows}
        doctors = {name for view in views.values() for name in _doctors(view)}
        return SessionMatter(
            code=self.due.code,
            call=self.call,
            version=_version(in_force(session, self.call.id), self.call),
            to=Addressee(self.due.addressee),
            party=party or None,
            decided_on=local_day(self.due.asked_at, self.call.authority.zone),
            names={**reading.authors(session, doctors | _voters(views.values())), **self.members},
            details=self.details,
            texts=_texts(session, set(views)),
            session=self.sitting,
            members=tuple(self.members),
            examined=tuple(Examined(view, frozenset(linked[dossier])) for dossier, view in views.items()),
        )


def _version(row: CallVersion | None, call: Call) -> str | None:
    """A version of the text of a call in words: `2 du 15 mai 2024`."""
    if row is None:
        return None
    return f"{row.number} du {short_day(local_day(row.loaded_at, call.authority.zone))}"


def authority_key(call: Call) -> str:
    """What the numbers and the templates of an authority are kept under."""
    return call.authority.region or call.authority.name[:80]


def caused_by(due: LetterDue) -> dict[str, Any]:
    """What a row of the outbox says of its cause: the entry of a dossier, or what was asked for a session."""
    if due.dossier is None:
        return {"call": due.call, "due": due.id}
    return {"dossier": due.dossier, "entry": due.entry}


def source(session: Session, due: LetterDue, row: DossierRow | None = None) -> Source:
    """What the letters of one `LetterDue` are drawn from. `row`: its dossier, when the caller has it."""
    if due.dossier is None:
        return _of_session(session, due)
    held = row if row is not None else session.get_one(DossierRow, due.dossier)
    call, entry = ruling(session, held), session.get_one(JournalEntry, due.entry)
    return DossierSource(due, call, held.region, held, entry, view_of(held), _told(session, due, held, entry, call))


def stands(session: Session, due: LetterDue, row: DossierRow | None) -> bool:
    """What `Source.stands` says, for a list: the dossier is read as it is, and nothing else."""
    return row is None or _stands(due, session.get_one(JournalEntry, due.entry), view_of(row))


def _stands(due: LetterDue, entry: JournalEntry, view: Dossier) -> bool:
    kind = KINDS.get(due.code)
    return kind is None or kind.needs is None or kind.needs.stands(view, entry.seq, details_of(due, entry))


def _is_frozen(due: LetterDue) -> bool:
    return due.code in KINDS and KINDS[due.code].frozen is not None


def _told(session: Session, due: LetterDue, row: DossierRow, entry: JournalEntry, call: Call) -> Told:
    if not _is_frozen(due):
        return Told(view_of(row), call)
    before, after = around_entry(session, row.id, entry.seq)
    return Told(after, ruled_then(session, row, entry, before))


def _of_session(session: Session, due: LetterDue) -> SessionSource:
    version = in_force(session, due.call or "")
    call = parsed(version) if version is not None else None
    sitting = next((s for s in call.parameters.sessions if s.id == due.session), None) if call else None
    if call is None or sitting is None:
        raise LookupError(f"no session {due.session} in the call {due.call}")
    members = members_of(session, call.id, sitting.id)
    return SessionSource(due, call, due.region, sitting, {str(member.id): member.name for member in members})


def _doctors(view: Dossier) -> set[str]:
    doctors = {view.candidate.id} if view.candidate else set()
    doctors |= {*view.former, *(t.candidate for t in view.tenures if t.candidate)}
    return doctors | {request.candidate.id for request in view.requests if request.candidate}


def _voters(views: Iterable[Dossier]) -> set[str]:
    """Members who voted and may sit no more."""
    files = [view.committee for view in views if view.committee is not None]
    return {member for file in files for member in (*file.present, *file.conflicted_votes)}


def _names(session: Session, view: Dossier, party: str) -> Mapping[str, str]:
    return reading.authors(session, {*_doctors(view), party})


def _texts(session: Session, dossiers: set[UUID]) -> Mapping[str, str]:
    """The texts about people of some dossiers, by id; those that were erased are not there."""
    wanted = select(PersonalText.id, PersonalText.text)
    kept = wanted.where(PersonalText.dossier.in_(dossiers), PersonalText.text.is_not(None))
    return {str(text_id): text or "" for text_id, text in session.execute(kept)}


def _reason(session: Session, entry: JournalEntry) -> str | None:
    """The written reason of the act; None when it has none, or when it was erased."""
    said = entry.inputs.get("reason")
    if not isinstance(said, str) or not is_reference(said):
        return said or None
    return session.scalar(select(PersonalText.text).where(PersonalText.id == reference_id(said)))
