"""The places of a call on its budget page: nested quotas, what is taken, held, provisional or offered, what arrives."""

from __future__ import annotations

from sqlalchemy.orm import Session

from backoffice.callfiles import CALLS, quota_sources, read_text
from backoffice.services.publishing import load_version
from tests.backoffice.services.test_quotas import judged, published
from tests.backoffice.stored import MACHINE, StoredLife, stored_life
from tests.builders import Hat
from tests.web.making import instructor
from tests.web.site import Answer, Site
from tests.web.test_budget import page, plain
from workflows.states import State

PAGE = "/budget/na-2024"
_QUOTAS = """[[parameters.quotas]]
id = "reserve"
label = "Poste réservé"
within = "na-2024"
finess = "990000000"
places = { value = 1, rule = "NA-29" }

[[parameters.quotas]]
id = "na-2024"
label = "Postes de la campagne 2024"
places = { value = 3, rule = "NA-29" }

"""


def nested(session: Session) -> None:
    """Three places, one of them kept for an establishment; the file names the inner quota first."""
    text = read_text(CALLS / "na-2024.toml")
    start, end = text.index("[[parameters.quotas]]"), text.index("[[parameters.sessions]]")
    load_version(session, text[:start] + _QUOTAS + text[end:], sources=quota_sources(), by="x", now=MACHINE)


def places(answer: Answer) -> list[list[str]]:
    return [[plain(cell) for cell in row] for row in answer.screen.rows("Places")]


def pictures(answer: Answer) -> list[str]:
    found = (e.get("aria-label") or "" for e in answer.screen.page.all("svg") if e.get("role") == "img")
    return [plain(label) for label in found if " prise" in label]


def offered(session: Session, first: StoredLife) -> StoredLife:
    """A dossier of the reserve list to which the place that another gave back is offered."""
    second = judged(session, "na-2024", rank=5)
    second.do("put_on_reserve", Hat.HEAD, reason="rang utile")
    first.later(6).do("withdraw", Hat.INSTRUCTOR).later(5).do("close", Hat.HEAD)
    return second.on(first.today).do("offer_place", Hat.HEAD)


def test_a_quota_is_followed_by_those_within_it(quick: Site):
    with quick.session() as session:
        nested(session)
        quick.at(judged(session, "na-2024").do("select", Hat.HEAD))
    answer = page(instructor(quick))
    assert places(answer) == [
        ["Postes de la campagne 2024", "3", "1", "0", "0", "2", "0"],
        ["Poste réservé dans Postes de la campagne 2024", "1", "0", "0", "0", "1", "0"],
    ]
    whole, inner = pictures(answer)
    assert whole.startswith("Postes de la campagne 2024 : 1 prise, dont 0 provisoire et 0 tenue ; 0 offerte")
    assert inner.endswith("contingent de 1")


def test_a_place_held_or_offered_is_told_as_guards_count_it(quick: Site):
    with quick.session() as session:
        published(session, 1)
        life = stored_life(session, "na-2024").to(State.NOTIFIED)
        life.later(6).do("withdraw", Hat.INSTRUCTOR)
        quick.at(life)
    agent = instructor(quick)
    assert places(page(agent))[0][1:] == ["1", "1", "0", "1", "0", "0"]


def test_a_place_given_back_is_free_but_offered(quick: Site):
    with quick.session() as session:
        published(session, 1)
        second = offered(session, stored_life(session, "na-2024").to(State.NOTIFIED))
        quick.at(second)
    answer = page(instructor(quick))
    assert places(answer)[0][1:] == ["1", "0", "0", "0", "1", "1"]
    assert "1 offerte" in pictures(answer)[0]


def test_a_quota_that_is_not_known_says_how_it_arrives(quick: Site):
    with quick.session() as session:
        load_version(session, read_text(CALLS / "na-2024.toml"), sources=quota_sources(), by="x", now=MACHINE)
        quick.at(judged(session, "na-2024").do("select", Hat.HEAD))
    agent = instructor(quick)
    answer = page(agent)
    assert places(answer)[0][1:] == ["non connu", "1", "1", "0", "non connu", "0"]
    assert "backoffice calls load na-2024" in plain(answer.said)
    with quick.session() as session:
        published(session, 2)
    assert "Changer un contingent" in page(agent).said
