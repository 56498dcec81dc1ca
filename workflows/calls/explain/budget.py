"""The credits a call may commit, year by year."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.calls.explain.lines import Line, either, told
from workflows.calls.model import Call
from workflows.calls.parameters import Envelope
from workflows.french import amount, short_day


def budget(call: Call) -> Iterator[Line]:
    """The envelopes in order of time, and whether they bind."""
    found = call.parameters.budget
    for envelope in sorted(found.envelopes, key=lambda e: (e.year, e.since)):
        yield _envelope(envelope)
    if found.binds is not None:
        yield either(
            found.binds,
            "Aucun dossier n’est retenu au-delà de l’enveloppe d’une année.",
            "Un dossier peut être retenu au-delà de l’enveloppe d’une année : le dépassement est signalé.",
            "Si l’enveloppe d’une année peut être dépassée.",
        )


def _envelope(envelope: Envelope) -> Line:
    name = f"Enveloppe de {envelope.year}, connue le {short_day(envelope.since)}"
    return told(envelope.amount, lambda euros: f"{name} : {amount(euros)}.", f"{name} : le montant.")
