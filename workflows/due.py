"""What falls due on a dossier, for whom and when: what the machine will do by itself, and what it will propose.

The machine reminds, alerts and proposes; the only acts it fires are those a person decided beforehand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from workflows.accounts import day_before, funded
from workflows.acts.base import ActInputs
from workflows.acts.post import EndInputs
from workflows.acts.vacancy import WithdrawInputs
from workflows.asking import PIECES_REMINDER_DAYS, asked_of, followed, still_awaited
from workflows.calls.model import Call
from workflows.calls.sources import UnknownValueError
from workflows.dossier import Departure, Dossier
from workflows.effects import Addressee
from workflows.french import amount, short_day
from workflows.guards.award import open_condition
from workflows.money.tranches import planned_tranches, still_due
from workflows.pieces import PieceRequest
from workflows.states import UNDER_EXAMINATION, State


class DueKind(StrEnum):
    """The kinds of things that fall due. The value is part of the key that makes each happen once."""

    DRAFT_REMINDER = "draft_reminder"
    PIECES_REMINDER = "pieces_reminder"
    PIECES_LAST_DAY = "pieces_last_day"
    PIECES_OVERDUE = "pieces_overdue"
    SILENCE_ALERT = "silence_alert"
    SILENCE_ELAPSED = "silence_elapsed"
    OFFER_REPLY = "offer_reply"
    OFFER_OVER = "offer_over"
    RESERVE_END = "reserve_end"
    AWARD_REPLY = "award_reply"
    CHOICE = "choice"
    CONDITION = "condition"
    START_WATCH = "start_watch"
    DEPARTURE = "departure"
    REPLACEMENT_REMINDER = "replacement_reminder"
    REPLACEMENT_DUE = "replacement_due"
    GIVE_BACK = "give_back"
    NOTICE_OVER = "notice_over"
    CONTRACT_END = "contract_end"
    TRANCHE = "tranche"
    CONTRADICTORY_OVER = "contradictory_over"


@dataclass(frozen=True, slots=True)
class Due:
    """Something due on a day of the authority’s zone.

    `job` is the scheduled job that sees to it (J1..J10). `to` are those it is told to. `unless` says in French what
    cancels it. `act` and `inputs` are given when the machine fires an act that a person decided beforehand.
    """

    kind: DueKind
    on: date
    what: str
    unless: str
    job: str
    to: tuple[Addressee, ...]
    rule: str | None = None
    act: str | None = None
    inputs: ActInputs | None = None

    @property
    def passes(self) -> bool:
        """True for what the machine does by itself that day: once past it is done, nobody is late."""
        return self.kind in _PASSING

    @property
    def key(self) -> str:
        """Key of the due within its dossier: a missed, doubled or parallel tick is harmless."""
        return f"{self.kind.value}:{self.on.isoformat()}"


_PASSING = frozenset(
    {
        DueKind.DRAFT_REMINDER,
        DueKind.PIECES_REMINDER,
        DueKind.PIECES_LAST_DAY,
        DueKind.SILENCE_ALERT,
        DueKind.SILENCE_ELAPSED,
        DueKind.RESERVE_END,
        DueKind.REPLACEMENT_REMINDER,
        DueKind.DEPARTURE,
    }
)

_SERVICE = (Addressee.SERVICE,)
_RECRUITER = (Addressee.RECRUITER,)
_DEPOSITORS = (Addressee.DEPOSITORS,)

#: J7: days after the planned start without a procès-verbal d’installation.
START_WATCH_DAYS = (1, 15)
_RANKS = ("Premier", "Second")


def _days(n: int) -> timedelta:
    return timedelta(days=n)


def due_items(dossier: Dossier, call: Call, today: date) -> tuple[Due, ...]:
    """Everything still to fall due, or overdue, from what is known today; in order of date."""
    found = [
        *_draft(dossier, call, today),
        *_pieces(dossier),
        *_silence(dossier, today),
        *_award(dossier, call),
        *_departure(dossier),
        *_vacancy(dossier, call),
        *_in_post(dossier, call),
        *_procedures(dossier),
    ]
    return tuple(sorted(found, key=lambda due: (due.on, due.kind.value)))


def _draft(dossier: Dossier, call: Call, today: date) -> Iterator[Due]:
    closing = call.parameters.closing_at(today)
    if dossier.state is not State.DRAFT or closing.value is None:
        return
    reminders = call.clauses.filing.reminder_days
    # a reminder counted back from an extension decided since then would come late
    decided = [e.decided_on for e in call.parameters.extensions if e.decided_on <= today]
    since = max([dossier.opened_on, *decided])
    for days in reminders.value or ():
        on = closing.value.last_day - _days(days)
        if on < since:
            continue
        yield Due(
            DueKind.DRAFT_REMINDER,
            on,
            f"Rappel au déposant : l’appel ferme le {short_day(closing.value.last_day)} à minuit.",
            "le dossier est déposé avant",
            "J2",
            _DEPOSITORS,
            reminders.rule,
        )


def _pieces(dossier: Dossier) -> Iterator[Due]:
    over = dossier.state in {State.REJECTED, State.ENDED} or (dossier.state is State.WITHDRAWN and not dossier.award)
    for asked in () if over else followed(dossier):
        yield from _asked(dossier, asked)


def _asked(dossier: Dossier, asked: PieceRequest) -> Iterator[Due]:
    unless = "toutes les pièces arrivent avant"
    until = short_day(asked.due_on)
    to = tuple(still_awaited(dossier, asked) or asked_of(dossier, asked.keys))
    reminder = asked.due_on - _days(PIECES_REMINDER_DAYS)
    if reminder > asked.asked_on:
        yield Due(
            DueKind.PIECES_REMINDER,
            reminder,
            f"Rappel des pièces attendues jusqu’au {until}.",
            unless,
            "J4",
            to,
            "A33",
        )
    yield Due(
        DueKind.PIECES_LAST_DAY,
        asked.due_on,
        f"Rappel : dernier jour, le {until}, pour les pièces demandées le {short_day(asked.asked_on)}.",
        unless,
        "J4",
        to,
        "A33",
    )
    yield Due(
        DueKind.PIECES_OVERDUE,
        asked.due_on + _days(1),
        f"Proposition à l’instructeur : le délai des pièces est passé depuis le {until}, le dossier reste incomplet.",
        unless,
        "J4",
        _SERVICE,
        "A33",
    )


def _silence(dossier: Dossier, today: date) -> Iterator[Due]:
    clock = dossier.silence
    if clock is None or clock.ended_on is not None or dossier.state not in UNDER_EXAMINATION:
        return
    due_on = clock.due_on(today)
    tail = " (à titre indicatif)" if clock.informative else ""
    for on in clock.alerts(today):
        what = f"Alerte : le silence vaudra rejet le {short_day(due_on)}{tail}."
        yield Due(
            DueKind.SILENCE_ALERT, on, what, "une décision est notifiée avant", "J5", _SERVICE, "CRPA art. L. 231-4"
        )
    what = f"Le silence vaut rejet{tail}. Une décision expresse peut encore le remplacer."
    yield Due(
        DueKind.SILENCE_ELAPSED, due_on, what, "une décision est notifiée avant", "J5", _SERVICE, "CRPA art. L. 231-4"
    )


def _award(dossier: Dossier, call: Call) -> Iterator[Due]:
    reserve, award = dossier.reserve, dossier.award
    if dossier.state is State.RESERVE and reserve:
        silent = reserve.declined_on is None and reserve.silent(named=dossier.candidate is not None)
        if reserve.reply_by and silent:
            what, unless = "Fin du délai de réponse à la place proposée.", "la réponse arrive avant"
            yield Due(DueKind.OFFER_REPLY, reserve.reply_by, what, unless, "J7", _SERVICE, "A15")
            what = "La place proposée reste sans réponse : elle peut être proposée au suivant de la liste."
            yield Due(DueKind.OFFER_OVER, reserve.reply_by + _days(1), what, unless, "J7", _SERVICE, "A15")
        if reserve.valid_until:
            what = "Fin de validité de la liste complémentaire."
            yield Due(
                DueKind.RESERVE_END, reserve.valid_until, what, "une place est attribuée avant", "J7", _SERVICE, "A15"
            )
    if award is None:
        return
    waiting = award.candidate_accepted_on is None or award.recruiter_accepted_on is None
    if dossier.state is State.NOTIFIED and award.reply_by and waiting:
        what = "Alerte : l’acceptation de l’attribution est attendue."
        yield Due(DueKind.AWARD_REPLY, award.reply_by, what, "les deux acceptations arrivent", "J7", _SERVICE, "A45")
    if dossier.state is State.NOTIFIED and award.choose_by:
        what = "Alerte : le médecin figure dans un autre dossier, son choix est attendu."
        rule = call.clauses.award.choice_days.rule
        yield Due(DueKind.CHOICE, award.choose_by, what, "il se désiste d’un des deux", "J7", _SERVICE, rule)
    condition_by = open_condition(award)
    if dossier.state in {State.SELECTED, State.NOTIFIED} and condition_by:
        what = "Alerte : la condition de l’attribution doit être remplie."
        yield Due(DueKind.CONDITION, condition_by, what, "la condition est levée", "J7", _SERVICE, "A46")
    if dossier.state is State.NOTIFIED and award.expected_start:
        start = short_day(award.expected_start)
        for rank, days in enumerate(START_WATCH_DAYS):
            on = award.expected_start + _days(days)
            what = f"{_RANKS[rank]} rappel au recruteur : le procès-verbal de l’installation du {start} est attendu."
            yield Due(DueKind.START_WATCH, on, what, "la prise de fonctions est constatée", "J7", _RECRUITER)


def _departure(dossier: Dossier) -> Iterator[Due]:
    departure = dossier.departure
    if departure is None or dossier.state not in {State.SELECTED, State.NOTIFIED, State.IN_POST}:
        return
    on = departure.dates.effective_on
    what = "Le départ annoncé prend effet : le poste devient vacant."
    if departure.act == "record_end":
        what = "Le départ annoncé prend effet : le poste est terminé."
    yield Due(
        DueKind.DEPARTURE,
        on,
        what,
        "l’annonce est annulée",
        "J7",
        _SERVICE,
        act=departure.act,
        inputs=departure_inputs(departure),
    )


def departure_inputs(departure: Departure) -> ActInputs:
    """What the machine records when an announced departure takes effect: what the person announced."""
    if departure.act == "record_end":
        return EndInputs(
            last_day=day_before(departure.dates.effective_on),
            end_reason=departure.reason,
            evidence=departure.request or "annonce",
            cca_from=departure.cca_from,
            known_on=departure.dates.known_on,
            told_on=departure.dates.recorded_on,
            request=departure.request,
        )
    return WithdrawInputs(
        dates=departure.dates,
        end_reason=departure.reason,
        cca_from=departure.cca_from,
        request=departure.request,
    )


def _vacancy(dossier: Dossier, call: Call) -> Iterator[Due]:
    vacancy, clause = dossier.vacancy, call.clauses.replacement
    if vacancy is None or dossier.state is not State.WITHDRAWN:
        return
    unless = "un remplacement est accordé, ou le poste est rendu"
    if clause.remind_after_days.value is not None:
        on = max(vacancy.since, vacancy.told_on) + _days(clause.remind_after_days.value)
        what = f"Rappel au recruteur : un remplacement peut être proposé jusqu’au {short_day(vacancy.replace_by)}."
        yield Due(DueKind.REPLACEMENT_REMINDER, on, what, unless, "J7", _RECRUITER, clause.remind_after_days.rule)
    yield Due(
        DueKind.REPLACEMENT_DUE,
        vacancy.replace_by,
        "Fin du délai pour proposer un remplacement.",
        unless,
        "J7",
        (Addressee.RECRUITER, Addressee.SERVICE),
        clause.propose_within_days.rule,
    )
    yield Due(
        DueKind.GIVE_BACK,
        vacancy.give_back_on,
        "Proposition de rendre le poste, dans la liste du jour. Une personne décide, jamais la machine.",
        unless,
        "J7",
        _SERVICE,
        clause.give_back_after_days.rule,
    )


def _in_post(dossier: Dossier, call: Call) -> Iterator[Due]:
    award = dossier.award
    if dossier.state is not State.IN_POST or award is None:
        return
    if award.planned_end:
        what = "Fin du contrat : constater le terme, ou une fin différente."
        yield Due(DueKind.CONTRACT_END, award.planned_end, what, "la fin est constatée", "J7", _SERVICE)
    if dossier.money_notice is None or dossier.departure is not None:
        return
    try:
        planned = planned_tranches(call.clauses.funding.tranches.needed, funded(dossier, call))
    except UnknownValueError:
        return
    done, delegated = {t.budget_year for t in dossier.tranches}, dossier.delegated
    for tranche in planned:
        left = still_due(planned, tranche.budget_year, delegated)
        if tranche.budget_year not in done and left:
            delegated += left
            what = f"Proposition de tranche : {amount(left)} sur l’exercice {tranche.budget_year}."
            rule = call.clauses.funding.tranches.rule
            yield Due(DueKind.TRANCHE, tranche.due_on, what, "la tranche est enregistrée", "J8", _SERVICE, rule)


def _procedures(dossier: Dossier) -> Iterator[Due]:
    notice, repayment = dossier.notice, dossier.repayment
    if notice and notice.answered_on is None and dossier.state in {State.SELECTED, State.NOTIFIED}:
        until = short_day(notice.answer_by)
        what = f"Le délai de réponse au courrier contradictoire a fini le {until} : un responsable peut décider."
        yield Due(DueKind.NOTICE_OVER, notice.answer_by + _days(1), what, "la réponse arrive avant", "J7", _SERVICE)
    if repayment and repayment.answer_by and repayment.answered_on is None and repayment.decided is None:
        until = short_day(repayment.answer_by)
        what = f"Le délai de réponse sur le reversement a fini le {until} : la décision peut être préparée."
        on = repayment.answer_by + _days(1)
        yield Due(DueKind.CONTRADICTORY_OVER, on, what, "les observations arrivent avant", "J9", _SERVICE)
