"""Guards on reliefs and claims: prepared by one, granted by another, with an authority, never more than is due."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from workflows.actors import referred
from workflows.acts.base import Context, Guard, guard, input_guard
from workflows.calendars import Calendar
from workflows.findings import Check, check, refusal, warning
from workflows.french import amount, short_day
from workflows.guards.which_repayment import concerned
from workflows.legal_clocks import claimable_since
from workflows.parts.claims import CLAIM_RULE, ClaimState, claim_until
from workflows.parts.reliefs import Relief
from workflows.parts.repayment_steps import UNDECIDED

AUTHORITY_MISSING = refusal(
    "authority_missing",
    "Une réduction, une remise, une admission en non-valeur ou un abandon dit quelle autorité l’accorde.",
    "Indiquez l’autorité et sa décision.",
)
RELIEF_UNPREPARED = refusal(
    "relief_not_prepared",
    "Personne n’a préparé cette mesure ({relief}) : elle demande deux personnes.",
    "Faites-la préparer par un instructeur, puis accordez-la.",
)
RELIEF_SAME_PERSON = refusal(
    "relief_by_same_person",
    "Cette mesure ({relief}) a été préparée par la même personne ({person}) : elle en demande deux.",
    "Faites-la accorder par quelqu’un d’autre ; un remplaçant compte pour lui-même.",
)
ABOVE_PREPARED = refusal(
    "amount_above_prepared",
    "La mesure préparée porte sur {prepared} : {asked} est trop.",
    "Corrigez le montant, ou faites préparer la mesure de nouveau.",
)
RELIEF_OUT_OF_TURN = refusal(
    "relief_out_of_turn",
    "Avant la décision, un reversement s’abandonne ; une fois décidé, il se réduit, se remet ou s’admet en non-valeur.",
    "Choisissez la mesure qui convient.",
)
RELIEF_AMOUNT = refusal(
    "relief_amount_missing",
    "La mesure porte sur un montant compris entre un centime et ce qui reste dû ({left}).",
    "Indiquez ce montant.",
)
RELIEF_UNDATED = warning(
    "relief_undated",
    "Rien ne dit de quel jour est la décision de l’autorité qui accorde cette mesure.",
    "Indiquez-le s’il est connu : la mesure le porte.",
)
OPINION_MISSING = warning(
    "accountant_opinion_missing",
    "Une remise gracieuse et une admission en non-valeur s’accordent après l’avis de l’agent comptable.",
    "Demandez cet avis, puis indiquez sa date.",
    rule="décret n° 2012-1246 art. 193",
)
WRITE_OFF_UNTITLED = warning(
    "write_off_without_title",
    "Aucun titre n’a été émis : rien ne montre encore que cette somme ne se recouvre pas.",
    "Demandez d’abord le titre, ou dites pourquoi il serait inutile.",
)
CLAIM_STANDS = refusal(
    "claim_already_open",
    "Une réclamation du {day} attend déjà sa réponse.",
    "Joignez les nouveaux motifs à celle-là, ou attendez la réponse.",
)
CLAIM_LATE = warning(
    "claim_late",
    "Le délai de réclamation finissait le {until} : elle est arrivée le {day}.",
    "Elle est enregistrée ; la réponse peut relever sa tardiveté.",
    rule=CLAIM_RULE,
)
CLAIM_TOO_MUCH = refusal(
    "claim_above_debt",
    "La réclamation ne peut pas porter sur plus que la somme demandée ({limit}).",
    "Corrigez le montant contesté.",
)
CLAIM_UNKNOWN = refusal(
    "claim_not_open",
    "Aucune réclamation n’attend de réponse.",
    "Enregistrez d’abord la réclamation.",
)
CLAIM_SAME_PERSON = refusal(
    "claim_by_same_person",
    "La même personne ({person}) a préparé le reversement ou enregistré la réclamation : la réponse en demande deux.",
    "Faites répondre quelqu’un d’autre ; un remplaçant compte pour lui-même.",
)
CLAIM_BY_DECIDER = refusal(
    "claim_accepted_by_decider",
    "La même personne ({person}) a décidé le reversement : accepter la réclamation en demande deux.",
    "Faites accepter par quelqu’un d’autre ; la même personne peut la rejeter.",
)
CLAIM_GRANT = refusal(
    "claim_grant_wrong",
    "Une réclamation acceptée l’est pour {contested}, en partie pour moins, rejetée pour rien : {granted} ne va pas.",
    "Corrigez le montant ou le sens de la réponse.",
)
GROUNDS_MISSING = refusal(
    "grounds_missing",
    "Une réclamation dit pourquoi elle est faite.",
    "Écrivez ses motifs : ils resteront avec elle.",
)


# Reliefs.


@input_guard
def relief_sound(context: Context[Any]) -> Check:
    """An abandonment comes before the decision, the others after; these bear on a part of what is still due.

    What was written off stays due: it may be found not to be.
    """
    current, relief, asked = concerned(context), context.inputs.relief, context.inputs.amount
    if current is None:
        return check()
    abandons = relief is Relief.ABANDONED
    if (current.state in UNDECIDED) is not abandons:
        return check(RELIEF_OUT_OF_TURN(), relief=relief)
    left = current.payable if relief is Relief.REDUCED else current.outstanding
    wrong = not abandons and (asked is None or not 0 < asked <= left)
    return check(RELIEF_AMOUNT(left=amount(left)) if wrong else None, relief=relief, asked=asked)


def relief_prepared(relief: Relief) -> Guard:
    """A guard: that relief was prepared, by another natural person."""

    @guard
    def prepared_by_another(context: Context[Any]) -> Check:
        current = concerned(context)
        prepared = current.relief if current else None
        if prepared is None or prepared.relief is not relief:
            return check(RELIEF_UNPREPARED(relief=relief.label))
        same = prepared.prepared_by == context.by.id
        found = RELIEF_SAME_PERSON(relief=relief.label, person=referred(prepared.prepared_by)) if same else None
        return check(found, prepared_by=prepared.prepared_by)

    return prepared_by_another


@input_guard
def within_prepared(context: Context[Any]) -> Check:
    """No more is granted than was prepared."""
    current, asked = concerned(context), context.inputs.amount
    prepared = current.relief.amount if current and current.relief else None
    if prepared is None or asked <= prepared:
        return check(asked=asked)
    return check(ABOVE_PREPARED(prepared=amount(prepared), asked=amount(asked)), asked=asked, prepared=prepared)


@input_guard
def authority_named(context: Context[Any]) -> Check:
    """A relief names the authority that grants it."""
    return check(None if context.inputs.authority else AUTHORITY_MISSING())


@input_guard
def authority_dated(context: Context[Any]) -> Check:
    """The decision of the authority has its day."""
    return check(None if context.inputs.authority_on else RELIEF_UNDATED())


@input_guard
def accountant_heard(context: Context[Any]) -> Check:
    """The accountant gives an opinion before a debt is forgiven, or is not collected."""
    return check(None if context.inputs.opinion_on else OPINION_MISSING())


@guard
def written_off_after_title(context: Context[Any]) -> Check:
    """A debt is written off once its title could not be collected."""
    current = concerned(context)
    untitled = current is not None and current.decided is not None and current.title is None
    return check(WRITE_OFF_UNTITLED() if untitled else None)


# Claims.


@guard
def no_claim_open(context: Context[Any]) -> Check:
    """One claim at a time: the one that waits is answered first; silence has answered the one that waits no more."""
    current = concerned(context)
    claim = current.waiting_claim(context.today) if current else None
    return check(CLAIM_STANDS(day=short_day(claim.filed_on)) if claim else None)


@input_guard
def grounds_given(context: Context[Any]) -> Check:
    """A claim says why."""
    return check(None if context.inputs.grounds else GROUNDS_MISSING())


@input_guard
def contested_sound(context: Context[Any]) -> Check:
    """A claim bears on no more than what is asked; nothing said: on all of it."""
    current, contested = concerned(context), context.inputs.contested
    limit = current.contestable if current else Decimal(0)
    wrong = current is not None and contested is not None and not 0 < contested <= limit
    return check(CLAIM_TOO_MUCH(limit=amount(limit)) if wrong else None, contested=contested, limit=limit)


@input_guard
def claimed_in_time(context: Context[Any]) -> Check:
    """A claim after two months from the receipt of what it contests is pointed out, never refused."""
    current = concerned(context)
    if current is None:
        return check()
    came_on = context.inputs.came_on or context.today
    since = claimable_since(context.dossier, current)
    until = claim_until(since, Calendar(context.call.authority.calendar)) if since else None
    late = until is not None and came_on > until
    return check(CLAIM_LATE(until=short_day(until), day=short_day(came_on)) if until and late else None, until=until)


#: Answers to a claim that lower the debt.
_ACCEPTING = frozenset({ClaimState.ACCEPTED, ClaimState.REDUCED})


@guard
def claim_waits(context: Context[Any]) -> Check:
    """There is a claim to answer."""
    current = concerned(context)
    return check(None if current and current.open_claim else CLAIM_UNKNOWN())


@guard
def another_answers(context: Context[Any]) -> Check:
    """Who answers a claim neither recorded it nor prepared the repayment."""
    current = concerned(context)
    claim = current.open_claim if current else None
    if current is None or claim is None:
        return check()
    same = context.by.id in {claim.recorded_by, *current.preparers}
    return check(CLAIM_SAME_PERSON(person=referred(context.by.id)) if same else None, recorded_by=claim.recorded_by)


@input_guard
def another_accepts(context: Context[Any]) -> Check:
    """Who decided a debt does not alone lower it: an acceptance takes somebody else, a rejection does not."""
    current = concerned(context)
    accepts = context.inputs.outcome in _ACCEPTING
    same = current is not None and current.decided_by == context.by.id
    return check(CLAIM_BY_DECIDER(person=referred(context.by.id)) if accepts and same else None)


@input_guard
def acceptance_authorised(context: Context[Any]) -> Check:
    """An acceptance lowers the debt, and names the authority that does; a rejection lowers nothing."""
    lowers = context.inputs.outcome in _ACCEPTING
    return check(AUTHORITY_MISSING() if lowers and not context.inputs.authority else None)


@input_guard
def grant_sound(context: Context[Any]) -> Check:
    """All that is contested, a part of it, or nothing, as the answer says; never more than is still asked."""
    current, outcome, granted = concerned(context), context.inputs.outcome, context.inputs.granted
    claim = current.open_claim if current else None
    if current is None or claim is None:
        return check()
    contested = min(claim.contested, current.contestable)
    right = {
        ClaimState.ACCEPTED: granted in {None, contested} and contested > 0,
        ClaimState.REDUCED: granted is not None and 0 < granted < contested,
        ClaimState.REJECTED: not granted,
    }.get(outcome, False)
    told = amount(granted) if granted is not None else "aucun montant"
    found = None if right else CLAIM_GRANT(contested=amount(contested), granted=told)
    return check(found, outcome=outcome, granted=granted)
