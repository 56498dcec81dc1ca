"""Bad input: answered in French with what to do, and nothing lost or half-written."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from backoffice.services.facts import view_of
from backoffice.store.dossiers import DossierRow, LateAttempt
from backoffice.store.people import Person
from tests.backoffice.stored import StoredLife, stored_life
from tests.builders import Hat, instant, siret
from tests.web.making import CAPUCINE, count, healthy, instructor, made, path, version
from tests.web.site import Site
from tests.web.test_turns import does
from workflows.actors import Role
from workflows.states import State


@pytest.mark.parametrize("name", ["inconnu", "open_clawback", "edit_draft", "receive_piece", "__init__", "a" * 500])
def test_an_act_that_no_form_does_is_not_found(quick: Site, name: str) -> None:
    life = made(quick, State.SUBMITTED)
    agent = instructor(quick)
    for answer in (agent.get(path(life, name)), agent.post(path(life, name), {"etape": "voir"})):
        assert answer.status == 404
        assert answer.screen.h1 == "Page introuvable"
    assert version(quick, life) == life.dossier.version


def test_a_stale_form_names_who_acted_and_when(site: Site) -> None:
    life = made(site, State.SUBMITTED)
    first, second = instructor(site), site.visitor(Role.HEAD, region="75")
    asked = {"keys": "filing/cv"}
    mine = first.confirmed(path(life, "request_pieces"), asked)
    theirs = second.confirmed(path(life, "request_pieces"), asked)
    assert second.post(path(life, "request_pieces"), theirs).status == 303

    late = first.post(path(life, "request_pieces"), mine)
    assert late.status == 409
    assert "le responsable (Sorbier Ivoire) a fait « Demander des pièces » le 10 juin 2024 à 14 h 12" in late.said
    assert "Votre acte n’a pas été enregistré." in late.said
    kept = {e.get("name"): e.get("value") for e in late.screen.page.all("input") if e.get("name") != "q"}
    again = first.post(path(life, "request_pieces"), kept | {"etape": "corriger"})
    assert again.status == 200, again.said
    ticked = [e.get("value") for e in again.screen.page.all("input") if "checked" in e.attributes]
    assert ticked == ["filing/cv"], "what was typed is there again"
    assert version(site, life) == life.dossier.version + 1
    assert healthy(site)


def test_a_double_click_acts_once(site: Site) -> None:
    life = made(site, State.SUBMITTED)
    agent = instructor(site)
    form = agent.confirmed(path(life, "request_pieces"), {"keys": "filing/cv"})
    answers = [agent.post(path(life, "request_pieces"), form) for _ in range(3)]
    assert [a.status for a in answers] == [303, 303, 303]
    assert version(site, life) == life.dossier.version + 1


def test_a_key_used_for_something_else_is_refused(site: Site) -> None:
    life = made(site, State.SUBMITTED)
    agent = instructor(site)
    form = agent.confirmed(path(life, "request_pieces"), {"keys": "filing/cv"})
    assert agent.post(path(life, "request_pieces"), form).status == 303
    again = agent.post(path(life, "request_pieces"), form | {"days": "3"})
    assert again.status == 409
    assert "Cette page a déjà servi à une autre demande" in again.said


def test_a_form_without_its_preview_is_only_previewed(quick: Site) -> None:
    life = made(quick, State.SUBMITTED)
    agent = instructor(quick)
    answer = agent.post(path(life, "request_pieces"), {"keys": "filing/cv", "etape": "envoyer"})
    assert (answer.status, answer.screen.h1) == (200, "Demander des pièces : ce qui va changer")
    assert version(quick, life) == life.dossier.version


def test_going_back_to_correct_loses_nothing(quick: Site) -> None:
    life = made(quick, State.SUBMITTED)
    agent = instructor(quick)
    form = agent.confirmed(path(life, "request_pieces"), {"keys": "filing/cv", "reason": "Il manque le CV."})
    back = agent.post(path(life, "request_pieces"), form | {"etape": "corriger"})
    assert back.status == 200
    assert back.screen.form("Voir").value("Motif") == "Il manque le CV."
    assert version(quick, life) == life.dossier.version


def test_a_late_filing_is_refused_traced_and_keeps_its_draft(site: Site) -> None:
    with site.session() as session:
        life = stored_life(session, "na-2024").on(date(2024, 6, 14), "23:59")
        life.do("receive_piece", life.depositor)
    candidate = site.visitor(Role.CANDIDATE, person=CAPUCINE)
    site.moved.legal = life.now
    form = candidate.confirmed(path(life, "submit"))
    site.moved.legal = instant(date(2024, 6, 15), life.call, "00:00")

    for answer in (
        candidate.post(path(life, "submit"), form),
        candidate.post(path(life, "submit"), {"etape": "voir"}),
    ):
        assert answer.status == 422
        assert "L’appel est clos" in answer.said
        assert "Dépôt du 15 juin 2024 à 0 h 00" in answer.said
        assert "la tentative est conservée, avec son heure, et le brouillon aussi" in answer.said
        assert "(règle de l’appel)" in answer.said
    assert count(site, LateAttempt) == 2
    assert version(site, life) == life.dossier.version
    shown = candidate.get(f"/dossiers/{life.dossier.number}")
    assert "Brouillon" in shown.screen.title or "brouillon" in shown.screen.title
    assert "Impossible. L’appel est clos" in shown.said
    assert healthy(site)


@pytest.mark.parametrize("field", ["state", "place", "candidate", "award", "by", "lifts", "after.state", "keys.0"])
def test_a_forged_field_is_refused_by_name(quick: Site, field: str) -> None:
    life = made(quick, State.SUBMITTED)
    agent = instructor(quick)
    answer = agent.post(path(life, "request_pieces"), {"keys": "filing/cv", field: "selected", "etape": "voir"})
    assert answer.status == 422
    assert f"Ce formulaire n’a pas de champ « {field} »" in answer.said
    assert version(quick, life) == life.dossier.version


def test_a_forged_field_does_not_pass_with_a_true_confirmation(quick: Site) -> None:
    life = made(quick, State.SUBMITTED)
    agent = instructor(quick)
    form = agent.confirmed(path(life, "request_pieces"), {"keys": "filing/cv"})
    assert agent.post(path(life, "request_pieces"), form | {"state": "selected"}).status == 422
    assert version(quick, life) == life.dossier.version


def test_a_choice_that_is_not_offered_is_refused(quick: Site) -> None:
    life = made(quick, State.SUBMITTED)
    answer = instructor(quick).post(path(life, "request_pieces"), {"keys": "filing/rien", "etape": "voir"})
    assert answer.status == 422
    assert "Ce choix n’est pas proposé" in answer.said


HOSTILE = {
    "nul": "avant\x00après",
    "escape": "rouge \x1b[31m",
    "c1": "suite\x9b31m",
    "backspace": "effacé\x08",
}


@pytest.mark.parametrize("text", list(HOSTILE.values()), ids=list(HOSTILE))
def test_control_characters_are_refused_beside_their_field(quick: Site, text: str) -> None:
    life = made(quick, State.SUBMITTED)
    answer = instructor(quick).post(
        path(life, "request_pieces"), {"keys": "filing/cv", "reason": text, "etape": "voir"}
    )
    assert answer.status == 422
    assert "Le texte contient un caractère de contrôle : retirez-le et recommencez." in answer.said
    assert version(quick, life) == life.dossier.version


def test_a_lone_surrogate_is_refused_beside_its_field(quick: Site) -> None:
    """A browser never sends one, a program may: three bytes that are no character."""
    life = made(quick, State.SUBMITTED)
    agent = instructor(quick)
    body = f"csrf={agent.csrf}&etape=voir&keys=filing/cv&reason=seul%ED%A0%80".encode()
    answer = agent.sent(path(life, "request_pieces"), data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status == 422
    assert "Un caractère n’a pas pu être lu : retapez ce texte." in answer.said


@pytest.mark.parametrize("text", list(HOSTILE.values()), ids=list(HOSTILE))
def test_control_characters_never_break_a_page(site: Site, text: str) -> None:
    life = made(site, State.SUBMITTED)
    agent = instructor(site)
    number = life.dossier.number
    for address in ("/dossiers", f"/dossiers/{number}", f"/dossiers/{number}/actes/notify", "/connexion"):
        for name in ("q", "appel", "etat", "page", "volet", "fait", "vers", "reason"):
            assert agent.get(address, query_string={name: text}).status < 500, (address, name)
    assert agent.get(f"/dossiers/{text}").status == 404
    assert agent.get(f"/deposer/{text}").status == 404
    assert agent.get(f"/commission/{text}/{text}").status == 404
    nobody = site.nobody()
    typed = dict(nobody.get("/connexion").screen.form("Se connecter").values)
    assert nobody.post("/connexion", typed | {"email": text, "password": text}).status == 422
    assert agent.post(path(life, "request_pieces"), {"keys": "filing/cv", "cle": text, "etape": "voir"}).status == 200
    assert agent.post(path(life, "request_pieces"), {text: "filing/cv", "etape": "voir"}).status == 422


def test_the_name_of_a_doctor_goes_through_the_same_checks(quick: Site) -> None:
    life = made(quick, State.SELECTED, "idf-2025")
    agent = quick.visitor(Role.INSTRUCTOR, region="11")
    good = {"candidate.given_name": "Jonquille", "candidate.family_name": "Cyan"}
    for name, wrong, said in (
        ("candidate.family_name", "Cyan\x00", "caractère de contrôle"),
        ("candidate.family_name", "  ", "Remplissez « Nom »."),
        ("candidate.given_name", "J" * 201, "Texte trop long : 201 caractères, 200 au plus."),
        ("candidate.email", "jonquille@cyan.example\nBcc: x@y.example", "ne peut pas recevoir de courriel"),
        ("candidate.email", "jonquille", "ne peut pas recevoir de courriel"),
        ("candidate.rpps", "12345678901", "Un numéro RPPS compte 11 chiffres"),
        ("candidate.id", str(CAPUCINE), "Ce formulaire n’a pas de champ « candidate.id »"),
    ):
        answer = agent.post(path(life, "name_candidate"), good | {name: wrong, "etape": "voir"})
        assert (answer.status, said in answer.said) == (422, True), (name, answer.said)
    before = count(quick, Person)
    assert agent.post(path(life, "name_candidate"), good | {"etape": "voir"}).status == 200
    assert count(quick, Person) == before, "a preview writes nothing"


def test_a_doctor_is_not_kept_when_the_act_is_refused(site: Site) -> None:
    life = made(site, State.SELECTED, "idf-2025")
    agent = site.visitor(Role.INSTRUCTOR, region="11")
    typed = {"candidate.given_name": "Jonquille", "candidate.family_name": "Cyan"}
    mine, theirs = (agent.confirmed(path(life, "name_candidate"), typed) for _ in range(2))
    before = count(site, Person)
    assert agent.post(path(life, "name_candidate"), theirs).status == 303
    assert agent.post(path(life, "name_candidate"), mine).status == 409
    assert agent.post(path(life, "name_candidate"), mine | {"version": str(version(site, life))}).status == 422
    assert count(site, Person) == before + 1


def test_a_field_of_ten_megabytes_is_too_heavy(quick: Site) -> None:
    life = made(quick, State.SUBMITTED)
    agent = instructor(quick)
    answer = agent.post(path(life, "request_pieces"), {"keys": "filing/cv", "reason": "a" * 10_000_000})
    assert (answer.status, answer.screen.h1) == (413, "Envoi trop lourd")
    assert version(quick, life) == life.dossier.version


def test_a_long_text_says_how_long_it_may_be(quick: Site) -> None:
    life = made(quick, State.SUBMITTED)
    answer = instructor(quick).post(
        path(life, "request_pieces"), {"keys": "filing/cv", "reason": "a" * 4001, "etape": "voir"}
    )
    assert answer.status == 422
    assert "Texte trop long : 4001 caractères, 4000 au plus. Raccourcissez-le." in answer.said


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1 000 000 000", "Le montant doit être positif et rester sous un milliard d’euros."),
        ("1000000000,00 €", "Le montant doit être positif et rester sous un milliard d’euros."),
        ("999 999 999,99", "Il reste 6 499,58 € sur la tranche T1 : 999 999 999,99 € est trop."),
    ],
)
def test_an_amount_of_a_milliard_is_refused_beside_its_field(quick: Site, typed: str, said: str) -> None:
    life = does(quick, made(quick, State.IN_POST).later(3), "record_tranche", Hat.INSTRUCTOR)
    recruiter = life.profile.recruiter.legal_entity
    payment = {"tranche": "T1", "amount": typed, "reference": "VIR-7", "siret": siret(1), "legal_entity": recruiter}
    answer = instructor(quick).post(path(life, "record_payment"), payment | {"etape": "voir"})
    assert (answer.status, said in answer.said) == (422, True), answer.said
    assert answer.screen.form("Voir").value("Montant") == typed
    assert version(quick, life) == life.dossier.version


APPLICATION = {
    "specialty": "geriatrie",
    "recruiter_half_days": "5",
    "partner_half_days": "5",
    "months": "24",
    "wished_start": "2024-11-01",
}


def application(life: StoredLife, **changed: str) -> dict[str, str]:
    """The application of a life as a form sends it."""
    sites = {"recruiter": life.profile.recruiter.id, "partner": life.profile.partner.id}
    return {**APPLICATION, **sites, "cle": str(uuid4()), **changed}


def test_a_draft_sent_twice_is_opened_once(site: Site) -> None:
    life = made(site, State.DRAFT)
    candidate = site.visitor(Role.CANDIDATE, person=CAPUCINE)
    sent = application(life)
    first, second = (candidate.post("/deposer/na-2024", sent) for _ in range(2))
    assert (first.status, second.status) == (303, 303)
    assert first.goes_to == second.goes_to
    assert count(site, DossierRow) == 2


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"specialty": "inconnue"}, "Ce choix n’est pas proposé"),
        ({"recruiter": "999999999"}, "Ce choix n’est pas proposé"),
        ({"months": "0"}, "La durée ne peut pas être nulle"),
        ({"months": "-3"}, "« Durée demandée, en mois » ne peut pas être négatif."),
        ({"months": "douze"}, "« Durée demandée, en mois » demande un nombre entier, par exemple 24."),
        ({"months": "9" * 5000}, "demande un nombre entier, par exemple 24."),
        ({"recruiter_half_days": "11"}, "La semaine compte de 1 à 10 demi-journées en tout"),
        ({"recruiter_half_days": "-2"}, "« Demi-journées par semaine chez le recruteur » ne peut pas être négatif."),
        ({"partner_half_days": "cinq"}, "demande un nombre de demi-journées, par exemple 5 ou 4,5."),
        ({"second_half_days": "2"}, "Choisissez le second partenaire, ou videz ses demi-journées."),
        ({"recruiter_half_days": "0", "partner_half_days": "0"}, "La semaine compte de 1 à 10 demi-journées"),
        ({"wished_start": "31/02/2025"}, "demande une date, par exemple 14/06/2024."),
        ({"wished_start": "12025-01-01"}, "« Prise de fonctions souhaitée » demande une date"),
        ({"contract_share": "150 %"}, "Une quotité va de 1 % à 100 %"),
        ({"state": "selected"}, "Ce formulaire n’a pas de champ « state »"),
        ({"partner": ""}, "Choisissez une valeur : « Établissement partenaire »."),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_wrong_application_is_kept_on_the_page(quick: Site, changed: dict[str, str], said: str) -> None:
    life = made(quick, State.DRAFT)
    candidate = quick.visitor(Role.CANDIDATE, person=CAPUCINE)
    answer = candidate.post("/deposer/na-2024", application(life, **changed))
    assert (answer.status, said in answer.said) == (422, True), answer.said
    assert answer.screen.title.startswith("Erreur : ")
    kept = answer.screen.form("Enregistrer le brouillon")
    assert kept.value("Prise de fonctions souhaitée") == changed.get("wished_start", "2024-11-01")
    assert count(quick, DossierRow) == 1


def test_a_stale_draft_is_not_overwritten(site: Site) -> None:
    life = made(site, State.DRAFT)
    candidate = site.visitor(Role.CANDIDATE, person=CAPUCINE)
    page = candidate.get(f"/dossiers/{life.dossier.number}/brouillon")
    form = dict(page.screen.form("Enregistrer le brouillon").sent("Enregistrer"))
    assert form["months"] == "24"
    other = form | {"months": "12", "cle": str(uuid4())}
    assert candidate.post(f"/dossiers/{life.dossier.number}/brouillon", other).status == 303
    stale = candidate.post(f"/dossiers/{life.dossier.number}/brouillon", form)
    assert stale.status == 409
    assert "le candidat (Capucine Bleuet) a fait « Compléter le brouillon »" in stale.said
    with site.session() as session:
        assert view_of(session.get_one(DossierRow, life.id)).months == 12


def test_a_depositor_files_for_an_establishment_of_its_own(quick: Site) -> None:
    life = made(quick, State.DRAFT, "idf-2025")
    with quick.session() as session:
        elsewhere = stored_life(session, "ara-2017").profile.recruiter.id
    bureau = quick.visitor(Role.ESTABLISHMENT, establishment=elsewhere)
    answer = bureau.post(
        "/deposer/idf-2025", application(life, wished_start="2025-11-01", specialty="medecine_interne")
    )
    assert answer.status == 422
    assert "Votre établissement n’est ni recruteur ni partenaire" in answer.said


def test_pieces_are_accepted_as_the_page_showed_them(site: Site) -> None:
    life = made(site, State.SUBMITTED)
    agent = instructor(site)
    number = life.dossier.number
    page = agent.get(f"/dossiers/{number}")
    all_at_once = page.screen.form("Accepter les 9 pièces reçues")
    sent = all_at_once.sent("Accepter les 9 pièces reçues")
    form: dict[str, Any] = dict(sent) | {"piece": [v for n, v in sent if n == "piece"]}
    assert (
        agent.post(
            path(life, "request_pieces"), agent.confirmed(path(life, "request_pieces"), {"keys": "filing/cv"})
        ).status
        == 303
    )
    assert agent.post(f"/dossiers/{number}/pieces/accepter", form).status == 409
    form["version"] = str(version(site, life))
    assert agent.post(f"/dossiers/{number}/pieces/accepter", form).status == 303
    assert agent.post(f"/dossiers/{number}/pieces/accepter", form).status == 303
    assert version(site, life) == life.dossier.version + 1 + 9
    wrong = agent.post(
        f"/dossiers/{number}/pieces/accepter", {"piece": "filing/rien", "version": str(version(site, life))}
    )
    assert wrong.status == 422
    assert "L’appel ne demande pas cette pièce" in wrong.said
    assert healthy(site)
