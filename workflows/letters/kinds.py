"""Every letter the product writes: its code, what its template may use, who computes it, whether somebody signs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from workflows.letters.award import AwardLetter, award_letter
from workflows.letters.data import LetterData
from workflows.letters.early_end import EarlyEndLetter, early_end_letter
from workflows.letters.matter import Matter
from workflows.letters.money import MoneyLetter, money_letter


@dataclass(frozen=True, slots=True)
class LetterKind:
    """One letter. `data`: what its template may use; `build` computes it and may raise NothingToTellError.

    `signed`: it bears a signatory, and two persons see it before it leaves.
    """

    code: str
    data: type[LetterData]
    build: Callable[[Matter], LetterData]
    signed: bool = True


_KINDS = (
    LetterKind("L8", AwardLetter, award_letter),
    LetterKind("L11", MoneyLetter, money_letter),
    LetterKind("L14", EarlyEndLetter, early_end_letter),
)

#: Every letter by its code.
KINDS: Mapping[str, LetterKind] = MappingProxyType({kind.code: kind for kind in _KINDS})
