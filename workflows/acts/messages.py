"""The act that puts a letter or a mail that came into its dossier: it is dated, kept, and decides nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from workflows.acts.base import Act, ActInputs, Context, Outcome, Who
from workflows.acts.common import label
from workflows.guards.days import not_in_future
from workflows.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageInputs(ActInputs):
    """A message received. `file` is a reference to its document; `received_on`: the day it came."""

    file: str = field(metadata=label("Document"))
    received_on: date = field(
        metadata=label("Reçu le", help="Le jour où le message est arrivé, non celui de la saisie.")
    )
    sender: str | None = field(default=None, metadata=label("Expéditeur", personal=True) | {"longest": 254})
    subject: str | None = field(default=None, metadata=label("Objet", personal=True) | {"longest": 400})


def _file(_context: Context[MessageInputs]) -> Outcome:
    return Outcome({})


ACTS = (
    # the machine files the answers that come to its own mails
    Act(
        "file_message",
        "Classer un message reçu",
        (Who.INSTRUCTOR, Who.CLOCK),
        MessageInputs,
        _file,
        (not_in_future("received_on"),),
        sources=tuple(s for s in State if s is not State.DRAFT),
    ),
)
