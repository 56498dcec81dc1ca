"""The doctor who holds or will hold a post."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Candidate:
    """A doctor. `id` is a reference; `rpps` may come later than the filing, it is needed at the start.

    The other members are the facts a call may ask for; None means nobody has said.
    """

    id: str
    rpps: str | None = field(default=None, metadata={"label": "Numéro RPPS", "personal": True})
    registered: bool | None = field(default=None, metadata={"label": "Inscription à l’Ordre"})
    full_licence: bool | None = field(default=None, metadata={"label": "Plénitude d’exercice"})
    specialist_title: bool | None = field(default=None, metadata={"label": "Titre de spécialiste"})
    foreign_title: bool | None = field(default=None, metadata={"label": "Titre étranger"})
    residency_ends_on: date | None = field(default=None, metadata={"label": "Fin de l’internat", "long_ago": True})
    title_obtained_on: date | None = field(default=None, metadata={"label": "Titre obtenu le", "long_ago": True})
