"""What must be true after any fault, once nothing waits any more: the doctor is pleased, and the mail server agrees."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import func, select

from backoffice.services.clocks import machine_now
from backoffice.services.doctor import check_documents, examine, examine_now
from backoffice.services.doctor_now import forgotten
from backoffice.services.documents import Shelf
from backoffice.store.dossiers import Command, DossierRow, JournalEntry
from backoffice.store.mails import SentMail
from backoffice.store.outbox import OutboxRow
from tests.faults.installation import Installation

#: Where a kill, a pause or an error may make a mail leave a second time.
_IN_THE_WINDOW = frozenset({"outbox.before_send", "outbox.after_send", "outbox.before_finish"})
#: Seconds between a fault from outside and the sending that it may have cut short.
_AROUND = 15.0


@dataclass(frozen=True)
class Outcome:
    """What came out: acts accepted, mails that left at least once, copies beyond the first."""

    acts: int
    mails: int
    doubles: int
    dead: int


def examined(house: Installation, *, dead: int = 0, doubles: int | None = None) -> Outcome:
    """Check every invariant. `dead`: rows that had to die; `doubles`: copies allowed, explained ones only when None."""
    with house.session() as session:
        shelf, now = Shelf(house.folder / "documents"), machine_now()
        found = [*examine(session), *examine_now(session, now), *check_documents(session, shelf, now)]
        found += forgotten(session, house.times.legal)
        ailments = [f"{a.check} {a.where} {a.what}" for a in found]
    assert ailments == [], ailments
    _commands(house)
    died = int(house.scalar(select(func.count()).where(OutboxRow.dead_at.is_not(None))))
    assert (house.waiting(), died) == (0, dead), [row.last_error for row in house.rows() if row.dead_at]
    mails, copies = _mails(house)
    unexplained = [name for name, times in copies.items() if not _explained(house, name, times)]
    assert unexplained == [], f"left twice without a fault that explains it: {unexplained}"
    count = sum(len(times) - 1 for times in copies.values())
    assert doubles is None or count <= doubles, f"{count} doubles for {doubles} allowed"
    return Outcome(len(house.accepted), mails, count, died)


def _commands(house: Installation) -> None:
    """I1: what was accepted is written, once each, and nothing else is."""
    with house.session() as session:
        written = {key: (dossier, seq) for key, dossier, seq in session.execute(_COMMANDS)}
        entries = session.scalar(select(func.count()).select_from(JournalEntry))
        versions = session.scalar(select(func.sum(DossierRow.version)))
    assert {key: dossier for key, (dossier, _) in written.items()} == house.accepted
    assert len(set(written.values())) == len(written), "two commands stand for one entry"
    assert entries == versions
    expected = {prepared.id: prepared.version for prepared in house.dossiers}
    with house.session() as session:
        found = dict(session.execute(select(DossierRow.id, DossierRow.version)).all())
    assert {row: found[row] for row in expected} == expected


_COMMANDS = select(Command.key, Command.dossier, Command.seq)


def _mails(house: Installation) -> tuple[int, dict[str, list[float]]]:
    """I4: each mail marked as sent left, none else; gives their number, and the instants of those that left twice."""
    left: dict[str, list[float]] = defaultdict(list)
    for one in house.mails():
        left[one.id].append(one.at)
    with house.session() as session:
        kept = list(session.scalars(select(SentMail.message_id)))
        doubtful = select(OutboxRow.id).where(
            OutboxRow.kind.in_(("mail", "digest", "again")),
            OutboxRow.done_at.is_not(None),
            OutboxRow.started_at.is_not(None),
            ~select(SentMail.id).where(SentMail.outbox == OutboxRow.id).exists(),
        )
        maybe = {str(row) for row in session.scalars(doubtful)}
    assert len(kept) == len(set(kept)), "a mail is kept twice"
    assert set(kept) <= set(left), f"marked as sent and never left: {set(kept) - set(left)}"
    phantoms = {name for name in left if name not in kept and _row(name) not in maybe}
    assert phantoms == set(), f"left and not marked as sent: {phantoms}"
    return len(left), {name: times for name, times in left.items() if len(times) > 1}


def _row(message_id: str) -> str:
    return message_id.strip("<>").partition("@")[0]


def _explained(house: Installation, name: str, times: list[float]) -> bool:
    """True when each copy beyond the first has a fault of its own, logged between the two sendings."""
    cuts = [one.at for one in house.mails() if one.id == name and one.answer == "cut"]
    inside = [f["at"] for f in house.fired if f["point"] in _IN_THE_WINDOW and f["about"] == _row(name)]
    outside = [at for at, _ in house.outside_faults]
    return all(
        any(earlier - _AROUND <= at <= later for at in outside)
        or any(earlier - 0.1 <= at <= later for at in (*inside, *cuts))
        for earlier, later in zip(sorted(times), sorted(times)[1:], strict=False)
    )
