"""Acts of a repayment: the machine proposes, persons decide each legal step (A1 to A5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from workflows.accounts import to_repay
from workflows.acts.answers import AnswerInputs, answer_of
from workflows.acts.base import Act, ActInputs, Context, Outcome, Who
from workflows.acts.common import label
from workflows.calls.funding import RepaymentReading
from workflows.effects import Addressee, letter, mail
from workflows.guards import answers as on_answer
from workflows.guards import repayment as on_repayment
from workflows.guards.common import amount_positive, reason_written
from workflows.guards.days import not_in_future
from workflows.money.repayment import Repayment
from workflows.repayments import (
    REPAYMENT_MOVES,
    Amounts,
    Movement,
    Relief,
    RepaymentFile,
    RepaymentState,
    Vehicle,
)
from workflows.states import State

PAID = "paid"


def _amounts(found: Repayment) -> Amounts:
    allowed = {r: found.by_reading[r] for r in found.available}
    return Amounts(
        delegated=found.delegated,
        served=found.served,
        prorata=found.by_reading[RepaymentReading.PRORATA],
        integral=allowed.get(RepaymentReading.INTEGRAL),
        contract_year=allowed.get(RepaymentReading.CONTRACT_YEAR),
    )


def _open(context: Context[ActInputs]) -> Outcome:
    dossier, end = context.dossier, context.dossier.end
    if end is None:
        raise LookupError("no end")
    found = to_repay(dossier, context.call, end.last_day, cca=end.cca, reason=end.reason)
    proposal = RepaymentFile(end.id, RepaymentState.PROPOSED, context.today, _amounts(found), found.amount)
    effects = mail("repayment_proposed", Addressee.SERVICE)
    return Outcome({"repayments": (*dossier.repayments, proposal)}, effects)


def current_of(context: Context[Any]) -> RepaymentFile:
    """The repayment under way; LookupError when there is none (the guards never let that happen)."""
    current = context.dossier.repayment
    if current is None:
        raise LookupError("no repayment")
    return current


def _with(context: Context[Any], **changes: Any) -> dict[str, Any]:
    """The repayments of the dossier with the current one changed, moved to the state of the act."""
    move = REPAYMENT_MOVES.get(context.act)
    after = replace(current_of(context), **({"state": move[1]} if move else {}) | changes)
    return {"repayments": (*context.dossier.repayments[:-1], after)}


def _contradict(context: Context[ActInputs]) -> Outcome:
    return Outcome(_with(context), letter("L14", Addressee.RECRUITER))


def _remarks(context: Context[AnswerInputs]) -> Outcome:
    return Outcome(_with(context, answered_on=answer_of(context).on), mail("answer", Addressee.SERVICE))


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountInputs(ActInputs):
    """An amount, in euros."""

    amount: Decimal = field(metadata=label("Montant"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideInputs(AmountInputs):
    """The amount decided and how it comes back."""

    vehicle: Vehicle = field(default=Vehicle.TITLE, metadata=label("Voie"))


def _decide(context: Context[DecideInputs]) -> Outcome:
    inputs = context.inputs
    chosen = context.call.clauses.funding.repayment_reading.value
    changes = _with(context, decided=inputs.amount, decided_on=context.today, reading=chosen, vehicle=inputs.vehicle)
    return Outcome(changes, letter("L15", Addressee.RECRUITER))


def _drop(context: Context[ActInputs]) -> Outcome:
    return Outcome(_with(context), letter("repayment_dropped", Addressee.RECRUITER))


def _request_title(context: Context[ActInputs]) -> Outcome:
    return Outcome(_with(context), letter("L16", Addressee.ACCOUNTANT))


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleInputs(ActInputs):
    """The number of the title the accountant issued, and its day."""

    title: str = field(metadata=label("Numéro du titre"))
    title_on: date | None = field(default=None, metadata=label("Émis le", help="Vide : aujourd’hui."))


def _record_title(context: Context[TitleInputs]) -> Outcome:
    return Outcome(_with(context, title=context.inputs.title, title_on=context.inputs.title_on or context.today))


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleInputs(ActInputs):
    """Another way than a title."""

    vehicle: Vehicle = field(metadata=label("Voie"))


def _use_vehicle(context: Context[VehicleInputs]) -> Outcome:
    return Outcome(_with(context, vehicle=context.inputs.vehicle))


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidInputs(AmountInputs):
    """Money that came back."""

    paid_on: date | None = field(default=None, metadata=label("Reçu le", help="Vide : aujourd’hui."))


def _moved(context: Context[AmountInputs], movement: Movement) -> Outcome:
    current = current_of(context)
    after = replace(current, movements=(*current.movements, movement))
    changes: dict[str, Any] = {"movements": after.movements, "state": current.state}
    if movement.kind == PAID or current.state is RepaymentState.PARTLY_PAID:
        changes["state"] = RepaymentState.PAID if after.is_over else RepaymentState.PARTLY_PAID
    return Outcome(_with(context, **changes))


def _repaid(context: Context[PaidInputs]) -> Outcome:
    inputs = context.inputs
    return _moved(context, Movement(PAID, inputs.amount, inputs.paid_on or context.today))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliefInputs(AmountInputs):
    """A reduction, a remission or a write-off, with the authority that grants it."""

    relief: Relief = field(metadata=label("Nature"))
    authority: str | None = field(default=None, metadata=label("Autorité et décision"))


def _relieve(context: Context[ReliefInputs]) -> Outcome:
    inputs = context.inputs
    return _moved(context, Movement(inputs.relief.value, inputs.amount, context.today, inputs.authority))


def _settle(context: Context[ActInputs]) -> Outcome:
    return Outcome({})


def _step(
    name: str,
    text: str,
    who: Who,
    inputs: type[ActInputs],
    perform: Callable[[Context[Any]], Outcome],
    *guards: Any,
) -> Act:
    steps = (on_repayment.repayment_step(name),) if name in REPAYMENT_MOVES else ()
    return Act(name, text, (who,), inputs, perform, (*steps, *guards), sources=(State.CLAWBACK,))


ACTS = (
    Act(
        "open_clawback",
        "Proposer un reversement",
        (Who.CLOCK,),
        ActInputs,
        _open,
        (on_repayment.early_end, on_repayment.money_due, on_repayment.first_for_this_end),
    ),
    _step("start_contradictory", "Ouvrir la procédure contradictoire", Who.INSTRUCTOR, ActInputs, _contradict),
    Act(
        "record_remarks",
        "Répondre au constat",
        (Who.RECRUITER, Who.INSTRUCTOR),
        AnswerInputs,
        _remarks,
        (
            reason_written,
            on_repayment.repayment_step("decide_repayment"),
            on_answer.arrived_soundly,
            not_in_future("came_on"),
        ),
        sources=(State.CLAWBACK,),
    ),
    _step(
        "decide_repayment",
        "Décider le reversement",
        Who.HEAD,
        DecideInputs,
        _decide,
        reason_written,
        amount_positive,
        on_repayment.contradictory_over,
        on_repayment.reading_chosen,
    ),
    _step("drop_repayment", "Abandonner le reversement", Who.HEAD, ActInputs, _drop, reason_written),
    _step("request_title", "Demander le titre", Who.INSTRUCTOR, ActInputs, _request_title),
    _step(
        "record_title",
        "Enregistrer le titre",
        Who.INSTRUCTOR,
        TitleInputs,
        _record_title,
        not_in_future("title_on"),
        on_repayment.title_after_decision,
    ),
    _step(
        "use_other_vehicle",
        "Recouvrer par une autre voie",
        Who.HEAD,
        VehicleInputs,
        _use_vehicle,
        reason_written,
        on_repayment.vehicle_is_another,
    ),
    _step(
        "record_repaid",
        "Enregistrer un paiement",
        Who.INSTRUCTOR,
        PaidInputs,
        _repaid,
        amount_positive,
        not_in_future("paid_on"),
        on_repayment.within_outstanding,
    ),
    _step(
        "grant_relief",
        "Réduire, remettre ou admettre en non-valeur",
        Who.HEAD,
        ReliefInputs,
        _relieve,
        reason_written,
        amount_positive,
        on_repayment.within_outstanding,
        on_repayment.relief_has_authority,
    ),
    Act("settle", "Solder le reversement", (Who.INSTRUCTOR,), ActInputs, _settle, (on_repayment.repayment_over,)),
)
