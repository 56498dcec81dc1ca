"""Builders of invented people, places and calls, shared by every suite that needs a dossier.

Nobody here exists: people are plants and colours, FINESS numbers start with 99, RPPS numbers with 000.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, time
from enum import StrEnum
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from backoffice.callfiles import load_call
from workflows.actors import CLOCK, Actor, Role
from workflows.calls.model import Call
from workflows.calls.sources import Origin, Sourced
from workflows.dossier import Dossier
from workflows.parts.candidates import Candidate
from workflows.parts.places import QuotaUse, quotas_of
from workflows.sites import Period, Plan, Site, SiteKind, SiteRole

COMPLEMENTS = Path(__file__).parent / "complements"


@cache
def call_of(call_id: str, *, completed: bool = True) -> Call:
    """A call of `config/calls`; `completed` by what `tests/complements` gives for it where it is silent."""
    return load_call(call_id, str(COMPLEMENTS / f"{call_id}.toml") if completed else None)


def rewritten(value: Any, path: str, new: Any) -> Any:
    """The same frozen object with the member at a dotted path replaced: `rewritten(call, "clauses.end", ...)`."""
    name, _, rest = path.partition(".")
    return replace(value, **{name: rewritten(getattr(value, name), rest, new) if rest else new})


# Numbers with a right key (Luhn).


def _key(digits: str) -> str:
    total = 0
    for rank, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if rank % 2 == 0 else 1)
        total += doubled // 10 + doubled % 10
    return str(-total % 10)


def finess(n: int) -> str:
    """The n-th invented FINESS number: 9 digits, from 99."""
    body = f"99{n:06}"
    return body + _key(body)


def siret(n: int) -> str:
    """The n-th invented SIRET number: 14 digits, from 000, both keys right."""
    siren = f"000{n:05}"
    siren += _key(siren)
    body = f"{siren}0001"
    return body + _key(body)


def rpps(n: int) -> str:
    """The n-th invented RPPS number: 11 digits, from 000."""
    body = f"000{n:07}"
    return body + _key(body)


# People and places.


class Hat(StrEnum):
    """Who tries an act, as the matrices name them."""

    CANDIDATE = "candidate"
    RECRUITER = "recruiter"
    PARTNER = "partner"
    INSTRUCTOR = "instructor"
    HEAD = "head"
    DG = "dg"
    MEMBER = "member"
    ADMIN = "admin"
    CLOCK = "clock"


#: Agents of the authority, members of the committee and administrators.
AGENTS = {
    Hat.INSTRUCTOR: Actor(Role.INSTRUCTOR, "lavande-azur"),
    Hat.HEAD: Actor(Role.HEAD, "sauge-ocre"),
    Hat.DG: Actor(Role.DG, "iris-pourpre"),
    Hat.MEMBER: Actor(Role.MEMBER, "thym-argent"),
    Hat.ADMIN: Actor(Role.ADMIN, "menthe-grise"),
    Hat.CLOCK: CLOCK,
}
#: Those who may sign today.
SIGNATORIES = ("iris-pourpre", "sauge-ocre")


def actor(hat: Hat, dossier: Dossier) -> Actor:
    """The person under a hat, for this dossier: its candidate, its recruiter, its first partner, or an agent."""
    if hat in AGENTS:
        return AGENTS[hat]
    if hat is Hat.CANDIDATE:
        return Actor(Role.CANDIDATE, dossier.candidate.id if dossier.candidate else "personne")
    site = dossier.recruiter if hat is Hat.RECRUITER else next(iter(dossier.partners), None)
    party = site.id if site else "aucun"
    return Actor(Role.ESTABLISHMENT, f"bureau-{party}", party)


def doctor(slug: str, number: int | None = 1, **facts: Any) -> Candidate:
    """A doctor who meets every condition met so far in a call; `number=None` while the RPPS does not exist."""
    usual: dict[str, Any] = {"registered": True, "full_licence": True, "specialist_title": True, "foreign_title": False}
    return Candidate(slug, rpps=None if number is None else rpps(number), **(usual | facts))


def site(number: int, name: str, role: SiteRole, kind: SiteKind, department: str, **more: Any) -> Site:
    """A place of work that is its own legal entity."""
    return Site(finess(number), finess(number + 500), name, role, kind, department, **more)


def weekly(months: int, **half_days: Any) -> Period:
    """A period of a plan: half-days a week by site, as `weekly(24, s990000019=5)`."""
    return Period(months, tuple((key.removeprefix("s"), Fraction(n)) for key, n in half_days.items()))


def shared(months: int, *parts: tuple[Site, int]) -> Plan:
    """A plan of one period: half-days a week at each site."""
    return (Period(months, tuple((where.id, Fraction(n)) for where, n in parts)),)


# Time, and what lies around a dossier.


def instant(day: date, call: Call, hour: str = "10:00") -> datetime:
    """An hour of a day on the clock of the authority, in UTC."""
    local = datetime.combine(day, time.fromisoformat(hour), tzinfo=ZoneInfo(call.authority.zone))
    return local.astimezone(UTC)


def quota_uses(call: Call, dossier: Dossier, others: int) -> tuple[QuotaUse, ...]:
    """The quotas the dossier counts in, `others` places of each taken by other dossiers, its own counted too."""
    own = 1 if dossier.place is not None else 0
    concerned = quotas_of(
        call.parameters.quotas, category=dossier.category, specialty=dossier.specialty, sites=dossier.sites
    )
    return tuple(QuotaUse(q.id, q.label, q.places.value, others + own, q.places.rule) for q in concerned)


def as_defaults(value: Any) -> Any:
    """The same clauses with every known value a mere default: what no text says can only warn or hold."""
    if isinstance(value, Sourced):
        return replace(value, origin=Origin.DEFAULT, rule="A21") if value.is_known else value
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: as_defaults(getattr(value, f.name)) for f in fields(value)})
    if isinstance(value, tuple):
        return tuple(as_defaults(item) for item in value)
    return value
