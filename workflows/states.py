"""The twelve states of a dossier, with the words agents use for them."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a dossier stands. The value is the identifier stored everywhere; `label` is what people read."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    COMPLETE = "complete"
    COMMITTEE = "committee"
    RESERVE = "reserve"
    SELECTED = "selected"
    NOTIFIED = "notified"
    IN_POST = "in_post"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    ENDED = "ended"
    CLAWBACK = "clawback"

    @property
    def label(self) -> str:
        """The agents’ word, in French."""
        return _LABELS[self]


_LABELS = {
    State.DRAFT: "Brouillon",
    State.SUBMITTED: "Déposé",
    State.COMPLETE: "Complet",
    State.COMMITTEE: "En commission",
    State.RESERVE: "Liste complémentaire",
    State.SELECTED: "Retenu",
    State.NOTIFIED: "Notifié",
    State.IN_POST: "En poste",
    State.WITHDRAWN: "Désisté",
    State.REJECTED: "Non retenu",
    State.ENDED: "Terminé",
    State.CLAWBACK: "Reversement",
}

#: Filed with the authority and not yet decided: the silence clock is meaningful here.
UNDER_EXAMINATION = frozenset({State.SUBMITTED, State.COMPLETE, State.COMMITTEE, State.RESERVE})
