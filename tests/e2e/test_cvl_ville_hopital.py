"""Centre-Val de Loire, town and hospital: a deferral told late and held, a departure, a replacement without its
statement of repercussions, an early end; the reading of the cost is signed in the complement."""

from __future__ import annotations

from tests.backoffice.writing import flat
from tests.builders import rpps
from tests.e2e import roads
from tests.e2e.driver import CONFIRM, PREVIEW
from tests.e2e.house import House
from tests.e2e.life import Life
from tests.e2e.town import mailbox, town_of

APPLICATION = {
    "Spécialité": "Dermatologie",
    "Établissement recruteur": "CH d’Indigo",
    "Demi-journées par semaine chez le recruteur": "5",
    "Établissement partenaire": "Maison de santé des Ajoncs",
    "Demi-journées par semaine chez le partenaire": "5",
    "Distance du partenaire par la route": "32",
    "Durée demandée, en mois": "24",
    "Prise de fonctions souhaitée": "01/11/2022",
    "Prénom du médecin": "Pervenche",
    "Nom du médecin": "Rousse",
    "Adresse électronique du médecin": "pervenche@rousse.example",
}


def test_the_life_of_a_post(house: House) -> None:
    life = Life(town_of(house, "cvl-ville-hopital"))
    filed(life)
    roads.judged(life, "04/07/2022", "05/07/2022", "juillet-2022")
    roads.awarded(life, "07/07/2022", "11/07/2022")
    financed(life)
    deferred(life)
    identified(life)
    roads.started(life, "01/01/2023", "02/01/2023")
    roads.delegated(life, "03/01/2023")
    left(life)
    replaced(life)
    ended(life)
    assert house.ailments() == []


def filed(life: Life) -> None:
    """A call without a closing: the page warns; every piece is there."""
    recruiter = life.town.recruiter
    life.at("02/05/2022").drafted(recruiter, APPLICATION)
    assert "Candidat Pervenche Rousse" in recruiter.screen.text
    life.given(recruiter).at("16/05/2022")
    preview = recruiter.tries(life.number, "Déposer le dossier")
    assert "L’appel ne fixe pas de date limite : le dossier est reçu à la date de son dépôt." in preview.text
    recruiter.presses(CONFIRM)
    life.house.settle()
    assert [to for to, _ in life.news()] == [mailbox(life.town.profile.recruiter)] * 2
    assert "16 juillet 2022" in flat(life.mail("accusé de réception").body)
    life.at("23/05/2022").accepted()
    life.does(life.town.instructor, "Déclarer complet")


def financed(life: Life) -> None:
    """The scale of the PET needs the distance told in the application."""
    life.at("18/07/2022")
    life.does(life.town.head, "Notifier le financement")
    assert "69 265,92 €" in life.town.head.screen.text


def deferred(life: Life) -> None:
    """Told three weeks after the fact: held, and lifted by the director general with a reason (CVL-17)."""
    town = life.town
    life.at("20/10/2022")
    asked = {"Nouvelle prise de fonctions": "01/01/2023", "Fait connu le": "30/09/2022"}
    life.does(town.recruiter, "Demander un report", **asked)
    life.at("24/10/2022")
    held = town.dg.tries(life.number, "Accorder un report", {"Motif": "Fin d’internat repoussée."})
    assert held.status == 422
    assert "l’appel prévoit alors qu’il n’y a pas de financement" in held.alert
    assert "CVL-17" in held.alert
    town.dg.fills({"Lever la réserve": "Retard du seul service, médecin de bonne foi."}, PREVIEW).presses(PREVIEW)
    assert "Le poste est prévu du 1er janvier 2023 au 31 décembre 2024, pour 24 mois." in town.dg.screen.text
    town.dg.presses(CONFIRM)
    history = life.part("historique").rows("Historique")
    assert "Fin d’internat repoussée." in history[0][-1]


def identified(life: Life) -> None:
    """The RPPS number comes before the start, written with spaces."""
    number = rpps(4)
    facts = {"Numéro RPPS": f"{number[:3]} {number[3:7]} {number[7:]}", "Inscription à l’Ordre": "Oui"}
    life.at("12/12/2022")
    life.does(life.town.recruiter, "Compléter l’identité du candidat", **facts)


def left(life: Life) -> None:
    """The departure announced in April takes effect in June."""
    town = life.town
    life.at("03/04/2023")
    told = roads.leaving("31/03/2023", "01/06/2023", "installation libérale")
    life.does(town.recruiter, "Signaler un désistement", **told)
    life.does(town.instructor, "Annoncer un départ", Conséquence="désistement")
    life.at("31/05/2023", "23:59")
    assert life.state == "En poste"
    life.at("01/06/2023", "00:01")
    assert life.state == "Désisté"
    assert "Un remplacement peut être proposé jusqu’au 1er juillet 2023." in town.recruiter.screen.text


def replaced(life: Life) -> None:
    """The recruiter forgets to say what the change alters: refused, cancelled, told again (CVL-15)."""
    town = life.town
    life.at("05/06/2023")
    silent = roads.proposed("03/07/2023", "Anis", "Vermeil", 2, repercussions="")
    life.does(town.recruiter, "Proposer un remplacement", **silent)
    life.given(town.recruiter).accepted()
    life.does(town.instructor, "Examiner une demande", **{"Avis écrit de la présidence": "05/06/2023"})
    refused = town.head.tries(life.number, "Accorder le remplacement")
    assert (
        "Le recruteur n’a pas dit si le changement a des répercussions sur le projet et les quotités." in refused.alert
    )
    assert "CVL-15" in refused.alert
    life.does(town.recruiter, "Annuler une demande", Motif="Déclaration oubliée.")
    life.does(town.recruiter, "Proposer un remplacement", **roads.proposed("03/07/2023", "Anis", "Vermeil", 2))
    life.given(town.recruiter).accepted()
    life.does(town.instructor, "Examiner une demande", **{"Avis écrit de la présidence": "05/06/2023"})
    life.at("12/06/2023")
    life.does(town.head, "Accorder le remplacement")
    assert life.state == "Notifié"
    roads.started(life, "03/07/2023")
    assert "Médecin Anis Vermeil" in town.instructor.screen.text


def ended(life: Life) -> None:
    """A resignation in February: the months paid and not served are proposed for repayment."""
    town = life.town
    roads.delegated(life, "08/01/2024", "34 632,96", warned="diffère de la tranche", confirmed=True)
    life.at("29/01/2024")
    told = roads.leaving("26/01/2024", "01/03/2024", "installation libérale")
    life.does(town.recruiter, "Déclarer une fin anticipée", **told)
    life.at("29/02/2024", "18:00")
    life.does(town.instructor, "Constater la fin", **{"Pièce justificative": "lettre de démission"})
    life.house.minutes(11)
    assert life.state == "Reversement"
    shown = dict(life.part("financement").rows("Reversement pour fin anticipée"))
    assert shown["Versé"] == "69 265,92 €"
    assert shown["Servi"] == "37 422,84 €"
    assert shown["Au prorata (lecture retenue)"] == "31 843,08 €"
    assert shown["Proposé"] == "31 843,08 €"  # what a tranche paid above the plan is in it
    life.house.minutes(11)
    assert "lavande.azur@ars-24.example" in [to for to, _ in life.news()]
