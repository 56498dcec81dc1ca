"""Applications at random: the nominal one of a stage, with small differences, or with one flaw that a gate finds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cache
from random import Random
from typing import Any

from tests.builders import doctor, shared, site
from tests.soak.stages import Stage
from workflows.actors import CLOCK
from workflows.acts.base import ActInputs, Context
from workflows.calls.gates import Moment
from workflows.calls.model import Depositor
from workflows.deadlines import add_months
from workflows.dossier import Dossier, DossierDepositor, Project
from workflows.findings import Severity
from workflows.guards.candidate import candidate_findings
from workflows.guards.gates import project_findings
from workflows.parts.candidates import Candidate
from workflows.sites import Plan, SiteKind, SiteRole

Content = dict[str, Any]
Flaw = Callable[[Random, Content], Content]

_SOMETIME = datetime(2024, 1, 1, tzinfo=UTC)
_FACTS = ("registered", "full_licence", "specialist_title", "foreign_title", "residency_ends_on", "title_obtained_on")


def pool(stage: Stage) -> tuple[Candidate, ...]:
    """The doctors of a world: few enough to meet one of them in two dossiers."""
    known = stage.profile.candidate
    facts = {name: getattr(known, name) for name in _FACTS}
    others = ("anis-vermeil", "cosmos-blanc", "genet-jaune", "iris-mauve", "souci-orange")
    return (known, *(doctor(slug, number, **facts) for number, slug in enumerate(others, start=201)))


def opening(rng: Random, stage: Stage, number: str, flaw: str | None) -> Dossier:
    """A new draft; `flaw` names the code of the gate it should fail."""
    content = application(rng, stage)
    if flaw is not None:
        content |= FLAWS[flaw](rng, content)
    category = rng.choice(sorted(stage.call.categories)) if rng.random() < 0.4 else stage.call.category
    return Dossier(number, stage.call.id, category, stage.profile.opened, **content)


def application(rng: Random, stage: Stage) -> Content:
    """The content of an application that the call accepts, as far as its nominal one goes."""
    profile = stage.profile
    candidate = rng.choice(pool(stage)[:4])
    named = not profile.named_later or rng.random() < 0.2
    sizes = stage.call.clauses.gates.project_sizes.value or (1,)
    size = rng.choice(sizes)
    return {
        "specialty": profile.specialty,
        "sites": profile.sites,
        "plan": profile.plan,
        "months": profile.months,
        "wished_start": profile.start,
        "contract_share": Fraction(4, 5) if rng.random() < 0.08 else Fraction(1),
        "other_financing": rng.random() < 0.1,
        "share_motivated": rng.random() < 0.3,
        "project": Project("groupe", size, rng.choice((None, 1, size))) if size > 1 or rng.random() < 0.2 else None,
        "candidate": candidate if named else None,
        "depositors": tuple(DossierDepositor(kind, _party(stage, kind, candidate)) for kind in profile.depositors),
    }


def _party(stage: Stage, kind: Depositor, candidate: Candidate) -> str:
    profile = stage.profile
    return {
        Depositor.CANDIDATE: candidate.id,
        Depositor.RECRUITER: profile.recruiter.id,
        Depositor.PARTNER: profile.partner.id,
    }[kind]


# Flaws, by the code of the reason that should find them.


def _with_kind(role: SiteRole) -> Flaw:
    def flaw(rng: Random, content: Content) -> Content:
        kind = rng.choice(list(SiteKind))
        return {"sites": tuple(replace(s, kind=kind) if s.role is role else s for s in content["sites"])}

    return flaw


def _same_entity(_: Random, content: Content) -> Content:
    first, *others = content["sites"]
    return {"sites": (first, *(replace(s, legal_entity=first.legal_entity) for s in others))}


def _near_and_same(rng: Random, content: Content) -> Content:
    """Partners of the legal entity of the recruiter, too near to count for a premium."""
    first, *others = content["sites"]
    near = (replace(s, legal_entity=first.legal_entity, distance_km=rng.randint(1, 14)) for s in others)
    return {"sites": (first, *near)}


def _nobody_recruits(_: Random, content: Content) -> Content:
    """A file that only tells of the partners, and so of no time share."""
    return {"sites": tuple(s for s in content["sites"] if s.role is SiteRole.PARTNER), "plan": ()}


def _too_many_sites(rng: Random, content: Content) -> Content:
    more = [site(300 + n, f"CH de l’Orme {n}", SiteRole.PARTNER, SiteKind.CH, "16") for n in range(rng.randint(1, 3))]
    return {"sites": (*content["sites"], *more)}


def _share(rng: Random, content: Content) -> Content:
    """Nearly all the time in one place, whichever that is."""
    here, there, *_ = content["sites"]
    most = rng.choice((1, 2, 8, 9, 10))
    months = content["months"] or 12
    plan: Plan = shared(months, (here, most), (there, 10 - most))
    return {"plan": plan, "share_motivated": False}


def _away(_: Random, content: Content) -> Content:
    """Some half-days in a place that is not of the dossier."""
    here, away = content["sites"][0], site(399, "CH du Saule", SiteRole.PARTNER, SiteKind.CH, "16")
    return {"plan": shared(content["months"] or 12, (here, 6), (away, 4))}


def _elsewhere(rng: Random, content: Content) -> Content:
    moved = {"department": rng.choice(("75", "13", "59")), "ght": None, "zones": frozenset[str]()}
    return {"sites": tuple(replace(s, **moved) for s in content["sites"])}


def _incomplete(rng: Random, _: Content) -> Content:
    return rng.choice(({"plan": ()}, {"specialty": None}, {"months": None}))


def _doctor(**facts: Any) -> Flaw:
    def flaw(_: Random, content: Content) -> Content:
        known = content["candidate"]
        return {"candidate": replace(known, **facts) if known else None}

    return flaw


def _late_or_early(months: int) -> Flaw:
    def flaw(_: Random, content: Content) -> Content:
        known: Candidate | None = content["candidate"]
        if known is None:
            return {}
        ends, title = known.residency_ends_on, known.title_obtained_on
        moved = replace(
            known,
            residency_ends_on=add_months(ends, months) if ends else None,
            title_obtained_on=add_months(title, months) if title else None,
        )
        return {"candidate": moved}

    return flaw


def _odd_start(rng: Random, content: Content) -> Content:
    return {"wished_start": content["wished_start"] + timedelta(days=rng.choice((-40, 75, 100)))}


def _other_depositor(_: Random, content: Content) -> Content:
    party = content["sites"][1].id
    return {"depositors": (DossierDepositor(Depositor.PARTNER, party),)}


#: Flaws that only the act of filing or a later one finds.
_LATER = (
    *("wrong_depositor", "depositor_absent", "start_unknown", "start_out_of_windows", "months_not_allowed"),
    *("rpps_missing", "not_registered", "part_time_unscaled", "fact_missing", "plan_elsewhere"),
    *("waiver_same_entity", "no_recruiter"),
)


@cache
def useful_flaws(stage: Stage) -> tuple[str, ...]:
    """The flaws that some gate of the call finds, by their codes, and those that only show later."""
    rng = Random(stage.name)  # noqa: S311  # chance for tests, not for secrets
    found: dict[str, None] = dict.fromkeys(_LATER)
    for code in FLAWS:
        for _ in range(6):
            dossier = opening(rng, stage, "essai", code)
            context = Context("submit", dossier, ActInputs(), CLOCK, stage.call, _SOMETIME, stage.profile.filed)
            findings = [*project_findings(context)]
            for moment in Moment:
                if dossier.candidate is not None:
                    findings += candidate_findings(dossier.candidate, stage.call, moment)
            found |= {f.code: None for f in findings if f.severity is Severity.REFUSAL and f.code in FLAWS}
    return tuple(found)


FLAWS: dict[str, Flaw] = {
    "wrong_depositor": _other_depositor,
    "depositor_absent": lambda _, content: {"depositors": content["depositors"][:1]},
    "recruiter_kind": _with_kind(SiteRole.RECRUITER),
    "partner_kind": _with_kind(SiteRole.PARTNER),
    "not_independent": _same_entity,
    "waiver_same_entity": _near_and_same,
    "no_recruiter": _nobody_recruits,
    "site_count": _too_many_sites,
    "project_size": lambda rng, _: {"project": Project("groupe", rng.choice((1, 4, 5)))},
    "plan_elsewhere": _away,
    "time_share_low": _share,
    "time_share_high": _share,
    "months_low": _share,
    "out_of_territory": _elsewhere,
    "specialty_out": lambda rng, _: {
        "specialty": rng.choice(("medecine_generale", "chirurgie_viscerale", "sante_publique"))
    },
    "project_incomplete": _incomplete,
    "start_unknown": lambda *_: {"wished_start": None},
    "start_out_of_windows": _odd_start,
    "months_not_allowed": lambda rng, _: {"months": rng.choice((3, 7, 18, 36))},
    "candidate_fact_unknown": _doctor(full_licence=None, specialist_title=None, foreign_title=None, registered=None),
    "candidate_lacks": _doctor(full_licence=False, specialist_title=False),
    "candidate_has": _doctor(foreign_title=True),
    "candidate_too_late": _late_or_early(30),
    "candidate_too_early": _late_or_early(-90),
    "rpps_missing": _doctor(rpps=None),
    "not_registered": _doctor(registered=None),
    "part_time_unscaled": lambda *_: {"contract_share": Fraction(4, 5)},
    "fact_missing": lambda _, content: {"sites": tuple(replace(s, distance_km=None) for s in content["sites"])},
}
