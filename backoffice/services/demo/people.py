"""Invented doctors: a plant for a given name, a colour or a flower for a family name."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid5

from backoffice.services.demo.numbers import rpps
from backoffice.services.people import Doctor
from workflows.parts.candidates import Candidate

#: Every id that the demonstration chooses itself is derived from this one: building it twice gives the same ids.
NAMESPACE = UUID("6f1d2f5e-2d3c-4f5e-9b7a-0d6a5a1c9e01")
DOMAIN = "demo.example"

_GIVEN = tuple(
    """
    Capucine Anis Jonquille Pervenche Églantine Narcisse Hortensia Basilic Prunelle Romarin Mélisse Dahlia Clémentine
    Aubépine Cyprès Marjolaine Olivier Primevère Réséda Verveine Sorbier Valériane Acacia Bruyère Coriandre Angélique
    """.split()  # noqa: SIM905 - fifty short words read better so
)
_FAMILY = tuple(
    """
    Bleuet Vermeil Cyan Garance Gris Jaune Azur Ocre Pourpre Argent Ivoire Indigo Carmin Émeraude Safran Corail
    Turquoise Lilas Ébène Cobalt Céladon
    """.split()  # noqa: SIM905 - likewise
)
_OLDEST = date(1990, 1, 1)


@dataclass(frozen=True, slots=True)
class Invented:
    """A doctor of the demonstration. `candidate` is what a dossier says of them at first: no RPPS number yet."""

    id: UUID
    doctor: Doctor
    candidate: Candidate


def plain_letters(text: str) -> str:
    """A name fit for an address: lower case, no accents."""
    stripped = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return stripped.lower().replace(" ", "-").replace("’", "-")


def invented(n: int) -> Invented:
    """The n-th doctor."""
    given = _GIVEN[n % len(_GIVEN)]
    family = _FAMILY[(n + n // len(_GIVEN)) % len(_FAMILY)]
    person = uuid5(NAMESPACE, f"doctor {n}")
    doctor = Doctor(
        family_name=family,
        given_name=given,
        email=f"{plain_letters(given)}.{plain_letters(family)}@{DOMAIN}",
        rpps=rpps(n),
        born_on=_OLDEST + timedelta(days=37 * n % 2000),
    )
    facts = Candidate(str(person), registered=True, full_licence=True, specialist_title=True, foreign_title=False)
    return Invented(person, doctor, facts)
