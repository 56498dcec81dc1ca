"""À, au, aux before an establishment; dates and articles that hold together."""

from __future__ import annotations

import pytest

from workflows.french import NBSP, at_place, unbroken


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("CH d’Indigo", "au CH d’Indigo"),
        ("CHU de la Myrtille", "au CHU de la Myrtille"),
        ("Centre de santé des Bleuets", "au Centre de santé des Bleuets"),
        ("EHPAD des Capucines", "à l’EHPAD des Capucines"),
        ("Hôpital du Jasmin", "à l’Hôpital du Jasmin"),
        ("Maison de santé des Ajoncs", "à la Maison de santé des Ajoncs"),
        ("Clinique du Muguet", "à la Clinique du Muguet"),
        ("Hospices civils de Safran", "aux Hospices civils de Safran"),
        ("Mirabelle Santé", "à Mirabelle Santé"),
    ],
)
def test_the_preposition_agrees_with_the_kind_of_place(name: str, said: str) -> None:
    assert at_place(name) == said


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("le 1er janvier 2026 à 9 h 05", "le 1er_janvier_2026 à 9_h_05"),
        ("du 4 novembre au 3 mai 2027", "du 4_novembre au 3_mai_2027"),
        ("CRPA art. L. 231-4", "CRPA art._L._231-4"),
        ("le dossier n° 12", "le dossier n°_12"),
        ("Mme Capucine Bleuet", "Mme_Capucine Bleuet"),
        ("12 mois, 3 jours", "12 mois, 3 jours"),
        ("la mairie de mai", "la mairie de mai"),
    ],
)
def test_what_is_read_together_is_not_broken(text: str, held: str) -> None:
    assert unbroken(text) == held.replace("_", NBSP)
    assert unbroken(unbroken(text)) == unbroken(text)
