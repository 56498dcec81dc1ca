"""Guards on a repayment: what may be asked back, by which steps, and how it comes to an end."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from workflows.accounts import due_amounts, largest_due, to_repay
from workflows.acts.base import Context, guard, input_guard
from workflows.calls.funding import RepaymentReading
from workflows.dossier import EndOutcome
from workflows.findings import Check, check, refusal
from workflows.french import amount, short_day
from workflows.repayments import REPAYMENT_MOVES, Relief, RepaymentFile, RepaymentState, Vehicle

NOT_EARLY = refusal("end_not_early", "Ce n’est pas une fin anticipée : rien n’est à reverser.", "Rien n’est à faire.")
NOTHING_DUE = refusal(
    "nothing_due",
    "Rien n’a été délégué au-delà de ce qui a été servi : rien n’est à reverser.",
    "Rien n’est à faire.",
)
REPAID_ALREADY = refusal(
    "repayment_exists",
    "Un reversement existe déjà pour cette fin.",
    "Poursuivez celui qui existe.",
)
REPAYMENT_STEP = refusal(
    "repayment_step",
    "Cette étape ne vient pas maintenant. Le reversement en est à : {state}.",
    "Suivez l’ordre des étapes.",
)
READING_UNSET = refusal(
    "reading_not_chosen",
    "L’agence n’a pas encore signé sa lecture de la clause : le montant est montré, pas décidé.",
    "Faites signer le choix de lecture, le même pour tout l’appel, et inscrivez-le dans le fichier de l’appel.",
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
TITLE_TOO_EARLY = refusal(
    "title_before_decision",
    "Un titre émis le {day} serait antérieur à la décision de reversement ({decided}).",
    "Corrigez la date.",
)
ABOVE_OUTSTANDING = refusal(
    "amount_above_outstanding",
    "Il reste {left} à solder : {asked} est trop.",
    "Corrigez le montant.",
)
NOT_SETTLED = refusal(
    "not_settled",
    "Il reste {left} à solder sur le montant décidé.",
    "Enregistrez le paiement, la remise ou l’admission en non-valeur.",
)
NOT_DECIDED = refusal(
    "repayment_not_decided",
    "Le reversement n’est pas décidé.",
    "Décidez-le, ou abandonnez-le après les observations.",
)
AUTHORITY_MISSING = refusal(
    "authority_missing",
    "Une réduction, une remise ou une admission en non-valeur dit quelle autorité l’accorde.",
    "Indiquez l’autorité et sa décision.",
)
SAME_VEHICLE = refusal(
    "vehicle_is_title",
    "Le titre de recettes est la voie ordinaire : ce n’en est pas une autre.",
    "Choisissez une décision modificative ou une compensation.",
)


@guard
def early_end(context: Context[Any]) -> Check:
    """The post ended before its planned end."""
    end = context.dossier.end
    early = end is not None and end.outcome in {EndOutcome.EARLY, EndOutcome.VACATED}
    return check(None if early else NOT_EARLY())


@guard
def money_due(context: Context[Any]) -> Check:
    """Some reading that the call allows asks money back (A1, A2)."""
    end = context.dossier.end
    if end is None or not context.dossier.tranches:
        return check(NOTHING_DUE())
    found = to_repay(context.dossier, context.call, end.last_day, cca=end.cca, reason=end.reason)
    # until the agency has signed its reading, any reading that asks for something has to be looked at
    due = found.amount if found.decidable else largest_due(found)
    return check(None if due > 0 else NOTHING_DUE(), due={k.value: v for k, v in due_amounts(found).items()})


@guard
def first_for_this_end(context: Context[Any]) -> Check:
    """One repayment per dossier and cause: it never opens twice."""
    end = context.dossier.end
    known = end is not None and any(r.cause == end.id for r in context.dossier.repayments)
    return check(REPAID_ALREADY() if known else None)


def repayment_step(act: str) -> Any:
    """A guard: the repayment is at a step this act leaves from."""
    sources = REPAYMENT_MOVES[act][0]

    @guard
    def step_comes_now(context: Context[Any]) -> Check:
        current = context.dossier.repayment
        if current is not None and current.state in sources and not current.is_over:
            return check(state=current.state)
        return check(REPAYMENT_STEP(state=_words(current)))

    return step_comes_now


def _words(current: RepaymentFile | None) -> str:
    return current.state.label if current else "aucun"


@guard
def contradictory_over(context: Context[Any]) -> Check:
    """The recruiter answered, or its period is over; it runs from the proof of receipt (CRPA L. 122-1)."""
    current = context.dossier.repayment
    if current is None or current.state is not RepaymentState.CONTRADICTORY or current.answered_on is not None:
        return check()
    if current.answer_by is None:
        return check(CONTRADICTORY_NOT_RECEIVED())
    running = context.today <= current.answer_by
    return check(CONTRADICTORY_RUNNING(answer_by=short_day(current.answer_by)) if running else None)


@input_guard
def reading_chosen(context: Context[Any]) -> Check:
    """The reading of the clause is a signed choice of the agency, and the amount within what it gives (A1, A2)."""
    current, chosen = context.dossier.repayment, context.call.clauses.funding.repayment_reading
    if current is None:
        return check()
    if chosen.value is None or chosen.is_default:
        return check(READING_UNSET())
    limit = limit_of(current, chosen.value)
    asked = context.inputs.amount
    if limit is None and asked > current.amounts.prorata:
        return check(READING_WITHOUT_CLAUSE(), asked=asked)
    limit = current.amounts.prorata if limit is None else limit
    over = asked > limit
    return check(ABOVE_DUE(asked=amount(asked), limit=amount(limit)) if over else None, asked=asked, limit=limit)


def limit_of(current: RepaymentFile, reading: RepaymentReading) -> Decimal | None:
    """What a reading asks back, None when no clause allows it."""
    return {
        RepaymentReading.PRORATA: current.amounts.prorata,
        RepaymentReading.INTEGRAL: current.amounts.integral,
        RepaymentReading.CONTRACT_YEAR: current.amounts.contract_year,
    }[reading]


@input_guard
def within_outstanding(context: Context[Any]) -> Check:
    """What is paid or forgiven never exceeds what is still due."""
    current = context.dossier.repayment
    if current is None or current.decided is None:
        return check(NOT_DECIDED())
    asked, left = context.inputs.amount, current.outstanding
    return check(ABOVE_OUTSTANDING(left=amount(left), asked=amount(asked)) if asked > left else None, left=left)


@input_guard
def relief_has_authority(context: Context[Any]) -> Check:
    """A relief names the authority that grants it."""
    return check(None if context.inputs.authority else AUTHORITY_MISSING(), relief=Relief(context.inputs.relief))


@input_guard
def title_after_decision(context: Context[Any]) -> Check:
    """A title is issued on the decision it carries out, never before it."""
    current, on = context.dossier.repayment, context.inputs.title_on
    if current is None or on is None or current.decided_on is None or on >= current.decided_on:
        return check(title_on=on)
    return check(TITLE_TOO_EARLY(day=short_day(on), decided=short_day(current.decided_on)), title_on=on)


@input_guard
def vehicle_is_another(context: Context[Any]) -> Check:
    """Another way than a title is not a title."""
    same = context.inputs.vehicle is Vehicle.TITLE
    return check(SAME_VEHICLE() if same else None, vehicle=context.inputs.vehicle)


@guard
def repayment_over(context: Context[Any]) -> Check:
    """Paid, reduced, remitted and written off make the decided amount, or the repayment was dropped."""
    current = context.dossier.repayment
    if current is None or current.is_over:
        return check()
    if current.state in {RepaymentState.PROPOSED, RepaymentState.CONTRADICTORY} or current.decided is None:
        return check(NOT_DECIDED())
    return check(NOT_SETTLED(left=amount(current.outstanding)))
