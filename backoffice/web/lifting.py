"""The reasons asked for beside the fields of an act: to lift what holds it, to derogate from what refuses it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from backoffice.web.forms import BY_CODE, Field
from backoffice.web.reader import Page
from workflows.actors import Role, decides_at
from workflows.acts.base import Act, ActInputs
from workflows.findings import Finding, Severity, declared_reasons
from workflows.french import typography

_LIFTS, _DEROGATIONS = BY_CODE
_LABELS = {
    _LIFTS: typography("Lever la réserve : pourquoi"),
    _DEROGATIONS: typography("Accorder une dérogation : pourquoi"),
}
_TYPED_BEFORE = {_LIFTS: "Vous leviez une réserve.", _DEROGATIONS: "Vous accordiez une dérogation."}
_SEVERITIES = {_LIFTS: Severity.HOLD, _DEROGATIONS: Severity.REFUSAL}


@dataclass(frozen=True, slots=True)
class Box:
    """A box for one reason. `name`: of its control; `sentence`, `remedy`, `rule`: what it answers; `value`: typed."""

    name: str
    label: str
    sentence: str
    remedy: str
    rule: str | None
    value: str

    @property
    def id(self) -> str:
        """Id of the control in the page."""
        return "f-" + self.name.replace(".", "-").replace("_", "-")

    @property
    def is_lift(self) -> bool:
        """True for a hold, false for a derogation."""
        return self.name.startswith(_LIFTS)


def may_lift(page: Page) -> bool:
    """True when the visitor may lift what holds an act."""
    return decides_at(page.visitor.role, Role.HEAD)


def boxes(page: Page, act: Act, findings: Iterable[Finding], typed: MultiDict[str, str]) -> list[Box]:
    """A box for each finding that a reason answers, then for each reason typed before: nothing typed is lost."""
    found = {f"{group}.{f.code}": _box(group, f, typed) for f in findings if (group := _group(page, act, f))}
    for name, text in typed.items():
        group, _, code = name.partition(".")
        if name not in found and group in _groups(page, act) and text.strip() and _is_known(group, code):
            found[name] = Box(name, _LABELS[group], _TYPED_BEFORE[group], "", None, text)
    return list(found.values())


def _groups(page: Page, act: Act) -> Iterator[str]:
    if may_lift(page):
        yield _LIFTS
    if _DEROGATIONS in act.inputs.__dataclass_fields__:
        yield _DEROGATIONS


def _group(page: Page, act: Act, finding: Finding) -> str | None:
    groups = set(_groups(page, act))
    if finding.severity is Severity.HOLD:
        return _LIFTS if _LIFTS in groups else None
    derogable = finding.severity is Severity.REFUSAL and finding.rule and _DEROGATIONS in groups
    return _DEROGATIONS if derogable else None


def _box(group: str, finding: Finding, typed: MultiDict[str, str]) -> Box:
    name = f"{group}.{finding.code}"
    return Box(name, _LABELS[group], finding.sentence, finding.remedy, finding.rule, typed.get(name, ""))


def _is_known(group: str, code: str) -> bool:
    reason = declared_reasons().get(code)
    return reason is not None and reason.severity is _SEVERITIES[group]


def without_reasons(inputs: ActInputs) -> ActInputs:
    """The same inputs with nothing lifted nor derogated: what they meet is then what a reason may answer."""
    emptied: dict[str, Any] = {name: {} for name in BY_CODE if name in inputs.__dataclass_fields__}
    return replace(inputs, **emptied)


def lifted(findings: Iterable[Finding], typed: MultiDict[str, str]) -> list[Box]:
    """The holds that a decision lifts, each with its reason."""
    held = [f for f in findings if f.severity is Severity.HOLD]
    return [replace(_box(_LIFTS, f, typed), label="Réserve levée") for f in held]


def one_reason(fields: list[Field], asked: list[Box], stops: Iterable[Finding]) -> list[Field]:
    """The fields without the reason of the act, where the boxes below ask for all the reasons that are wanted."""
    answered = {box.name.partition(".")[2] for box in asked}
    if not asked or any(f.code not in answered for f in stops):
        return fields
    return [f for f in fields if f.name != "reason" or f.required or f.value]
