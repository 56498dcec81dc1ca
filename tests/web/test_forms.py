"""Forms: nothing typed is lost, what is sent is told before, what cannot be is said in place of a form."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from werkzeug.datastructures import MultiDict

from backoffice.web.faults import Messages, faults, with_findings
from backoffice.web.forms import fields_of
from tests.backoffice.stored import StoredLife, stored_life
from tests.builders import Hat
from tests.web.making import CAPUCINE, instructor, made, path, version
from tests.web.site import Site, Visitor
from workflows.actors import Role
from workflows.acts import ACTS
from workflows.acts.ledger import PaymentInputs
from workflows.findings import Finding
from workflows.guards.ledger import ABOVE_TRANCHE, FINESS_WRONG, NOTHING_TO_PAY, SIRET_DIFFERS, SIRET_WRONG
from workflows.states import State


def head(site: Site) -> Visitor:
    """The head of Nouvelle-Aquitaine."""
    return site.visitor(Role.HEAD, region="75")


def held_life(site: Site) -> StoredLife:
    """A dossier whose selection is held: a member linked to it took part in the vote (A40)."""
    with site.session() as session:
        life = stored_life(session, "na-2024").to(State.COMMITTEE).on(date(2024, 7, 11), "17:00")
        opinion = {"judged_on": date(2024, 7, 11), "favourable": True, "rank": 1}
        life.do("record_opinion", Hat.INSTRUCTOR, **opinion, conflicted_votes=("thym-argent",))
    site.at(life)
    return life


LIFTED = {"lifts.conflicted_vote": "Le vote a été refait sans ce membre."}


def test_a_lift_is_asked_for_told_and_kept(quick: Site) -> None:
    life, agent = held_life(quick), head(quick)
    opened = agent.get(path(life, "select"))
    assert "Un membre lié au dossier a pris part au vote." in opened.said
    assert opened.screen.form("Voir").value("Lever la réserve") == ""
    assert not opened.screen.form("Voir").has("Motif"), "one box for one reason"

    form = agent.confirmed(path(life, "select"), LIFTED)
    preview = agent.post(path(life, "select"), LIFTED | {"etape": "voir"})
    assert "Réserve levée Un membre lié au dossier a pris part au vote." in preview.said
    assert "Motif Le vote a été refait sans ce membre." in preview.said

    back = agent.post(path(life, "select"), form | {"etape": "corriger"})
    assert (back.status, "Impossible" in back.said) == (200, False)
    assert back.screen.form("Voir").value("Lever la réserve") == LIFTED["lifts.conflicted_vote"]
    again = dict(back.screen.form("Voir").sent("Voir"))
    assert agent.post(path(life, "select"), again).screen.h1 == "Retenir : ce qui va changer"


def test_a_lift_survives_a_form_to_correct(quick: Site) -> None:
    life, agent = held_life(quick), head(quick)
    wrong = agent.post(path(life, "select"), LIFTED | {"months": "douze", "etape": "voir"})
    assert wrong.status == 422
    assert "« Durée, en mois » demande un nombre entier, par exemple 24." in wrong.said
    assert wrong.screen.form("Voir").value("Lever la réserve") == LIFTED["lifts.conflicted_vote"]


def test_a_preview_repeats_what_was_typed(quick: Site) -> None:
    life = made(quick, State.SUBMITTED)
    typed = {"keys": "filing/cv", "days": "15", "reason": "Il manque le CV."}
    preview = instructor(quick).post(path(life, "request_pieces"), typed | {"etape": "voir"})
    facts = preview.screen.page.first("dl")
    told = dict(zip((e.text for e in facts.all("dt")), (e.text for e in facts.all("dd")), strict=True))
    assert told["Motif"] == "Il manque le CV."
    assert "15" in told.values()
    assert any("CV" in words or "curriculum" in words.lower() for words in told.values())


def test_a_date_is_repeated_in_words_and_its_refusal_is_beside_it(quick: Site) -> None:
    life = made(quick, State.NOTIFIED)
    agent = instructor(quick)
    ahead = agent.post(path(life, "record_start"), {"start_on": "2030-01-01", "etape": "voir"})
    assert ahead.status == 422
    control = next(e for e in ahead.screen.page.all("input") if e.get("name") == "start_on")
    assert control.get("aria-invalid") == "true"
    errors = {e.get("id"): e.text for e in ahead.screen.page.all("p")}
    assert "1er janvier 2030" in errors[control.get("aria-describedby").split()[-1]]


def test_what_is_missing_is_named_by_its_label(quick: Site) -> None:
    life = made(quick, State.NOTIFIED)
    answer = head(quick).post(path(life, "withdraw"), {"etape": "voir"})
    assert answer.status == 422
    for said in ("Indiquez une date : « Date du fait ».", "Indiquez une date : « Signalé à l’agence le »."):
        assert said in answer.said
    assert "Choisissez une valeur : « Raison du départ »." in answer.said
    assert "donnez-la" not in answer.said


def test_an_act_that_is_somebody_elses_has_no_form(quick: Site) -> None:
    life = made(quick, State.IN_POST)
    recruiter = quick.visitor(Role.ESTABLISHMENT, establishment=life.profile.recruiter.id)
    for act in ("withdraw", "revert", "record_end", "announce_departure"):
        for answer in (recruiter.get(path(life, act)), recruiter.post(path(life, act), {"etape": "voir"})):
            assert (answer.status, "Cet acte revient" in answer.said) == (403, True), act
            assert "Voir ce qui va changer" not in answer.said
    assert version(quick, life) == life.dossier.version


def test_an_act_that_is_impossible_now_says_why_instead_of_a_form(quick: Site) -> None:
    life = made(quick, State.SUBMITTED)
    answer = head(quick).get(path(life, "notify"))
    assert answer.status == 200
    assert "Impossible à l’état « Déposé »" in answer.said
    assert "Voir ce qui va changer" not in answer.said


def test_a_session_is_chosen_with_its_dates(quick: Site) -> None:
    life = made(quick, State.COMPLETE)
    form = instructor(quick).get(path(life, "put_to_committee")).screen.form("Voir")
    words = [e.text for e in form.control("Séance")[0].all("option")]
    assert any("juillet 2024" in word for word in words), words


def test_a_call_says_who_files_and_stops_the_others(quick: Site) -> None:
    life = made(quick, State.DRAFT)
    recruiter = quick.visitor(Role.ESTABLISHMENT, establishment=life.profile.recruiter.id)
    for visitor, may in ((quick.visitor(Role.CANDIDATE, person=CAPUCINE), True), (recruiter, False)):
        index = visitor.get("/deposer")
        assert "Dans cet appel, c’est le candidat qui dépose." in index.said
        assert ("Préparer un dossier" in index.said) == may
        page = visitor.get("/deposer/na-2024")
        assert page.status == 200
        assert ("Enregistrer le brouillon" in page.said) == may
        assert ("Vous ne pouvez pas répondre à cet appel" in page.said) != may
    assert recruiter.post("/deposer/na-2024", {"months": "24"}).status == 422


def test_a_call_that_is_over_takes_no_more_drafts(quick: Site) -> None:
    made(quick, State.IN_POST)
    candidate = quick.visitor(Role.CANDIDATE, person=CAPUCINE)
    assert "Préparer un dossier" not in candidate.get("/deposer").said
    assert "L’appel est clos" in candidate.get("/deposer/na-2024").said
    assert candidate.post("/deposer/na-2024", {"months": "24"}).status == 422
    agent = instructor(quick).get("/deposer")
    assert "Saisir" in [e.text for e in agent.screen.page.all("a")], "a file may have come in time by another way"


def test_an_application_tells_all_that_is_wrong_at_once(quick: Site) -> None:
    life = made(quick, State.DRAFT)
    typed = {
        "specialty": "geriatrie",
        "recruiter": life.profile.recruiter.id,
        "recruiter_half_days": "8",
        "partner": life.profile.recruiter.id,
        "partner_half_days": "5",
        "months": "douze",
        "contract_share": "150 %",
    }
    answer = quick.visitor(Role.CANDIDATE, person=CAPUCINE).post("/deposer/na-2024", typed)
    assert answer.status == 422
    for said in (
        "« Durée demandée, en mois » demande un nombre entier",
        "Le même établissement est donné deux fois",
        "La semaine compte de 1 à 10 demi-journées en tout",
        "Une quotité va de 1 % à 100 %",
    ):
        assert said in answer.said


def test_what_was_done_is_said_as_it_was(site: Site) -> None:
    life = made(site, State.SUBMITTED)
    agent = instructor(site)
    page = agent.get(f"/dossiers/{life.dossier.number}?volet=pieces")
    button = next(e.text for e in page.screen.page.all("button") if e.text.startswith("Accepter les"))
    form = page.screen.form(button)
    sent = form.sent(button)
    answer = agent.post(form.action, dict(sent) | {"piece": [v for n, v in sent if n == "piece"]})
    assert answer.status == 303
    told = agent.get(answer.headers["Location"].partition("#")[0]).screen.notice
    assert told == f"Information : {button.split()[2]} pièces acceptées : c’est fait."
    assert "c’est fait" not in agent.get(f"/dossiers/{life.dossier.number}?fait=pieces&nombre=<b>").said


@pytest.mark.parametrize("way", ["actes/request_pieces", "deposer-une-piece"])
def test_what_is_too_heavy_leads_back(quick: Site, way: str) -> None:
    life = made(quick, State.SUBMITTED)
    address = f"/dossiers/{life.dossier.number}/{way}"
    if way == "deposer-une-piece":
        answer = instructor(quick).upload(address, "gros.pdf", b"%PDF-1.4\n" + b"0" * 13_000_000, "filing/cv")
    else:
        answer = instructor(quick).post(address, {"reason": "a" * 600_000})
    assert answer.status == 413
    links = {e.text: e.get("href") for e in answer.screen.page.first("main").all("a")}
    assert links["Revenir au formulaire"] == address
    assert links[f"Revenir au dossier {life.dossier.number}"] == f"/dossiers/{life.dossier.number}"


def test_a_link_is_declared_by_a_form_of_its_own(quick: Site) -> None:
    life = made(quick, State.COMMITTEE)
    session, number = "/commission/na-2024/juillet-2024", life.dossier.number
    member = quick.visitor(Role.MEMBER, region="75")
    head(quick).post(f"{session}/membres", {"membre": str(member.account)})
    page = member.get(session)
    assert "vous ne lirez plus ce dossier" in page.said
    declared = page.screen.form("Déclarer ce lien")
    assert not any(name == "note" for name, _ in declared.values)
    assert member.post(declared.action, dict(declared.sent("Déclarer ce lien"))).status == 303
    assert "Lien déclaré" in member.get(session).said
    assert member.get(f"{session}/dossiers/{number}").status == 404


def test_an_amount_finer_than_the_cent_is_said_with_its_field() -> None:
    (field,) = (f for f in fields_of(PaymentInputs) if f.name == "amount")

    def wrong(typed: str) -> Messages:
        return faults([field], MultiDict({"amount": typed}))

    for typed in ("12,345", "3 249,790", "12.345 €"):
        (said,) = wrong(typed)["amount"]
        assert f"\u00a0{field.label}\u00a0" in said.replace("«", "").replace("»", "")
        assert "deux décimales au plus" in said
    assert [wrong(typed) for typed in ("12,34", "12", "3 249,79 €")] == [{}, {}, {}]


@pytest.mark.parametrize(
    ("finding", "beside"),
    [
        (SIRET_WRONG(siret="99000977900018"), "siret"),
        (FINESS_WRONG(finess="2A0000014"), "legal_entity"),
        (ABOVE_TRANCHE(left="100,00 €", tranche="T1", asked="3\u202f249,79\u00a0€"), "amount"),
        (SIRET_DIFFERS(finess="2A0000014", known="1", siret="99000977900018"), None),  # of two, neither
        (NOTHING_TO_PAY(), None),
    ],
)
def test_a_finding_is_said_beside_the_only_control_that_it_quotes(finding: Finding, beside: str | None):
    typed = {"siret": "990 009 779 00018", "legal_entity": "2a0000014", "amount": "3249,79", "reference": "990"}
    fields = [replace(f, value=typed.get(f.name)) for f in fields_of(ACTS["record_payment"].inputs)]
    placed, _ = with_findings(fields, [finding])
    assert [f.name for f in placed if f.error] == ([beside] if beside else [])
