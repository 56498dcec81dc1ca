"""Acts on the ledger of a post: payments, reductions, what started elsewhere, corrections. Entries are only added."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from workflows.account.correcting import corrected, is_title
from workflows.acts.base import Act, ActInputs, Context, Outcome, Who
from workflows.acts.common import label
from workflows.acts.money import credited
from workflows.acts.repaying import REPAYING
from workflows.dossier import Dossier
from workflows.effects import Addressee, Effect, letter
from workflows.guards import ledger as on_ledger
from workflows.guards import mistakes as on_mistake
from workflows.guards import openings as on_opening
from workflows.guards.common import amount_positive, reason_written
from workflows.guards.days import not_in_future
from workflows.guards.succession import recruiter_known
from workflows.identifiers import compact
from workflows.parts.ledger import LedgerEntry, LedgerKind, Payee, next_id
from workflows.parts.repayments import RepaymentFile
from workflows.parts.titles import TitleChange
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
    """The line of the account that was written by mistake: a tranche, an entry, a title, money of a repayment."""

    entry: str = field(metadata=label("Écriture à annuler"))


def _correct(context: Context[CorrectInputs]) -> Outcome:
    """The opposite line; what it was of a repayment is due again, or to be given back again."""
    dossier, line = context.dossier, context.inputs.entry
    changes = corrected(dossier, line, context.today)
    return Outcome(changes, tuple(_told(dossier, replace(dossier, **changes), is_title(dossier, line))))


def _told(before: Dossier, after: Dossier, untitled: bool) -> Iterator[Effect]:
    """The accountant is told of another debtor, and of a number of title that they were told and was not the right."""
    for former, now in zip(before.repayments, after.repayments, strict=True):
        known = {"repayment": now.cause, "movements": str(len(now.movements))}
        if former.debtor != now.debtor and now.title_stands:
            yield from letter("title_changed", Addressee.ACCOUNTANT, **known, change=TitleChange.SUCCEEDED.value)
        if untitled and former.title != now.title and _was_told(before, former):
            about = {"change": TitleChange.MISTAKEN.value, "bill": former.title or ""}
            yield from letter("title_changed", Addressee.ACCOUNTANT, **known, **about)


def _was_told(dossier: Dossier, repayment: RepaymentFile) -> bool:
    """True when letters to the accountant may have named the title: those on a relief, or on another debtor."""
    since = repayment.title_on or repayment.title_asked_on or repayment.opened_on
    reliefs = (moved.on for moved in repayment.movements if not moved.kind.is_money)
    return any(on >= since for on in (*reliefs, *(taken.on for taken in dossier.successions)))


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
            on_ledger.reference_of_its_own,
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
            recruiter_known,
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
            on_mistake.something_written,
            on_mistake.line_correctable,
            on_mistake.sound_once_corrected,
            on_mistake.nothing_rests_on_it,
        ),
        sources=REPAYING,
    ),
)
