"""Carrying effects out: a mail, an act of the machine, the opening of a renewal. Each row once, behind its lease."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from backoffice.services import outbox
from backoffice.services.act import Order, Times, perform
from backoffice.services.addresses import recipients
from backoffice.services.callbook import ruling
from backoffice.services.clocks import Clocks
from backoffice.services.deadlines import MAILED
from backoffice.services.facts import view_of
from backoffice.services.mail_matters import NothingLeftToSayError
from backoffice.services.mail_texts import compose
from backoffice.services.mails import Mail, Mailer, NotSentError, RefusedForGoodError, Sent
from backoffice.services.opening import open_dossier
from backoffice.services.personal_texts import clear
from backoffice.store.base import writing
from backoffice.store.dossiers import DossierRow
from backoffice.store.mails import SentMail
from backoffice.store.schedule import Deadline, DueNotice
from config.settings import Settings
from workflows.actors import CLOCK
from workflows.acts import ACTS
from workflows.acts.base import ActInputs
from workflows.acts.replacing import ReplaceInputs
from workflows.asking import reminded
from workflows.calls.model import Call
from workflows.deadlines import local_day
from workflows.decide import Refused
from workflows.dossier import Dossier
from workflows.due import DueKind, departure_inputs
from workflows.effects import Addressee, EffectKind
from workflows.personal import without_personal
from workflows.renewals import renewal_draft

_log = logging.getLogger(__name__)

#: Reminders: after an uncertain sending they are not sent again. Legal notices are.
REMINDERS = frozenset(kind.value for kind in MAILED)


@dataclass(frozen=True, slots=True)
class Hands:
    """What effects are carried out with."""

    settings: Settings
    clocks: Clocks
    mailer: Mailer


class NobodyToTellError(RuntimeError):
    """A mail has no recipient with an address."""


def deliver(session: Session, row_id: UUID, hands: Hands) -> bool:
    """Carry one outbox row out. True when it is done now; never raises for what an effect does wrong."""
    claimed = outbox.claim(session, row_id, hands.clocks.machine())
    if claimed is None:
        return False
    try:
        return _HANDLERS[claimed.kind](session, claimed, hands)
    except (RefusedForGoodError, NobodyToTellError, NothingLeftToSayError) as error:
        outbox.fail(session, claimed, str(error), hands.clocks.machine(), for_good=True)
    except NotSentError as error:
        outbox.fail(session, claimed, str(error), hands.clocks.machine())
    except Exception as error:
        _log.exception("effect %s: unexpected error", claimed.id)
        told = f"erreur inattendue ({type(error).__name__})"  # its words may be about somebody
        outbox.fail(session, claimed, told, hands.clocks.machine(), certain=False)
    return False


def _held(session: Session, dossier: UUID) -> tuple[DossierRow, Dossier]:
    row = session.get_one(DossierRow, dossier, populate_existing=True)
    return row, view_of(row)


def _send(session: Session, claimed: outbox.Claimed, hands: Hands) -> bool:
    mail = _reminder(session, claimed, hands) if claimed.name in REMINDERS else _composed(session, claimed, hands)
    if mail is None:
        return _settle(session, claimed, hands)
    if not outbox.starts(session, claimed, hands.clocks.machine()):
        return False
    return _settle(session, claimed, hands, mail, hands.mailer.send(mail))


def _reminder(session: Session, claimed: outbox.Claimed, hands: Hands) -> Mail | None:
    """The mail of a reminder; None when it may have left before, or has nothing to remind of any more."""
    row, view = _held(session, claimed.about)
    call = ruling(session, row)
    today = local_day(hands.clocks.legal(), call.authority.zone)
    if claimed.uncertain or _moot(session, claimed) or _too_late(claimed, view, call, today):
        return None
    try:
        return _composed(session, claimed, hands)
    except NothingLeftToSayError:
        return None


def _composed(session: Session, claimed: outbox.Claimed, hands: Hands) -> Mail:
    """The mail of a row. Raises NobodyToTellError, NothingLeftToSayError."""
    row, view = _held(session, claimed.about)
    call = ruling(session, row)
    to = recipients(session, view, call, claimed.addressee or "", claimed.details)
    if not to:
        raise NobodyToTellError(f"Personne à prévenir : aucune adresse pour « {claimed.addressee} ».")
    mail = compose(
        name=claimed.name,
        view=view,
        call=call,
        recipients=to,
        details=claimed.details,
        at=claimed.at,
        outbox=claimed.id,
        mail_from=hands.settings.mail_from,
        public_url=hands.settings.public_url,
        today=local_day(hands.clocks.legal(), call.authority.zone),
        to=Addressee(claimed.addressee) if claimed.addressee else None,
    )
    session.rollback()
    return mail


def _moot(session: Session, claimed: outbox.Claimed) -> bool:
    """True when what the clock noticed is due no longer: the dossier has moved on since."""
    if claimed.notice is None:
        return False
    same = and_(
        Deadline.dossier == DueNotice.dossier, Deadline.kind == DueNotice.kind, Deadline.due_on == DueNotice.due_on
    )
    still = select(DueNotice.id).join(Deadline, same).where(DueNotice.id == claimed.notice)
    return session.scalar(still) is None


def _too_late(claimed: outbox.Claimed, view: Dossier, call: Call, today: date) -> bool:
    """True once the day that a reminder speaks of has passed."""
    if claimed.name == DueKind.DRAFT_REMINDER.value:
        closing = call.parameters.closing_at(today).value
        return closing is not None and closing.last_day < today
    asked = reminded(view, claimed.details.get("due_on"), early=claimed.name == DueKind.PIECES_REMINDER.value)
    return asked is None or asked.due_on < today


def _settle(
    session: Session, claimed: outbox.Claimed, hands: Hands, mail: Mail | None = None, sent: Sent | None = None
) -> bool:
    """Mark the row done; keep the mail as it left. Without a mail: a reminder that is not sent, or not again."""
    now = hands.clocks.machine()
    refused = {address for address, _ in sent.refused} if sent else set()
    with writing(session):
        done = outbox.finish(session, claimed, now, sent.remark if sent else None)
        if done and mail is not None:
            kept = SentMail(
                outbox=claimed.id,
                dossier=claimed.dossier,
                message_id=mail.message_id,
                recipients=[r.email for r in mail.recipients if r.email not in refused],
                subject=mail.subject,
                body=mail.body,
                sent_at=now,
                doubtful=claimed.uncertain,
            )
            session.add(kept)
    return done


def _fire(session: Session, claimed: outbox.Claimed, hands: Hands) -> bool:
    """Fire an act in the name of the clock. The outbox row is its key: fired twice, it acts once."""
    _, view = _held(session, claimed.about)
    if _moot(session, claimed):
        return _settle(session, claimed, hands)
    order = Order(
        dossier=claimed.about,
        act=claimed.name,
        inputs=_inputs(claimed, view),
        by=CLOCK,
        key=str(claimed.id),
    )
    times = Times(max(hands.clocks.legal(), claimed.at), hands.clocks.machine())
    answer = perform(session, order, times)
    if isinstance(answer, Refused) and not _harmless(claimed.name, answer):
        sentences = " ".join(f.sentence for f in answer.findings)
        outbox.fail(session, claimed, sentences, hands.clocks.machine(), for_good=True)
        return False
    return _settle(session, claimed, hands)


#: Answers that mean there was nothing to do: the machine looked, and that is all it was asked.
_NOTHING_TO_DO = {
    "open_clawback": frozenset({"nothing_due", "end_not_early", "repayment_exists", "wrong_state"}),
    "withdraw": frozenset({"wrong_state"}),
    "record_end": frozenset({"wrong_state"}),
    "replace": frozenset({"wrong_state", "replacement_not_agreed"}),
}


def _harmless(act: str, answer: Refused) -> bool:
    return bool(answer.codes) and answer.codes <= _NOTHING_TO_DO.get(act, frozenset())


def _inputs(claimed: outbox.Claimed, view: Dossier) -> ActInputs:
    if claimed.name == "replace":
        return ReplaceInputs(request=claimed.details.get("request"))
    if claimed.name in {"withdraw", "record_end"} and view.departure is not None:
        return departure_inputs(view.departure)
    return ACTS[claimed.name].inputs()


def _renew(session: Session, claimed: outbox.Claimed, hands: Hands) -> bool:
    """Open the dossier that renews this one, once."""
    row, view = _held(session, claimed.about)
    known = session.scalar(select(DossierRow.id).where(DossierRow.number == claimed.name))
    if known is None:
        draft = renewal_draft(view, claimed.name, int(claimed.details["months"]), view.opened_on)
        content = without_personal(draft, lambda text: clear(session, text))
        times = Times(hands.clocks.legal(), hands.clocks.machine())
        open_dossier(session, row.call, content, by=CLOCK, times=times, number=claimed.name)
    return _settle(session, claimed, hands)


_HANDLERS: dict[str, Callable[[Session, outbox.Claimed, Hands], bool]] = {
    EffectKind.MAIL.value: _send,
    EffectKind.ACT.value: _fire,
    EffectKind.RENEWAL.value: _renew,
}
