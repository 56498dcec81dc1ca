"""L17b: the renewal of a post, told to the recruiter. The award of the dossier that renews another one decides it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from workflows.dossier import Dossier
from workflows.letters.award import MonthLine, RateLine, award_letter
from workflows.letters.data import LetterData, labelled
from workflows.letters.matter import Matter, common
from workflows.letters.standing import grants_deferral
from workflows.parts.receipts import AWARDS


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalLetter(LetterData):
    """What a renewal tells the recruiter. `renews`: the number of the dossier renewed. `times`: how often the call
    allows it, None when it does not say. `changed`: what the award said of days or amounts was changed since by an
    act. The amounts are None while the cost is unknown (A25).
    """

    renews: str = field(metadata=labelled("Dossier renouvelé"))
    notified_on: date = field(metadata=labelled("Date de notification du renouvellement"))
    changed: bool = field(metadata=labelled("Dates ou montants modifiés depuis la décision"))
    conditional: bool = field(metadata=labelled("Renouvellement sous réserve"))
    awaited: str | None = field(metadata=labelled("Ce que la réserve attend"))
    start: date | None = field(metadata=labelled("Début du renouvellement"))
    end: date | None = field(metadata=labelled("Fin du renouvellement"))
    months: int = field(metadata=labelled("Durée en mois"))
    times: int | None = field(metadata=labelled("Nombre de renouvellements permis"))
    rates: tuple[RateLine, ...] = field(metadata=labelled("Taux de prise en charge"))
    monthly: tuple[MonthLine, ...] = field(metadata=labelled("Montants mensuels"))
    total: Decimal | None = field(metadata=labelled("Montant total"))


def renewal_letter(matter: Matter) -> RenewalLetter:
    """The renewal once notified. Raises NothingToTellError for a dossier that renews none, or before."""
    view, clause = matter.view, matter.call.clauses.renewal
    renews, award = matter.present(view.renewal_of), matter.present(view.award)
    notified_on = matter.present(award.notified_on)
    granted = award_letter(replace(matter, code="L8b" if award.conditional else "L8"))
    return RenewalLetter(
        **common(
            matter,
            "Renouvellement du financement d’un poste d’assistant spécialiste à temps partagé",
            *((clause.months, clause.times) if clause else ()),
            clauses=granted.rules,
            decides=False,
        ),
        renews=renews,
        notified_on=notified_on,
        changed=_changed(view),
        conditional=granted.conditional,
        awaited=granted.awaited,
        start=granted.start,
        end=granted.end,
        months=granted.months,
        times=clause.times.value if clause and not clause.times.is_default else None,
        rates=granted.rates,
        monthly=granted.monthly,
        total=granted.total,
    )


def _changed(view: Dossier) -> bool:
    """True once an act after the award changed its amounts, which its first schedule does not, or its days."""
    awards = [receipt.entry for receipt in view.receipts if receipt.letter in AWARDS and not receipt.void]
    last = max(awards, default=view.version)
    deferred = any(receipt.entry > last and grants_deferral(view, receipt) for receipt in view.receipts)
    return deferred or any(made.entry > last for made in view.adjustments[1:])
