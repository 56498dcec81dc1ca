"""Guards every act goes through: who may act, what must be written."""

from __future__ import annotations

from typing import Any

from workflows.actors import Actor, Role, decides_at
from workflows.acts.base import LEVELS, Act, Context, Who, guard, input_guard
from workflows.asking import standing_depositors
from workflows.calls.model import Call
from workflows.dossier import Dossier
from workflows.findings import Check, Finding, check, refusal
from workflows.french import to

NOT_ALLOWED = refusal(
    "not_allowed",
    "Cet acte revient {who} ; vous agissez comme {role}.",
    "Transmettez le dossier à la personne compétente.",
)
REASON_MISSING = refusal(
    "reason_missing",
    "Cet acte demande un motif écrit.",
    "Écrivez le motif : il restera dans l’historique.",
)


def level_of(act: Act, call: Call) -> Role | None:
    """The level at which agents decide this act in this call; None when agents do not do it."""
    levels = [LEVELS[who] for who in act.who if who in LEVELS]
    if not levels:
        return None
    chosen = call.clauses.decision_levels.get(act.name)
    return chosen.needed if chosen is not None else min(levels, key=list(Role).index)


def may(act: Act, dossier: Dossier, by: Actor, call: Call) -> bool:
    """True when the actor has the standing for the act on this dossier."""
    level = level_of(act, call)
    if level is not None and decides_at(by.role, level):
        return True
    return any(_stands_as(who, dossier, by) for who in act.who)


def _stands_as(who: Who, dossier: Dossier, by: Actor) -> bool:
    is_candidate = by.role is Role.CANDIDATE and dossier.candidate is not None and dossier.candidate.id == by.id
    is_party = by.role is Role.ESTABLISHMENT and any(s.id == by.party for s in dossier.sites)
    match who:
        case Who.CLOCK:
            return by.role is Role.CLOCK
        case Who.CANDIDATE:
            return is_candidate
        case Who.RECRUITER:
            return is_party and dossier.recruiter is not None and dossier.recruiter.id == by.party
        case Who.PARTY:
            return is_candidate or is_party
        case Who.DEPOSITOR:
            return any(_is_depositor(d.kind.value, d.party, by) for d in standing_depositors(dossier))
        case _:
            return False


def _is_depositor(kind: str, party: str | None, by: Actor) -> bool:
    if kind == Role.CANDIDATE.value:
        return by.role is Role.CANDIDATE and by.id == party
    return by.role is Role.ESTABLISHMENT and by.party == party


def standing(act: Act, context: Context[Any]) -> Check:
    """Who may act: the level set by the call for agents, a party of the dossier, or the clock."""
    if may(act, context.dossier, context.by, context.call):
        return check(role=context.by.role)
    level = level_of(act, context.call)
    labels = [level.label] if level else []
    labels += [who.label for who in act.who if who not in LEVELS and who is not Who.CLOCK]
    who = " ou ".join(to(label) for label in labels or [Who.CLOCK.label])
    return check(NOT_ALLOWED(who=who, role=context.by.role.label), role=context.by.role)


@input_guard
def reason_written(context: Context[Any]) -> Check:
    """A written reason is given."""
    return check(None if context.inputs.reason else REASON_MISSING())


@input_guard
def reason_of_person(context: Context[Any]) -> Check:
    """A person gives a written reason; the machine has that of its calculation."""
    given = context.inputs.reason or context.by.role is Role.CLOCK
    return check(None if given else REASON_MISSING())


MONEY_OUT_OF_BOUNDS = refusal("amount_not_positive", "Le montant doit être supérieur à zéro.", "Corrigez le montant.")


@input_guard
def amount_positive(context: Context[Any]) -> Check:
    """The amount given is above zero."""
    amount = context.inputs.amount
    return check(None if amount > 0 else MONEY_OUT_OF_BOUNDS(), amount=amount)


#: The longest period, in days, that anybody may set.
LONGEST_PERIOD = 366
PERIOD_OUT_OF_BOUNDS = refusal(
    "period_out_of_bounds",
    "Un délai va de 1 à {longest} jours : {days} ne convient pas.",
    "Corrigez le délai, ou laissez celui de l’appel.",
)


@input_guard
def period_sound(context: Context[Any]) -> Check:
    """The period given, in days, is one that people may be given; none given: that of the call."""
    days: int | None = context.inputs.days
    wrong = is_out_of_bounds(days)
    return check(PERIOD_OUT_OF_BOUNDS(days=days, longest=LONGEST_PERIOD) if wrong else None, days=days)


def is_out_of_bounds(days: int | None) -> bool:
    """True for a number of days, if one is given, that no period may have."""
    return days is not None and not 1 <= days <= LONGEST_PERIOD


#: The longest contract, in months: an assistant serves six years in all.
LONGEST_CONTRACT = 72
MONTHS_OUT_OF_BOUNDS = refusal(
    "months_out_of_bounds",
    "Une durée va de 1 à {longest} mois : {months} ne convient pas.",
    "Corrigez la durée.",
)


def months_finding(months: int | None) -> Finding | None:
    """What is wrong with a duration that no contract can have; None for one that could be, or when there is none."""
    wrong = months is not None and not 1 <= months <= LONGEST_CONTRACT
    return MONTHS_OUT_OF_BOUNDS(months=months, longest=LONGEST_CONTRACT) if wrong else None


__all__ = [
    "amount_positive",
    "guard",
    "level_of",
    "may",
    "months_finding",
    "period_sound",
    "reason_written",
    "standing",
]
