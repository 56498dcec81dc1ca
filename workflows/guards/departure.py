"""Guards of a departure: announced, recorded as a withdrawal or as the end of the post."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from workflows.actors import Role
from workflows.acts.base import Context, Guard, guard, input_guard
from workflows.dossier import Dossier
from workflows.findings import Check, Finding, check, hold, refusal, warning
from workflows.french import short_day
from workflows.guards.cca import cca_first, cca_soon, cca_undated
from workflows.guards.days import left_before_filing, telling_findings
from workflows.parts.requests import EndReason
from workflows.states import State

_DAY = timedelta(days=1)

NOT_EFFECTIVE_YET = refusal(
    "not_effective_yet",
    "Le départ prend effet le {effective}.",
    "Annoncez-le : la machine changera l’état à cette date.",
)
EFFECTIVE_ALREADY = refusal(
    "effective_already",
    "Le départ a déjà pris effet le {effective}.",
    "Enregistrez-le directement.",
)
DEPARTURE_ANNOUNCED = refusal(
    "departure_announced",
    "Un départ est déjà annoncé pour le {effective}.",
    "Annulez d’abord cette annonce.",
)
NO_DEPARTURE = refusal(
    "no_departure",
    "Aucun départ n’est annoncé.",
    "Rien n’est à faire.",
)
NOT_ANNOUNCED = refusal(
    "departure_not_announced",
    "Personne n’a annoncé ce départ : la machine n’enregistre que ce qu’une personne a décidé.",
    "Un instructeur enregistre le départ.",
)
NEVER_STARTED = refusal(
    "never_started",
    "Personne n’a occupé ce poste : il n’a pas de fin à constater.",
    "Clôturez le poste.",
)
END_BEFORE_START = refusal(
    "end_before_start",
    "Avant la prise de fonctions, un départ est un désistement et non une fin de poste.",
    "Choisissez le désistement.",
)
BEFORE_START = refusal(
    "before_start",
    "Le {day} est avant la prise de fonctions ({start}).",
    "Corrigez la date.",
)
DATES_DISORDERED = refusal(
    "dates_disordered",
    "Le fait ({fact}) ne peut pas être connu avant d’avoir eu lieu ({known}).",
    "Corrigez les dates.",
)
EVIDENCE_MISSING = refusal(
    "evidence_missing",
    "Une fin anticipée demande une pièce qui la prouve.",
    "Indiquez la pièce : lettre de démission, arrêté ou attestation, par son nom ou son numéro.",
)
REASON_KIND_MISSING = refusal(
    "end_reason_missing",
    "Une fin anticipée demande la raison du départ.",
    "Choisissez-la dans la liste.",
)
NOT_EARLY = refusal(
    "end_after_term",
    "Le poste a son terme le {end} : un départ le {day} n’est pas une fin anticipée.",
    "Rien n’est à déclarer : l’agence constate la fin du poste (« Constater la fin »). Si le départ a lieu avant, "
    "corrigez la date.",
)
AFTER_PLANNED_END = warning(
    "after_planned_end",
    "Le dernier jour ({day}) est après la fin prévue du poste ({end}) : ce qui suit cette fin n’est pas financé.",
    "Vérifiez la date ; les mois d’un contrat prolongé restent sans financement, sauf décision du directeur général.",
    rule="A35",
)
LEAVE_IS_NO_END = hold(
    "leave_is_no_end",
    "Un congé statutaire n’est pas une fin de poste : le contrat peut être prolongé à la demande du médecin.",
    "Laissez le poste ouvert ; un responsable peut lever la réserve avec un motif.",
    rule="A35",
)
DECLARED_LATE = warning(
    "declared_late",
    "La fin a été déclarée plus de {days} jours après avoir été connue.",
    "Signalez-le au recruteur.",
)


@guard
def announced_before(context: Context[Any]) -> Check:
    """The machine only records a departure that a person announced, for what it leads to."""
    departure = context.dossier.departure
    alone = context.by.role is Role.CLOCK and (departure is None or departure.act != context.act)
    return check(NOT_ANNOUNCED() if alone else None)


@input_guard
def as_announced(context: Context[Any]) -> Check:
    """The machine records the departure on the day announced, no other: a person corrects the day."""
    departure = context.dossier.departure
    if context.by.role is not Role.CLOCK or departure is None or departure.act != context.act:
        return check()
    inputs = context.inputs
    effective = inputs.last_day + _DAY if context.act == "record_end" else inputs.dates.effective_on
    moved = effective != departure.dates.effective_on
    return check(NOT_ANNOUNCED() if moved else None, effective=effective)


@guard
def post_started(context: Context[Any]) -> Check:
    """Somebody served on the post: otherwise it is given back, it does not end."""
    return check(None if context.dossier.tenures else NEVER_STARTED())


@input_guard
def end_foreseeable(context: Context[Any]) -> Check:
    """Only a post in office may be announced to end; before, a departure is a withdrawal."""
    ends = context.inputs.leads_to.value == "record_end"
    return check(END_BEFORE_START() if ends and context.dossier.state is not State.IN_POST else None)


@input_guard
def departure_reached(context: Context[Any]) -> Check:
    """The departure of a doctor in post changes the state from the last day served on; before, at once."""
    effective = context.inputs.dates.effective_on
    early = context.dossier.state is State.IN_POST and context.today < effective - _DAY
    return check(NOT_EFFECTIVE_YET(effective=short_day(effective)) if early else None, effective=effective)


@input_guard
def departure_ahead(context: Context[Any]) -> Check:
    """Only a departure to come is announced."""
    effective = context.inputs.dates.effective_on
    past = context.today >= effective
    return check(EFFECTIVE_ALREADY(effective=short_day(effective)) if past else None, effective=effective)


@guard
def no_departure_yet(context: Context[Any]) -> Check:
    """No departure is announced."""
    departure = context.dossier.departure
    return check(DEPARTURE_ANNOUNCED(effective=short_day(departure.dates.effective_on)) if departure else None)


def not_gone_by(member: str) -> Guard:
    """A guard: nobody starts, or is granted a start, on or after the day their departure is announced for."""

    def not_gone(context: Context[Any]) -> Check:
        departure, start = context.dossier.departure, getattr(context.inputs, member)
        if departure is None or start < departure.dates.effective_on:
            return check(start=start)
        return check(DEPARTURE_ANNOUNCED(effective=short_day(departure.dates.effective_on)), start=start)

    return input_guard(not_gone)


@guard
def departure_to_come(context: Context[Any]) -> Check:
    """The departure announced has not come: on its day it is recorded, and the post replaced as a vacant one."""
    departure = context.dossier.departure
    past = departure is not None and departure.dates.effective_on <= context.today
    return check(EFFECTIVE_ALREADY(effective=short_day(departure.dates.effective_on)) if past and departure else None)


@guard
def departure_known(context: Context[Any]) -> Check:
    """A departure is announced."""
    return check(None if context.dossier.departure else NO_DEPARTURE())


@input_guard
def dates_in_order(context: Context[Any]) -> Check:
    """The fact comes before it is known, and it is known before it is recorded; nothing ends before it starts."""
    dates, start = context.inputs.dates, context.dossier.started_on
    found: list[Finding] = []
    if dates.known_on < dates.fact_on:
        found.append(DATES_DISORDERED(fact=short_day(dates.fact_on), known=short_day(dates.known_on)))
    found += telling_findings(context.today, dates.known_on, dates.recorded_on)
    tenures = context.dossier.tenures
    latest = tenures[-1].starts_on if tenures else start
    if latest and dates.effective_on <= latest:
        found.append(BEFORE_START(day=short_day(dates.effective_on), start=short_day(latest)))
    late = after_planned_end(context.dossier, dates.effective_on - _DAY)
    return check(found, left_before_filing(context, dates.effective_on), late, dates=dates)


def after_planned_end(dossier: Dossier, last_day: date) -> Finding | None:
    """A doctor who stays longer than the post: a longer contract may be, its months are not financed (A12, A35)."""
    end = dossier.award.planned_end if dossier.award and dossier.tenures else None
    late = end is not None and last_day > end
    return AFTER_PLANNED_END(day=short_day(last_day), end=short_day(end)) if late and end else None


@input_guard
def before_term(context: Context[Any]) -> Check:
    """An early end comes before the term of the post: at its term, or after it, the agency records the end."""
    award, day = context.dossier.award, context.inputs.dates.effective_on
    end = award.planned_end if award else None
    late = NOT_EARLY(end=short_day(end), day=short_day(day)) if end and day > end else None
    return check(late, effective=day, term=end)


@input_guard
def end_sound(context: Context[Any]) -> Check:
    """An end has reached its last day; an early one says why, with evidence."""
    inputs, award = context.inputs, context.dossier.award
    tenures, last_day = context.dossier.tenures, last_day_of(context)
    found: list[Finding] = []
    if last_day > context.today:
        found.append(NOT_EFFECTIVE_YET(effective=short_day(last_day + timedelta(days=1))))
    if tenures and last_day < tenures[-1].starts_on:
        found.append(BEFORE_START(day=short_day(last_day), start=short_day(tenures[-1].starts_on)))
    early = bool(award and award.financed_end and last_day < award.financed_end)
    if early and end_reason_of(context) is None:
        found.append(REASON_KIND_MISSING())
    if early and not inputs.evidence:
        found.append(EVIDENCE_MISSING())
    undated = cca_undated(context.call, end_reason_of(context), cca_from_of(context)) if early else None
    late = after_planned_end(context.dossier, last_day)
    both = cca_first(last_day, cca_from_of(context)) if early else None
    return check(found, cca_warning(context), undated, both, late, early=early)


def last_day_of(context: Context[Any]) -> date:
    """The last day served: the one recorded when the post was vacated, else the one given."""
    tenures = context.dossier.tenures
    recorded = tenures[-1].ends_on if tenures else None
    given: date = context.inputs.last_day
    return recorded or given


def left_office(dossier: Dossier) -> bool:
    """True when the doctor who vacated the post served on it; a replacement may give up before the first day."""
    vacancy, tenures = dossier.vacancy, dossier.tenures
    last_day = tenures[-1].ends_on if tenures else None
    return vacancy is not None and last_day is not None and vacancy.since == last_day + _DAY


def end_reason_of(context: Context[Any]) -> EndReason | None:
    """Why the doctor left: the reason given, else the one told when that doctor vacated the post."""
    vacancy = context.dossier.vacancy
    given: EndReason | None = context.inputs.end_reason
    return given or (vacancy.reason if vacancy and left_office(context.dossier) else None)


def cca_from_of(context: Context[Any]) -> date | None:
    """Since when the doctor is a chef de clinique: the day given, else the one told when the post was vacated."""
    vacancy = context.dossier.vacancy
    given: date | None = context.inputs.cca_from
    return given or (vacancy.cca_from if vacancy and left_office(context.dossier) else None)


def cca_warning(context: Context[Any]) -> Finding | None:
    """The same for the end of a post, with what was told when the post was vacated."""
    return cca_soon(context.call, last_day_of(context), cca_from_of(context), end_reason_of(context))


@input_guard
def leave_is_no_end(context: Context[Any]) -> Check:
    """A statutory leave is not an end of the post: whoever makes it one is a head, with a reason (A35)."""
    ends = context.act == "record_end" or context.inputs.leads_to.value == "record_end"
    leave = context.inputs.end_reason is EndReason.STATUTORY_LEAVE and context.by.role is not Role.CLOCK
    return check(LEAVE_IS_NO_END() if ends and leave else None)


@input_guard
def declared_in_time(context: Context[Any]) -> Check:
    """An early end is declared within days of being known (E8)."""
    clause = context.call.clauses.end.declare_within_days
    known, told = context.inputs.known_on, context.inputs.told_on
    if clause.value is None or known is None or told is None:
        return check()
    late = told > known + timedelta(days=clause.value)
    return check(DECLARED_LATE(clause.rule, days=clause.value) if late else None, told=told)
