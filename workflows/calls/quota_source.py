"""A quota source: the places of every region as a national note distributes them, referred to by calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workflows.calls.errors import CallFileError, Found, issues
from workflows.calls.salvage import read_shape
from workflows.calls.toml_text import read_toml
from workflows.regions import REGIONS


@dataclass(frozen=True, slots=True)
class QuotaCategory:
    """A category of posts: `places` is the total the note declares, `rule` the clause that says so."""

    id: str
    label: str
    rule: str
    places: int


@dataclass(frozen=True, slots=True)
class QuotaEntry:
    """Places of one region in one category.

    `id` is unique in the source (`II:03`); `region` is an INSEE code, None for an ensemble of regions; `within`
    names the entry these places are part of ("dont"); `note` says how places that are not printed were found.
    """

    id: str
    category: str
    label: str
    places: int
    region: str | None = None
    within: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class QuotaSource:
    """A distribution of places: the text that decided it (`title`, `rule`), its categories, its entries."""

    id: str
    title: str
    rule: str
    categories: tuple[QuotaCategory, ...]
    entries: tuple[QuotaEntry, ...]


def parse_quota_source(text: str) -> QuotaSource:
    """The quota source a TOML text describes. Raises `CallFileError` with every mistake, totals included.

    Places listed under another entry are part of it and are not added again to the total of the category.
    """
    document = read_toml(text)
    source, found = read_shape(QuotaSource, document.tree)
    if not found:
        found = [*_check_entries(source), *_check_totals(source)]
    if found:
        raise CallFileError(issues(found, document.line))
    return source


def _check_entries(source: QuotaSource) -> Iterator[Found]:
    known = {entry.id: entry for entry in source.entries}
    repeated = {id_ for id_, n in Counter(e.id for e in source.entries).items() if n > 1}
    categories = {category.id for category in source.categories}
    for rank, entry in enumerate(source.entries):
        path = ("entries", rank)
        if entry.id in repeated:
            yield (*path, "id"), f"L’identifiant « {entry.id} » sert deux fois : gardez-en un."
        if entry.category not in categories:
            yield (
                (*path, "category"),
                f"La catégorie « {entry.category} » n’est pas décrite dans « categories ».",
            )
        if entry.region is not None and entry.region not in REGIONS:
            yield (*path, "region"), f"Le code région « {entry.region} » n’est pas dans la liste de l’INSEE."
        if entry.within is not None:
            yield from _check_within(path, entry, known)


def _check_within(path: tuple[str, int], entry: QuotaEntry, known: Mapping[str, QuotaEntry]) -> Iterator[Found]:
    around = known.get(entry.within or "")
    if around is None:
        yield (*path, "within"), f"L’entrée « {entry.within} » n’existe pas."
    elif around.within is not None:
        yield (*path, "within"), "Une entrée qui fait partie d’une autre ne peut pas en contenir."
    elif around.category != entry.category:
        yield (*path, "within"), "Une entrée et celle dont elle fait partie sont de la même catégorie."


def _check_totals(source: QuotaSource) -> Iterator[Found]:
    for rank, category in enumerate(source.categories):
        entries = [e for e in source.entries if e.category == category.id]
        total = sum(e.places for e in entries if e.within is None)
        if total != category.places:
            message = f"Les entrées font {total} places, la catégorie en déclare {category.places}."
            yield ("categories", rank, "places"), f"{message} Corrigez l’un ou l’autre."
        for around in entries:
            inner = sum(e.places for e in entries if e.within == around.id)
            if inner > around.places:
                place = ("entries", source.entries.index(around), "places")
                yield place, f"Les entrées qui en font partie font {inner} places, plus que {around.places}."
