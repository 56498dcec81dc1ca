"""Carrying effects out: a mail, an act of the machine, the opening of a renewal. Each row once, behind its lease."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.services import outbox, sent_mails
from backoffice.services.act import Order, Times, perform
from backoffice.services.addresses import NobodyToTellError
from backoffice.services.clocks import Clocks
from backoffice.services.documents import shelf_of
from backoffice.services.facts import view_of
from backoffice.services.leases import Leases
from backoffice.services.letters.making import LetterRefusedError
from backoffice.services.letters.sending import left
from backoffice.services.letters.stages import make
from backoffice.services.mail_matter import NothingLeftToSayError
from backoffice.services.mailing import MAILS, mail_of, moot
from backoffice.services.mails import (
    Mail,
    Mailer,
    NotSentError,
    RefusedForGoodError,
    Sent,
    ServerAwayError,
    wired,
)
from backoffice.services.opening import open_dossier
from backoffice.services.personal_texts import clear
from backoffice.store.base import writing
from backoffice.store.dossiers import DossierRow
from backoffice.store.outbox import LETTER_MAKE, LETTER_SEND
from config.faultpoints import faultpoint
from config.settings import Settings
from workflows.actors import CLOCK
from workflows.acts import ACTS
from workflows.acts.base import ActInputs
from workflows.acts.replacing import ReplaceInputs
from workflows.decide import Refused
from workflows.dossier import Dossier
from workflows.due import departure_inputs
from workflows.effects import EffectKind
from workflows.personal import without_personal
from workflows.renewals import renewal_draft

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Hands:
    """What effects are carried out with."""

    settings: Settings
    clocks: Clocks
    mailer: Mailer
    leases: Leases = field(default_factory=Leases)


def deliver(session: Session, row_id: UUID, hands: Hands) -> bool:
    """Carry one outbox row out. True when it is done now; never raises for what an effect does wrong."""
    claimed = outbox.claim(session, row_id, hands.clocks.machine(), KINDS)
    if claimed is None:
        return False
    faultpoint("outbox.claimed", claimed.id)
    with hands.leases.held(claimed.lease, hands.clocks.machine()):
        return _carried_out(session, claimed, hands)


def _carried_out(session: Session, claimed: outbox.Claimed, hands: Hands) -> bool:
    try:
        return _HANDLERS[claimed.kind](session, claimed, hands)
    except (RefusedForGoodError, NobodyToTellError, NothingLeftToSayError) as error:
        outbox.fail(session, claimed, _given_up(claimed, error), hands.clocks.machine(), for_good=True)
    except NotSentError as error:
        away = isinstance(error, ServerAwayError)
        outbox.fail(session, claimed, str(error), hands.clocks.machine(), away=away)
    except Exception as error:
        _log.exception("effect %s: unexpected error", claimed.id)
        told = f"erreur inattendue ({type(error).__name__})"  # its words may be about somebody
        outbox.fail(session, claimed, told, hands.clocks.machine(), certain=False)
    return False


#: What a person should know of a mail given up when an earlier sending of it was cut short.
MAYBE_GONE = "Un envoi précédent a été interrompu : le courriel est peut-être parti."


def _given_up(claimed: outbox.Claimed, error: Exception) -> str:
    return f"{error} {MAYBE_GONE}" if claimed.uncertain else str(error)


def _held(session: Session, dossier: UUID) -> tuple[DossierRow, Dossier]:
    row = session.get_one(DossierRow, dossier, populate_existing=True)
    return row, view_of(row)


def _send(session: Session, claimed: outbox.Claimed, hands: Hands) -> bool:
    mail = mail_of(session, claimed, hands.settings, Times(hands.clocks.legal(), hands.clocks.machine()))
    if mail is None:
        return _settle(session, claimed, hands, doubt=claimed.uncertain)
    wired(mail)  # what cannot be written has certainly not left
    if not outbox.starts(session, claimed, hands.clocks.machine()):
        return False
    faultpoint("outbox.before_send", claimed.id)
    sent = hands.mailer.send(mail)
    faultpoint("outbox.after_send", claimed.id)
    return _settle(session, claimed, hands, mail, sent)


#: What a reader of the row should know of a reminder whose sending was cut short: it is not sent again.
IN_DOUBT = "L’envoi a été interrompu : ce rappel est peut-être parti, il ne repart pas."


def _settle(
    session: Session,
    claimed: outbox.Claimed,
    hands: Hands,
    mail: Mail | None = None,
    sent: Sent | None = None,
    *,
    doubt: bool = False,
) -> bool:
    """Mark the row done; keep the mail as it left. Without a mail: a reminder that is not sent, or not again."""
    now = hands.clocks.machine()
    remarks = [mail.remark if mail else None, sent.remark if sent else None, IN_DOUBT if doubt else None]
    faultpoint("outbox.before_finish", claimed.id)
    with writing(session):
        done = outbox.finish(session, claimed, now, " ".join(filter(None, remarks)) or None)
        if done and mail is not None and sent is not None:
            sent_mails.keep(session, claimed, mail, sent, now)
            if claimed.kind == LETTER_SEND:
                left(session, claimed, Times(hands.clocks.legal(), now), dry=sent.dry)
    faultpoint("outbox.after_finish", claimed.id)
    return done


def _fire(session: Session, claimed: outbox.Claimed, hands: Hands) -> bool:
    """Fire an act in the name of the clock. The outbox row is its key: fired twice, it acts once."""
    _, view = _held(session, claimed.about)
    if moot(session, claimed):
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
    "open_overpayment": frozenset({"not_overpaid", "end_asks_back", "post_vacant", "repayment_exists", "wrong_state"}),
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


def _make(session: Session, claimed: outbox.Claimed, hands: Hands) -> bool:
    """Make the file of a letter; one that was replaced meanwhile needs none."""
    times = Times(hands.clocks.legal(), hands.clocks.machine())
    try:
        make(session, UUID(claimed.details["letter"]), CLOCK.id, times, shelf_of(hands.settings))
    except LetterRefusedError as error:
        outbox.fail(session, claimed, str(error), hands.clocks.machine(), for_good=True)
        return False
    return _settle(session, claimed, hands)


_HANDLERS: dict[str, Callable[[Session, outbox.Claimed, Hands], bool]] = {
    **dict.fromkeys(MAILS, _send),
    EffectKind.ACT.value: _fire,
    EffectKind.RENEWAL.value: _renew,
    LETTER_MAKE: _make,
}
#: What this release carries out: rows of other kinds are left to whoever knows them.
KINDS = frozenset(_HANDLERS)
