"""L6: the convocation of a member to a session of the committee (CRPA art. R. 133-8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time, timedelta

from workflows.calls.sources import Origin, Sourced
from workflows.dossier import Dossier
from workflows.due.calls import NOTICE_DAYS
from workflows.french import NBSP, day, typography
from workflows.letters.data import SessionData, labelled
from workflows.letters.matter import specialty_of
from workflows.letters.sessions import SessionMatter, session_common

#: What a convocation rests on: its notice, its quorum, the members who must stand aside (CRPA).
NOTICE = Sourced(NOTICE_DAYS, Origin.LAW, "CRPA art. R. 133-8")
QUORUM = Sourced(True, Origin.LAW, "CRPA art. R. 133-10")
STANDING_ASIDE = Sourced(True, Origin.LAW, "CRPA art. R. 133-12")


class MeetingRefusedError(ValueError):
    """A meeting that cannot be convened as it is said; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """When and where a session meets. `urgent`: why its members have less notice than the law gives them."""

    on: date
    at: str
    place: str
    urgent: str | None = None

    @property
    def leaves_by(self) -> date | None:
        """The last day on which its convocations may leave; None in an emergency."""
        return None if self.urgent else self.on - timedelta(days=NOTICE_DAYS)

    def plain(self) -> dict[str, str]:
        """What is kept with the letters asked for."""
        said = {"on": self.on.isoformat(), "at": self.at, "place": self.place, "urgent": self.urgent or ""}
        return {name: value for name, value in said.items() if value}

    @classmethod
    def of(cls, details: dict[str, str]) -> Meeting:
        """The meeting that was kept. Raises KeyError, ValueError for what was not kept by us."""
        on = date.fromisoformat(details["on"])
        return cls(on, details["at"], details["place"], details.get("urgent"))


def meeting(on: str, at: str, place: str, urgent: str, *, first: date, last: date, today: date) -> Meeting:
    """The meeting that somebody typed, within the days that the call announces. Raises MeetingRefusedError."""
    try:
        chosen, hour = date.fromisoformat(on), time.fromisoformat(at)
    except ValueError as error:
        raise MeetingRefusedError("Donnez le jour et l’heure de la réunion.") from error
    if not place.strip():
        raise MeetingRefusedError("Donnez le lieu de la réunion, ou le moyen de la rejoindre à distance.")
    if not first <= chosen <= last:
        raise MeetingRefusedError("Ce jour est hors des dates que l’appel annonce : choisissez-en un dans ces dates.")
    if chosen <= today:
        raise MeetingRefusedError("Une réunion se convoque avant d’avoir lieu : donnez un jour à venir.")
    found = Meeting(chosen, _hour(hour), place.strip(), urgent.strip() or None)
    if found.leaves_by is not None and today > found.leaves_by:
        raise MeetingRefusedError(
            typography(
                f"Les membres sont convoqués {NOTICE_DAYS} jours au moins avant la réunion : "
                "choisissez un autre jour, ou dites l’urgence."
            )
        )
    return found


def _hour(at: time) -> str:
    """`14 h`, `9 h 30`, on one line."""
    return f"{at.hour}{NBSP}h{NBSP}{at.minute:02}" if at.minute else f"{at.hour}{NBSP}h"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaLine:
    """A dossier of the agenda."""

    number: str = field(metadata=labelled("Numéro du dossier"))
    specialty: str = field(metadata=labelled("Spécialité"))
    recruiter: str = field(metadata=labelled("Établissement recruteur"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvocationLetter(SessionData):
    """What a member is told of a meeting. `left_out`: dossiers they declared a link with, which they do not read.

    `urgent` is None when the notice of the law is kept; `quorum`: members who must be there.
    """

    on: str = field(metadata=labelled("Jour de la réunion"))
    at: str = field(metadata=labelled("Heure de la réunion"))
    place: str = field(metadata=labelled("Lieu de la réunion"))
    notice_days: int = field(metadata=labelled("Délai de convocation, en jours"))
    urgent: str | None = field(metadata=labelled("Motif de l’urgence"))
    replaces: date | None = field(metadata=labelled("Convocation remplacée"))
    agenda: tuple[AgendaLine, ...] = field(metadata=labelled("Ordre du jour"))
    left_out: int = field(metadata=labelled("Dossiers hors de l’ordre du jour, pour un lien déclaré"))
    members: int = field(metadata=labelled("Nombre de membres"))
    quorum: int = field(metadata=labelled("Quorum"))


def convocation_letter(matter: SessionMatter) -> ConvocationLetter:
    """The convocation of a member to the meeting that was asked for."""
    meets = Meeting.of(dict(matter.details))
    mine = [one.view for one in matter.examined if matter.party not in one.linked]
    if not matter.examined:
        matter.wanted(None, "l’ordre du jour", "inscrivez des dossiers à la séance")
    return ConvocationLetter(
        **session_common(matter, "Convocation de la commission", NOTICE, QUORUM, STANDING_ASIDE),
        on=day(meets.on),
        at=meets.at,
        place=meets.place,
        notice_days=NOTICE_DAYS,
        urgent=meets.urgent,
        replaces=matter.told_day("replaces"),
        agenda=tuple(_line(view) for view in mine),
        left_out=len(matter.examined) - len(mine),
        members=len(matter.members),
        quorum=matter.quorum,
    )


def _line(view: Dossier) -> AgendaLine:
    return AgendaLine(
        number=view.number,
        specialty=specialty_of(view) or "spécialité non précisée",
        recruiter=view.recruiter.name if view.recruiter else "recruteur non précisé",
    )
