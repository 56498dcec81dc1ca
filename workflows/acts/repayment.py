"""Acts of a repayment until it is decided: the machine or an instructor proposes, persons decide (A1 to A5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from workflows.accounts import served_until, to_repay
from workflows.acts.answers import answer_of
from workflows.acts.base import Act, ActInputs, Context, Outcome, Who
from workflows.acts.common import label
from workflows.acts.repaying import REPAYING, RepaymentAnswerInputs, RepaymentInputs, changed, repayment_in
from workflows.calls.funding import RepaymentReading, Vehicle
from workflows.dossier import Dossier
from workflows.effects import Addressee, letter, mail
from workflows.guards import answers as on_answer
from workflows.guards import repayment as on_repayment
from workflows.guards.common import amount_positive, reason_written
from workflows.guards.days import not_in_future
from workflows.guards.which_repayment import repayment_named, step
from workflows.money.bases import Bases, earned_lines, paid_lines
from workflows.money.repayment import Repayment
from workflows.repayments import Amounts, Debtor, RepaymentFile, RepaymentKind, RepaymentState, asked_back


def _amounts(found: Repayment) -> Amounts:
    allowed = {r: found.by_reading[r] for r in found.available}
    return Amounts(
        delegated=found.paid,
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
    earned = earned_lines(served_until(dossier, context.call, end.last_day).lines)
    proposal = RepaymentFile(
        end.id,
        RepaymentState.PROPOSED,
        context.today,
        _amounts(found),
        found.amount,
        known_on=end.told_on or context.today,
        bases=Bases(paid_lines(dossier.ledger), earned, asked_back(dossier.repayments)),
    )
    effects = mail("repayment_proposed", Addressee.SERVICE, repayment=end.id)
    return Outcome({"repayments": (*dossier.repayments, proposal)}, effects)


@dataclass(frozen=True, slots=True, kw_only=True)
class OverpaymentInputs(ActInputs):
    """Since when the agency knows that it paid too much: its claim is time-barred five years later."""

    known_on: date | None = field(default=None, metadata=label("Connu de l’agence le", help="Vide : aujourd’hui."))


def _open_overpayment(context: Context[OverpaymentInputs]) -> Outcome:
    dossier = context.dossier
    bases = on_repayment.overpayment_bases(dossier)
    proposal = RepaymentFile(
        on_repayment.overpayment_cause(dossier),
        RepaymentState.PROPOSED,
        context.today,
        Amounts(bases.total_paid - bases.asked, bases.total_earned, bases.excess, None, None),
        bases.excess,
        follows=RepaymentKind.OVERPAYMENT,
        known_on=context.inputs.known_on or context.today,
        bases=bases,
    )
    return Outcome({"repayments": (*dossier.repayments, proposal)})


def _contradict(context: Context[RepaymentInputs]) -> Outcome:
    current, changes = changed(context, prepared_by=context.by.id)
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


def debtor_of(dossier: Dossier) -> Debtor | None:
    """Who owes what a post gives back: its recruiter as it is now, or the entity that succeeded it (A5, A43)."""
    site = dossier.recruiter
    return Debtor(site.id, site.legal_entity, site.name) if site else None


def _decide(context: Context[DecideInputs]) -> Outcome:
    inputs, usual = context.inputs, on_repayment.usual_vehicle(context)
    current, changes = changed(
        context,
        decided=inputs.amount,
        decided_on=context.today,
        decided_by=context.by.id,
        reading=on_repayment.reading_of(context),
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
        (Who.INSTRUCTOR,),
        OverpaymentInputs,
        _open_overpayment,
        (
            reason_written,
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
        on_repayment.hearing_held,
        on_repayment.not_time_barred,
        on_repayment.reading_chosen,
        on_repayment.within_paid,
        on_repayment.vehicle_of_line,
    ),
)
