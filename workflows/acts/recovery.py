"""Acts that bring the money of a repayment back: the title, the other ways, payments, offsets, the closing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from workflows.acts.base import Act, ActInputs, Context, Outcome, Who
from workflows.acts.common import label
from workflows.acts.repaying import REPAYING, RepaymentInputs, changed, moved, repayment_in, request_waits
from workflows.calls.funding import Vehicle
from workflows.effects import Addressee, Effect, letter
from workflows.guards import coming_back as on_coming_back
from workflows.guards import ledger as on_ledger
from workflows.guards import recovery as on_recovery
from workflows.guards import repayment as on_repayment
from workflows.guards.common import amount_positive, reason_written
from workflows.guards.days import not_in_future
from workflows.guards.which_repayment import repayment_named, step
from workflows.parts.ledger import LedgerEntry, LedgerKind, next_id
from workflows.parts.movements import Movement, MovementKind
from workflows.parts.moving import collecting, once_moved, replaced, taken_up
from workflows.parts.repayments import RepaymentFile
from workflows.parts.titles import TitleChange


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleRequestInputs(RepaymentInputs):
    """The SIRET of the debtor, which a title names: needed when nothing was paid to it here."""

    siret: str | None = field(
        default=None,
        metadata=label("SIRET du débiteur", help="Quatorze chiffres. Vide : celui de son dernier versement."),
    )


def _request_title(context: Context[TitleRequestInputs]) -> Outcome:
    asked = repayment_in(context)
    amount = {"title_amount": asked.outstanding, "title_after": len(asked.movements)}
    current, changes = changed(context, title_asked_on=context.today, **amount)
    told = {"repayment": current.cause, "movements": str(len(current.movements))}
    told["siret"] = on_recovery.siret_of_debtor(context) or ""
    told["entity"] = current.debtor.legal_entity if current.debtor else ""
    return Outcome(changes, letter("L16", Addressee.ACCOUNTANT, **told))


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleInputs(RepaymentInputs):
    """The number of the title the accountant issued, and its day."""

    title: str = field(metadata=label("Numéro du titre"))
    title_on: date | None = field(default=None, metadata=label("Émis le", help="Vide : aujourd’hui."))


def _record_title(context: Context[TitleInputs]) -> Outcome:
    inputs, current = context.inputs, repayment_in(context)
    after = replace(current, title=inputs.title.strip(), title_on=inputs.title_on or context.today)
    after = replace(after, state=collecting(after))
    return Outcome({"repayments": replaced(context.dossier.repayments, after)})


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleReceiptInputs(RepaymentInputs):
    """The day on which the debtor received the title, from which it may claim against it."""

    received_on: date = field(metadata=label("Reçu par le débiteur le"))


def _record_title_receipt(context: Context[TitleReceiptInputs]) -> Outcome:
    return Outcome(changed(context, title_received_on=context.inputs.received_on)[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleInputs(RepaymentInputs):
    """Another way for the money to come back; for an amending decision, its number or its day."""

    vehicle: Vehicle = field(metadata=label("Voie"))
    deed: str | None = field(default=None, metadata=label("Décision modificative", help="Son numéro, sa date."))


def _use_vehicle(context: Context[VehicleInputs]) -> Outcome:
    """The recruiter is told of another way, the accountant of what becomes of the title they were asked for."""
    inputs, current = context.inputs, repayment_in(context)
    deed = inputs.deed if inputs.vehicle is Vehicle.AMENDING_DECISION else None
    after = replace(current, vehicle=inputs.vehicle, deed=deed)
    if current.title_stands and not after.by_title:
        told_of_it = not request_waits(context, current)
        after = replace(after, title_withdrawn_on=context.today, withdrawal_told=told_of_it)
    if after.title_stands:  # what came back meanwhile is not claimed again
        after = replace(after, title_amount=after.outstanding, title_after=len(after.movements))
    after = replace(after, state=collecting(after))
    told = {"repayment": current.cause, "movements": str(len(current.movements)), "vehicle": inputs.vehicle.value}
    effects: tuple[Effect, ...] = ()
    if (current.way, current.deed) != (after.way, deed):
        known = {"before": current.way.value} | ({"deed": deed} if deed else {})
        effects = letter("way_changed", Addressee.RECRUITER, **told, **known)
    if (change := _of_title(current, after)) is not None:
        asked = {} if current.title_amount is None else {"asked": str(current.title_amount)}
        effects += letter("title_changed", Addressee.ACCOUNTANT, **told, **asked, change=change.value)
    return Outcome({"repayments": replaced(context.dossier.repayments, after)}, effects)


def _of_title(before: RepaymentFile, after: RepaymentFile) -> TitleChange | None:
    """What the accountant is to know; nothing of a request that has not left: it does not leave, or it may again."""
    if before.title_stands is after.title_stands or not after.title_was_asked or not after.withdrawal_told:
        return None
    return TitleChange.RESTORED if after.title_stands else TitleChange.WITHDRAWN


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountInputs(RepaymentInputs):
    """An amount, in euros."""

    amount: Decimal = field(metadata=label("Montant"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidInputs(AmountInputs):
    """Money that came back."""

    paid_on: date | None = field(default=None, metadata=label("Reçu le", help="Vide : aujourd’hui."))


def _repaid(context: Context[PaidInputs]) -> Outcome:
    """What is paid above what is due takes back as much of what was written off: it was due all the same."""
    inputs, on = context.inputs, context.inputs.paid_on or context.today
    current = taken_up(repayment_in(context), inputs.amount, on)
    amended = current.way is Vehicle.AMENDING_DECISION
    kind = MovementKind.AMENDED if amended else MovementKind.PAID
    after = once_moved(current, Movement(kind, inputs.amount, on))
    return Outcome({"repayments": replaced(context.dossier.repayments, after)})


@dataclass(frozen=True, slots=True, kw_only=True)
class OffsetInputs(AmountInputs):
    """What is held back of a tranche still to be paid, in the place of money that comes back."""

    tranche: str = field(metadata=label("Tranche", help="Son numéro, par exemple T2."))


def _offset(context: Context[OffsetInputs]) -> Outcome:
    """One entry on each side: what the recruiter owed has paid what it was owed."""
    inputs, dossier, cause = context.inputs, context.dossier, repayment_in(context).cause
    credit = on_ledger.credit_of(context)
    entry = LedgerEntry(
        next_id(dossier.ledger),
        LedgerKind.OFFSET,
        on_ledger.gained(inputs.amount),
        context.today,
        credit.budget_year,
        tranche=credit.id,
        reference=cause,
    )
    movement = Movement(MovementKind.OFFSET, inputs.amount, context.today, tranche=credit.id)
    return Outcome({**moved(context, movement), "ledger": (*dossier.ledger, entry)})


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundInputs(AmountInputs):
    """Money given back to the recruiter, who had paid more than it owed after all."""

    refunded_on: date | None = field(default=None, metadata=label("Rendu le", help="Vide : aujourd’hui."))


def _refund(context: Context[RefundInputs]) -> Outcome:
    inputs = context.inputs
    movement = Movement(MovementKind.REFUNDED, inputs.amount, inputs.refunded_on or context.today)
    return Outcome(moved(context, movement))


def _settle(context: Context[ActInputs]) -> Outcome:
    current = context.dossier.clawback
    if current is None:
        return Outcome({})
    closed = replace(current, settled_on=context.today)
    return Outcome({"repayments": replaced(context.dossier.repayments, closed)})


def _settle_overpayment(context: Context[RepaymentInputs]) -> Outcome:
    current = on_recovery.closing_of(context)
    if current is None:
        raise LookupError("no overpayment")
    closed = replace(current, settled_on=context.today)
    return Outcome({"repayments": replaced(context.dossier.repayments, closed)})


def _step(name: str, text: str, who: Who, inputs: type[ActInputs], perform: Any, *guards: Any) -> Act:
    return Act(name, text, (who,), inputs, perform, (step(name), repayment_named, *guards), sources=REPAYING)


ACTS = (
    _step(
        "request_title",
        "Demander le titre",
        Who.INSTRUCTOR,
        TitleRequestInputs,
        _request_title,
        on_recovery.title_never_asked,
        on_recovery.by_title,
        on_repayment.not_time_barred,
        on_recovery.no_claim_waits,
        on_recovery.debtor_has_siret,
    ),
    _step(
        "record_title",
        "Enregistrer le titre",
        Who.INSTRUCTOR,
        TitleInputs,
        _record_title,
        not_in_future("title_on"),
        on_recovery.title_after_decision,
        on_recovery.title_of_its_own,
        on_coming_back.title_nowhere_else,
        on_coming_back.request_has_left,
    ),
    _step(
        "record_title_receipt",
        "Enregistrer la réception du titre",
        Who.INSTRUCTOR,
        TitleReceiptInputs,
        _record_title_receipt,
        not_in_future("received_on"),
        on_recovery.received_after_title,
        on_coming_back.receipt_told_once,
    ),
    _step(
        "use_other_vehicle",
        "Recouvrer par une autre voie",
        Who.HEAD,
        VehicleInputs,
        _use_vehicle,
        reason_written,
        on_recovery.vehicle_is_another,
    ),
    _step(
        "record_repaid",
        "Enregistrer un paiement",
        Who.INSTRUCTOR,
        PaidInputs,
        _repaid,
        amount_positive,
        not_in_future("paid_on"),
        on_recovery.within_payable,
        on_coming_back.repaid_once_decided,
    ),
    _step(
        "offset_repayment",
        "Compenser sur une tranche",
        Who.INSTRUCTOR,
        OffsetInputs,
        _offset,
        amount_positive,
        on_recovery.by_offset,
        on_recovery.no_claim_waits,
        on_recovery.within_outstanding,
        on_ledger.within_tranche,
        on_recovery.within_owed,
    ),
    _step(
        "record_refund",
        "Enregistrer un remboursement au recruteur",
        Who.INSTRUCTOR,
        RefundInputs,
        _refund,
        amount_positive,
        not_in_future("refunded_on"),
        on_recovery.within_refund,
        on_coming_back.refunded_once_paid,
    ),
    Act(
        "settle",
        "Solder le reversement",
        (Who.INSTRUCTOR,),
        ActInputs,
        _settle,
        (on_recovery.repayment_over, on_recovery.claim_answered),
    ),
    Act(
        "settle_overpayment",
        "Solder le trop-perçu",
        (Who.INSTRUCTOR,),
        RepaymentInputs,
        _settle_overpayment,
        (on_recovery.overpayment_over, on_recovery.claim_on_overpayment_answered),
        sources=REPAYING,
    ),
)
