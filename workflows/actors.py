"""Who acts: natural persons with a role, establishments, candidates, and the clock."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The capacity in which somebody acts on a dossier."""

    CANDIDATE = "candidate"
    ESTABLISHMENT = "establishment"
    MEMBER = "member"
    INSTRUCTOR = "instructor"
    HEAD = "head"
    DG = "dg"
    ADMIN = "admin"
    CLOCK = "clock"

    @property
    def label(self) -> str:
        """The French word for the role."""
        return _LABELS[self]


_LABELS = {
    Role.CANDIDATE: "le candidat",
    Role.ESTABLISHMENT: "l’établissement",
    Role.MEMBER: "un membre de la commission",
    Role.INSTRUCTOR: "l’instructeur",
    Role.HEAD: "le responsable",
    Role.DG: "le directeur général",
    Role.ADMIN: "l’administrateur",
    Role.CLOCK: "la machine",
}

#: Agents of the authority, from the lowest to the highest power to decide.
DECISION_LEVELS = (Role.INSTRUCTOR, Role.HEAD, Role.DG)


def decides_at(role: Role, level: Role) -> bool:
    """True when `role` may take a decision of the given level: who may do more may do less."""
    return role in DECISION_LEVELS and DECISION_LEVELS.index(role) >= DECISION_LEVELS.index(level)


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody acting.

    `id` is the account or the person (never a name); `party` is the id of the establishment (FINESS of the site)
    for an establishment, else None.
    """

    role: Role
    id: str
    party: str | None = None


def referred(person: str | None) -> str:
    """How a sentence names somebody who acted: by a reference, which whoever shows the sentence turns into a name."""
    return f"agent:{person}"


CLOCK = Actor(Role.CLOCK, "clock")
