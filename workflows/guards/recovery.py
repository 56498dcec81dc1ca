"""Guards on what follows the decision of a repayment: the title, the other ways, payments, the closing."""

from __future__ import annotations

from typing import Any

from workflows.acts.base import Context, guard, input_guard
from workflows.calls.funding import Vehicle
from workflows.findings import Check, check, refusal, warning
from workflows.french import amount, short_day
from workflows.guards.ledger import SIRET_WRONG
from workflows.guards.which_repayment import concerned
from workflows.identifiers import compact, is_siret
from workflows.repayments import UNDECIDED, RepaymentFile, RepaymentKind

TITLE_TOO_EARLY = refusal(
    "title_before_decision",
    "Un titre émis le {day} serait antérieur à la décision de reversement ({decided}).",
    "Corrigez la date.",
)
TITLE_ASKED = refusal(
    "title_already_requested",
    "Le titre a déjà été demandé, le {day} : il ne se demande qu’une fois.",
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
    asked = current.title_asked_on if current else None
    return check(TITLE_ASKED(day=short_day(asked)) if asked else None, asked_on=asked)


@guard
def by_title(context: Context[Any]) -> Check:
    """A title is requested only where the decision chose that way."""
    current = concerned(context)
    vehicle = current.vehicle if current else None
    other = vehicle is not None and vehicle is not Vehicle.TITLE
    return check(NOT_BY_TITLE(vehicle=vehicle.label) if vehicle and other else None, vehicle=vehicle)


def siret_of_debtor(context: Context[Any]) -> str | None:
    """The SIRET given, else the one under which the entity that owes was paid last; None when nobody knows it."""
    if context.inputs.siret:
        return compact(context.inputs.siret)
    current = concerned(context)
    entity = current.debtor.legal_entity if current and current.debtor else None
    known = [e.payee.siret for e in context.dossier.ledger if e.payee and e.payee.legal_entity == entity]
    return known[-1] if known else None


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
    same = chosen is Vehicle.TITLE and (current is None or current.vehicle in {None, Vehicle.TITLE})
    unnamed = chosen is Vehicle.AMENDING_DECISION and not context.inputs.deed
    return check(
        SAME_VEHICLE(vehicle=chosen.label) if same else None, DEED_MISSING() if unnamed else None, vehicle=chosen
    )


@input_guard
def within_outstanding(context: Context[Any]) -> Check:
    """What is paid or forgiven never exceeds what is still due."""
    current = concerned(context)
    if current is None or current.decided is None:
        return check(NOT_DECIDED())
    asked, left = context.inputs.amount, current.outstanding
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
    vehicle = current.vehicle if current else None
    other = vehicle is not None and vehicle is not Vehicle.OFFSET
    return check(NO_TRANSFER(vehicle=vehicle.label) if vehicle and other else None, vehicle=vehicle)


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
    claim = current.open_claim if current else None
    if claim is None or not claim.waits(context.today):
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
