"""The votes of members linked to a dossier (A40): told on the page, held at the selection, lifted or voted again."""

from __future__ import annotations

from datetime import date

from backoffice.services.facts import view_of
from backoffice.store.dossiers import DossierRow
from tests.backoffice.stored import StoredLife
from tests.pages import Element
from tests.web.making import instructor, made, path
from tests.web.site import Site, Visitor
from workflows.actors import Role
from workflows.states import State

SESSION = "/commission/na-2024/juillet-2024"
OPINION = {"judged_on": "2024-07-11", "favourable": "oui", "rank": "1"}
VOTES = "Votes de membres liés au dossier"


def heard(site: Site) -> StoredLife:
    """A dossier on the day of its session."""
    life = made(site, State.COMMITTEE).on(date(2024, 7, 11), "17:00")
    site.at(life)
    return life


def seated(site: Site, agent: Visitor) -> Visitor:
    """A member who sits in the session."""
    member = site.visitor(Role.MEMBER, region="75")
    assert agent.post(f"{SESSION}/membres", {"membre": str(member.account)}).status == 303
    return member


def boxes(agent: Visitor, life: StoredLife) -> list[Element]:
    """The boxes of the members."""
    page = agent.get(path(life, "record_opinion")).screen.page
    return [e for e in page.all("input") if e.get("name") == "conflicted_votes"]


def ticked(agent: Visitor, life: StoredLife) -> set[str]:
    """The members ticked when the form opens."""
    return {e.get("value") for e in boxes(agent, life) if "checked" in e.attributes}


def recorded(site: Site, life: StoredLife) -> tuple[str, ...]:
    """The votes that the dossier holds."""
    with site.session() as session:
        committee = view_of(session.get_one(DossierRow, life.id)).committee
    assert committee is not None
    return committee.conflicted_votes


def test_a_vote_told_on_the_page_holds_the_selection_until_one_votes_again(site: Site) -> None:
    life, agent = heard(site), instructor(site)
    linked, other = seated(site, agent), seated(site, agent)
    assert linked.post(f"{SESSION}/notes/{life.dossier.number}", {"lien": "oui"}).status == 303
    assert other.post(f"{SESSION}/notes/{life.dossier.number}", {"note": "14"}).status == 303

    opened = agent.get(path(life, "record_opinion"))
    assert VOTES in opened.said
    assert "(a déclaré un lien)" in opened.said
    assert {e.get("value") for e in boxes(agent, life)} == {str(linked.account), str(other.account)}
    assert ticked(agent, life) == {str(linked.account)}

    typed = OPINION | {"conflicted_votes": str(linked.account)}
    form = agent.confirmed(path(life, "record_opinion"), typed)
    assert agent.post(path(life, "record_opinion"), form).status == 303
    assert recorded(site, life) == (str(linked.account),)
    head = site.visitor(Role.HEAD, region="75")
    stopped = head.post(path(life, "select"), {"etape": "voir"})
    assert (stopped.status, "Un membre lié au dossier a pris part au vote." in stopped.said) == (422, True)

    assert ticked(agent, life) == {str(linked.account)}, "what was recorded, until it is corrected"
    again = agent.confirmed(path(life, "record_opinion"), OPINION | {"reason": "Vote refait sans ce membre."})
    assert agent.post(path(life, "record_opinion"), again).status == 303
    assert recorded(site, life) == ()
    assert ticked(agent, life) == set(), "the correction holds, whatever was declared before"
    assert head.post(path(life, "select"), {"etape": "voir"}).status == 200


def test_the_preview_names_those_who_voted(quick: Site) -> None:
    life, agent = heard(quick), instructor(quick)
    member = seated(quick, agent)
    typed = OPINION | {"conflicted_votes": str(member.account), "etape": "voir"}
    assert f"{VOTES} Sorbier Ivoire" in agent.post(path(life, "record_opinion"), typed).said


def test_nobody_else_may_be_ticked(quick: Site) -> None:
    life, agent = heard(quick), instructor(quick)
    seated(quick, agent)
    stranger = quick.visitor(Role.MEMBER, region="84")
    for said in (str(stranger.account), "thym-argent"):
        answer = agent.post(path(life, "record_opinion"), OPINION | {"conflicted_votes": said, "etape": "voir"})
        assert (answer.status, "Ce choix n’est pas proposé" in answer.said) == (422, True)


def test_the_members_of_the_region_are_offered_when_nobody_was_seated(quick: Site) -> None:
    life, agent = heard(quick), instructor(quick)
    assert boxes(agent, life) == []
    member = quick.visitor(Role.MEMBER, region="75")
    quick.visitor(Role.MEMBER, region="84")
    assert [e.get("value") for e in boxes(agent, life)] == [str(member.account)]
