"""A replacement that changes the shared time: half-days asked for on the page, gates passed again (A14)."""

from __future__ import annotations

from fractions import Fraction

import pytest

from backoffice.services.facts import view_of
from backoffice.store.dossiers import DossierRow
from tests.backoffice.stored import StoredLife, stored_life
from tests.builders import Hat
from tests.web.making import made, path
from tests.web.site import Site, Visitor
from workflows.actors import Role
from workflows.dossier import Dossier
from workflows.parts.requests import RequestKind
from workflows.sites import Period
from workflows.states import State


def vacant(site: Site) -> tuple[StoredLife, Visitor]:
    """A post of Nouvelle-Aquitaine left by its doctor, and its recruiter."""
    life = made(site, State.WITHDRAWN)
    life.later(5)
    site.at(life)
    return life, site.visitor(Role.ESTABLISHMENT, establishment=life.profile.recruiter.id)


def proposal(life: StoredLife, **more: str) -> dict[str, str]:
    """What the recruiter types; `more`: half-days by place."""
    recruiter, partner = life.profile.sites
    start = life.dossier.award.planned_start if life.dossier.award else None
    assert start is not None
    typed = {
        "candidate.given_name": "Anis",
        "candidate.family_name": "Vermeil",
        "new_start": start.isoformat(),
        "letter": "oui",
        "repercussions": "time_share",
        "etape": "voir",
    }
    names = {"recruiter": f"plan.{recruiter.id}", "partner": f"plan.{partner.id}"}
    return typed | {names.get(name, name): text for name, text in more.items()}


def stored(site: Site, life: StoredLife) -> Dossier:
    with site.session() as session:
        return view_of(session.get_one(DossierRow, life.id))


def proposed(site: Site, life: StoredLife, by: Visitor, **more: str) -> StoredLife:
    """The same life once the recruiter proposed, with every piece and the opinion of the chair."""
    form = by.confirmed(path(life, "propose_replacement"), proposal(life, **more))
    assert by.post(path(life, "propose_replacement"), form).status == 303
    life.dossier = stored(site, life)
    with site.session() as session:
        life.session = session
        life.deliver(Hat.RECRUITER)
        life.do("examine_request", Hat.INSTRUCTOR, request=life.last_request(RequestKind.REPLACEMENT))
    return life


def test_a_new_week_is_asked_for_looked_at_and_becomes_that_of_the_post(site: Site) -> None:
    life, recruiter = vacant(site)
    first, second = life.profile.sites
    opened = recruiter.get(path(life, "propose_replacement"))
    assert f"Demi-journées par semaine à {first.name}" in opened.said or f"au {first.name}" in opened.said
    assert "Vide : la répartition ne change pas." in opened.said
    proposed(site, life, recruiter, recruiter="6,5", partner="3,5")
    week = ((first.id, Fraction(13, 2)), (second.id, Fraction(7, 2)))
    assert stored(site, life).requests[-1].plan == (Period(24, week),)
    head = site.visitor(Role.HEAD, region="75")
    assert "6,5" in head.get(f"/dossiers/{life.dossier.number}?volet=demandes").said
    typed = {"request": life.last_request(RequestKind.REPLACEMENT)}
    form = head.confirmed(path(life, "replace"), typed)
    assert head.post(path(life, "replace"), form).status == 303
    assert stored(site, life).plan == (Period(24, week),)


def test_a_new_week_too_low_is_refused_by_its_gate(quick: Site) -> None:
    life, recruiter = vacant(quick)
    proposed(quick, life, recruiter, recruiter="4", partner="6")
    head = quick.visitor(Role.HEAD, region="75")
    typed = {"request": life.last_request(RequestKind.REPLACEMENT), "etape": "voir"}
    answer = head.post(path(life, "replace"), typed)
    assert (answer.status, "40 % du contrat, il en faut au moins 50 %" in answer.said) == (422, True), answer.said


def test_an_empty_week_changes_nothing(quick: Site) -> None:
    life, recruiter = vacant(quick)
    proposed(quick, life, recruiter, repercussions="none")
    assert stored(quick, life).requests[-1].plan is None


@pytest.mark.parametrize(
    ("halves", "said"),
    [
        ({"recruiter": "6"}, "Donnez les demi-journées de chaque lieu"),
        ({"recruiter": "8", "partner": "5"}, "La semaine compte de 1 à 10 demi-journées en tout"),
        ({"recruiter": "0", "partner": "0"}, "La semaine compte de 1 à 10 demi-journées en tout"),
        ({"recruiter": "six", "partner": "4"}, "demande un nombre de demi-journées"),
        ({"recruiter": "1/0", "partner": "4"}, "Une part est attendue"),
        ({"recruiter": "-1", "partner": "4"}, "ne peut pas être négatif"),
        ({"recruiter": "6", "partner": "4", "plan.999999999": "1"}, "Ce formulaire n’a pas de champ"),
        ({"recruiter": "6", "partner": "4", "repercussions": "none"}, "Une nouvelle répartition du temps est jointe"),
    ],
)
def test_a_week_that_is_none_is_said_beside_it(quick: Site, halves: dict[str, str], said: str) -> None:
    life, recruiter = vacant(quick)
    answer = recruiter.post(path(life, "propose_replacement"), proposal(life, **halves))
    assert (answer.status, said in answer.said) == (422, True), answer.said
    form = answer.screen.form("Voir")
    assert halves["recruiter"] in {value for _, value in form.values}


def test_a_place_where_nobody_works_any_more_is_none_of_the_week(quick: Site) -> None:
    with quick.session() as session:
        life = stored_life(session, "cvl-ville-hopital").to(State.WITHDRAWN).later(3)
    quick.at(life)
    recruiter = quick.visitor(Role.ESTABLISHMENT, establishment=life.profile.recruiter.id)
    form = recruiter.confirmed(path(life, "propose_replacement"), proposal(life, recruiter="10", partner="0"))
    assert recruiter.post(path(life, "propose_replacement"), form).status == 303
    (period,) = stored(quick, life).requests[-1].plan or ()
    assert period.half_days == ((life.profile.recruiter.id, Fraction(10)),)
