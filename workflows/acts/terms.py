"""Acts that change what the months of a post are worth from a day on: quotité, distance waived, contract extended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from workflows.account.worth import on_their_terms, terms_on
from workflows.acts.award import award_of
from workflows.acts.base import Act, ActInputs, Context, Outcome, Who
from workflows.acts.common import label
from workflows.dossier import Dossier
from workflows.guards import budget as on_budget
from workflows.guards import terms as on_terms
from workflows.guards.common import reason_written
from workflows.money.terms import PostTerms
from workflows.parts.waivers import DistanceWaiver
from workflows.states import State
from workflows.tenure import Tenure, turned

S = State


def on_new_terms(dossier: Dossier, since: date, change: Callable[[PostTerms], PostTerms]) -> tuple[Tenure, ...]:
    """The stays, the present one with its terms changed from a day on; what was served before keeps its price (A26)."""
    stays = on_their_terms(dossier)
    if not stays or stays[-1].ends_on is not None:
        return stays
    return (*stays[:-1], turned(stays[-1], since, change, present=terms_on(dossier, stays[-1].starts_on)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareInputs(ActInputs):
    """The share of a full time that the contract is for, from a day on."""

    share: Fraction = field(metadata=label("Quotité", help="Une part d’un temps plein : 4/5, ou 0,8."))
    since: date = field(metadata=label("À partir du"))


def _change_share(context: Context[ShareInputs]) -> Outcome:
    share, since = context.inputs.share, context.inputs.since
    stays = on_new_terms(context.dossier, since, lambda terms: replace(terms, contract_share=share))
    return Outcome({"contract_share": share, "tenures": stays})


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverInputs(ActInputs):
    """A place of work that counts for the premium though it is too near, on the proposal of the director."""

    site: str = field(metadata=label("Lieu d’exercice"))
    since: date = field(metadata=label("À partir du"))
    proposal: str = field(metadata=label("Proposition du directeur", help="La référence de son courrier."))


def _waive(context: Context[WaiverInputs]) -> Outcome:
    inputs, dossier = context.inputs, context.dossier
    waiver = DistanceWaiver(inputs.site, inputs.since, context.today, inputs.proposal, context.by.id)
    stays = on_new_terms(dossier, inputs.since, lambda terms: replace(terms, waived=terms.waived | {inputs.site}))
    return Outcome({"waivers": (*dossier.waivers, waiver), "tenures": stays})


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendInputs(ActInputs):
    """The new last day of the contract, and whether the months added are financed."""

    until: date = field(metadata=label("Nouveau terme", help="Le dernier jour du contrat prolongé, compris."))
    financed: bool = field(
        default=False,
        metadata=label(
            "Mois ajoutés financés",
            help="Seul le directeur général peut en décider. Tous les mois le sont alors jusqu’au nouveau terme, y "
            "compris ceux qu’une prolongation d’avant n’avait pas financés.",
        ),
    )


def _extend(context: Context[ExtendInputs]) -> Outcome:
    """The contract goes further; its credits do not, unless the director general says so (A35)."""
    return Outcome({"award": on_terms.extended(award_of(context), context.inputs.until, context.inputs.financed)})


ACTS = (
    Act(
        "change_contract_share",
        "Changer la quotité du contrat",
        (Who.HEAD,),
        ShareInputs,
        _change_share,
        (
            reason_written,
            on_terms.share_sound,
            on_terms.within_post,
            on_terms.share_followed,
            on_budget.envelope_covers,
        ),
        sources=(S.SELECTED, S.NOTIFIED, S.IN_POST),
    ),
    Act(
        "waive_distance",
        "Lever la distance de la prime",
        (Who.DG,),
        WaiverInputs,
        _waive,
        (
            on_terms.distance_counts,
            reason_written,
            on_terms.site_waivable,
            on_terms.within_post,
            on_budget.envelope_covers,
        ),
        sources=(S.SELECTED, S.NOTIFIED, S.IN_POST),
    ),
    Act(
        "extend",
        "Prolonger le contrat",
        (Who.HEAD,),
        ExtendInputs,
        _extend,
        (
            reason_written,
            on_terms.extension_sound,
            on_terms.financed_by_the_dg,
            on_terms.extension_priced,
            on_budget.envelope_covers,
        ),
        sources=(S.IN_POST,),
    ),
)
