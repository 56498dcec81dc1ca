"""Where lives are played: a call, an application that fits it, and the days on which things begin.

The five real calls, as published and completed; the six invented ones; and calls that differ from them in one clause.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from tests.builders import call_of, doctor, rewritten, shared, site, weekly
from tests.calls import synthetic
from tests.profiles import PROFILES, Profile
from workflows.calls.funding import RepaymentReading
from workflows.calls.model import Call, Depositor
from workflows.calls.parameters import Budget, Envelope
from workflows.calls.sources import Origin, Sourced
from workflows.parts.candidates import Candidate
from workflows.sites import Plan, Site, SiteKind, SiteRole

RECRUITER, PARTNER = SiteRole.RECRUITER, SiteRole.PARTNER
Places = tuple[Site, Site]


@dataclass(frozen=True, eq=False)
class Stage:
    """A call and a nominal application under it. `name` tells two versions of a call apart.

    `aims`: the reasons that only a clause of this version brings about.
    """

    name: str
    call: Call
    profile: Profile
    aims: frozenset[str] = frozenset()


def _marais() -> Profile:
    bruyere = site(51, "CH de la Bruyère", RECRUITER, SiteKind.CH, "44")
    roseaux = site(52, "Centre de santé des Roseaux", PARTNER, SiteKind.CDS, "44")
    days = (date(2031, 2, 20), date(2031, 6, 2), date(2031, 7, 1), date(2031, 11, 3))
    parties = (Depositor.RECRUITER, Depositor.PARTNER)
    candidate = doctor("bleuet-ivoire", 7, title_obtained_on=date(2030, 10, 1))
    return _profile("s1-marais", "geriatrie", (bruyere, roseaux), 24, days, parties, "juillet", candidate)


def _foret() -> Profile:
    acajou = site(61, "CH de l’Acajou", RECRUITER, SiteKind.CH, "973", ght="fleuve")
    acajou = replace(acajou, id="990000017")  # the number the call earmarks places for
    ebene = site(62, "CHU de l’Ébène", PARTNER, SiteKind.CHU, "33")
    days = (date(2032, 1, 20), date(2032, 3, 10), date(2032, 5, 10), date(2032, 11, 2))
    candidate = doctor("liane-emeraude", 8, residency_ends_on=date(2032, 10, 31))
    profile = _profile(
        "s2-grande-foret", "geriatrie", (acajou, ebene), 24, days, (Depositor.CANDIDATE,), "mai", candidate
    )
    return replace(profile, plan=(weekly(12, **{f"s{acajou.id}": 10}), weekly(12, **{f"s{ebene.id}": 10})))


def _lagon() -> Profile:
    corail = site(71, "CH du Corail", RECRUITER, SiteKind.CH, "976")
    nacre = site(72, "Centre de santé de la Nacre", PARTNER, SiteKind.CDS, "976", distance_km=20)
    days = (date(2032, 12, 20), date(2033, 2, 10), date(2033, 3, 20), date(2033, 5, 2))
    parties = (Depositor.RECRUITER, Depositor.PARTNER)
    candidate = doctor("ylang-dore", 9)
    profile = _profile("s3-lagon", "pediatrie", (corail, nacre), 18, days, parties, "mars", candidate)
    return replace(profile, mailed=True, named_later=True)


def _caps() -> Profile:
    brume = site(81, "CH de la Brume", RECRUITER, SiteKind.CH, "975")
    lichen = site(82, "Cabinet du Lichen", PARTNER, SiteKind.CABINET, "975")
    days = (date(2034, 1, 5), date(2034, 3, 1), date(2034, 5, 2), date(2034, 9, 1))
    candidate = doctor("mousse-grise", 10)
    return _profile("s4-caps", "neurologie", (brume, lichen), 12, days, (Depositor.RECRUITER,), "mai", candidate)


def _vallees() -> Profile:
    chamois = replace(site(91, "CH du Chamois", RECRUITER, SiteKind.CH, "67"), id="990000025")
    gentiane = site(92, "EHPAD de la Gentiane", PARTNER, SiteKind.EHPAD_PUBLIC, "67")
    days = (date(2034, 12, 20), date(2035, 3, 10), date(2035, 4, 10), date(2035, 5, 2))
    parties = (Depositor.CANDIDATE, Depositor.RECRUITER)
    candidate = doctor("arnica-orange", 11, title_obtained_on=date(2034, 10, 1))
    profile = _profile("s5-vallees", "geriatrie", (chamois, gentiane), 12, days, parties, "avril", candidate)
    return replace(profile, plan=shared(12, (chamois, 8), (gentiane, 2)))


def _ilots() -> Profile:
    ecume = site(101, "Clinique de l’Écume", RECRUITER, SiteKind.ESPIC, "974", priority=True)
    varech = site(
        102, "Cabinet du Varech", PARTNER, SiteKind.CABINET, "974", priority=False, zones=frozenset({"sous_dense"})
    )
    days = (date(2036, 1, 20), date(2036, 3, 10), date(2036, 5, 5), date(2036, 9, 1))
    parties = (Depositor.CANDIDATE, Depositor.RECRUITER, Depositor.PARTNER)
    candidate = doctor("algue-brune", 12)
    profile = _profile("s6-ilots", "neurologie", (ecume, varech), 16, days, parties, "mai", candidate)
    return replace(profile, plan=shared(16, (ecume, 6), (varech, 4)))


def _profile(
    call: str,
    specialty: str,
    places: Places,
    months: int,
    days: tuple[date, date, date, date],
    depositors: tuple[Depositor, ...],
    session: str,
    candidate: Candidate,
) -> Profile:
    """An application of half the time at each place. `days`: opened, filed, put to the committee, started."""
    opened, filed, put, start = days
    plan: Plan = shared(months, (places[0], 5), (places[1], 5))
    return Profile(
        call=call,
        number=call.upper(),
        specialty=specialty,
        sites=places,
        plan=plan,
        months=months,
        start=start,
        depositors=depositors,
        session=session,
        opened=opened,
        filed=filed,
        complete=filed,
        put=put,
        judged=put,
        decided=put,
        notified=put,
        candidate=candidate,
    )


_SYNTHETIC = (_marais, _foret, _lagon, _caps, _vallees, _ilots)


def _printed(value: Any, rule: str) -> Sourced[Any]:
    return Sourced(value, Origin.PRINTED, rule)


#: Enough for one nominal post of Nouvelle-Aquitaine, year by year, and for nothing more.
_ONE_POST = ((2024, "7000"), (2025, "40000"), (2026, "33000"), (2027, "1000"))
_ENVELOPES = tuple(Envelope(year, date(2024, 1, 1), _printed(Decimal(euros), "NA-13")) for year, euros in _ONE_POST)

#: Clauses changed one or two at a time: name -> (stage it changes, member -> value printed instead).
_VARIANTS: dict[str, tuple[str, dict[str, Any]]] = {
    "idf-2025, sans report": ("idf-2025", {"clauses.deferral.allowed": False}),
    "guyane-2020, report de deux mois au plus": (
        "guyane-2020",
        {"clauses.deferral.longest_months": 2, "clauses.committee.reserve_until": date(2020, 12, 31)},
    ),
    "na-2024, lecture de reversement non signée": (
        "na-2024",
        {"clauses.funding.repayment_reading": Sourced(RepaymentReading.PRORATA, Origin.DEFAULT, "A1")},
    ),
    "idf-2025, fin qui glisse": (
        "idf-2025",
        {
            "clauses.replacement.end_unchanged": False,
            "clauses.replacement.propose_within_days": 30,
            "clauses.contract.fixed_end": None,
            "clauses.renewal.times": 1,
        },
    ),
    "guyane-2020, lecture intégrale": (
        "guyane-2020",
        {"clauses.funding.repayment_reading": RepaymentReading.INTEGRAL, "clauses.replacement.end_unchanged": False},
    ),
    "ara-2017, fin qui glisse": ("ara-2017", {"clauses.replacement.end_unchanged": False}),
    "na-2024, enveloppe qui s’impose": ("na-2024", {"parameters.budget": Budget(_ENVELOPES, _printed(True, "NA-13"))}),
    "cvl, sans durée": ("cvl-ville-hopital", {"clauses.contract.months": Sourced(None, Origin.UNKNOWN, "CVL-19")}),
}

#: What some stages are for.
_AIMS = {
    "na-2024, tel que publié": "reading_not_chosen reading_not_announced",
    "guyane-2020, report de deux mois au plus": "deferral_long",
    "na-2024, lecture de reversement non signée": "reading_not_chosen reading_not_announced",
    "idf-2025, fin qui glisse": "renewed_already",
    "ara-2017, fin qui glisse": "end_unpriced_held",
    "na-2024, enveloppe qui s’impose": "envelope_exceeded envelope_held",
}


def _variants(known: dict[str, Stage]) -> Iterator[Stage]:
    for name, (base, changes) in _VARIANTS.items():
        stage = known[base]
        call = stage.call
        for path, value in changes.items():
            call = rewritten(call, path, value if isinstance(value, Sourced | Budget) else _printed(value, "NA-13"))
        yield Stage(name, call, stage.profile)


def _stages() -> dict[str, Stage]:
    real = [Stage(name, call_of(name), profile) for name, profile in PROFILES.items()]
    bare = [Stage(f"{name}, tel que publié", call_of(name, completed=False), p) for name, p in PROFILES.items()]
    invented = [Stage(p.call, synthetic(p.call), p) for p in (make() for make in _SYNTHETIC)]
    known = {stage.name: stage for stage in (*real, *bare, *invented)}
    known |= {stage.name: stage for stage in _variants(known)}
    return {name: replace(stage, aims=frozenset(_AIMS.get(name, "").split())) for name, stage in known.items()}


#: Every stage by its name.
STAGES = _stages()
