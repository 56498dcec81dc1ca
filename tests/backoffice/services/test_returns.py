"""The way back of mails: an address names a row only when this installation made it, with a key that it keeps."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from backoffice.services.returns import KEY_FILE, Returns, mail_key, returns_of, row_named
from config.settings import Settings, SettingsError, from_environment

KEY = b"k" * 32
OUTBOX = UUID("3f0c2f0e-6f0b-4d8e-9a39-0c8f3f1b7a11")
RETURNS = Returns("retours@agence.example", KEY)


def settings(home: Path, key: str | None = None) -> Settings:
    return Settings("sqlite://", home, mail_bounces="retours@agence.example", mail_key=key)


def test_an_address_names_the_row_it_was_made_for_whatever_its_case():
    path = RETURNS.path(OUTBOX)
    assert path.startswith("retours+")
    assert path.endswith("@agence.example")
    assert row_named(path, KEY) == row_named(path.upper(), KEY) == OUTBOX
    assert len(path.partition("@")[0]) <= 64


def test_who_knows_the_row_cannot_make_its_address():
    """The Message-ID of a mail names its row; the address is made with the key."""
    forged = [
        f"retours+{OUTBOX.hex}@agence.example",
        Returns("retours@agence.example", b"x" * 32).path(OUTBOX),
        f"retours+{'a' * 42}@agence.example",
        "retours@agence.example",
        "",
    ]
    assert [row_named(address, KEY) for address in forged] == [None] * len(forged)


def test_no_other_spelling_of_an_address_is_taken():
    path = RETURNS.path(OUTBOX)
    token = path.partition("+")[2].partition("@")[0]
    for place in range(len(token)):
        other = "b" if token[place] != "b" else "c"
        changed = token[:place] + other + token[place + 1 :]
        assert row_named(path.replace(token, changed), KEY) is None


def test_each_row_has_its_own_code():
    codes = {RETURNS.path(uuid4()).partition("@")[0][-15:] for _ in range(50)}
    assert len(codes) == 50


def test_the_key_is_made_once_and_read_by_nobody_else(tmp_path):
    home = tmp_path / "home"
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: mail_key(settings(home)), range(32)))
    (key,) = made
    assert len(key) >= 32
    assert [path.name for path in home.iterdir()] == [KEY_FILE]
    assert stat.S_IMODE((home / KEY_FILE).stat().st_mode) == 0o600
    assert mail_key(settings(tmp_path / "other")) != key


def test_a_setting_takes_the_place_of_the_file(tmp_path):
    given = "c" * 40
    assert mail_key(settings(tmp_path, given)) == given.encode()
    assert list(tmp_path.iterdir()) == []
    assert from_environment({"MAIL_KEY": given}).mail_key == given
    with pytest.raises(SettingsError, match="MAIL_KEY"):
        from_environment({"MAIL_KEY": "court"})


def test_a_key_that_cannot_be_read_is_told(tmp_path):
    (tmp_path / KEY_FILE).write_text("court")
    with pytest.raises(SettingsError, match="abîmée"):
        mail_key(settings(tmp_path))
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(SettingsError, match="TEMPS_PARTAGE_HOME"):
        mail_key(settings(blocked))


def test_without_a_mailbox_reports_go_to_the_sender_and_no_key_is_made(tmp_path):
    assert returns_of(replace(settings(tmp_path), mail_bounces=None)) is None
    assert list(tmp_path.iterdir()) == []


def test_the_name_of_the_mailbox_leaves_room_for_what_follows_it():
    fits = f"{'r' * 21}@agence.example"
    assert from_environment({"MAIL_BOUNCES": fits}).mail_bounces == fits
    assert len(Returns(fits, KEY).path(OUTBOX).partition("@")[0]) == 64
    with pytest.raises(SettingsError, match="21 caractères"):
        from_environment({"MAIL_BOUNCES": f"r{fits}"})


def test_settings_never_show_what_may_hold_a_password(tmp_path):
    secret = "violette" * 5
    shown = repr(
        Settings(
            f"postgresql://u:{secret}@h/b",
            tmp_path,
            redis_url=f"redis://:{secret}@h",
            smtp_url=f"smtps://u:{secret}@h",
            mail_key=secret,
            metrics_token=secret,
        )
    )
    assert secret not in shown
    assert "home" in shown
