"""Nouvelle-Aquitaine 2024, the dated example of the rules: a deferral, a withdrawal, its replacement, an early end."""

from __future__ import annotations

from tests.backoffice.writing import flat
from tests.builders import rpps
from tests.e2e import roads
from tests.e2e.driver import CONFIRM
from tests.e2e.house import House
from tests.e2e.life import Life
from tests.e2e.town import doctor_mail, mailbox, town_of
from tests.letters.office import CONTACTS, read
from tests.pages import Screen
from tests.web.test_account import untold

APPLICATION = {
    "Spécialité": "Gériatrie",
    "Établissement recruteur": "CH de Mirabelle",
    "Demi-journées par semaine chez le recruteur": "5",
    "Établissement partenaire": "CHU des Tilleuls",
    "Demi-journées par semaine chez le partenaire": "5",
    "Durée demandée, en mois": "24",
    "Prise de fonctions souhaitée": "01/11/2024",
}
MISSING = "avis du chef de pôle (CHU des Tilleuls)"
CAPUCINE = doctor_mail("capucine.bleuet")
PREPARE = "Séance à préparer"
SERVICE = "glycines@ars.example"
AHEAD = ("décision", "demande du titre", "titre", "recouvrement", "clôture")


def test_the_life_of_a_post(house: House) -> None:
    life = Life(town_of(house, "na-2024", ("capucine.bleuet",), contacts=CONTACTS))
    filed(life)
    completed(life)
    judged(life)
    notified(life)
    deferred(life)
    started(life)
    accounted(life)
    replaced(life)
    ended(life)
    repaid(life)
    assert life.journal()[0] == ("open", "candidate")
    assert [role for act, role in life.journal() if act in {"withdraw", "open_clawback"}] == ["clock", "clock"]
    assert house.ailments() == []


def filed(life: Life) -> None:
    """A draft in May, two reminders before the closing, a deposit on 10 June with an opinion missing."""
    capucine = life.town.doctor("capucine.bleuet")
    life.at("02/05/2024").drafted(capucine, APPLICATION)
    for day in ("29/05/2024", "30/05/2024", "30/05/2024", "31/05/2024", "07/06/2024", "08/06/2024"):
        life.at(day)
    assert life.news() == [(CAPUCINE, f"Dossier {life.number} : à déposer jusqu’au 14 juin 2024")] * 2
    assert [life.dated(m) for m in life.mails] == ["30/05/2024 10:00", "07/06/2024 10:00"]

    life.at("10/06/2024", "14:05").given(capucine, MISSING)
    life.at("10/06/2024", "14:12")
    preview = capucine.tries(life.number, "Déposer le dossier")
    assert f"Ces pièces ne sont pas encore jointes : {MISSING}." in preview.text
    assert "Le dossier passe de « Brouillon » à « Déposé »." in preview.text
    capucine.presses(CONFIRM)
    assert life.state == "Déposé"

    life.house.settle()
    assert life.news() == [
        (CAPUCINE, f"Dossier {life.number} : accusé de réception de votre demande"),
        (CAPUCINE, f"Dossier {life.number} : accusé d’enregistrement"),
    ]
    assert "10 juin 2024 à 14 h 12, heure de Paris" in flat(life.mail("accusé d’enregistrement").body)
    receipt = flat(life.mail("accusé de réception").body)
    assert "elle est réputée rejetée le 10 août 2024" in receipt
    assert "R. 112-11-1" in receipt
    assert life.dated(life.mail("accusé de réception")) == "10/06/2024 14:12"


