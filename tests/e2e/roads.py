"""Stretches that the lives of several calls share. Days are written as on the pages: "14/06/2024"."""

from __future__ import annotations

from tests.builders import rpps, siret
from tests.e2e.driver import CONFIRM, PREVIEW
from tests.e2e.life import Life


def judged(life: Life, put: str, on: str, session: str, rank: int = 1) -> None:
    """Before the committee on a day, its favourable opinion on another."""
    life.at(put)
    life.does(life.town.instructor, "Inscrire à une séance", Séance=session)
    assert life.state == "En commission"
    life.at(on, "17:00")
    opinion = {"Séance du": on, "Avis favorable": "Oui", "Rang": str(rank)}
    life.does(life.town.instructor, "Saisir l’avis de la commission", **opinion)


def awarded(life: Life, on: str, notified: str) -> None:
    """Retained by the head, notified on another day."""
    life.at(on)
    life.does(life.town.head, "Retenir")
    assert life.state == "Retenu"
    life.at(notified)
    life.does(life.town.head, "Notifier", Signataire="Iris Pourpre")
    assert life.state == "Notifié"


def named(life: Life, given: str, family: str, number: int) -> None:
    """The recruiter names the doctor of a post awarded without a name."""
    doctor = {"Prénom": given, "Nom": family, "Adresse électronique": f"{given}@{family}.example".lower()}
    facts = {"Numéro RPPS": rpps(number), "Inscription à l’Ordre": "Oui"}
    life.does(life.town.recruiter, "Nommer le candidat", **doctor, **facts)
    assert f"Candidat {given} {family}" in life.town.recruiter.screen.text


def started(life: Life, on: str, recorded: str | None = None, hour: str = "16:00") -> None:
    """The recruiter gives the contract and the procès-verbal, the instructor records the start."""
    life.at(recorded or on, hour).given(life.town.recruiter).accepted()
    life.does(life.town.instructor, "Constater la prise de fonctions", **{"Installé le": on})
    assert life.state == "En poste"


def delegated(life: Life, on: str, amount: str = "", *, warned: str = "", confirmed: bool = False) -> None:
    """A tranche of the year, paid that day: the amount planned unless another is given.

    `confirmed`: the presence, by the recruiter, just before.
    """
    life.at(on)
    if confirmed:
        life.does(life.town.recruiter, "Confirmer la présence")
    instructor = life.town.instructor
    preview = instructor.tries(life.number, "Enregistrer une tranche", {"Montant": amount} if amount else {})
    assert (warned or "diffère de la tranche") in preview.text or not warned
    assert bool(warned) == ("diffère de la tranche" in preview.text)
    instructor.presses(CONFIRM)
    assert instructor.screen.notice.endswith("c’est fait."), instructor.screen.text
    paid(life)


def paid(life: Life) -> None:
    """What is left of the tranche is paid to the legal entity of the recruiter.

    The form knows the tranche, its amount and the entity; the SIRET too, once it was paid.
    """
    instructor, payee = life.town.instructor.starts(life.number, "Enregistrer un versement"), _payee(life)
    form = instructor.screen.form(PREVIEW)
    assert form.value("FINESS de l’entité juridique") == payee
    assert form.value("SIRET du bénéficiaire") in {"", _siret(payee)}
    transfer = {"Référence du paiement": f"Virement du {life.house.today:%d/%m/%Y}"}
    instructor.fills({"SIRET du bénéficiaire": _siret(payee)} | transfer, PREVIEW).presses(PREVIEW).presses(CONFIRM)
    assert instructor.screen.notice.endswith("c’est fait."), instructor.screen.text


def _payee(life: Life) -> str:
    """The FINESS number of the legal entity of the recruiter."""
    return life.town.profile.recruiter.legal_entity


def _siret(finess: str) -> str:
    """An invented SIRET with its keys, always the same for a legal entity."""
    return siret(int(finess[2:-1]))


def relieved(life: Life, kind: str, act: str, reason: str, authority: str, amount: str = "") -> None:
    """The instructor prepares a relief, the head grants it; nobody grants what nobody prepared."""
    instructor, head = life.town.instructor, life.town.head
    unprepared = head.stopped(life.number, act)
    assert f"Personne n’a préparé cette mesure ({kind}) : elle demande deux personnes." in unprepared
    sum_ = {"Montant": amount} if amount else {}
    prepare = "Préparer un abandon, une réduction, une remise ou une non-valeur"
    life.does(instructor, prepare, **{"Nature": kind, "Motif": reason} | sum_)
    life.does(head, act, **{"Autorité et décision": authority, "Motif": reason} | sum_)


def leaving(known: str, first_day_without: str, reason: str, cca_from: str = "") -> dict[str, str]:
    """What the recruiter tells of a departure."""
    told = {"Date du fait": known, "Connu le": known, "Premier jour sans le médecin": first_day_without}
    return told | {"Raison": reason} | ({"Poste de chef de clinique à partir du": cca_from} if cca_from else {})


def proposed(
    start: str, given: str, family: str, number: int, *, repercussions: str = "sans répercussion"
) -> dict[str, object]:
    """What the recruiter tells of the doctor proposed."""
    return {
        "Prénom": given,
        "Nom": family,
        "Numéro RPPS": rpps(number),
        "Inscription à l’Ordre": "Oui",
        "Prise de fonctions proposée": start,
        "Lettre donnant le motif du désistement": "Oui",
        "Répercussions": [repercussions] if repercussions else [],
    }
