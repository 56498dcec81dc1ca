"""Guards on proofs of receipt: what one proof says, and what waits for one."""

from __future__ import annotations

from typing import Any

from workflows.acts.base import Context, guard, input_guard
from workflows.findings import Check, check, refusal, warning
from workflows.french import listing, short_day
from workflows.proofs import of_pieces

RECEIPT_UNKNOWN = refusal(
    "receipt_unknown",
    "Ce courrier n’attend pas de preuve de réception sur ce dossier.",
    "Rechargez la page et choisissez un courrier de la liste.",
)
PROOF_ALREADY_RECORDED = refusal(
    "proof_already_recorded",
    "La réception de ce courrier est déjà prouvée, au {received_on}.",
    "Si cette preuve est fausse, écrivez pourquoi : la nouvelle la remplace, et les délais sont recomptés.",
)
RECEIVED_BEFORE_SENT = refusal(
    "received_before_sent",
    "Le courrier a été demandé le {asked_on} : il n’a pas pu être reçu le {received_on}.",
    "Corrigez la date de réception.",
)
EVIDENCE_MISSING = refusal(
    "proof_evidence_missing",
    "Une preuve de réception dit sur quoi elle repose.",
    "Indiquez le numéro du recommandé, la pièce signée ou le nom du fichier.",
)
CONSENT_MISSING = refusal(
    "proof_without_consent",
    "Un envoi électronique ne prouve la réception que si l’intéressé a d’abord accepté cette voie.",
    "Confirmez son accord, ou choisissez une autre voie.",
    rule="CRPA art. L. 112-15",
)
NOTHING_TO_PROVE = refusal(
    "no_proof_awaited",
    "Aucun courrier de ce dossier ne demande de preuve de réception.",
    "Rien n’est à faire.",
)
PIECES_LETTER_NOT_RECEIVED = warning(
    "pieces_letter_not_received",
    "Rien ne prouve que la demande de pièces du {asked_on} a été reçue {whom}.",
    "Enregistrez la preuve de réception, ou renvoyez la demande : le délai imprimé n’oppose rien sans elle.",
    rule="CRPA art. L. 114-5",
)
RECEIVED_AFTER_ANSWER = refusal(
    "received_after_answer",
    "Le destinataire a répondu le {answered_on} : il avait déjà ce courrier, qui n’a pas pu arriver le {received_on}.",
    "Corrigez la date de réception.",
)
LETTER_NOT_LEFT = warning(
    "letter_not_left",
    "Ce courrier est préparé dans l’application, et n’y est pas encore noté comme parti.",
    "Vérifiez que la preuve est celle de ce courrier, puis enregistrez son envoi parmi les courriers du dossier.",
)
NO_PROOF_TO_WITHDRAW = refusal(
    "no_proof_to_withdraw",
    "Aucune preuve de réception n’est enregistrée pour ce courrier.",
    "Rechargez la page et choisissez un courrier dont la réception est prouvée.",
)


@guard
def something_to_prove(context: Context[Any]) -> Check:
    """The dossier has letters whose receipt can be proven."""
    there = any(not receipt.void for receipt in context.dossier.receipts)
    return check(None if there else NOTHING_TO_PROVE())


@input_guard
def receipt_provable(context: Context[Any]) -> Check:
    """The letter named counts, and is not proven yet, unless a written reason corrects the proof."""
    receipt = context.dossier.receipt(context.inputs.receipt)
    if receipt is None or receipt.void:
        return check(RECEIPT_UNKNOWN() if any(not r.void for r in context.dossier.receipts) else None)
    if receipt.received_on is None or context.inputs.reason:
        return check(received_on=receipt.received_on)
    return check(PROOF_ALREADY_RECORDED(received_on=short_day(receipt.received_on)), received_on=receipt.received_on)


@input_guard
def received_in_order(context: Context[Any]) -> Check:
    """A letter is received on the day it was asked for at the earliest, and before its addressee answers it."""
    receipt, on = context.dossier.receipt(context.inputs.receipt), context.inputs.received_on
    if receipt is None:
        return check(received_on=on)
    asked_on, answered_on, day = receipt.asked_on, receipt.answered_on, short_day(on)
    late = answered_on is not None and answered_on < on
    return check(
        RECEIVED_BEFORE_SENT(asked_on=short_day(asked_on), received_on=day) if on < asked_on else None,
        RECEIVED_AFTER_ANSWER(answered_on=short_day(answered_on), received_on=day) if late and answered_on else None,
        received_on=on,
    )


@input_guard
def proof_sound(context: Context[Any]) -> Check:
    """The proof says on what it rests; an electronic one proves nothing without the consent of its reader."""
    inputs = context.inputs
    unasked = inputs.channel.is_electronic and not inputs.consent
    return check(
        None if inputs.evidence.strip() else EVIDENCE_MISSING(field="evidence"),
        CONSENT_MISSING(field="consent") if unasked else None,
    )


@input_guard
def letter_left(context: Context[Any]) -> Check:
    """A letter prepared here left before somebody received it; one that has not is pointed out."""
    receipt = context.dossier.receipt(context.inputs.receipt)
    held = receipt is not None and not receipt.void and receipt.id in context.dossier.around.letters_held
    return check(LETTER_NOT_LEFT() if held else None)


@guard
def pieces_letter_received(context: Context[Any]) -> Check:
    """A refusal while pieces are late says when nothing proves that they were asked for."""
    found = []
    for request in context.dossier.piece_requests:
        waits = [r for r in of_pieces(context.dossier, request.id) if r.is_awaited]
        if request.answered_on is None and waits:
            whom = listing(list(dict.fromkeys(f"par {r.to.label}" for r in waits)), last="ni")
            found.append(PIECES_LETTER_NOT_RECEIVED(asked_on=short_day(request.asked_on), whom=whom))
    return check(found)


@guard
def something_proven(context: Context[Any]) -> Check:
    """The dossier has a proof of receipt that may be withdrawn."""
    there = any(receipt.is_proven and not receipt.void for receipt in context.dossier.receipts)
    return check(None if there else NO_PROOF_TO_WITHDRAW())


@input_guard
def proof_withdrawable(context: Context[Any]) -> Check:
    """The letter named counts, and its receipt is proven."""
    receipt = context.dossier.receipt(context.inputs.receipt)
    proven = receipt is not None and receipt.is_proven and not receipt.void
    others = any(r.is_proven and not r.void for r in context.dossier.receipts)
    return check(NO_PROOF_TO_WITHDRAW() if others and not proven else None)
