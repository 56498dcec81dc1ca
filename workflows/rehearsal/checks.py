"""What the parts of a scenario must be to one another, beyond the shape of each value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from workflows.acts import ACTS
from workflows.calls.checks.base import each, not_among, tolerant
from workflows.calls.errors import Found, Path
from workflows.decide import UNKNOWN_ACT
from workflows.findings import declared_reasons
from workflows.rehearsal.copies import MOST_COPIES, doctors_of, named, openings_of, renewed_from
from workflows.rehearsal.inputs import Names, mistakes_of
from workflows.rehearsal.scenario import (
    DossierFile,
    EventFile,
    Opening,
    ParameterChange,
    Part,
    ScenarioFile,
)
from workflows.rehearsal.tree import FIRST, LAST, OUT_OF_YEARS, Regular
from workflows.states import State

_CHANGES = ("quota", "session", "opens_on", "closing", "extension")


def check_scenario(file: ScenarioFile, made: Regular) -> Iterator[Found]:
    """Every mistake between the parts of a scenario. A part that could not be read is passed over."""
    yield from tolerant(_years(file))
    yield from tolerant(_people(file))
    yield from tolerant(_places(file))
    yield from tolerant(_all_dossiers(file))
    yield from tolerant(_events(file, made))
    yield from tolerant(_checks(file))
    yield from tolerant(each(("parameters",), file.parameters, _change))


def _years(file: ScenarioFile) -> Iterator[Found]:
    """Days on which the clock would stop, in years whose holidays are known."""
    days: list[tuple[Path, date | None]] = [(("until",), file.until)]
    days += [(("parameters", rank, "on"), change.on) for rank, change in enumerate(file.parameters)]
    days += [(("dossiers", rank, "opened_on"), dossier.opened_on) for rank, dossier in enumerate(file.dossiers)]
    for path, day in days:
        if day is not None and not FIRST <= day.year <= LAST:
            yield path, OUT_OF_YEARS


def _twice(path: Path, names: Sequence[str], key: str, ranks: Sequence[int]) -> Iterator[Found]:
    """A mistake for every name given more than once."""
    counts = Counter(names)
    for rank, name in zip(ranks, names, strict=True):
        if counts[name] > 1:
            yield (*path, rank, key), f"« {name} » est donné {counts[name]} fois : changez-en un."


def _copies(path: Path, copies: int | None, name: str, key: str) -> Iterator[Found]:
    if copies is None:
        return
    if not 1 <= copies <= MOST_COPIES:
        yield (*path, "copies"), f"Un nombre de copies va de 1 à {MOST_COPIES}."
    elif copies > 1 and "{n}" not in name and "{nn}" not in name:
        yield (*path, key), "Des copies portent chacune leur nom : écrivez {n} dans celui-ci."


def _people(file: ScenarioFile) -> Iterator[Found]:
    for rank, doctor in enumerate(file.doctors):
        yield from tolerant(_copies(("doctors", rank), doctor.copies, doctor.id, "id"))
    yield from _twice(("doctors",), [d.id for d in file.doctors], "id", range(len(file.doctors)))
    yield from _twice(("signatories",), [s.id for s in file.signatories], "id", range(len(file.signatories)))


def _places(file: ScenarioFile) -> Iterator[Found]:
    places = file.establishments
    yield from _twice(("establishments",), [e.id for e in places], "id", range(len(places)))


def _all_dossiers(file: ScenarioFile) -> Iterator[Found]:
    if not file.dossiers:
        yield ("dossiers",), "Un scénario demande au moins un dossier."
    names = _names(file)

    def check(path: Path, dossier: DossierFile) -> Iterator[Found]:
        return _dossier(path, dossier, names)

    yield from each(("dossiers",), file.dossiers, check)
    numbers = [{o.number for o in openings_of(dossier)} for dossier in file.dossiers]
    counts = Counter(number for own in numbers for number in own)
    for rank, own in enumerate(numbers):
        for number in sorted(n for n in own if counts[n] > 1):
            yield ("dossiers", rank, "number"), f"Le numéro « {number} » sert deux fois : changez-en un."


def _names(file: ScenarioFile) -> Names:
    return Names({e.id: e for e in file.establishments}, {d.id: d for d in doctors_of(file.doctors)})


def _dossier(path: Path, dossier: DossierFile, names: Names) -> Iterator[Found]:
    yield from _copies(path, dossier.copies, dossier.number, "number")
    given: list[tuple[Path, str]] = [(("recruiter",), dossier.recruiter)] if dossier.recruiter else []
    given += [(("partners", rank), word) for rank, word in enumerate(dossier.partners)]
    described = names.establishments
    for place, word in given:
        if word not in described:
            yield (*path, *place), f"L’établissement « {word} » n’est pas décrit. {not_among(word, described)}"
    own = {word for _, word in given}
    for rank, part in enumerate(dossier.plan):
        for word in part.half_days:
            if word not in own:
                message = f"« {word} » n’est pas un établissement de ce dossier. {not_among(word, own)}"
                yield (*path, "plan", rank, "half_days", word), message
    wanted = [opening.file.candidate for opening in openings_of(dossier)]
    unknown = next((word for word in wanted if word is not None and word not in names.doctors), None)
    if unknown is not None:
        yield (*path, "candidate"), f"Le médecin « {unknown} » n’est pas décrit. {not_among(unknown, names.doctors)}"


def _change(path: Path, change: ParameterChange) -> Iterator[Found]:
    given = [name for name in _CHANGES if getattr(change, name) is not None]
    if len(given) != 1:
        yield path, f"Donnez un changement, et un seul : {', '.join(_CHANGES)}."
    if (change.quota is None) != (change.places is None):
        yield path, "Un contingent se donne avec ses places : quota = …, places = …"


def _events(file: ScenarioFile, made: Regular) -> Iterator[Found]:
    openings = {o.number: o for o in openings_of(*file.dossiers)}
    names = _names(file)

    def check(path: Path, event: EventFile) -> Iterator[Found]:
        yield from tolerant(_who(path, event, names))
        yield from tolerant(_words(path, event))
        yield from tolerant(_only(path, event.only, file.variants))
        concerned: list[Opening] = []
        yield from tolerant(_concerned(path, event.dossier, openings, concerned))
        yield from tolerant(_act(path, event, concerned, names, made))

    yield from each(("events",), file.events, check)


def _concerned(path: Path, words: Sequence[str], openings: dict[str, Opening], found: list[Opening]) -> Iterator[Found]:
    """Gather the dossiers that words name."""
    numbers = tuple(openings)
    for rank, word in enumerate(words):
        try:
            found += [openings[renewed_from(number, openings) or number] for number in named([word], numbers)]
        except LookupError:
            yield (*path, "dossier", rank), f"Le dossier « {word} » n’existe pas. {not_among(word, numbers)}"


def _who(path: Path, event: EventFile, names: Names) -> Iterator[Found]:
    party, part = event.actor.party, event.actor.role
    known = names.doctors if part is Part.CANDIDATE else names.establishments
    place = (*path, "actor", "party")
    if part is Part.ESTABLISHMENT and party is None:
        yield place, 'Dites quel établissement agit : actor = { role = "establishment", party = "…" }.'
    outsider = part in {Part.CANDIDATE, Part.RECRUITER, Part.PARTNER, Part.ESTABLISHMENT}
    if outsider and party is not None and "{n" not in party and party not in known:
        yield place, f"« {party} » n’est pas décrit. {not_among(party, known)}"


def _words(path: Path, event: EventFile) -> Iterator[Found]:
    """The words of `expect` and `warns`: states and codes that exist."""
    codes = set(declared_reasons())
    states = {state.value for state in State}
    for rank, word in enumerate(event.expect):
        if word not in codes | states:
            message = f"« {word} » n’est ni un état ni un code de refus. {not_among(word, codes | states)}"
            yield (*path, "expect", rank), message
    if len(event.expect) > 1 and states & set(event.expect):
        yield (*path, "expect"), "Attendez un état, ou un ou plusieurs codes de refus, pas les deux."
    for rank, word in enumerate(event.warns):
        if word not in codes:
            yield (*path, "warns", rank), f"« {word} » n’est pas un code. {not_among(word, codes)}"


def _only(path: Path, only: Sequence[str], variants: Sequence[str]) -> Iterator[Found]:
    for rank, word in enumerate(only):
        if word not in variants:
            yield (*path, "only", rank), f"La variante « {word} » n’est pas annoncée. {not_among(word, variants)}"


def _act(path: Path, event: EventFile, concerned: Sequence[Opening], names: Names, made: Regular) -> Iterator[Found]:
    """The act exists and its inputs can be read."""
    if event.act not in ACTS:
        yield (*path, "act"), f"{UNKNOWN_ACT(act=event.act[:60]).sentence} {not_among(event.act, ACTS)}"
        return
    rank = path[1]
    raw = made.inputs.get(rank) if isinstance(rank, int) else None
    if raw is None or not concerned:
        return
    for place, message in mistakes_of(event.act, raw, concerned[0], names):
        yield (*path, "inputs", *place), message


def _checks(file: ScenarioFile) -> Iterator[Found]:
    openings = {o.number: o for o in openings_of(*file.dossiers)}
    for rank, check in enumerate(file.checks):
        path = ("checks", rank)
        yield from tolerant(_only(path, check.only, file.variants))
        yield from tolerant(_concerned(path, check.dossier, openings, []))
