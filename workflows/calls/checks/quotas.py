"""Quotas: the ones they are part of, their totals, what they are earmarked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from workflows.calls.checks.base import each, known, not_among, repeated, tolerant
from workflows.calls.checks.gates import check_specialty
from workflows.calls.checks.money import check_category
from workflows.calls.checks.selectors import check_departments
from workflows.calls.errors import Found, Path
from workflows.calls.model import CallFile
from workflows.calls.parameters import Quota
from workflows.calls.salvage import MissingPartError

_ROOT: Path = ("parameters", "quotas")
_FINESS = re.compile(r"[0-9][0-9AB][0-9]{7}")


def check_quotas(file: CallFile) -> Iterator[Found]:
    """Every quota, then their nesting."""
    quotas = file.parameters.quotas
    yield from repeated(_ROOT, quotas, lambda quota: quota.id)
    yield from tolerant(each(_ROOT, quotas, _check_earmark))
    yield from tolerant(_check_categories(file))
    readable = dict(_readable(quotas))
    by_id = {quota.id: quota for quota in readable.values()}
    for rank, quota in readable.items():
        yield from _check_within((*_ROOT, rank), quota, by_id)
        yield from _check_sum((*_ROOT, rank), quota, readable.values())


def _readable(quotas: tuple[Quota, ...]) -> Iterator[tuple[int, Quota]]:
    """The quotas whose nesting can be read, with their ranks."""
    for rank, quota in enumerate(quotas):
        try:
            _ = quota.id, quota.within
        except MissingPartError:
            continue
        yield rank, quota


def _check_categories(file: CallFile) -> Iterator[Found]:
    categories = file.categories
    yield from each(_ROOT, file.parameters.quotas, lambda path, q: check_category(path, q.category, categories))


def _check_earmark(path: Path, quota: Quota) -> Iterator[Found]:
    if quota.finess is not None and not _FINESS.fullmatch(quota.finess):
        yield (*path, "finess"), "Un numéro FINESS a neuf caractères, sans espace : vérifiez-le."
    if quota.specialty is not None:
        yield from check_specialty((*path, "specialty"), quota.specialty)
    yield from check_departments((*path, "departments"), quota.departments or ())


def _check_within(path: Path, quota: Quota, by_id: Mapping[str, Quota]) -> Iterator[Found]:
    if quota.within is None:
        return
    if quota.within not in by_id:
        hint = not_among(quota.within, [id_ for id_ in by_id if id_ != quota.id])
        yield (*path, "within"), f"Le quota « {quota.within} » n’existe pas. {hint}"
        return
    seen, around = {quota.id}, by_id.get(quota.within)
    while around is not None and around.id not in seen:
        seen.add(around.id)
        around = by_id.get(around.within) if around.within else None
    if around is not None and around.id == quota.id:
        yield (
            (*path, "within"),
            "Ce quota fait partie de lui-même, de proche en proche : retirez un « within ».",
        )


def _check_sum(path: Path, quota: Quota, quotas: Iterable[Quota]) -> Iterator[Found]:
    """The quotas inside one may not have more places than it has; those not known yet count for nothing."""
    most = _places(quota)
    inside = sum(_places(inner) or 0 for inner in quotas if inner.within == quota.id and inner is not quota)
    if most is not None and inside > most:
        message = f"Les quotas qui en font partie comptent {inside} places, plus que ses {most}."
        yield (*path, "places", "value"), f"{message} Corrigez l’un ou l’autre."


def _places(quota: Quota) -> int | None:
    try:
        return known(quota.places)
    except MissingPartError:
        return None
