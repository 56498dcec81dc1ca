"""Addresses that take no mail: which ones, by what the mails that came back say, and whom a mail has not reached."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from backoffice.store.dossiers import DossierRow
from backoffice.store.mails import Bounce, MailRecipient, SentMail
from backoffice.store.outbox import OutboxRow
from backoffice.store.schedule import DigestLine
from backoffice.store.scope import Scope


def failing(session: Session, addresses: Iterable[str]) -> frozenset[str]:
    """Those of some addresses, in lower case, that refused their last mail for good and took none since.

    One statement, that reads what is known of these addresses alone.
    """
    wanted = {address.lower() for address in addresses}
    back = aliased(Bounce)
    came_back = exists().where(back.mail == MailRecipient.mail, back.address == MailRecipient.address)
    since = exists().where(MailRecipient.address == Bounce.address, MailRecipient.at > SentMail.sent_at, ~came_back)
    refused = (
        select(Bounce.address)
        .join(SentMail, SentMail.id == Bounce.mail)
        .where(Bounce.address.in_(wanted), Bounce.permanent, ~since)
        .distinct()
    )
    return frozenset(session.scalars(refused)) if wanted else frozenset()


def undelivered() -> ColumnElement[bool]:
    """The condition that a dossier has a mail that somebody must see to.

    No address of a party took a mail that the journal asked for, or the mailbox of a party refuses.
    """
    alone = _open(SentMail.dossier).where(or_(_mailbox_refuses(), and_(OutboxRow.entry.is_not(None), ~_reached())))
    lines = _open(DigestLine.dossier).join(DigestLine, DigestLine.outbox == OutboxRow.id).where(_mailbox_refuses())
    return DossierRow.id.in_(alone.where(SentMail.dossier.is_not(None)).union_all(lines))


def _open(column: Any) -> Select[Any]:
    """Something of the mails that some address refused, that nobody has seen to."""
    whom = and_(MailRecipient.mail == Bounce.mail, MailRecipient.address == Bounce.address)
    joined = select(column).select_from(Bounce).join(MailRecipient, whom).join(SentMail, SentMail.id == Bounce.mail)
    return joined.join(OutboxRow, OutboxRow.id == SentMail.outbox).where(Bounce.refused, Bounce.seen_at.is_(None))


def _mailbox_refuses() -> ColumnElement[bool]:
    return and_(MailRecipient.mailbox, Bounce.permanent)


def _reached() -> ColumnElement[bool]:
    """The condition that another address of the same party took the same mail, or the one sent again."""
    other, mail, row, back = aliased(MailRecipient), aliased(SentMail), aliased(OutboxRow), aliased(Bounce)
    came_back = exists().where(back.mail == other.mail, back.address == other.address)
    same = (row.entry == OutboxRow.entry, row.name == OutboxRow.name, other.party == MailRecipient.party)
    joined = select(other.mail).join(mail, mail.id == other.mail).join(row, row.id == mail.outbox)
    return joined.where(*same, ~came_back).correlate(OutboxRow, MailRecipient).exists()


def undelivered_number(session: Session, scope: Scope | None) -> int:
    """How many dossiers of a scope, or of all, have a mail that somebody must see to."""
    within = () if scope is None else (scope.condition(),)
    return session.scalar(select(func.count()).select_from(DossierRow).where(undelivered(), *within)) or 0
