"""The demonstration really served: its own processes, every printed account at work, a clean end."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from backoffice.services.demo.home import Demo
from backoffice.services.demo.staff import PASSWORD, STAFF, Member
from backoffice.services.doctor import examine
from backoffice.store.base import db
from backoffice.store.database import bare_app
from config.settings import Settings
from tests.demo.check_accounts import Checked, check, guest
from tests.demo.conftest import settings_of
from tests.demo.served import HOST, Served, served
from workflows.actors import Role

SHOWN = [member for member in STAFF.values() if member.about]


def copied(prepared: tuple[Settings, Demo], home: Path) -> Path:
    """A demonstration of one’s own, like the one already built."""
    shutil.copytree(prepared[0].home, home)
    return home


@pytest.fixture(scope="module")
def demo(prepared: tuple[Settings, Demo], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A demonstration that is served while the tests of this file run."""
    folder = tmp_path_factory.mktemp("served")
    with served(copied(prepared, folder / "home"), folder / "screen") as found:
        yield found


def test_the_screen_gives_the_address_the_accounts_and_the_password(demo: Served):
    assert f"http://{HOST}:{demo.port}/" in demo.printed
    assert PASSWORD in demo.printed
    assert [m.email for m in SHOWN if m.email not in demo.printed] == []


@pytest.mark.parametrize("member", SHOWN, ids=[member.key for member in SHOWN])
def test_each_printed_account_signs_in_opens_a_dossier_and_does_an_act(demo: Served, member: Member):
    found = check(demo, member)
    assert isinstance(found, Checked)
    assert bool(found.dossier) is (member.role is not Role.ADMIN)


def test_the_legal_clock_of_the_pages_is_that_of_the_story(demo: Served):
    visitor = guest(demo, "instructeur.na@demo.example").opens("/dossiers")
    assert "12 juin 2025" in visitor.screen.page.first("footer").text


def test_an_act_brings_a_mail_into_the_mailbox(demo: Served):
    """The worker sends through the mail sink, and the page of the mailbox shows what came."""
    before = set(demo.mails())
    visitor = guest(demo, "bam.garance@demo.example")
    dates = {"Date du fait": "2025-06-10", "Connu le": "2025-06-11", "Premier jour sans le médecin": "2025-06-12"}
    visitor.does("IDF-2025-0008", "Signaler un désistement", dates | {"Raison": "raison personnelle"})

    def came() -> set[str]:
        found = (message_from_bytes(path.read_bytes(), policy=policy.default) for path in set(demo.mails()) - before)
        return {mail["To"] for mail in found if "IDF-2025-0008" in mail["Subject"]}

    _until(lambda: len(came()) == 2, "a mail to the office and one to the service")
    agent = guest(demo, "instructeur.idf@demo.example").opens("/courriels")
    shown = [row[:2] for row in agent.screen.rows("Les plus récents d’abord")[:30]]
    assert {to for subject, to in shown if "IDF-2025-0008" in subject} == came()


def _until(done: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
    limit = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < limit, f"never came: {what}"
        time.sleep(0.1)


def test_it_ends_by_itself_sound_and_goes_on_from_there(prepared: tuple[Settings, Demo], tmp_path: Path):
    """A killed process comes back; the end is clean and quick; what was done is there the next time."""
    home = copied(prepared, tmp_path / "home")
    with served(home, tmp_path / "first") as first:
        _kill_the_worker(first)
        first.wait_for("il repart dans")
        guest(first, "dg.na@demo.example").does("NA-2024-0001", "Confirmer la présence")
        code, seconds = first.stop()
    assert code == 0
    assert seconds < 25
    settings = settings_of(home)
    with bare_app(settings, "tests.served").app_context():
        assert examine(db.session()) == ()
        db.session.remove()
        db.engine.dispose()
    with served(home, tmp_path / "second") as second:
        assert "Données préparées" not in second.printed
        screen = guest(second, "dg.na@demo.example").sees("NA-2024-0001", "historique")
        assert screen.rows("Historique")[0][1] == "Confirmer la présence"


def _kill_the_worker(demo: Served) -> None:
    own = Path(f"/proc/{demo.process.pid}/task/{demo.process.pid}/children").read_text().split()
    commands = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes() for pid in own}
    (worker,) = (pid for pid, command in commands.items() if b"\0workers\0work\0" in command)
    os.kill(worker, signal.SIGKILL)
