"""The regions of the INSEE list with the clocks, calendars and departments of their agencies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_PARIS = ("Europe/Paris",)


@dataclass(frozen=True, slots=True)
class Region:
    """A region: `zones` are the IANA names its agency may use, `calendars` the ids of its calendars."""

    code: str
    name: str
    departments: tuple[str, ...]
    zones: tuple[str, ...] = _PARIS
    calendars: tuple[str, ...] = ("metropole",)


_ALL = (
    Region(
        "01",
        "Guadeloupe",
        ("971", "977", "978"),
        ("America/Guadeloupe", "America/Marigot", "America/St_Barthelemy"),
        ("guadeloupe",),
    ),
    Region("02", "Martinique", ("972",), ("America/Martinique",), ("martinique",)),
    Region("03", "Guyane", ("973",), ("America/Cayenne",), ("guyane",)),
    Region("04", "La Réunion", ("974",), ("Indian/Reunion",), ("reunion",)),
    Region("06", "Mayotte", ("976",), ("Indian/Mayotte",), ("mayotte",)),
    Region("11", "Île-de-France", ("75", "77", "78", "91", "92", "93", "94", "95")),
    Region("24", "Centre-Val de Loire", ("18", "28", "36", "37", "41", "45")),
    Region("27", "Bourgogne-Franche-Comté", ("21", "25", "39", "58", "70", "71", "89", "90")),
    Region("28", "Normandie", ("14", "27", "50", "61", "76")),
    Region("32", "Hauts-de-France", ("02", "59", "60", "62", "80")),
    Region(
        "44",
        "Grand Est",
        ("08", "10", "51", "52", "54", "55", "57", "67", "68", "88"),
        calendars=("metropole", "alsace-moselle"),
    ),
    Region("52", "Pays de la Loire", ("44", "49", "53", "72", "85")),
    Region("53", "Bretagne", ("22", "29", "35", "56")),
    Region("75", "Nouvelle-Aquitaine", ("16", "17", "19", "23", "24", "33", "40", "47", "64", "79", "86", "87")),
    Region(
        "76",
        "Occitanie",
        ("09", "11", "12", "30", "31", "32", "34", "46", "48", "65", "66", "81", "82"),
    ),
    Region(
        "84",
        "Auvergne-Rhône-Alpes",
        ("01", "03", "07", "15", "26", "38", "42", "43", "63", "69", "73", "74"),
    ),
    Region("93", "Provence-Alpes-Côte d’Azur", ("04", "05", "06", "13", "83", "84")),
    Region("94", "Corse", ("2A", "2B")),
)

#: Every region by its INSEE code. Labels differ from one text to the next: join on the code, not on the name.
REGIONS: Mapping[str, Region] = MappingProxyType({region.code: region for region in _ALL})

_OUTSIDE_REGIONS = ("975", "984", "986", "987", "988", "989")

#: Codes of departments and of territories that stand for one.
DEPARTMENTS = frozenset(code for region in _ALL for code in region.departments) | frozenset(_OUTSIDE_REGIONS)
