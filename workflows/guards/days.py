"""Guards on the days that people enter: past or to come, in order, and not absurdly far.

A day that cannot be is refused. One that is only unlikely is pointed out: a start already past may be the truth, told
late, and the authority decides (CVL-17, A8).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any, get_args, get_type_hints

from workflows.actors import Role
from workflows.acts.base import Context, Guard, input_guard
from workflows.deadlines import add_months, local_day
from workflows.findings import Check, Finding, check, refusal, warning
from workflows.french import short_day

#: Nobody plans or remembers an event of a dossier further than this, in years.
REACH_YEARS = 10
_MONTHS = 12

IN_FUTURE = refusal(
    "date_in_future",
    "Le {day} n’est pas encore passé.",
    "Indiquez une date jusqu’à aujourd’hui.",
)
IN_PAST = refusal(
    "date_in_past",
    "Le {day} est déjà passé.",
    "Indiquez aujourd’hui ou une date à venir.",
)
OUT_OF_REACH = refusal(
    "date_out_of_reach",
    "{what} est à plus de {years} ans d’ici.",
    "Vérifiez l’année.",
)
TOLD_FIRST = warning(
    "told_before_known",
    "L’agence a été informée le {told}, avant le recruteur ({known}).",
    "C’est possible si le médecin l’a dit lui-même ; sinon, corrigez les dates.",
)
START_PAST = warning(
    "start_already_past",
    "La prise de fonctions du {start} est antérieure {to}.",
    "Vérifiez cette date ; si elle est exacte, un responsable apprécie.",
)
LEFT_BEFORE_FILING = warning(
    "departure_before_filing",
    "Le désistement prend effet le {day}, avant le dépôt du dossier ({filed}).",
    "C’est possible si le candidat a renoncé avant l’arrivée du dossier ; sinon, corrigez la date.",
)
ORDER_TOO_EARLY = refusal(
    "order_before_rejection",
    "Ce qui ordonne le réexamen ({ordered}) est antérieur à la décision à réexaminer ({decided}).",
    "Corrigez la date.",
)
DELEGATED_TOO_EARLY = refusal(
    "tranche_before_award",
    "Des crédits n’ont pas pu être délégués le {day}, avant l’attribution ({decided}).",
    "Corrigez la date.",
)


def not_in_future(member: str) -> Guard:
    """A guard: the day given in that member of the inputs is past, or today."""

    def day_is_past(context: Context[Any]) -> Check:
        day: date | None = getattr(context.inputs, member)
        ahead = day is not None and day > context.today
        return check(IN_FUTURE(day=short_day(day)) if ahead and day else None, day=day)

    return input_guard(day_is_past)


def not_in_past(member: str) -> Guard:
    """A guard: the day given in that member of the inputs is today, or to come."""

    def day_is_ahead(context: Context[Any]) -> Check:
        day: date | None = getattr(context.inputs, member)
        past = day is not None and day < context.today
        return check(IN_PAST(day=short_day(day)) if past and day else None, day=day)

    return input_guard(day_is_ahead)


def has_days(shape: Any) -> bool:
    """True when something of a type, or of what it is made of, is a day or an instant."""
    if isinstance(shape, type) and is_dataclass(shape):
        return any(has_days(hint) for hint in get_type_hints(shape).values())
    return shape in {date, datetime} or any(has_days(part) for part in get_args(shape))


def _days(value: Any, *, long_ago: bool = False) -> Iterator[tuple[date, bool]]:
    """Every day inside some inputs, and whether it may lie as far back as one likes."""
    if isinstance(value, date):
        yield value.date() if isinstance(value, datetime) else value, long_ago
    elif isinstance(value, tuple):
        for item in value:
            yield from _days(item)
    elif is_dataclass(value):
        for member in fields(value):
            far = bool(member.metadata.get("long_ago"))
            yield from _days(getattr(value, member.name), long_ago=far)


@input_guard
def within_reach(context: Context[Any]) -> Check:
    """No day is years away; those of a doctor’s studies may be old. The machine only repeats what a person entered."""
    if context.by.role is Role.CLOCK:
        return check()
    first, last = (add_months(context.today, years * _MONTHS) for years in (-REACH_YEARS, REACH_YEARS))
    far = [day for day, long_ago in _days(context.inputs) if day > last or (day < first and not long_ago)]
    return check([OUT_OF_REACH(what=f"Le {short_day(day)}", years=REACH_YEARS) for day in dict.fromkeys(far)])


def telling_findings(today: date, known: date | None, told: date | None) -> Iterator[Finding]:
    """What is wrong with the days on which a fact was known and told to the authority."""
    for day in dict.fromkeys((known, told)):
        if day is not None and day > today:
            yield IN_FUTURE(day=short_day(day))
    if known is not None and told is not None and told < known:
        yield TOLD_FIRST(told=short_day(told), known=short_day(known))


@input_guard
def told_soundly(context: Context[Any]) -> Check:
    """When a fact was known and told is past; the doctor may tell the authority before the recruiter knows."""
    inputs = context.inputs
    return check(telling_findings(context.today, inputs.known_on, inputs.told_on))


def start_past(start: date | None, since: date, to: str) -> Finding | None:
    """A start that would come before the day on which it is asked for or granted."""
    return START_PAST(start=short_day(start), to=to) if start is not None and start < since else None


def start_ahead(to: str) -> Guard:
    """A guard: a new start already past is pointed out."""

    def new_start_ahead(context: Context[Any]) -> Check:
        return check(start_past(context.inputs.new_start, context.today, to))

    return input_guard(new_start_ahead)


def left_before_filing(context: Context[Any], effective_on: date) -> Finding | None:
    """A departure that would take effect before the dossier was filed."""
    filing = context.dossier.filing
    filed = local_day(filing.received_at, context.call.authority.zone) if filing else None
    early = filed is not None and effective_on < filed
    return LEFT_BEFORE_FILING(day=short_day(effective_on), filed=short_day(filed)) if early and filed else None


@input_guard
def ordered_after_rejection(context: Context[Any]) -> Check:
    """What orders a re-examination comes after the decision that it puts in question."""
    rejection, on = context.dossier.rejection, context.inputs.ordered_on
    if rejection is None or on >= rejection.on:
        return check(ordered_on=on)
    return check(ORDER_TOO_EARLY(ordered=short_day(on), decided=short_day(rejection.on)), ordered_on=on)


@input_guard
def delegated_soundly(context: Context[Any]) -> Check:
    """Credits are delegated after the award, for a budget year of these years."""
    inputs, award, today = context.inputs, context.dossier.award, context.today
    on, far = inputs.delegated_on, abs(inputs.budget_year - today.year) > REACH_YEARS
    early = award is not None and on is not None and on < award.decided_on
    return check(
        DELEGATED_TOO_EARLY(day=short_day(on), decided=short_day(award.decided_on)) if early and award else None,
        OUT_OF_REACH(what=f"L’exercice {inputs.budget_year}", years=REACH_YEARS) if far else None,
    )