def completed(life: Life) -> None:
    """The missing opinion is asked for, the reminder goes once, the silence is suspended eleven days."""
    capucine, instructor = life.town.doctor("capucine.bleuet"), life.town.instructor
    life.at("17/06/2024").accepted()
    life.does(instructor, "Demander des pièces", Pièces=[MISSING[:1].upper() + MISSING[1:]])
    life.house.settle()
    assert [to for to, _ in life.news()] == [CAPUCINE]
    asked = flat(life.mail("pièce").body)
    assert MISSING in asked
    assert "2 juillet 2024" in asked
    assert "Silence : suspendu" in life.part("pieces").text

    for day in ("26/06/2024", "27/06/2024", "27/06/2024", "28/06/2024"):
        life.at(day, "09:00")
    reminder = (CAPUCINE, f"Dossier {life.number} : rappel, pièces attendues jusqu’au 2 juillet 2024")
    told = life.news()
    assert [item for item in told if item[0] == CAPUCINE] == [reminder]
    assert all(item[1].startswith(PREPARE) for item in told if item[0] != CAPUCINE)
    assert life.dated(life.mail("rappel, pièces")) == "27/06/2024 09:00"

    life.given(capucine).accepted()
    life.does(instructor, "Déclarer complet")
    assert "mercredi 21 août 2024" in instructor.screen.text
    life.house.minutes(9)
    assert life.news() == []
    life.house.minutes(2)
    assert [to for to, _ in life.news()] == [CAPUCINE]
    assert life.state == "Complet"


def judged(life: Life) -> None:
    """Two members read and mark the dossier; their mean gives a rank, the procès-verbal gives the opinion."""
    town, number = life.town, life.number
    instructor = town.instructor
    life.at("08/07/2024")
    life.does(instructor, "Inscrire à une séance", Séance="commission de sélection")
    assert life.state == "En commission"
    for name in ("Thym Argent", "Sarriette Fauve"):
        instructor.opens("/commission").follows("commission de sélection")
        instructor.fills({"Ajouter un membre": name}).presses("Ajouter")
    for slug, mark in (("thym.argent", "15"), ("sarriette.fauve", "12")):
        member = town.agent(slug).opens("/commission").follows("commission de sélection")
        member.follows(number)
        assert "Fiche d’instruction" in member.screen.text
        assert f"{MISSING} : acceptée" in member.screen.text
        member.opens("/commission").follows("commission de sélection")
        member.fills({f"Note sur 20 pour {number}": mark}).presses("Noter")
    assert town.agent("thym.argent").sees(number).status == 404
    board = instructor.opens("/commission").follows("commission de sélection").screen
    assert "13,50" in board.rows("Dossiers dans l’ordre des moyennes")[0]

    life.at("11/07/2024", "17:00")
    assert "la commission ne s’est pas encore prononcée" in town.head.stopped(number, "Retenir").lower()
    life.does(
        instructor,
        "Saisir l’avis de la commission",
        **{"Séance du": "11/07/2024", "Avis favorable": "Oui", "Rang": "1"},
    )
    life.does(town.head, "Retenir")
    assert life.state == "Retenu"


def notified(life: Life) -> None:
    """The head notifies with a signatory in force, the doctor and the recruiter accept."""
    town = life.town
    life.at("22/07/2024")
    preview = town.head.tries(life.number, "Notifier", {"Signataire": "Sauge Ocre"})
    assert "Lettre à signer, au candidat : décision d’attribution." in preview.text
    assert "La réception est à prouver pour chaque destinataire" in preview.text
    assert "prend fin" not in preview.text
    town.head.presses(CONFIRM)
    assert life.state == "Notifié"
    received(life)
    assert "77 994,96 €" in town.head.sees(life.number).text
    life.does(town.doctor("capucine.bleuet"), "Accepter l’attribution")
    life.does(town.recruiter, "Accepter l’attribution")


def received(life: Life) -> None:
    """The slip of the doctor's letter comes back: the silence ends on the day it was signed."""
    instructor = life.town.instructor
    assert instructor.sees(life.number).text.count("preuves de réception attendues") == 1
    life.at("24/07/2024")
    letter = "Capucine Bleuet, candidat : décision d’attribution du 22 juillet 2024"
    told = {"Courrier et destinataire": letter, "Voie": "lettre recommandée", "Preuve": "Recommandé 2C 004"}
    act = "Enregistrer une preuve de réception"
    early = instructor.tries(life.number, act, told | {"Reçu le": "21/07/2024"})
    assert "il n’a pas pu être reçu le 21 juillet 2024" in early.alert
    preview = instructor.tries(life.number, act, told | {"Reçu le": "23/07/2024"})
    assert "Le délai au bout duquel le silence vaut rejet prend fin." in preview.text
    instructor.presses(CONFIRM)
    clocks = instructor.sees(life.number, "courriers").rows("Délais et preuves de réception")
    court = next(row for row in clocks if row[0].startswith("Délai de recours") and "Capucine Bleuet" in row[1])
    assert "Court du 24 juillet 2024 au 24 septembre 2024" in court[2]
    assert "Recommandé 2C 004" in court[2]


