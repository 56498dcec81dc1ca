"""The envelopes of a call: one for each year and day, in order, and what may bind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from workflows.calls.checks.base import each, tolerant
from workflows.calls.errors import Found, Path
from workflows.calls.model import CallFile
from workflows.calls.parameters import Envelope

_ROOT: Path = ("parameters", "budget")
_FIRST_YEAR, _LAST_YEAR = 2000, 2100


def check_budget(file: CallFile) -> Iterator[Found]:
    """What contradicts itself in [parameters.budget]."""
    yield from tolerant(_check_envelopes(file))
    yield from tolerant(_check_binding(file))


def _check_envelopes(file: CallFile) -> Iterator[Found]:
    path, envelopes = (*_ROOT, "envelopes"), file.parameters.budget.envelopes

    def check(place: Path, envelope: Envelope) -> Iterator[Found]:
        if not _FIRST_YEAR <= envelope.year <= _LAST_YEAR:
            yield (*place, "year"), f"Une année civile est attendue, de {_FIRST_YEAR} à {_LAST_YEAR}."

    yield from each(path, envelopes, check)
    known: set[int] = set()
    days: set[tuple[int, date]] = set()
    for rank, envelope in sorted(enumerate(envelopes), key=lambda ranked: ranked[1].since):
        year, day = envelope.year, envelope.since
        if (year, day) in days:
            yield (*path, rank, "since"), f"L’enveloppe de {year} est déjà donnée pour ce jour : gardez-en une."
        days.add((year, day))
        if envelope.amount.is_known:
            known.add(year)
        elif year in known:
            yield (*path, rank, "amount"), f"L’enveloppe de {year} était connue : donnez la nouvelle, ou retirez-la."


def _check_binding(file: CallFile) -> Iterator[Found]:
    binds = file.parameters.budget.binds
    if binds is not None and binds.is_default:
        message = "Une valeur par défaut n’interdit rien : donnez la règle de l’appel ou un choix signé, ou retirez-la."
        yield (*_ROOT, "binds"), message
