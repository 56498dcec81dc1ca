"""Guards on what a post brings with it: the tranches notified, and paid, where it started."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from workflows.account.worth import awarded
from workflows.acts.base import Context, input_guard
from workflows.calls.sources import UnknownValueError
from workflows.findings import Check, Finding, check, refusal, warning
from workflows.french import amount, short_day
from workflows.guards.days import REACH_YEARS
from workflows.money.rounding import MILLIARD
from workflows.parts.ledger import LedgerKind

OPENED_ALREADY = refusal(
    "opening_exists",
    "La tranche de {notified} notifiée le {on} sur l’exercice {year} est déjà reprise.",
    "Annulez d’abord ses écritures si elle est à refaire.",
)
OPENING_UNSOUND = refusal(
    "opening_unsound",
    "Une reprise a un montant délégué supérieur à zéro, et un montant versé qui ne le dépasse pas.",
    "Corrigez les deux montants.",
)
OPENING_ORDER = refusal(
    "opening_before_notified",
    "La situation du {on} serait antérieure à la notification du {notified_on}.",
    "Corrigez l’une des deux dates.",
)
OPENING_FAR = refusal(
    "opening_year_far",
    "L’exercice {year} est à plus de {years} ans du {on}.",
    "Vérifiez l’année.",
)
OPENING_TOO_MUCH = refusal(
    "opening_too_much",
    "Avec cette reprise, les crédits du poste atteindraient un milliard d’euros.",
    "Vérifiez les montants repris : l’un d’eux est faux.",
)
OPENING_ABOVE = warning(
    "opening_above_award",
    "Avec cette reprise, {notified} auraient été délégués, pour {awarded} accordés.",
    "Vérifiez les montants repris ; s’ils sont exacts, réduisez ce qui dépasse.",
)


@input_guard
def opened_once(context: Context[Any]) -> Check:
    """A tranche notified elsewhere is taken up once; it may be again when it was taken back."""
    inputs, ledger = context.inputs, context.dossier.ledger
    corrected = {entry.corrects for entry in ledger}
    same = any(
        e.kind is LedgerKind.OPENING_NOTIFIED
        and e.corrects is None
        and e.id not in corrected
        and (e.on, e.budget_year, e.amount) == (inputs.notified_on, inputs.budget_year, inputs.notified)
        for e in ledger
    )
    told = {"notified": amount(inputs.notified), "on": short_day(inputs.notified_on), "year": inputs.budget_year}
    return check(OPENED_ALREADY(**told) if same else None)


@input_guard
def opening_sound(context: Context[Any]) -> Check:
    """No more was paid than notified, since it was, for a year near that day; above the award it is pointed out."""
    inputs = context.inputs
    notified_on, on = short_day(inputs.notified_on), short_day(inputs.on)
    far = abs(inputs.budget_year - inputs.notified_on.year) > REACH_YEARS
    wrong = not 0 <= inputs.paid <= inputs.notified or inputs.notified <= 0
    total = sum((credit.notified for credit in context.dossier.credits), inputs.notified)
    return check(
        OPENING_TOO_MUCH() if total >= MILLIARD else None,
        OPENING_UNSOUND() if wrong else None,
        OPENING_ORDER(on=on, notified_on=notified_on) if inputs.on < inputs.notified_on else None,
        OPENING_FAR(year=inputs.budget_year, years=REACH_YEARS, on=notified_on) if far else None,
        None if wrong else _above(context, context.dossier.delegated_net + inputs.notified),
        notified=inputs.notified,
        paid=inputs.paid,
    )


def _above(context: Context[Any], notified: Decimal) -> Finding | None:
    try:
        total = awarded(context.dossier, context.call).total
    except UnknownValueError:
        return None
    return OPENING_ABOVE(notified=amount(notified), awarded=amount(total)) if notified > total else None
