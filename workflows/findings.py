"""What a guard may answer: a refusal, a hold or a warning, each with its sentence, its remedy and its source.

A refusal rests on the law, on a printed clause or on the logic of the procedure. A default (A1..A48) never refuses:
it warns, or it holds until a head lifts the hold with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from workflows.calls.sources import Sourced
from workflows.french import typography, unbroken


class Severity(StrEnum):
    """How strongly a finding weighs on the act."""

    REFUSAL = "refusal"
    HOLD = "hold"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason, ready to be read: `sentence` says what is missing or wrong, `remedy` what to do about it.

    `rule` is the id of the clause (NA-05), default (A7) or article the reason rests on, None when it follows from the
    procedure itself. `values` are the facts the sentence was made from.
    """

    code: str
    severity: Severity
    sentence: str
    remedy: str
    rule: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    def softened(self) -> Finding:
        """The same finding as a warning."""
        return replace(self, severity=Severity.WARNING)


@dataclass(frozen=True, slots=True)
class Reason:
    """A kind of finding, declared once beside the guard that uses it. Calling it makes a `Finding`."""

    code: str
    severity: Severity
    sentence: str
    remedy: str
    rule: str | None = None

    def __call__(self, rule: str | None = None, **values: Any) -> Finding:
        """A finding with its sentences filled in. Raises KeyError when a value of the sentence is missing."""
        return Finding(
            self.code,
            self.severity,
            unbroken(typography(self.sentence.format_map(values))),
            unbroken(typography(self.remedy.format_map(values))),
            rule or self.rule,
            MappingProxyType(values),
        )

    def on(self, source: Sourced[Any], **values: Any) -> Finding:
        """A finding that rests on a value of the call: it can only warn when that value is a default."""
        finding = self(source.rule, **values)
        return finding.softened() if source.is_default and self.severity is Severity.REFUSAL else finding


_REASONS: dict[str, Reason] = {}


def _declare(severity: Severity, code: str, sentence: str, remedy: str, rule: str | None) -> Reason:
    if code in _REASONS:
        raise ValueError(f"reason {code!r} declared twice")
    _REASONS[code] = Reason(code, severity, sentence, remedy, rule)
    return _REASONS[code]


def refusal(code: str, sentence: str, remedy: str, rule: str | None = None) -> Reason:
    """Declare a reason that refuses (it only warns when it rests on a default, see `Reason.on`)."""
    return _declare(Severity.REFUSAL, code, sentence, remedy, rule)


def hold(code: str, sentence: str, remedy: str, rule: str | None = None) -> Reason:
    """Declare a reason that holds the act until a head lifts it with a reason."""
    return _declare(Severity.HOLD, code, sentence, remedy, rule)


def warning(code: str, sentence: str, remedy: str, rule: str | None = None) -> Reason:
    """Declare a reason that is told and stops nothing."""
    return _declare(Severity.WARNING, code, sentence, remedy, rule)


def declared_reasons() -> Mapping[str, Reason]:
    """Every declared reason by code, in order of declaration."""
    return MappingProxyType(_REASONS)


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one guard: what it looked at and what it found (nothing found: it passes)."""

    findings: tuple[Finding, ...]
    looked_at: Mapping[str, Any]

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)


def check(*findings: Finding | Iterable[Finding] | None, **looked_at: Any) -> Check:
    """Gather the findings of a guard (None and empty iterables count for nothing) with the values it looked at."""
    found: list[Finding] = []
    for item in findings:
        if isinstance(item, Finding):
            found.append(item)
        elif item is not None:
            found.extend(item)
    return Check(tuple(found), MappingProxyType(looked_at))
