"""Which letters of a decision still stand: what it decided holds, and no later decision took its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from workflows.dossier import Dossier, EndOutcome
from workflows.parts.receipts import AWARDS, EXPRESS, NOTICE
from workflows.parts.requests import RequestState

_LAPSED = "lapsed:"

#: Letters that answer the application: the last one is the answer.
ANSWERS = EXPRESS | {"L9"}
#: Those of them by which an award falls.
_FALLS = ANSWERS - AWARDS


@dataclass(frozen=True, slots=True)
class Frozen:
    """What a letter of a decision needs to stand. It is told as its act left the dossier, whatever was done since.

    `holds`: whether what it decided is still in a dossier, with what its act said. `ended_by`: the codes of the
    letters that take its place when a later act asks for them.
    """

    holds: Callable[[Dossier, Mapping[str, str]], bool]
    ended_by: frozenset[str] = frozenset()

    def stands(self, now: Dossier, entry: int, details: Mapping[str, str]) -> bool:
        """True while the decision of a journal entry is the one in force in a dossier."""
        later = (r for r in now.receipts if r.entry > entry and r.letter in self.ended_by and not r.void)
        return self.holds(now, details) and not any(later)


def _always(_: Dossier, __: Mapping[str, str]) -> bool:
    return True


def _awarded(now: Dossier, _: Mapping[str, str]) -> bool:
    """A post that is awarded and has, or had, its doctor: nobody is told of one that waits for another."""
    never = now.end is not None and now.end.outcome is EndOutcome.NEVER_STARTED
    return now.award is not None and now.vacancy is None and not never


def _notified(now: Dossier, details: Mapping[str, str]) -> bool:
    return _awarded(now, details) and now.award is not None and now.award.notified_on is not None


def _confirmed(now: Dossier, details: Mapping[str, str]) -> bool:
    return _notified(now, details) and now.award is not None and not now.award.conditional


def _rejected(now: Dossier, _: Mapping[str, str]) -> bool:
    return now.rejection is not None


def _refused(now: Dossier, details: Mapping[str, str]) -> bool:
    return now.rejection is not None and now.rejection.ground.startswith(_LAPSED) is ("heard" in details)


def _replacement(now: Dossier, details: Mapping[str, str]) -> bool:
    """A replacement granted says its start; agreed before a departure, it may be refused once the post is vacant."""
    request = now.request(details.get("request"))
    refused = request is not None and request.state is RequestState.REFUSED
    return request is not None and (refused if "start" not in details else not refused and now.award is not None)


def _reduced(now: Dossier, details: Mapping[str, str]) -> bool:
    return all(entry.corrects != details.get("entry") for entry in now.ledger)


#: What its act left is told, whatever came after: a file, a rectification.
FOR_EVER = Frozen(_always)
AWARD = Frozen(_notified, ANSWERS)
CONFIRMED = Frozen(_confirmed, ANSWERS)
REJECTION = Frozen(_rejected, ANSWERS)
REFUSAL = Frozen(_refused, ANSWERS)
RESERVE = Frozen(lambda now, _: now.reserve is not None, ANSWERS)
DEFERRAL = Frozen(_awarded, _FALLS)
REPLACEMENT = Frozen(_replacement, _FALLS)
LAPSE_NOTICE = Frozen(lambda now, _: now.notice is not None, frozenset({NOTICE}))
MONEY = Frozen(lambda now, _: now.money_notice is not None, frozenset({"L11"}))
REDUCTION = Frozen(_reduced)
