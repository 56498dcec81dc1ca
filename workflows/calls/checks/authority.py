"""Who runs the call, in which zone, and how its clauses are numbered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from workflows.calendars import CALENDARS
from workflows.calls.checks.base import not_among, tolerant
from workflows.calls.errors import Found
from workflows.calls.model import Authority, CallFile, RuleFamily
from workflows.regions import REGIONS

_CALL_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PREFIX = re.compile(r"[A-Z][A-Z0-9]*")
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def check_authority(file: CallFile) -> Iterator[Found]:
    """The id of the call, its family of rules, and the agency."""
    yield from tolerant(_check_id(file))
    yield from tolerant(_check_categories(file))
    yield from tolerant(_check_rules(file.rules))
    yield from tolerant(_check_places(file.authority))
    yield from tolerant(_check_email(file.authority))


def _check_id(file: CallFile) -> Iterator[Found]:
    if not _CALL_ID.fullmatch(file.id):
        yield (
            ("id",),
            "L’identifiant s’écrit en minuscules sans accent, chiffres et tirets, par exemple « na-2024 ».",
        )


def _check_categories(file: CallFile) -> Iterator[Found]:
    if len(file.categories) <= len(file.other_categories):
        yield ("other_categories",), "Une catégorie est donnée deux fois : gardez-la une fois."


def _check_rules(rules: RuleFamily) -> Iterator[Found]:
    if not _PREFIX.fullmatch(rules.prefix):
        yield ("rules", "prefix"), "Le préfixe des règles s’écrit en majuscules, par exemple « NA »."
    if rules.last < 1:
        yield ("rules", "last"), "L’appel a au moins une règle : donnez le numéro de la dernière."
    if rules.silent is not None and is_well_formed(rules) and not rules.has(rules.silent):
        yield ("rules", "silent"), f"La règle « {rules.silent} » n’est pas de cet appel."


def _check_places(authority: Authority) -> Iterator[Found]:
    path = ("authority",)
    if not is_zone(authority.zone):
        message = f"Le fuseau horaire « {authority.zone} » n’est pas connu."
        yield (
            (*path, "zone"),
            f"{message} Donnez un nom IANA, par exemple Europe/Paris ou America/Martinique.",
        )
    if authority.calendar not in CALENDARS:
        hint = not_among(authority.calendar, CALENDARS)
        yield (*path, "calendar"), f"Le calendrier « {authority.calendar} » n’est pas connu. {hint}"
    if authority.region is None:
        return
    region = REGIONS.get(authority.region)
    if region is None:
        message = f"Le code région « {authority.region} » n’est pas dans la liste de l’INSEE."
        yield (*path, "region"), f"{message} Par exemple : 75 pour la Nouvelle-Aquitaine, 03 pour la Guyane."
        return
    if is_zone(authority.zone) and authority.zone not in region.zones:
        message = f"« {authority.zone} » n’est pas le fuseau de la région {region.name}."
        yield (*path, "zone"), f"{message} Écrivez {' ou '.join(region.zones)}."
    if authority.calendar in CALENDARS and authority.calendar not in region.calendars:
        message = f"« {authority.calendar} » n’est pas le calendrier de la région {region.name}."
        yield (*path, "calendar"), f"{message} Écrivez {' ou '.join(region.calendars)}."


def _check_email(authority: Authority) -> Iterator[Found]:
    for name in ("email", "accountant_email"):
        address = getattr(authority, name)
        if address is not None and not _EMAIL.fullmatch(address):
            message = "Cette adresse de courriel est incomplète : écrivez-la comme service@agence.fr."
            yield ("authority", name), message


def is_well_formed(rules: RuleFamily) -> bool:
    """True for a family whose rules can be told from others."""
    return _PREFIX.fullmatch(rules.prefix) is not None and rules.last > 0


def is_zone(name: str) -> bool:
    """True for the IANA name of a time zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
