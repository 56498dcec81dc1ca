"""Accounts and their sessions: passwords by argon2id, sessions in the database, attempts counted."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from backoffice.store.base import writing
from backoffice.store.people import Account, Establishment, SignInAttempt, WebSession
from backoffice.store.search import normalised
from workflows.actors import Actor, Role

SHORTEST_PASSWORD = 15
LONGEST_PASSWORD = 200
#: What is kept of the address of a caller.
LONGEST_ADDRESS = 64
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
#: Failures are counted over this time; beyond a limit one waits, and no account is ever locked for good.
WINDOW = timedelta(minutes=15)
#: Failures on one account from one address. Those of others do not count against somebody who knows the password.
TRIES = 10
#: Failures on one account from anywhere, or from one address on anything: a brake far above what people mistype.
MANY_TRIES = 100
#: How often the last use of a session is written: not at each page.
_SEEN_EVERY = timedelta(minutes=1)


class PasswordTooWeakError(ValueError):
    """A password that is too short or too long."""

    def __init__(self) -> None:
        super().__init__(f"Le mot de passe compte de {SHORTEST_PASSWORD} à {LONGEST_PASSWORD} caractères.")


class TooManyTriesError(RuntimeError):
    """Too many failures from here lately."""

    def __init__(self) -> None:
        super().__init__("Trop d’essais : attendez un quart d’heure, ou demandez à l’administrateur.")


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@cache
def _decoy() -> str:
    """Verified for unknown addresses, so that they take as long as known ones."""
    return _hasher().hash(secrets.token_hex(16))


def hashed(password: str) -> str:
    """The argon2id hash of a password. Raises PasswordTooWeakError."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise PasswordTooWeakError
    return _hasher().hash(password)


def keep_account(session: Session, row: Account) -> None:
    """Add an account, or replace what is known of it. Its address is how it signs in."""
    row.email = row.email.strip().lower()
    with writing(session):
        session.merge(row)


def digest(secret: str) -> str:
    """What is kept of a secret that the browser holds."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session just opened: its secret goes to the browser and nowhere else."""

    secret: str
    account: Account


def sign_in(session: Session, email: str, password: str, *, address: str, now: datetime) -> SignedIn | None:
    """Open a session; None when the address or the password is wrong. Raises TooManyTriesError."""
    known = digest(email.strip().lower())
    address = address[:LONGEST_ADDRESS]
    if _is_braked(session, known, address, now):
        raise TooManyTriesError
    account = session.scalar(select(Account).where(Account.email == email.strip().lower()))
    stored = account.password if account is not None and account.disabled_at is None else None
    if not _verified(stored, password[:LONGEST_PASSWORD]) or account is None or stored is None:
        with writing(session):
            session.add(SignInAttempt(email_digest=known, address=address, at=now))
        return None
    secret = secrets.token_urlsafe(32)
    with writing(session):
        row = WebSession(
            digest=digest(secret), account=account.id, csrf=secrets.token_urlsafe(32), created_at=now, seen_at=now
        )
        session.add(row)
        session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - WINDOW))
    return SignedIn(secret, session.get_one(Account, account.id))


def _verified(stored: str | None, password: str) -> bool:
    try:
        _hasher().verify(stored or _decoy(), password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def _is_braked(session: Session, email_digest: str, address: str, now: datetime) -> bool:
    on_it, from_here = SignInAttempt.email_digest == email_digest, SignInAttempt.address == address
    recent = select(
        func.count().filter(on_it, from_here), func.count().filter(on_it), func.count().filter(from_here)
    ).where(or_(on_it, from_here), SignInAttempt.at > now - WINDOW)
    both, account, caller = session.execute(recent).one()
    return both >= TRIES or max(account, caller) >= MANY_TRIES


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody signed in: the account, the role, and the token that their forms carry."""

    account: UUID
    name: str
    role: Role
    region: str | None
    establishment: str | None
    person: UUID | None
    csrf: str

    @property
    def actor(self) -> Actor:
        """The visitor as somebody who acts. A candidate acts as the doctor, whatever the account."""
        identity = self.person if self.role is Role.CANDIDATE and self.person else self.account
        return Actor(self.role, str(identity), self.establishment)

    @property
    def is_agent(self) -> bool:
        """True for the agency’s own people who handle dossiers."""
        return self.role in {Role.INSTRUCTOR, Role.HEAD, Role.DG}


def visitor_of(session: Session, secret: str, now: datetime) -> Visitor | None:
    """Who holds this session; None when it is unknown, idle, too old, or its account is closed."""
    found = session.execute(
        select(WebSession, Account)
        .join(Account, WebSession.account == Account.id)
        .where(WebSession.digest == digest(secret))
    ).first()
    if found is None:
        return None
    row, account = found
    if now > row.seen_at + IDLE or now > row.created_at + ABSOLUTE or account.disabled_at is not None:
        return None
    visitor = Visitor(
        account=account.id,
        name=account.name,
        role=Role(account.role),
        region=account.region,
        establishment=account.establishment,
        person=account.person,
        csrf=row.csrf,
    )
    if now > row.seen_at + _SEEN_EVERY:
        with writing(session):
            session.get_one(WebSession, row.digest).seen_at = now
    return visitor


def sign_out(session: Session, secret: str) -> None:
    """Close a session."""
    with writing(session):
        session.execute(delete(WebSession).where(WebSession.digest == digest(secret)))


class AccountLeftAloneError(RuntimeError):
    """An account that is not closed or opened again, and why, in French."""


@dataclass(frozen=True, slots=True)
class Known:
    """An account as administrators see it, with its establishment by name and its last visit still on record."""

    account: Account
    establishment: str | None
    seen_at: datetime | None


def everybody(session: Session) -> list[Known]:
    """Every account: by role, the agency’s own first, then by name."""
    seen = select(WebSession.account, func.max(WebSession.seen_at).label("at")).group_by(WebSession.account).subquery()
    wanted = (
        select(Account, Establishment.name, seen.c.at)
        .outerjoin(Establishment, Establishment.finess == Account.establishment)
        .outerjoin(seen, seen.c.account == Account.id)
    )
    found = [Known(account, name, at) for account, name, at in session.execute(wanted)]
    ranks = list(reversed(Role))
    return sorted(found, key=lambda k: (ranks.index(Role(k.account.role)), normalised(k.account.name), k.account.email))


def close_account(session: Session, account: UUID, *, by: UUID, now: datetime) -> None:
    """Close an account: it signs in no more, and its sessions end at once. Nothing it did is touched.

    Raises AccountLeftAloneError for one’s own account, so that somebody can always open the others again, and
    LookupError when there is no such account.
    """
    if account == by:
        raise AccountLeftAloneError("On ne ferme pas son propre compte : demandez-le à un autre administrateur.")
    with writing(session):
        row = _account(session, account)
        row.disabled_at = row.disabled_at or now
        session.execute(delete(WebSession).where(WebSession.account == account))


def reopen_account(session: Session, account: UUID) -> None:
    """Open a closed account again, with the password it had. LookupError when there is no such account."""
    with writing(session):
        _account(session, account).disabled_at = None


def _account(session: Session, account: UUID) -> Account:
    row = session.get(Account, account, with_for_update=True)
    if row is None:
        raise LookupError(account)
    return row
