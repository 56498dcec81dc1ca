"""Île-de-France 2025: a post with a printed end, filed by the recruiter, its doctor named later and replaced before the
start, a deferral that shortens it, an early end without a clawback clause."""

from __future__ import annotations

from tests.backoffice.writing import flat
from tests.e2e import roads
from tests.e2e.driver import CONFIRM, PREVIEW
from tests.e2e.house import House
from tests.e2e.life import Life
from tests.e2e.town import mailbox, town_of

APPLICATION = {
    "Spécialité": "Médecine interne",
    "Établissement recruteur": "CH de la Garance",
    "Demi-journées par semaine chez le recruteur": "6",
    "Établissement partenaire": "Hôpital du Lilas",
    "Demi-journées par semaine chez le partenaire": "4",
    "Durée demandée, en mois": "24",
    "Prise de fonctions souhaitée": "01/11/2025",
}


def test_the_life_of_a_post(house: House) -> None:
    life = Life(town_of(house, "idf-2025"))
    filed(life)
    roads.judged(life, "02/06/2025", "11/06/2025", "jury", rank=3)
    roads.awarded(life, "16/06/2025", "23/06/2025")
    financed(life)
    deferred(life)
    replaced(life)
    roads.started(life, "01/01/2026", "05/01/2026")
    roads.delegated(life, "06/01/2026")
    ended(life)
    forgiven(life)
    assert house.ailments() == []


def filed(life: Life) -> None:
    """Filed on the last day at 23:30; the silence is only shown, the file is complete without any piece."""
    recruiter = life.town.recruiter
    life.at("10/03/2025").drafted(recruiter, APPLICATION)
    for day in ("15/04/2025", "23/04/2025", "28/04/2025", "29/04/2025"):
        life.at(day)
    bureau = mailbox(life.town.profile.recruiter)
    assert life.news() == [(bureau, f"Dossier {life.number} : à déposer jusqu’au 30 avril 2025")] * 3
    life.at("30/04/2025", "23:30")
    life.does(recruiter, "Déposer le dossier")
    life.house.settle()
    assert [to for to, _ in life.news()] == [bureau, bureau]
    assert "30 avril 2025 à 23 h 30, heure de Paris" in flat(life.mail("accusé d’enregistrement").body)
    life.at("05/05/2025")
    assert "30 juin 2025, à titre indicatif" in life.part("pieces").text
    life.does(life.town.instructor, "Déclarer complet")


def financed(life: Life) -> None:
    """The doctor is named, the recruiter accepts, the money is notified on a cost that the complement gives."""
    town = life.town
    life.at("01/07/2025")
    roads.named(life, "Jonquille", "Cyan", 3)
    life.does(town.recruiter, "Accepter l’attribution")
    life.at("07/07/2025")
    life.does(town.head, "Notifier le financement")
    assert "Appel complété : essai" in town.head.screen.text
    assert "93 594,00 €" in town.head.screen.text


def deferred(life: Life) -> None:
    """Two months of deferral are two months less: the end is printed."""
    town = life.town
    life.at("15/09/2025")
    life.does(
        town.recruiter,
        "Demander un report",
        **{"Nouvelle prise de fonctions": "01/01/2026", "Fait connu le": "12/09/2025"},
    )
    life.at("22/09/2025")
    preview = town.head.tries(life.number, "Accorder un report", {"Motif": "Soutenance de thèse en décembre."})
    assert "Le poste est prévu du 1er janvier 2026 au 31 octobre 2027." in preview.text
    town.head.presses(CONFIRM)
    assert "85 794,50 €" in town.head.screen.text


def replaced(life: Life) -> None:
    """The doctor withdraws before the start; the change has repercussions, the award is made again."""
    town = life.town
    life.at("24/11/2025")
    life.does(
        town.recruiter,
        "Signaler un désistement",
        **roads.leaving("20/11/2025", "01/12/2025", "autre poste hospitalier"),
    )
    life.at("01/12/2025")
    preview = town.instructor.tries(life.number, "Enregistrer un désistement")
    assert "La place est tenue pendant le remplacement jusqu’au 30 janvier 2026." in preview.text
    town.instructor.presses(CONFIRM)
    assert life.state == "Désisté"
    life.at("08/12/2025")
    proposal = roads.proposed("01/01/2026", "Anis", "Vermeil", 2, repercussions="sur le projet médical")
    life.does(town.recruiter, "Proposer un remplacement", **proposal)
    held = town.head.tries(life.number, "Accorder le remplacement")
    assert "Le remplacement a des répercussions : la commission est consultée de nouveau." in held.alert
    town.head.fills({"Lever la réserve": "Commission consultée par écrit le 9 décembre."}, PREVIEW).presses(PREVIEW)
    town.head.presses(CONFIRM)
    assert life.state == "Retenu"
    life.at("12/12/2025")
    life.does(town.head, "Notifier", Signataire="Sauge Ocre")
    assert life.state == "Notifié"
    assert "Candidat Anis Vermeil" in town.head.screen.text


def ended(life: Life) -> None:
    """Two tranches delegated, the doctor leaves at the end of the fourteenth month."""
    town = life.town
    roads.delegated(life, "08/01/2027", confirmed=True)
    life.at("11/01/2027")
    told = roads.leaving("08/01/2027", "01/03/2027", "recrutement comme chef de clinique", "01/05/2027")
    life.does(town.recruiter, "Déclarer une fin anticipée", **told)
    life.at("01/03/2027")
    life.does(town.instructor, "Constater la fin", **{"Pièce justificative": "lettre de démission"})
    life.house.minutes(11)
    assert life.state == "Reversement"
    shown = life.part("financement").rows("Reversement pour fin anticipée")
    assert ["Servi", "54 596,50 €"] in shown
    assert ["Au prorata (lecture retenue)", "31 198,00 €"] in shown
    assert not any("En entier" in line for line, _ in shown)


def forgiven(life: Life) -> None:
    """The recruiter answers, the head decides within what the reading gives, a remission settles it."""
    town = life.town
    life.at("03/03/2027")
    life.does(town.instructor, "Ouvrir la procédure contradictoire")
    life.at("15/03/2027")
    life.does(town.recruiter, "Répondre au constat", Observations="Le recruteur demande une remise.")
    life.house.settle()
    assert "lavande.azur@ars-11.example" in [to for to, _ in life.news()]
    life.at("22/03/2027")
    reason = {"Motif": "Huit mois versés et non servis."}
    above = town.head.tries(life.number, "Décider le reversement", {"Montant": "85 794,50"} | reason)
    assert "Aucune clause de l’appel ne permet de demander plus que les mois non servis." in above.alert
    life.does(town.head, "Décider le reversement", **{"Montant": "31 198,00"} | reason)
    why, authority = "Remise demandée par le recruteur.", "Directeur général, décision 2027-31"
    roads.relieved(life, "remise gracieuse", "Accorder une remise gracieuse", why, authority, "31 198")
    life.does(town.instructor, "Solder le reversement")
    assert life.state == "Terminé"
