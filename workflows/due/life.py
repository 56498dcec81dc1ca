"""What falls due from the reserve list to the end of the post (J7)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from workflows.account.worth import day_before
from workflows.acts.base import ActInputs
from workflows.acts.post import EndInputs
from workflows.acts.vacancy import as_announced
from workflows.calls.model import Call
from workflows.dossier import Dossier
from workflows.due.kinds import Due, DueKind
from workflows.effects import Addressee
from workflows.french import count, short_day
from workflows.guards.award import open_condition
from workflows.jobs import Job
from workflows.parts.awards import Award
from workflows.parts.departures import Departure
from workflows.proofs import of_offer
from workflows.states import State

_SERVICE = (Addressee.SERVICE,)
_DAY = timedelta(days=1)
_RANKS = ("Premier", "Deuxième", "Troisième", "Quatrième", "Cinquième", "Sixième")
_PAIR = ("Premier", "Second")


def life_items(dossier: Dossier, call: Call) -> Iterator[Due]:
    """What falls due once the dossier waits for a place, or has one."""
    yield from _reserve(dossier)
    if dossier.award is not None:
        yield from _award(dossier, dossier.award, call)
        yield from _start(dossier, dossier.award, call)
        yield from _term(dossier, dossier.award)
    yield from _notice(dossier)
    yield from _departure(dossier)
    yield from _vacancy(dossier, call)


def _reserve(dossier: Dossier) -> Iterator[Due]:
    reserve = dossier.reserve
    if dossier.state is not State.RESERVE or reserve is None:
        return
    silent = reserve.declined_on is None and reserve.silent(named=dossier.candidate is not None)
    if reserve.reply_by and silent:
        what, unless = "Fin du délai de réponse à la place proposée.", "la réponse arrive avant"
        yield Due(DueKind.OFFER_REPLY, reserve.reply_by, what, unless, Job.J7, _SERVICE, "A15")
        what = "La place proposée reste sans réponse : elle peut être proposée au suivant de la liste."
        if any(receipt.is_awaited for receipt in of_offer(dossier)):
            what = (
                "La place proposée reste sans réponse, et rien ne prouve que la proposition a été reçue : prouvez-le "
            )
            what += "avant de la proposer au suivant de la liste."
        yield Due(DueKind.OFFER_OVER, reserve.reply_by + _DAY, what, unless, Job.J7, _SERVICE, "A15")
    if reserve.valid_until:
        what, unless = "Fin de validité de la liste complémentaire.", "une place est attribuée avant"
        yield Due(DueKind.RESERVE_END, reserve.valid_until, what, unless, Job.J7, _SERVICE, "A15")


def _award(dossier: Dossier, award: Award, call: Call) -> Iterator[Due]:
    waiting = award.candidate_accepted_on is None or award.recruiter_accepted_on is None
    if dossier.state is State.NOTIFIED and award.reply_by and waiting:
        what = "Alerte : l’acceptation de l’attribution est attendue."
        unless = "les deux acceptations arrivent"
        yield Due(DueKind.AWARD_REPLY, award.reply_by, what, unless, Job.J7, _SERVICE, "A45")
    if dossier.state is State.NOTIFIED and award.choose_by:
        what = "Alerte : le médecin figure dans un autre dossier, son choix est attendu."
        rule, unless = call.clauses.award.choice_days.rule, "le médecin se désiste d’un des deux"
        yield Due(DueKind.CHOICE, award.choose_by, what, unless, Job.J7, _SERVICE, rule)
    condition_by = open_condition(award)
    if dossier.state in {State.SELECTED, State.NOTIFIED} and condition_by:
        what = "Alerte : la condition de l’attribution doit être remplie."
        yield Due(DueKind.CONDITION, condition_by, what, "la condition est levée", Job.J7, _SERVICE, "A46")


def _start(dossier: Dossier, award: Award, call: Call) -> Iterator[Due]:
    """The reminders of the procès-verbal d’installation, then the proposal: a person decides, after a notice."""
    planned = award.expected_start
    if dossier.state is not State.NOTIFIED or planned is None:
        return
    start, unless = short_day(planned), "la prise de fonctions est constatée"
    after = sorted(call.parameters.jobs.rule(Job.J7).days)
    ranks = _PAIR if len(after) == len(_PAIR) else _RANKS
    for rank, days in enumerate(after):
        what = f"{ranks[rank]} rappel au recruteur : le procès-verbal de l’installation du {start} est attendu."
        to = (Addressee.RECRUITER, Addressee.CANDIDATE, Addressee.PARTNERS)
        yield Due(DueKind.START_WATCH, planned + timedelta(days=days), what, unless, Job.J7, to, "J7")
    for days in after[-1:]:
        late = f"{count(days, 'jour')} après le {start}, aucune prise de fonctions n’est constatée"
        what = f"Proposition au service : {late}. Constater la perte du financement, ou non : une personne décide."
        yield Due(DueKind.FINANCING_LOSS, planned + timedelta(days=days), what, unless, Job.J7, _SERVICE, "J7")


def _term(dossier: Dossier, award: Award) -> Iterator[Due]:
    if dossier.state is State.IN_POST and award.planned_end:
        what = "Fin du contrat : constater le terme, ou une fin différente."
        yield Due(DueKind.CONTRACT_END, award.planned_end, what, "la fin est constatée", Job.J7, _SERVICE)


def _notice(dossier: Dossier) -> Iterator[Due]:
    notice = dossier.notice
    if notice is None or notice.answer_by is None or notice.answered_on is not None:
        return
    if dossier.state in {State.SELECTED, State.NOTIFIED}:
        until, on = short_day(notice.answer_by), notice.answer_by + _DAY
        what = f"Le délai de réponse au courrier contradictoire a fini le {until} : un responsable peut décider."
        yield Due(DueKind.NOTICE_OVER, on, what, "la réponse arrive avant", Job.J7, _SERVICE)


def _departure(dossier: Dossier) -> Iterator[Due]:
    departure = dossier.departure
    if departure is None or dossier.state not in {State.SELECTED, State.NOTIFIED, State.IN_POST}:
        return
    what = "Le départ annoncé prend effet : le poste devient vacant."
    if departure.act == "record_end":
        what = "Le départ annoncé prend effet : le poste est terminé."
    yield Due(
        DueKind.DEPARTURE,
        departure.dates.effective_on,
        what,
        "l’annonce est annulée",
        Job.J7,
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
    return as_announced(departure)


def _vacancy(dossier: Dossier, call: Call) -> Iterator[Due]:
    vacancy, clause = dossier.vacancy, call.clauses.replacement
    if vacancy is None or dossier.state is not State.WITHDRAWN:
        return
    unless, or_if = "un remplacement est accordé", ("le poste est rendu",)
    days = clause.remind_after_days
    if days.value is not None and clause.allowed.value is not False and dossier.award:
        on: date = max(vacancy.since, vacancy.told_on) + timedelta(days=days.value)
        what = f"Rappel au recruteur : un remplacement peut être proposé jusqu’au {short_day(vacancy.replace_by)}."
        to = (Addressee.RECRUITER, Addressee.PARTNERS)
        last = vacancy.replace_by
        yield Due(DueKind.REPLACEMENT_REMINDER, on, what, unless, Job.J7, to, days.rule, or_if=or_if, last_day=last)
    yield Due(
        DueKind.REPLACEMENT_DUE,
        vacancy.replace_by,
        "Fin du délai pour proposer un remplacement.",
        unless,
        Job.J7,
        (Addressee.RECRUITER, Addressee.SERVICE),
        clause.propose_within_days.rule,
        or_if=or_if,
    )
    yield Due(
        DueKind.GIVE_BACK,
        vacancy.give_back_on,
        "Proposition de rendre le poste, dans la liste des dossiers. Une personne décide, jamais la machine.",
        unless,
        Job.J7,
        _SERVICE,
        clause.give_back_after_days.rule,
        or_if=or_if,
    )
