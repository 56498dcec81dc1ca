"""Acts on the credits of a post: the financial notification and the tranches."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from workflows.account.worth import notice_now
from workflows.acts.base import Act, ActInputs, Context, Outcome, Who
from workflows.acts.common import label
from workflows.calls.funding import Funding
from workflows.effects import Addressee, letter
from workflows.guards import award as on_award
from workflows.guards import budget as on_budget
from workflows.guards import money as on_money
from workflows.guards import notice as on_notice
from workflows.guards.common import amount_positive
from workflows.guards.days import delegated_soundly, not_in_future
from workflows.parts.credits import Tranche, first_of
from workflows.states import State

S = State

_CREDITED = {"recruiter": Addressee.RECRUITER, "partner": Addressee.PARTNERS}


def credited(funding: Funding) -> Addressee:
    """Who receives the credits and is told of them; where the call names nobody, the recruiter, who pays the doctor."""
    return _CREDITED.get(funding.payee.value or "", Addressee.RECRUITER)


def _notify_money(context: Context[ActInputs]) -> Outcome:
    """The notification of what is awarded now; one that replaces another leaves it in the journal."""
    former, to = context.dossier.money_notice, credited(context.call.clauses.funding)
    replaced = {"replaces": former.notified_on.isoformat()} if former else {}
    notice = notice_now(context.dossier, context.call, context.today).after(former)
    return Outcome({"money_notice": notice}, letter("L11", to, Addressee.ACCOUNTANT, **replaced))


@dataclass(frozen=True, slots=True, kw_only=True)
class TrancheInputs(ActInputs):
    """Credits delegated to the recruiter, in euros."""

    amount: Decimal = field(metadata=label("Montant"))
    budget_year: int = field(metadata=label("Exercice budgétaire"))
    delegated_on: date | None = field(default=None, metadata=label("Délégué le", help="Vide : aujourd’hui."))


def _record_tranche(context: Context[TrancheInputs]) -> Outcome:
    inputs, tranches = context.inputs, context.dossier.tranches
    on, sums = inputs.delegated_on or context.today, first_of(context.dossier.undelegated, inputs.amount)
    tranche = Tranche(f"T{len(tranches) + 1}", inputs.amount, inputs.budget_year, on, sums)
    return Outcome({"tranches": (*tranches, tranche)})


ACTS = (
    Act(
        "notify_money",
        "Notifier le financement",
        (Who.HEAD,),
        ActInputs,
        _notify_money,
        (
            on_notice.money_to_notify,
            on_money.award_unconditional,
            on_award.condition_met,
            on_money.cost_settled,
            on_notice.delegated_covered,
            on_budget.envelope_covers_post,
        ),
        sources=(S.NOTIFIED, S.IN_POST),
    ),
    Act(
        "record_tranche",
        "Enregistrer une tranche",
        (Who.INSTRUCTOR,),
        TrancheInputs,
        _record_tranche,
        (
            amount_positive,
            not_in_future("delegated_on"),
            delegated_soundly,
            on_notice.money_notified,
            on_notice.notice_current,
            on_notice.within_notice,
            on_notice.within_award,
            on_money.year_of_post,
            on_money.presence_confirmed,
            on_money.no_end_declared,
            on_money.tranche_as_planned,
        ),
        sources=(S.IN_POST,),
    ),
)
