"""The dossiers of a scenario as drafts of its call, and what in the scenario does not fit the call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import date

from workflows.calls.checks.base import not_among
from workflows.calls.errors import Found
from workflows.calls.model import Call
from workflows.calls.model import Depositor as DepositorKind
from workflows.dossier import Dossier, DossierDepositor
from workflows.parts.candidates import Candidate
from workflows.rehearsal.inputs import Names
from workflows.rehearsal.scenario import DossierFile, Filer, Opening, Scenario
from workflows.sites import Period, Site, SiteRole


def mistakes_with(scenario: Scenario, call: Call) -> Iterator[Found]:
    """What a scenario says that its call does not know."""
    quotas = {quota.id for quota in call.parameters.quotas}
    for word in scenario.file.places_taken:
        if word not in quotas:
            yield ("places_taken", word), f"L’appel n’a pas de contingent « {word} ». {not_among(word, quotas)}"
    for rank, change in enumerate(scenario.file.parameters):
        if change.quota is not None and change.quota not in quotas:
            message = f"L’appel n’a pas de contingent « {change.quota} ». {not_among(change.quota, quotas)}"
            yield ("parameters", rank, "quota"), message
    for rank, dossier in enumerate(scenario.file.dossiers):
        category = dossier.category
        if category is not None and category not in call.categories:
            message = f"L’appel n’a pas de catégorie « {category} ». {not_among(category, call.categories)}"
            yield ("dossiers", rank, "category"), message
        if dossier.depositors is None and call.clauses.filing.depositors.value is None:
            message = 'L’appel ne dit pas qui dépose : écrivez-le, par exemple depositors = ["candidate"].'
            yield ("dossiers", rank, "depositors"), message
    yield from _too_early(scenario)


def _too_early(scenario: Scenario) -> Iterator[Found]:
    for event in scenario.events:
        for opening in scenario.openings:
            opened = opening.file.opened_on
            if opening.number in event.dossiers and opened is not None and event.at.date() < opened:
                message = f"Le dossier « {opening.number} » n’est ouvert que plus tard : corrigez l’une des deux dates."
                yield ("events", event.place, "at"), message
                break


def opened_on(opening: Opening, scenario: Scenario) -> date:
    """The day the draft is opened: the one written, else the day of its first event, else of the first event of all."""
    if opening.file.opened_on is not None:
        return opening.file.opened_on
    own = [e.at for e in scenario.events if opening.number in e.dossiers]
    every = own or [e.at for e in scenario.events] or [c.at for c in scenario.checks]
    return min(every).date() if every else date(2000, 1, 1)


def built(opening: Opening, scenario: Scenario, call: Call, names: Names) -> Dossier:
    """The draft of a dossier. The scenario has been checked against its call."""
    file = opening.file
    sites = tuple(_sites(file, names))
    candidate = _candidate(file, names)
    return Dossier(
        number=opening.number,
        call=call.id,
        category=file.category or call.category,
        opened_on=opened_on(opening, scenario),
        specialty=file.specialty,
        sites=sites,
        plan=tuple(
            Period(part.months, tuple((names.site(word), n) for word, n in part.half_days.items()))
            for part in file.plan
        ),
        months=file.months,
        wished_start=file.wished_start,
        contract_share=file.contract_share,
        share_motivated=file.share_motivated,
        other_financing=file.other_financing,
        project=file.project,
        depositors=tuple(_depositors(file, call, sites, candidate)),
        candidate=candidate,
    )


def _sites(file: DossierFile, names: Names) -> Iterator[Site]:
    words = [(file.recruiter, SiteRole.RECRUITER)] if file.recruiter else []
    for word, role in [*words, *((w, SiteRole.PARTNER) for w in file.partners)]:
        place = names.establishments[word or ""]
        yield Site(
            id=place.number,
            legal_entity=place.legal_entity or place.number,
            name=place.name,
            role=role,
            kind=place.kind,
            department=place.department,
            ght=place.ght,
            zones=place.zones,
            priority=place.priority,
            distance_km=place.distance_km,
        )


def _candidate(file: DossierFile, names: Names) -> Candidate | None:
    if file.candidate is None:
        return None
    doctor = names.doctors[file.candidate]
    return Candidate(**{f.name: getattr(doctor, f.name) for f in fields(Candidate)})


def _depositors(
    file: DossierFile, call: Call, sites: tuple[Site, ...], candidate: Candidate | None
) -> Iterator[DossierDepositor]:
    """Who files: what the scenario says, else what the call says."""
    kinds = file.depositors or tuple(Filer(kind.value) for kind in call.clauses.filing.depositors.value or ())
    for kind in kinds:
        if kind is Filer.CANDIDATE:
            yield DossierDepositor(DepositorKind.CANDIDATE, candidate.id if candidate else None)
            continue
        role = SiteRole.RECRUITER if kind is Filer.RECRUITER else SiteRole.PARTNER
        for site in sites:
            if site.role is role:
                yield DossierDepositor(DepositorKind(kind.value), site.id)
