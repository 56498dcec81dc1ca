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
    registered: bool | None = None
    full_licence: bool | None = None
    specialist_title: bool | None = None
    foreign_title: bool | None = None
    residency_ends_on: date | None = None
    title_obtained_on: date | None = None
