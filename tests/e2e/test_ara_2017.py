"""Auvergne-Rhône-Alpes 2017: a joint file, a session and a number of places that arrive late, a doctor named after the
award, a rate that falls in the second year."""

from __future__ import annotations

from tests.backoffice.writing import flat
from tests.e2e import roads
from tests.e2e.driver import CONFIRM
from tests.e2e.house import House
from tests.e2e.life import Life
from tests.e2e.town import Town, mailbox, published, town_of

APPLICATION = {
    "Spécialité": "Pneumologie",
    "Établissement recruteur": "CH du Safran",
    "Demi-journées par semaine chez le recruteur": "5",
    "Établissement partenaire": "CHU de la Sauge",
    "Demi-journées par semaine chez le partenaire": "5",
    "Durée demandée, en mois": "24",
    "Prise de fonctions souhaitée": "01/11/2017",
}
QUOTA = "[[parameters.quotas]]"
_JUNE = 'id = "juin-2017", label = "Comité de sélection", first = 2017-06-12, last = 2017-06-16, rule = "ARA-18"'
SESSION = ("sessions = []", f"sessions = [{{ {_JUNE} }}]")


def test_the_life_of_a_post(house: House) -> None:
    town = town_of(house, "ara-2017", without=QUOTA)
    life = Life(town)
    filed(life)
    published(town, SESSION, without=QUOTA)
    roads.judged(life, "12/06/2017", "13/06/2017", "Comité de sélection")
    awarded_under_reserve(life, town)
    named_and_deferred(life)
    started(life)
    roads.delegated(life, "04/01/2018")
    replaced(life)
    ended(life)
    assert house.ailments() == []


def filed(life: Life) -> None:
    """Deposited in time, before the day printed, once both have confirmed the same file."""
    town = life.town
    life.at("10/04/2017").drafted(town.recruiter, APPLICATION)
    for day in ("14/04/2017", "22/04/2017", "27/04/2017", "28/04/2017"):
        life.at(day)
    told = [(mailbox(site), f"Dossier {life.number} : à déposer jusqu’au 29 avril 2017") for site in town.profile.sites]
    assert sorted(life.news()) == sorted(told * 3)
    both = ", ".join(mailbox(site) for site in town.profile.sites)
    life.given(town.recruiter)
    why = town.recruiter.stopped(life.number, "Déposer le dossier")
    assert "Le dépôt est commun : CHU de la Sauge ne l’a pas encore confirmé." in why
    assert "règle de l’appel" in why
    life.does(town.partner, "Confirmer le dépôt")
    life.at("29/04/2017", "23:40")
    preview = town.recruiter.tries(life.number, "Déposer le dossier")
    assert "L’appel demande un dépôt par courriel" in preview.text
    town.recruiter.presses(CONFIRM)
    life.house.settle()
    assert [to for to, _ in life.news()] == [both, both]
    assert "29 avril 2017 à 23 h 40, heure de Paris" in flat(life.mail("accusé d’enregistrement").body)
    assert "29 juin 2017, à titre indicatif" in town.instructor.sees(life.number).text
    life.at("09/05/2017").accepted()
    life.does(town.instructor, "Déclarer complet")


def awarded_under_reserve(life: Life, town: Town) -> None:
    """Retained before the number of places is known: no money until the place is confirmed (A18)."""
    life.at("19/06/2017")
    preview = town.head.tries(life.number, "Retenir")
    assert "n’est pas encore connu : la place est provisoire. L’attribution se fait sous réserve" in preview.text
    town.head.presses(CONFIRM)
    life.at("26/06/2017")
    notice = town.head.tries(life.number, "Notifier", {"Signataire": "Sauge Ocre"})
    assert "attribution sous réserve" in notice.text
    town.head.presses(CONFIRM)
    life.at("03/07/2017")
    why = town.head.stopped(life.number, "Notifier le financement")
    assert "L’attribution est encore sous réserve de délégation" in why
    assert "choix A18" in why
    published(town, SESSION)
    life.at("11/07/2017")
    life.does(town.instructor, "Confirmer la place")
    life.at("12/07/2017")
    life.does(town.head, "Notifier le financement")
    assert "109 192,92 €" in town.head.screen.text
    years = life.part("financement").rows("Échéancier")
    assert [(year, sum_) for year, _, sum_ in years] == [
        ("2017", "10 399,32 €"),
        ("2018", "59 796,10 €"),
        ("2019", "38 997,50 €"),
        ("Total", "109 192,92 €"),
    ]


