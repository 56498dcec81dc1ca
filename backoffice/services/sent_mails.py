"""Keeping a mail as it left, with the addresses it did not reach; those that may be reached later get it again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.services.addresses import Recipient
from backoffice.services.mails import Mail, Sent
from backoffice.services.outbox import Claimed, like
from backoffice.store.mails import Bounce, MailRecipient, SentMail
from backoffice.store.schedule import DigestLine
from backoffice.store.sweeps import DIGEST
from workflows.effects import EffectKind

#: A server that puts an unknown sender off usually takes the mail after five minutes.
PUT_OFF = timedelta(minutes=6)
#: How the key of a row begins that sends a mail again to those put off: it is no effect of its own.
AGAIN = "again:"
#: The kind, beside that of digests, of a row that sends a mail of one dossier again. Workers of the release before know
#: neither this kind nor the queue of digests: they would write to everybody.
MAIL_AGAIN = "again"
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_LONGEST_SAID = 1000


def keep(session: Session, claimed: Claimed, mail: Mail, sent: Sent, now: datetime) -> SentMail:
    """Write what left, in the caller’s transaction: the mail, the addresses refused, and what still has to leave."""
    refused = dict(sent.refused)
    kept = SentMail(
        id=uuid4(),
        outbox=claimed.id,
        dossier=claimed.dossier,
        message_id=mail.message_id,
        recipients=[r.email for r in mail.recipients if r.email not in refused],
        subject=mail.subject,
        body=mail.body,
        html=mail.html,
        sent_at=now,
        doubtful=claimed.uncertain,
        dry=sent.dry,
    )
    session.add(kept)
    session.flush()  # what came back names it
    if not sent.dry:
        session.add_all(addressed(kept, mail.recipients))
    for address, said in refused.items():
        session.add(bounce(kept, address, said, permanent=said.startswith("5"), at=now, now=now))
    if sent.deferred:
        _send_again(session, claimed, sent.deferred, now)
    return kept


def addressed(mail: SentMail, recipients: Iterable[Recipient]) -> Iterator[MailRecipient]:
    """The rows of the addresses that a mail was sent to, not written."""
    for address, recipient in {r.email.lower()[:254]: r for r in recipients}.items():
        yield MailRecipient(
            mail=mail.id, address=address, party=recipient.party, mailbox=recipient.mailbox, at=mail.sent_at
        )


def bounce(
    mail: SentMail, address: str, said: str, *, permanent: bool, at: datetime, now: datetime, proven: bool = True
) -> Bounce:
    """The row of an address that did not take a mail, not written. `permanent`: as was said; `proven`: by whom."""
    status = _STATUS.search(said)
    return Bounce(
        id=uuid4(),
        mail=mail.id,
        address=address.lower()[:254],
        permanent=permanent and proven,
        refused=permanent,
        proven=proven,
        status=status[1] if status else None,
        said=said.replace("\0", "?")[:_LONGEST_SAID],
        at=at,
        recorded_at=now,
    )


def _send_again(session: Session, claimed: Claimed, addresses: tuple[str, ...], now: datetime) -> None:
    """A row of its own for those the server put off: the others have had the mail, and do not get it twice."""
    once_more = MAIL_AGAIN if claimed.kind == EffectKind.MAIL.value else claimed.kind
    only = {**claimed.details, "only": " ".join(addresses)}
    own = {"queue": DIGEST, "kind": once_more, "details": only}
    again = like(session, claimed, key=f"{AGAIN}{claimed.id}", now=now, due=now + PUT_OFF, **own)
    session.flush()
    for line in session.scalars(select(DigestLine).where(DigestLine.outbox == claimed.id)).all():
        session.add(DigestLine(outbox=again.id, notice=line.notice, dossier=line.dossier))
