"""The doctor on what left the house and what came in time: mails, notices, filings, repayments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from backoffice.services.ailments import Ailment
from backoffice.services.callbook import ruling
from backoffice.services.facts import view_of
from backoffice.store.calls import newest_of
from backoffice.store.dossiers import Command, DossierRow, LateAttempt
from backoffice.store.mails import SentMail
from backoffice.store.outbox import LETTER_SEND, OutboxRow
from backoffice.store.schedule import CallNotice, DueNotice
from backoffice.store.titles import TitleRequest
from workflows.deadlines import local_day
from workflows.dossier import Dossier
from workflows.parts.ledger import PAYMENTS

_MAILS = ("mail", "again", "digest", LETTER_SEND)


def check_mails(session: Session) -> Iterator[Ailment]:
    """A mail that was sent is kept once, under a Message-ID of its own, and nothing is kept that was not sent."""
    for name, count in session.execute(_twice(SentMail.message_id)):
        yield Ailment("courriels", name, f"le même courriel est gardé {count} fois")
    for row, count in session.execute(_twice(SentMail.outbox)):
        yield Ailment("courriels", str(row), f"un envoi est gardé {count} fois")
    open_rows = select(SentMail.message_id).join(OutboxRow, OutboxRow.id == SentMail.outbox)
    for name in session.scalars(open_rows.where(OutboxRow.done_at.is_(None))):
        yield Ailment("courriels", name, "le courriel est gardé comme parti, et son envoi n’est pas terminé")
    for row in session.scalars(_sent_and_not_kept()):
        yield Ailment("courriels", str(row), "l’envoi est terminé, et le courriel n’est pas gardé")


def _twice(column: Any) -> Select[Any]:
    return select(column, func.count()).group_by(column).having(func.count() > 1)


def _sent_and_not_kept() -> Select[Any]:
    """Rows of a decision that began to leave and are done without a mail: only a reminder may be given up in doubt."""
    return select(OutboxRow.id).where(
        OutboxRow.kind.in_(_MAILS),
        OutboxRow.entry.is_not(None),
        OutboxRow.done_at.is_not(None),
        OutboxRow.started_at.is_not(None),
        OutboxRow.cancelled_at.is_(None),
        ~select(SentMail.id).where(SentMail.outbox == OutboxRow.id).exists(),
    )


def check_notices(session: Session) -> Iterator[Ailment]:
    """What fell due was noticed once."""
    of_dossiers = (DueNotice.dossier, DueNotice.kind, DueNotice.due_on)
    of_calls = (CallNotice.call, CallNotice.kind, CallNotice.subject, CallNotice.due_on)
    for key in (of_dossiers, of_calls):
        for *found, count in session.execute(select(*key, func.count()).group_by(*key).having(func.count() > 1)):
            yield Ailment("avis", " ".join(map(str, found)), f"une échéance a été constatée {count} fois")


def check_doubled_commands(session: Session) -> Iterator[Ailment]:
    """No two accepted requests stand for one entry."""
    key = (Command.dossier, Command.seq)
    doubled = select(*key, func.count()).where(Command.seq.is_not(None)).group_by(*key).having(func.count() > 1)
    for dossier, seq, count in session.execute(doubled):
        yield Ailment("demandes", str(dossier), f"{count} demandes ont donné la même entrée {seq} du journal")


def check_filings(session: Session) -> Iterator[Ailment]:
    """No filing was accepted after the closing of its call, none was refused before it. No closing binds a renewal."""
    newest = cache(lambda call: session.scalar(select(newest_of(call))))
    filed = select(DossierRow).where(DossierRow.received_at.is_not(None)).execution_options(yield_per=200)
    for row in session.scalars(filed):
        if row.received_at is None or not _is_late(session, row, row.received_at, newest(row.call)):
            continue
        if not view_of(row).is_renewal:
            yield Ailment("dépôts", row.number, "le dépôt a été accepté après la clôture de l’appel")
    for attempt in session.scalars(select(LateAttempt)):
        row = session.get_one(DossierRow, attempt.dossier)
        if not _is_late(session, row, attempt.at, newest(row.call)):
            yield Ailment("dépôts", row.number, "un dépôt a été refusé avant la clôture de l’appel")


def _is_late(session: Session, row: DossierRow, at: datetime, newest: UUID | None) -> bool:
    call = ruling(session, row, newest)
    closing = call.parameters.closing_at(local_day(at, call.authority.zone)).value
    return closing is not None and at >= closing.at


def repayments_of_one_cause(number: str, view: Dossier) -> Iterator[Ailment]:
    """One repayment for each cause, and no more came back than was paid.

    Posts of the time when payments were not written have none: what was delegated bounds what came back.
    """
    causes = [repayment.cause for repayment in view.repayments]
    for cause in sorted({cause for cause in causes if causes.count(cause) > 1}):
        yield Ailment("argent", number, f"plusieurs reversements ont la même cause ({cause})")
    paid = view.paid if any(e.kind in PAYMENTS for e in view.ledger) else view.delegated
    if sum(repayment.repaid for repayment in view.repayments) > paid:
        yield Ailment("argent", number, "il est revenu plus que ce qui a été payé")


def titles_as_told(session: Session, read: Iterable[tuple[DossierRow, Dossier]]) -> Iterator[Ailment]:
    """The titles kept as asked for are those of the facts, dossier by dossier.

    Facts of an older release tell of a title by its state alone: its day is that of the row.
    """
    dossiers = list(read)
    kept: dict[UUID, dict[str, date]] = {}
    for asked in session.scalars(select(TitleRequest).where(TitleRequest.dossier.in_([row.id for row, _ in dossiers]))):
        kept.setdefault(asked.dossier, {})[asked.cause] = asked.asked_on
    for row, view in dossiers:
        rows = kept.get(row.id, {})
        told = {r.cause: r.title_asked_on or rows.get(r.cause) for r in view.repayments if r.title_was_asked}
        if rows != told:
            yield Ailment("argent", row.number, "les titres demandés ne sont pas ceux des faits")