def deferred(life: Life) -> None:
    """Two months of deferral, asked before the start; January is out of the windows of the call, the DG grants it."""
    town = life.town
    life.at("02/09/2024")
    life.does(
        town.recruiter,
        "Demander un report",
        **{"Nouvelle prise de fonctions": "01/01/2025", "Fait connu le": "30/08/2024"},
    )
    life.house.settle()
    assert [to for to, _ in life.news()] == [mailbox(town.profile.recruiter), SERVICE]
    life.at("16/09/2024")
    preview = town.dg.tries(life.number, "Accorder un report", {"Motif": "Fin de thèse repoussée à décembre."})
    assert "Le 1er janvier 2025 est hors des dates prévues par l’appel." in preview.text
    assert "Le poste est prévu du 1er janvier 2025 au 31 décembre 2026, pour 24 mois." in preview.text
    town.dg.presses(CONFIRM)
    demandes = life.part("demandes").rows("Demandes")
    assert demandes[0][-1] == "accordée le 16 septembre 2024"
    life.at("07/10/2024")
    life.does(town.head, "Notifier le financement")


def started(life: Life) -> None:
    """The RPPS number and the registration, the contract and the procès-verbal, then the first tranche."""
    town = life.town
    life.at("16/12/2024")
    wrong = town.recruiter.tries(life.number, "Compléter l’identité du candidat", {"Numéro RPPS": "12345678901"})
    assert (wrong.status, "11 chiffres" in wrong.alert) == (422, True)
    life.does(
        town.recruiter,
        "Compléter l’identité du candidat",
        **{"Numéro RPPS": rpps(1), "Inscription à l’Ordre": "Oui"},
    )
    life.at("01/01/2025", "09:00").given(town.recruiter).accepted()
    life.does(town.instructor, "Constater la prise de fonctions")
    assert life.state == "En poste"
    life.does(town.instructor, "Enregistrer une tranche")
    roads.paid(life)
    assert life.part("financement").rows("Tranches") == [
        ["T1", "2025", "1er janvier 2025", "38 997,48 €", "0,00 €", "38 997,48 €", "0,00 €"]
    ]


def accounted(life: Life) -> None:
    """A quarter of a year paid is served (6.1): the head and the recruiter read the same account, the partner none."""
    town, page = life.town, f"/dossiers/{life.number}/compte"
    life.at("31/03/2025")
    life.part("financement", town.recruiter)
    theirs = town.recruiter.follows("Ouvrir le compte du poste").screen
    ours = town.head.opens(page).screen
    assert theirs.url == page
    # agents alone are told which printed amounts are not those computed
    assert [" ".join(each.split()) for each in theirs.amounts] == untold(ours.amounts)
    assert theirs.rows("Soldes du compte") == ours.rows("Soldes du compte")
    assert theirs.rows("Soldes du compte")[:4] == [
        ["Engagé, tout l’échéancier", "77 994,96 €"],
        ["Dû, pour les jours servis", "9 749,37 €"],
        ["Délégué, réductions déduites", "38 997,48 €"],
        ["Versé", "38 997,48 €"],
    ]
    assert "Si le poste s’arrêtait ce soir : 29 248,11 €" in [h.text for h in theirs.page.all("h2")]
    assert ["Jours servis", "9 749,37 €"] in theirs.rows("Si le poste s’arrêtait ce soir")
    assert town.partner.opens(page).screen.status == 404


