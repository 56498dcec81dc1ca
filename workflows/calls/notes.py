"""The clauses of a call that are told in words: shown to people, never computed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Topic(StrEnum):
    """What an informative clause is about: where people look for it."""

    GENERAL = "general"
    FILING = "filing"
    CLOSING = "closing"
    ESTABLISHMENTS = "establishments"
    CANDIDATES = "candidates"
    TIME_SHARE = "time_share"
    CONTRACT = "contract"
    PIECES = "pieces"
    COMMITTEE = "committee"
    FUNDING = "funding"
    REPLACEMENT = "replacement"
    DEFERRAL = "deferral"
    END = "end"
    RENEWAL = "renewal"
    QUOTAS = "quotas"


@dataclass(frozen=True, slots=True)
class Criterion:
    """A criterion of the committee: shown to people, never computed."""

    text: str
    rule: str


@dataclass(frozen=True, slots=True)
class Note:
    """An informative clause: shown to people under its topic, never computed."""

    text: str
    rule: str
    topic: Topic = Topic.GENERAL
