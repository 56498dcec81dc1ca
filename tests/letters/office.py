"""A dossier whose letters may be written: its call says who writes, its signatory says in which capacity."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from uuid import UUID

import pypdf
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backoffice.callfiles import CALLS, quota_sources, read_text
from backoffice.services.documents import Received, Shelf
from backoffice.services.letters import stages
from backoffice.services.letters.signing import give_copy
from backoffice.services.publishing import load_version
from backoffice.store.base import writing
from backoffice.store.letters import Letter
from backoffice.store.mails import LetterDue
from backoffice.store.people import Account
from tests.backoffice.stored import MACHINE, StoredLife, agent_id, stored_life
from tests.builders import COMPLEMENTS
from workflows.actors import Actor, Role

CONTACTS = """
[authority]
service = "Bureau des Glycines"
email = "glycines@ars.example"
phone = "05 00 00 00 12"
accountant_email = "comptable@ars.example"
"""
CAPACITY = "La directrice de l’offre de soins"


def read(content: bytes) -> str:
    """The text of a PDF, its lines joined and its special spaces made plain."""
    pages = (page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    text = " ".join(pages).translate({0xA0: " ", 0x202F: " "})
    return re.sub(r"(?<=\w-) (?=\w)", "", " ".join(text.split()))


def scan(words: str) -> Received:
    """An invented signed copy; two words make two files."""
    return Received("signe.pdf", f"%PDF-1.7\n% {words}\n%%EOF\n".encode())


@dataclass
class Office:
    """A life in the database, and those who write its letters."""

    life: StoredLife
    shelf: Shelf

    @property
    def session(self) -> Session:
        return self.life.session

    @property
    def instructor(self) -> Actor:
        return Actor(Role.INSTRUCTOR, str(agent_id(self.life.call, "lavande-azur")))

    @property
    def head(self) -> Actor:
        return Actor(Role.HEAD, str(agent_id(self.life.call, "iris-pourpre")))

    def due(self, code: str, addressee: str = "recruiter") -> UUID:
        wanted = select(LetterDue.id).where(LetterDue.dossier == self.life.id, LetterDue.code == code)
        found = self.session.scalar(wanted.where(LetterDue.addressee == addressee))
        assert found is not None, f"no letter {code} to {addressee}"
        self.session.rollback()
        return found

    def letter(self, letter: UUID) -> Letter:
        self.session.rollback()
        return self.session.get_one(Letter, letter, populate_existing=True)

    def drafted(self, code: str, addressee: str = "recruiter") -> UUID:
        return stages.draft(self.session, self.due(code, addressee), self.instructor, self.life.times)[0]

    def validated(self, code: str, addressee: str = "recruiter") -> UUID:
        letter = self.drafted(code, addressee)
        stages.validate(self.session, letter, self.head, self.life.times)
        return letter

    def made(self, code: str, addressee: str = "recruiter") -> UUID:
        letter = self.validated(code, addressee)
        stages.make(self.session, letter, self.head.id, self.life.times, self.shelf)
        return letter

    def signed(self, code: str, addressee: str = "recruiter") -> UUID:
        """A letter that was made, with its signed copy."""
        letter = self.made(code, addressee)
        give_copy(self.session, letter, scan(str(letter)), self.instructor, self.life.times, self.shelf)
        return letter

    def bytes_of(self, letter: UUID) -> bytes:
        return self.shelf.path(self.letter(letter).sha256 or "").read_bytes()


def publish_with_contacts(session: Session, call_id: str, line: str | None = None) -> None:
    """Publish a call with its test complement, the contacts of its service, and the line of its credits."""
    complement, funding = read_text(COMPLEMENTS / f"{call_id}.toml"), "[clauses.funding]\n"
    if line:
        complement = complement.replace(funding, f'{funding}line = "{line}"\n')
    load_version(
        session,
        read_text(CALLS / f"{call_id}.toml"),
        sources=quota_sources(),
        by="menthe-grise",
        now=MACHINE,
        complement=f"{complement}\n{CONTACTS}",
    )


def office(session: Session, shelf: Shelf, call_id: str, line: str | None = None) -> Office:
    """An office with a draft of a call."""
    publish_with_contacts(session, call_id, line)
    life = stored_life(session, call_id)
    with writing(session):
        signs = update(Account).where(Account.id == agent_id(life.call, "iris-pourpre"))
        session.execute(signs.values(capacity=CAPACITY))
    return Office(life, shelf)
