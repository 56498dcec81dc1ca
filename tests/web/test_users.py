"""The page of administrators: the accounts, closing one and opening it again."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import select

from backoffice.store.people import Account, WebSession
from tests.web.making import instructor
from tests.web.site import Site, Visitor
from workflows.actors import Role


def act(visitor: Visitor, account: object, what: str) -> int:
    """Close an account or open it again; gives the status."""
    return visitor.post(f"/utilisateurs/{account}/{what}").status


def test_an_administrator_begins_with_the_accounts(site: Site) -> None:
    administrator, agent = site.visitor(Role.ADMIN), instructor(site)
    assert administrator.get("/").goes_to == "/utilisateurs"
    page = administrator.get("/utilisateurs").screen
    rows = page.rows("Comptes")
    assert len(rows) == 2
    assert [row[1] for row in rows] == ["Administrateur", "Instructeur"]
    assert rows[1][2] == "Nouvelle-Aquitaine"
    assert agent.get("/").goes_to == "/dossiers"


def test_a_closed_account_is_out_at_once_and_comes_back_when_opened(site: Site) -> None:
    administrator, agent = site.visitor(Role.ADMIN), instructor(site)
    assert agent.get("/dossiers").status == 200
    form = administrator.get("/utilisateurs").screen.form("Fermer")
    assert form.action == f"/utilisateurs/{agent.account}/fermer"
    assert administrator.post(form.action, dict(form.values)).status == 303
    assert agent.get("/dossiers").goes_to == "/connexion"
    with site.session() as session:
        assert session.scalars(select(WebSession).where(WebSession.account == agent.account)).all() == []
        assert session.get_one(Account, agent.account).disabled_at == site.moved.machine
    assert "fermé le" in administrator.get("/utilisateurs").said
    assert act(administrator, agent.account, "rouvrir") == 303
    with site.session() as session:
        assert session.get_one(Account, agent.account).disabled_at is None


def test_nobody_closes_their_own_account(site: Site) -> None:
    administrator = site.visitor(Role.ADMIN)
    answer = administrator.post(f"/utilisateurs/{administrator.account}/fermer")
    assert answer.status == 422
    assert "On ne ferme pas son propre compte" in answer.said
    assert administrator.get("/utilisateurs").status == 200
    assert all(e.text != "Fermer" for e in administrator.get("/utilisateurs").screen.page.all("button"))


def test_only_an_administrator_and_only_a_known_account(site: Site) -> None:
    administrator = site.visitor(Role.ADMIN)
    for role in (Role.INSTRUCTOR, Role.HEAD, Role.DG, Role.MEMBER):
        other = site.visitor(role, region="75")
        assert other.get("/utilisateurs").status == 404
        assert act(other, administrator.account, "fermer") == 404
    assert act(administrator, uuid4(), "fermer") == 404
    assert act(administrator, uuid4(), "rouvrir") == 404
    forged = administrator.post(f"/utilisateurs/{administrator.account}/rouvrir", {"csrf": "x"})
    assert forged.status == 403


def test_closing_twice_keeps_the_first_date(site: Site) -> None:
    administrator, agent = site.visitor(Role.ADMIN), instructor(site)
    first = site.moved.machine
    assert act(administrator, agent.account, "fermer") == 303
    site.moved.machine = first.replace(minute=first.minute + 5)
    assert act(administrator, agent.account, "fermer") == 303
    with site.session() as session:
        assert session.get_one(Account, agent.account).disabled_at == first
