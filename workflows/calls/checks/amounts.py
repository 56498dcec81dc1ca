"""Amounts that no post costs: a slip of the keyboard here would stop every letter and every page of a dossier later."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from workflows.calls.checks.base import known, tolerant
from workflows.calls.errors import Found, Path
from workflows.calls.funding import Component, Every, Funding
from workflows.calls.model import CallFile
from workflows.french import amount

_ROOT: Path = ("clauses", "funding")
#: The most that one amount of a call may be, in euros: a post of six years made of several of them stays far below the
#: milliard that neither a form nor a letter takes.
_MOST = {Every.MONTH: Decimal(100_000), Every.YEAR: Decimal(1_000_000), Every.ONCE: Decimal(1_000_000)}


def check_amounts(file: CallFile) -> Iterator[Found]:
    """Components, flat amounts and the printed cost are amounts that a post may cost."""
    yield from tolerant(_check_amounts(file.clauses.funding))


def _check_amounts(funding: Funding) -> Iterator[Found]:
    if funding.printed_cost is not None:
        yield from _too_much((*_ROOT, "printed_cost", "value"), known(funding.printed_cost), Every.MONTH)
    for rank, component in enumerate(funding.components):
        yield from _of_component((*_ROOT, "components", rank), component)
    for rank, flat in enumerate(funding.flats):
        yield from _too_much((*_ROOT, "flats", rank, "amount", "value"), known(flat.amount), flat.every)


def _of_component(path: Path, component: Component) -> Iterator[Found]:
    if component.amount is not None:
        yield from _too_much((*path, "amount", "value"), known(component.amount), component.every)
    steps = known(component.scale) if component.scale else None
    for rank, step in enumerate(steps or ()):
        yield from _too_much((*path, "scale", "value", rank, "amount"), step.amount, Every.MONTH)


def _too_much(path: Path, euros: Decimal | None, every: Every) -> Iterator[Found]:
    most = _MOST[every]
    if euros is not None and euros > most:
        yield path, f"Aucun poste ne coûte {amount(euros)} : vérifiez ce montant, {amount(most)} au plus ici."
