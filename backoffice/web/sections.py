"""The application in steps, in the order in which one thinks of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from backoffice.web.forms import Field

#: Members of an application that name a doctor.
DOCTOR = ("given_name", "family_name", "born_on", "email")


@dataclass(frozen=True, slots=True)
class Section:
    """Some controls of the application that go together. `folds`: those that few people need."""

    title: str
    lead: str
    fields: list[Field]
    folds: list[Section] = field(default_factory=list)

    @property
    def is_used(self) -> bool:
        """True when something is typed there, or wrong."""
        return any(f.value or f.error for f in self.fields)


_THIRD = ("second_partner", "second_half_days", "second_distance_km")
_PROJECT = ("project", "project_size", "project_viable_from")
_SECOND_YEAR = ("recruiter_second_year", "partner_second_year")
_POST = ("specialty", "months", "wished_start", "contract_share", "other_financing")
_TIME = (
    *("recruiter", "recruiter_half_days", "partner", "partner_half_days", "partner_distance_km"),
    "share_motivated",
)


def sections(fields: list[Field]) -> list[Section]:
    """The steps that ask something."""

    def of(names: Iterable[str]) -> list[Field]:
        return [f for name in names for f in fields if f.name == name]

    lead = "Pour un binôme ou un trinôme, déposez un dossier par poste."
    together = Section("Un projet de plusieurs postes", lead, of(_PROJECT))
    folds = [
        Section("Un troisième lieu", "Le temps se partage entre trois établissements.", of(_THIRD)),
        Section("Une deuxième année différente", "Le partage change après douze mois.", of(_SECOND_YEAR)),
    ]
    found = [
        Section("Le poste", "Ce que vous demandez.", of(_POST), [together]),
        Section("Le temps partagé", "Où le médecin travaille, chaque semaine.", of(_TIME), folds),
        Section("Le médecin", "La personne pour qui le poste est demandé, si elle est connue.", of(DOCTOR)),
    ]
    return [section for section in found if section.fields]
