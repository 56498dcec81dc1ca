"""Guards on a repayment until it is decided: what may be asked back, by whom, under which reading."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from workflows.accounts import due_amounts, largest_due, to_repay
from workflows.actors import referred
from workflows.acts.base import Context, guard, input_guard
from workflows.adjusting import standing_lines
from workflows.calls.funding import RepaymentReading, Vehicle
from workflows.calls.sources import Sourced
from workflows.dossier import Dossier, EndOutcome
from workflows.findings import Check, check, hold, refusal, warning
from workflows.french import amount, short_day
from workflows.guards.which_repayment import concerned
from workflows.money.bases import Bases, earned_lines, paid_lines
from workflows.repayments import TIME_BAR_RULE, RepaymentKind, RepaymentState, asked_back, decided_in_all

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
    "Ramenez le montant à ce qui est dû.",
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
    rule="CRPA art. L. 122-1",
)
CONTRADICTORY_NOT_RECEIVED = refusal(
    "contradictory_not_received",
    "Le délai de réponse n’est pas parti : rien ne prouve que le recruteur a reçu le constat.",
    "Enregistrez la preuve de réception : le délai court de ce jour.",
    rule="CRPA art. L. 122-1",
)
HEARING_OWED = hold(
    "hearing_owed",
    "Le recruteur a demandé, le {day}, à être entendu : rien ne dit qu’il l’a été depuis.",
    "Indiquez le jour où il l’a été ; un responsable peut décider sans, avec un motif, si la demande est abusive.",
    rule="CRPA art. L. 122-1",
)
PREPARED_BY_SAME = refusal(
    "prepared_by_same_person",
    "Ce reversement a été préparé par la même personne ({person}) : une décision demande deux personnes.",
    "Faites-la prendre par quelqu’un d’autre ; un remplaçant compte pour lui-même.",
)
TIME_BARRED = hold(
    "time_barred",
    "L’action en répétition est prescrite depuis le {day} : l’agence savait depuis le {known}.",
    "Abandonnez le reversement ; un responsable peut décider malgré tout, avec un motif.",
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
    found = to_repay(context.dossier, context.call, end.last_day, cca=end.cca, reason=end.reason)
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
    unsigned = funding.repayment_reading.value is None or funding.repayment_reading.is_default
    return check(READING_LATE() if unsigned and funding.repayment_clauses else None)


# An overpayment.


def overpayment_cause(dossier: Dossier) -> str:
    """What made an overpayment: the last change of the schedule and the last entry of the ledger."""
    changed = dossier.adjustments[-1].entry if dossier.adjustments else 0
    written = dossier.ledger[-1].id if dossier.ledger else f"T{len(dossier.tranches)}"
    return f"overpaid:{changed}:{written}"


def overpayment_bases(dossier: Dossier) -> Bases:
    """The calculation of an overpayment: what was paid, the whole schedule that stands, what is asked already."""
    return Bases(paid_lines(dossier.ledger), earned_lines(standing_lines(dossier)), asked_back(dossier.repayments))


@guard
def overpaid(context: Context[Any]) -> Check:
    """More was paid than the whole schedule that stands, and than what is asked back already."""
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
    """Who decides is not who opened the contradictory step: two natural persons."""
    current = concerned(context)
    same = current is not None and current.prepared_by == context.by.id
    who = current.prepared_by if current else None
    return check(PREPARED_BY_SAME(person=referred(who)) if same else None, prepared_by=who)


@guard
def not_time_barred(context: Context[Any]) -> Check:
    """Five years from the day the agency knew: a decision after them is held for a head."""
    current = concerned(context)
    if current is None or context.today <= current.barred_after:
        return check()
    known: date = current.known_on or current.opened_on
    return check(TIME_BARRED(day=short_day(current.barred_after), known=short_day(known)))


@input_guard
def reading_chosen(context: Context[Any]) -> Check:
    """The reading of the clause is a signed choice of the agency, and the amount within what it gives (A1, A2).

    What was paid above the schedule rests on no clause: there is nothing to read.
    """
    current, chosen = concerned(context), context.call.clauses.funding.repayment_reading
    if current is None:
        return check()
    asked, prorata = context.inputs.amount, current.amounts.prorata
    if current.kind is RepaymentKind.OVERPAYMENT:
        over = asked > prorata
        return check(ABOVE_DUE(asked=amount(asked), limit=amount(prorata)) if over else None, asked=asked)
    if chosen.value is None or chosen.is_default:
        return check(READING_UNSET())
    limit = current.amounts.of(chosen.value)
    if limit is None and asked > prorata:
        return check(READING_WITHOUT_CLAUSE(), asked=asked)
    limit = prorata if limit is None else limit
    over = asked > limit
    return check(ABOVE_DUE(asked=amount(asked), limit=amount(limit)) if over else None, asked=asked, limit=limit)


@input_guard
def within_paid(context: Context[Any]) -> Check:
    """The repayments of a post never ask for more than was paid to it, whatever was corrected meanwhile."""
    current = concerned(context)
    if current is None:
        return check()
    dossier, asked = context.dossier, context.inputs.amount
    left = max(Decimal(0), dossier.paid - decided_in_all(dossier.repayments, but=current.cause))
    return check(ABOVE_PAID(limit=amount(left)) if asked > left else None, asked=asked, left=left)


def reading_of(context: Context[Any]) -> RepaymentReading | None:
    """The reading a decision rests on: the signed one, pro rata where no clause is read."""
    current = concerned(context)
    if current is not None and current.kind is RepaymentKind.OVERPAYMENT:
        return RepaymentReading.PRORATA
    return context.call.clauses.funding.repayment_reading.value


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
