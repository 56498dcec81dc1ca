"""What a call and a pause change to what falls due: whom it is told to, at what hour, what stops it, until when it
waits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from workflows.asking import followed, still_awaited
from workflows.calls.model import Call
from workflows.dossier import Dossier
from workflows.due.kinds import MAILED, Due, DueKind
from workflows.jobs import Stop
from workflows.parts.requests import RequestKind
from workflows.states import UNDER_EXAMINATION

_START = frozenset({DueKind.START_WATCH, DueKind.FINANCING_LOSS})
_REMINDED = frozenset({DueKind.PIECES_REMINDER, DueKind.PIECES_LAST_DAY})


def _asks(dossier: Dossier, kind: RequestKind) -> bool:
    return any(request.kind is kind and request.is_open for request in dossier.requests)


def _some_came(dossier: Dossier) -> bool:
    asked = followed(dossier)
    left = sum(len(keys) for one in asked for keys in still_awaited(dossier, one).values())
    return left < sum(len(one.keys) for one in asked)


#: Stops a call may add, or leave out: what each stops, and whether it has happened.
_STOPS: Mapping[Stop, tuple[frozenset[DueKind], Callable[[Dossier], bool]]] = {
    Stop.CONFIRMED: (
        frozenset({DueKind.DRAFT_REMINDER}),
        lambda dossier: bool(dossier.depositors) and all(d.confirmed for d in dossier.depositors),
    ),
    Stop.DECIDED: (
        frozenset({DueKind.RECEIPT_WATCH, DueKind.SILENCE_ALERT}),
        lambda dossier: dossier.state not in UNDER_EXAMINATION,
    ),
    Stop.FIRST_PIECE: (_REMINDED, _some_came),
    Stop.DEFERRAL_ASKED: (_START, lambda dossier: _asks(dossier, RequestKind.DEFERRAL)),
    Stop.WITHDRAWAL_REPORTED: (_START, lambda dossier: _asks(dossier, RequestKind.WITHDRAWAL)),
    Stop.REPLACEMENT_PROPOSED: (
        frozenset({DueKind.REPLACEMENT_REMINDER}),
        lambda dossier: _asks(dossier, RequestKind.REPLACEMENT),
    ),
}


def under_the_call(found: Iterable[Due], dossier: Dossier, call: Call) -> Iterator[Due]:
    """What falls due, as the call and the pause of the dossier have it.

    A job that is off writes to nobody; what somebody has to do is still shown. A pause never drops anything.
    """
    for due in found:
        if due.kind not in MAILED:
            yield due
            continue
        rule = call.parameters.jobs.rule(due.job)
        mine = [stop for stop in rule.unless if stop in _STOPS and due.kind in _STOPS[stop][0]]
        if any(_STOPS[stop][1](dossier) for stop in mine) or (rule.off and due.passes):
            continue
        to = () if rule.off else tuple(who for who in due.to if who in rule.to)
        waits = bool(to) and dossier.pause is not None and dossier.pause.holds(due.job, due.on)
        yield replace(
            due,
            to=to,
            or_if=(*due.or_if, *(stop.label for stop in mine)),
            hour=rule.send_at,
            held_until=dossier.pause.over_on if waits and dossier.pause else None,
        )


def overtaking(found: Iterable[Due]) -> Iterator[Due]:
    """What falls due, saying of what a pause holds whether a later one of its matter is told in its place."""
    kept = tuple(found)
    for due in kept:
        later = (d for d in kept if d.family == due.family and d.day == due.day and d.hour == due.hour)
        yield replace(due, overtaken=any(d.on > due.on for d in later)) if due.held_until else due
