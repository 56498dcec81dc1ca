"""What a letter about a session of the committee is made of, and what every one of them tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workflows.calls.model import is_default_id
from workflows.calls.parameters import Session
from workflows.calls.sources import Sourced
from workflows.dossier import Dossier
from workflows.effects import Addressee
from workflows.french import day, short_day
from workflows.letters.data import Reader, Sitting
from workflows.letters.matter import AnyMatter, everywhere, for_the_file


@dataclass(frozen=True, slots=True)
class Examined:
    """A dossier before a session. `linked`: ids of the members who declared a link with it (A40)."""

    view: Dossier
    linked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionMatter(AnyMatter):
    """What a letter about a session is made of. `members`: the ids of those who sit, in the order of their names;
    `examined`: its dossiers by number. `names` holds the members and the doctors.
    """

    session: Session
    members: tuple[str, ...]
    examined: tuple[Examined, ...] = ()

    def member_name(self, member: str) -> str:
        """The name of a member; a mandatory mention."""
        return self.wanted(self.names.get(member), "le nom d’un membre", "rétablissez son compte")

    @property
    def quorum(self) -> int:
        """How many members must be there: half of those who sit (CRPA R.133-10)."""
        return -(-len(self.members) // 2)


def session_common(matter: SessionMatter, title: str, *rests_on: Sourced[Any]) -> dict[str, Any]:
    """The members that every letter about a session has; none of them decides anything."""
    session = matter.session
    clauses = () if is_default_id(session.rule) else (session.rule,)
    return {
        **everywhere(matter, title, *rests_on, clauses=clauses),
        "about": f"Séance : {session.label}",
        "to": _reader(matter),
        "remedies": None,
        "sitting": Sitting(call=matter.call.title, label=session.label, when=when(session)),
    }


def when(session: Session) -> str:
    """The days that the call announces for a session."""
    if session.first == session.last:
        return f"le {day(session.first)}"
    return f"entre le {short_day(session.first)} et le {short_day(session.last)}"


def _reader(matter: SessionMatter) -> Reader:
    if matter.to is Addressee.SERVICE:
        return for_the_file(matter)
    return Reader(name=matter.member_name(matter.party or ""), capacity="membre de la commission")
