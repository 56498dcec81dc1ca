"""Letters that no decision asks for by itself: which, to whom each goes, and why one would have nothing to tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from workflows.asking import asked_of
from workflows.describe import letter_name
from workflows.dossier import Dossier
from workflows.effects import Addressee, Effect, letter
from workflows.letters.annual import year_of
from workflows.rounds import first_doctor
from workflows.states import UNDER_EXAMINATION, State


class AskedLetter(StrEnum):
    """A letter that somebody may ask for."""

    REGISTERED = "L1"
    RECEIVED = "L2"
    PIECES = "L3"
    COMPLETE = "L4"
    EXTRACT = "L7b"
    END = "L17a"
    RENEWAL = "L17b"
    YEAR = "L17c"

    @property
    def label(self) -> str:
        """The French name of the letter."""
        name = letter_name(self.value)
        return name[:1].upper() + name[1:]


@dataclass(frozen=True, slots=True)
class Wish:
    """A letter as it is asked for on a day. `year`: the calendar year that it is about, when it is about one."""

    letter: AskedLetter
    year: int | None
    on: date


@dataclass(frozen=True, slots=True)
class _Door:
    """How a letter is asked for. `lacks`: why it has nothing to tell, the end of a sentence; None when it has."""

    to: Callable[[Dossier], tuple[Addressee, ...]]
    lacks: Callable[[Dossier, Wish], str | None]
    details: Callable[[Dossier, Wish], Mapping[str, str]] = lambda _, __: {}


def lacks(dossier: Dossier, wish: Wish) -> str | None:
    """Why a letter would have nothing to tell, as the end of a sentence; None when it has something."""
    return _DOORS[wish.letter].lacks(dossier, wish)


def effects(dossier: Dossier, wish: Wish) -> tuple[Effect, ...]:
    """What asks for the letter: one effect for each addressee. The letter must have something to tell."""
    door = _DOORS[wish.letter]
    return letter(wish.letter.value, *door.to(dossier), **door.details(dossier, wish))


def about(details: Mapping[str, str]) -> str:
    """What tells two letters of one code apart: a request for pieces, a year, a repayment; empty for the others."""
    return details.get("request") or details.get("year") or details.get("repayment") or ""


def _filed(dossier: Dossier, _: Wish) -> str | None:
    return None if dossier.filing else "le dossier n’est pas déposé"


def _pieces_wanted(dossier: Dossier, _: Wish) -> str | None:
    waits = dossier.open_piece_request is not None and dossier.state not in {State.REJECTED, State.ENDED}
    return None if waits else "aucune demande de pièces n’attend de réponse"


def _asked_for_pieces(dossier: Dossier) -> tuple[Addressee, ...]:
    request = dossier.open_piece_request
    return tuple(asked_of(dossier, request.keys)) if request else ()


def _of_request(dossier: Dossier, _: Wish) -> Mapping[str, str]:
    request = dossier.open_piece_request
    return {"request": request.id} if request else {}


def _complete(dossier: Dossier, _: Wish) -> str | None:
    if dossier.complete_on is None:
        return "le dossier n’est pas complet"
    return None if dossier.state in UNDER_EXAMINATION else "le dossier n’est plus à l’examen"


def _heard(dossier: Dossier) -> tuple[Addressee, ...]:
    """The doctor whom the committee heard of, under the name that reaches them (A39)."""
    heard = first_doctor(dossier)
    if dossier.candidate is not None and dossier.candidate.id == heard:
        return (Addressee.CANDIDATE,)
    return (Addressee.FORMER_CANDIDATE,) if dossier.former[-1:] == (heard,) else ()


def _judged(dossier: Dossier, _: Wish) -> str | None:
    if dossier.committee is None or dossier.committee.judged_on is None:
        return "la commission ne s’est pas prononcée"
    return None if _heard(dossier) else "la commission n’a examiné la candidature d’aucun médecin de ce dossier"


def _ended(dossier: Dossier, _: Wish) -> str | None:
    if not dossier.tenures:
        return "personne n’a servi sur ce poste"
    return None if dossier.end else "le poste n’a pas pris fin"


def _renewed(dossier: Dossier, _: Wish) -> str | None:
    if not dossier.is_renewal:
        return "ce dossier ne renouvelle aucun poste"
    notified = dossier.award is not None and dossier.award.notified_on is not None
    return None if notified else "le renouvellement n’est pas notifié"


def _of_year(dossier: Dossier, wish: Wish) -> str | None:
    if wish.year is None:
        return "son année n’est pas dite"
    if wish.year > wish.on.year:
        return f"l’année {wish.year} n’a pas commencé"
    found = year_of(dossier, wish.year, wish.on)
    return f"rien n’a été servi ni versé en {wish.year}" if found is None else None


def _in_year(_: Dossier, wish: Wish) -> Mapping[str, str]:
    return {"year": str(wish.year)}


def _to(*addressees: Addressee) -> Callable[[Dossier], tuple[Addressee, ...]]:
    return lambda _: addressees


_DOORS: Mapping[AskedLetter, _Door] = MappingProxyType(
    {
        AskedLetter.REGISTERED: _Door(_to(Addressee.DEPOSITORS), _filed),
        AskedLetter.RECEIVED: _Door(_to(Addressee.DEPOSITORS), _filed),
        AskedLetter.PIECES: _Door(_asked_for_pieces, _pieces_wanted, _of_request),
        AskedLetter.COMPLETE: _Door(_to(Addressee.DEPOSITORS), _complete),
        AskedLetter.EXTRACT: _Door(_heard, _judged),
        AskedLetter.END: _Door(_to(Addressee.RECRUITER), _ended),
        AskedLetter.RENEWAL: _Door(_to(Addressee.RECRUITER), _renewed),
        AskedLetter.YEAR: _Door(_to(Addressee.RECRUITER, Addressee.MINISTRY), _of_year, _in_year),
    }
)
