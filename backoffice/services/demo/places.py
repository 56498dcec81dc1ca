"""Invented establishments: none of them exists, their departments and groups fit the conditions of the calls."""

from __future__ import annotations

from dataclasses import dataclass

from backoffice.services.demo.numbers import finess
from backoffice.services.demo.people import DOMAIN
from backoffice.store.people import Establishment
from workflows.sites import SiteKind

K = SiteKind


@dataclass(frozen=True, slots=True)
class Place:
    """An establishment. `key` names it in the stories; `entity` is the number of its legal entity when shared."""

    number: int
    key: str
    name: str
    kind: SiteKind
    department: str
    ght: str | None = None
    priority: bool | None = None
    zones: tuple[str, ...] = ()
    entity: int | None = None

    @property
    def finess(self) -> str:
        """Its FINESS number."""
        return finess(self.number)

    @property
    def mailbox(self) -> str:
        """The mailbox of its medical affairs office."""
        return f"bam.{self.key}@{DOMAIN}"

    def row(self) -> Establishment:
        """The establishment as it is kept."""
        return Establishment(
            finess=self.finess,
            entity=finess(self.entity or self.number + 500),
            name=self.name,
            kind=self.kind.value,
            department=self.department,
            ght=self.ght,
            zones=list(self.zones),
            priority=self.priority,
            email=self.mailbox,
        )


_DENSE = ("sous_dense",)

PLACES = {
    place.key: place
    for place in (
        Place(1, "mirabelle", "CH de Mirabelle-sur-Orge", K.CH, "16", "charente", priority=True),
        Place(2, "noisette", "CH de Noisette-les-Bains", K.CH, "40", "landes", priority=True),
        Place(3, "chataigne", "CH de Châtaigne-en-Combes", K.CH, "19", "limousin", priority=True),
        Place(4, "noyer", "CH du Val-Noyer", K.CH, "47", "lot-et-garonne", priority=True),
        Place(5, "charmes", "CH des Trois-Charmes", K.CH, "79", "deux-sevres", priority=True),
        Place(6, "buis", "CH de Buis-le-Haut", K.CH, "24", "dordogne", priority=True),
        Place(7, "salicorne", "CH de la Salicorne", K.CH, "17", "saintonge", priority=True),
        Place(8, "fougere", "CH de Hautefougère", K.CH, "87", "limousin", priority=True),
        Place(9, "tilleuls", "CHU des Tilleuls", K.CHU, "33"),
        Place(10, "platane", "CHU du Grand-Platane", K.CHU, "86"),
        Place(11, "glycine", "Hôpital de la Glycine", K.ESPIC, "33"),
        Place(12, "figuier", "CH du Figuier-Blanc", K.CH, "33"),
        Place(21, "garance", "CH de la Garance", K.CH, "77"),
        Place(22, "pivoine", "CHU de la Pivoine", K.CHU, "75"),
        Place(23, "jasmin", "Hôpital du Jasmin", K.ESPIC, "75"),
        Place(24, "aubepine", "CH de l’Aubépine", K.CH, "78"),
        Place(25, "capucines", "EHPAD des Capucines", K.EHPAD_PUBLIC, "91"),
        Place(26, "bleuets", "Centre de santé des Bleuets", K.CDS, "93"),
        Place(27, "muguet", "CH du Muguet", K.CH, "95"),
        Place(28, "etang", "CH du Muguet, site de l’Étang", K.CH, "95", entity=527),
        Place(31, "indigo", "CH d’Indigo", K.CH, "45", zones=_DENSE),
        Place(32, "airelle", "CH de Sainte-Airelle", K.CH, "36", zones=_DENSE),
        Place(33, "myrtille", "CHU de la Myrtille", K.CHU, "37"),
        Place(34, "ajoncs", "Maison de santé des Ajoncs", K.MSP, "45", zones=_DENSE),
        Place(35, "bruyere", "Centre de santé de la Bruyère", K.CDS, "41", zones=_DENSE),
        Place(36, "primeveres", "Maison de santé des Primevères", K.MSP, "18", zones=_DENSE),
        Place(41, "safran", "CH du Safran", K.CH, "43"),
        Place(42, "verveine", "CH de la Verveine", K.CH, "07"),
        Place(43, "sauge", "CHU de la Sauge", K.CHU, "69"),
        Place(44, "myosotis", "Centre des Myosotis", K.CLCC, "69"),
        Place(51, "hibiscus", "CH de l’Hibiscus", K.CH, "973"),
        Place(52, "balisier", "CH du Balisier", K.CH, "973"),
    )
}
