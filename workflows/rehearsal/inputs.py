"""From the inputs of an event, as the scenario writes them, to the inputs of an act on one dossier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any
from zoneinfo import ZoneInfo

from workflows.acts import ACTS
from workflows.acts.base import ActInputs, Context
from workflows.calls.errors import Found
from workflows.calls.salvage import read_shape
from workflows.guards.filing import known_requirements
from workflows.parts.candidates import Candidate
from workflows.parts.pieces import PieceState, not_received
from workflows.parts.receipts import latest
from workflows.rehearsal.copies import filled
from workflows.rehearsal.scenario import Doctor, Establishment, Opening

#: Names the latest request of the dossier.
LAST = "last"
_EXCEPT = "-"
_JUDGE = "judge_piece"


@dataclass(frozen=True, slots=True)
class Names:
    """The words of a scenario: its establishments and doctors by id, and the zone its hours are told in."""

    establishments: Mapping[str, Establishment]
    doctors: Mapping[str, Doctor]
    zone: str = "UTC"

    def candidate(self, doctor: str) -> dict[str, Any]:
        """The plain data of a doctor; the word itself stands for one nobody described."""
        known = self.doctors.get(doctor, Doctor(doctor))
        facts = {f.name: getattr(known, f.name) for f in fields(Candidate)}
        return {name: value for name, value in facts.items() if value is not None}

    def site(self, word: str) -> str:
        """The number of an establishment, or the word itself."""
        known = self.establishments.get(word)
        return known.number if known else word

    def legal_entity(self, word: str) -> str:
        """The number of the legal entity of an establishment, or the word itself."""
        known = self.establishments.get(word)
        return (known.legal_entity or known.number) if known else word


def plain_inputs(raw: Mapping[str, Any], opening: Opening, names: Names) -> dict[str, Any]:
    """The inputs of an event for one dossier, as plain data: copies, names and local times replaced."""
    table: dict[str, Any] = _at_zone(filled(dict(raw), opening.rank, opening.number), names.zone)
    if isinstance(table.get("candidate"), str):
        table["candidate"] = names.candidate(table["candidate"])
    if isinstance(table.get("plan"), list):
        table["plan"] = [_period(part, names) for part in table["plan"]]
    if isinstance(table.get("keys"), list):
        table["keys"] = [_key(key, names) for key in table["keys"]]
    if isinstance(table.get("site"), str):
        table["site"] = names.site(table["site"])
    if isinstance(table.get("legal_entity"), str):
        table["legal_entity"] = names.legal_entity(table["legal_entity"])
    if "key" in table:
        table["key"] = _key(table["key"], names)
    return table


def _at_zone(value: Any, zone: str) -> Any:
    """Instants told without an offset are on the clock of the authority."""
    if isinstance(value, datetime) and value.utcoffset() is None:
        return value.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    if isinstance(value, Mapping):
        return {key: _at_zone(inner, zone) for key, inner in value.items()}
    if isinstance(value, list):
        return [_at_zone(inner, zone) for inner in value]
    return value


def _period(part: Any, names: Names) -> Any:
    """A period of a plan whose half-days are told by establishment, as dossiers of a scenario tell them."""
    if not isinstance(part, Mapping) or not isinstance(part.get("half_days"), Mapping):
        return part
    return {**part, "half_days": [[names.site(word), n] for word, n in part["half_days"].items()]}


def _key(key: Any, names: Names) -> Any:
    """The key of a piece with the number of its establishment in the place of its word."""
    if not isinstance(key, str):
        return key
    start, slash, word = key.rpartition("/")
    return f"{start}{slash}{names.site(word)}"


def mistakes_of(act: str, raw: Mapping[str, Any], opening: Opening, names: Names) -> list[Found]:
    """What is wrong with the inputs of an event, by place within them."""
    return read_shape(ACTS[act].inputs, plain_inputs(raw, opening, names))[1]


def inputs_for(raw: Mapping[str, Any], opening: Opening, names: Names, context: Context[Any]) -> tuple[ActInputs, ...]:
    """The inputs of the act on the dossier of a context: one, or one per piece when a pattern asks to judge several.

    Raises CallFileError-free plain ValueError when they cannot be read, which a checked scenario never does.
    """
    table = plain_inputs(raw, opening, names)
    if table.get("request") == LAST:
        requests = context.dossier.requests
        table["request"] = requests[-1].id if requests else LAST
    many: list[dict[str, Any]] = [table]
    if "keys" in table:
        table["keys"] = list(_matching(table["keys"], context))
    elif "receipt" in table:
        many = [{**table, "receipt": name} for name in _receipts(str(table["receipt"]), context)]
    elif context.act == _JUDGE and "*" in str(table.get("key", "")):
        many = [{**table, "key": key} for key in _matching([table["key"]], context)] or many
    return tuple(_read(context.act, given) for given in many)


def _receipts(word: str, context: Context[Any]) -> list[str]:
    """The receipts that a word names: of the last letter of a code, by all it still has to reach, or by one addressee.

    A proof is withdrawn where there is one.
    """
    done = context.act == "withdraw_proof"
    code, _, whom = word.partition(":")
    sent = latest(context.dossier.receipts, (code,))
    found = [r.id for r in sent if r.to.value == whom or (not whom and (r.is_proven if done else r.is_awaited))]
    return found or [word]


def _read(act: str, table: Mapping[str, Any]) -> ActInputs:
    inputs, found = read_shape(ACTS[act].inputs, table)
    if found:
        raise ValueError(f"unreadable inputs of {act}: {found}")
    return inputs


def _matching(words: list[str], context: Context[Any]) -> tuple[str, ...]:
    """The keys that words name: a key as it is, a pattern for what is still to do, `-` before what to leave out."""
    todo = _to_do(context)
    left_out = [word.removeprefix(_EXCEPT) for word in words if word.startswith(_EXCEPT)]
    found: dict[str, None] = {}
    for word in words:
        if word.startswith(_EXCEPT):
            continue
        found |= dict.fromkeys(key for key in todo if fnmatchcase(key, word)) if "*" in word else {word: None}
    return tuple(key for key in found if not any(fnmatchcase(key, pattern) for pattern in left_out))


def _to_do(context: Context[Any]) -> tuple[str, ...]:
    """The pieces a pattern may mean: those waiting to be judged, or those not arrived yet."""
    known, pieces = known_requirements(context), context.dossier.pieces
    if context.act == _JUDGE:
        waiting = {p.key for p in pieces if p.state is PieceState.RECEIVED}
        return tuple(key for key in known if key in waiting)
    return tuple(r.key for r in not_received(known.values(), pieces))
