"""Which letters asked for have no object any more: nobody prepares them as long as it is so."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.dossier import Dossier
from workflows.effects import Addressee
from workflows.letters.kinds import KINDS
from workflows.parties import parties


def is_idle(now: Dossier, code: str, to: str, entry: int, details: Mapping[str, str]) -> bool:
    """True when a letter that a journal entry asked for does not stand, or was for somebody who left the post.

    It may have an object again: a post that waits for a doctor finds one, a decision that replaced it is taken back.
    """
    kind = KINDS.get(code)
    if kind is None or kind.needs is None:
        return False
    left = kind.frozen is not None and _all_left(now, code, to, entry, details)
    return left or not kind.needs.stands(now, entry, details)


def _all_left(now: Dossier, code: str, to: str, entry: int, details: Mapping[str, str]) -> bool:
    """True when none of those whose decision it was is still behind the addressee."""
    if to == Addressee.FORMER_CANDIDATE:
        return False
    mine = {r.party for r in now.receipts if (r.entry, r.letter, r.to) == (entry, code, to) and r.party}
    return bool(mine) and mine.isdisjoint(parties(now, to, details))
