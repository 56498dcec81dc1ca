"""Writing the mail of an outbox row, as things stand when it leaves; None when there is nothing left to write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from backoffice.services.act import Times
from backoffice.services.addresses import recipients, somebody
from backoffice.services.call_jobs import CALL_MAIL
from backoffice.services.call_mails import call_mail
from backoffice.services.callbook import ruling
from backoffice.services.deadlines import MAILED_BEFORE
from backoffice.services.digests import digest_mail, too_late
from backoffice.services.facts import view_of
from backoffice.services.letters.sending import letter_mail
from backoffice.services.mail_matter import NothingLeftToSayError
from backoffice.services.mail_texts import compose
from backoffice.services.mails import Mail
from backoffice.services.outbox import Claimed
from backoffice.services.sent_mails import MAIL_AGAIN
from backoffice.store.dossiers import DossierRow
from backoffice.store.outbox import LETTER_SEND
from backoffice.store.schedule import Deadline, DueNotice
from backoffice.store.sweeps import DIGEST
from config.settings import Settings
from workflows.deadlines import local_day
from workflows.effects import Addressee, EffectKind


def mail_of(session: Session, claimed: Claimed, settings: Settings, times: Times) -> Mail | None:
    """The mail of a row, to be sent outside any transaction. Raises NobodyToTellError, NothingLeftToSayError.

    None: a reminder that may have left before, or that has nothing to remind of any more.
    """
    mail = MAILS[claimed.kind](session, claimed, settings, times)
    session.rollback()
    return mail


def _one(session: Session, claimed: Claimed, settings: Settings, times: Times) -> Mail | None:
    if claimed.name in MAILED_BEFORE:
        return _reminder(session, claimed, settings, times)
    return _composed(session, claimed, settings, times)


def _reminder(session: Session, claimed: Claimed, settings: Settings, times: Times) -> Mail | None:
    """A reminder of one dossier, as the release before asked for it. After an uncertain sending it is not sent again;
    a legal notice is.
    """
    row = session.get_one(DossierRow, claimed.about, populate_existing=True)
    call = ruling(session, row)
    today = local_day(times.legal, call.authority.zone)
    past = too_late(view_of(row), call, today, claimed.name, claimed.details.get("due_on"))
    if claimed.uncertain or past or moot(session, claimed):
        return None
    try:
        return _composed(session, claimed, settings, times)
    except NothingLeftToSayError:
        return None


def _composed(session: Session, claimed: Claimed, settings: Settings, times: Times) -> Mail:
    row = session.get_one(DossierRow, claimed.about, populate_existing=True)
    view, call = view_of(row), ruling(session, row)
    to = recipients(session, view, call, claimed.addressee or "", claimed.details)
    mail = compose(
        name=claimed.name,
        view=view,
        call=call,
        recipients=somebody(claimed.addressee, to),
        details=claimed.details,
        at=claimed.at,
        outbox=claimed.id,
        mail_from=settings.mail_from,
        public_url=settings.public_url,
        today=local_day(times.legal, call.authority.zone),
        to=(Addressee(claimed.addressee),) if claimed.addressee else (),
    )
    return replace(mail, remark=to.remark)


def _digest(session: Session, claimed: Claimed, settings: Settings, times: Times) -> Mail | None:
    """A mail of reminders and alerts: at most once after an uncertain sending, and not without anything to say."""
    try:
        return None if claimed.uncertain else digest_mail(session, claimed, settings, times)
    except NothingLeftToSayError:
        return None


def moot(session: Session, claimed: Claimed) -> bool:
    """True when what the clock noticed is due no longer: the dossier has moved on since."""
    if claimed.notice is None:
        return False
    same = and_(
        Deadline.dossier == DueNotice.dossier, Deadline.kind == DueNotice.kind, Deadline.due_on == DueNotice.due_on
    )
    still = select(DueNotice.id).join(Deadline, same).where(DueNotice.id == claimed.notice)
    return session.scalar(still) is None


#: How the mail of each kind of row is written.
MAILS: dict[str, Callable[[Session, Claimed, Settings, Times], Mail | None]] = {
    EffectKind.MAIL.value: _one,
    MAIL_AGAIN: _one,
    DIGEST: _digest,
    CALL_MAIL: call_mail,
    LETTER_SEND: letter_mail,
}
