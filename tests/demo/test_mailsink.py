"""The mail server of demonstrations: every mail is kept as it came, none leaves, only this machine may write."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from backoffice.services.addresses import Recipient
from backoffice.services.mailfolder import FolderMailer, put
from backoffice.services.mails import Mail, NotSentError, message_of
from backoffice.services.smtp import SmtpMailer
from tests.demo.served import free_port

_COMMAND = "import sys; from backoffice.cli import main; sys.exit(main())"
AT = datetime(2025, 6, 12, 7, 0, tzinfo=UTC)


def mail(number: int = 1) -> Mail:
    """A mail with accents everywhere."""
    return Mail(
        message_id=f"<{number}@temps-partage.example>",
        sender="ARS Île-de-France <ne-pas-repondre@temps-partage.example>",
        reply_to=None,
        recipients=(Recipient("Églantine Cobalt", "eglantine.cobalt@demo.example"),),
        subject=f"Dossier n° {number} : pièces reçues",
        body="Bonjour,\n\nvos pièces sont arrivées.\n.\nfin\n",
        at=AT,
    )


def started(port: int, folder: Path) -> subprocess.Popen[str]:
    """A sink in a process of its own."""
    options = ("mailsink", "--port", str(port), "--folder", str(folder))
    return subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-c", _COMMAND, *options], stdout=subprocess.PIPE, text=True, env=dict(os.environ)
    )


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[tuple[SmtpMailer, Path]]:
    """A mailer to a sink, and the folder of the sink."""
    port = free_port()
    process = started(port, tmp_path / "mail")
    assert process.stdout is not None
    assert str(port) in process.stdout.readline()
    yield SmtpMailer(f"smtp://127.0.0.1:{port}"), tmp_path / "mail"
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0
    assert process.stdout.read() == ""
    process.stdout.close()


def test_a_mail_is_kept_as_it_was_sent(sink: tuple[SmtpMailer, Path]):
    mailer, folder = sink
    mailer.send(mail())
    (path,) = folder.iterdir()
    kept = message_from_bytes(path.read_bytes(), policy=policy.default)
    sent = message_of(mail())
    assert {name: kept[name] for name in ("Message-ID", "From", "To", "Subject", "Date")} == {
        name: sent[name] for name in ("Message-ID", "From", "To", "Subject", "Date")
    }
    assert kept.get_content().splitlines() == sent.get_content().splitlines()


def test_mails_sort_in_the_order_they_came(sink: tuple[SmtpMailer, Path]):
    mailer, folder = sink
    for number in range(1, 6):
        mailer.send(mail(number))
        time.sleep(0.001)
    subjects = [message_from_bytes(p.read_bytes(), policy=policy.default)["Subject"] for p in sorted(folder.iterdir())]
    assert subjects == [mail(number).subject for number in range(1, 6)]


def test_a_port_in_use_is_said(sink: tuple[SmtpMailer, Path], tmp_path: Path):
    mailer, _ = sink
    second = started(int(mailer.url.rsplit(":", 1)[-1]), tmp_path / "other")
    said, _ = second.communicate(timeout=20)
    assert second.returncode == 1
    assert "--port" in said


def test_nobody_answers_once_it_is_stopped(tmp_path: Path):
    with pytest.raises(NotSentError):
        SmtpMailer(f"smtp://127.0.0.1:{free_port()}").send(mail())


def test_mails_of_one_instant_are_all_kept(tmp_path: Path):
    mailer = FolderMailer(tmp_path)
    for number in range(3):
        mailer.send(mail(number))
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [f"20250612T070000000000-{n:05}.eml" for n in (1, 2, 3)]
    assert put(tmp_path, b"", AT).stem.replace("-", "").isalnum()
