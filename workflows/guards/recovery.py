"""Guards on what follows the decision of a repayment: the title, the other ways, payments, the closing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from workflows.account.payees import last_siret
from workflows.account.worth import funded
from workflows.acts.base import Context, guard, input_guard
from workflows.calls.funding import Vehicle
from workflows.calls.sources import UnknownValueError
from workflows.findings import Check, check, hold, refusal, warning
from workflows.french import amount, short_day
from workflows.guards.ledger import SIRET_WRONG
from workflows.guards.which_repayment import concerned
from workflows.identifiers import compact, is_siret
from workflows.parts.claims import CLAIM_RULE
from workflows.parts.repayment_steps import UNDECIDED, RepaymentState
from workflows.parts.repayments import RepaymentFile, RepaymentKind

_ZERO = Decimal("0.00")

TITLE_TOO_EARLY = refusal(
    "title_before_decision",
    "Un titre émis le {day} serait antérieur à la décision de reversement ({decided}).",
    "Corrigez la date.",
)
TITLE_TAKEN = refusal(
    "title_number_taken",
    "Le titre n° {title} est déjà celui d’un autre reversement de ce poste.",
    "Recopiez le numéro porté sur le titre.",
)
TITLE_UNNUMBERED = refusal(
    "title_number_missing",
    "Un titre se désigne par son numéro.",
    "Recopiez le numéro porté sur le titre.",
)
TITLE_ASKED = refusal(
    "title_already_requested",
    "Le titre a déjà été demandé{on} : il ne se demande qu’une fois.",
    "Voyez avec l’agent comptable où en est cette demande.",
)
NOT_BY_TITLE = refusal(
    "vehicle_not_title",
    "La décision retient une autre voie : {vehicle}. Aucun titre n’est à demander.",
    "Suivez cette voie, ou faites-en changer.",
)
SIRET_MISSING = refusal(
    "debtor_siret_missing",
    "Rien n’a été versé ici à l’entité juridique {entity}, qui doit la somme : son SIRET n’est pas connu.",
    "Donnez le SIRET de l’avis de situation : un titre nomme son débiteur par ce numéro.",
)
ABOVE_OUTSTANDING = refusal(
    "amount_above_outstanding",
    "Il reste {left} à solder : {asked} est trop.",
    "Corrigez le montant.",
)
ABOVE_REFUND = refusal(
    "amount_above_refund",
    "Il reste {left} à rendre au recruteur : {asked} est trop.",
    "Corrigez le montant.",
)
NOT_SETTLED = refusal(
    "not_settled",
    "Il reste {left} à solder sur le montant décidé.",
    "Enregistrez le paiement, la remise ou l’admission en non-valeur.",
)
NOT_REFUNDED = refusal(
    "not_refunded",
    "Il reste {left} à rendre au recruteur, qui a payé plus que ce qu’il devait.",
    "Enregistrez le remboursement.",
)
NOT_DECIDED = refusal(
    "repayment_not_decided",
    "Le reversement n’est pas décidé.",
    "Décidez-le, ou abandonnez-le après les observations.",
)
SAME_VEHICLE = refusal(
    "vehicle_unchanged",
    "C’est déjà la voie retenue : {vehicle}.",
    "Choisissez une autre voie.",
)
DEED_MISSING = refusal(
    "deed_missing",
    "Une décision modificative se nomme par son numéro ou sa date.",
    "Indiquez la décision.",
)
NO_TRANSFER = refusal(
    "vehicle_not_offset",
    "La décision ne retient pas la compensation : {vehicle}.",
    "Faites changer de voie avant de compenser.",
)
ABOVE_OWED = refusal(
    "offset_above_owed",
    "L’agence ne doit plus que {owed} au recruteur pour ce poste : {asked} est trop, la tranche n’est pas due.",
    "Réduisez la tranche de ce qui n’est plus dû, et recouvrez le reste par une autre voie.",
)
RECEIVED_TOO_EARLY = refusal(
    "title_received_before_issue",
    "Un titre reçu le {day} l’aurait été avant d’être émis ({issued}).",
    "Corrigez la date.",
)
CLAIM_WAITS = hold(
    "claim_waits",
    "Une réclamation du {day} attend sa réponse, due avant le {until} : la somme peut encore changer.",
    "Faites-y répondre d’abord ; un responsable peut passer outre, avec un motif.",
    rule=CLAIM_RULE,
)
NOTHING_TO_CLOSE = refusal(
    "nothing_to_close",
    "Aucun trop-perçu n’est à solder.",
    "Rien n’est à faire.",
)
CLAIM_OPEN = warning(
    "claim_open",
    "Une réclamation du {day} attend sa réponse, due avant le {until}.",
    "Faites-y répondre avant de solder, ou dites pourquoi elle n’a plus d’objet.",
)


@guard
def title_never_asked(context: Context[Any]) -> Check:
    """A title is requested once for ever: a second click, or a worker that tries again, changes nothing."""
    current = concerned(context)
    if current is None or not current.title_was_asked:
        return check()
    asked = current.title_asked_on
    return check(TITLE_ASKED(on=f", le {short_day(asked)}" if asked else ""), asked_on=asked)


@guard
def by_title(context: Context[Any]) -> Check:
    """A title is requested only where the decision chose that way."""
    current = concerned(context)
    if current is None or current.by_title:
        return check()
    return check(NOT_BY_TITLE(vehicle=current.way.label), vehicle=current.way)


def siret_of_debtor(context: Context[Any]) -> str | None:
    """The SIRET given, else the one under which the entity that owes was paid last; None when nobody knows it."""
    if context.inputs.siret:
        return compact(context.inputs.siret)
    current = concerned(context)
    debtor = current.debtor if current else None
    return last_siret(context.dossier, debtor.legal_entity) if debtor else None


@input_guard
def debtor_has_siret(context: Context[Any]) -> Check:
    """A title names its debtor by a right SIRET: the one given, else that of its payments."""
    current, found = concerned(context), siret_of_debtor(context)
    if current is None or current.debtor is None:
        return check()
    if found is None:
        return check(SIRET_MISSING(entity=current.debtor.legal_entity))
    wrong = bool(context.inputs.siret) and not is_siret(found)
    return check(SIRET_WRONG(siret=found[:20]) if wrong else None, siret=found)


@input_guard
def title_of_its_own(context: Context[Any]) -> Check:
    """A title has a number, and is the title of one repayment of the post only."""
    current, number = concerned(context), context.inputs.title.strip()
    if not number:
        return check(TITLE_UNNUMBERED())
    taken = any(r.title == number for r in context.dossier.repayments if current is None or r.cause != current.cause)
    return check(TITLE_TAKEN(title=number[:40]) if taken else None, title=number)


@input_guard
def title_after_decision(context: Context[Any]) -> Check:
    """A title is issued on the decision it carries out, never before it."""
    current, on = concerned(context), context.inputs.title_on
    if current is None or on is None or current.decided_on is None or on >= current.decided_on:
        return check(title_on=on)
    return check(TITLE_TOO_EARLY(day=short_day(on), decided=short_day(current.decided_on)), title_on=on)


@input_guard
def vehicle_is_another(context: Context[Any]) -> Check:
    """A title is no other way than a title; an amending decision is named."""
    current, chosen = concerned(context), context.inputs.vehicle
    same = current is not None and chosen is current.way and (current.by_title or _followed(current, context))
    unnamed = chosen is Vehicle.AMENDING_DECISION and not context.inputs.deed
    return check(
        SAME_VEHICLE(vehicle=chosen.label) if same else None, DEED_MISSING() if unnamed else None, vehicle=chosen
    )


def _followed(current: RepaymentFile, context: Context[Any]) -> bool:
    """True when the other way that is retained is followed already, by the same deed."""
    return current.state is not RepaymentState.DECIDED and current.deed == context.inputs.deed


@input_guard
def received_after_title(context: Context[Any]) -> Check:
    """A title is received once it is issued."""
    current, on = concerned(context), context.inputs.received_on
    issued = current.title_on if current else None
    if issued is None or on >= issued:
        return check(received_on=on)
    return check(RECEIVED_TOO_EARLY(day=short_day(on), issued=short_day(issued)), received_on=on)


@guard
def no_claim_waits(context: Context[Any]) -> Check:
    """Nothing more is asked nor taken while a claim waits for its answer, unless somebody in charge says why."""
    current = concerned(context)
    claim = current.waiting_claim(context.today) if current else None
    if claim is None:
        return check()
    return check(CLAIM_WAITS(day=short_day(claim.filed_on), until=short_day(claim.silent_on)), claim=claim.id)


@input_guard
def within_payable(context: Context[Any]) -> Check:
    """What is paid never exceeds what is still due, what was written off included: it stays due."""
    current = concerned(context)
    return _within(context, current.payable if current else _ZERO)


@input_guard
def within_outstanding(context: Context[Any]) -> Check:
    """What is offset or forgiven never exceeds what is still due."""
    current = concerned(context)
    return _within(context, current.outstanding if current else _ZERO)


def _within(context: Context[Any], left: Decimal) -> Check:
    current, asked = concerned(context), context.inputs.amount
    if current is None or current.decided is None:
        return check(NOT_DECIDED())
    return check(ABOVE_OUTSTANDING(left=amount(left), asked=amount(asked)) if asked > left else None, left=left)


@input_guard
def within_refund(context: Context[Any]) -> Check:
    """What is given back never exceeds what came back and was not due."""
    current = concerned(context)
    if current is None or current.decided is None:
        return check(NOT_DECIDED())
    asked, left = context.inputs.amount, current.to_refund
    return check(ABOVE_REFUND(left=amount(left), asked=amount(asked)) if asked > left else None, left=left)


@guard
def by_offset(context: Context[Any]) -> Check:
    """Only a debt that the agency chose to offset is taken off a tranche."""
    current = concerned(context)
    if current is None or current.decided is None or current.way is Vehicle.OFFSET:
        return check()
    return check(NO_TRANSFER(vehicle=current.way.label), vehicle=current.way)


@input_guard
def within_owed(context: Context[Any]) -> Check:
    """A debt is offset against what the agency owes: credits that the post has earned, and not been paid yet.

    While the cost is not known, nothing is known to be owed (A25).
    """
    current, asked = concerned(context), context.inputs.amount
    if current is None or current.decided is None:
        return check()
    try:
        owed = max(_ZERO, funded(context.dossier, context.call).total - context.dossier.paid_net)
    except UnknownValueError:
        owed = _ZERO
    return check(ABOVE_OWED(owed=amount(owed), asked=amount(asked)) if asked > owed else None, owed=owed)


@guard
def repayment_over(context: Context[Any]) -> Check:
    """Paid, reduced, remitted and written off make the decided amount, or the repayment was dropped."""
    current = context.dossier.clawback
    return check() if current is None else _over(current)


@guard
def overpayment_over(context: Context[Any]) -> Check:
    """The same for a repayment that follows no end."""
    current = closing_of(context)
    return check(NOTHING_TO_CLOSE()) if current is None else _over(current)


def closing_of(context: Context[Any]) -> RepaymentFile | None:
    """The overpayment to close: the one named, else the first that is over, else the last one open."""
    mine = [r for r in context.dossier.repayments if r.kind is RepaymentKind.OVERPAYMENT and r.is_open]
    named = getattr(context.inputs, "repayment", None)
    if named is not None:
        return next((r for r in mine if r.cause == named), None)
    return next((r for r in mine if r.is_over), mine[-1] if mine else None)


def _over(current: RepaymentFile) -> Check:
    if current.is_over:
        return check()
    if current.state in UNDECIDED or current.decided is None:
        return check(NOT_DECIDED())
    if current.to_refund:
        return check(NOT_REFUNDED(left=amount(current.to_refund)))
    return check(NOT_SETTLED(left=amount(current.outstanding)))


def _unanswered(context: Context[Any], current: RepaymentFile | None) -> Check:
    claim = current.waiting_claim(context.today) if current else None
    if claim is None:
        return check()
    return check(CLAIM_OPEN(day=short_day(claim.filed_on), until=short_day(claim.silent_on)), claim=claim.id)


@guard
def claim_answered(context: Context[Any]) -> Check:
    """A claim that waits for its answer is pointed out before the repayment is settled."""
    return _unanswered(context, context.dossier.clawback)


@guard
def claim_on_overpayment_answered(context: Context[Any]) -> Check:
    """The same for a repayment that follows no end."""
    return _unanswered(context, closing_of(context))
