"""Working days of each authority: Monday to Friday without the public holidays of its territory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from types import MappingProxyType

from workflows.french import listing

#: The overseas days exist since 1984 (décret n° 83-1003); the library stops at 2100.
FIRST_YEAR, LAST_YEAR = 1984, 2100

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Territory:
    """Where a calendar applies.

    `own_days` names the holidays that the law adds there to the eleven national ones. Other days the library
    lists for the subdivision (mi-carême, fête de Victor Schœlcher…) are customs: no legal period counts them.
    """

    label: str
    subdivision: str | None = None
    own_days: frozenset[str] = frozenset()


_ABOLITION = frozenset({"Abolition de l'esclavage"})

#: The calendars a call file may name.
CALENDARS: Mapping[str, Territory] = MappingProxyType(
    {
        "metropole": Territory("métropole"),
        "alsace-moselle": Territory("Alsace-Moselle", "6AE", frozenset({"Vendredi saint", "Saint-Étienne"})),
        "guadeloupe": Territory("Guadeloupe", "971", _ABOLITION),
        "martinique": Territory("Martinique", "972", _ABOLITION),
        "guyane": Territory("Guyane", "973", _ABOLITION),
        "reunion": Territory("La Réunion", "974", _ABOLITION),
        "mayotte": Territory("Mayotte", "976", _ABOLITION),
    }
)


class UnknownCalendarError(ValueError):
    """A calendar id that is not in `CALENDARS`."""

    def __init__(self, calendar_id: str) -> None:
        super().__init__(
            f"Le calendrier «\u00a0{calendar_id}\u00a0» n’est pas connu. "
            f"Choisissez-en un parmi\u00a0: {listing(CALENDARS, last='ou')}."
        )


class YearNotCoveredError(ValueError):
    """A year whose holidays are not known: counting without them would give a wrong date."""

    def __init__(self, year: int) -> None:
        super().__init__(
            f"Les jours fériés de l’année {year} ne sont pas connus\u00a0: le calendrier va de {FIRST_YEAR} "
            f"à {LAST_YEAR}. Vérifiez la date saisie."
        )


@dataclass(frozen=True, slots=True)
class Calendar:
    """The calendar of an authority, by its id in `CALENDARS`. Raises `UnknownCalendarError`.

    Every method takes days of the authority's zone and raises `YearNotCoveredError` outside 1984-2100.
    """

    id: str

    def __post_init__(self) -> None:
        if self.id not in CALENDARS:
            raise UnknownCalendarError(self.id)

    def is_holiday(self, day: date) -> bool:
        """True on a public holiday, whatever the day of the week."""
        if isinstance(day, datetime):
            msg = "A calendar takes a day, not an instant: the zone decides which day an instant falls on."
            raise TypeError(msg)
        return day in _legal_holidays(self.id, day.year)

    def is_working_day(self, day: date) -> bool:
        """True from Monday to Friday (jours ouvrés) unless the day is a holiday."""
        return not self.is_holiday(day) and day.weekday() < _SATURDAY

    def next_working_day(self, day: date) -> date:
        """The day itself when it is worked, else the first worked day after it."""
        while not self.is_working_day(day):
            day += _ONE_DAY
        return day

    def add_working_days(self, day: date, n: int) -> date:
        """The n-th working day strictly after `day`, or before it when n is negative; `day` itself for 0."""
        step = _ONE_DAY if n > 0 else -_ONE_DAY
        for _ in range(abs(n)):
            day += step
            while not self.is_working_day(day):
                day += step
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days after `start`, up to `end` included; negative when `end` comes first."""
        if end < start:
            return -self.working_days_between(end, start)
        return sum(self.is_working_day(start + timedelta(n)) for n in range(1, (end - start).days + 1))


@cache
def _legal_holidays(calendar_id: str, year: int) -> frozenset[date]:
    """Plain sets, built once: the library’s objects fill themselves when read, and threads share these."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise YearNotCoveredError(year)
    from holidays import country_holidays  # noqa: PLC0415  # 0.1 s, for those who count days only

    national = frozenset(country_holidays("FR", years=year, language="fr"))
    territory = CALENDARS[calendar_id]
    if territory.subdivision is None:
        return national
    local = country_holidays("FR", subdiv=territory.subdivision, years=year, language="fr")
    return national | {day for name in territory.own_days for day in local.get_named(name, lookup="exact")}
