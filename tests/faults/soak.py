"""The soak under faults: `python -m tests.faults.soak [--acts 20000] [--faults 300] [--seed 1]`.

People act on dossiers of the five calls through every state, while two workers, two clocks, PostgreSQL, Redis and the
mail server are killed, paused, cut off, filled and silenced by chance. Ends with 1 when something was lost, done twice,
sent twice without a fault that explains it, or done later than thirty seconds after the faults.
"""

from __future__ import annotations

import argparse
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from backoffice.services import outbox
from backoffice.services.clocks import machine_now
from backoffice.store.outbox import OutboxRow
from tests import servers
from tests.faults import haste, settled
from tests.faults.__main__ import ground
from tests.faults.installation import Installation, installed
from tests.faults.office import Office
from tests.faults.processes import Running
from tests.faults.storm import SOON, Storm, Town, town
from workflows.states import State

#: How far acts and faults may run ahead of one another, as a part of the whole.
_AHEAD = 0.03
#: Acts from which every state must have been acted in.
_ENOUGH = 2000


@dataclass(frozen=True)
class Result:
    """What came of a soak. `wrong`: what must not be, a sentence each."""

    office: Office
    storm: Storm
    wrong: tuple[str, ...]
    seconds: float


def soaked(
    house: Installation,
    acts: int,
    faults: int,
    seed: int,
    *,
    calls: int = 5,
    watch: Callable[[str], None] = lambda _: None,
) -> Result:
    """Run so many acts under so many faults on an installation, then look at what is left of it."""
    began = time.monotonic()
    with haste.short_waits(), town(house, clocks=min(2, calls)) as place:
        office = Office(house, place.ways, acts, seed, calls=calls)
        storm = Storm(place, office, faults, seed)
        office.goes_on = lambda: bool(storm.errors) or office.progress <= storm.progress + _AHEAD
        storm.goes_on = lambda: office.over.is_set() or storm.progress <= office.progress + _AHEAD
        storm.watch = watch
        office.publish()
        _run(place, office, storm)
        _ended(place, office, storm)
        wrong = [*settled.broken(office, storm)]
    wrong += [f"{seconds:.1f} s to do what was due after the faults" for seconds in storm.waits if seconds > SOON]
    wrong += [f"late: {line}" for line in storm.late]
    if acts >= _ENOUGH:
        wrong += [f"nobody acted on a dossier in {state.value}" for state in State if not office.counts.states[state]]
    return Result(office, storm, tuple(wrong), time.monotonic() - began)


def _run(place: Town, office: Office, storm: Storm) -> None:
    works = [threading.Thread(target=office.work), threading.Thread(target=storm.rage)]
    for work in works:
        work.start()
    while any(work.is_alive() for work in works):
        place.revive()
        place.attend()
        office.errors += [error for error in storm.errors if error not in office.errors]
        time.sleep(0.05)
    if office.errors:
        raise office.errors[0]


def _ended(place: Town, office: Office, storm: Storm) -> None:
    """The clocks stop in good order, the mails refused for good are tried again, everything is done."""
    house = place.house
    house.order_sink()
    with place.lock:
        for clock in place.clocks:
            clock.kept = False
    for clock in place.clocks:
        _stops(clock)

    def revived() -> None:
        with office.session() as session:
            outbox.revive_many(session, machine_now(), OutboxRow.last_error.contains("(550"))

    revived()
    began = time.monotonic()
    house.drain(4 * SOON)
    storm.waits.append(time.monotonic() - began)
    for work in place.works:
        work.kept = False
        _stops(work)


def _stops(running: Running) -> None:
    """Ask a process to stop: it does in good order, or had only just been started again."""
    if running.lives:
        running.ask_to_stop()
        ended = running.process.wait(SOON)
        assert ended in {0, -signal.SIGTERM}, f"{running.name} ended with {ended}"


def told(result: Result) -> list[str]:
    """The lines to print."""
    office, storm = result.office, result.storm
    counts = office.counts
    lines = [f"{count:6} {kind}" for kind, count in storm.counts.most_common()]
    lines.append(f"{len(storm.happened)} faults of {len(storm.counts)} kinds")
    lines += [f"{counts.states[state]:6} acts in {state.value}" for state in State]
    again = sum(accepted.repeated for accepted in office.accepted.values())
    lines.append(
        f"{len(office.accepted)} acts accepted, {len(counts.acts)} different; {again} answered the second time"
    )
    lines.append("others: " + ", ".join(f"{what} {count}" for what, count in counts.others.most_common()))
    lines += _of_mails(storm)
    worst = max(storm.waits, default=0.0)
    lines.append(f"at worst {worst:.1f} s from the end of the faults until everything due was done")
    lines += [f"WRONG: {what}" for what in result.wrong]
    lines.append(f"{'KO' if result.wrong else 'ok'}, {result.seconds:.0f} s")
    return lines


def _of_mails(storm: Storm) -> list[str]:
    copies = settled.doubles(storm)
    why = Counter(reason or "nothing" for reasons in copies.values() for reason in reasons)
    mails = storm.house.mails()
    rows = Counter((row.kind, _stands(row)) for row in storm.house.rows())
    lines = [f"{count:6} effects {kind}, {state}" for (kind, state), count in sorted(rows.items())]
    lines.append(f"{len({mail.id for mail in mails})} distinct mails left, {len(mails)} in all; copies explained by:")
    return [*lines, *(f"{count:6} {reason}" for reason, count in why.most_common())]


def _stands(row: OutboxRow) -> str:
    if row.cancelled_at:
        return "cancelled"
    if row.done_at:
        return "done"
    return f"dead: {row.last_error}" if row.dead_at else "put off past a pause"


def main(arguments: list[str] | None = None) -> int:
    """Run, print, and answer the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak", description=__doc__)
    parser.add_argument("--acts", type=int, default=20_000, help="acts accepted")
    parser.add_argument("--faults", type=int, default=300, help="faults made")
    parser.add_argument("--seed", type=int, default=1, help="the seed of chance")
    options = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory(prefix="soak-") as folder,
        servers.private_server("redis") as redis,
        ground() as under,
        under.database() as url,
        installed(url, redis, Path(folder), options.seed, under.server) as house,
    ):
        under.cluster.execute("ALTER SYSTEM SET autovacuum = on")
        under.cluster.execute("SELECT pg_reload_conf()")
        result = soaked(house, options.acts, options.faults, options.seed, watch=partial(print, flush=True))
        print("\n".join(told(result)))
    return 1 if result.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
