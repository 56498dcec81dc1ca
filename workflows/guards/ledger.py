"""Guards on the ledger of a post: what may be paid of a tranche, to whom, and what may be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from workflows.account.adjusting import differences_due
from workflows.account.asked_back import held
from workflows.account.payees import last_siret, payees_on
from workflows.account.worth import awarded, worth
from workflows.acts.base import Context, guard, input_guard
from workflows.dossier import Dossier
from workflows.findings import Check, Finding, check, refusal, warning
from workflows.french import amount, listing, short_day
from workflows.guards.notice import ABOVE_AWARD
from workflows.identifiers import compact, is_finess, is_siret
from workflows.money.gains import GainedEuros
from workflows.money.rounding import cents
from workflows.parts.credits import FIR_YEARS, Credit, credits_of, is_fir
from workflows.parts.ledger import LedgerEntry, LedgerKind, next_id
from workflows.parts.repayments import RepaymentFile

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
NOT_EARNED = warning(
    "payment_not_earned",
    "Avec ce versement, {paid} seraient versés pour {due} dus : le poste a pris fin le {last}.",
    "Réduisez la tranche plutôt que de la verser.",
)
NOTHING_WRITTEN = refusal(
    "account_empty",
    "Le compte n’a pas d’écriture à annuler.",
    "Rien n’est à faire.",
)
ENTRY_UNKNOWN = refusal(
    "entry_unknown",
    "L’écriture {entry} n’existe pas sur ce compte.",
    "Choisissez l’une de celles-ci : {known}.",
)
ENTRY_CORRECTED = refusal(
    "entry_corrected",
    "L’écriture {entry} ne s’annule plus : elle l’est déjà, en annule une autre, ou son reversement est soldé.",
    "Enregistrez de nouveau ce qui est exact.",
)
CORRECTED_UNSOUND = refusal(
    "correction_unsound",
    "Sans l’écriture {entry}, la tranche {tranche} ne couvrirait plus ce qui en a été réduit ou versé.",
    "Annulez d’abord les versements et les réductions de cette tranche.",
)
ASKED_BACK = refusal(
    "correction_below_repayment",
    "Sans l’écriture {entry}, {paid} seraient versés pour {asked} demandés en reversement.",
    "Réduisez ou abandonnez d’abord le reversement.",
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


# Corrections.


def _entries(dossier: Dossier) -> Iterator[LedgerEntry]:
    """Everything that a counter-entry may take back: the tranches as entries, then the ledger."""
    for t in dossier.tranches:
        year, on = t.budget_year, t.delegated_on
        yield LedgerEntry(t.id, LedgerKind.NOTIFIED, gained(t.amount), on, year, tranche=t.id)
    yield from dossier.ledger


def correctable_entries(dossier: Dossier) -> tuple[LedgerEntry, ...]:
    """The tranches and the entries that nothing took back yet, and that take nothing back.

    An offset is one of them until its repayment is settled, or what it brought back is given back.
    """
    corrected = {entry.corrects for entry in dossier.ledger}
    found = (e for e in _entries(dossier) if e.corrects is None and e.id not in corrected)
    return tuple(entry for entry in found if not _spent(paid_by(dossier, entry), entry))


def _spent(repayment: RepaymentFile | None, entry: LedgerEntry) -> bool:
    return repayment is not None and (repayment.settled_on is not None or repayment.repaid < entry.amount)


def paid_by(dossier: Dossier, entry: LedgerEntry) -> RepaymentFile | None:
    """The repayment that an offset pays; None for another entry."""
    return dossier.repayment_of(entry.reference) if entry.kind is LedgerKind.OFFSET else None


def counter_entry(context: Context[Any]) -> LedgerEntry:
    """The opposite of the entry that the act is about; StopIteration when there is none (the guards see to it)."""
    entry = next(e for e in correctable_entries(context.dossier) if e.id == context.inputs.entry)
    return replace(
        entry,
        id=next_id(context.dossier.ledger),
        amount=GainedEuros(-entry.amount),
        on=context.today,
        corrects=entry.id,
    )


@guard
def something_written(context: Context[Any]) -> Check:
    """The account has an entry that may be taken back."""
    return check(None if correctable_entries(context.dossier) else NOTHING_WRITTEN())


@input_guard
def correctable(context: Context[Any]) -> Check:
    """The entry exists, and is taken back once."""
    known, asked = [e.id for e in correctable_entries(context.dossier)], context.inputs.entry
    if asked in known:
        return check(entry=asked)
    if any(e.id == asked for e in _entries(context.dossier)):
        return check(ENTRY_CORRECTED(entry=asked))
    return check(ENTRY_UNKNOWN(entry=asked[:40], known=listing(known, last="ou")) if known else None)


@input_guard
def sound_once_corrected(context: Context[Any]) -> Check:
    """Without the entry every tranche still covers what was reduced and paid of it, and the payments what is asked."""
    dossier, asked = context.dossier, context.inputs.entry
    if not any(e.id == asked for e in correctable_entries(dossier)):
        return check()
    after = replace(dossier, ledger=(*dossier.ledger, counter_entry(context)))
    unsound = next((c for c in credits_of(after.tranches, after.ledger) if not c.is_sound), None)
    back = held(dossier.repayments)
    short = after.paid < dossier.paid and after.paid < back
    return check(
        CORRECTED_UNSOUND(entry=asked, tranche=unsound.id) if unsound else None,
        ASKED_BACK(entry=asked, paid=amount(after.paid), asked=amount(back)) if short else None,
        _above_award(context, after) if after.delegated > dossier.delegated else None,
        paid=after.paid,
        delegated=after.delegated,
    )


def _above_award(context: Context[Any], after: Dossier) -> Finding | None:
    """A reduction taken back stands again: what is delegated still stays within what was notified and awarded."""
    notice = after.money_notice
    if notice is None:
        return None
    limit = min(notice.total, awarded(after, context.call).total)
    over = after.delegated_net > limit
    return ABOVE_AWARD(sum=amount(after.delegated_net), limit=amount(limit)) if over else None
