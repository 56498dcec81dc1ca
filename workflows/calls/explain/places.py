"""Sets of places of work, in words."""

from __future__ import annotations

from workflows.french import NBSP, listing
from workflows.sites import AMBULATORY_KINDS, SiteKind, SiteRole, SiteSelector

_ROLES = {SiteRole.RECRUITER: "recruteurs", SiteRole.PARTNER: "partenaires"}
_ZONES = {"sous_dense": "sous-dense", "qpv": "quartier prioritaire de la ville"}


def kinds(values: tuple[SiteKind, ...], last: str = "ou") -> str:
    """`centre hospitalier ou EHPAD public`."""
    return listing([kind.label for kind in values], last)


def kinds_in_short(values: tuple[SiteKind, ...], last: str = "ou") -> str:
    """The same, where every structure outside hospital walls together is `structure ambulatoire`."""
    if not set(values) >= AMBULATORY_KINDS:
        return kinds(values, last)
    others = [kind.label for kind in values if kind not in AMBULATORY_KINDS]
    return listing([*others, "structure ambulatoire"], last)


def selector_words(selector: SiteSelector) -> str:
    """`établissements hors centre hospitalier universitaire`; `tous les établissements` without a condition."""
    parts = [
        _roles(selector.role),
        _states(selector.priority, "prioritaires", "non prioritaires"),
        f"de type {kinds_in_short(selector.kinds)}" if selector.kinds else "",
        f"du GHT {listing([_quoted(name) for name in selector.ghts], 'ou')}" if selector.ghts else "",
        _departments(selector.departments),
        f"en zone {listing([_quoted(_ZONES.get(z, z)) for z in selector.zones], 'ou')}" if selector.zones else "",
        _states(selector.overseas, "outre-mer", "hors outre-mer"),
        f"hors {kinds_in_short(selector.not_kinds, 'et')}" if selector.not_kinds else "",
    ]
    given = [part for part in parts if part]
    return f"établissements {', '.join(given)}" if given else "tous les établissements"


def _roles(role: SiteRole | None) -> str:
    return _ROLES[role] if role else ""


def _states(value: bool | None, yes: str, no: str) -> str:
    if value is None:
        return ""
    return yes if value else no


def _departments(codes: tuple[str, ...] | None) -> str:
    if not codes:
        return ""
    return f"du département{NBSP}{codes[0]}" if len(codes) == 1 else f"des départements {listing(codes)}"


def _quoted(name: str) -> str:
    return f"« {name} »"
