"""What the parts of a call must be to one another: checks beyond the shape of each value."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.calls.checks.amounts import check_amounts
from workflows.calls.checks.authority import check_authority
from workflows.calls.checks.base import tolerant
from workflows.calls.checks.budget import check_budget
from workflows.calls.checks.clauses import check_clauses
from workflows.calls.checks.gates import check_gates
from workflows.calls.checks.jobs import check_jobs
from workflows.calls.checks.money import check_funding
from workflows.calls.checks.parameters import check_parameters
from workflows.calls.checks.quotas import check_quotas
from workflows.calls.checks.sources import check_sources
from workflows.calls.errors import Found
from workflows.calls.model import CallFile


def check_call(file: CallFile, known_acts: frozenset[str] | None, *, completed: bool = False) -> Iterator[Found]:
    """Every mistake between the parts of a call. A part that could not be read is passed over."""
    yield from check_sources(file, completed=completed)
    yield from tolerant(check_authority(file))
    yield from tolerant(check_clauses(file, known_acts))
    yield from tolerant(check_gates(file))
    yield from tolerant(check_funding(file))
    yield from tolerant(check_amounts(file))
    yield from tolerant(check_parameters(file))
    yield from tolerant(check_jobs(file))
    yield from tolerant(check_quotas(file))
    yield from tolerant(check_budget(file))