def named_and_deferred(life: Life) -> None:
    """The doctor is named in September, the start put off by two months, the duration kept."""
    town = life.town
    life.at("05/09/2017")
    roads.named(life, "Coquelicot", "Gris", 5)
    life.at("04/10/2017")
    asked = {"Nouvelle prise de fonctions": "01/01/2018", "Fait connu le": "02/10/2017"}
    life.does(town.recruiter, "Demander un report", **asked)
    life.at("09/10/2017")
    preview = town.head.tries(life.number, "Accorder un report", {"Motif": "Fin de thèse."})
    assert "Le poste est prévu du 1er janvier 2018 au 31 décembre 2019, pour 24 mois." in preview.text
    town.head.presses(CONFIRM)


def started(life: Life) -> None:
    """The call wants a full licence at the start: nobody has said it yet."""
    town = life.town
    life.at("02/01/2018").given(town.recruiter).accepted()
    why = town.instructor.stopped(life.number, "Constater la prise de fonctions")
    assert "règle ARA-05" in why
    life.does(town.recruiter, "Compléter l’identité du candidat", **{"Plénitude d’exercice": "Oui"})
    life.does(town.instructor, "Constater la prise de fonctions", **{"Installé le": "01/01/2018"})
    assert life.state == "En poste"


def replaced(life: Life) -> None:
    """A withdrawal announced in April; a head is enough for the replacement, the call chose a post and not a person."""
    town = life.town
    life.at("03/04/2018")
    life.does(
        town.recruiter, "Signaler un désistement", **roads.leaving("30/03/2018", "01/06/2018", "raison personnelle")
    )
    life.does(town.instructor, "Annoncer un départ", Conséquence="désistement")
    life.at("01/06/2018", "06:00")
    assert life.state == "Désisté"
    proposal = roads.proposed("01/07/2018", "Anis", "Vermeil", 2) | {"Plénitude d’exercice": "Oui"}
    life.does(town.recruiter, "Proposer un remplacement", **proposal)
    life.at("11/06/2018")
    life.does(town.head, "Accorder le remplacement")
    roads.started(life, "01/07/2018", "02/07/2018")


def ended(life: Life) -> None:
    """The doctor leaves at the end of the fourteenth month; the machine proposes what was paid and not served."""
    town = life.town
    roads.delegated(life, "07/01/2019", "46 797", warned="diffère de la tranche", confirmed=True)
    life.at("14/01/2019")
    told = roads.leaving("11/01/2019", "01/03/2019", "raison personnelle")
    life.does(town.recruiter, "Déclarer une fin anticipée", **told)
    life.at("28/02/2019", "18:00")
    life.does(town.instructor, "Constater la fin", **{"Pièce justificative": "lettre de démission"})
    life.house.minutes(11)
    assert life.state == "Reversement"
    shown = life.part("financement").rows("Reversement pour fin anticipée")
    assert ["Versé", "109 192,92 €"] in shown
    assert ["Servi", "64 995,76 €"] in shown
    assert ["Au prorata (lecture retenue)", "44 197,16 €"] in shown
    assert shown[-1] == ["Proposé", "44 197,16 €"]  # what a tranche paid above the plan is in it


def test_a_file_come_by_mail_is_entered_by_the_instructor(house: House) -> None:
    """ARA-15: the file comes by e-mail on the last day; its entry comes later, with the proof of its receipt."""
    town = town_of(house, "ara-2017")
    life = Life(town).at("02/05/2017")
    life.drafted(town.instructor, APPLICATION)
    assert town.head.sees(life.number).status == 200
    life.given(town.instructor)
    received = {"Reçu le": "30/04/2017 00:00", "Voie": "par courriel"}
    unproved = town.instructor.tries(life.number, "Enregistrer un dossier reçu", received)
    assert "L’appel est clos : jusqu’au samedi 29 avril 2017 inclus" in unproved.alert
    assert "la preuve de sa réception" in unproved.alert
    known = {"Reçu le": "29/04/2017 23:40", "Voie": "par courriel", "Preuve de réception": "en-tête du courriel"}
    life.does(town.instructor, "Enregistrer un dossier reçu", **known)
    assert life.state == "Déposé"
    life.house.settle()
    life.news()
    assert "29 avril 2017 à 23 h 40, heure de Paris" in flat(life.mail("accusé d’enregistrement").body)
    assert house.ailments() == []
