"""Two people for a repayment, on the pages: the refusal names who prepared it."""

from __future__ import annotations

from sqlalchemy import select

from backoffice.store.people import Account
from tests.builders import Hat
from tests.web.making import made, path
from tests.web.site import Site
from workflows.actors import Role
from workflows.states import State


def test_the_page_names_who_prepared_the_repayment(quick: Site) -> None:
    life = made(quick, State.CLAWBACK)
    head = quick.visitor(Role.HEAD, region="75")
    start = path(life, "start_contradictory")
    assert head.post(start, head.confirmed(start)).status == 303
    with quick.session() as session:
        life.session = session
        life.later(10).do("record_remarks", Hat.RECRUITER)
        names = set(session.scalars(select(Account.name).where(Account.role == "head")))
    quick.at(life)
    page = head.get(path(life, "decide_repayment"))
    said = page.screen.text
    assert "préparé par la même personne" in said
    assert "agent:" not in said
    assert any(name in said for name in names), said[:2000]
    other = quick.visitor(Role.HEAD, region="75")
    assert "préparé par la même personne" not in other.get(path(life, "decide_repayment")).screen.text
