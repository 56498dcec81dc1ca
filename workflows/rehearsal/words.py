"""The words of a history: who acts, what a form said, which letters and mails leave, which dates move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

from workflows.actors import Actor, Role
from workflows.acts.base import ActInputs
from workflows.describe import ADDRESSEES, LETTERS, described
from workflows.dossier import Dossier, DossierDepositor
from workflows.effects import Effect, EffectKind
from workflows.french import amount, instant, listing, share, short_day, typography
from workflows.parts.candidates import Candidate
from workflows.parts.requests import FourDates
from workflows.proofs import silence_runs

#: Longest list told item by item; of a longer one, only the number is.
LONGEST_LIST = 3

#: The dates an act may set or move, by name, in the order they are told. The empty words are those told otherwise.
DATES: Mapping[str, str] = {
    "silence_on": "le silence vaudra rejet le",
    "pieces_due_on": "",
    "planned_start": "",
    "planned_end": "",
    "award_reply_by": "l’acceptation est attendue jusqu’au",
    "condition_by": "la condition est à remplir avant le",
    "offer_reply_by": "la réponse à la place proposée est attendue jusqu’au",
    "reserve_until": "la liste complémentaire vaut jusqu’au",
    "departure_on": "",
    "replace_by": "",
    "give_back_on": "",
    "notice_answer_by": "la réponse au courrier contradictoire est attendue jusqu’au",
    "remarks_by": "les observations sont attendues jusqu’au",
}


def dates_of(dossier: Dossier, today: date) -> dict[str, date]:
    """The dates that matter on a dossier as it stands, by name."""
    award, reserve, vacancy, silence = dossier.award, dossier.reserve, dossier.vacancy, dossier.silence
    asked, notice, repayment = dossier.open_piece_request, dossier.notice, dossier.repayment
    found = {
        "silence_on": silence.due_on(today) if silence and silence_runs(dossier) else None,
        "pieces_due_on": asked.due_on if asked else None,
        "planned_start": award.planned_start if award else None,
        "planned_end": award.planned_end if award else None,
        "award_reply_by": award.reply_by if award else None,
        "condition_by": award.condition_by if award else None,
        "offer_reply_by": reserve.reply_by if reserve else None,
        "reserve_until": reserve.valid_until if reserve else None,
        "departure_on": dossier.departure.dates.effective_on if dossier.departure else None,
        "replace_by": vacancy.replace_by if vacancy else None,
        "give_back_on": vacancy.give_back_on if vacancy else None,
        "notice_answer_by": notice.answer_by if notice and notice.answered_on is None else None,
        "remarks_by": repayment.answer_by if repayment and repayment.decided is None else None,
    }
    return {name: day for name, day in found.items() if day is not None}


def moved_dates(before: Dossier, after: Dossier, today: date) -> dict[str, date | None]:
    """The dates an act set or moved, and those it took away (None)."""
    old, new = dates_of(before, today), dates_of(after, today)
    return {name: new.get(name) for name in DATES if old.get(name) != new.get(name)}


def change_words(before: Dossier, after: Dossier) -> tuple[str, ...]:
    """What an act changed beside the state and the pieces, in the sentences the product shows."""
    compared = replace(before, state=after.state, pieces=after.pieces)
    return described(compared, after)


def date_words(dates: Mapping[str, date | None]) -> tuple[str, ...]:
    """The dates that were set or moved, as sentences, but for those told otherwise."""
    told = [(DATES[name], on) for name, on in dates.items() if on is not None and DATES[name]]
    return tuple(f"{words[:1].upper()}{words[1:]} {short_day(on)}." for words, on in told)


def effect_words(effects: Iterable[Effect]) -> tuple[str, ...]:
    """The letters and mails, each once with all its addressees."""
    to: dict[tuple[EffectKind, str], list[str]] = {}
    for effect in effects:
        if effect.kind in {EffectKind.MAIL, EffectKind.LETTER}:
            to.setdefault((effect.kind, effect.name), []).extend([ADDRESSEES[effect.to]] if effect.to else [])
    kinds = {EffectKind.MAIL: "Courriel", EffectKind.LETTER: "Lettre à signer"}
    found = [f"{kinds[kind]} {_courrier(name)} {listing(whom)}." for (kind, name), whom in to.items()]
    if any(effect.kind is EffectKind.CANCEL for effect in effects):
        found.append("Les courriers qui attendaient encore ne partent pas.")
    return tuple(typography(text) for text in found)


def _courrier(name: str) -> str:
    label = LETTERS.get(name, name)
    return f"{name}, {label}," if name.startswith("L") else f"({label})"


def who_words(by: Actor, dossier: Dossier, names: Mapping[str, str]) -> str:
    """The author of an act, with their name where the scenario gives one."""
    if by.role is Role.CLOCK:
        return "La machine"
    name = names.get(by.party or by.id)
    if by.role is Role.ESTABLISHMENT:
        return next((s.name for s in dossier.sites if s.id == by.party), name or by.party or "")
    title = by.role.label[0].upper() + by.role.label[1:]
    return f"{title} ({name})" if name else title


def input_words(
    inputs: ActInputs, names: Mapping[str, str], pieces: Mapping[str, str], zone: str
) -> tuple[tuple[str, str], ...]:
    """What the form said, field by field: its label and its value. Empty fields are left out."""
    found = []
    for item in fields(inputs):
        value = getattr(inputs, item.name)
        if item.name == "lifts" or value in (None, (), {}) or value is False:
            continue
        words = _value(value, names, pieces, zone)
        if words:
            found.append((item.metadata.get("label", item.name), words))
    return tuple(found)


def _value(value: Any, names: Mapping[str, str], pieces: Mapping[str, str], zone: str) -> str:
    if isinstance(value, tuple):
        return _tuple(value, names, pieces, zone)
    if isinstance(value, Mapping):
        return " ; ".join(f"{key} : {text}" for key, text in value.items())
    if isinstance(value, FourDates):
        return four_dates(value)
    if isinstance(value, Candidate):
        return names.get(value.id, value.id)
    if isinstance(value, str) and not isinstance(value, Enum):
        return pieces.get(value, names.get(value, value))
    return scalar_words(value, zone)


def _tuple(value: tuple[Any, ...], names: Mapping[str, str], pieces: Mapping[str, str], zone: str) -> str:
    if any(isinstance(item, DossierDepositor) for item in value):
        return ""
    words = [_value(item, names, pieces, zone) for item in value]
    return listing(words) if len(words) <= LONGEST_LIST else str(len(words))


def scalar_words(value: Any, zone: str) -> str:
    """A simple value in words; empty for what has none."""
    match value:
        case datetime():
            words = instant(value, zone)
        case date():
            words = short_day(value)
        case Decimal():
            words = amount(value)
        case Fraction():
            words = share(value)
        case bool():
            words = "oui" if value else "non"
        case Enum():
            words = str(getattr(value, "label", value.value))
        case _:
            words = str(value) if isinstance(value, int) else ""
    return words


def four_dates(dates: FourDates) -> str:
    """The four dates of a reported event."""
    return (
        f"fait du {short_day(dates.fact_on)}, connu le {short_day(dates.known_on)}, "
        f"effet au {short_day(dates.effective_on)}"
    )
