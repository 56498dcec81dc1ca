"""The acts that prove the receipt of a letter, and withdraw a proof: the clocks that rest on it are counted again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from workflows.acts.base import Act, ActInputs, Context, Outcome, Who
from workflows.acts.common import label
from workflows.guards import receipts as on_receipt
from workflows.guards.common import reason_written
from workflows.guards.days import not_in_future
from workflows.parts.receipts import ProofChannel
from workflows.proofs import settled, silence_after
from workflows.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofInputs(ActInputs):
    """The receipt of one letter by one addressee: which, how, when, and on what the proof rests."""

    receipt: str = field(
        metadata=label(
            "Courrier et destinataire",
            help="Prouver la réception d’une lettre dit aussi qu’elle a été signée et envoyée.",
        )
    )
    channel: ProofChannel = field(metadata=label("Voie"))
    received_on: date = field(
        metadata=label(
            "Reçu le",
            help="Pour un recommandé avisé et non réclamé, le jour où il a été présenté à l’adresse. Pour un courriel "
            "ou le téléservice, le jour de la première consultation.",
        )
    )
    evidence: str = field(
        metadata=label("Preuve", personal=True, help="Le numéro du recommandé, la pièce signée ou le nom du fichier."),
    )
    consent: bool = field(
        default=False,
        metadata=label(
            "L’intéressé a d’abord accepté d’être joint par cette voie",
            needed="obligatoire pour un courriel ou le téléservice",
        ),
    )


def _prove(context: Context[ProofInputs]) -> Outcome:
    inputs = context.inputs
    return _with_receipt(
        context,
        inputs.receipt,
        channel=inputs.channel,
        received_on=inputs.received_on,
        evidence=inputs.evidence,
        consent=inputs.consent,
        recorded_on=context.today,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawProofInputs(ActInputs):
    """The receipt whose proof is wrong; the letter waits for another one."""

    receipt: str = field(metadata=label("Courrier et destinataire"))


def _withdraw(context: Context[WithdrawProofInputs]) -> Outcome:
    unproven: dict[str, Any] = dict.fromkeys(("channel", "received_on", "evidence", "recorded_on"))
    return _with_receipt(context, context.inputs.receipt, consent=False, **unproven)


def _with_receipt(context: Context[Any], named: str, **changes: Any) -> Outcome:
    """The dossier once a receipt changed, with the clocks that rest on it."""
    dossier = context.dossier
    receipts = tuple(replace(r, **changes) if r.id == named else r for r in dossier.receipts)
    silence = silence_after(dossier, dossier.silence, dossier.receipts, receipts)
    after = replace(dossier, receipts=receipts, silence=silence)
    return Outcome({"receipts": receipts, "silence": silence, **settled(after, context.call)})


_SENT = tuple(s for s in State if s is not State.DRAFT)

ACTS = (
    Act(
        "record_proof",
        "Enregistrer une preuve de réception",
        (Who.INSTRUCTOR,),
        ProofInputs,
        _prove,
        (
            on_receipt.something_to_prove,
            on_receipt.receipt_provable,
            on_receipt.received_in_order,
            not_in_future("received_on"),
            on_receipt.proof_sound,
            on_receipt.letter_left,
        ),
        sources=_SENT,
    ),
    Act(
        "withdraw_proof",
        "Retirer une preuve de réception",
        (Who.INSTRUCTOR,),
        WithdrawProofInputs,
        _withdraw,
        (reason_written, on_receipt.something_proven, on_receipt.proof_withdrawable),
        sources=_SENT,
    ),
)
