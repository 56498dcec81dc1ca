"""``backoffice calls explain``: what it prints, on which width, and what it says of a file it cannot use."""

from __future__ import annotations

import re

import pytest

from backoffice.cli import main
from tests.calls_real.reading import REAL, text_of
from workflows.calls.explain import SILENCES


def explained(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["calls", "explain", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.parametrize("name", REAL)
@pytest.mark.parametrize("columns", [40, 72, 100, 300])
def test_the_page_fits_the_terminal(name, columns, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))
    code, out, err = explained(capsys, name)
    assert (code, err) == (0, "")
    long = [line for line in out.splitlines() if len(line) > min(columns, 100)]
    assert all(" " not in line.strip().removeprefix("- ") for line in long)


@pytest.mark.parametrize("name", REAL)
def test_every_sentence_on_the_call_ends_with_its_mark(name, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    _, out, _ = explained(capsys, name)
    prefix = {"na-2024": "NA", "idf-2025": "IDF", "cvl-ville-hopital": "CVL", "ara-2017": "ARA"}.get(name, "DG")
    assert re.search(rf"\[{prefix}-\d\d\]$", out, re.MULTILINE)
    assert re.search("\\[A7,\u00a0valeur\u00a0par\u00a0défaut\\]$", out, re.MULTILINE)
    assert re.search("droit\u00a0commun\\]$", out, re.MULTILINE)
    assert SILENCES.upper() in out


def test_acts_are_named_as_people_name_them(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    _, out, _ = explained(capsys, "na-2024")
    assert "«\u00a0defer\u00a0»" not in out
    assert "le responsable décide" in out


def test_a_path_will_do(tmp_path, capsys):
    file = tmp_path / "essai.toml"
    file.write_text(text_of("idf-2025"), "utf-8")
    code, out, _ = explained(capsys, str(file))
    assert code == 0
    assert out.startswith("Assistants spécialistes partagés")


def test_a_file_with_mistakes_is_not_explained(tmp_path, capsys):
    file = tmp_path / "essai.toml"
    file.write_text(text_of("na-2024").replace('rule = "NA-13"', 'rule = "NA-99"'), "utf-8")
    code, out, err = explained(capsys, str(file))
    assert (code, out) == (1, "")
    assert "NA-99" in err
    assert "clauses.contract.months" in err


def test_a_missing_file_is_said_in_french(capsys):
    code, out, err = explained(capsys, "na-2042")
    assert (code, out) == (1, "")
    assert "na-2024" in err
