"""A doctor named in a form: asked for by name, in place of a reference that nobody could type."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast
from uuid import UUID, uuid5

from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from backoffice.services.people import Doctor, Named, is_address, is_rpps, named_doctor
from backoffice.web import forms
from backoffice.web.faults import Messages
from backoffice.web.reader import Page
from workflows.acts.base import Act, ActInputs
from workflows.french import typography
from workflows.parts.candidates import Candidate
from workflows.shapes import load

#: Stands for a doctor named for the first time, until the form is sent for good.
UNNAMED = UUID(int=0)
_PREFIX = "candidate."
_ASKED = ("given_name", "family_name", "born_on", "email")
_NO_ADDRESS = typography("Cette adresse ne peut pas recevoir de courriel : corrigez-la.")
_NO_RPPS = typography("Un numéro RPPS compte 11 chiffres, dont une clé : vérifiez-le.")


def names_a_doctor(act: Act) -> bool:
    """True for an act whose form names a doctor."""
    return "candidate" in act.inputs.__dataclass_fields__ and act.name != "edit_draft"


def asked(fields: list[forms.Field], typed: MultiDict[str, str]) -> list[forms.Field]:
    """The fields of such a form: the name first, then the rest without the reference."""
    by_name = {f.name: f for f in forms.fields_of(Doctor, typed, prefix=_PREFIX)}
    return [by_name[_PREFIX + name] for name in _ASKED] + [f for f in fields if f.name != f"{_PREFIX}id"]


def told(typed: MultiDict[str, str]) -> tuple[Doctor | None, Messages]:
    """The doctor the form names, or what is wrong with it."""
    given = {n: (typed.get(_PREFIX + n) or "").strip() for n in (*_ASKED, "rpps")}
    data = forms.plain(Doctor, MultiDict(given | {"rpps": compact(given["rpps"])}))
    try:
        doctor = load(Doctor, data)
    except ValidationError as error:
        messages = cast("dict[str, Any]", error.messages)
        return None, {_PREFIX + name: texts for name, texts in messages.items()}
    if doctor.email and not is_address(doctor.email):
        return None, {f"{_PREFIX}email": [_NO_ADDRESS]}
    return doctor, {}


def compact(number: str) -> str:
    """A number as it is kept, without the spaces one writes it with."""
    return "".join(number.split())


def rpps_faults(data: dict[str, Any], prefix: str = "") -> Messages:
    """What is wrong with the RPPS numbers of a form; the others are made compact where they stand."""
    found: Messages = {}
    for name, value in data.items():
        if isinstance(value, dict):
            found |= rpps_faults(value, f"{prefix}{name}.")
    if isinstance(data.get("rpps"), str):
        data["rpps"] = compact(data["rpps"])
        found |= {} if is_rpps(data["rpps"]) else {f"{prefix}rpps": [_NO_RPPS]}
    return found


def named(page: Page, act: Act, inputs: ActInputs, typed: MultiDict[str, str], key: str) -> tuple[ActInputs, Named]:
    """The inputs with the doctor they name, to be written with the act. The same form sent twice names the same one."""
    doctor, _ = told(typed) if names_a_doctor(act) else (None, {})
    if doctor is None:
        return inputs, Named(UNNAMED)
    found = named_doctor(page.session, doctor, uuid5(page.row.id, key))
    before: Candidate = getattr(inputs, "candidate")  # noqa: B009 - not every act names somebody
    changed: dict[str, Any] = {"candidate": replace(before, id=str(found.id))}
    return replace(inputs, **changed), found
