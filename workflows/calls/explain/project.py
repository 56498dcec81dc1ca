"""The gates of a call: establishments, territory, shared time, specialty, candidate; and the contract."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from workflows.calls.explain.lines import Line, either, notes, plain, same, told
from workflows.calls.explain.places import kinds, selector_words
from workflows.calls.gates import (
    Area,
    CandidateGate,
    Comparison,
    KindGate,
    Moment,
    Quantifier,
    TerritoryGate,
    TimeShareGate,
)
from workflows.calls.model import Call, Window
from workflows.calls.notes import Topic
from workflows.french import NBSP, listing, share, short_day
from workflows.sites import SiteSelector
from workflows.specialties import GROUP_PREFIX, SPECIALTIES, Filiere

_MOMENTS = {
    Moment.FILING: "au dépôt",
    Moment.AWARD: "à l’attribution",
    Moment.START: "à la prise de fonctions",
}


def establishments(call: Call) -> Iterator[Line]:
    """What the recruiter, the partners and the project must be, and where."""
    gates = call.clauses.gates
    yield from _kinds(gates.recruiter, "recruteur", "Recruteurs")
    yield from _kinds(gates.partner, "partenaire", "Partenaires")
    yield either(
        gates.independent,
        "Le recruteur et ses partenaires sont des entités juridiques différentes.",
        "Le recruteur et ses partenaires peuvent appartenir à la même entité juridique.",
        "Si le recruteur et ses partenaires doivent être des entités juridiques différentes.",
    )
    yield told(gates.count, _count, "Le nombre d’établissements d’un projet.")
    if gates.usual_count is not None:
        yield told(
            gates.usual_count,
            lambda n: f"Au-delà de {n} établissements, une personne apprécie.",
            "Le nombre d’établissements à partir duquel une personne apprécie.",
        )
    yield told(
        gates.project_sizes,
        lambda sizes: f"Nombre de postes d’un projet : {listing([str(n) for n in sizes], 'ou')}.",
        "Le nombre de postes qu’un projet peut grouper.",
    )
    for territory in gates.territories:
        yield from _territory(territory)
    yield from notes(call, Topic.ESTABLISHMENTS)


def _kinds(gate: KindGate, part: str, title: str) -> Iterator[Line]:
    yield told(
        gate.kinds,
        lambda values: f"{title} admis : {kinds(values)}.",
        f"Les sortes d’établissement admises comme {part}.",
    )
    if gate.tolerated is not None:
        yield told(
            gate.tolerated,
            lambda values: f"{title} à apprécier par un responsable : {kinds(values)}.",
            f"Les sortes d’établissement à apprécier comme {part}.",
        )


def _count(bounds: tuple[int, int]) -> str:
    least, most = bounds
    if least == most:
        return f"Le projet réunit {least} établissements."
    link = "ou" if most - least == 1 else "à"
    return f"Le projet réunit {least} {link} {most} établissements."


def _territory(gate: TerritoryGate) -> Iterator[Line]:
    among = "" if gate.among == SiteSelector() else f" ({selector_words(gate.among)})"
    which = "chaque établissement" if gate.quantifier is Quantifier.ALL else "au moins un établissement"
    yield told(
        gate.areas,
        lambda areas: f"{gate.label} : {which} du projet{among} est dans {_one_of(areas)}.",
        f"Le territoire (« {gate.label} »).",
    )
    areas = gate.areas.value or ()
    ranked = len({area.rank for area in areas}) > 1
    for area in areas:
        rank = f", rang {area.rank}" if ranked or area.rank != 1 else ""
        yield same(gate.areas, f"Territoire{rank} : {area.label} ; {selector_words(area.selector)}.")


def _one_of(areas: tuple[Area, ...]) -> str:
    return "le territoire suivant" if len(areas) == 1 else "l’un des territoires suivants"


def time_share(call: Call) -> Iterator[Line]:
    """The bounds on the time spent in sets of places."""
    for gate in call.clauses.gates.time_shares:
        yield from _bounds(gate)
    yield from notes(call, Topic.TIME_SHARE)


def _bounds(gate: TimeShareGate) -> Iterator[Line]:
    subject = f"{gate.label} ({selector_words(gate.selector)})"
    if gate.floor is not None:
        yield told(
            gate.floor, lambda part: f"{subject} : {share(part)} du contrat au moins.", f"{subject} : le minimum."
        )
    if gate.ceiling is not None:
        words = f"{subject} : le maximum."
        yield told(gate.ceiling, lambda part: f"{subject} : {share(part)} du contrat au plus.", words)
    if gate.floor_months is not None:
        words = f"{subject} : la durée minimale."
        yield told(gate.floor_months, lambda n: f"{subject} : {n} mois de travail au moins.", words)
    if gate.modulable is not None:
        yield either(
            gate.modulable,
            f"{gate.label} : une autre répartition est possible si elle est motivée.",
            f"{gate.label} : aucune autre répartition n’est prévue.",
            f"{gate.label} : si une autre répartition est possible.",
        )


def candidates(call: Call) -> Iterator[Line]:
    """The specialties and what the doctor must be."""
    gate = call.clauses.gates.specialties
    if gate.only is not None:
        yield told(gate.only, lambda codes: f"Spécialités admises : {_specialties(codes)}.", "Les spécialités admises.")
    if gate.excluded is not None:
        yield told(
            gate.excluded, lambda codes: f"Spécialités exclues : {_specialties(codes)}.", "Celles qui sont exclues."
        )
    if gate.only is None and gate.excluded is None:
        yield plain("Aucune spécialité n’est écartée.")
    for condition in call.clauses.gates.candidate:
        yield from _condition(condition)
    yield from notes(call, Topic.CANDIDATES)


def _specialties(codes: tuple[str, ...]) -> str:
    return listing([_specialty(code) for code in codes])


def _specialty(code: str) -> str:
    if code.startswith(GROUP_PREFIX):
        name = code.removeprefix(GROUP_PREFIX)
        return Filiere(name).label if name in set(Filiere) else name
    return SPECIALTIES[code].label if code in SPECIALTIES else code


def _condition(gate: CandidateGate) -> Iterator[Line]:
    fact, when = gate.fact.label, _MOMENTS[gate.moment]
    words = {
        Comparison.IS_TRUE: f"Le candidat a {fact}, {when}.",
        Comparison.IS_FALSE: f"Le candidat n’a pas {fact}, {when}.",
        Comparison.ON_OR_BEFORE: f"Candidat, {fact} : au plus tard à la date de référence, vérifié {when}.",
        Comparison.ON_OR_AFTER: f"Candidat, {fact} : au plus tôt à la date de référence, vérifié {when}.",
    }
    yield told(gate.comparison, words.__getitem__, f"Ce qui est demandé au candidat pour {fact}, {when}.")
    if gate.reference is not None:
        yield told(
            gate.reference,
            lambda day: f"Date de référence pour {fact} : {short_day(day)}.",
            f"La date de référence pour {fact}.",
        )


def contract(call: Call) -> Iterator[Line]:
    """When a post starts and how long it lasts."""
    clause = call.clauses.contract
    yield told(
        clause.windows,
        lambda windows: f"La prise de fonctions a lieu {listing([_window(w) for w in windows], 'ou')}.",
        "La date de prise de fonctions.",
    )
    yield told(
        clause.months,
        lambda months: f"Le contrat dure {listing([str(n) for n in months], 'ou')} mois.",
        "La durée du contrat.",
    )
    if clause.fixed_end is not None:
        yield told(clause.fixed_end, lambda day: f"Les fonctions se terminent le {short_day(day)}.", "La date de fin.")
    yield from notes(call, Topic.CONTRACT)


def _window(window: Window) -> str:
    first, last = window.first, window.last
    if last is None:
        return f"à partir du {short_day(first)}"
    if first == last:
        return f"le {short_day(first)}"
    if first.day == 1 and last == date(first.year, first.month, monthrange(first.year, first.month)[1]):
        return f"en {short_day(first).removeprefix(f'1er{NBSP}')}"
    return f"du {short_day(first)} au {short_day(last)}"
