"""What an act does to the contests that were upheld and wait for it: their line is put right."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from workflows.account.contestable import OF_REPAYMENTS
from workflows.account.lines import AccountLine, Column, account_lines
from workflows.dossier import Dossier
from workflows.effects import Addressee, Effect, mail
from workflows.parts.contests import Contest, ContestState


def put_right(
    before: Dossier, changes: Mapping[str, Any], *, act: str, on: date
) -> tuple[dict[str, Any], tuple[Effect, ...]]:
    """The changes of an act of a day, with the contests that it puts right, and the mail that tells the recruiter so.

    An entry puts one matter right: that of the line it takes back or of the tranche it is about, else the oldest one.
    What changes the schedule, or writes no line, puts right all that waits for it.
    """
    after = replace(before, **changes)
    waiting = [contest for contest in after.upheld_contests if contest.remedy == act]
    if not waiting:
        return dict(changes), ()
    known = {line.id for line in account_lines(before)}
    written = [line for line in account_lines(after) if line.id not in known]
    entries = [line for line in written if line.column not in {Column.AWARDED, *OF_REPAYMENTS}]
    if not entries and any(line.column in OF_REPAYMENTS for line in written):
        return dict(changes), ()  # what is asked back is contested by a claim
    righted = [contest.id for contest in (_named(waiting, entries) or waiting[:1] if entries else waiting)]
    by = next((line.id for line in (*entries, *written)), None)
    contests = tuple(_righted(c, by, on) if c.id in righted else c for c in after.contests)
    told = mail("contests_corrected", Addressee.RECRUITER, contests=" ".join(righted))
    return {**changes, "contests": contests}, told


def _named(waiting: list[Contest], entries: Collection[AccountLine]) -> list[Contest]:
    named = {line.corrects or line.tranche for line in entries}
    return [contest for contest in waiting if contest.line in named]


def _righted(contest: Contest, by: str | None, on: date) -> Contest:
    return replace(contest, state=ContestState.CORRECTED, remedy=None, corrected_by=by, corrected_on=on)
