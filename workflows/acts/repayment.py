"""Acts of a repayment until it is decided: the machine or an instructor proposes, persons decide (A1 to A5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from workflows.account.asked_back import taken_over
from workflows.account.payees import debtor_of
from workflows.actors import Role
from workflows.acts.answers import answer_of
from workflows.acts.base import Act, ActInputs, Context, Outcome, Who
from workflows.acts.common import label
from workflows.acts.repaying import REPAYING, RepaymentAnswerInputs, RepaymentInputs, changed, repayment_in
from workflows.calls.funding import Vehicle
from workflows.effects import Addressee, letter, mail
from workflows.guards import answers as on_answer
from workflows.guards import coming_back as on_coming_back
from workflows.guards import deciding as on_deciding
from workflows.guards import repayment as on_repayment
from workflows.guards.common import amount_positive, reason_of_person, reason_written
from workflows.guards.days import not_in_future
from workflows.guards.which_repayment import repayment_named, step
from workflows.parts.repayment_steps import RepaymentState
from workflows.parts.repayments import RepaymentFile, RepaymentKind
from workflows.repaying.liquidation import (
    Liquidation,
    let_go_of,
    liquidation,
    of_end,
    of_overpayment,
    overpaid_since,
    overpayment_cause,
)


def _proposal(context: Context[Any], cause: str, found: Liquidation, known_on: date, **more: Any) -> RepaymentFile:
    return RepaymentFile(
        cause,
        RepaymentState.PROPOSED,
        context.today,
        found.amounts,
        found.amount,
        known_on=known_on,
        bases=found.bases,
        **more,
    )


def _open(context: Context[ActInputs]) -> Outcome:
    """The end asks for all that was paid in excess: an overpayment that was only proposed is part of it."""
    dossier, end = taken_over(context.dossier, context.today), context.dossier.end
    if end is None:
        raise LookupError("no end")
    known = (r.known_on for r in context.dossier.repayments if r.is_only_proposed and r.known_on)
    known_on = min((end.told_on or context.today, *known))
    proposal = _proposal(context, end.id, of_end(dossier, context.call, end), known_on)
    effects = mail("repayment_proposed", Addressee.SERVICE, repayment=end.id)
    return Outcome({"repayments": (*dossier.repayments, proposal)}, effects)


@dataclass(frozen=True, slots=True, kw_only=True)
class OverpaymentInputs(ActInputs):
    """Since when the agency knows that it paid too much: its claim is time-barred five years later."""

    known_on: date | None = field(
        default=None,
        metadata=label("Connu de l’agence le", help="Vide : le jour du versement, ou du changement, qui l’a fait."),
    )


def _open_overpayment(context: Context[OverpaymentInputs]) -> Outcome:
    dossier, by_machine = context.dossier, context.by.role is Role.CLOCK
    proposal = _proposal(
        context,
        overpayment_cause(dossier),
        of_overpayment(dossier),
        context.inputs.known_on or overpaid_since(dossier) or context.today,
        follows=RepaymentKind.OVERPAYMENT,
        proposed_by=None if by_machine else context.by.id,
    )
    told = mail("repayment_proposed", Addressee.SERVICE, repayment=proposal.cause) if by_machine else ()
    return Outcome({"repayments": (*dossier.repayments, proposal)}, told)


def _contradict(context: Context[RepaymentInputs]) -> Outcome:
    """The recruiter is heard on the debt as it is today; heard again, its answer to what is new is awaited."""
    former = repayment_in(context)
    found = liquidation(context.dossier, context.call, former)
    current, changes = changed(
        context,
        amounts=found.amounts,
        bases=found.bases,
        reading=found.reading,
        proposed=found.amount,
        answer_by=None,
        answered_on=None,
        prepared_by=context.by.id,
        former_preparers=tuple(sorted(former.preparers - {context.by.id})),
    )
    return Outcome(changes, letter("L14", Addressee.RECRUITER, repayment=current.cause))


@dataclass(frozen=True, slots=True, kw_only=True)
class RemarksInputs(RepaymentAnswerInputs):
    """The remarks of the recruiter. `hearing`: it asks to be heard too, as anybody may (CRPA L. 122-1)."""

    reason: str | None = field(default=None, metadata=label("Observations", personal=True))
    hearing: bool = field(
        default=False,
        metadata=label(
            "Demande à être entendu", help="De vive voix, avec ou sans conseil, avant que la décision soit prise."
        ),
    )


def _remarks(context: Context[RemarksInputs]) -> Outcome:
    on, before = answer_of(context).on, repayment_in(context).hearing_asked_on
    asked_on = before or (on if context.inputs.hearing else None)
    current, changes = changed(context, answered_on=on, hearing_asked_on=asked_on)
    return Outcome(changes, mail("answer", Addressee.SERVICE, repayment=current.cause))


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideInputs(RepaymentInputs):
    """The amount decided, in euros, and how it comes back: by the way of its line of credits unless one is given."""

    reason: str | None = field(
        default=None,
        metadata=label(
            "Motif", personal=True, help="Écrit dans la décision : répondez-y aussi aux observations du recruteur."
        ),
    )
    amount: Decimal = field(metadata=label("Montant"))
    vehicle: Vehicle | None = field(
        default=None, metadata=label("Voie", help="Vide : la voie ordinaire de la ligne de crédits.")
    )
    heard_on: date | None = field(
        default=None, metadata=label("Recruteur entendu le", help="À dire quand il l’a demandé.")
    )


def _decide(context: Context[DecideInputs]) -> Outcome:
    inputs, usual, former = context.inputs, on_repayment.usual_vehicle(context), repayment_in(context)
    found = liquidation(context.dossier, context.call, former)
    current, changes = changed(
        context,
        amounts=found.amounts,
        bases=found.bases,
        reading=found.reading,
        decided=inputs.amount,
        decided_on=context.today,
        decided_by=context.by.id,
        let_go=let_go_of(former, found, inputs.amount),
        vehicle=inputs.vehicle or (usual.value if usual else None) or Vehicle.TITLE,
        debtor=debtor_of(context.dossier),
        heard_on=inputs.heard_on,
        relief=None,
    )
    return Outcome(changes, letter("L15", Addressee.RECRUITER, repayment=current.cause))


def _step(
    name: str,
    text: str,
    who: tuple[Who, ...],
    inputs: type[ActInputs],
    perform: Callable[[Context[Any]], Outcome],
    *guards: Any,
) -> Act:
    return Act(name, text, who, inputs, perform, (step(name), repayment_named, *guards), sources=REPAYING)


ACTS = (
    Act(
        "open_clawback",
        "Proposer un reversement",
        (Who.CLOCK,),
        ActInputs,
        _open,
        (on_repayment.early_end, on_repayment.money_due, on_repayment.first_for_this_end),
    ),
    Act(
        "open_overpayment",
        "Proposer le reversement d’un trop-perçu",
        (Who.INSTRUCTOR, Who.CLOCK),
        OverpaymentInputs,
        _open_overpayment,
        (
            reason_of_person,
            not_in_future("known_on"),
            on_repayment.overpaid,
            on_repayment.end_asked_first,
            on_repayment.post_held,
            on_repayment.first_for_this_cause,
        ),
        sources=REPAYING,
    ),
    _step(
        "start_contradictory",
        "Ouvrir la procédure contradictoire",
        (Who.INSTRUCTOR,),
        RepaymentInputs,
        _contradict,
        on_repayment.still_due,
        on_repayment.something_to_hear,
        on_deciding.leaves_the_decision,
    ),
    _step(
        "record_remarks",
        "Répondre au constat",
        (Who.RECRUITER, Who.INSTRUCTOR),
        RemarksInputs,
        _remarks,
        reason_written,
        on_answer.arrived_soundly,
        not_in_future("came_on"),
    ),
    _step(
        "decide_repayment",
        "Décider le reversement",
        (Who.HEAD,),
        DecideInputs,
        _decide,
        reason_written,
        amount_positive,
        on_repayment.another_prepared,
        on_repayment.contradictory_over,
        not_in_future("heard_on"),
        on_coming_back.heard_once_opened,
        on_repayment.hearing_held,
        on_repayment.not_time_barred,
        on_repayment.still_due,
        on_repayment.within_due,
        on_repayment.within_paid,
        on_deciding.as_calculated,
        on_repayment.vehicle_of_line,
    ),
)
