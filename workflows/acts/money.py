"""Acts on the credits of a post: the financial notification and the tranches."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from workflows.accounts import awarded, terms_of
from workflows.acts.award import award_of
from workflows.acts.base import Act, ActInputs, Context, Outcome, Who
from workflows.acts.common import label
from workflows.calls.funding import Funding
from workflows.dossier import MoneyNotice, Tranche
from workflows.effects import Addressee, letter
from workflows.guards import award as on_award
from workflows.guards import money as on_money
from workflows.guards.common import amount_positive, not_in_future
from workflows.money.monthly import monthly_amount
from workflows.states import State

S = State

_CREDITED = {"recruiter": Addressee.RECRUITER, "partner": Addressee.PARTNERS}


def credited(funding: Funding) -> Addressee:
    """Who receives the credits and is told of them; where the call names nobody, the recruiter, who pays the doctor."""
    return _CREDITED.get(funding.payee.value or "", Addressee.RECRUITER)


def _notify_money(context: Context[ActInputs]) -> Outcome:
    dossier, funding = context.dossier, context.call.clauses.funding
    years = -(-award_of(context).months // 12)
    terms = terms_of(dossier)
    monthly = tuple(monthly_amount(funding, terms, year).amount for year in range(1, years + 1))
    notice = MoneyNotice(context.today, monthly, awarded(dossier, context.call).total)
    return Outcome({"money_notice": notice}, letter("L11", credited(funding), Addressee.ACCOUNTANT))


@dataclass(frozen=True, slots=True, kw_only=True)
class TrancheInputs(ActInputs):
    """Credits delegated to the recruiter, in euros."""

    amount: Decimal = field(metadata=label("Montant"))
    budget_year: int = field(metadata=label("Exercice budgétaire"))
    delegated_on: date | None = field(default=None, metadata=label("Délégué le"))


def _record_tranche(context: Context[TrancheInputs]) -> Outcome:
    inputs, tranches = context.inputs, context.dossier.tranches
    tranche = Tranche(f"T{len(tranches) + 1}", inputs.amount, inputs.budget_year, inputs.delegated_on or context.today)
    return Outcome({"tranches": (*tranches, tranche)})


ACTS = (
    Act(
        "notify_money",
        "Notifier le financement",
        (Who.HEAD,),
        ActInputs,
        _notify_money,
        (
            on_money.money_not_notified_yet,
            on_money.award_unconditional,
            on_award.condition_met,
            on_money.cost_settled,
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
            on_money.money_notified,
            on_money.within_award,
            on_money.presence_confirmed,
            on_money.no_end_declared,
            on_money.tranche_as_planned,
        ),
        sources=(S.IN_POST,),
    ),
)
