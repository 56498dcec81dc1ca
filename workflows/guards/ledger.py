"""Guards on the ledger of a post: what may be paid of a tranche, to whom, and what may be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from workflows.accounts import awarded, funded
from workflows.acts.base import Context, guard, input_guard
from workflows.calls.sources import UnknownValueError
from workflows.credits import Credit, credits_of, is_fir, lapses_on
from workflows.dossier import Dossier
from workflows.findings import Check, Finding, check, refusal, warning
from workflows.french import amount, listing, short_day
from workflows.guards.days import REACH_YEARS
from workflows.guards.notice import ABOVE_AWARD
from workflows.identifiers import compact, is_finess, is_siret
from workflows.ledger import LedgerEntry, LedgerKind
from workflows.money.gains import GainedEuros
from workflows.money.rounding import cents
from workflows.payees import payees_on
from workflows.repayments import RepaymentFile

SCHEDULE_WRITTEN = refusal(
    "schedule_written",
    "L’échéancier du poste est déjà écrit à son compte, ou son montant n’est pas connu.",
    "Rien n’est à faire.",
)
NOTHING_TO_PAY = refusal(
    "nothing_to_pay",
    "Tout ce qui a été notifié est versé ou réduit.",
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
    "Un versement du {day} serait antérieur à la notification de la tranche ({notified}).",
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
LAPSED = warning(
    "payment_after_lapse",
    "Cette tranche, notifiée le {notified} sur le FIR, ne pouvait plus être versée après le {last}.",
    "Vérifiez la date du versement avec l’agent comptable.",
    rule="CSP art. L. 1435-10",
)
NOT_EARNED = warning(
    "payment_not_earned",
    "Avec ce versement, {paid} seraient versés pour {due} dus : le poste a pris fin le {last}.",
    "Réduisez la tranche plutôt que de la verser.",
)
OPENED_ALREADY = refusal(
    "opening_exists",
    "La reprise du compte est déjà enregistrée.",
    "Annulez d’abord ses écritures si elle est à refaire.",
)
OPENING_UNSOUND = refusal(
    "opening_unsound",
    "Une reprise a un montant notifié supérieur à zéro, et un montant versé qui ne le dépasse pas.",
    "Corrigez les deux montants.",
)
OPENING_FAR = refusal(
    "opening_year_far",
    "L’exercice {year} est à plus de {years} ans du {on}.",
    "Vérifiez l’année.",
)
OPENING_ABOVE = warning(
    "opening_above_award",
    "Avec cette reprise, {notified} auraient été notifiés, pour {awarded} accordés.",
    "Vérifiez les montants repris ; s’ils sont exacts, réduisez ce qui dépasse.",
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
    """The schedule of a post is known, and its account does not have it: it was awarded before accounts were kept."""
    try:
        due = funded(context.dossier, context.call).lines if context.dossier.award else ()
    except UnknownValueError:
        due = ()
    written = not due or bool(context.dossier.adjustments)
    return check(SCHEDULE_WRITTEN() if written else None, months=len(due))


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
    early, last = on < credit.notified_on, lapses_on(credit.notified_on)
    lapsed = is_fir(context.call.clauses.funding.line.value) and on > last
    notified = short_day(credit.notified_on)
    return check(
        PAID_TOO_EARLY(day=short_day(on), notified=notified) if early else None,
        LAPSED(notified=notified, last=short_day(last)) if lapsed else None,
        paid_on=on,
    )


@input_guard
def payee_sound(context: Context[Any]) -> Check:
    """The payee has right numbers, and is the legal entity that is credited, or the one that took it over (A43)."""
    siret, finess = compact(context.inputs.siret), compact(context.inputs.legal_entity)
    found: list[Finding] = []
    if not is_siret(siret):
        found.append(SIRET_WRONG(siret=siret[:20]))
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
    if end is None:
        return check()
    try:
        due = funded(context.dossier, context.call).total if context.dossier.tenures else Decimal(0)
    except UnknownValueError:
        return check()
    told = NOT_EARNED(paid=amount(total), due=amount(due), last=short_day(end.last_day))
    return check(told if total > due else None, paid=total, due=due)


@guard
def opened_once(context: Context[Any]) -> Check:
    """What was notified elsewhere is taken up once; it may be again when it was taken back."""
    opened = sum(
        (e.amount for e in context.dossier.ledger if e.kind is LedgerKind.OPENING_NOTIFIED),
        Decimal(0),
    )
    return check(OPENED_ALREADY() if opened else None, opened=opened)


@input_guard
def opening_sound(context: Context[Any]) -> Check:
    """No more was paid than notified, for a year near the day of the account; above the award it is pointed out."""
    inputs = context.inputs
    far = abs(inputs.budget_year - inputs.on.year) > REACH_YEARS
    wrong = not 0 <= inputs.paid <= inputs.notified or inputs.notified <= 0
    return check(
        OPENING_UNSOUND() if wrong else None,
        OPENING_FAR(year=inputs.budget_year, years=REACH_YEARS, on=short_day(inputs.on)) if far else None,
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
        id=f"E{len(context.dossier.ledger) + 1}",
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
    back = sum((r.decided or r.proposed for r in dossier.repayments if r.decided or not r.is_over), Decimal(0))
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
