"""The schema moves to that of today while the release before works on it."""

from __future__ import annotations

import time
from datetime import timedelta

from sqlalchemy import create_engine

from backoffice.services.deadlines import plan_stale
from backoffice.services.doctor import examine
from backoffice.services.redrawing import draw_stale
from backoffice.store.base import tune
from backoffice.store.database import migrate, unmigrate
from tests.faults.installation import Installation
from tests.faults.recipes_upgrade import release_before

#: The schema of the release before.
REVISION = "0006"
#: Acts of the release before, one after the other, until a file says to stop; each tells how long it took.
_OFFICE = """
import sys, time
from pathlib import Path
from backoffice.store.base import db
from backoffice.store.database import bare_app
from config.settings import from_environment
from tests.backoffice.stored import stored_life
from tests.builders import Hat
from workflows.states import State
with bare_app(from_environment(), "old").app_context():
    stored_life(db.session(), "na-2024").to(State.CLAWBACK)
    life = stored_life(db.session(), "na-2024")
    months, stop = 12, Path(sys.argv[-1])
    print("office open", flush=True)
    while not stop.exists():
        began = time.monotonic()
        months = 24 if months == 12 else 12
        life.do("edit_draft", Hat.CANDIDATE, months=months)
        print(f"act done in {time.monotonic() - began:.2f}", flush=True)
    db.session.remove()
"""


def test_r34_a_migration_under_the_load_of_the_release_before_breaks_no_act(house: Installation):
    engine = create_engine(house.database)
    tune(engine)
    unmigrate(engine, REVISION)
    code, stop = release_before(house.folder / "before"), house.folder / "stop"
    prelude = f"import sys\nsys.argv.append({str(stop)!r})\n"
    offices = [house.processes.start("old office", prelude + _OFFICE, cwd=code)]
    house.until(lambda: _acts(house) >= 1, "the release before has published its call")
    offices.append(house.processes.start("another old office", prelude + _OFFICE, cwd=code))
    house.until(lambda: _acts(house) >= 20, "the release before works")
    time.sleep(house.random.random())  # at any moment of an act
    began, before = time.monotonic(), _acts(house)
    migrate(engine)
    took = time.monotonic() - began
    house.until(lambda: _acts(house) >= before + 40, "the release before goes on working on the schema of today")
    stop.touch()
    for office in offices:
        house.ends(office)
    with house.session() as session:
        while plan_stale(session, house.times.legal + timedelta(days=1), set()):
            pass
        while draw_stale(session, house.times, set()):
            pass
        assert examine(session) == ()
    slowest = max(float(line.rsplit(" ", 1)[1]) for line in _lines(house))
    house.note(f"{_acts(house)} acts, the slowest {slowest:.2f} s; the migration took {took:.2f} s")
    engine.dispose()


def _lines(house: Installation) -> list[str]:
    log = house.processes.log
    said = log.read_text("utf-8", errors="replace").splitlines() if log.exists() else []
    return [line for line in said if line.startswith("act done in ")]


def _acts(house: Installation) -> int:
    return len(_lines(house))
