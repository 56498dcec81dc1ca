"""Guards on the days and the numbers of what comes back: a payment, a refund, a hearing, a title."""

from __future__ import annotations

from typing import Any

from workflows.acts.base import Context, guard, input_guard
from workflows.findings import Check, check, refusal, warning
from workflows.french import listing, short_day
from workflows.guards.which_repayment import concerned
from workflows.parts.movements import MovementKind
from workflows.proofs import of_repayment

_RULE = "CRPA art. L. 122-1"

REPAID_BEFORE_DECISION = refusal(
    "repaid_before_decision",
    "Un paiement reçu le {day} serait antérieur à la décision de reversement ({decided}).",
    "Corrigez la date.",
)
REPAID_BEFORE_TITLE = warning(
    "repaid_before_title",
    "Un paiement reçu le {day} l’aurait été avant que le titre soit émis ({issued}).",
    "Vérifiez la date : elle compte pour la prescription et pour l’exercice.",
)
REFUNDED_TOO_EARLY = refusal(
    "refund_before_payment",
    "Un remboursement du {day} serait antérieur à ce que le recruteur a payé ({paid}).",
    "Corrigez la date.",
)
HEARD_TOO_EARLY = refusal(
    "heard_before_hearing",
    "Le recruteur ne peut pas avoir été entendu le {day} : la procédure contradictoire s’est ouverte le {opened}.",
    "Corrigez la date.",
    rule=_RULE,
)
REQUEST_WAITS = warning(
    "title_request_waits",
    "La demande de ce titre n’est pas partie : l’agent comptable n’a pas pu l’émettre d’après elle.",
    "Envoyez-la, ou notez qu’elle est partie autrement ; vérifiez que ce titre est bien le sien.",
)
TITLE_ELSEWHERE = warning(
    "title_number_elsewhere",
    "Le titre n° {title} est déjà noté ailleurs : dossier {dossiers}.",
    "Recopiez le numéro porté sur le titre ; un même titre pour deux dossiers se vérifie avec l’agent comptable.",
)


RECEIPT_TOLD = warning(
    "title_receipt_told",
    "Le titre est déjà noté reçu le {before} : le délai de réclamation courra du {day}.",
    "Vérifiez le jour : celui que vous donnez remplace le premier.",
)


@input_guard
def repaid_once_decided(context: Context[Any]) -> Check:
    """Nothing is owed before the decision; a debtor seldom pays before the title."""
    current, on = concerned(context), context.inputs.paid_on or context.today
    decided, issued = (current.decided_on, current.title_on) if current else (None, None)
    if decided is not None and on < decided:
        return check(REPAID_BEFORE_DECISION(day=short_day(on), decided=short_day(decided)), paid_on=on)
    early = issued is not None and on < issued
    return check(
        REPAID_BEFORE_TITLE(day=short_day(on), issued=short_day(issued)) if issued and early else None, paid_on=on
    )


@input_guard
def refunded_once_paid(context: Context[Any]) -> Check:
    """What is given back came before."""
    current, on = concerned(context), context.inputs.refunded_on or context.today
    brought = (MovementKind.REFUNDED, MovementKind.OFFSET_UNDONE)
    came = [m.on for _, m in current.in_force if m.kind.is_money and m.kind not in brought] if current else []
    first = min(came, default=None)
    if first is None or on >= first:
        return check(refunded_on=on)
    return check(REFUNDED_TOO_EARLY(day=short_day(on), paid=short_day(first)), refunded_on=on)


@input_guard
def heard_once_opened(context: Context[Any]) -> Check:
    """The recruiter is heard on what it was told: once the contradictory step is open (CRPA L. 122-1)."""
    current, on = concerned(context), context.inputs.heard_on
    if current is None or on is None:
        return check(heard_on=on)
    told = (receipt.asked_on for receipt in of_repayment(context.dossier, current))
    opened = min(told, default=current.opened_on)
    return check(HEARD_TOO_EARLY(day=short_day(on), opened=short_day(opened)) if on < opened else None, heard_on=on)


@guard
def request_has_left(context: Context[Any]) -> Check:
    """A title is issued on a request that its accountant received."""
    current = concerned(context)
    waits = current is not None and ("L16", current.cause) in context.dossier.around.letters_waiting
    return check(REQUEST_WAITS() if waits else None)


@input_guard
def title_nowhere_else(context: Context[Any]) -> Check:
    """A number that another dossier of the agency has for its title is pointed out: a bill has one debtor."""
    known = context.dossier.around.titled
    told = TITLE_ELSEWHERE(title=context.inputs.title.strip()[:40], dossiers=listing(known)) if known else None
    return check(told, dossiers=known)


@input_guard
def receipt_told_once(context: Context[Any]) -> Check:
    """Another day of receipt for a title moves the period to claim against it: the day known before is shown."""
    current, on = concerned(context), context.inputs.received_on
    before = current.title_received_on if current else None
    if before is None or on == before:
        return check(received_on=on)
    return check(RECEIPT_TOLD(before=short_day(before), day=short_day(on)), received_on=on, before=before)
