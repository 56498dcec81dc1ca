"""Who hears of a decision, and who hears of its reasons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from workflows.acts.base import Context
from workflows.calls.model import Depositor
from workflows.dossier import Dossier
from workflows.effects import Addressee, Effect, letter

#: Who hears of a result where the call names nobody (A39).
EVERYBODY = (Addressee.DEPOSITORS, Addressee.CANDIDATE, Addressee.RECRUITER, Addressee.PARTNERS)

_AS_ADDRESSEE = {
    Depositor.CANDIDATE: Addressee.CANDIDATE,
    Depositor.RECRUITER: Addressee.RECRUITER,
    Depositor.PARTNER: Addressee.PARTNERS,
}


def once(dossier: Dossier, told: Iterable[Addressee]) -> tuple[Addressee, ...]:
    """The addressees without the depositors who are among them already under their own name."""
    named = tuple(dict.fromkeys(told))
    kinds = {depositor.kind for depositor in dossier.depositors}
    if kinds and all(_AS_ADDRESSEE[kind] in named for kind in kinds):
        return tuple(who for who in named if who is not Addressee.DEPOSITORS)
    return named


def of_result(context: Context[Any]) -> tuple[Addressee, ...]:
    """Who hears of the result: those the call names, then the others (A39)."""
    clause, also = context.call.clauses.award, context.call.clauses.award.also_notified
    named = (*(clause.notified_to.value or ()), *((also.value if also else None) or ()))
    return once(context.dossier, named or EVERYBODY)


def of_refusal(context: Context[Any], code: str, *reasons: Addressee, **details: str) -> tuple[Effect, ...]:
    """The letter of a refusal to those who read its reasons, the bare result to the others (A39, CRPA art. L. 311-6).

    `code`: L5 or L10, with its `details`. The establishments hear that the post is not financed, not what is held
    against a person.
    """
    told = once(context.dossier, reasons)
    known = {_AS_ADDRESSEE[depositor.kind] for depositor in context.dossier.depositors}
    told_of_all = {*told, *(known if Addressee.DEPOSITORS in told else ())}
    others = tuple(who for who in of_result(context) if who not in told_of_all)
    return letter(code, *told, **details) + letter("result", *others)
