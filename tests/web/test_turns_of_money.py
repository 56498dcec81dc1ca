"""Whose turn it is on the money of a post, whatever its state: the list says what the repayment and the account say."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.backoffice.stored import StoredLife
from tests.builders import Hat
from tests.web.making import instructor, made
from tests.web.site import Site, Visitor
from tests.web.test_account import paid
from tests.web.test_repayment_page import DECIDED, HEARD, NOTICED, TITLED, plain
from tests.web.test_turns import DESK, HEAD, does, waits
from workflows.actors import Role
from workflows.calls.funding import Vehicle
from workflows.french import short_day
from workflows.parts.contests import ContestState
from workflows.parts.reliefs import Relief
from workflows.repaying.track import awaited
from workflows.states import State

REMITTED = {"relief": Relief.REMITTED, "amount": Decimal("48.53")}
ROADS: dict[str, tuple[tuple[Any, ...], ...]] = {
    "proposed": (),
    "noticed": NOTICED,
    "heard": HEARD,
    "decided": DECIDED,
    "by another way": (*HEARD, ("decide_repayment", Hat.HEAD, {"vehicle": Vehicle.OFFSET})),
    "to pay, and claimed": (*TITLED, ("file_claim", Hat.RECRUITER)),
    "to pay, and to remit": (*TITLED, ("prepare_relief", Hat.INSTRUCTOR, REMITTED)),
    "rejected claim": (*TITLED, ("file_claim", Hat.RECRUITER), ("answer_claim", Hat.DG)),
}


def head(site: Site) -> Visitor:
    """A head of Nouvelle-Aquitaine."""
    return site.visitor(Role.HEAD, region="75")


def walked(site: Site, life: StoredLife, road: tuple[tuple[Any, ...], ...]) -> StoredLife:
    """The life after a road, a day for each step."""
    for act, hat, *given in road:
        life = does(site, replace(life).later(1), act, hat, **(given[0] if given else {}))
    return life


@pytest.mark.parametrize("name", ROADS)
def test_the_queue_of_the_head_holds_what_a_repayment_awaits_of_her(quick: Site, name: str) -> None:
    life = walked(quick, made(quick, State.CLAWBACK), ROADS[name])
    (repayment,) = life.dossier.repayments
    names = {each.who for each in awaited(repayment, life.dossier.state, life.call, life.today)}
    assert (waits(instructor(quick), life) == HEAD) is ("le responsable" in names), names


def test_a_claim_that_silence_rejected_waits_for_nobody_s_decision(quick: Site) -> None:
    life = walked(quick, made(quick, State.CLAWBACK), ROADS["to pay, and claimed"])
    claim = life.dossier.repayments[0].open_claim
    assert claim is not None
    quick.at(replace(life).on(claim.silent_on - timedelta(days=1)))
    assert waits(instructor(quick), life) == HEAD
    quick.at(replace(life).on(claim.silent_on))
    assert waits(instructor(quick), life) != HEAD


def test_what_comes_due_again_waits_for_the_desk(quick: Site) -> None:
    settled = (*TITLED, ("record_repaid", Hat.INSTRUCTOR), ("settle", Hat.INSTRUCTOR))
    life = walked(quick, made(quick, State.CLAWBACK), settled)
    agent = instructor(quick)
    assert waits(agent, life) not in {HEAD, DESK}
    life = does(quick, life, "correct_ledger_entry", Hat.HEAD, entry="R1-1")
    assert (life.dossier.state, waits(agent, life)) == (State.ENDED, DESK)


def upheld(site: Site, remedy: str) -> StoredLife:
    """A payment contested, and the contest upheld: its act is to do."""
    life = does(site, paid(site), "contest_line", Hat.RECRUITER, line="E1")
    assert waits(instructor(site), life) == DESK
    return does(site, life, "answer_contest", Hat.INSTRUCTOR, outcome=ContestState.UPHELD, remedy=remedy)


def test_an_upheld_contest_is_the_task_of_who_may_do_its_act_until_it_is_done(quick: Site) -> None:
    agent, chief = instructor(quick), head(quick)
    life = upheld(quick, "correct_ledger_entry")
    page = f"/dossiers/{life.dossier.number}"
    assert waits(agent, life) == HEAD
    assert "Ligne contestée 1" in {link.text for link in chief.get("/dossiers").screen.page.all("a")}
    shown = chief.get(page)
    assert "Rien n’est attendu de vous" not in shown.said
    first = shown.said.split("Autres actions possibles")[0]
    assert "Annuler une écriture du compte" in first
    assert "Contestation fondée" in first
    seen = agent.get(page).said.split("Autres actions possibles")[0]
    assert "à faire par le responsable : « Annuler une écriture du compte »" in plain(seen)
    life = does(quick, life, "correct_ledger_entry", Hat.HEAD, entry="E1")
    assert waits(agent, life) != HEAD
    assert "Contestation fondée" not in chief.get(page).said
    account = chief.get(f"{page}/compte").said
    assert "À faire" not in account
    assert "Fait par E2 le" in plain(account)
    assert "Ligne contestée 0" in {link.text for link in chief.get("/dossiers").screen.page.all("a")}


def test_what_the_desk_has_to_put_right_is_its_own(quick: Site) -> None:
    life = upheld(quick, "record_payment")
    assert waits(instructor(quick), life) == DESK


def test_the_list_tells_the_last_day_and_not_the_day_of_an_alert(quick: Site) -> None:
    """180 days before the time-bar an alert leaves; the repayment is late once the time-bar has passed only."""
    life = made(quick, State.CLAWBACK)
    agent = instructor(quick)
    last = life.dossier.repayments[0].barred_after

    def told() -> str:
        rows = agent.get("/dossiers").screen.rows("Dossiers")
        return plain(next(row for row in rows if row[0] == life.dossier.number)[3])

    quick.at(replace(life).on(last - timedelta(days=14)))
    assert told() == plain(f"Dans 14 jours Prescription du reversement, {short_day(last)}")
    quick.at(replace(life).on(last + timedelta(days=2)))
    assert told().startswith("En retard de 2 jours")
    assert "Prescription du reversement : " in plain(agent.get(f"/dossiers/{life.dossier.number}").said)


def test_a_claim_is_late_once_silence_has_rejected_it(quick: Site) -> None:
    life = walked(quick, made(quick, State.CLAWBACK), ROADS["to pay, and claimed"])
    claim = life.dossier.repayments[0].open_claim
    assert claim is not None
    quick.at(replace(life).on(claim.silent_on - timedelta(days=3)))
    page = plain(instructor(quick).get(f"/dossiers/{life.dossier.number}").said)
    assert plain(f"le {short_day(claim.silent_on - timedelta(days=1))}") in page
    assert "Réponse à la réclamation" in page
