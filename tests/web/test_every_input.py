"""Every input of every act has a control on the page, or is in the list below with its reason."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.orm import Session

from backoffice.services.application import Application
from backoffice.web.acts import ELSEWHERE
from tests.backoffice.stored import StoredLife, stored_life
from tests.builders import Hat
from tests.pages import Element
from tests.web.making import CAPUCINE, made, path
from tests.web.site import Site, Visitor
from workflows.actors import Role
from workflows.acts import ACTS
from workflows.acts.base import Act, Who
from workflows.states import State

CALL = "cvl-ville-hopital"
#: The status of a form to correct.
FORM = 422
#: Inputs of any act that no field asks for, and why.
NOWHERE = {
    "lifts": "a box for each hold that a head may lift, when there is one (test_forms)",
    "derogations": "a box for each refusal that a reason answers, when there is one (test_forms)",
    "repayment": "a choice once a post has several, else there is nothing to choose (test_repayment_page)",
    "candidate.id": "the page asks for the name and finds or makes the reference",
}
_LATER = "an application names the doctor; what is known of them comes with identify_candidate"
#: Inputs of one act that no field asks for, and why.
EXCEPTIONS = {
    ("edit_draft", "reason"): "a draft is the depositor’s own: nobody has to be told why it changes",
    ("edit_draft", "depositors"): "drawn from who fills in the application and from the call",
    ("edit_draft", "emptied"): "the controls left empty",
    ("edit_draft", "candidate.rpps"): _LATER,
    ("edit_draft", "candidate.registered"): _LATER,
    ("edit_draft", "candidate.full_licence"): _LATER,
    ("edit_draft", "candidate.specialist_title"): _LATER,
    ("edit_draft", "candidate.foreign_title"): _LATER,
    ("edit_draft", "candidate.residency_ends_on"): _LATER,
    ("edit_draft", "candidate.title_obtained_on"): _LATER,
    ("receive_piece", "reason"): "a piece given needs no reason",
    ("file_message", "reason"): "a message filed needs no reason",
    ("open_clawback", "reason"): "the machine alone does it, without a page",
}
#: What the application and the upload ask for, by the input they fill.
APPLICATION = {
    "sites": {"recruiter", "partner", "partner_distance_km", "second_partner", "second_distance_km"},
    "plan": {"recruiter_half_days", "partner_half_days", "second_half_days"}
    | {"recruiter_second_year", "partner_second_year"},
    "project.id": {"project"},
    "project.size": {"project_size"},
    "project.viable_from": {"project_viable_from"},
}
UPLOAD = {"keys": "piece", "file": "document"}


def inputs_of(shape: type[Any], prefix: str = "") -> Iterator[str]:
    """The inputs of a dataclass, those of its members dotted."""
    hints = typing.get_type_hints(shape)
    for item in dataclasses.fields(shape):
        options = [a for a in typing.get_args(hints[item.name]) if a is not type(None)]
        inner = options[0] if len(options) == 1 else hints[item.name]
        if dataclasses.is_dataclass(inner) and isinstance(inner, type):
            yield from inputs_of(inner, f"{prefix}{item.name}.")
        else:
            yield prefix + item.name


@dataclasses.dataclass(repr=False)
class Scenery:
    """Dossiers with something to choose from in every list, and whoever may act on them."""

    site: Site
    lives: list[StoredLife]
    visitors: list[Visitor]

    def lacking(self, act: str, wanted: set[str]) -> set[str]:
        """The inputs that the form of an act never asks for, on any dossier; nothing typed is read, so it opens."""
        for life in self.lives:
            self.site.at(life)
            for visitor in self.visitors:
                answer = visitor.post(path(life, act), {"etape": "voir", "inconnu": "x"})
                if answer.status == FORM:
                    wanted = wanted - set(controls(answer.screen.page))
                if not wanted:
                    return wanted
        return wanted


def controls(page: Element) -> Iterator[str]:
    """The inputs that the controls of a page fill: the half-days of the places of work make a plan."""
    for control in page.all("input", "select", "textarea"):
        if control.get("type") != "hidden":
            name = control.get("name")
            yield "plan" if name.startswith("plan.") else name


def _lives(session: Session) -> Iterator[StoredLife]:
    yield stored_life(session, CALL).to(State.COMMITTEE)
    for state, act in (
        (State.NOTIFIED, "ask_deferral"),
        (State.NOTIFIED, "report_withdrawal"),
        (State.IN_POST, "declare_early_end"),
        (State.WITHDRAWN, "propose_replacement"),
    ):
        life = stored_life(session, CALL).to(state).later(2)
        life.do(act, Hat.RECRUITER)
        yield life
    noticed = stored_life(session, CALL).to(State.NOTIFIED).later(2)
    noticed.do("give_notice", Hat.HEAD)
    yield noticed
    contested = stored_life(session, CALL).to(State.IN_POST).later(2)
    contested.do("contest_line", Hat.RECRUITER).later(1)
    contested.do("confirm_presence", Hat.RECRUITER).do("record_tranche", Hat.INSTRUCTOR)
    yield contested


@pytest.fixture
def scenery(quick: Site) -> Scenery:
    """Dossiers of a call, a member of its committee, and one visitor for each kind of actor."""
    with quick.session() as session:
        lives = list(_lives(session))
    profile, region = lives[0].profile, lives[0].call.authority.region
    quick.visitor(Role.MEMBER, region=region)
    visitors = [
        quick.visitor(Role.DG, region=region),
        quick.visitor(Role.ESTABLISHMENT, establishment=profile.recruiter.id),
        quick.visitor(Role.CANDIDATE, person=CAPUCINE),
    ]
    return Scenery(quick, lives, visitors)


def unexplained(act: Act) -> set[str]:
    """The inputs of an act that a control must ask for."""
    told = {name for known, name in EXCEPTIONS if known == act.name}
    return set(inputs_of(act.inputs)) - NOWHERE.keys() - told


def test_every_input_of_every_act_has_a_control(scenery: Scenery) -> None:
    acts = [act for act in ACTS.values() if act.name not in ELSEWHERE and act.who != (Who.CLOCK,)]
    missing = {act.name: scenery.lacking(act.name, unexplained(act)) for act in acts}
    assert {name: inputs for name, inputs in missing.items() if inputs} == {}


def test_acts_with_pages_of_their_own_ask_for_theirs(quick: Site) -> None:
    life = made(quick, State.DRAFT, CALL)
    number, region = life.dossier.number, life.call.authority.region
    recruiter = quick.visitor(Role.ESTABLISHMENT, establishment=life.profile.recruiter.id)
    agent = quick.visitor(Role.INSTRUCTOR, region=region)
    draft = set(controls(recruiter.get(f"/dossiers/{number}/brouillon").screen.page))
    assert draft >= set(Application.__dataclass_fields__), "all that an application holds, in the call that asks most"
    assert {name for name in unexplained(ACTS["edit_draft"]) if not APPLICATION.get(name, {name}) <= draft} == set()
    upload = set(controls(agent.get(f"/dossiers/{number}/deposer-une-piece").screen.page))
    assert {UPLOAD.get(name, name) for name in unexplained(ACTS["receive_piece"])} <= upload
    filed = made(quick, State.SUBMITTED)
    clerk = quick.visitor(Role.INSTRUCTOR, region=filed.call.authority.region)
    message = set(controls(clerk.get(f"/dossiers/{filed.dossier.number}/messages").screen.page))
    assert {UPLOAD.get(name, name) for name in unexplained(ACTS["file_message"])} <= message


def test_every_exception_is_still_one() -> None:
    assert {(act, name) for act, name in EXCEPTIONS if name not in set(inputs_of(ACTS[act].inputs))} == set()
    everywhere = {name for act in ACTS.values() for name in inputs_of(act.inputs)}
    assert NOWHERE.keys() <= everywhere
