"""No text that somebody types is longer than the column it goes to: the answer is a form to correct, never an error."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from sqlalchemy import String

from backoffice.services.application import Application
from backoffice.services.people import Doctor
from backoffice.services.projection import columns
from backoffice.store.dossiers import DossierRow
from backoffice.store.people import Person
from tests.lives import life_of
from tests.web.making import made, path
from tests.web.site import Site
from workflows.actors import Role
from workflows.acts.committee import CommitteeInputs
from workflows.acts.filing import DraftInputs
from workflows.dossier import Project
from workflows.shape_fields import LONGEST_TEXT
from workflows.states import State

#: Columns drawn from the facts whose words are ours, not somebody’s: states, FINESS numbers, the category of the call.
OURS = {"state", "category", "recruiter", "place", "repayment"}
#: The inputs that reach each of the others.
TYPED: dict[str, list[tuple[type[Any], str]]] = {
    "session": [(CommitteeInputs, "session")],
    "specialty": [(Application, "specialty"), (DraftInputs, "specialty")],
    "project": [(Project, "id")],
}
PERSON: dict[str, list[tuple[type[Any], str]]] = {
    name: [(Doctor, name)] + ([(Application, name)] if name in Application.__dataclass_fields__ else [])
    for name in ("family_name", "given_name", "email", "rpps")
}


def length(table: Any, column: str) -> int | None:
    kind = table.__table__.c[column].type
    return kind.length if isinstance(kind, String) else None


def longest(shape: type[Any], name: str) -> int:
    (found,) = [field for field in fields(shape) if field.name == name]
    return int(found.metadata.get("longest", LONGEST_TEXT))


@pytest.mark.parametrize(
    ("table", "reached"), [(DossierRow, TYPED), (Person, PERSON)], ids=["of the dossier", "of the doctor"]
)
def test_every_text_fits_its_column(table: Any, reached: dict[str, list[tuple[type[Any], str]]]) -> None:
    for column, inputs in reached.items():
        held = length(table, column)
        assert held is not None
        for shape, name in inputs:
            assert longest(shape, name) <= held, f"{shape.__name__}.{name} goes to {column}({held})"


def test_every_column_of_limited_length_is_looked_at() -> None:
    life = life_of("na-2024")
    drawn = {name for name in columns(life.dossier, life.today) if length(DossierRow, name)}
    assert drawn == OURS | TYPED.keys()
    typed = {name for name in Doctor.__dataclass_fields__ if length(Person, name)}
    assert typed == PERSON.keys()


@pytest.mark.parametrize("call", ["cvl-ville-hopital", "guyane-2020"])
def test_a_session_with_a_long_name_is_a_form_to_correct(site: Site, call: str) -> None:
    life = made(site, State.COMPLETE, call)
    agent = site.visitor(Role.INSTRUCTOR, region=life.call.authority.region)
    typed = {"session": "séance-" * 50, "etape": "envoyer", "version": str(life.dossier.version)}
    answer = agent.post(path(life, "put_to_committee"), typed)
    assert answer.status == 422
    assert "Texte trop long : 350 caractères, 80 au plus." in answer.said
