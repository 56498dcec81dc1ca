"""Guards on answers to a letter: whose they are, and when they arrived."""

from __future__ import annotations

from typing import Any

from workflows.actors import DECISION_LEVELS
from workflows.acts.answers import answer_of
from workflows.acts.base import Context, guard, input_guard
from workflows.dossier import Dossier
from workflows.findings import Check, check, refusal
from workflows.french import short_day
from workflows.guards.which_repayment import concerned
from workflows.parts.receipts import Receipt
from workflows.proofs import of_decision, of_notice, of_party, of_repayment

NO_NOTICE_TO_ANSWER = refusal(
    "no_notice_to_answer",
    "Aucun courrier n’attend de réponse.",
    "Rien n’est à faire.",
)
ANSWER_OF_NOBODY = refusal(
    "answer_of_nobody",
    "Le courrier est parti à plusieurs destinataires : la réponse de l’un ne vaut pas pour l’autre.",
    "Choisissez de qui vient cette réponse.",
    rule="CRPA art. L. 122-1",
)
ARRIVAL_UNKNOWN = refusal(
    "answer_arrival_unknown",
    "Une réponse reçue hors du téléservice dit par quelle voie, quel jour et sur quelle pièce.",
    "Complétez la voie, le jour d’arrivée et la pièce.",
)
ANSWER_TOO_EARLY = refusal(
    "answer_before_letter",
    "Le courrier a été {what} le {on} : sa réponse n’a pas pu arriver le {came_on}.",
    "Corrigez la date d’arrivée.",
)


def _unanswered(dossier: Dossier) -> tuple[Receipt, ...]:
    return tuple(receipt for receipt in of_notice(dossier) if receipt.answered_on is None)


@guard
def notice_waiting(context: Context[Any]) -> Check:
    """A contradictory notice waits for the answer of the one who answers; for an agent, for that of anybody."""
    dossier, party = context.dossier, answer_of(context).party
    notice, waiting = dossier.notice, _unanswered(dossier)
    if notice is None or not of_notice(dossier):  # sent before receipts were kept
        return check(NO_NOTICE_TO_ANSWER() if notice is None or notice.answered_on else None)
    mine = waiting if context.by.role in DECISION_LEVELS else of_party(dossier, waiting, party)
    return check(None if mine else NO_NOTICE_TO_ANSWER())


@input_guard
def answer_of_somebody(context: Context[Any]) -> Check:
    """An agent who records an answer says whose it is, when several may still answer (CRPA L. 122-1)."""
    waiting, named = _unanswered(context.dossier), context.inputs.receipt
    if context.by.role not in DECISION_LEVELS or not waiting:
        return check()
    known = any(r.id == named for r in waiting) or (named is None and len(waiting) == 1)
    return check(None if known else ANSWER_OF_NOBODY(), receipt=named)


#: The letter of a repayment that an act answers.
_ON_REPAYMENT = {"record_remarks": of_repayment, "file_claim": of_decision}
#: Acts that answer no letter.
_UNASKED = frozenset({"contest_line"})


def _asked(context: Context[Any]) -> tuple[Receipt, ...]:
    """The receipts of the letter that an act answers, of the one who answers where somebody is named."""
    if context.act in _UNASKED:
        return ()
    letter, repayment = _unanswered(context.dossier), concerned(context)
    if context.act in _ON_REPAYMENT:
        letter = _ON_REPAYMENT[context.act](context.dossier, repayment) if repayment else ()
    named = answer_of(context).receipt
    return tuple(r for r in letter if named is None or r.id == named)


@input_guard
def arrived_soundly(context: Context[Any]) -> Check:
    """An answer that an agent records says how and when it arrived: after the letter, and after its receipt."""
    inputs, on = context.inputs, context.inputs.came_on
    if context.by.role not in DECISION_LEVELS:
        return check()
    told = inputs.channel is not None and on is not None and (inputs.evidence or "").strip()
    found = [None if told else ARRIVAL_UNKNOWN()]
    for receipt in _asked(context) if on is not None else ():
        since = receipt.received_on or receipt.asked_on
        if on is not None and on < since:
            what = "reçu" if receipt.received_on else "demandé"
            found.append(ANSWER_TOO_EARLY(what=what, on=short_day(since), came_on=short_day(on)))
    return check([f for f in found if f is not None], came_on=on)
