"""Calls as they are printed: what they leave unknown stops the money, in words, and nothing else."""

from __future__ import annotations

from tests.e2e import roads
from tests.e2e.house import House
from tests.e2e.life import Life
from tests.e2e.test_idf_2025 import APPLICATION
from tests.e2e.town import town_of


def test_a_call_without_a_cost_refuses_the_financial_notification(house: House) -> None:
    """IDF-15, A18, A25: the award goes on under reserve, the page says why no euro can be notified."""
    life = Life(town_of(house, "idf-2025", complement=False))
    town = life.town
    life.at("10/03/2025").drafted(town.recruiter, APPLICATION)
    life.at("22/04/2025")
    life.does(town.recruiter, "Déposer le dossier")
    life.at("12/05/2025")
    life.does(town.instructor, "Déclarer complet")
    roads.judged(life, "02/06/2025", "11/06/2025", "jury")
    roads.awarded(life, "16/06/2025", "20/06/2025")

    shown = town.head.sees(life.number)
    assert "Appel complété" not in shown.text
    why = town.head.stopped(life.number, "Notifier le financement")
    assert "L’attribution est encore sous réserve de délégation : aucun crédit ne peut être notifié." in why
    assert "choix A18" in why
    assert "L’appel ne dit pas ce qu’il faut savoir pour cet acte (IDF-15)." in why
    assert "Complétez l’appel : l’acte deviendra possible. (règle IDF-15)" in why
    shut = town.head.opens(f"/dossiers/{life.number}/actes/notify_money").screen
    assert "Impossible pour l’instant" in shut.text
    assert "(IDF-15)" in shut.text
    assert "Voir ce qui va changer" not in shut.text
    assert ("notify_money", "head") not in life.journal()
    assert house.ailments() == []
