"""Guards on contests of the account: a line that exists, contested once at a time, answered in one way."""

from __future__ import annotations

from typing import Any

from workflows.account.contestable import contestable, contestable_line, written_after
from workflows.account.lines import account_lines
from workflows.acts.base import Context, guard, input_guard
from workflows.dossier import Dossier
from workflows.findings import Check, check, refusal
from workflows.french import listing, short_day
from workflows.parts.contests import REMEDIES, Contest, ContestState

NO_LINE = refusal(
    "no_line_to_contest",
    "Le compte de ce poste n’a pas encore de ligne.",
    "Rien n’est à faire.",
)
LINE_UNKNOWN = refusal(
    "contested_line_unknown",
    "La ligne « {line} » n’est pas de celles qui se contestent ici.",
    "Choisissez une ligne de l’échéancier ou du compte ; ce qu’un reversement demande se conteste par une réclamation.",
)
LINE_CONTESTED = refusal(
    "line_already_contested",
    "Cette ligne est contestée depuis le {day}, et la réponse est attendue.",
    "Attendez la réponse : la ligne pourra être contestée de nouveau.",
)
NO_CONTEST = refusal(
    "no_contest_open",
    "Aucune ligne du compte n’attend de réponse.",
    "Rien n’est à faire.",
)
CONTEST_UNKNOWN = refusal(
    "contest_unknown",
    "La contestation « {contest} » n’attend pas de réponse.",
    "Choisissez l’une de celles-ci : {known}.",
)
ANSWER_WRONG = refusal(
    "contest_answer_wrong",
    "Une ligne à corriger demande l’acte à faire, une ligne corrigée la ligne qui l’a fait, une ligne juste aucun des "
    "deux.",
    "Corrigez la réponse, l’acte ou la ligne.",
)
CORRECTED_BEFORE = refusal(
    "contest_corrected_before",
    "La ligne {line} n’a pas été écrite après la ligne contestée ({contested}) : elle ne peut pas l’avoir corrigée.",
    "Choisissez une ligne écrite après elle, ou répondez que la ligne est à corriger.",
)


@guard
def some_line(context: Context[Any]) -> Check:
    """The account has a line."""
    return check(None if contestable(context.dossier) else NO_LINE())


@input_guard
def line_known(context: Context[Any]) -> Check:
    """The line is one of the schedule or of the account."""
    dossier, asked = context.dossier, context.inputs.line
    known = contestable_line(dossier, asked) is not None or not contestable(dossier)
    return check(None if known else LINE_UNKNOWN(line=asked[:40]), line=asked)


@input_guard
def line_free(context: Context[Any]) -> Check:
    """One contest of a line at a time."""
    waiting = next((c for c in context.dossier.open_contests if c.line == context.inputs.line), None)
    return check(LINE_CONTESTED(day=short_day(waiting.filed_on)) if waiting else None)


@guard
def contest_waits(context: Context[Any]) -> Check:
    """Some contest waits for its answer, or for the act that it was answered with."""
    return check(None if answerable(context.dossier) else NO_CONTEST())


def answerable(dossier: Dossier) -> tuple[Contest, ...]:
    """The contests that may be answered: those nobody answered, then those whose act is not done, to answer again."""
    return (*dossier.open_contests, *dossier.upheld_contests)


@input_guard
def contest_open(context: Context[Any]) -> Check:
    """The contest answered is one of those that wait."""
    known, asked = [c.id for c in answerable(context.dossier)], context.inputs.contest
    unknown = bool(known) and asked not in known
    return check(CONTEST_UNKNOWN(contest=asked[:40], known=listing(known, last="ou")) if unknown else None)


@input_guard
def answer_sound(context: Context[Any]) -> Check:
    """One that is upheld names the act to do, one put right already the line that did; a dismissed one neither."""
    inputs = context.inputs
    outcome, remedy, line = inputs.outcome, inputs.remedy, inputs.corrected_by
    right = {
        ContestState.UPHELD: remedy in REMEDIES and line is None,
        ContestState.CORRECTED: remedy is None and line in {n.id for n in account_lines(context.dossier)},
        ContestState.DISMISSED: remedy is None and line is None,
    }.get(outcome, False)
    return check(None if right else ANSWER_WRONG(), outcome=outcome, remedy=remedy, line=line)


@input_guard
def corrected_after(context: Context[Any]) -> Check:
    """The line that put another one right was written after it."""
    dossier, inputs, line = context.dossier, context.inputs, context.inputs.corrected_by
    if inputs.outcome is not ContestState.CORRECTED or inputs.remedy is not None:
        return check()
    contested = next((c.line for c in answerable(dossier) if c.id == inputs.contest), None)
    if contested is None or line not in {n.id for n in account_lines(dossier)}:
        return check()
    after = {n.id for n in written_after(dossier, contested)}
    return check(None if line in after else CORRECTED_BEFORE(line=line, contested=contested), line=line)
