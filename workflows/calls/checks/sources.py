"""Where each value says it comes from: rule ids of the call, defaults, signed choices."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from typing import Any

from workflows.calls import funding, gates, jobs, model, parameters
from workflows.calls.checks.authority import is_well_formed
from workflows.calls.errors import Found, Path
from workflows.calls.model import CallFile
from workflows.calls.salvage import MissingPartError
from workflows.calls.sources import Origin, Sourced

#: How many rules fill the silences of a call: defaults (A), letters (L), jobs (J).
_HOUSE_RULES = {"A": 48, "L": 18, "J": 10}

# Without these values nothing can be counted or decided: a default or a signed choice fills the silence of the call.
_NEVER_UNKNOWN: Mapping[type[Any], frozenset[str]] = {
    model.Clauses: frozenset({"silence_months"}),
    model.FilingClause: frozenset({"unit", "completion_days", "reminder_days"}),
    model.ContractClause: frozenset({"months"}),
    model.PieceClause: frozenset({"required"}),
    model.ReplacementClause: frozenset({"remind_after_days", "propose_within_days", "give_back_after_days"}),
    model.DeferralClause: frozenset({"tell_within_days", "usual_months", "longest_months", "end"}),
    model.EndClause: frozenset({"declare_within_days", "cca_watch_months", "contradictory_days"}),
    model.AwardClause: frozenset({"presence_days", "choice_days"}),
    funding.Funding: frozenset({"scaled_by_contract", "indexed", "tranches", "rate_index", "repayment_reading"}),
    gates.CandidateGate: frozenset({"comparison", "reference"}),
    gates.TimeShareGate: frozenset({"floor", "ceiling", "floor_months"}),
    jobs.Jobs: frozenset({"send_at"}),
    jobs.JobSettings: frozenset({"days", "to", "unless", "off"}),
    parameters.Budget: frozenset({"binds"}),
}

# Money is printed, signed or unknown: a default would pay or claim an amount that nobody decided (A25).
_NEVER_DEFAULT: Mapping[type[Any], frozenset[str]] = {
    funding.Component: frozenset({"amount", "scale"}),
    funding.FlatAmount: frozenset({"amount"}),
    funding.Rate: frozenset({"rate"}),
    funding.Funding: frozenset({"charges", "printed_cost"}),
    parameters.Envelope: frozenset({"amount"}),
}


def check_sources(file: CallFile, *, completed: bool) -> Iterator[Found]:
    """Every value of the call and every rule id it cites; `completed`: a complement was applied."""
    reader = _Reader(_usable(file), completed)
    found = list(_walk((), file, reader))
    if reader.strangers and not reader.own:
        yield ("rules", "prefix"), "Aucune règle citée dans l’appel n’est de cette famille : corrigez le préfixe."
    else:
        yield from reader.strangers
    yield from found


def _usable(file: CallFile) -> model.RuleFamily | None:
    """The family when it is well formed; else it is the family that is told, not every rule cited."""
    try:
        return file.rules if is_well_formed(file.rules) else None
    except MissingPartError:
        return None


@dataclasses.dataclass(slots=True)
class _Reader:
    """Goes through the sources; `own` counts the rules of the family, `strangers` gathers the others."""

    family: model.RuleFamily | None
    completed: bool
    own: int = 0
    strangers: list[Found] = dataclasses.field(default_factory=list)

    def rule(self, path: Path, rule: str) -> None:
        """A rule id that must be one of the call’s own."""
        if self.family is None:
            return
        if self.family.has(rule):
            self.own += 1
            return
        first, last = self.family.named(1), self.family.named(self.family.last)
        hint = f' Pour une valeur par défaut, écrivez default = "{rule}".' if is_house_rule(rule) else ""
        message = f"La règle « {rule} » n’est pas de cet appel, qui va de {first} à {last}.{hint}"
        self.strangers.append((path, message))

    def value(self, path: Path, value: Sourced[Any]) -> Iterator[Found]:
        """The source of a value."""
        if value.origin in {Origin.PRINTED, Origin.UNKNOWN}:
            self.rule((*path, "rule"), value.rule)
        elif value.origin is Origin.DEFAULT and not is_house_rule(value.rule):
            message = f"La valeur par défaut « {value.rule} » n’existe pas : elles vont de A1 à A48."
            yield (*path, "default"), message
        elif value.origin is Origin.COMPLEMENT and not self.completed:
            message = "Un appel ne contient pas de complément : donnez-le dans un fichier à part."
            yield (*path, "complement"), message
        elif value.origin is Origin.CHOICE:
            if not (is_house_rule(value.rule) or self.family is None or self.family.has(value.rule)):
                message = f"« {value.rule} » n’est ni une règle de l’appel ni une valeur par défaut."
                yield (*path, "choice"), message
            if value.note is None:
                yield path, "Un choix signé nomme son acte, sa date et son signataire : ajoutez note = …"


def is_house_rule(rule: str) -> bool:
    """True for the id of a default (A1 to A48), of a letter (L1 to L18) or of a job (J1 to J10)."""
    found = re.fullmatch(r"([AJL])([1-9][0-9]?)", rule)
    return found is not None and int(found[2]) <= _HOUSE_RULES[found[1]]


def _walk(path: Path, value: Any, reader: _Reader) -> Iterator[Found]:
    if isinstance(value, Sourced):
        yield from reader.value(path, value)
    elif isinstance(value, tuple):
        for rank, item in enumerate(value):
            yield from _walk((*path, rank), item, reader)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _walk((*path, key), item, reader)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield from _walk_fields(path, value, reader)


def _walk_fields(path: Path, value: Any, reader: _Reader) -> Iterator[Found]:
    for item in dataclasses.fields(value):
        try:
            part = getattr(value, item.name)
        except MissingPartError:
            continue
        place = (*path, item.name)
        if item.name == "rule" and isinstance(part, str):
            reader.rule(place, part)
        elif not (isinstance(value, parameters.Quota) and item.name == "places" and value.source is not None):
            yield from _walk(place, part, reader)
        if isinstance(part, Sourced):
            yield from _misplaced(place, value, item.name, part)


def _misplaced(path: Path, owner: Any, name: str, value: Sourced[Any]) -> Iterator[Found]:
    """A value that may not be unknown, or may not be a default, where it stands."""
    if not value.is_known and _listed(_NEVER_UNKNOWN, owner, name):
        message = "Cette valeur est nécessaire : donnez celle de l’appel, une valeur par défaut ou un choix signé."
        yield path, message
    if value.is_default and _listed(_NEVER_DEFAULT, owner, name):
        message = "Un montant ou un taux ne se prend jamais par défaut (A25) : écrivez unknown = true ou un choix."
        yield path, message


def _listed(table: Mapping[type[Any], frozenset[str]], owner: Any, name: str) -> bool:
    return any(isinstance(owner, kind) and name in names for kind, names in table.items())
