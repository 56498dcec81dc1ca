"""What an agency tells of an application: its receipt, the pieces it lacks, the day it is complete.

The mail and the letter of each say the same facts, which are computed here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from workflows.calls.model import Call, Channel
from workflows.deadlines import local_day
from workflows.dossier import Dossier
from workflows.french import instant
from workflows.letters.data import labelled
from workflows.letters.law import ImpliedRefusal, basis, delay_words, implied_refusal
from workflows.letters.pieces import PieceGroup, Reserve, asked, reserves
from workflows.parts.pieces import PieceRequest

_ON_PAPER = frozenset({Channel.POST.value, Channel.HAND.value})


@dataclass(frozen=True, slots=True)
class Received:
    """An application received: the instant that counts with its zone, how it came, the closing it met.

    `closing_basis`: what the closing rests on, None for one that was put off. `refusal`: that of silence.
    """

    received: str
    channel: str | None
    electronic: bool
    closing: str | None
    closing_basis: str | None
    refusal: ImpliedRefusal | None


def received(view: Dossier, call: Call, today: date) -> Received | None:
    """The receipt as known on a day; None before the application is filed."""
    filing, zone = view.filing, call.authority.zone
    if filing is None:
        return None
    closing = call.parameters.closing_at(local_day(filing.received_at, zone))
    in_time = closing.value is not None and closing.value.accepts(filing.received_at)
    put_off = closing.value != call.parameters.closing.value
    return Received(
        received=instant(filing.received_at, zone, with_zone=True),
        channel={channel.value: channel.label for channel in Channel}.get(filing.channel),
        electronic=filing.channel not in _ON_PAPER,
        closing=closing.value.wording if closing.value and in_time else None,
        closing_basis=None if put_off else basis(closing),
        refusal=implied_refusal(view, today),
    )


@dataclass(frozen=True, slots=True)
class Suspended:
    """What a request for pieces does to the implied refusal (CRPA L.114-5): its date without it, the latest with it."""

    delay: str = field(metadata=labelled("Délai du rejet implicite"))
    before: date = field(metadata=labelled("Rejet implicite avant la demande"))
    latest: date = field(metadata=labelled("Rejet implicite au plus tard"))


@dataclass(frozen=True, slots=True)
class AskedFor:
    """A request for pieces as one of those asked reads it. `events`: what the pieces are for, each once."""

    asked_on: date
    due_on: date
    groups: tuple[PieceGroup, ...]
    events: tuple[str, ...]
    suspension: Suspended | None


def asked_for(view: Dossier, call: Call, request: PieceRequest, keys: Iterable[str]) -> AskedFor:
    """A request for pieces, for those of its pieces that are named."""
    wanted = tuple(keys)
    return AskedFor(
        asked_on=request.asked_on,
        due_on=request.due_on,
        groups=asked(view, call, wanted),
        events=tuple(dict.fromkeys(key.split("/", 1)[0] for key in wanted)),
        suspension=_suspension(view, request),
    )


def _suspension(view: Dossier, request: PieceRequest) -> Suspended | None:
    clock = view.silence
    if clock is None:
        return None
    mine = [s for s in clock.suspensions if (s.starts_on, s.due_on) == (request.asked_on, request.due_on)]
    if not mine:
        return None
    others = tuple(s for s in clock.suspensions if s not in mine)
    before = replace(clock, suspensions=others, ended_on=None)
    return Suspended(
        delay=delay_words(clock.months),
        before=before.due_on(request.asked_on),
        latest=before.suspended(request.asked_on, request.due_on).due_on(request.asked_on),
    )


@dataclass(frozen=True, slots=True)
class Complete:
    """A complete application: since when, what comes next. `session`: the next one announced, with its clause."""

    complete_on: date
    session: str | None
    session_basis: str | None
    committee: bool | None
    reserves: tuple[Reserve, ...]
    refusal: ImpliedRefusal | None


def complete(view: Dossier, call: Call, today: date) -> Complete | None:
    """The completeness as known on a day; None while the dossier is not complete."""
    if view.complete_on is None:
        return None
    ahead = min((s for s in call.parameters.sessions if s.last >= today), key=lambda s: s.first, default=None)
    return Complete(
        complete_on=view.complete_on,
        session=ahead.label if ahead else None,
        session_basis=f"clause {ahead.rule} de l’appel" if ahead else None,
        committee=call.clauses.committee.exists.value,
        reserves=reserves(view, call),
        refusal=implied_refusal(view, today),
    )
