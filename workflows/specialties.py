"""Specialties of a post: the 44 diplomas (DES) of the arrêté du 21 avril 2017, pharmacy and odontology."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

#: What a call writes before the name of a filière, where a code of specialty could stand.
GROUP_PREFIX = "filiere:"


class Filiere(StrEnum):
    """The branch a specialty belongs to."""

    SURGERY = "chirurgicale"
    MEDICINE = "medicale"
    BIOLOGY = "biologie"
    PHARMACY = "pharmacie"
    ODONTOLOGY = "odontologie"

    @property
    def label(self) -> str:
        """The French words for the branch."""
        return _FILIERE_LABELS[self]


_FILIERE_LABELS = {
    Filiere.SURGERY: "spécialités chirurgicales",
    Filiere.MEDICINE: "spécialités médicales",
    Filiere.BIOLOGY: "biologie médicale",
    Filiere.PHARMACY: "pharmacie",
    Filiere.ODONTOLOGY: "odontologie",
}


@dataclass(frozen=True, slots=True)
class Specialty:
    """A specialty. A name may exist in two branches, with two codes: gates compare codes, never labels."""

    code: str
    label: str
    filiere: Filiere


class UnknownSpecialtyError(LookupError):
    """A code that is not in the list."""

    def __init__(self, code: str) -> None:
        super().__init__(f"La spécialité «\u00a0{code}\u00a0» n’est pas dans la liste.")
        self.code = code


_LISTS: Mapping[Filiere, str] = {
    Filiere.SURGERY: """
        chirurgie_maxillo_faciale: chirurgie maxillo-faciale
        chirurgie_orale: chirurgie orale
        chirurgie_orthopedique: chirurgie orthopédique et traumatologique
        chirurgie_pediatrique: chirurgie pédiatrique
        chirurgie_plastique: chirurgie plastique, reconstructrice et esthétique
        chirurgie_thoracique_cardiovasculaire: chirurgie thoracique et cardiovasculaire
        chirurgie_vasculaire: chirurgie vasculaire
        chirurgie_viscerale: chirurgie viscérale et digestive
        gynecologie_obstetrique: gynécologie obstétrique
        neurochirurgie: neurochirurgie
        ophtalmologie: ophtalmologie
        orl: oto-rhino-laryngologie et chirurgie cervico-faciale
        urologie: urologie
    """,
    Filiere.MEDICINE: """
        allergologie: allergologie
        anatomie_cytologie_pathologiques: anatomie et cytologie pathologiques
        anesthesie_reanimation: anesthésie-réanimation
        dermatologie: dermatologie et vénéréologie
        endocrinologie: endocrinologie-diabétologie-nutrition
        genetique_medicale: génétique médicale
        geriatrie: gériatrie
        gynecologie_medicale: gynécologie médicale
        hematologie: hématologie
        hepato_gastro_enterologie: hépato-gastro-entérologie
        maladies_infectieuses: maladies infectieuses et tropicales
        medecine_cardiovasculaire: médecine cardiovasculaire
        medecine_urgence: médecine d’urgence
        medecine_travail: médecine et santé au travail
        medecine_generale: médecine générale
        medecine_intensive_reanimation: médecine intensive-réanimation
        medecine_interne: médecine interne et immunologie clinique
        medecine_legale: médecine légale et expertises médicales
        medecine_nucleaire: médecine nucléaire
        medecine_physique_readaptation: médecine physique et de réadaptation
        medecine_vasculaire: médecine vasculaire
        nephrologie: néphrologie
        neurologie: neurologie
        oncologie: oncologie
        pediatrie: pédiatrie
        pneumologie: pneumologie
        psychiatrie: psychiatrie
        radiologie: radiologie et imagerie médicale
        rhumatologie: rhumatologie
        sante_publique: santé publique
    """,
    Filiere.BIOLOGY: """
        biologie_medicale: biologie médicale
    """,
    Filiere.PHARMACY: """
        pharmacie_hospitaliere: pharmacie hospitalière
        pharmacie_biologie_medicale: biologie médicale (pharmacie)
    """,
    Filiere.ODONTOLOGY: """
        odontologie_chirurgie_orale: chirurgie orale (odontologie)
        medecine_bucco_dentaire: médecine bucco-dentaire
        orthopedie_dento_faciale: orthopédie dento-faciale
    """,
}


def _read() -> dict[str, Specialty]:
    found = {}
    for filiere, lines in _LISTS.items():
        for line in lines.split("\n"):
            code, colon, label = line.strip().partition(": ")
            if colon:
                found[code] = Specialty(code, label, filiere)
    return found


#: Every specialty by its code.
SPECIALTIES: Mapping[str, Specialty] = MappingProxyType(_read())


def specialty(code: str) -> Specialty:
    """The specialty of a code. Raises `UnknownSpecialtyError`."""
    if code not in SPECIALTIES:
        raise UnknownSpecialtyError(code)
    return SPECIALTIES[code]


def members(group: str) -> frozenset[str]:
    """The codes a call means by a code or by `filiere:<name>`; empty when the list knows neither."""
    if group.startswith(GROUP_PREFIX):
        name = group.removeprefix(GROUP_PREFIX)
        return frozenset(code for code, found in SPECIALTIES.items() if found.filiere == name)
    return frozenset({group} & SPECIALTIES.keys())


def in_group(code: str, group: str) -> bool:
    """True when a specialty is the one a call names, or belongs to the filière it names."""
    return code in members(group)


def everyone() -> tuple[Specialty, ...]:
    """Every specialty, in the alphabetical order of its French label."""
    return tuple(sorted(SPECIALTIES.values(), key=lambda s: _spelt(s.label)))


def _spelt(label: str) -> str:
    """A label as a dictionary orders it: accents weigh nothing, an apostrophe or a hyphen is a blank."""
    plain = "".join(c for c in unicodedata.normalize("NFD", label) if not unicodedata.combining(c))
    return " ".join(plain.replace("’", " ").replace("-", " ").split())
