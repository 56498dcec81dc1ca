"""Requests: what establishments and candidates report or ask for, with a life of its own beside the dossier."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from workflows.parts.candidates import Candidate
from workflows.sites import Plan
from workflows.states import State


class RequestKind(StrEnum):
    """What is reported or asked."""

    WITHDRAWAL = "withdrawal"
    REPLACEMENT = "replacement"
    DEFERRAL = "deferral"
    EARLY_END = "early_end"

    @property
    def label(self) -> str:
        """The French word for the request."""
        return _KIND_LABELS[self]


_KIND_LABELS = {
    RequestKind.WITHDRAWAL: "désistement",
    RequestKind.REPLACEMENT: "remplacement",
    RequestKind.DEFERRAL: "report",
    RequestKind.EARLY_END: "fin anticipée",
}


class RequestState(StrEnum):
    """Where a request stands."""

    REPORTED = "reported"
    UNDER_REVIEW = "under_review"
    GRANTED = "granted"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    MOOT = "moot"

    @property
    def is_open(self) -> bool:
        """True while somebody still has to answer."""
        return self in {RequestState.REPORTED, RequestState.UNDER_REVIEW}

    @property
    def label(self) -> str:
        """The French word for the state."""
        return _STATE_LABELS[self]


_STATE_LABELS = {
    RequestState.REPORTED: "signalée",
    RequestState.UNDER_REVIEW: "à l’examen",
    RequestState.GRANTED: "accordée",
    RequestState.REFUSED: "refusée",
    RequestState.CANCELLED: "annulée",
    RequestState.MOOT: "sans objet",
}


class EndReason(StrEnum):
    """Why a doctor gives a post up or leaves it: a closed list, without health or private detail."""

    CCA_OR_HU = "cca_or_hu"
    OTHER_HOSPITAL = "other_hospital"
    PRIVATE_PRACTICE = "private_practice"
    PERSONAL = "personal"
    STATUTORY_LEAVE = "statutory_leave"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """The French words for the reason."""
        return _REASON_LABELS[self]


_REASON_LABELS = {
    EndReason.CCA_OR_HU: "recrutement comme chef de clinique ou sur un poste hospitalo-universitaire",
    EndReason.OTHER_HOSPITAL: "autre poste hospitalier",
    EndReason.PRIVATE_PRACTICE: "installation libérale",
    EndReason.PERSONAL: "raison personnelle",
    EndReason.STATUTORY_LEAVE: "congé statutaire",
    EndReason.UNKNOWN: "motif non connu",
}


class Repercussions(StrEnum):
    """What a change of candidate changes in the project (CVL-15)."""

    NONE = "none"
    PROJECT = "project"
    TIME_SHARE = "time_share"

    @property
    def label(self) -> str:
        """The French words for the change."""
        return _REPERCUSSION_LABELS[self]


_REPERCUSSION_LABELS = {
    Repercussions.NONE: "sans répercussion",
    Repercussions.PROJECT: "sur le projet médical",
    Repercussions.TIME_SHARE: "sur les quotités de travail",
}


@dataclass(frozen=True, slots=True)
class FourDates:
    """The four dates of a reported event: the fact, known on, effective on, recorded on."""

    fact_on: date = field(metadata={"label": "Date du fait", "help": "Le jour où c’est arrivé."})
    known_on: date = field(metadata={"label": "Connu le", "help": "Le jour où le recruteur l’a appris."})
    effective_on: date = field(
        metadata={
            "label": "Premier jour sans le médecin",
            "help": "Le lendemain de son dernier jour ; avant la prise de fonctions, le jour où il renonce.",
        }
    )
    recorded_on: date = field(metadata={"label": "Signalé à l’agence le"})


@dataclass(frozen=True, slots=True)
class Request:
    """One request. What it asks is in the fields of its kind; the others stay None.

    `plan` is the time share proposed with a replacement, None when it stays as it is; `contract_share` is the
    share of a full time that the contract of the doctor proposed is for. `about`: the id of the doctor of
    the post when it was made; a replacement is about the doctor it proposes.

    `effective_on` of a withdrawal or an early end is the first day without the doctor (the last day served is the day
    before); for a deferral or a replacement it is the new start.
    """

    id: str
    kind: RequestKind
    state: RequestState
    reported_by: str
    dates: FourDates
    reason: EndReason | None = None
    candidate: Candidate | None = None
    repercussions: tuple[Repercussions, ...] | None = None
    letter: bool = False
    chair_opinion_on: date | None = None
    cca_from: date | None = None
    plan: Plan | None = None
    about: str | None = None
    answered_on: date | None = None
    contract_share: Fraction = field(default=Fraction(1), metadata={"late": True})

    @property
    def is_open(self) -> bool:
        """True while it waits for an answer."""
        return self.state.is_open


_BEFORE_POST = (
    State.SUBMITTED,
    State.COMPLETE,
    State.COMMITTEE,
    State.RESERVE,
    State.SELECTED,
    State.NOTIFIED,
)

#: kind -> (states of the dossier in which it may be reported, act that granting it fires).
REQUEST_TABLE: dict[RequestKind, tuple[tuple[State, ...], str]] = {
    RequestKind.WITHDRAWAL: ((*_BEFORE_POST, State.IN_POST), "withdraw"),
    RequestKind.REPLACEMENT: ((State.SELECTED, State.NOTIFIED, State.IN_POST, State.WITHDRAWN), "replace"),
    RequestKind.DEFERRAL: ((State.SELECTED, State.NOTIFIED), "defer"),
    RequestKind.EARLY_END: ((State.IN_POST, State.WITHDRAWN), "record_end"),
}
