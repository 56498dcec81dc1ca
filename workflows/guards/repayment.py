"""Guards on a repayment until it is decided: what may be asked back, by whom, under which reading."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from workflows.account.asked_back import limit_of, taken_over
from workflows.account.worth import due_amounts, funded, largest_due, to_repay
from workflows.actors import referred
from workflows.acts.base import Context, guard, input_guard
from workflows.calls.funding import Vehicle
from workflows.calls.sources import Sourced
from workflows.dossier import Dossier, EndOutcome
from workflows.findings import Check, Finding, check, hold, refusal, warning
from workflows.french import amount, short_day
from workflows.guards.which_repayment import concerned
from workflows.parts.repayment_steps import UNDECIDED, RepaymentState
from workflows.parts.repayments import TIME_BAR_RULE, RepaymentFile, RepaymentKind
from workflows.repaying.liquidation import Liquidation, liquidation, overpayment_bases, overpayment_cause

#: Who is asked for money is heard before.
HEARD_RULE = "CRPA art. L. 122-1"

NOT_EARLY = refusal("end_not_early", "Ce n’est pas une fin anticipée : rien n’est à reverser.", "Rien n’est à faire.")
NOTHING_DUE = refusal(
    "nothing_due",
    "Rien n’a été payé au-delà de ce qui a été servi : rien n’est à reverser.",
    "Rien n’est à faire.",
)
NOT_OVERPAID = refusal(
    "not_overpaid",
    "Rien n’a été payé au-delà de l’échéancier du poste et de ce qui est déjà demandé.",
    "Rien n’est à faire.",
)
END_COMES_FIRST = refusal(
    "end_asks_back",
    "La fin anticipée du poste ouvre elle-même un reversement, proposé par la machine.",
    "Attendez sa proposition : elle compte tout ce qui a été payé en trop.",
)
POST_VACANT = hold(
    "post_vacant",
    "Le poste est vacant : un remplacement peut encore faire servir les mois qui ont été payés.",
    "Attendez ce qu’il devient ; un responsable peut lever la réserve avec un motif.",
    rule="A16",
)
REPAID_ALREADY = refusal(
    "repayment_exists",
    "Un reversement existe déjà pour cette cause.",
    "Poursuivez celui qui existe.",
)
READING_UNSET = refusal(
    "reading_not_chosen",
    "L’agence n’a pas encore signé sa lecture de la clause : le montant est montré, pas décidé.",
    "Faites signer le choix de lecture, le même pour tout l’appel, et inscrivez-le dans le fichier de l’appel.",
    rule="A1",
)
READING_LATE = warning(
    "reading_unsigned",
    "L’agence n’a pas signé sa lecture de la clause de reversement, due avant la première attribution de l’appel.",
    "Faites signer ce choix : sans lui, aucun reversement de cet appel ne pourra être décidé.",
    rule="A1",
)
READING_WITHOUT_CLAUSE = refusal(
    "reading_without_clause",
    "Aucune clause de l’appel ne permet de demander plus que les mois non servis.",
    "Retenez la lecture au prorata.",
    rule="A2",
)
ABOVE_DUE = refusal(
    "amount_above_due",
    "Le montant demandé ({asked}) dépasse ce que donne la lecture retenue ({limit}).",
    "Ramenez le montant à ce qui est dû à ce jour.",
)
NOTHING_LEFT = refusal(
    "nothing_due_any_more",
    "Plus rien n’est dû de ce reversement : l’échéancier ou les versements ont changé depuis sa proposition.",
    "Abandonnez-le.",
)
ABOVE_ANNOUNCED = refusal(
    "amount_above_announced",
    "Le recruteur n’a pas été mis à même de répondre sur {asked} : {announced} lui ont été annoncés.",
    "Ramenez le montant à ce qui a été annoncé, ou ouvrez de nouveau la procédure contradictoire.",
    rule=HEARD_RULE,
)
READING_CHANGED = refusal(
    "reading_not_announced",
    "L’agence a signé une autre lecture ({signed}) que celle annoncée au recruteur ({announced}).",
    "Ouvrez de nouveau la procédure contradictoire.",
    rule=HEARD_RULE,
)
HEARD_ALREADY = refusal(
    "already_heard",
    "La procédure contradictoire est déjà ouverte, sur {announced} ou davantage et sous la même lecture.",
    "Attendez la réponse du recruteur ou la fin de son délai, puis décidez.",
)
ABOVE_PAID = refusal(
    "amount_above_paid",
    "Avec ce montant, les reversements de ce poste dépasseraient ce qui lui a été payé ({limit} restent).",
    "Ramenez le montant à ce qui a été payé.",
)
CONTRADICTORY_RUNNING = refusal(
    "contradictory_running",
    "Le recruteur peut répondre jusqu’au {answer_by}.",
    "Attendez sa réponse ou la fin du délai.",
    rule=HEARD_RULE,
)
CONTRADICTORY_NOT_RECEIVED = refusal(
    "contradictory_not_received",
    "Le délai de réponse n’est pas parti : rien ne prouve que le recruteur a reçu le constat.",
    "Enregistrez la preuve de réception : le délai court de ce jour.",
    rule=HEARD_RULE,
)
HEARING_OWED = hold(
    "hearing_owed",
    "Le recruteur a demandé, le {day}, à être entendu : rien ne dit qu’il l’a été depuis.",
    "Indiquez le jour où il l’a été ; un responsable peut décider sans, avec un motif, si la demande est abusive.",
    rule=HEARD_RULE,
)
PREPARED_BY_SAME = refusal(
    "prepared_by_same_person",
    "Ce reversement a été préparé par la même personne ({person}) : une décision demande deux personnes.",
    "Faites-la prendre par quelqu’un d’autre ; un remplaçant compte pour lui-même.",
)
PREPARED_BY_NOBODY = hold(
    "preparer_unknown",
    "Rien ne dit qui a ouvert la procédure contradictoire : une décision demande deux personnes.",
    "Vérifiez que ce n’est pas vous ; un responsable peut lever la réserve avec un motif.",
    rule="A3",
)
TIME_BARRED = hold(
    "time_barred",
    "L’action est prescrite depuis le {day} : le délai courait depuis le {since}.",
    "Abandonnez le reversement ; un responsable peut poursuivre malgré tout, avec un motif.",
    rule=TIME_BAR_RULE,
)
LINE_UNKNOWN = warning(
    "line_unknown",
    "L’appel ne dit pas sur quelle ligne sont les crédits : la voie ordinaire, un titre de recettes, est retenue.",
    "Vérifiez la ligne de crédits, ou indiquez une autre voie.",
)
VEHICLE_DIFFERS = warning(
    "vehicle_differs",
    "Des crédits {line} reviennent d’ordinaire par {usual}, et la décision retient une autre voie.",
    "Vérifiez la voie avec l’agent comptable.",
)


@guard
def early_end(context: Context[Any]) -> Check:
    """The post ended before its planned end."""
    return check(None if ended_early(context.dossier) else NOT_EARLY())


def ended_early(dossier: Dossier) -> bool:
    """True for a post that ended before its planned end."""
    return dossier.end is not None and dossier.end.outcome in {EndOutcome.EARLY, EndOutcome.VACATED}


@guard
def money_due(context: Context[Any]) -> Check:
    """Some reading that the call allows asks money back (A1, A2), beyond what is asked already."""
    end = context.dossier.end
    if end is None or not context.dossier.paid:
        return check(NOTHING_DUE())
    dossier = taken_over(context.dossier, context.today)
    found = to_repay(dossier, context.call, end.last_day, cca=end.cca, reason=end.reason)
    # until the agency has signed its reading, any reading that asks for something has to be looked at
    due = found.amount if found.decidable else largest_due(found)
    return check(None if due > 0 else NOTHING_DUE(), due={k.value: v for k, v in due_amounts(found).items()})


@guard
def first_for_this_end(context: Context[Any]) -> Check:
    """One repayment per dossier and cause: it never opens twice."""
    return check(None if context.dossier.clawback is None else REPAID_ALREADY())


@guard
def reading_signed(context: Context[Any]) -> Check:
    """Where a clause may ask credits back, its reading is signed before the first award of the call (A1)."""
    funding = context.call.clauses.funding
    unsigned = funding.signed_reading is None
    return check(READING_LATE() if unsigned and funding.repayment_clauses else None)


# An overpayment.


@guard
def overpaid(context: Context[Any]) -> Check:
    """More was paid than the whole schedule that stands, which is known (A25), and than what is asked back already."""
    funded(context.dossier, context.call)
    bases = overpayment_bases(context.dossier)
    looked_at = {"paid": bases.total_paid, "schedule": bases.total_earned, "asked": bases.asked}
    return check(None if bases.excess > 0 else NOT_OVERPAID(), **looked_at)


@guard
def end_asked_first(context: Context[Any]) -> Check:
    """After an early end the machine proposes the repayment itself: what was paid in excess is counted in it."""
    waits = ended_early(context.dossier) and context.dossier.clawback is None
    return check(END_COMES_FIRST() if waits else None)


@guard
def post_held(context: Context[Any]) -> Check:
    """Months paid may still be served by somebody else while a post waits for a replacement (A16)."""
    return check(POST_VACANT() if context.dossier.vacancy else None)


@guard
def first_for_this_cause(context: Context[Any]) -> Check:
    """One repayment per dossier and cause: what made it is asked about once."""
    cause = overpayment_cause(context.dossier)
    known = context.dossier.repayment_of(cause) is not None
    return check(REPAID_ALREADY() if known else None, cause=cause)


# The decision.


@guard
def contradictory_over(context: Context[Any]) -> Check:
    """The recruiter answered, or its period is over; it runs from the proof of receipt (CRPA L. 122-1)."""
    current = concerned(context)
    if current is None or current.state is not RepaymentState.CONTRADICTORY or current.answered_on is not None:
        return check()
    if current.answer_by is None:
        return check(CONTRADICTORY_NOT_RECEIVED())
    running = context.today <= current.answer_by
    return check(CONTRADICTORY_RUNNING(answer_by=short_day(current.answer_by)) if running else None)


@input_guard
def hearing_held(context: Context[Any]) -> Check:
    """Who asks to be heard is heard before the decision (CRPA L. 122-1)."""
    current, heard_on = concerned(context), context.inputs.heard_on
    asked_on = current.hearing_asked_on if current else None
    owed = asked_on is not None and (heard_on is None or heard_on < asked_on)
    return check(HEARING_OWED(day=short_day(asked_on)) if asked_on and owed else None, heard_on=heard_on)


@guard
def another_prepared(context: Context[Any]) -> Check:
    """Who decides neither proposed it nor opened the contradictory step: two natural persons."""
    current = concerned(context)
    if current is None:
        return check()
    same = context.by.id in {current.proposed_by, *current.preparers}
    found = PREPARED_BY_SAME(person=referred(context.by.id)) if same else None
    unknown = current.state is RepaymentState.CONTRADICTORY and current.prepared_by is None and not same
    return check(found, PREPARED_BY_NOBODY() if unknown else None, prepared_by=sorted(current.preparers))


@guard
def not_time_barred(context: Context[Any]) -> Check:
    """Five years from the day the agency knew, or that a step started them again: after them a head is needed."""
    current = concerned(context)
    if current is None or context.today <= current.barred_after:
        return check()
    return check(TIME_BARRED(day=short_day(current.barred_after), since=short_day(current.barred_from)))


@guard
def still_due(context: Context[Any]) -> Check:
    """Something of the repayment is still due, under any reading that may come to apply."""
    current = concerned(context)
    if current is None or current.state not in UNDECIDED:
        return check()
    most = liquidation(context.dossier, context.call, current).most
    return check(None if most > 0 else NOTHING_LEFT(), due=most)


@guard
def something_to_hear(context: Context[Any]) -> Check:
    """The recruiter is heard again only on more than was announced, or on another reading."""
    current = concerned(context)
    if current is None or current.state is not RepaymentState.CONTRADICTORY:
        return check()
    now = liquidation(context.dossier, context.call, current)
    announced = current.read_under(context.call.clauses.funding)
    new = now.amount > current.proposed or now.reading is not announced
    found = None if new else HEARD_ALREADY(announced=amount(current.proposed))
    return check(found, due=now.amount, reading=now.reading)


@input_guard
def within_due(context: Context[Any]) -> Check:
    """No more is decided than the reading gives today, under the signed one, and than was announced (A1, A2).

    The reading is signed where a clause leaves a choice; what was paid for months that nobody served is not due,
    and needs no clause.
    """
    current, funding = concerned(context), context.call.clauses.funding
    if current is None or current.state not in UNDECIDED:
        return check()
    now, asked = liquidation(context.dossier, context.call, current), context.inputs.amount
    if not now.decidable:
        return check(READING_UNSET())
    announced = current.read_under(funding)
    looked_at = {"asked": asked, "due": now.amount, "announced": current.proposed, "reading": now.reading}
    if now.reading is not announced:
        return check(READING_CHANGED(signed=now.reading.label, announced=announced.label), **looked_at)
    return check(_above(current, now, asked), **looked_at)


def _above(current: RepaymentFile, now: Liquidation, asked: Decimal) -> Finding | None:
    if now.most <= 0:
        return None  # another guard says that nothing is due any more
    if asked > now.amount:
        clauses = current.kind is RepaymentKind.OVERPAYMENT or len(current.readings) > 1
        return ABOVE_DUE(asked=amount(asked), limit=amount(now.amount)) if clauses else READING_WITHOUT_CLAUSE()
    if asked > current.proposed:
        return ABOVE_ANNOUNCED(asked=amount(asked), announced=amount(current.proposed))
    return None


@input_guard
def within_paid(context: Context[Any]) -> Check:
    """The repayments of a post never ask for more than was paid to it, whatever was corrected meanwhile."""
    current = concerned(context)
    if current is None:
        return check()
    asked, left = context.inputs.amount, limit_of(context.dossier, current)
    return check(ABOVE_PAID(limit=amount(left)) if asked > left else None, asked=asked, left=left)


def usual_vehicle(context: Context[Any]) -> Sourced[Vehicle] | None:
    """How the money of the line of this call comes back; None while the line is unknown."""
    funding = context.call.clauses.funding
    return funding.repayment_vehicle(funding.line.value)


@input_guard
def vehicle_of_line(context: Context[Any]) -> Check:
    """The vehicle follows the line of credits; another one, or an unknown line, is pointed out."""
    usual, given = usual_vehicle(context), context.inputs.vehicle
    if usual is None:
        return check(LINE_UNKNOWN() if given is None else None, vehicle=given)
    differs = given is not None and given is not usual.value
    line, way = context.call.clauses.funding.line.value, usual.needed.label
    return check(VEHICLE_DIFFERS(usual.rule, line=line, usual=way) if differs else None, vehicle=given)
