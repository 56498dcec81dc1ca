"""A doctor who leaves a post: what is told beforehand, and the vacancy that follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from workflows.parts.requests import EndReason, FourDates


@dataclass(frozen=True, slots=True)
class Departure:
    """A departure told before it happens. It changes the state on `dates.effective_on`, through `act`."""

    act: str
    reason: EndReason
    dates: FourDates
    request: str | None
    cca_from: date | None = None
    replacement: str | None = None


@dataclass(frozen=True, slots=True)
class Vacancy:
    """A post without its doctor since `since`; a replacement is expected until `replace_by` (A11).

    `replacement`: id of the request agreed before the departure, which the machine carries out.
    """

    since: date
    reason: EndReason
    told_on: date
    replace_by: date
    give_back_on: date
    cca_from: date | None = None
    replacement: str | None = None
