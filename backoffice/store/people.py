"""Accounts, sessions, doctors, establishments."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.store.base import Base, CanonicalJson, UtcDateTime


class Person(Base):
    """A doctor. The journal only knows the id."""

    __tablename__ = "person"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    family_name: Mapped[str] = mapped_column(String(200))
    given_name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254), index=True)
    rpps: Mapped[str | None] = mapped_column(String(11), index=True)
    born_on: Mapped[date | None]
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def name(self) -> str:
        """Given name and family name."""
        return f"{self.given_name} {self.family_name}"


class Establishment(Base):
    """An establishment or structure, by its FINESS number (site); `entity` is that of its legal entity."""

    __tablename__ = "establishment"

    finess: Mapped[str] = mapped_column(String(9), primary_key=True)
    entity: Mapped[str] = mapped_column(String(9), index=True)
    name: Mapped[str] = mapped_column(String(200))
    sort_key: Mapped[str] = mapped_column(String(200), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    department: Mapped[str] = mapped_column(String(3))
    ght: Mapped[str | None] = mapped_column(String(80))
    zones: Mapped[Any] = mapped_column(CanonicalJson, default=list)
    priority: Mapped[bool | None]
    email: Mapped[str | None] = mapped_column(String(254))


class Account(Base):
    """Somebody who signs in. Agents belong to a region, depositors to an establishment or to themselves."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint(
            "role IN ('candidate', 'establishment', 'member', 'instructor', 'head', 'dg', 'admin')", name="known_role"
        ),
        CheckConstraint("(role = 'establishment') = (establishment IS NOT NULL)", name="establishment"),
        CheckConstraint("(role = 'candidate') = (person IS NOT NULL)", name="person"),
        CheckConstraint("(role IN ('member', 'instructor', 'head', 'dg')) = (region IS NOT NULL)", name="region"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    capacity: Mapped[str | None] = mapped_column(String(200))
    region: Mapped[str | None] = mapped_column(String(3), index=True)
    establishment: Mapped[str | None] = mapped_column(ForeignKey("establishment.finess"), index=True)
    person: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    password: Mapped[str | None] = mapped_column(Text)
    signs: Mapped[bool] = mapped_column(default=False)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WebSession(Base):
    """A signed-in browser. Only a digest of its secret is kept."""

    __tablename__ = "web_session"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    account: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SignInAttempt(Base):
    """A failed sign-in, counted against the account’s address and the caller’s."""

    __tablename__ = "sign_in_attempt"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    email_digest: Mapped[str] = mapped_column(String(64), index=True)
    address: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Document(Base):
    """A received document: its bytes are in the document store under `sha256`; its name is about people.

    `kind`: `piece`, or `message` for one that came as a letter or a mail, with its own date (`received_on`, a day of
    the authority’s zone), its sender and its subject.
    """

    __tablename__ = "document"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    dossier: Mapped[UUID] = mapped_column(ForeignKey("dossier.id", ondelete="RESTRICT"), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(80))
    name: Mapped[str | None] = mapped_column(String(255))
    uploaded_by: Mapped[str] = mapped_column(String(80))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(String(20), default="piece", server_default="piece")
    received_on: Mapped[date | None]
    sender: Mapped[str | None] = mapped_column(String(254))
    subject: Mapped[str | None] = mapped_column(String(400))
