"""Where a value of a call comes from: printed in the call, law, a default, a signed choice, or nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")


class Origin(StrEnum):
    """The authority behind a value."""

    PRINTED = "printed"
    LAW = "law"
    DEFAULT = "default"
    CHOICE = "choice"
    COMPLEMENT = "complement"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """The French words shown beside a value."""
        return _LABELS[self]


_LABELS = {
    Origin.PRINTED: "imprimé dans l’appel",
    Origin.LAW: "droit commun",
    Origin.DEFAULT: "valeur par défaut",
    Origin.CHOICE: "choix signé de l’agence",
    Origin.COMPLEMENT: "complément de répétition",
    Origin.UNKNOWN: "non précisé par l’appel",
}


class UnknownValueError(LookupError):
    """A rule asked for a value that the call leaves unknown."""

    def __init__(self, rule: str) -> None:
        super().__init__(f"L’appel ne donne pas cette valeur ({rule}) : complétez-la avant de poursuivre.")
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Sourced(Generic[T]):
    """A value with its source.

    `rule` is the id of the clause (NA-13), of the default (A7), or the article of law; for an unknown value it is the
    rule that says the call is silent. `note` is a free remark of the agency (a signed choice names its act there).
    """

    value: T | None
    origin: Origin
    rule: str
    note: str | None = None

    @property
    def is_known(self) -> bool:
        """False when the call is silent and nothing replaces its silence."""
        return self.origin is not Origin.UNKNOWN

    @property
    def is_default(self) -> bool:
        """True when the value is only a default: it may warn or hold, never refuse."""
        return self.origin is Origin.DEFAULT

    @property
    def needed(self) -> T:
        """The value, or UnknownValueError when the call leaves it unknown."""
        if self.value is None:
            raise UnknownValueError(self.rule)
        return self.value
