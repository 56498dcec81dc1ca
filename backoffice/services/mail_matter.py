"""What a mail is made of: a dossier, its call, the cause and the day; and what every mail may tell of them.

Templates never see the dossier itself: it holds references to texts about people, and defaults that no mail may cite.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from workflows.calls.model import Call
from workflows.deadlines import local_day
from workflows.dossier import Dossier
from workflows.effects import Addressee
from workflows.french import listing
from workflows.letters.law import distance
from workflows.parts.requests import Request
from workflows.specialties import UnknownSpecialtyError, specialty

T = TypeVar("T")


class NothingLeftToSayError(LookupError):
    """What the mail is about has gone from the dossier since it was asked for: there is nothing to write any more."""

    def __init__(self, name: str, why: str = "Le dossier a changé depuis qu’il a été demandé.") -> None:
        super().__init__(f"Le courriel « {name} » n’a plus d’objet. {why}")


@dataclass(frozen=True, slots=True)
class Matter:
    """What a mail is made of. `at` is the legal instant of its cause, `today` the day it is written.

    `to`: what its reader is to the dossier, under every name; () for whoever is asked for anything.
    """

    name: str
    view: Dossier
    call: Call
    details: Mapping[str, str]
    at: datetime
    today: date
    to: tuple[Addressee, ...] = ()

    @property
    def caused_on(self) -> date:
        """The day of the cause in the zone of the authority."""
        return local_day(self.at, self.call.authority.zone)

    def present(self, found: T | None) -> T:
        """What was looked for. Raises NothingLeftToSayError when it is gone."""
        if found is None:
            raise NothingLeftToSayError(self.name)
        return found

    @property
    def request(self) -> Request:
        """The request the mail is about. Raises NothingLeftToSayError."""
        return self.present(self.view.request(self.details.get("request")))


Values = dict[str, Any]


def common(matter: Matter) -> Values:
    """What every mail may tell: dossier, call, service, regime and remedies."""
    view = matter.view
    return {
        "number": view.number,
        "title": matter.call.title,
        "specialty": _specialty(view),
        "sites": _sites(view),
        **of_service(matter.call),
        "caused_on": matter.caused_on,
        "crpa": matter.call.clauses.regime_crpa.value,
        "distance": distance(view, matter.call),
        "for_service": Addressee.SERVICE in matter.to,
    }


def of_service(call: Call) -> Values:
    """The service in charge and how to reach it."""
    authority = call.authority
    return {
        "service": f"{authority.service}, {authority.name}" if authority.service else authority.name,
        "email": authority.email,
        "phone": authority.phone,
        "address": authority.address,
    }


def _specialty(view: Dossier) -> str | None:
    try:
        return specialty(view.specialty).label if view.specialty else None
    except UnknownSpecialtyError:
        return None


def _sites(view: Dossier) -> str:
    first = [f"{view.recruiter.name} (recruteur)"] if view.recruiter else []
    return listing(first + [site.name for site in view.partners])


def wanted_of(matter: Matter, wanted: Mapping[Addressee, tuple[str, ...]]) -> tuple[str, ...]:
    """The pieces that the reader of the mail is asked for. Raises NothingLeftToSayError."""
    keys = [key for who, mine in wanted.items() if not matter.to or who in matter.to for key in mine]
    return matter.present(tuple(dict.fromkeys(keys)) or None)
