"""The closed lists a form offers, drawn from the dossier: requests, pieces, sessions, signatories."""

from __future__ import annotations

from backoffice.services.people import signatories
from backoffice.web.forms import Option, options_of
from backoffice.web.reader import Page
from workflows.acts.base import Act
from workflows.calls.model import Channel
from workflows.french import short_day
from workflows.guards.filing import askable
from workflows.pieces import Requirement
from workflows.requests import REQUEST_TABLE, RequestKind
from workflows.states import State

_ANY_KIND = frozenset(RequestKind)
_DEPARTING = frozenset({"withdraw", "record_end", "announce_departure"})


def choices_for(page: Page, act: Act) -> dict[str, tuple[Option, ...]]:
    """The options of each field of the form of an act, for fields that are a choice among what exists."""
    names = set(act.inputs.__dataclass_fields__)
    found: dict[str, tuple[Option, ...]] = {}
    if "request" in names:
        found["request"] = _requests(page, act.name)
    if "keys" in names or "key" in names:
        pieces = tuple(Option(r.key, r.label) for r in known_pieces(page))
        found |= {"keys": pieces} if "keys" in names else {"key": pieces}
    if "session" in names and page.call.parameters.sessions:  # a call that announces none takes any
        found["session"] = tuple(Option(s.id, s.label) for s in page.call.parameters.sessions)
    if "signed_by" in names:
        found["signed_by"] = tuple(
            Option(str(a.id), f"{a.name}, {a.capacity or a.role}") for a in signatories(page.session, page.row.region)
        )
    if "channel" in names:
        found["channel"] = tuple(o for o in options_of(Channel) if o.value != Channel.ONLINE.value)
    if act.name == "reexamine":
        found["to"] = tuple(Option(s.value, s.label) for s in (State.COMPLETE, State.COMMITTEE))
    return found


def _requests(page: Page, act: str) -> tuple[Option, ...]:
    kinds = {kind for kind, (_, granting) in REQUEST_TABLE.items() if granting == act} or _ANY_KIND
    if act == "agree_replacement":
        kinds = {RequestKind.REPLACEMENT}
    elif act in _DEPARTING:  # a departure told under one name may turn out to be the other
        kinds = {RequestKind.WITHDRAWAL, RequestKind.EARLY_END}
    return tuple(
        Option(r.id, f"{r.kind.label} du {short_day(r.dates.recorded_on)} ({r.id})")
        for r in page.view.requests
        if r.is_open and r.kind in kinds
    )


def known_pieces(page: Page) -> tuple[Requirement, ...]:
    """The pieces that may be asked for or given on this dossier now."""
    return askable(page.facts, page.call.clauses.pieces)
