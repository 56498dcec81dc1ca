"""Guyane 2020, on the clock of Cayenne: a year on each side of the ocean, a replacement agreed before the departure and
an end announced, both carried out by the machine at midnight there."""

from __future__ import annotations

from tests.backoffice.writing import flat
from tests.e2e import roads
from tests.e2e.driver import CONFIRM
from tests.e2e.house import House
from tests.e2e.life import Life
from tests.e2e.town import mailbox, town_of

APPLICATION = {
    "Spécialité": "Pédiatrie",
    "Établissement recruteur": "CH de l’Hibiscus",
    "Demi-journées par semaine chez le recruteur": "10",
    "Établissement partenaire": "CHU des Tilleuls",
    "Demi-journées par semaine chez le partenaire": "0",
    "Durée demandée, en mois": "24",
    "La deuxième année, si elle diffère : demi-journées chez le recruteur": "0",
    "La deuxième année, si elle diffère : demi-journées chez le partenaire": "10",
    "Prise de fonctions souhaitée": "01/11/2020",
}


def test_the_life_of_a_post(house: House) -> None:
    life = Life(town_of(house, "guyane-2020"))
    filed(life)
    judged(life)
    roads.awarded(life, "05/10/2020", "09/10/2020")
    roads.named(life, "Orchidée", "Jaune", 6)
    life.does(life.town.head, "Notifier le financement")
    assert "155 989,92 €" in life.town.head.screen.text
    deferred(life)
    roads.started(life, "01/01/2021")
    roads.delegated(life, "05/01/2021")
    replaced(life)
    ended(life)
    dropped(life)
    assert [act for act, role in life.journal() if role == "clock"] == [
        "withdraw",
        "replace",
        "record_end",
        "open_clawback",
    ]
    assert house.ailments() == []


def filed(life: Life) -> None:
    """Filed in the evening of Cayenne, when the day after has begun in Paris."""
    recruiter = life.town.recruiter
    life.at("04/09/2020").drafted(recruiter, APPLICATION)
    for place in ("CH de l’Hibiscus, 50 %", "CHU des Tilleuls, 50 %"):
        assert place in recruiter.screen.text
    life.at("14/09/2020", "21:30")
    life.does(recruiter, "Déposer le dossier")
    life.house.settle()
    assert [to for to, _ in life.news()] == [mailbox(life.town.profile.recruiter)] * 2
    assert "14 septembre 2020 à 21 h 30, heure de Cayenne" in flat(life.mail("accusé d’enregistrement").body)
    assert "14 novembre 2020" in life.part("pieces").text
    life.at("21/09/2020")
    life.does(life.town.instructor, "Déclarer complet")


def judged(life: Life) -> None:
    """The note announces no session: the one named is taken as it is, and the page says so."""
    life.at("24/09/2020")
    preview = life.town.instructor.tries(life.number, "Inscrire à une séance", {"Séance": "septembre-2020"})
    assert "L’appel n’annonce aucune séance" in preview.text
    life.town.instructor.presses(CONFIRM)
    life.at("30/09/2020", "17:00")
    opinion = {"Séance du": "30/09/2020", "Avis favorable": "Oui", "Rang": "1"}
    life.does(life.town.instructor, "Saisir l’avis de la commission", **opinion)


def deferred(life: Life) -> None:
    """Two months, the duration kept."""
    town = life.town
    life.at("19/10/2020")
    asked = {"Nouvelle prise de fonctions": "01/01/2021", "Fait connu le": "16/10/2020"}
    life.does(town.recruiter, "Demander un report", **asked)
    life.at("21/10/2020")
    preview = town.head.tries(life.number, "Accorder un report", {"Motif": "Billet d’avion reporté."})
    assert "Le poste est prévu du 1er janvier 2021 au 31 décembre 2022, pour 24 mois." in preview.text
    town.head.presses(CONFIRM)


def replaced(life: Life) -> None:
    """A departure announced, the replacement agreed in between: on the day the machine does both."""
    town = life.town
    life.at("01/03/2021")
    told = roads.leaving("26/02/2021", "01/05/2021", "raison personnelle")
    life.does(town.recruiter, "Signaler un désistement", **told)
    life.does(town.instructor, "Annoncer un départ", Conséquence="désistement")
    life.at("05/04/2021")
    life.does(town.recruiter, "Proposer un remplacement", **roads.proposed("01/05/2021", "Anis", "Vermeil", 2))
    life.at("12/04/2021")
    preview = town.head.tries(life.number, "Accorder un remplacement avant le départ")
    assert "Le remplacement prendra effet avec le départ, le 1er mai 2021 : la machine s’en chargera." in preview.text
    town.head.presses(CONFIRM)
    life.at("30/04/2021", "23:59")
    assert life.state == "En poste"
    life.at("01/05/2021", "00:01")
    assert life.state == "Notifié"
    assert "Médecin Anis Vermeil" in town.recruiter.screen.text
    roads.started(life, "01/05/2021")
    assert life.part("financement").rows("Échéancier")[0] == ["2021", "12 mois", "77 994,96 €"]


def ended(life: Life) -> None:
    """An end announced for October: the machine records it and opens the proposal."""
    town = life.town
    life.at("02/08/2021")
    told = roads.leaving("30/07/2021", "01/10/2021", "autre poste hospitalier")
    life.does(town.recruiter, "Déclarer une fin anticipée", **told)
    life.does(town.instructor, "Annoncer un départ", Conséquence="fin du poste")
    why = town.instructor.starts(life.number, "Enregistrer une tranche").screen
    assert "Un départ est déclaré sur ce poste : il prend effet le 1er octobre 2021." in why.text
    life.house.minutes(11)
    life.news()
    life.at("30/09/2021", "23:59")
    assert life.state == "En poste"
    life.at("01/10/2021", "00:01")
    assert life.state == "Reversement"
    shown = life.part("financement").rows("Reversement pour fin anticipée")
    assert ["Servi", "58 496,22 €"] in shown
    assert ["Au prorata (lecture retenue)", "19 498,74 €"] in shown
    assert ("lavande.azur@ars-03.example") in [to for to, _ in life.news()]


def dropped(life: Life) -> None:
    """After the remarks of the recruiter it is given up, prepared by one and granted by another: the post is over."""
    town = life.town
    life.at("04/10/2021")
    life.does(town.instructor, "Ouvrir la procédure contradictoire")
    life.at("18/10/2021")
    life.does(town.recruiter, "Répondre au constat", Observations="Le poste a été proposé deux fois sans succès.")
    why, authority = "Carence de candidats constatée par l’agence.", "Responsable de l’offre de soins, décision 2021-8"
    roads.relieved(life, "abandon", "Abandonner le reversement", why, authority)
    life.does(town.instructor, "Solder le reversement")
    assert life.state == "Terminé"
