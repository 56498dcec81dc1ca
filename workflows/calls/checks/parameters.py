"""The calendar of a call: opening, closing with its extensions, committee sessions."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.calls.checks.authority import is_zone
from workflows.calls.checks.base import each, known, repeated, tolerant
from workflows.calls.errors import Found, Path
from workflows.calls.model import CallFile
from workflows.calls.parameters import Extension, Session
from workflows.deadlines import Closing
from workflows.french import short_day

_ROOT: Path = ("parameters",)


def check_parameters(file: CallFile) -> Iterator[Found]:
    """Dates that contradict one another."""
    yield from tolerant(_check_opening(file))
    yield from tolerant(_check_clock(file))
    yield from tolerant(_check_extensions(file))
    yield from tolerant(_check_sessions(file))


def _check_opening(file: CallFile) -> Iterator[Found]:
    opens, closing = known(file.parameters.opens_on), known(file.parameters.closing)
    if opens is not None and closing is not None and closing.last_day < opens:
        message = f"Le dernier jour de dépôt ({short_day(closing.last_day)}) vient avant l’ouverture"
        yield (
            (*_ROOT, "closing", "value", "day"),
            f"{message} ({short_day(opens)}). Corrigez l’un ou l’autre.",
        )


def _check_clock(file: CallFile) -> Iterator[Found]:
    """A call closes on the clock of the authority that runs it."""
    closing, zone = known(file.parameters.closing), file.authority.zone
    if not is_zone(zone):
        return
    if closing is not None and closing.zone != zone:
        path = (*_ROOT, "closing", "value", "zone")
        yield path, f"L’appel ferme à l’heure de l’agence : écrivez {zone}, comme dans [authority]."

    def check(path: Path, extension: Extension) -> Iterator[Found]:
        if extension.closing.zone != zone:
            yield (*path, "closing", "zone"), f"L’appel ferme à l’heure de l’agence : écrivez {zone}."

    yield from each((*_ROOT, "extensions"), file.parameters.extensions, check)


def _check_extensions(file: CallFile) -> Iterator[Found]:
    path = (*_ROOT, "extensions")
    before: Closing | None = known(file.parameters.closing)
    if file.parameters.extensions and before is None:
        yield path, "Une prolongation suppose une date de clôture : donnez-la dans « closing »."
    decided = None
    for rank, extension in enumerate(file.parameters.extensions):
        if before is not None and extension.closing.at <= before.at:
            message = f"Une prolongation ferme après la date précédente ({short_day(before.last_day)})."
            yield (*path, rank, "closing", "day"), f"{message} Mettez les prolongations dans l’ordre."
        if decided is not None and extension.decided_on <= decided:
            message = f"Cette prolongation est décidée après la précédente ({short_day(decided)})."
            yield (*path, rank, "decided_on"), f"{message} Mettez les prolongations dans l’ordre."
        if extension.decided_on > extension.closing.last_day:
            yield (
                (*path, rank, "decided_on"),
                "La décision vient après le jour qu’elle donne : corrigez l’une des dates.",
            )
        before, decided = extension.closing, extension.decided_on


def _check_sessions(file: CallFile) -> Iterator[Found]:
    path, opens = (*_ROOT, "sessions"), known(file.parameters.opens_on)

    def check(place: Path, session: Session) -> Iterator[Found]:
        if session.last < session.first:
            yield (*place, "last"), "Le dernier jour vient avant le premier : corrigez l’un ou l’autre."
        elif opens is not None and session.last < opens:
            yield (*place, "last"), f"La séance vient avant l’ouverture de l’appel ({short_day(opens)})."

    yield from repeated(path, file.parameters.sessions, lambda session: session.id)
    yield from each(path, file.parameters.sessions, check)
