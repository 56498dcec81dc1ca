"""The folder of the demonstration: built once, kept, made anew on request, never over something else."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from backoffice.services.clocks import machine_now, shifted
from backoffice.services.demo import home as homes
from backoffice.services.demo.build import TODAY, Built
from backoffice.services.demo.director import Told
from backoffice.services.demo.home import DATABASE, FILE, Demo, NotADemoError, existing, prepare
from config.settings import Settings
from tests.demo.conftest import settings_of


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Building without telling the stories; gives the folders built, in order."""
    folders: list[Path] = []

    def told(_session: object, settings: Settings) -> Built:
        folders.append(settings.home)
        return Built(0, (Told("NA-2024-0001", None),))

    monkeypatch.setattr(homes, "build", told)
    return folders


def test_the_legal_clock_begins_on_its_day_and_goes_on(prepared: tuple[Settings, Demo]):
    _, demo = prepared
    legal = shifted(demo.shift).legal()
    assert timedelta(0) <= legal - TODAY < timedelta(hours=2)
    assert abs(legal - machine_now() - demo.shift) < timedelta(seconds=1)


def test_a_demonstration_is_built_once(tmp_path: Path, quick: list[Path]):
    settings = settings_of(tmp_path / "home")
    first, again = prepare(settings), prepare(settings)
    assert first == again == existing(settings.home)
    assert len(quick) == 1
    assert sorted(path.name for path in settings.home.iterdir()) == sorted([FILE, DATABASE])


def test_it_is_built_aside_then_put_in_place_whole(tmp_path: Path, quick: list[Path]):
    settings = settings_of(tmp_path / "home")
    prepare(settings)
    assert quick == [tmp_path / "home.part"]
    assert not (tmp_path / "home.part").exists()


def test_a_building_cut_short_leaves_nothing_behind(tmp_path: Path, quick: list[Path], monkeypatch: pytest.MonkeyPatch):
    settings = settings_of(tmp_path / "home")

    def cut(_session: object, _settings: Settings) -> Built:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(homes, "build", cut)
        with pytest.raises(KeyboardInterrupt):
            prepare(settings)
    assert not settings.home.exists()
    assert prepare(settings).dossiers


def test_fresh_builds_it_anew(tmp_path: Path, quick: list[Path]):
    settings = settings_of(tmp_path / "home")
    prepare(settings)
    (settings.home / "mail").mkdir()
    prepare(settings, fresh=True)
    assert len(quick) == 2
    assert not (settings.home / "mail").exists()


@pytest.mark.parametrize("fresh", [False, True])
def test_another_folder_is_left_alone(tmp_path: Path, quick: list[Path], fresh: bool):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "notes.txt").write_text("à garder")
    with pytest.raises(NotADemoError, match="autre chose"):
        prepare(settings_of(tmp_path / "home"), fresh=fresh)
    assert (tmp_path / "home" / "notes.txt").read_text() == "à garder"
    assert quick == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"legal_shift": 3}', '{"legal_shift": "x", "dossiers": []}'])
def test_an_unreadable_file_says_what_to_do(tmp_path: Path, quick: list[Path], text: str):
    settings = settings_of(tmp_path / "home")
    prepare(settings)
    (settings.home / FILE).write_text(text)
    with pytest.raises(NotADemoError, match="--fresh"):
        prepare(settings)
    assert prepare(settings, fresh=True).dossiers


def test_a_database_with_dossiers_is_refused(tmp_path: Path, prepared: tuple[Settings, Demo]):
    """A database of one’s own that already holds dossiers is not filled with invented ones."""
    settings, _ = prepared
    shutil.copyfile(settings.home / DATABASE, tmp_path / "mine.sqlite3")
    own = replace(settings_of(tmp_path / "home"), database_url=f"sqlite:///{tmp_path / 'mine.sqlite3'}")
    with pytest.raises(NotADemoError, match="base vide"):
        prepare(own)
    assert not (tmp_path / "home").exists()


def test_what_is_kept_is_plain_to_read(tmp_path: Path, quick: list[Path]):
    settings = settings_of(tmp_path / "home")
    prepare(settings)
    kept = json.loads((settings.home / FILE).read_text("utf-8"))
    assert kept["dossiers"] == [{"number": "NA-2024-0001", "worth": None}]
    assert isinstance(kept["legal_shift"], int)
