"""A project of several posts (NA-04, A37): asked for with the application, kept whole or pointed out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backoffice.services.application import groups_posts
from backoffice.services.facts import view_of
from backoffice.services.surroundings import around
from backoffice.store.dossiers import DossierRow, JournalEntry
from tests.backoffice.stored import StoredLife
from tests.builders import Hat, call_of
from tests.web.making import CAPUCINE, healthy, instructor, made, path
from tests.web.site import Answer, Site
from workflows.actors import Role
from workflows.dossier import Dossier, Project
from workflows.states import State

PAIR = {"project": "Binôme de gériatrie", "project_size": "2"}


def stored(site: Site, life: StoredLife) -> Dossier:
    with site.session() as session:
        return view_of(session.get_one(DossierRow, life.id))


def saved(site: Site, life: StoredLife, **typed: str) -> Answer:
    """The draft corrected on its page."""
    candidate = site.visitor(Role.CANDIDATE, person=CAPUCINE)
    draft = f"/dossiers/{life.dossier.number}/brouillon"
    form = dict(candidate.get(draft).screen.form("Enregistrer le brouillon").sent("Enregistrer"))
    answer = candidate.post(draft, form | typed)
    life.dossier = stored(site, life)
    return answer


def walked(site: Site, life: StoredLife, state: State) -> StoredLife:
    """The life at a state, and the clock of the pages with it."""
    with site.session() as session:
        life.session = session
        life.to(state)
    site.at(life)
    return life


def test_a_project_is_kept_shown_and_emptied(site: Site) -> None:
    life = made(site, State.DRAFT)
    assert saved(site, life, **PAIR, project_viable_from="1").status == 303
    assert life.dossier.project == Project("Binôme de gériatrie", 2, 1)
    with site.session() as session:
        entry = session.query(JournalEntry).filter_by(dossier=life.id, seq=2).one()
        assert entry.changes["project"] == {"id": "Binôme de gériatrie", "size": 2, "viable_from": 1}
    page = site.visitor(Role.CANDIDATE, person=CAPUCINE).get(f"/dossiers/{life.dossier.number}")
    assert "Projet commun Binôme de gériatrie, 2 postes, viable à partir de 1" in page.said
    assert saved(site, life).status == 303
    assert life.dossier.project == Project("Binôme de gériatrie", 2, 1), "what the page shows is what it sends back"
    assert saved(site, life, project="", project_size="", project_viable_from="").status == 303
    assert stored(site, life).project is None
    assert healthy(site)


def test_a_project_is_given_when_a_draft_is_opened(quick: Site) -> None:
    life = made(quick, State.DRAFT)
    recruiter, partner = life.profile.sites
    typed = PAIR | {
        "specialty": "geriatrie",
        "recruiter": recruiter.id,
        "recruiter_half_days": "5",
        "partner": partner.id,
        "partner_half_days": "5",
        "months": "24",
    }
    answer = quick.visitor(Role.CANDIDATE, person=CAPUCINE).post("/deposer/na-2024", typed)
    assert answer.status == 303, answer.said
    with quick.session() as session:
        number = answer.goes_to.rsplit("/", maxsplit=1)[-1]
        row = session.query(DossierRow).filter_by(number=number).one()
        assert view_of(row).project == Project("Binôme de gériatrie", 2)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"project": "Binôme", "project_size": ""}, "Dites combien de postes le projet groupe."),
        ({"project": "", "project_size": "2"}, "Nommez le projet commun, ou videz ses nombres de postes."),
        ({"project": "Binôme", "project_size": "1"}, "Un projet commun groupe au moins 2 postes"),
        ({"project": "Binôme", "project_size": "2", "project_viable_from": "3"}, "Ce nombre va de 1 à 2"),
        ({"project": "Binôme", "project_size": "2", "project_viable_from": "0"}, "Ce nombre va de 1 à 2"),
        ({"project": "b" * 41, "project_size": "2"}, "40 au plus"),
        ({"project": "Binôme", "project_size": "deux"}, "demande un nombre entier"),
    ],
)
def test_a_project_half_said_is_to_be_corrected(quick: Site, typed: dict[str, str], said: str) -> None:
    life = made(quick, State.DRAFT)
    before = life.dossier
    answer = saved(quick, life, **typed)
    assert (answer.status, said in answer.said) == (422, True), answer.said
    assert life.dossier == before


def test_a_call_says_how_many_posts_a_project_groups(quick: Site) -> None:
    life = made(quick, State.DRAFT)
    candidate = quick.visitor(Role.CANDIDATE, person=CAPUCINE)
    assert "L’appel admet 2 ou 3 postes par projet." in candidate.get("/deposer/na-2024").said
    assert saved(quick, life, project="Quatuor", project_size="4").status == 303  # a draft may be wrong
    walked(quick, life, State.COMPLETE)
    answer = instructor(quick).post(path(life, "put_to_committee"), {"session": "juillet-2024", "etape": "voir"})
    assert (answer.status, "Le projet groupe 4 postes ; l’appel admet 1, 2 et 3." in answer.said) == (422, True), (
        answer.said
    )


@pytest.mark.parametrize(
    ("second", "pointed"),
    [
        (PAIR, True),
        (PAIR | {"project": "BINOME  de gériatrie"}, True),
        (PAIR | {"project_viable_from": "1"}, False),
        (PAIR | {"project": "Binôme de cardiologie"}, False),
    ],
    ids=["not viable", "written otherwise", "viable", "another project"],
)
def test_a_project_that_loses_a_post_is_pointed_out(site: Site, second: dict[str, str], pointed: bool) -> None:
    lost, kept = made(site, State.DRAFT), made(site, State.DRAFT)
    assert saved(site, lost, **PAIR).status == 303
    assert saved(site, kept, **second).status == 303
    with site.session() as session:
        lost.session = session
        lost.to(State.COMMITTEE).on(lost.profile.judged).do("record_opinion", Hat.INSTRUCTOR, rank=2)
        lost.on(lost.profile.decided).do("reject", Hat.HEAD, reason="Le dossier est moins bien classé (NA-10).")
    walked(site, kept, State.COMMITTEE)
    with site.session() as session:
        kept.session = session
        kept.on(kept.profile.judged).do("record_opinion", Hat.INSTRUCTOR).on(kept.profile.decided)
    site.at(kept)
    preview = site.visitor(Role.HEAD, region="75").post(path(kept, "select"), {"etape": "voir"})
    assert preview.status == 200, preview.said
    assert ("Le projet groupe 2 postes et la commission en retient moins." in preview.said) is pointed


@pytest.mark.parametrize("call", ["na-2024", "cvl-ville-hopital", "idf-2025", "ara-2017", "guyane-2020"])
def test_every_call_shipped_speaks_of_projects(call: str) -> None:
    assert groups_posts(call_of(call))


def test_a_call_whose_projects_carry_one_post_asks_for_none() -> None:
    call = call_of("na-2024")
    gates = call.clauses.gates
    one = replace(gates, project_sizes=replace(gates.project_sizes, value=(1,)))
    assert not groups_posts(replace(call, clauses=replace(call.clauses, gates=one)))


def test_a_project_is_that_of_one_recruiter(quick: Site) -> None:
    mine, same, other = (made(quick, State.DRAFT) for _ in range(3))
    recruiter, partner = mine.profile.sites
    for life in (mine, same):
        assert saved(quick, life, **PAIR).status == 303
    assert saved(quick, other, **PAIR, recruiter=partner.id, partner=recruiter.id).status == 303
    with quick.session() as session:
        row = session.get_one(DossierRow, mine.id)
        found = around(
            session, row, view_of(row), mine.call, "select", legal=mine.now, machine=mine.machine, lock=False
        )
    assert found.around.project_states == (State.DRAFT,)
