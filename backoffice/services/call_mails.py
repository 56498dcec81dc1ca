"""The mails about a call and its committee: to prepare a session, to convene its members."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from backoffice.services.act import Times
from backoffice.services.addresses import Recipient, recipients_of_party, somebody
from backoffice.services.callbook import in_force, parsed
from backoffice.services.mail_calls import compose_call_mail
from backoffice.services.mails import Mail
from backoffice.services.outbox import Claimed
from backoffice.store.committee import CommitteeMember, Mark
from backoffice.store.dossiers import DossierRow
from backoffice.store.outbox import OutboxRow
from backoffice.store.people import Account
from config.settings import Settings
from workflows.calls.model import Call
from workflows.deadlines import local_day
from workflows.due import CallDueKind, call_due_items
from workflows.effects import Addressee
from workflows.states import State


def call_mail(session: Session, claimed: Claimed, settings: Settings, times: Times) -> Mail | None:
    """The mail of a row about a call; None when its day has passed, or its reader sits no more.

    At most once after an uncertain sending, but for a convocation, whose proof is due to the members (CRPA R.133-8).
    Raises NobodyToTellError.
    """
    version = in_force(session, claimed.call or "")
    if version is None or (claimed.uncertain and claimed.name != CallDueKind.SESSION_CONVENED.value):
        return None
    call = parsed(version)
    today = local_day(times.legal, call.authority.zone)
    sitting = claimed.details["session"]
    if not _still(call, claimed, today):
        return None
    reader, to = _reader(session, call, claimed)
    if not to:
        return None
    return compose_call_mail(
        claimed.name,
        call,
        recipients=to,
        session=next((s for s in call.parameters.sessions if s.id == sitting), None),
        agenda=_agenda(session, call.id, sitting, reader) if sitting else (),
        counts=_counts(session, call.id),
        members=_convened(session, claimed) if claimed.name == CallDueKind.SESSION_LATE.value else (),
        outbox=claimed.id,
        mail_from=settings.mail_from,
        public_url=settings.public_url,
        today=today,
        at=times.legal,
    )


def _reader(session: Session, call: Call, claimed: Claimed) -> tuple[UUID | None, tuple[Recipient, ...]]:
    """Who reads the mail; nobody when a member sits no more. Raises NobodyToTellError."""
    if claimed.addressee != Addressee.MEMBERS.value:
        reached = recipients_of_party(session, call, claimed.addressee or "", "", claimed.details)
        return None, somebody(claimed.addressee, reached)
    member = _member(session, call.id, claimed.details["session"], UUID(claimed.party or ""))
    return (None, ()) if member is None else (member.id, (Recipient(member.name, member.email),))


def _counts(session: Session, call: str) -> tuple[int, int]:
    """Dossiers of a call that were filed, and drafts that never were."""
    draft = DossierRow.state == State.DRAFT.value
    found = select(func.count().filter(~draft), func.count().filter(draft)).where(DossierRow.call == call)
    filed, drafts = session.execute(found).one()
    return filed, drafts


def _still(call: Call, claimed: Claimed, today: date) -> bool:
    """True while what the row tells is still due: a session that has come is convened no more."""
    late = claimed.name == CallDueKind.SESSION_LATE.value
    name = CallDueKind.SESSION_CONVENED.value if late else claimed.name
    said, of = (name, claimed.details["session"]), claimed.details.get("for")
    mine = [due for due in call_due_items(call, today) if (due.kind.value, due.session or "") == said]
    if of is None:  # asked for by an older release
        return any(due.on.isoformat() == claimed.details["on"] for due in mine)
    return any(due.counts_for.isoformat() == of for due in mine)


def _member(session: Session, call: str, sitting: str, account: UUID) -> Account | None:
    sits = exists().where(
        CommitteeMember.call == call, CommitteeMember.session == sitting, CommitteeMember.account == account
    )
    return session.scalar(select(Account).where(Account.id == account, Account.disabled_at.is_(None), sits))


def _convened(session: Session, claimed: Claimed) -> tuple[str, ...]:
    """Names of the members that a run convened to a session."""
    same = (OutboxRow.run == claimed.run, OutboxRow.call == claimed.call)
    rows = session.execute(
        select(OutboxRow.party, OutboxRow.details).where(*same, OutboxRow.name == CallDueKind.SESSION_CONVENED.value)
    )
    accounts = [UUID(party) for party, details in rows if details["session"] == claimed.details["session"] and party]
    return tuple(session.scalars(select(Account.name).where(Account.id.in_(accounts)).order_by(Account.name)))


def _agenda(session: Session, call: str, sitting: str, reader: UUID | None) -> tuple[tuple[str, str | None], ...]:
    """Number and specialty of the dossiers of a session, without those its reader has a link with (A40)."""
    linked = exists().where(Mark.dossier == DossierRow.id, Mark.account == reader, Mark.linked)
    wanted = select(DossierRow.number, DossierRow.specialty).where(
        DossierRow.call == call, DossierRow.session == sitting
    )
    if reader is not None:
        wanted = wanted.where(~linked)
    return tuple((number, specialty) for number, specialty in session.execute(wanted.order_by(DossierRow.number)))
