"""Contesting a line of the account, and answering: neither changes an amount, the act that does comes after."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from workflows.account.contestable import contestable_line
from workflows.account.lines import account_lines
from workflows.actors import DECISION_LEVELS
from workflows.acts.answers import AnswerInputs
from workflows.acts.base import Act, ActInputs, Context, Outcome, Who
from workflows.acts.common import label
from workflows.effects import Addressee, mail
from workflows.guards import answers as on_answer
from workflows.guards import contests as on_contest
from workflows.guards.common import reason_written
from workflows.guards.days import not_in_future
from workflows.money.gains import GainedEuros
from workflows.parts.contests import Contest, ContestState
from workflows.states import State

S = State
#: States in which a post may have an account.
_WITH_ACCOUNT = (S.SELECTED, S.NOTIFIED, S.IN_POST, S.WITHDRAWN, S.ENDED, S.CLAWBACK, S.REJECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContestInputs(AnswerInputs):
    """The line contested; why is the reason of the act. An agent records a contest that came by letter or mail."""

    line: str = field(metadata=label("Ligne du compte", help="Une ligne de l’échéancier ou du compte."))


def _contest(context: Context[ContestInputs]) -> Outcome:
    dossier, inputs = context.dossier, context.inputs
    line = contestable_line(dossier, inputs.line)
    if line is None:
        raise LookupError("no such line")
    recorded = context.by.role in DECISION_LEVELS
    contest = Contest(
        id=f"C{len(dossier.contests) + 1}",
        line=line.id,
        label=line.label,
        amount=GainedEuros(line.amount),
        filed_on=(inputs.came_on if recorded else None) or context.today,
        grounds=inputs.reason or "",
        recorded_by=context.by.id if recorded else None,
        evidence=inputs.evidence if recorded else None,
    )
    effects = mail("account_contested", Addressee.SERVICE, contest=contest.id)
    return Outcome({"contests": (*dossier.contests, contest)}, effects)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerContestInputs(ActInputs):
    """The answer to one contest; why is the reason of the act.

    `remedy`: the name of the act that is to follow. `corrected_by`: the line of the account that already put it right.
    """

    contest: str = field(metadata=label("Ligne contestée"))
    outcome: ContestState = field(metadata=label("Réponse"))
    remedy: str | None = field(
        default=None,
        metadata=label(
            "Acte à faire ensuite",
            help="La réponse ne change aucun montant : l’acte qui corrige se fait après, et reste noté ici.",
            needed="obligatoire si la ligne est à corriger",
        ),
    )
    corrected_by: str | None = field(
        default=None,
        metadata=label(
            "Ligne qui l’a déjà corrigée",
            help="Quand la correction est faite avant la réponse.",
            needed="obligatoire si la ligne est corrigée",
        ),
    )


def _answer(context: Context[AnswerContestInputs]) -> Outcome:
    inputs = context.inputs
    lines = account_lines(context.dossier) if inputs.corrected_by else ()
    corrected_on = next((line.on for line in lines if line.id == inputs.corrected_by), None)

    def answered(contest: Contest) -> Contest:
        if contest.id != inputs.contest:
            return contest
        return replace(
            contest,
            state=inputs.outcome,
            answered_on=context.today,
            reply=inputs.reason,
            remedy=inputs.remedy,
            corrected_by=inputs.corrected_by,
            corrected_on=corrected_on,
        )

    contests = tuple(answered(contest) for contest in context.dossier.contests)
    effects = mail("contest_answered", Addressee.RECRUITER, contest=inputs.contest)
    return Outcome({"contests": contests}, effects)


ACTS = (
    Act(
        "contest_line",
        "Contester une ligne du compte",
        (Who.RECRUITER, Who.INSTRUCTOR),
        ContestInputs,
        _contest,
        (
            reason_written,
            on_answer.arrived_soundly,
            not_in_future("came_on"),
            on_contest.some_line,
            on_contest.line_known,
            on_contest.line_free,
        ),
        sources=_WITH_ACCOUNT,
    ),
    Act(
        "answer_contest",
        "Répondre sur une ligne contestée",
        (Who.INSTRUCTOR,),
        AnswerContestInputs,
        _answer,
        (
            reason_written,
            on_contest.contest_waits,
            on_contest.contest_open,
            on_contest.answer_sound,
            on_contest.corrected_after,
        ),
        sources=_WITH_ACCOUNT,
    ),
)
