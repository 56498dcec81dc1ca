"""Signing in: the form that opens a session comes from here, and others’ mistakes keep nobody out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from backoffice.services import accounts
from backoffice.store.base import writing
from backoffice.store.people import Account, SignInAttempt
from tests.databases import Database
from tests.web.making import count
from tests.web.site import ADDRESS, COOKIE, Site, Visitor, site_on
from workflows.actors import Role

WORDS = "mirabelle-garance-42"
EMAIL = "iris@pourpre.example"
REFUSED = {"Origin": "null"}


@pytest.fixture
def known(quick: Site) -> Site:
    """A site with somebody who has a password."""
    with quick.session() as session, writing(session):
        session.add(
            Account(
                id=uuid4(),
                email=EMAIL,
                name="Iris Pourpre",
                role=Role.HEAD.value,
                region="75",
                password=accounts.hashed(WORDS),
            )
        )
    return quick


def typed(visitor: Visitor, **values: str) -> dict[str, str]:
    """What the form sends, as it comes."""
    form = visitor.get("/connexion").screen.form("Se connecter")
    return dict(form.values) | {"email": EMAIL, "password": WORDS} | values


def mistyped(visitor: Visitor, **values: str) -> dict[str, str]:
    """The same with other words than the right ones."""
    return typed(visitor, **values) | {"password": "faux"}


def enter(visitor: Visitor, data: dict[str, str], **options: object) -> int:
    return visitor.sent("/connexion", data=data, **options).status


def test_the_form_opens_a_session(known: Site) -> None:
    visitor = known.nobody()
    assert enter(visitor, typed(visitor)) == 302
    assert "Iris Pourpre" in visitor.get("/dossiers").screen.html


def test_a_form_that_comes_from_elsewhere_opens_nothing(known: Site) -> None:
    visitor, other = known.nobody(), known.nobody()
    stolen = typed(other)
    for data, headers in (
        ({"email": EMAIL, "password": WORDS}, {}),
        (typed(visitor, csrf="0" * 64), {}),
        (stolen, {}),
        (typed(visitor), REFUSED),
        (typed(visitor), {"Origin": "https://ailleurs.example"}),
    ):
        assert enter(visitor, data, headers=headers) == 403
    assert visitor.get("/dossiers").status == 302
    assert enter(visitor, typed(visitor), headers={"Origin": ADDRESS}) == 302


def test_no_form_is_taken_from_a_page_without_an_origin(known: Site) -> None:
    agent = known.visitor(Role.HEAD, region="75")
    assert agent.post("/deconnexion", headers=REFUSED).status == 403
    assert agent.get("/dossiers").status == 200


def test_who_is_signed_in_goes_on_and_may_sign_in_again(known: Site) -> None:
    visitor = known.nobody()
    data = typed(visitor)
    enter(visitor, data)
    first = cookie(visitor.client)
    assert visitor.get("/connexion", query_string={"vers": "/dossiers"}).goes_to == "/dossiers"
    assert enter(visitor, data) == 302
    assert cookie(visitor.client) != first
    old = known.nobody()
    old.client.set_cookie(COOKIE, first, domain="temps-partage.example", secure=True, path="/")
    assert old.get("/dossiers").status == 302  # the session before is closed


def cookie(client: FlaskClient) -> str:
    found = client.get_cookie(COOKIE, domain="temps-partage.example")
    assert found is not None
    return found.value


def test_the_mistakes_of_others_keep_nobody_out(known: Site) -> None:
    here = {"REMOTE_ADDR": "192.0.2.1"}
    visitor = known.nobody()
    for n in range(accounts.TRIES + 5):
        wrong = mistyped(visitor, email=f"{n}@ailleurs.example")
        assert enter(visitor, wrong, environ_base=here) == 422
    for n in range(accounts.TRIES + 5):
        wrong = mistyped(visitor)
        assert enter(visitor, wrong, environ_base={"REMOTE_ADDR": f"198.51.100.{n}"}) == 422
    assert enter(visitor, typed(visitor), environ_base=here) == 302


def test_who_mistypes_too_often_waits(known: Site) -> None:
    visitor = known.nobody()
    for _ in range(accounts.TRIES):
        assert enter(visitor, mistyped(visitor)) == 422
    assert enter(visitor, typed(visitor)) == 429
    known.moved.machine += accounts.WINDOW + timedelta(seconds=1)
    assert enter(visitor, typed(visitor)) == 302


@pytest.mark.parametrize("same", ["email", "address"])
def test_a_flood_is_braked_wherever_it_comes_from(known: Site, same: str) -> None:
    visitor, now = known.nobody(), known.moved.machine
    with known.session() as session, writing(session):
        for n in range(accounts.MANY_TRIES):
            email = EMAIL if same == "email" else f"{n}@ailleurs.example"
            address = "127.0.0.1" if same == "address" else f"198.51.100.{n}"
            session.add(SignInAttempt(email_digest=accounts.digest(email), address=address, at=now))
    assert enter(visitor, typed(visitor)) == 429


@pytest.fixture
def behind(sqlite: Database) -> Iterator[Site]:
    """The pages behind one proxy."""
    with site_on(sqlite, proxies=1) as site:
        yield site


def test_behind_a_proxy_the_address_is_the_one_it_gives(behind: Site) -> None:
    visitor = behind.nobody()
    told = {"X-Forwarded-For": "203.0.113.9, 192.0.2.7", "X-Forwarded-Host": "ailleurs.example"}
    assert enter(visitor, mistyped(visitor), headers=told) == 422
    with behind.session() as session:
        assert [attempt.address for attempt in session.query(SignInAttempt)] == ["192.0.2.7"]


def test_without_a_proxy_nobody_says_where_they_come_from(known: Site) -> None:
    visitor = known.nobody()
    for n in range(3):
        told = {"X-Forwarded-For": f"203.0.113.{n}"}
        assert enter(visitor, mistyped(visitor), headers=told) == 422
    assert count(known, SignInAttempt) == 3
    with known.session() as session:
        assert {attempt.address for attempt in session.query(SignInAttempt)} == {"127.0.0.1"}
