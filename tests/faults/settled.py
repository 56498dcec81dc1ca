"""What must be true once a storm is over and nothing waits: nothing lost, nothing done twice, each copy explained."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from backoffice.services.doctor import examine
from backoffice.services.effects import IN_DOUBT, MAYBE_GONE
from backoffice.services.opening import OPEN
from backoffice.services.outbox import INTERRUPTED
from backoffice.store.dossiers import Command, DossierRow, JournalEntry
from backoffice.store.mails import SentMail
from backoffice.store.outbox import OutboxRow
from tests.faults.invariants import _row
from tests.faults.office import Office
from tests.faults.storm import Fault, Storm

_MAILS = ("mail", "digest", "again")
#: What is said of a row given up for the machine’s sake: with so many attempts none may be.
_MACHINE = (INTERRUPTED, "erreur inattendue", "serveur de courriel")
#: Seconds around a fault: a wait that it began ends later, and a sending may just have begun.
_BEFORE, _AFTER = 0.5, 12.0


@dataclass(frozen=True)
class Attempt:
    """A sending that began: by which process, when, when it ended and how. None: it never did."""

    row: str
    pid: int
    began: float
    ended: float | None
    how: str | None


def broken(office: Office, storm: Storm) -> Iterator[str]:
    """What is not as it must be, a sentence each."""
    with office.session() as session:
        yield from (f"doctor: {a.check} {a.where} {a.what}" for a in examine(session))
    yield from _acts(office)
    yield from _rows(office)
    yield from _mails(office, storm)
    unexplained = [name for name, why in doubles(storm).items() if None in why]
    if unexplained:
        yield f"left twice without a fault that explains it: {unexplained}"


def _acts(office: Office) -> Iterator[str]:
    """Each accepted act has its entry, each effect that is an act acted once at most, and no other entry exists."""
    with office.session() as session:
        commands = {key: (dossier, seq) for key, dossier, seq in session.execute(_COMMANDS)}
        entries = Counter((dossier, seq) for dossier, seq in session.execute(_ENTRIES))
        fired = {str(row) for row in session.scalars(select(OutboxRow.id).where(OutboxRow.kind == "act"))}
        versions = session.scalar(select(func.sum(DossierRow.version)))
        total = session.scalar(select(func.count()).select_from(JournalEntry))
    mine = {key: (accepted.dossier, accepted.seq) for key, accepted in office.accepted.items()}
    lost = mine.items() - commands.items()
    others = commands.keys() - mine.keys() - fired
    if lost:
        yield f"accepted and not written: {len(lost)}, {sorted(key for key, _ in lost)[:3]}"
    if others:
        yield f"written and never accepted: {len(others)}, {sorted(others)[:3]}"
    if entries != Counter(commands.values()):
        yield f"{entries.total()} entries for {len(commands)} commands"
    if total != versions:
        yield f"{total} entries for {versions} versions"


_COMMANDS = select(Command.key, Command.dossier, Command.seq)
_ENTRIES = select(JournalEntry.dossier, JournalEntry.seq).where(JournalEntry.act != OPEN)


def _rows(office: Office) -> Iterator[str]:
    """Nothing waits; what was given up was so for what it says; each renewal was opened once."""
    with office.session() as session:
        dead = [error or "" for error in session.scalars(select(OutboxRow.last_error).where(_DEAD))]
        renewals = session.scalar(select(func.count()).where(OutboxRow.kind == "renewal", _DONE))
        opened = session.scalar(
            select(func.count()).where(JournalEntry.act == OPEN, JournalEntry.author_kind == "clock")
        )
    if office.house.waiting():
        yield f"{office.house.waiting()} effects wait"
    yield from (f"given up: {error}" for error in dead if any(word in error for word in _MACHINE))
    if renewals != opened:
        yield f"{opened} renewals opened for {renewals} effects"


_DEAD, _DONE = OutboxRow.dead_at.is_not(None), OutboxRow.done_at.is_not(None)


def _mails(office: Office, storm: Storm) -> Iterator[str]:
    """Every mail kept has left; one that left and is not kept is known to somebody as perhaps gone."""
    left = {one.id for one in storm.house.mails()}
    with office.session() as session:
        kept = list(session.scalars(select(SentMail.message_id)))
        silent = select(OutboxRow.id, OutboxRow.last_error).where(
            OutboxRow.kind.in_(_MAILS),
            _DONE,
            OutboxRow.cancelled_at.is_(None),
            OutboxRow.started_at.is_not(None),
            ~select(SentMail.id).where(SentMail.outbox == OutboxRow.id).exists(),
        )
        not_kept = {str(row): error or "" for row, error in session.execute(silent)}
        given_up = select(OutboxRow.id).where(_DEAD, OutboxRow.last_error.contains(MAYBE_GONE))
        maybe = {str(row) for row in session.scalars(given_up)}
    doubtful = {row for row, error in not_kept.items() if IN_DOUBT in error}
    if not_kept.keys() - doubtful:
        yield f"begun, done and not kept: {not_kept.keys() - doubtful}"
    if len(kept) != len(set(kept)):
        yield "a mail is kept twice"
    if set(kept) - left:
        yield f"kept as sent and never left: {set(kept) - left}"
    phantoms = {UUID(_row(name)) for name in left - set(kept) if _row(name) not in doubtful | maybe}
    with office.session() as session:
        for row in session.scalars(select(OutboxRow).where(OutboxRow.id.in_(phantoms))):
            outcome = "done" if row.done_at else "dead" if row.dead_at else "open"
            began = "begun" if row.started_at else "not begun"
            yield f"left and not kept: {row.id} {row.name}, {outcome}, {began}, {row.cancelled_at}, {row.last_error}"


# Copies.


def doubles(storm: Storm) -> dict[str, list[str | None]]:
    """Mails that left more than once: for each copy beyond the first the fault that explains it, or None."""
    times: dict[str, int] = Counter(one.id for one in storm.house.mails())
    attempts = _attempts(storm)
    found = {}
    for name, count in times.items():
        if count > 1:
            whys = [_why(storm, attempt) for attempt in attempts[_row(name)][:-1]]
            explained = sorted((why for why in whys if why), key=str)[: count - 1]
            found[name] = [*explained, *[None] * (count - 1 - len(explained))]
            if any(attempt.how == "done" for attempt in attempts[_row(name)][:-1]):
                found[name] = [None]
    return found


def _attempts(storm: Storm) -> dict[str, list[Attempt]]:
    """The sendings of each row in order, as the workers noted them."""
    lines = [json.loads(line) for line in (storm.house.folder / "trace.jsonl").read_text("utf-8").splitlines()]
    found: dict[str, list[Attempt]] = defaultdict(list)
    open_ones: dict[tuple[str, int], dict[str, Any]] = {}

    def close(begun: dict[str, Any], ended: dict[str, Any] | None) -> None:
        how = (ended["at"], ended["what"]) if ended else (None, None)
        found[begun["row"]].append(Attempt(begun["row"], begun["pid"], begun["at"], *how))

    for line in sorted(lines, key=lambda line: line["at"]):
        key = line["row"], line["pid"]
        if line["what"] == "sends":
            open_ones[key] = line
        elif key in open_ones:
            close(open_ones.pop(key), line)
    for begun in open_ones.values():
        close(begun, None)
    return {row: sorted(attempts, key=lambda a: a.began) for row, attempts in found.items()}


def _why(storm: Storm, attempt: Attempt) -> str | None:
    """The fault that cut a sending short: a kill of its very process, or one that lasted while it was under way."""
    if attempt.ended is None:
        return _killer(storm, attempt)
    for fault in storm.happened:
        mine = fault.pid in (0, attempt.pid)
        if fault.cuts and mine and _met(fault, attempt.began, attempt.ended):
            return fault.kind
    return None


def _killer(storm: Storm, attempt: Attempt) -> str | None:
    for one in storm.house.fired:
        if (one["action"], one["pid"]) == ("kill", attempt.pid) and one["at"] >= attempt.began:
            return f"killed at {one['point']}"
    killed = (f for f in storm.happened if f.pid == attempt.pid and "killed" in f.kind and f.ended >= attempt.began)
    return next((fault.kind for fault in killed), None)


def _met(fault: Fault, began: float, ended: float) -> bool:
    return fault.began - _BEFORE <= ended and began <= fault.ended + _AFTER
