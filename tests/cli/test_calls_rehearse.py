"""``backoffice calls rehearse``: exit codes, files, complements and variants."""

from __future__ import annotations

import json

import pytest

from backoffice.cli import main
from tests.rehearsal.playing import event, small

SUBMIT = event("2024-06-10", "submit", "candidate")


@pytest.fixture(autouse=True)
def _wide(monkeypatch):
    monkeypatch.setenv("COLUMNS", "110")


def rehearsed(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["calls", "rehearse", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture
def write(tmp_path):
    def written(text: str, name: str = "essai.toml") -> str:
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
        return str(file)

    return written


def test_all_is_well(capsys, write):
    code, out, err = rehearsed(capsys, "na-2024", write(small(SUBMIT)))
    assert (code, err) == (0, "")
    assert "Brouillon → Déposé" in out


def test_an_unexpected_refusal_is_no_failure(capsys, write):
    code, out, _ = rehearsed(capsys, "na-2024", write(small(SUBMIT.replace("06-10", "06-20"))))
    assert code == 0
    assert "REFUSÉ" in out


def test_a_missed_expectation_is(capsys, write):
    missed = event("2024-06-10", "submit", "candidate", expect='"complete"')
    code, out, _ = rehearsed(capsys, "na-2024", write(small(missed)))
    assert code == 1
    assert "ATTENTE MANQUÉE" in out


def test_a_missed_expectation_fails_in_json_too(capsys, write):
    missed = event("2024-06-10", "submit", "candidate", expect='"complete"')
    code, out, _ = rehearsed(capsys, "na-2024", write(small(missed)), "--json")
    assert code == 1
    assert json.loads(out)["runs"][0]["expectations"] == {"total": 1, "missed": 1}


def test_mistakes_of_a_scenario_are_all_told(capsys, write):
    text = small(SUBMIT.replace("submit", "submitt"), "[[parameters]]\non = 2024-06-01\n")
    code, out, err = rehearsed(capsys, "na-2024", write(text))
    assert (code, out) == (1, "")
    assert "ne peut pas être lu comme un scénario" in err
    assert "events[0].act" in err
    assert "parameters[0]" in err


def test_mistakes_of_a_call_are_not_those_of_the_scenario(capsys, write):
    code, out, err = rehearsed(capsys, write('id = "x"\n', "appel.toml"), write(small(SUBMIT)))
    assert (code, out) == (1, "")
    assert "ne peut pas être lu comme un appel" in err


def test_mistakes_of_a_complement_are_its_own(capsys, write):
    complement = write('reason = "essai"\n[clauses.funding]\nchargess = "44 %"\n', "complement.toml")
    code, _, err = rehearsed(capsys, "na-2024", write(small(SUBMIT)), "--with", complement)
    assert code == 1
    assert "complément" in err
    assert "charges" in err


def test_a_complement_may_be_named(capsys, write):
    code, out, _ = rehearsed(capsys, "na-2024", write(small(SUBMIT)), "--with", "na-2024-lecture")
    assert code == 0
    assert "AVEC UN COMPLÉMENT" in out
    assert "clauses.funding.repayment_reading = prorata" in out


def test_the_complement_asked_for_replaces_the_one_the_scenario_names(capsys, write):
    other = write('reason = "autre choix"\n[clauses.funding]\nrepayment_reading = "integral"\n', "autre.toml")
    _, out, _ = rehearsed(capsys, "na-2024", "na-2024-parcours", "--with", other, "--variant", "T1")
    assert "autre choix" in out
    assert "repayment_reading = integral" in out


def test_the_complement_a_scenario_names_is_told_and_may_be_left_out(capsys):
    code, out, _ = rehearsed(capsys, "na-2024", "na-2024-parcours", "--variant", "T2")
    assert code == 0
    assert out.startswith("Le scénario demande le complément")
    code, out, _ = rehearsed(capsys, "na-2024", "na-2024-parcours", "--variant", "T2", "--bare")
    assert code == 1
    assert "AVEC UN COMPLÉMENT" not in out
    assert "reading_not_chosen" in out


def test_a_complement_and_a_bare_call_exclude_each_other(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["calls", "rehearse", "na-2024", "na-2024-parcours", "--with", "na-2024-lecture", "--bare"])
    assert stopped.value.code == 2
    assert "s’excluent" in capsys.readouterr().err


def test_a_complement_beside_the_scenario_is_found(capsys, tmp_path, write):
    (tmp_path / "complements").mkdir()
    (tmp_path / "complements" / "mien.toml").write_text('reason = "le mien"\n', "utf-8")
    code, out, _ = rehearsed(capsys, "na-2024", write('complement = "mien"\n' + small(SUBMIT)))
    assert code == 0
    assert "le mien" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("na-2024", "na-2024-parcour"), "na-2024-parcours"),
        (("na-2042", "na-2024-parcours"), "na-2024"),
        (("na-2024", "nulle-part"), "nom d’un scénario"),
        (("na-2024", "na-2024-parcours", "--with", "rien-du-tout"), "nom d’un complément"),
        (("na-2024", "na-2024-parcours", "--variant", "T9"), "T1, T2 ou T3"),
        (("na-2024", "na-2024-relais", "--variant", "T1"), "n’a pas de variantes"),
        (("na-2024", "bad\0name"), "« bad?name » n’existe pas"),
        (("na-2024", "\udcff"), "« ? » n’existe pas"),
    ],
)
def test_a_name_that_leads_nowhere_gets_a_hint(capsys, arguments, words):
    code, out, err = rehearsed(capsys, *arguments)
    assert (code, out) == (1, "")
    assert words in err.replace("\u00a0", " ")


def test_variants_are_all_played_unless_one_is_asked_for(capsys):
    _, out, _ = rehearsed(capsys, "na-2024", "na-2024-fevrier", "--json")
    assert [run["variant"] for run in json.loads(out)["runs"]] == ["le-1er", "le-10"]
    _, out, _ = rehearsed(capsys, "na-2024", "na-2024-fevrier", "--json", "--variant", "le-10")
    assert [run["variant"] for run in json.loads(out)["runs"]] == ["le-10"]


def test_json_says_the_same_twice(capsys):
    assert rehearsed(capsys, "guyane-2020", "guyane-2020-quinze-places", "--json") == rehearsed(
        capsys, "guyane-2020", "guyane-2020-quinze-places", "--json"
    )


def test_a_scenario_of_another_call_says_so(capsys, write):
    _, out, _ = rehearsed(capsys, "na-2024", write('call = "idf-2025"\n' + small(SUBMIT)))
    assert "écrit pour l’appel «\u00a0idf-2025\u00a0»" in out


def test_the_page_fits_the_terminal(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "72")
    _, out, _ = rehearsed(capsys, "ara-2017", "ara-2017-sans-nom")
    assert max(len(line) for line in out.splitlines()) <= 72


def test_a_mistyped_command_is_told_apart():
    with pytest.raises(SystemExit) as stopped:
        main(["calls", "rehearse", "na-2024"])
    assert stopped.value.code == 2


def test_a_scenario_of_another_call_says_so_before_its_mistakes(capsys):
    code, _, err = rehearsed(capsys, "na-2024", "ara-2017-sans-nom")
    assert code == 1
    first, *others = err.splitlines()
    assert first == "Ce scénario est écrit pour l’appel «\u00a0ara-2017\u00a0», et non pour «\u00a0na-2024\u00a0»."
    assert any("complément, ligne" in line for line in others)
