"""What a decision asks the machine to do afterwards. Effects are data: somebody else carries them out, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class EffectKind(StrEnum):
    """How an effect is carried out.

    MAIL is sent by the machine. LETTER is a decision letter that persons validate, sign and send. ACT asks the clock
    to fire another act on the same dossier. RENEWAL opens the dossier that renews this one. CANCEL withdraws what an
    earlier journal entry asked for and that has not left the house.
    """

    MAIL = "mail"
    LETTER = "letter"
    ACT = "act"
    RENEWAL = "renewal"
    CANCEL = "cancel"


class Addressee(StrEnum):
    """To whom a mail or a letter goes."""

    DEPOSITORS = "depositors"
    CANDIDATE = "candidate"
    FORMER_CANDIDATE = "former_candidate"
    RECRUITER = "recruiter"
    PARTNERS = "partners"
    REPORTER = "reporter"
    SERVICE = "service"
    ACCOUNTANT = "accountant"
    MEMBERS = "members"
    MINISTRY = "ministry"

    @property
    def label(self) -> str:
        """The French words for the addressee."""
        return _ADDRESSEE_LABELS[self]


_ADDRESSEE_LABELS = {
    Addressee.DEPOSITORS: "le déposant",
    Addressee.CANDIDATE: "le candidat",
    Addressee.FORMER_CANDIDATE: "l’ancien candidat",
    Addressee.RECRUITER: "l’établissement recruteur",
    Addressee.PARTNERS: "les partenaires",
    Addressee.REPORTER: "l’auteur de la demande",
    Addressee.SERVICE: "le service instructeur",
    Addressee.ACCOUNTANT: "l’agent comptable",
    Addressee.MEMBERS: "les membres de la commission",
    Addressee.MINISTRY: "la direction générale de l’offre de soins",
}


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing to do. `name` is the letter code (L1), the act to fire, or the number of the new dossier.

    Its identity is the journal entry that caused it, its kind, its name and its addressee: it is made once.
    """

    kind: EffectKind
    name: str
    to: Addressee | None = None
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Key of the effect within its journal entry."""
        return ":".join(part for part in (self.kind.value, self.name, self.to.value if self.to else "") if part)


def mail(code: str, *to: Addressee, **details: str) -> tuple[Effect, ...]:
    """One mail per addressee."""
    return tuple(Effect(EffectKind.MAIL, code, who, details) for who in to)


def letter(code: str, *to: Addressee, **details: str) -> tuple[Effect, ...]:
    """One letter per addressee, for persons to validate, sign and send."""
    return tuple(Effect(EffectKind.LETTER, code, who, details) for who in to)


def dated(**days: date | None) -> dict[str, str]:
    """Days as the details of a letter hold them; those that nobody knows are left out."""
    return {name: day.isoformat() for name, day in days.items() if day is not None}
