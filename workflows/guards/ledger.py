"""Guards on the ledger of a post: what may be paid of a tranche, and to whom."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from workflows.account.adjusting import differences_due
from workflows.account.payees import last_siret, payees_on
from workflows.account.worth import worth
from workflows.acts.base import Context, guard, input_guard
from workflows.dossier import Dossier
from workflows.findings import Check, Finding, check, refusal, warning
from workflows.french import amount, listing, short_day
from workflows.identifiers import compact, is_finess, is_siret
from workflows.money.gains import GainedEuros
from workflows.money.rounding import cents
from workflows.parts.credits import FIR_YEARS, Credit, is_fir
from workflows.parts.ledger import PAYMENTS

SCHEDULE_WRITTEN = refusal(
    "schedule_written",
    "Le compte du poste a déjà son échéancier, ou le montant n’en est pas connu.",
    "Rien n’est à faire.",
)
NOTHING_TO_PAY = refusal(
    "nothing_to_pay",
    "Tout ce qui a été délégué est versé ou réduit.",
    "Rien n’est à faire.",
)
TRANCHE_UNKNOWN = refusal(
    "tranche_unknown",
    "La tranche {tranche} n’existe pas sur ce poste.",
    "Choisissez l’une de celles-ci : {known}.",
)
ABOVE_TRANCHE = refusal(
    "amount_above_tranche",
    "Il reste {left} sur la tranche {tranche} : {asked} est trop.",
    "Corrigez le montant.",
)
PAID_TOO_EARLY = refusal(
    "payment_before_tranche",
    "Un versement du {day} serait antérieur à la délégation de la tranche ({notified}).",
    "Corrigez la date ou la tranche.",
)
SIRET_WRONG = refusal(
    "siret_wrong",
    "« {siret} » n’est pas un numéro SIRET : il a quatorze chiffres, et sa clé ne convient pas.",
    "Recopiez le SIRET de l’avis de situation.",
)
FINESS_WRONG = refusal(
    "finess_wrong",
    "« {finess} » n’est pas un numéro FINESS : il a neuf caractères, et sa clé ne convient pas.",
    "Recopiez le numéro FINESS de l’entité juridique.",
)
PAYEE_UNKNOWN = refusal(
    "payee_unknown",
    "L’entité juridique {finess} ne reçoit pas les crédits de ce poste.",
    "Le versement va à {known} : corrigez le bénéficiaire, ou enregistrez d’abord la succession.",
)
SIRET_DIFFERS = warning(
    "payee_siret_differs",
    "L’entité juridique {finess} est connue sous le SIRET {known}, pas {siret}.",
    "Vérifiez le SIRET sur l’avis de situation avant d’enregistrer le versement.",
)
LAPSED = warning(
    "payment_after_lapse",
    "Ces crédits, notifiés en {year} sur le FIR, ne pouvaient plus être versés après le {last}.",
    "Vérifiez la date du versement avec l’agent comptable.",
    rule="CSP art. L. 1435-10",
)
REFERENCE_USED = warning(
    "payment_reference_used",
    "La référence « {reference} » est déjà celle d’un versement de ce poste : {entries}.",
    "Vérifiez que ce versement n’est pas déjà enregistré.",
)
NOT_EARNED = warning(
    "payment_not_earned",
    "Avec ce versement, {paid} seraient versés pour {due} dus : le poste a pris fin le {last}.",
    "Réduisez la tranche plutôt que de la verser.",
)


def gained(euros: Decimal) -> GainedEuros:
    """Euros as an entry keeps them, to the cent."""
    return GainedEuros(cents(Fraction(euros)))


def credit_of(context: Context[Any]) -> Credit:
    """The tranche that the act is about; LookupError when there is none (the guards never let that happen)."""
    return next(c for c in context.dossier.credits if c.id == context.inputs.tranche)


def _named(dossier: Dossier, tranche: str) -> Credit | None:
    return next((credit for credit in dossier.credits if credit.id == tranche), None)


@guard
def schedule_unwritten(context: Context[Any]) -> Check:
    """The schedule of a post is known, and is not the one that stands at its account (A25).

    Its cost came late, a choice was signed since, or the post was awarded before accounts were kept.
    """
    lacking = differences_due(context.dossier, context.call)
    return check(None if lacking else SCHEDULE_WRITTEN(), months=len(lacking))


@guard
def something_to_pay(context: Context[Any]) -> Check:
    """Some tranche is not wholly paid nor reduced."""
    left = sum((credit.to_pay for credit in context.dossier.credits), Decimal(0))
    return check(None if left > 0 else NOTHING_TO_PAY(), left=left)


@input_guard
def within_tranche(context: Context[Any]) -> Check:
    """A tranche is never paid, nor reduced, above what is left of it."""
    credit, asked = _named(context.dossier, context.inputs.tranche), context.inputs.amount
    if credit is None:
        known = listing([c.id for c in context.dossier.credits], last="ou")
        return check(TRANCHE_UNKNOWN(tranche=context.inputs.tranche[:40], known=known) if known else None)
    over = asked > credit.to_pay
    found = ABOVE_TRANCHE(left=amount(credit.to_pay), tranche=credit.id, asked=amount(asked)) if over else None
    return check(found, left=credit.to_pay)


@input_guard
def paid_after_notified(context: Context[Any]) -> Check:
    """A tranche is paid after it was notified; from the FIR, not after it lapsed (L.1435-10)."""
    credit, on = _named(context.dossier, context.inputs.tranche), context.inputs.paid_on or context.today
    if credit is None:
        return check()
    early, last = on < credit.notified_on, credit.lapses_on
    lapsed = is_fir(context.call.clauses.funding.line.value) and on > last
    return check(
        PAID_TOO_EARLY(day=short_day(on), notified=short_day(credit.notified_on)) if early else None,
        LAPSED(year=last.year - FIR_YEARS, last=short_day(last)) if lapsed else None,
        paid_on=on,
    )


@input_guard
def reference_of_its_own(context: Context[Any]) -> Check:
    """A payment that stands under the same reference is pointed out: it may be the same one."""
    ledger, asked = context.dossier.ledger, compact(context.inputs.reference).casefold()
    gone = {entry.corrects for entry in ledger}
    paid = (e for e in ledger if e.kind in PAYMENTS and e.payee and e.corrects is None and e.id not in gone)
    same = [e.id for e in paid if compact(e.reference or "").casefold() == asked]
    told = REFERENCE_USED(reference=context.inputs.reference[:40], entries=listing(same)) if same else None
    return check(told, reference=context.inputs.reference)


@input_guard
def payee_sound(context: Context[Any]) -> Check:
    """The payee has right numbers, and is the legal entity that is credited, or the one that took it over (A43)."""
    siret, finess = compact(context.inputs.siret), compact(context.inputs.legal_entity)
    found: list[Finding] = []
    told = last_siret(context.dossier, finess)
    if not is_siret(siret):
        found.append(SIRET_WRONG(siret=siret[:20]))
    elif told not in (None, siret):
        found.append(SIRET_DIFFERS(finess=finess[:20], known=told, siret=siret[:20]))
    known = payees_on(context.dossier, context.call, context.inputs.paid_on or context.today)
    if not is_finess(finess):
        found.append(FINESS_WRONG(finess=finess[:20]))
    elif finess not in known:
        found.append(PAYEE_UNKNOWN(finess=finess, known=listing(sorted(known), last="ou") or "personne"))
    return check(found, payee=finess, payees=sorted(known))


@input_guard
def payment_earned(context: Context[Any]) -> Check:
    """Once the post is over, a payment beyond the days served is pointed out: the tranche is to be reduced."""
    end, total = context.dossier.end, context.dossier.paid_net + context.inputs.amount
    due = worth(context.dossier, context.call)
    if end is None or due is None:
        return check()
    told = NOT_EARNED(paid=amount(total), due=amount(due), last=short_day(end.last_day))
    return check(told if total > due else None, paid=total, due=due)
