"""Who may open what: deny by default, another region’s or establishment’s dossier does not exist."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import quote
from uuid import uuid4

import pytest
from sqlalchemy import select
from werkzeug.routing import Rule

from backoffice.store.outbox import OutboxRow
from backoffice.store.people import Document
from backoffice.web.app import create_app
from backoffice.web.policy import UndeclaredPolicyError, admits, check_declared, policy_of
from tests.backoffice.stored import StoredLife, known_id, stored_life
from tests.databases import Database
from tests.lives import life_of
from tests.web.making import CAPUCINE, made
from tests.web.site import Site, Visitor
from workflows.actors import Role
from workflows.states import State

AGENTS = {Role.INSTRUCTOR, Role.HEAD, Role.DG}
PARTIES = {Role.CANDIDATE, Role.ESTABLISHMENT}
COMMITTEE = AGENTS | {Role.MEMBER}
PEOPLE = set(Role) - {Role.CLOCK}

#: Who each page is for. A new route stays out until somebody says here who may open it.
LEDGER = {
    "static": None,
    "sign_in.form": None,
    "sign_in.enter": None,
    "sign_in.leave": PEOPLE,
    "home.index": PEOPLE,
    "about.help_page": None,
    "about.privacy": None,
    "about.legal": None,
    "mailbox.index": AGENTS | {Role.ADMIN},
    "mailbox.show": AGENTS | {Role.ADMIN},
    "operations.index": AGENTS | {Role.ADMIN},
    "operations.revive": AGENTS | {Role.ADMIN},
    "health.alive": None,
    "health.ready": None,
    "health.metrics": None,
    "users.index": {Role.ADMIN},
    "users.close": {Role.ADMIN},
    "users.reopen": {Role.ADMIN},
    "dossiers.index": PEOPLE,
    "dossiers.show": AGENTS | PARTIES,
    "filing.index": AGENTS | PARTIES,
    "filing.form": AGENTS | PARTIES,
    "filing.create": AGENTS | PARTIES,
    "filing.edit": AGENTS | PARTIES,
    "filing.save": AGENTS | PARTIES,
    "acts.form": AGENTS | PARTIES,
    "acts.send": AGENTS | PARTIES,
    "documents.form": AGENTS | PARTIES,
    "documents.give": AGENTS | PARTIES,
    "documents.read": AGENTS | PARTIES,
    "pieces.accept": AGENTS,
    "repayments.show": AGENTS | PARTIES,
    "repayments.export": AGENTS | PARTIES,
    "repayment_list.index": AGENTS,
    "repayment_list.export": AGENTS,
    "letters.read": AGENTS | PARTIES,
    "letters.revive": AGENTS,
    "letters.laid_out": AGENTS | PARTIES,
    "letters.trust": AGENTS,
    "letters.see_to": AGENTS,
    "letter_room.index": AGENTS,
    "letter_room.export": AGENTS,
    "letter_room.act": AGENTS,
    "letter_room.batch": AGENTS,
    "letter_pages.project": AGENTS,
    "letter_pages.project_page": AGENTS,
    "letter_pages.draft": AGENTS,
    "letter_pages.show": AGENTS,
    "letter_pages.page_of_letter": AGENTS,
    "letter_pages.act": AGENTS,
    "letter_pages.file": AGENTS | PARTIES | {Role.MEMBER},
    "letter_templates.index": {Role.ADMIN},
    "letter_templates.show": {Role.ADMIN},
    "letter_templates.save": {Role.ADMIN},
    "messages.form": AGENTS,
    "messages.file": AGENTS,
    "messages.read": AGENTS,
    "messages.original": AGENTS,
    "messages.part": AGENTS,
    "past.show": {Role.CANDIDATE},
    "past.read": {Role.CANDIDATE},
    "dossiers.export": PEOPLE,
    "account.show": AGENTS | PARTIES,
    "account.export": AGENTS | PARTIES,
    "budget.index": AGENTS,
    "budget.show": AGENTS,
    "budget.month": AGENTS,
    "budget.export_all": AGENTS,
    "budget.export": AGENTS,
    "budget.export_month": AGENTS,
    "committee.index": COMMITTEE,
    "committee.show": COMMITTEE,
    "committee.add_member": AGENTS,
    "committee.convene": AGENTS,
    "committee.minutes": AGENTS,
    "committee.mark": COMMITTEE,
    "committee.examine": COMMITTEE,
    "committee.read": COMMITTEE,
}


@dataclass(repr=False)
class Place:
    """A dossier before the committee, with everything an address may name."""

    site: Site
    life: StoredLife
    values: dict[str, str]

    def addresses(self, *, with_number: bool = True) -> Iterator[tuple[Rule, str]]:
        """Every address of the site that names something, filled in with what exists."""
        for rule in self.site.app.url_map.iter_rules():
            if rule.arguments <= self.values.keys() and ("number" in rule.arguments or not with_number):
                name = "notify" if rule.endpoint.startswith("acts.") else self.values["name"]
                with self.site.app.test_request_context():
                    values = {k: v for k, v in (self.values | {"name": name}).items() if k in rule.arguments}
                    yield rule, self.site.app.url_map.bind("x").build(rule.endpoint, values)


@pytest.fixture
def place(quick: Site) -> Place:
    """A dossier of Nouvelle-Aquitaine before its committee, with a document and a mail."""
    life = made(quick, State.COMMITTEE)
    document = uuid4()
    with quick.session() as session:
        row = session.scalars(select(OutboxRow.id).where(OutboxRow.dossier == life.id)).first()
        session.add(
            Document(
                id=document,
                dossier=life.id,
                sha256="0" * 64,
                size=1,
                media_type="application/pdf",
                name="cv.pdf",
                uploaded_by="x",
                uploaded_at=quick.moved.machine,
            )
        )
        session.commit()
    values = {"number": life.dossier.number, "call_id": "na-2024", "name": "juillet-2024"}
    return Place(quick, life, values | {"document": str(document), "row": str(row)})


def strangers(place: Place) -> dict[str, Visitor]:
    """Everybody who has no business with the dossier."""
    site = place.site
    with site.session() as session:
        elsewhere = stored_life(session, "idf-2025").profile
    found = {f"{role.value} elsewhere": site.visitor(role, region="11") for role in (*AGENTS, Role.MEMBER)}
    found["member of another session"] = site.visitor(Role.MEMBER, region="75")
    found["recruiter elsewhere"] = site.visitor(Role.ESTABLISHMENT, establishment=elsewhere.recruiter.id)
    found["another doctor"] = site.visitor(Role.CANDIDATE, person=known_id("anis-vermeil"))
    found["administrator"] = site.visitor(Role.ADMIN)
    return found


def test_every_route_is_in_the_ledger_with_its_visitors(quick: Site) -> None:
    views = quick.app.view_functions
    for endpoint, expected in LEDGER.items():
        policy = policy_of(views[endpoint])
        assert policy is not None
        assert admits(policy, None) == (expected is None), endpoint
        assert {role for role in PEOPLE if admits(policy, role)} == (expected or PEOPLE), endpoint
    assert {rule.endpoint for rule in quick.app.url_map.iter_rules()} == LEDGER.keys()


def test_a_route_without_a_policy_stops_the_start(sqlite: Database) -> None:
    app = create_app(replace(sqlite.settings, demo=True))
    app.add_url_rule("/secret", "secret", lambda: "rien")
    with pytest.raises(UndeclaredPolicyError, match="secret"):
        check_declared(app)
    answer = app.test_client().get("/secret", base_url="https://x.example")
    assert answer.status_code == 404


def test_a_foreign_dossier_is_not_found_on_any_route(place: Place) -> None:
    secret = place.life.profile.recruiter.name
    seen = 0
    for who, stranger in strangers(place).items():
        for rule, address in place.addresses():
            answers = [stranger.get(address)] if "GET" in (rule.methods or ()) else []
            answers += [stranger.post(address, {"etape": "voir"})] if "POST" in (rule.methods or ()) else []
            for answer in answers:
                assert answer.status == 404, (who, address, answer.status)
                assert secret not in answer.screen.html, (who, address)
                seen += 1
    assert seen >= 8 * 12


def test_its_own_people_find_it(place: Place) -> None:
    """The sweep above would also pass on a site that answers 404 to everybody."""
    profile, site = place.life.profile, place.site
    number = place.life.dossier.number
    for visitor in (
        *(site.visitor(role, region="75") for role in AGENTS),
        site.visitor(Role.CANDIDATE, person=CAPUCINE),
        site.visitor(Role.ESTABLISHMENT, establishment=profile.recruiter.id),
        site.visitor(Role.ESTABLISHMENT, establishment=profile.partner.id),
    ):
        assert visitor.get(f"/dossiers/{number}").status == 200
        assert number in visitor.get("/dossiers").said


def test_a_list_holds_nothing_foreign(place: Place) -> None:
    for who, stranger in strangers(place).items():
        for query in ("", "?q=mirabelle", f"?q={place.life.dossier.number}", "?etat=committee", "?appel=na-2024"):
            page = stranger.get(f"/dossiers{query}").screen
            assert place.life.profile.recruiter.name not in page.html, (who, query)
            assert f"/dossiers/{place.life.dossier.number}" not in page.html, (who, query)
            assert "En commission (1)" not in page.text, (who, query)


def drafted(site: Site) -> tuple[Visitor, str]:
    """A candidate, and the number of the draft they have just written."""
    with site.session() as session:
        profile = stored_life(session, "na-2024").profile
    typed = {
        "specialty": "geriatrie",
        "recruiter": profile.recruiter.id,
        "recruiter_half_days": "5",
        "partner": profile.partner.id,
        "partner_half_days": "5",
        "months": "24",
    }
    candidate = site.visitor(Role.CANDIDATE, person=CAPUCINE)
    return candidate, candidate.post("/deposer/na-2024", typed).goes_to.rsplit("/", 1)[-1]


def test_a_draft_is_for_its_depositors_only(quick: Site) -> None:
    candidate, number = drafted(quick)
    profile = life_of("na-2024").profile
    assert candidate.get(f"/dossiers/{number}").status == 200
    others = [quick.visitor(role, region="75") for role in AGENTS]
    others += [quick.visitor(Role.ESTABLISHMENT, establishment=site.id) for site in profile.sites]
    for other in others:
        assert other.get(f"/dossiers/{number}").status == 404
        assert number not in other.get("/dossiers").said
    submit = f"/dossiers/{number}/actes/submit"
    assert candidate.post(submit, candidate.confirmed(submit)).status == 303
    for other in others:
        assert other.get(f"/dossiers/{number}").status == 200


def test_a_draft_handed_in_too_late_is_shown_to_the_agency_with_its_attempts(quick: Site) -> None:
    candidate, number = drafted(quick)
    agent = quick.visitor(Role.INSTRUCTOR, region="75")
    assert agent.get(f"/dossiers/{number}").status == 404
    quick.moved.legal = datetime(2024, 6, 14, 22, 0, tzinfo=UTC)  # midnight there
    assert candidate.post(f"/dossiers/{number}/actes/submit", {"etape": "voir"}).status == 422
    for visitor in (agent, candidate):
        page = visitor.get(f"/dossiers/{number}")
        assert "Dépôt refusé le 15 juin 2024 à 0 h 00" in page.said.replace("\u00a0", " ")
        assert "Capucine Bleuet" in page.said
    elsewhere = quick.visitor(Role.INSTRUCTOR, region="11")
    assert elsewhere.get(f"/dossiers/{number}").status == 404


def test_a_joint_draft_is_open_to_each_of_its_depositors(quick: Site) -> None:
    life = made(quick, State.DRAFT, "ara-2017")
    profile = life.profile
    for site in (profile.recruiter, profile.partner):
        visitor = quick.visitor(Role.ESTABLISHMENT, establishment=site.id)
        assert visitor.get(f"/dossiers/{life.dossier.number}").status == 200
    stranger = quick.visitor(Role.CANDIDATE, person=CAPUCINE)
    assert stranger.get(f"/dossiers/{life.dossier.number}").status == 404


def test_a_member_reads_what_their_session_examines_unless_linked(place: Place) -> None:
    site, number = place.site, place.life.dossier.number
    agent, member = site.visitor(Role.INSTRUCTOR, region="75"), site.visitor(Role.MEMBER, region="75")
    sheet = f"/commission/na-2024/juillet-2024/dossiers/{number}"
    assert member.get(sheet).status == 404
    outsider = member.post(f"/commission/na-2024/juillet-2024/notes/{number}", {"note": "12"})
    assert outsider.status == 404
    agent.post("/commission/na-2024/juillet-2024/membres", {"membre": str(member.account)})
    assert "Fiche d’instruction" in member.get(sheet).said
    assert number in member.get("/dossiers").said
    for note, said in (
        ("21", "une note va de 0 à 20. Corrigez-la."),
        ("-1", "ce n’est pas une note. Écrivez un nombre entier de 0 à 20."),
        ("15,5", "ce n’est pas une note. Écrivez un nombre entier de 0 à 20."),
        ("douze", "ce n’est pas une note. Écrivez un nombre entier de 0 à 20."),
        ("", "aucune note. Écrivez une note entière de 0 à 20, ou déclarez un lien."),
    ):
        wrong = member.post(f"/commission/na-2024/juillet-2024/notes/{number}", {"note": note})
        assert (wrong.status, f"Dossier {number} : {said}" in wrong.said) == (422, True), note
        assert wrong.screen.form("Noter").value("Note sur 20") == note
    both = member.post(f"/commission/na-2024/juillet-2024/notes/{number}", {"note": "12", "lien": "oui"})
    assert (both.status, "une note et un lien ne vont pas ensemble" in both.said) == (422, True)
    assert member.get(sheet).status == 200, "nothing was declared"
    linked = member.post(f"/commission/na-2024/juillet-2024/notes/{number}", {"lien": "oui"})
    assert linked.status == 303
    assert member.get(sheet).status == 404
    assert "déport" in agent.get("/commission/na-2024/juillet-2024").said
    assert number not in member.get("/dossiers").said


def test_a_session_is_shown_to_those_who_sit_in_it(place: Place) -> None:
    site, number, session = place.site, place.life.dossier.number, "/commission/na-2024/juillet-2024"
    agent, member, other = (site.visitor(role, region="75") for role in (Role.INSTRUCTOR, Role.MEMBER, Role.MEMBER))
    assert member.get(session).status == 404
    assert session not in member.get("/commission").screen.html
    for sitting in (member, other):
        agent.post(f"{session}/membres", {"membre": str(sitting.account)})
    assert session in member.get("/commission").screen.html
    assert other.post(f"{session}/notes/{number}", {"note": "17"}).status == 303
    assert "17" in cells(member, session)
    assert member.post(f"{session}/notes/{number}", {"lien": "oui"}).status == 303
    assert "17" not in cells(member, session)
    assert "déport" in cells(member, session)
    again = member.post(f"{session}/notes/{number}", {"note": "12"})
    assert again.status == 404
    assert "17" in cells(agent, session)
    assert "déport" in cells(agent, session)


def cells(visitor: Visitor, session: str) -> list[str]:
    """The cells of the only dossier of a session."""
    (row,) = visitor.get(session).screen.rows("Dossiers")
    return row


def test_a_form_without_its_token_is_refused(place: Place) -> None:
    agent = place.site.visitor(Role.INSTRUCTOR, region="75")
    for rule, address in place.addresses(with_number=False):
        if "POST" not in (rule.methods or ()) or policy_of(place.site.app.view_functions[rule.endpoint]) is None:
            continue
        if rule.endpoint == "sign_in.enter":
            continue
        for csrf in ("", "0" * 32, agent.csrf + "x", "é"):
            answer = agent.post(address, {"csrf": csrf, "etape": "voir"})
            assert (answer.status, answer.screen.h1) == (403, "Formulaire refusé"), address
        foreign = agent.post(address, {"etape": "voir"}, headers={"Origin": "https://ailleurs.example"})
        assert foreign.status == 403, address


def test_nobody_is_sent_to_sign_in(place: Place) -> None:
    nobody = place.site.nobody()
    for rule, address in place.addresses(with_number=False):
        policy = policy_of(place.site.app.view_functions[rule.endpoint])
        if policy is None or admits(policy, None):
            continue
        if "GET" in (rule.methods or ()):
            answer = nobody.get(address)
            assert answer.status == 302, address
            assert answer.headers["Location"] == f"/connexion?vers={quote(address)}"
        if "POST" in (rule.methods or ()):
            answer = nobody.post(address, {"etape": "voir"})
            assert (answer.status, answer.screen.h1) == (401, "Connexion nécessaire"), address


@pytest.mark.parametrize(
    "target", ["//ailleurs.example", "https://ailleurs.example", "/\\ailleurs.example", "dossiers"]
)
def test_signing_in_never_leads_elsewhere(quick: Site, target: str) -> None:
    page = quick.nobody().get("/connexion", query_string={"vers": target})
    hidden = dict(page.screen.form("Se connecter").values)
    assert hidden["vers"] == "/"


def test_a_session_that_ended_opens_nothing(quick: Site) -> None:
    agent = quick.visitor(Role.INSTRUCTOR, region="75")
    page = agent.get("/dossiers")
    assert page.status == 200
    assert agent.post("/deconnexion").goes_to == "/connexion"
    assert agent.get("/dossiers").status == 302
