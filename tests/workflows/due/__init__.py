"""What falls due, job by job (5.3)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.builders import rewritten
from tests.lives import Life
from workflows.calls.jobs import JobSettings
from workflows.calls.model import Call
from workflows.calls.sources import Origin, Sourced
from workflows.due import Due, DueKind, due_items
from workflows.jobs import Job


def due(life: Life, *kinds: DueKind) -> list[Due]:
    """What falls due on a dossier, of some kinds."""
    return [item for item in due_items(life.dossier, life.call, life.today) if item.kind in kinds]


def set_job(call: Call, job: Job, **settings: Any) -> Call:
    """The same call with settings of a job as the agency would choose them."""
    chosen = {name: Sourced(value, Origin.CHOICE, "J1", "Note du 4 mars 2024.") for name, value in settings.items()}
    said: JobSettings = replace(call.parameters.jobs.of(job), **chosen)
    changed: Call = rewritten(call, f"parameters.jobs.{job.value}", said)
    return changed
