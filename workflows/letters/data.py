"""What the templates of letters may use: frozen data, each member with its French label.

A template sees what `printed` gives: plain texts, true or false, lists, and amounts as figures and words. A text that
somebody wrote stays a text: no template reads it as markup.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from workflows import french
from workflows.letters import words


def labelled(text: str) -> dict[str, str]:
    """The metadata of a member: what it is called on the screen."""
    return {"label": text}


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The authority that writes: `contact` are the ways to reach the service, one text each."""

    authority: str = field(metadata=labelled("Autorité"))
    service: str = field(metadata=labelled("Service chargé du dossier"))
    contact: tuple[str, ...] = field(metadata=labelled("Pour joindre le service"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who the letter goes to. `finess` is None for a person."""

    name: str = field(metadata=labelled("Nom du destinataire"))
    capacity: str = field(metadata=labelled("Qualité du destinataire"))
    finess: str | None = field(default=None, metadata=labelled("Numéro FINESS du destinataire"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place of work. `share`: its part of the whole contract; `half_days`: those of a week when they never change."""

    name: str = field(metadata=labelled("Nom de l’établissement"))
    finess: str = field(metadata=labelled("Numéro FINESS de l’établissement"))
    recruiter: bool = field(metadata=labelled("Établissement recruteur"))
    share: Fraction | None = field(default=None, metadata=labelled("Part du temps de travail"))
    half_days: str | None = field(default=None, metadata=labelled("Demi-journées par semaine"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """The dossier and its post. `doctor` is None while nobody is named."""

    number: str = field(metadata=labelled("Numéro du dossier"))
    call: str = field(metadata=labelled("Intitulé de l’appel"))
    specialty: str = field(metadata=labelled("Spécialité"))
    doctor: str | None = field(metadata=labelled("Médecin"))
    recruiter: str = field(metadata=labelled("Établissement recruteur"))
    recruiter_finess: str = field(metadata=labelled("FINESS de l’établissement recruteur"))
    recruiter_entity: str = field(metadata=labelled("FINESS de l’entité juridique du recruteur"))
    places: tuple[Place, ...] = field(metadata=labelled("Lieux de travail"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedies:
    """How to contest the decision. `court` is the period of this addressee before the court, distance counted in.

    `distant`: that period where nobody knows whether the addressee lives beyond the sea, None otherwise.
    `overseas_court`: the court lies overseas. `crpa`: the code may be cited.
    """

    appeal: str = field(metadata=labelled("Délai du recours gracieux ou hiérarchique"))
    court: str = field(metadata=labelled("Délai devant le tribunal"))
    far_away: bool = field(metadata=labelled("Délai de distance compté"))
    distant: str | None = field(metadata=labelled("Délai devant le tribunal si l’on demeure au loin"))
    abroad: str = field(metadata=labelled("Délai devant le tribunal si l’on demeure à l’étranger"))
    overseas_court: bool = field(metadata=labelled("Tribunal outre-mer"))
    crpa: bool = field(metadata=labelled("Le code des relations entre le public et l’administration s’applique"))


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonData:
    """What every letter tells, of a dossier or of a session. `remedies` is None for a letter that decides nothing.

    `about`: the dossier or the session, as the reference of the letter. `version`: that of the text of the call, as
    `2 du 15 mai 2024`; `digest` is that of its clauses. `texts` are the texts the letter rests on,
    `rules` the clauses of the call that it applies, never a default.
    """

    about: str = field(metadata=labelled("Dossier ou séance"))
    version: str = field(metadata=labelled("Version de l’appel"))
    digest: str = field(metadata=labelled("Empreinte des clauses de l’appel"))
    title: str = field(metadata=labelled("Objet"))
    head: Head = field(metadata=labelled("En-tête"))
    to: Reader = field(metadata=labelled("Destinataire"))
    decided_on: date = field(metadata=labelled("Date de la décision"))
    texts: tuple[str, ...] = field(metadata=labelled("Textes"))
    rules: tuple[str, ...] = field(metadata=labelled("Clauses de l’appel"))
    crpa: bool = field(metadata=labelled("Le code des relations entre le public et l’administration s’applique"))
    remedies: Remedies | None = field(metadata=labelled("Voies et délais de recours"))


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterData(CommonData):
    """What every letter about a dossier tells."""

    post: Post = field(metadata=labelled("Poste"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """A session of the committee: `when` is what the call announces of it."""

    call: str = field(metadata=labelled("Intitulé de l’appel"))
    label: str = field(metadata=labelled("Nom de la séance"))
    when: str = field(metadata=labelled("Dates annoncées"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionData(CommonData):
    """What every letter about a session of the committee tells."""

    sitting: Sitting = field(metadata=labelled("Séance"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who signs: first name and name, and in which capacity (CRPA, art. L. 212-1)."""

    name: str = field(metadata=labelled("Prénom et nom du signataire"))
    capacity: str = field(metadata=labelled("Qualité du signataire"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What a letter receives once it is written: number, date, signatory; none on a draft, which is `provisional`.

    `signed`: somebody signs this kind of letter.
    """

    number: str | None = field(default=None, metadata=labelled("Numéro du courrier"))
    dated_on: date | None = field(default=None, metadata=labelled("Date du courrier"))
    signatory: Signature | None = field(default=None, metadata=labelled("Signataire"))
    provisional: bool = field(default=True, metadata=labelled("Projet"))
    signed: bool = field(default=True, metadata=labelled("Courrier signé"))


_GONE = frozenset({"Cf", "Cs", "Co", "Cn"})
_SPACES = frozenset({"Cc", "Zl", "Zp"})


def clean(text: str) -> str:
    """A text on one line, without control or invisible characters."""
    kept = (" " if unicodedata.category(c) in _SPACES else c for c in text if unicodedata.category(c) not in _GONE)
    return " ".join("".join(kept).split(" ")).strip()


class Prose(str):
    """A text that somebody wrote in paragraphs: it keeps them."""

    __slots__ = ()


def _paragraphs(text: str) -> str:
    return "\n".join(filter(None, map(clean, text.splitlines())))


def printed(value: Any) -> Any:
    """A value as templates see it: an amount as `{figures, words}`, a day as `1er novembre 2024`, a share as `50 %`."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: printed(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple):
        return [printed(item) for item in value]
    return _PRINTERS[type(value)](value)


_PRINTERS: dict[type[Any], Callable[[Any], Any]] = {
    type(None): lambda _: None,
    bool: bool,
    int: int,
    str: clean,
    Prose: _paragraphs,
    Decimal: lambda value: {"figures": french.amount(value), "words": words.amount(value)},
    Fraction: french.share,
    date: french.short_day,
}
