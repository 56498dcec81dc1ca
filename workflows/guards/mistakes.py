"""Guards on what is taken back of an account: what somebody wrote down, while nothing rests on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from workflows.account.asked_back import held
from workflows.account.correcting import correctable, corrected, is_title
from workflows.account.lines import account_lines
from workflows.account.worth import awarded
from workflows.acts.base import Context, guard, input_guard
from workflows.dossier import Dossier
from workflows.findings import Check, Finding, check, refusal
from workflows.french import amount, listing
from workflows.parts.credits import credits_of
from workflows.parts.movements import MovementKind

_ZERO = Decimal("0.00")

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
    "L’écriture {entry} ne s’annule pas : elle l’est déjà, en annule une autre, ou suit une décision.",
    "Enregistrez de nouveau ce qui est exact ; une compensation s’annule par son écriture sur la tranche.",
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
GIVEN_BACK = refusal(
    "correction_refunded",
    "Sans l’écriture {entry}, le recruteur aurait été remboursé de plus que ce qui est revenu ({over} de trop).",
    "Annulez d’abord le remboursement.",
)
TITLE_PAID = refusal(
    "correction_title_paid",
    "Des paiements ont été reçus sur ce titre : {payments}.",
    "Annulez-les d’abord, puis enregistrez de nouveau le titre et ces paiements.",
)
BEFORE_TITLE = refusal(
    "correction_before_title",
    "Le titre a été demandé pour {sum}, une fois l’écriture {entry} déduite.",
    "Annulez d’abord le titre s’il est enregistré ; s’il reste une somme due, choisissez aussi une autre voie. "
    "Revenez au titre une fois l’écriture annulée.",
)
ABOVE_AWARD = refusal(
    "correction_above_award",
    "Sans l’écriture {entry}, {sum} seraient délégués pour {limit} notifiés et accordés.",
    "Annulez d’abord la tranche déléguée depuis.",
)


@guard
def something_written(context: Context[Any]) -> Check:
    """The account has a line that may be taken back."""
    return check(None if correctable(context.dossier) else NOTHING_WRITTEN())


@input_guard
def line_correctable(context: Context[Any]) -> Check:
    """The line exists, somebody wrote it down, and it is taken back once."""
    known, asked = [line.id for line in correctable(context.dossier)], context.inputs.entry
    if asked in known:
        return check(entry=asked)
    if any(line.id == asked for line in account_lines(context.dossier)):
        return check(ENTRY_CORRECTED(entry=asked))
    return check(ENTRY_UNKNOWN(entry=asked[:40], known=listing(known, last="ou")) if known else None)


@input_guard
def sound_once_corrected(context: Context[Any]) -> Check:
    """Without the line every tranche covers what was reduced and paid of it, and what was paid covers what is asked."""
    dossier, asked = context.dossier, context.inputs.entry
    if not any(line.id == asked for line in correctable(dossier)):
        return check()
    after = replace(dossier, **corrected(dossier, asked, context.today))
    unsound = next((c for c in credits_of(after.tranches, after.ledger) if not c.is_sound), None)
    back, left = held(after.repayments), after.paid - held(after.repayments)
    short = left < 0 and left < dossier.paid - held(dossier.repayments)
    return check(
        CORRECTED_UNSOUND(entry=asked, tranche=unsound.id) if unsound else None,
        ASKED_BACK(entry=asked, paid=amount(after.paid), asked=amount(back)) if short else None,
        _above_award(context, after) if after.delegated > dossier.delegated else None,
        paid=after.paid,
        delegated=after.delegated,
    )


@input_guard
def nothing_rests_on_it(context: Context[Any]) -> Check:
    """What a line brought back was not given back since, nor taken off a title; a title has no payment."""
    dossier, asked = context.dossier, context.inputs.entry
    if not any(line.id == asked for line in correctable(dossier)):
        return check()
    after = replace(dossier, **corrected(dossier, asked, context.today))
    over = max((-each.repaid for each in after.repayments), default=_ZERO)
    return check(
        GIVEN_BACK(entry=asked, over=amount(over)) if over > 0 else None,
        _paid_title(dossier, asked) if is_title(dossier, asked) else None,
        next(_before_title(dossier, after, asked), None),
        given_back=over,
    )


def _before_title(dossier: Dossier, after: Dossier, line: str) -> Iterator[Finding]:
    """A title is asked for once: it would not ask for what it took off its amount and is due again.

    Of a title that is only asked for, once nothing is left due, the way changes after the correction.
    """
    for former, now in zip(dossier.repayments, after.repayments, strict=True):
        added = now.movements[len(former.movements) :]
        told = any(former.is_before_title(moved.corrects) for moved in added if moved.corrects)
        if told and (former.title is not None or former.allows("use_other_vehicle")):
            yield BEFORE_TITLE(entry=line, sum=amount(former.title_amount or _ZERO))


def _paid_title(dossier: Dossier, title: str) -> Finding | None:
    name = title.partition("-")[0]
    asked = dossier.repayments[int(name[1:]) - 1]
    paid = [
        f"{name}-{place}"
        for place, moved in asked.in_force
        if moved.kind is MovementKind.PAID and not asked.is_before_title(place)
    ]
    return TITLE_PAID(payments=listing(paid)) if paid else None


def _above_award(context: Context[Any], after: Dossier) -> Finding | None:
    """A reduction taken back stands again: what is delegated still stays within what was notified and awarded."""
    notice = after.money_notice
    if notice is None:
        return None
    limit = min(notice.total, awarded(after, context.call).total)
    over = after.delegated_net > limit
    told = {"sum": amount(after.delegated_net), "limit": amount(limit)}
    return ABOVE_AWARD(entry=context.inputs.entry, **told) if over else None
