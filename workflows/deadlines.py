"""Closing instants and legal periods. Days are days of the authority's zone; instants are aware, in UTC."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from workflows import french
from workflows.calendars import Calendar

_ONE_DAY = timedelta(days=1)


class UnknownZoneError(ValueError):
    """A name that is not an IANA time zone."""

    def __init__(self, zone: str) -> None:
        super().__init__(
            f"Le fuseau horaire «\u00a0{zone}\u00a0» n’est pas connu. "
            "Donnez un nom IANA, par exemple Europe/Paris ou America/Martinique."
        )


def local_day(instant: datetime, zone: str) -> date:
    """The day an aware instant falls on in a zone. Raises ValueError for a naive instant."""
    return _aware(instant).astimezone(_zone(zone)).date()


def start_of_day(day: date, zone: str) -> datetime:
    """The first instant of a day in a zone, in UTC; where midnight is skipped it begins after the gap."""
    return datetime.combine(day, time.min, tzinfo=_zone(zone)).astimezone(UTC)


def hour_of_day(day: date, hour: int, zone: str) -> datetime:
    """When a clock of the zone shows that hour of that day, in UTC; an hour that is skipped comes after the gap."""
    return datetime.combine(day, time(hour), tzinfo=_zone(zone)).astimezone(UTC)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # unknown, badly formed, the name of a folder
        raise UnknownZoneError(name) from error


def _aware(instant: datetime) -> datetime:
    if instant.utcoffset() is None:
        msg = "Un instant sans fuseau horaire ne permet pas de dire si un délai est respecté."
        raise ValueError(msg)
    return instant


class Bound(StrEnum):
    """How a call words its last day."""

    AU_PLUS_TARD = "au plus tard le"
    JUSQU_AU = "jusqu’au"
    AVANT = "avant le"

    @property
    def includes_day(self) -> bool:
        """True when the printed day is itself a valid day."""
        return self is not Bound.AVANT

    @classmethod
    def _missing_(cls, value: object) -> Bound | None:
        wording = value.replace("'", "’") if isinstance(value, str) else value
        return next((bound for bound in cls if bound.value == wording), None)


@dataclass(frozen=True, slots=True)
class Closing:
    """The end of filing: the printed day, how it is bounded, the authority's zone, and the words of the call.

    A printed date is never moved for a Sunday or a holiday: only periods go to the next working day.
    Raises `UnknownZoneError`.
    """

    day: date
    bound: Bound
    zone: str
    wording: str

    def __post_init__(self) -> None:
        _zone(self.zone)

    @property
    def last_day(self) -> date:
        """The last day on which one may file, to its very end."""
        return self.day if self.bound.includes_day else self.day - _ONE_DAY

    @property
    def at(self) -> datetime:
        """The closing instant, in UTC; it is excluded."""
        return start_of_day(self.last_day + _ONE_DAY, self.zone)

    def accepts(self, received_at: datetime) -> bool:
        """True when the receipt of the server (CRPA L.112-13) is strictly before the closing instant."""
        return _aware(received_at) < self.at

    def as_sentence(self) -> str:
        """The last valid day and the closing instant, in French, with the clock they are told on."""
        return (
            f"jusqu’au {french.day(self.last_day)} inclus, minuit {french.zone_label(self.zone)}\u202f; "
            f"fermé le {french.instant(self.at, self.zone)}"
        )


def add_months(day: date, n: int) -> date:
    """The same day number n months later; the last day of the month when it has no such day."""
    years, month = divmod(day.month - 1 + n, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def period_end(start: date, days: int, calendar: Calendar) -> date:
    """The last day of a period the agency sets: included, moved to the next working day if it is not one."""
    return calendar.next_working_day(start + timedelta(days=days))


def registration_due_on(received_on: date, calendar: Calendar) -> date:
    """The last day for the accusé d’enregistrement: 1 working day (CRPA R.112-11-2)."""
    return calendar.add_working_days(received_on, 1)


def receipt_due_on(received_on: date, calendar: Calendar) -> date:
    """The last day for the accusé de réception: 10 working days (CRPA R.112-11-2)."""
    return calendar.add_working_days(received_on, 10)


def receipt_watch_on(received_on: date, days: int, calendar: Calendar) -> date:
    """When the instructor is told that the accusé de réception is still missing: so many working days after (J3)."""
    return calendar.add_working_days(received_on, days)


def court_period_end(received_on: date, months: int, calendar: Calendar) -> date:
    """The last day to go to court, included, for a decision received on a day (CJA R.421-1; CE n° 472836).

    The period is franc: the day of receipt and the last day do not count; moved to the next working day.
    """
    return calendar.next_working_day(add_months(received_on, months) + _ONE_DAY)
