"""Acts on the ledger of a post: payments, reductions, what started elsewhere, corrections. Entries are only added."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from workflows.acts.base import Act, ActInputs, Context, Outcome, Who
from workflows.acts.common import label
from workflows.acts.money import credited
from workflows.acts.repaying import once_moved, replaced
from workflows.effects import Addressee, letter
from workflows.guards import ledger as on_ledger
from workflows.guards import openings as on_opening
from workflows.guards.common import amount_positive, reason_written
from workflows.guards.days import not_in_future
from workflows.identifiers import compact
from workflows.parts.ledger import LedgerEntry, LedgerKind, Payee, next_id
from workflows.parts.movements import Movement, MovementKind
from workflows.states import State

S = State
#: A tranche may wait for its payment, or its reduction, wherever the post has gone since.
_WITH_CREDITS = (S.SELECTED, S.NOTIFIED, S.IN_POST, S.WITHDRAWN, S.ENDED, S.CLAWBACK, S.REJECTED)


def _added(context: Context[Any], entries: Iterable[LedgerEntry]) -> dict[str, Any]:
    return {"ledger": (*context.dossier.ledger, *entries)}


def _next_id(context: Context[Any], rank: int = 1) -> str:
    return next_id(context.dossier.ledger, rank)


@dataclass(frozen=True, slots=True, kw_only=True)
class _OnTranche(ActInputs):
    """Some euros of a tranche."""

    tranche: str = field(metadata=label("Tranche"))
    amount: Decimal = field(metadata=label("Montant"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentInputs(_OnTranche):
    """A payment that left: of which tranche, how much, when, under which reference, to whom."""

    reference: str = field(metadata=label("Référence du paiement"))
    siret: str = field(metadata=label("SIRET du bénéficiaire", help="Quatorze chiffres."))
    legal_entity: str = field(
        metadata=label("FINESS de l’entité juridique", help="Celui de l’établissement qui reçoit les crédits.")
    )
    paid_on: date | None = field(default=None, metadata=label("Payé le", help="Vide : aujourd’hui."))


def _pay(context: Context[PaymentInputs]) -> Outcome:
    inputs, credit = context.inputs, on_ledger.credit_of(context)
    entry = LedgerEntry(
        _next_id(context),
        LedgerKind.PAID,
        on_ledger.gained(inputs.amount),
        inputs.paid_on or context.today,
        credit.budget_year,
        tranche=credit.id,
        reference=inputs.reference,
        payee=Payee(compact(inputs.siret), compact(inputs.legal_entity)),
    )
    return Outcome(_added(context, (entry,)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReduceInputs(_OnTranche):
    """Euros of a tranche that will not be paid."""

    reference: str | None = field(default=None, metadata=label("Décision modificative"))


def _reduce(context: Context[ReduceInputs]) -> Outcome:
    inputs, credit = context.inputs, on_ledger.credit_of(context)
    entry = LedgerEntry(
        _next_id(context),
        LedgerKind.REDUCED,
        on_ledger.gained(inputs.amount),
        context.today,
        credit.budget_year,
        tranche=credit.id,
        reference=inputs.reference,
    )
    told = credited(context.call.clauses.funding), Addressee.ACCOUNTANT
    return Outcome(_added(context, (entry,)), letter("tranche_reduced", *told, entry=entry.id))


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningInputs(ActInputs):
    """One tranche notified elsewhere, for a post that started there: when, on which budget, and what was paid of it."""

    notified: Decimal = field(
        metadata=label("Montant délégué", help="Celui d’une tranche : il y a une reprise par tranche.")
    )
    notified_on: date = field(
        metadata=label(
            "Notifié le", help="Le jour de la notification : les crédits se périment à partir d’elle.", long_ago=True
        )
    )
    budget_year: int = field(metadata=label("Exercice budgétaire"))
    paid: Decimal = field(metadata=label("Déjà versé sur cette tranche"))
    on: date = field(metadata=label("Situation au", help="Le jour où ces montants étaient ceux-là.", long_ago=True))
    reference: str = field(metadata=label("Pièce d’où viennent ces montants"))


def _open(context: Context[OpeningInputs]) -> Outcome:
    inputs, name = context.inputs, _next_id(context)
    notified, paid = on_ledger.gained(inputs.notified), on_ledger.gained(inputs.paid)
    rest = (inputs.budget_year, name, inputs.reference)
    entries = [LedgerEntry(name, LedgerKind.OPENING_NOTIFIED, notified, inputs.notified_on, *rest)]
    if inputs.paid:
        entries.append(LedgerEntry(_next_id(context, 2), LedgerKind.OPENING_PAID, paid, inputs.on, *rest))
    return Outcome(_added(context, entries))


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectInputs(ActInputs):
    """The entry of the ledger, or the tranche, that was written by mistake."""

    entry: str = field(metadata=label("Écriture à annuler"))


def _correct(context: Context[CorrectInputs]) -> Outcome:
    """The opposite entry; an offset is taken back on its other side too, in the repayment that it paid."""
    entry, dossier = on_ledger.counter_entry(context), context.dossier
    changes, paid = _added(context, (entry,)), on_ledger.paid_by(dossier, entry)
    if paid is None:
        return Outcome(changes)
    undone = Movement(MovementKind.OFFSET_UNDONE, -entry.amount, context.today, tranche=entry.tranche)
    return Outcome(changes | {"repayments": replaced(dossier.repayments, once_moved(paid, undone))})


ACTS = (
    Act(
        "record_payment",
        "Enregistrer un versement",
        (Who.INSTRUCTOR,),
        PaymentInputs,
        _pay,
        (
            on_ledger.something_to_pay,
            amount_positive,
            not_in_future("paid_on"),
            on_ledger.within_tranche,
            on_ledger.paid_after_notified,
            on_ledger.payee_sound,
            on_ledger.payment_earned,
        ),
        sources=_WITH_CREDITS,
    ),
    Act(
        "reduce_tranche",
        "Réduire une tranche",
        (Who.HEAD,),
        ReduceInputs,
        _reduce,
        (reason_written, on_ledger.something_to_pay, amount_positive, on_ledger.within_tranche),
        sources=_WITH_CREDITS,
    ),
    Act(
        "record_opening",
        "Reprendre un compte tenu ailleurs",
        (Who.HEAD,),
        OpeningInputs,
        _open,
        (
            reason_written,
            not_in_future("on"),
            on_opening.opened_once,
            on_opening.opening_sound,
        ),
        sources=(S.NOTIFIED, S.IN_POST, S.WITHDRAWN, S.ENDED),
    ),
    Act(
        "correct_ledger_entry",
        "Annuler une écriture du compte",
        (Who.HEAD,),
        CorrectInputs,
        _correct,
        (
            reason_written,
            on_ledger.something_written,
            on_ledger.correctable,
            on_ledger.sound_once_corrected,
        ),
        sources=_WITH_CREDITS,
    ),
)