def replaced(life: Life) -> None:
    """A notice of two months, a departure that takes effect by itself, a month vacant, a replacement."""
    town = life.town
    life.at("31/03/2025")
    life.does(
        town.recruiter,
        "Signaler un désistement",
        **{
            "Date du fait": "28/03/2025",
            "Connu le": "28/03/2025",
            "Premier jour sans le médecin": "01/06/2025",
            "Raison": "raison personnelle",
        },
    )
    life.at("01/04/2025")
    preview = town.instructor.tries(life.number, "Annoncer un départ", {"Conséquence": "désistement"})
    assert "Le départ prendra effet le 1er juin 2025 : la machine changera l’état ce jour-là." in preview.text
    town.instructor.presses(CONFIRM)
    life.at("20/05/2025")
    life.does(
        town.recruiter,
        "Proposer un remplacement",
        **{
            "Prénom": "Anis",
            "Nom": "Vermeil",
            "Adresse électronique": "anis@vermeil.example",
            "Numéro RPPS": rpps(2),
            "Inscription à l’Ordre": "Oui",
            "Prise de fonctions proposée": "01/07/2025",
            "Lettre donnant le motif du désistement": "Oui",
            "Répercussions": ["sans répercussion"],
        },
    )
    life.given(town.recruiter).at("22/05/2025").accepted()
    life.does(
        town.instructor,
        "Examiner une demande",
        **{"Demande": "remplacement", "Avis écrit de la présidence, daté du": "22/05/2025"},
    )
    life.house.minutes(11)
    life.news()
    life.at("31/05/2025")
    assert life.state == "En poste"
    life.at("01/06/2025", "00:05")
    assert life.state == "Désisté"
    life.house.minutes(11)
    assert [to for to, _ in life.news()] == [mailbox(town.profile.recruiter)]
    life.at("12/06/2025")
    life.does(town.head, "Accorder le remplacement")
    assert life.state == "Notifié"
    assert "Anis Vermeil" in town.head.screen.text
    past = town.doctor("capucine.bleuet").sees(life.number)
    assert past.url.startswith("/mes-anciens-dossiers/")
    assert "Anis Vermeil" not in past.text
    life.at("01/07/2025", "09:00").given(town.recruiter).accepted()
    life.does(town.instructor, "Constater la prise de fonctions")
    assert life.state == "En poste"
    assert "74 745,17 €" in town.instructor.screen.text


def ended(life: Life) -> None:
    """The second tranche leaves whole; the doctor leaves for a chef de clinique post, the machine opens a proposal."""
    town = life.town
    life.at("12/01/2026")
    life.does(town.recruiter, "Confirmer la présence")
    warned = "Le montant diffère de la tranche prévue (35 747,69 €)."
    roads.delegated(life, "26/01/2026", "38 997,48", warned=warned)
    life.at("02/02/2026")
    life.does(
        town.recruiter,
        "Déclarer une fin anticipée",
        **{
            "Date du fait": "29/12/2025",
            "Connu le": "29/12/2025",
            "Premier jour sans le médecin": "01/03/2026",
            "Raison": "recrutement comme chef de clinique",
            "Poste de chef de clinique à partir du": "01/03/2026",
        },
    )
    life.at("28/02/2026", "18:00")
    life.does(town.instructor, "Constater la fin", **{"Pièce justificative": "lettre de démission du 29 décembre 2025"})
    life.house.minutes(11)
    assert life.state == "Reversement"
    shown = life.part("financement").rows("Reversement pour fin anticipée")
    assert ["Au prorata (lecture retenue)", "35 747,69 €"] in shown
    assert ["Servi", "42 247,27 €"] in shown
    over = town.recruiter.opens(f"/dossiers/{life.number}/compte").screen.text
    assert "Le poste est fini depuis le 28 février 2026" in over
    assert "Il a valu 42 247,27 €, pour 77 994,96 € versés." in over


