"""Guards on the financial notification (L11), and on what may leave under it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from workflows.account.worth import awarded, outdated_notice
from workflows.acts.base import Context, guard, input_guard
from workflows.findings import Check, check, refusal, warning
from workflows.french import amount, short_day

MONEY_NOTIFIED = refusal(
    "money_already_notified",
    "Le financement a déjà été notifié le {on}, et le montant accordé n’a pas changé depuis.",
    "Rien n’est à faire : la notification se refait quand un report ou un remplacement change le montant.",
)
NOTICE_OUTDATED = warning(
    "money_notice_outdated",
    "Le financement notifié ({notified}) n’est plus celui qui est accordé ({awarded}).",
    "Notifiez de nouveau le financement : la première notification reste dans l’historique.",
)
DELEGATED_ABOVE = warning(
    "delegated_above_award",
    "Il a déjà été délégué {delegated}, pour {awarded} maintenant accordés.",
    "Ne déléguez plus rien : l’excédent se constate à la fin du poste.",
)
MONEY_NOT_NOTIFIED = refusal(
    "money_not_notified",
    "Le financement n’a pas été notifié au recruteur.",
    "Faites d’abord la notification financière.",
)
ABOVE_AWARD = refusal(
    "tranche_above_award",
    "Avec cette tranche, {sum} seraient délégués pour {limit} accordés.",
    "Ramenez la tranche à {left}, ce qui reste.",
)
ABOVE_NOTICE = refusal(
    "tranche_above_notice",
    "Avec cette tranche, {sum} seraient délégués pour {notified} notifiés, alors que {awarded} sont accordés.",
    "Notifiez d’abord de nouveau le financement, ou ramenez la tranche à {left}.",
)


@guard
def money_to_notify(context: Context[Any]) -> Check:
    """The financial notification is made once, and again when a deferral or a replacement changed the amount (A26)."""
    made = context.dossier.money_notice
    if made is None:
        return check()
    due = outdated_notice(context.dossier, context.call)
    current = MONEY_NOTIFIED(on=short_day(made.notified_on)) if due is None else None
    return check(current, notified=made.total, awarded=due.total if due else made.total)


@guard
def delegated_covered(context: Context[Any]) -> Check:
    """What has left stays within what is notified: an award that shrank since is pointed out."""
    left = context.dossier.delegated_net
    total = awarded(context.dossier, context.call).total if left else left
    above = left > total
    return check(DELEGATED_ABOVE(delegated=amount(left), awarded=amount(total)) if above else None, delegated=left)


@guard
def money_notified(context: Context[Any]) -> Check:
    """The recruiter has its financial notification."""
    return check(None if context.dossier.money_notice else MONEY_NOT_NOTIFIED())


@guard
def notice_current(context: Context[Any]) -> Check:
    """A notification that is no longer what is awarded is pointed out, with the act that makes it again."""
    made, due = context.dossier.money_notice, outdated_notice(context.dossier, context.call)
    if made is None or due is None:
        return check()
    return check(NOTICE_OUTDATED(notified=amount(made.total), awarded=amount(due.total)))


@input_guard
def within_notice(context: Context[Any]) -> Check:
    """Tranches never exceed what was notified: what is awarded above it is notified first (A26)."""
    notice = context.dossier.money_notice
    if notice is None:
        return check()
    limit, total = awarded(context.dossier, context.call).total, _with_tranche(context)
    over = notice.total < total <= limit
    told = {"sum": amount(total), "notified": amount(notice.total), "awarded": amount(limit)}
    left = amount(max(Decimal(0), notice.total - context.dossier.delegated_net))
    return check(ABOVE_NOTICE(**told, left=left) if over else None, total=total, notified=notice.total)


@input_guard
def within_award(context: Context[Any]) -> Check:
    """Nor what is awarded now: no default could allow it."""
    if context.dossier.money_notice is None:
        return check()
    limit, total = awarded(context.dossier, context.call).total, _with_tranche(context)
    left = amount(max(Decimal(0), limit - context.dossier.delegated_net))
    over = ABOVE_AWARD(sum=amount(total), limit=amount(limit), left=left) if total > limit else None
    return check(over, total=total, limit=limit)


def _with_tranche(context: Context[Any]) -> Decimal:
    total: Decimal = context.dossier.delegated_net + context.inputs.amount
    return total
