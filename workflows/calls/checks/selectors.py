"""What can be said for certain of two selectors of sites, and of the codes they use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workflows.calls.errors import Found, Path
from workflows.regions import DEPARTMENTS
from workflows.sites import SiteSelector


def check_selector(path: Path, selector: SiteSelector) -> Iterator[Found]:
    """Lists that match nothing, departments that do not exist."""
    for name in ("kinds", "departments", "ghts", "zones"):
        if getattr(selector, name) == ():
            yield (*path, name), "Une liste vide ne désigne aucun lieu : remplissez-la ou retirez-la."
    if selector.kinds and _barred(selector, selector):
        yield (
            (*path, "not_kinds"),
            "« not_kinds » écarte tout ce que « kinds » désigne : corrigez l’un ou l’autre.",
        )
    yield from check_departments((*path, "departments"), selector.departments or ())


def check_departments(path: Path, departments: tuple[str, ...]) -> Iterator[Found]:
    """Codes of departments that do not exist."""
    for rank, code in enumerate(departments):
        if code not in DEPARTMENTS:
            yield (
                (*path, rank),
                f"Le département « {code} » n’existe pas : écrivez par exemple « 19 » ou « 973 ».",
            )


def apart(one: SiteSelector, other: SiteSelector) -> bool:
    """True when no site can be in both."""
    single = any(
        first is not None and second is not None and first is not second
        for first, second in (
            (one.role, other.role),
            (one.priority, other.priority),
            (one.overseas, other.overseas),
        )
    )
    lists = any(
        first is not None and second is not None and not set(first) & set(second)
        for first, second in (
            (one.kinds, other.kinds),
            (one.departments, other.departments),
            (one.ghts, other.ghts),
        )
    )
    return single or lists or _barred(one, other) or _barred(other, one)


def implies(narrow: SiteSelector, wide: SiteSelector) -> bool:
    """True when every site of the first is in the second."""
    single = all(
        limit is None or limit is chosen
        for chosen, limit in (
            (narrow.role, wide.role),
            (narrow.priority, wide.priority),
            (narrow.overseas, wide.overseas),
        )
    )
    lists = all(
        limit is None or (chosen is not None and set(chosen) <= set(limit)) for chosen, limit in _lists(narrow, wide)
    )
    barred = set(wide.not_kinds or ())
    kinds = not barred & set(narrow.kinds) if narrow.kinds else barred <= set(narrow.not_kinds or ())
    return single and lists and kinds


def _lists(narrow: SiteSelector, wide: SiteSelector) -> tuple[tuple[Any, Any], ...]:
    return (
        (narrow.kinds, wide.kinds),
        (narrow.departments, wide.departments),
        (narrow.ghts, wide.ghts),
        (narrow.zones, wide.zones),
    )


def _barred(chosen: SiteSelector, barring: SiteSelector) -> bool:
    """True when the kinds of the first are all barred by the second."""
    return chosen.kinds is not None and set(chosen.kinds) <= set(barring.not_kinds or ())
