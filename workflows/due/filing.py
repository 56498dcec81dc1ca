"""What falls due before the decision: the draft, the receipt, the pieces, the silence (J2 to J5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from workflows.asking import asked_of, followed, still_awaited
from workflows.calendars import Calendar
from workflows.calls.model import Call
from workflows.deadlines import local_day, receipt_watch_on
from workflows.dossier import Dossier
from workflows.due.kinds import Due, DueKind
from workflows.effects import Addressee
from workflows.french import count, short_day
from workflows.jobs import Job
from workflows.parts.pieces import PieceRequest
from workflows.proofs import if_unheard, silence_runs
from workflows.silence_words import refusal
from workflows.states import State

_SERVICE = (Addressee.SERVICE,)
_RECEIPT = "L2"
_OVER = frozenset({State.DRAFT, State.WITHDRAWN, State.ENDED, State.CLAWBACK})


def filing_items(dossier: Dossier, call: Call, today: date) -> Iterator[Due]:
    """What falls due from the draft to the decision."""
    yield from _draft(dossier, call, today)
    yield from _receipt(dossier, call)
    yield from _pieces(dossier, call)
    yield from _silence(dossier, call, today)


def _draft(dossier: Dossier, call: Call, today: date) -> Iterator[Due]:
    closing = call.parameters.closing_at(today)
    # a renewal is bound by no closing: there is nothing to remind of
    if dossier.state is not State.DRAFT or dossier.is_renewal or closing.value is None:
        return
    reminders = call.clauses.filing.reminder_days
    # a reminder counted back from an extension decided since then would come late
    decided = [e.decided_on for e in call.parameters.extensions if e.decided_on <= today]
    since = max([dossier.opened_on, *decided])
    for days in reminders.value or ():
        on = closing.value.last_day - timedelta(days=days)
        if on < since:
            continue
        yield Due(
            DueKind.DRAFT_REMINDER,
            on,
            f"Rappel au déposant : l’appel ferme le {short_day(closing.value.last_day)} à minuit.",
            "le dossier est déposé avant",
            Job.J2,
            (Addressee.DEPOSITORS, Addressee.RECRUITER),
            reminders.rule,
            last_day=closing.value.last_day,
        )


def _receipt(dossier: Dossier, call: Call) -> Iterator[Due]:
    """The alert before the accusé de réception is late: in working days, from the receipt (CRPA R.112-11-2)."""
    if dossier.filing is None or dossier.state in _OVER:
        return
    received_on = local_day(dossier.filing.received_at, call.authority.zone)
    calendar = Calendar(call.authority.calendar)
    for days in call.parameters.jobs.rule(Job.J3).days:
        since = count(days, "jour ouvré", "jours ouvrés")
        yield Due(
            DueKind.RECEIPT_WATCH,
            receipt_watch_on(received_on, days, calendar),
            f"Alerte : {since} après le dépôt, l’accusé de réception n’est pas parti.",
            "l’accusé de réception part avant",
            Job.J3,
            _SERVICE,
            "CRPA art. R. 112-11-2",
            unless_sent=_RECEIPT,
        )


def _pieces(dossier: Dossier, call: Call) -> Iterator[Due]:
    over = dossier.state in {State.REJECTED, State.ENDED} or (dossier.state is State.WITHDRAWN and not dossier.award)
    for asked in () if over else followed(dossier):
        for days in call.parameters.jobs.rule(Job.J4).days:
            yield from _asked(dossier, asked, days)


def _asked(dossier: Dossier, asked: PieceRequest, days: int) -> Iterator[Due]:
    unless = "toutes les pièces arrivent avant"
    until, on, which = short_day(asked.due_on), asked.due_on - timedelta(days=days), asked.due_on.isoformat()
    to = tuple(still_awaited(dossier, asked) or asked_of(dossier, asked.keys))
    if days > 0:
        if on > asked.asked_on:
            what = f"Rappel des pièces attendues jusqu’au {until}."
            yield Due(DueKind.PIECES_REMINDER, on, what, unless, Job.J4, to, "A33", last_day=asked.due_on, matter=which)
    elif days == 0:
        what = f"Rappel : dernier jour, le {until}, pour les pièces demandées le {short_day(asked.asked_on)}."
        yield Due(DueKind.PIECES_LAST_DAY, on, what, unless, Job.J4, to, "A33", last_day=asked.due_on, matter=which)
    else:
        what = f"Proposition à l’instructeur : le délai des pièces est passé depuis le {until}, le dossier reste "
        yield Due(DueKind.PIECES_OVERDUE, on, f"{what}incomplet.", unless, Job.J4, _SERVICE, "A33", matter=which)


def _silence(dossier: Dossier, call: Call, today: date) -> Iterator[Due]:
    clock = dossier.silence
    if clock is None or not silence_runs(dossier):
        return
    unheard, due_on, days = if_unheard(dossier), clock.due_on(today), call.parameters.jobs.rule(Job.J5).days
    tail = " (à titre indicatif)" if clock.informative else ""
    unless, rule = "la réception d’une décision expresse est prouvée avant", "CRPA art. L. 231-4"
    earlier = unheard.due_on(today) if unheard else None
    alerts = set(clock.alerts(today, days))
    if unheard is not None and earlier is not None:
        # Each alert tells both days: before the earlier one, its own alerts do for the later one too.
        alerts = {*unheard.alerts(today, days), *(on for on in alerts if on >= earlier)}
    for on in sorted(alerts):
        what = f"Alerte : le silence {refusal(due_on, earlier, max(on, today))}{tail}."
        eve = due_on - timedelta(days=1)
        yield Due(DueKind.SILENCE_ALERT, on, what, unless, Job.J5, _SERVICE, rule, last_day=eve)
    past = short_day(due_on)
    what = f"Le silence vaut rejet depuis le {past} : un refus existe. Une décision expresse peut encore le remplacer."
    if clock.informative:
        what = f"Le délai du silence est passé depuis le {past}, à titre indicatif. Une décision expresse reste à "
        what += "prendre, ou à faire recevoir."
    yield Due(DueKind.SILENCE_ELAPSED, due_on, what, unless, Job.J5, _SERVICE, rule)