def repaid(life: Life) -> None:
    """The contradictory procedure, the decision, the title, the payment: nothing is left."""
    town, page = life.town, f"/dossiers/{life.number}/reversement"
    life.at("05/03/2026")
    life.does(town.instructor, "Ouvrir la procédure contradictoire")
    posted(life)
    assert "le délai de réponse n’est pas parti" in town.dg.stopped(life.number, "Décider le reversement").lower()
    received = {"Voie": "lettre recommandée", "Reçu le": "05/03/2026", "Preuve": "Recommandé 2C 017"}
    which = {"Courrier et destinataire": "constat de fin anticipée"}
    life.does(town.instructor, "Enregistrer une preuve de réception", **which | received)
    life.at("07/04/2026")
    early = town.dg.stopped(life.number, "Décider le reversement")
    assert "Le recruteur peut répondre jusqu’au 7 avril 2026." in early
    assert "CRPA art. L. 122-1" in early
    running = town.recruiter.opens(page).screen
    assert "Le reversement attend votre établissement : répondre au constat, jusqu’au 7 avril 2026." in running.text
    assert "Constat reçu le 5 mars 2026. · Réponse possible jusqu’au 7 avril 2026." in tracked(running)[1]
    assert tracked(running)[2:] == [f"À venir : {step}" for step in AHEAD]
    life.at("15/04/2026")
    life.does(town.dg, "Décider le reversement", Motif="Poste de chef de clinique (NA-21) ; aucune observation.")
    life.does(town.instructor, "Demander le titre")
    life.at("20/04/2026")
    life.does(town.instructor, "Enregistrer le titre", **{"Numéro du titre": "TR-2026-014"})
    life.at("18/05/2026")
    too_much = town.instructor.tries(life.number, "Enregistrer un paiement", {"Montant": "35 747,70"})
    assert "Il reste 35 747,69 € à solder : 35 747,70 € est trop." in too_much.alert
    life.does(town.instructor, "Enregistrer un paiement", Montant="35 747,69")
    life.does(town.instructor, "Solder le reversement")
    assert life.state == "Terminé"
    over = town.head.opens(page).screen
    told = town.recruiter.opens(page).screen
    assert "Le reversement est clos depuis le 18 mai 2026." in told.text
    assert told.rows("La somme") == over.rows("La somme")
    assert dict(told.rows("La somme"))["Reste dû"] == "0,00 €"
    assert tracked(over)[2:] == [
        "Décision · 15 avril 2026, Iris Pourpre · 35 747,69 € décidés.",
        "Demande du titre · 15 avril 2026",
        "Titre · 20 avril 2026 · Titre n° TR-2026-014.",
        "Recouvrement · 18 mai 2026 · 35 747,69 € recouvrés sur 35 747,69 €.",
        "Clôture · 18 mai 2026",
    ]
    assert tracked(told)[2] == "Décision · 15 avril 2026, l’agence · 35 747,69 € décidés."
    assert "Réponse reçue" not in told.text  # nobody answered


def posted(life: Life) -> None:
    """The notice is prepared by one, validated by another, made, posted; the recruiter reads the very same file."""
    town, page = life.town, f"/dossiers/{life.number}/reversement"
    notice = "Constat de fin anticipée"
    instructor = town.instructor.opens(page).follows(notice)
    assert "Rien n’est encore écrit" in instructor.screen.text
    letter = instructor.presses("Préparer le courrier").screen.url
    assert "Un responsable ou le directeur général le valide." in instructor.screen.text
    town.dg.opens(letter).presses("Valider le courrier")
    instructor.opens(letter).presses("Produire le courrier")
    made = instructor.downloads("Télécharger le courrier (PDF)")
    text = read(made)
    assert "35 747,69 € (trente-cinq mille sept cent quarante-sept euros et soixante-neuf centimes)" in text
    for words in ("Total versé 77 994,96 €", "Total 13 mois 42 247,27 €", "NA-21", "30 jours", "Iris Pourpre"):
        assert words in text, words
    instructor.fills({"Parti par": "lettre recommandée"}, "Noter l’envoi").presses("Noter l’envoi")
    told = town.recruiter.opens(page).screen
    assert [row[2] for row in told.rows("Courriers de ce reversement")] == ["envoyé le 5 mars 2026"]
    assert town.recruiter.downloads(notice) == made


def tracked(screen: Screen) -> list[str]:
    """The steps of a repayment as its page tells them: which, when and by whom, what was said."""
    steps = next(e for e in screen.page.all("ol") if "tp-line" in e.get("class")).all("li")
    return [" · ".join(e.text for e in step.all("strong", "time", "span")) or step.text for step in steps]
