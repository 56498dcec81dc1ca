"""Reliefs and claims: what is given up of a debt, by whom and why, and what its debtor contests."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from workflows.actors import DECISION_LEVELS
from workflows.acts.base import Act, ActInputs, Context, Outcome, Who
from workflows.acts.common import label
from workflows.acts.recovery import AmountInputs
from workflows.acts.repaying import REPAYING, RepaymentAnswerInputs, RepaymentInputs, changed, repayment_in
from workflows.effects import Addressee, letter, mail
from workflows.guards import answers as on_answer
from workflows.guards import recovery as on_recovery
from workflows.guards import reliefs as on_relief
from workflows.guards.common import amount_positive, reason_written
from workflows.guards.days import not_in_future
from workflows.guards.which_repayment import repayment_named, step
from workflows.parts.claims import Claim, ClaimState
from workflows.parts.movements import Movement, MovementKind
from workflows.parts.moving import once_moved, replaced, taken_up
from workflows.parts.reliefs import PreparedRelief, Relief
from workflows.parts.repayments import RepaymentFile
from workflows.repaying.liquidation import let_go_of, liquidation


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareReliefInputs(RepaymentInputs):
    """The relief to be granted by somebody else; no amount for an abandonment, which takes it all."""

    relief: Relief = field(metadata=label("Nature"))
    amount: Decimal | None = field(default=None, metadata=label("Montant", needed="obligatoire, sauf pour un abandon"))


def _prepare(context: Context[PrepareReliefInputs]) -> Outcome:
    inputs = context.inputs
    whole = inputs.relief is Relief.ABANDONED
    prepared = PreparedRelief(inputs.relief, None if whole else inputs.amount, context.today, context.by.id)
    return Outcome(changed(context, relief=prepared)[1])


_AUTHORITY = "Qui accorde, et par quelle décision."


@dataclass(frozen=True, slots=True, kw_only=True)
class DropInputs(RepaymentInputs):
    """The authority that gives a repayment up before any decision, all of it."""

    authority: str | None = field(
        default=None, metadata=label("Autorité et décision", help=_AUTHORITY, needed="obligatoire")
    )


def _drop(context: Context[DropInputs]) -> Outcome:
    former = repayment_in(context)
    spared = let_go_of(former, liquidation(context.dossier, context.call, former))
    current, changes = changed(context, relief=None, let_go=spared)
    told = {"repayment": current.cause, "authority": context.inputs.authority or ""}
    return Outcome(changes, letter("repayment_dropped", Addressee.RECRUITER, **told))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliefInputs(AmountInputs):
    """What is granted, in euros, with the authority that grants it."""

    authority: str | None = field(
        default=None, metadata=label("Autorité et décision", help=_AUTHORITY, needed="obligatoire")
    )
    authority_on: date | None = field(default=None, metadata=label("Date de cette décision"))
    opinion_on: date | None = field(
        default=None,
        metadata=label("Avis de l’agent comptable du", help="Demandé pour une remise et pour une non-valeur."),
    )


def _granting(relief: Relief) -> Any:
    def perform(context: Context[ReliefInputs]) -> Outcome:
        inputs, current = context.inputs, repayment_in(context)
        movement = Movement(
            MovementKind(relief.value),
            inputs.amount,
            context.today,
            inputs.authority,
            authority_on=inputs.authority_on,
            opinion_on=inputs.opinion_on,
        )
        after = replace(_lowered(current, movement), relief=None)
        told = {"repayment": current.cause, "relief": relief.value, "movements": str(len(after.movements))}
        effects = letter("relief_granted", *_told_of(relief, current), **told)
        return Outcome({"repayments": replaced(context.dossier.repayments, after)}, effects)

    return perform


def _lowered(current: RepaymentFile, movement: Movement) -> RepaymentFile:
    """A repayment once relieved: what is found not due may be what was written off, which no other relief is."""
    reduced = movement.kind is MovementKind.REDUCED
    return once_moved(taken_up(current, movement.amount, movement.on) if reduced else current, movement)


def _told_of(relief: Relief, repayment: RepaymentFile) -> tuple[Addressee, ...]:
    """Who is told of a relief: the recruiter, and the accountant once a title was asked of them.

    A write-off is between the agency and its accountant: the debt stays due.
    """
    if relief is Relief.WRITTEN_OFF:
        return (Addressee.ACCOUNTANT,)
    return (Addressee.RECRUITER, *([Addressee.ACCOUNTANT] if repayment.title_stands else []))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimInputs(RepaymentAnswerInputs):
    """A claim: what it contests, in euros, and why. `grounds` is a text about people."""

    grounds: str = field(
        metadata=label("Motifs", personal=True, help="Pourquoi la somme, ou une partie, n’est pas due.")
    )
    contested: Decimal | None = field(
        default=None, metadata=label("Montant contesté", help="Vide : toute la somme demandée.")
    )


def _file_claim(context: Context[ClaimInputs]) -> Outcome:
    inputs, current = context.inputs, repayment_in(context)
    recorded = context.by.role in DECISION_LEVELS
    filed_on: date = (inputs.came_on if recorded else None) or context.today
    claim = Claim(
        id=f"C{len(current.claims) + 1}",
        filed_on=filed_on,
        contested=current.contestable if inputs.contested is None else inputs.contested,
        grounds=inputs.grounds,
        recorded_on=context.today,
        recorded_by=context.by.id if recorded else None,
        evidence=inputs.evidence,
    )
    _, changes = changed(context, claims=(*current.claims, claim))
    return Outcome(changes, mail("answer", Addressee.SERVICE, claim=claim.id, repayment=current.cause))


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerClaimInputs(RepaymentInputs):
    """The answer to the claim that waits: accepted, accepted in part for so many euros, or rejected."""

    outcome: ClaimState = field(metadata=label("Réponse"))
    granted: Decimal | None = field(
        default=None,
        metadata=label(
            "Montant dont la somme est réduite",
            help="Vide si tout ou rien est accordé.",
            needed="obligatoire si elle est acceptée en partie",
        ),
    )
    authority: str | None = field(
        default=None,
        metadata=label(
            "Autorité et décision", help=_AUTHORITY, needed="obligatoire si la réclamation est acceptée, même en partie"
        ),
    )


def _answer_claim(context: Context[AnswerClaimInputs]) -> Outcome:
    """An accepted claim makes the reduction; nothing of what was contested is forgotten."""
    inputs, current = context.inputs, repayment_in(context)
    claim = current.open_claim
    if claim is None:
        raise LookupError("no claim")
    whole = min(claim.contested, current.contestable)
    granted = {ClaimState.ACCEPTED: whole, ClaimState.REDUCED: inputs.granted}.get(inputs.outcome) or Decimal(0)
    answered = replace(claim, state=inputs.outcome, answered_on=context.today, granted=granted)
    claims = tuple(answered if each.id == claim.id else each for each in current.claims)
    told = {"repayment": current.cause, "claim": claim.id, "authority": inputs.authority or ""}
    after = replace(current, claims=claims)
    if granted:
        reduction = Movement(MovementKind.REDUCED, granted, context.today, inputs.authority, claim=claim.id)
        after = _lowered(after, reduction)
    told["movements"] = str(len(after.movements))
    effects = letter("claim_answer", Addressee.RECRUITER, **told)
    if granted and current.title_stands:  # the accountant hears of the reduction, not of the claim
        known = {name: told[name] for name in ("repayment", "movements")}
        effects += letter("relief_granted", Addressee.ACCOUNTANT, relief=Relief.REDUCED.value, **known)
    return Outcome({"repayments": replaced(context.dossier.repayments, after)}, effects)


def _step(name: str, text: str, who: tuple[Who, ...], inputs: type[ActInputs], perform: Any, *guards: Any) -> Act:
    return Act(name, text, who, inputs, perform, (step(name), repayment_named, *guards), sources=REPAYING)


def _grant(relief: Relief, text: str, *guards: Any) -> Act:
    return _step(
        relief.act,
        text,
        (Who.HEAD,),
        ReliefInputs,
        _granting(relief),
        reason_written,
        amount_positive,
        on_relief.relief_prepared(relief),
        on_relief.within_prepared,
        on_recovery.within_payable if relief is Relief.REDUCED else on_recovery.within_outstanding,
        on_relief.authority_named,
        not_in_future("authority_on"),
        on_relief.authority_dated,
        *guards,
    )


_HEARD = (not_in_future("opinion_on"), on_relief.accountant_heard)

ACTS = (
    _step(
        "prepare_relief",
        "Préparer un abandon, une réduction, une remise ou une non-valeur",
        (Who.INSTRUCTOR,),
        PrepareReliefInputs,
        _prepare,
        reason_written,
        on_relief.relief_sound,
    ),
    _step(
        "drop_repayment",
        "Abandonner le reversement",
        (Who.HEAD,),
        DropInputs,
        _drop,
        reason_written,
        on_relief.relief_prepared(Relief.ABANDONED),
        on_relief.authority_named,
    ),
    _grant(Relief.REDUCED, "Réduire le reversement"),
    _grant(Relief.REMITTED, "Accorder une remise gracieuse", *_HEARD),
    _grant(Relief.WRITTEN_OFF, "Admettre en non-valeur", *_HEARD, on_relief.written_off_after_title),
    _step(
        "file_claim",
        "Déposer une réclamation",
        (Who.RECRUITER, Who.INSTRUCTOR),
        ClaimInputs,
        _file_claim,
        on_answer.arrived_soundly,
        not_in_future("came_on"),
        on_relief.grounds_given,
        on_relief.no_claim_open,
        on_relief.contested_sound,
        on_relief.claimed_in_time,
    ),
    _step(
        "answer_claim",
        "Répondre à la réclamation",
        (Who.HEAD,),
        AnswerClaimInputs,
        _answer_claim,
        reason_written,
        on_relief.claim_waits,
        on_relief.another_answers,
        on_relief.another_accepts,
        on_relief.grant_sound,
        on_relief.acceptance_authorised,
    ),
)
