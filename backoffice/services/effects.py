"""Carrying effects out: a mail, an act of the machine, the opening of a renewal. Each row once, behind its lease."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.services import outbox
from backoffice.services.act import Order, Times, perform
from backoffice.services.addresses import recipients
from backoffice.services.callbook import ruling
from backoffice.services.clocks import Clocks
from backoffice.services.facts import view_of
from backoffice.services.mail_texts import compose
from backoffice.services.mails import Mail, Mailer, NotSentError, RefusedForGoodError
from backoffice.services.opening import open_dossier
from backoffice.store.base import writing
from backoffice.store.dossiers import DossierRow
from backoffice.store.outbox import SentMail
from config.settings import Settings
from workflows.actors import CLOCK
from workflows.acts import ACTS
from workflows.acts.base import ActInputs
from workflows.acts.vacancy import ReplaceInputs
from workflows.deadlines import local_day
from workflows.decide import Refused
from workflows.dossier import Dossier
from workflows.due import departure_inputs
from workflows.effects import EffectKind

#: Reminders: after an uncertain sending they are not sent again. Legal notices are.
REMINDERS = frozenset({"pieces_reminder", "pieces_last_day", "draft_reminder"})


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
    except (RefusedForGoodError, NobodyToTellError) as error:
        outbox.fail(session, claimed, str(error), hands.clocks.machine(), for_good=True)
    except NotSentError as error:
        outbox.fail(session, claimed, str(error), hands.clocks.machine())
    except Exception as error:
        outbox.fail(session, claimed, f"{type(error).__name__}: {error}", hands.clocks.machine())
    return False


def _held(session: Session, dossier: UUID) -> tuple[DossierRow, Dossier]:
    row = session.get_one(DossierRow, dossier, populate_existing=True)
    return row, view_of(row)


def _send(session: Session, claimed: outbox.Claimed, hands: Hands) -> bool:
    if claimed.uncertain and claimed.name in REMINDERS:
        return _settle(session, claimed, hands)
    mail = _composed(session, claimed, hands)
    if not outbox.starts(session, claimed, hands.clocks.machine()):
        return False
    hands.mailer.send(mail)
    return _settle(session, claimed, hands, mail)


def _composed(session: Session, claimed: outbox.Claimed, hands: Hands) -> Mail:
    row, view = _held(session, claimed.dossier)
    call = ruling(session, row.call_version)
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
    )
    session.rollback()
    return mail


def _settle(session: Session, claimed: outbox.Claimed, hands: Hands, mail: Mail | None = None) -> bool:
    """Mark the row done; keep the mail as it left. Without a mail: a reminder whose sending stays uncertain."""
    now = hands.clocks.machine()
    with writing(session):
        done = outbox.finish(session, claimed, now)
        if done and mail is not None:
            kept = SentMail(
                outbox=claimed.id,
                dossier=claimed.dossier,
                message_id=mail.message_id,
                recipients=[r.email for r in mail.recipients],
                subject=mail.subject,
                body=mail.body,
                sent_at=now,
                doubtful=claimed.uncertain,
            )
            session.add(kept)
    return done


def _fire(session: Session, claimed: outbox.Claimed, hands: Hands) -> bool:
    """Fire an act in the name of the clock. The outbox row is its key: fired twice, it acts once."""
    _, view = _held(session, claimed.dossier)
    order = Order(
        dossier=claimed.dossier,
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
    with writing(session):
        return outbox.finish(session, claimed, hands.clocks.machine())


#: Answers that mean there was nothing to do: the machine looked, and that is all it was asked.
_NOTHING_TO_DO = {
    "open_clawback": frozenset({"nothing_due", "end_not_early", "repayment_exists", "wrong_state"}),
    "withdraw": frozenset({"wrong_state"}),
    "record_end": frozenset({"wrong_state"}),
    "replace": frozenset({"wrong_state"}),
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
    row, view = _held(session, claimed.dossier)
    known = session.scalar(select(DossierRow.id).where(DossierRow.number == claimed.name))
    if known is None:
        draft = replace(
            Dossier("", view.call, view.category, view.opened_on),
            specialty=view.specialty,
            sites=view.sites,
            plan=view.plan,
            months=int(claimed.details["months"]),
            wished_start=None,
            contract_share=view.contract_share,
            depositors=tuple(replace(d, confirmed=False) for d in view.depositors),
            candidate=view.candidate,
            renewal_of=view.number,
        )
        times = Times(hands.clocks.legal(), hands.clocks.machine())
        open_dossier(session, row.call, draft, by=CLOCK, times=times, number=claimed.name)
    with writing(session):
        return outbox.finish(session, claimed, hands.clocks.machine())


_HANDLERS: dict[str, Callable[[Session, outbox.Claimed, Hands], bool]] = {
    EffectKind.MAIL.value: _send,
    EffectKind.ACT.value: _fire,
    EffectKind.RENEWAL.value: _renew,
}
