"""Answers to a letter: given here by whoever was asked, or recorded by an agent as it arrived."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from workflows.actors import DECISION_LEVELS, Role
from workflows.acts.base import ActInputs, Context
from workflows.acts.common import label
from workflows.calls.model import Channel
from workflows.proofs import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerInputs(ActInputs):
    """An answer to a letter. Of one that came otherwise than here, an agent says how, when, and on what it rests.

    `evidence` is a reference. What a party says of an arrival counts for nothing: it answers on the day itself.
    """

    channel: Channel | None = field(default=None, metadata=label("Arrivée", agents=True))
    came_on: date | None = field(default=None, metadata=label("Arrivée le", agents=True))
    evidence: str | None = field(
        default=None,
        metadata=label(
            "Pièce", personal=True, agents=True, help="Le courrier reçu, son numéro ou le nom du fichier classé."
        ),
    )


def answer_of(context: Context[Any]) -> Answer:
    """Who may be answering by an act, and on which day: an agent records the day on which the answer arrived."""
    by, inputs = context.by, context.inputs
    if by.role is Role.CANDIDATE:
        return Answer(by.id, context.today)
    if by.role in DECISION_LEVELS and isinstance(inputs, AnswerInputs):
        return Answer(None, inputs.came_on or context.today, getattr(inputs, "receipt", None))
    return Answer(by.party if by.role is Role.ESTABLISHMENT else None, context.today)
