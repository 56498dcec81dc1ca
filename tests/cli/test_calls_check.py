"""``backoffice calls check``: every mistake of every file at once, in French."""

from pathlib import Path

import pytest

from backoffice import callfiles
from backoffice.callfiles import UnreadableFileError, call_names, find_call, load_call, quota_sources, read_text
from backoffice.cli import main
from tests.calls import TEXTS
from workflows.calls.errors import CallFileError

BASE = TEXTS["s1-marais"]


def check(*files: object) -> int:
    """The exit code of the command."""
    return main(["calls", "check", *map(str, files)])


def plain(text: str) -> str:
    """What was printed, with ordinary spaces."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.fixture
def written(tmp_path):
    """Write a file and give its path."""

    def write(content: str | bytes, name: str = "appel.toml") -> Path:
        path: Path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def test_a_file_without_mistake(written, capsys):
    path = written(BASE)
    assert check(path) == 0
    out = plain(capsys.readouterr().out).splitlines()
    assert out[0] == f"{path} : aucune erreur"
    assert out[1:] == ["  à renseigner pour les courriels (CRPA, art. R. 112-11-1) : téléphone et adresse postale"]


def test_what_keeps_a_file_from_being_published_is_told(written, capsys):
    job = '\nto = { value = ["accountant"], choice = "J9", note = "Note du 4 mars 2032." }\n'
    assert check(written(BASE.rstrip() + job)) == 0
    last = plain(capsys.readouterr().out).splitlines()[-1]
    assert last.startswith("  à régler avant de publier : J9 : l’agent comptable est destinataire")
    reached = BASE.replace("\nemail =", '\naccountant_email = "compta@marais.example"\nemail =')
    assert check(written(reached.rstrip() + job)) == 0
    assert "avant de publier" not in plain(capsys.readouterr().out)


def test_every_mistake_of_every_file(written, capsys):
    first = written(BASE.replace("completion_days =", "completion_day =").replace("bullet = 2", "bullet = 0"))
    second = written("id =", "vide.toml")
    third = written(BASE, "bon.toml")
    assert check(first, second, third) == 1
    out = plain(capsys.readouterr().out).splitlines()
    assert out[0] == f"{first} : 2 erreurs"
    assert out[1].startswith(
        "  - ligne 31, clauses.filing.completion_day : Clé inconnue : « completion_day ». Vouliez-"
    )
    assert "clauses.pieces[1].bullet : Les puces se comptent à partir de 1." in out[2]
    assert out[3] == f"{second} : 1 erreur"
    assert "ligne 1 : Le fichier ne se lit pas comme du TOML" in out[4]
    assert out[5] == f"{third} : aucune erreur"


def test_french_spaces_are_printed(written, capsys):
    path = written(BASE.replace("completion_days =", "completion_day ="))
    check(path)
    out = capsys.readouterr().out
    assert "\u00a0: 1 erreur\n" in out
    assert "«\u00a0completion_days\u00a0»\u202f?" in out


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe\x00i\x00d", "pas un texte en UTF-8"),
        ("é".encode("latin-1"), "pas un texte en UTF-8"),
        (b"id = 'a'\x00", "fichier binaire"),
        (b"#" * 1_000_001, "un million d’octets"),
        (b"", "Valeur manquante"),
    ],
    ids=["utf-16", "latin-1", "binary", "too big", "empty"],
)
def test_a_file_that_is_no_call(written, capsys, content, words):
    assert check(written(content)) == 1
    assert words in plain(capsys.readouterr().out)


def test_a_file_of_the_largest_size_is_read(written):
    assert check(written(BASE + "#" * (1_000_000 - len(BASE.encode())))) == 0


def test_missing_files_folders_and_impossible_names(tmp_path, capsys):
    assert check(tmp_path / "absent.toml", tmp_path, "a\0b", "x" * 5000) == 1
    out = plain(capsys.readouterr().out)
    assert "absent.toml : 1 erreur\n  - Le fichier n’existe pas." in out
    assert f"{tmp_path} : 1 erreur\n  - C’est un dossier : donnez le chemin d’un fichier." in out
    assert out.count("- ") >= 4


def test_a_name_that_is_no_text_is_shown_all_the_same(capsys):
    assert check("caf\udce9.toml") == 1
    assert "caf\ufffd.toml" in capsys.readouterr().out


def test_a_file_that_may_not_be_read(written, monkeypatch):
    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = written(BASE)
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UnreadableFileError, match="interdite"):
        read_text(path)


def test_a_disk_that_fails_is_told(written, monkeypatch):
    def fail(*args: object, **kwargs: object) -> None:
        raise OSError(5, "Input/output error")

    path = written(BASE)
    monkeypatch.setattr(Path, "open", fail)
    with pytest.raises(UnreadableFileError, match="ne se lit pas"):
        read_text(path)


def test_a_file_that_vanishes_is_told(tmp_path):
    with pytest.raises(UnreadableFileError, match="n’existe pas"):
        read_text(tmp_path / "parti.toml")


def test_the_calls_of_the_house_have_short_names_and_no_mistake(capsys):
    assert check(*call_names()) == 0
    out = plain(capsys.readouterr().out).splitlines()
    assert [line for line in out if not line.startswith(" ")] == [f"{name} : aucune erreur" for name in call_names()]
    assert check() == 0
    assert plain(capsys.readouterr().out).splitlines() == out


def test_a_short_name_finds_its_file_and_a_near_one_is_suggested(tmp_path, monkeypatch):
    monkeypatch.setattr(callfiles, "CALLS", tmp_path)
    (tmp_path / "safran-2031.toml").write_text(BASE)
    assert find_call("safran-2031") == tmp_path / "safran-2031.toml"
    assert load_call("safran-2031").id == "s1-marais"
    with pytest.raises(UnreadableFileError, match="safran-2031"):
        find_call("safran-2032")
    with pytest.raises(UnreadableFileError, match="le nom d’un appel"):
        find_call("indigo")


def test_the_complement_of_a_second_file(written):
    call = written(BASE)
    extra = written('reason = "essai"\n[[parameters.quotas]]\nid = "nord-ii"\nplaces = 2\n', "complement.toml")
    assert load_call(str(call), str(extra)).complement == "essai"
    with pytest.raises(CallFileError):
        load_call(str(call), str(written("raison = 'essai'", "autre.toml")))


def test_an_act_that_does_not_exist_is_told(written, capsys):
    assert check(written(BASE.replace("defer = { value", "differ = { value"))) == 1
    assert "L’acte « differ » n’existe pas." in plain(capsys.readouterr().out)


def test_the_sources_of_the_house_are_named_by_their_id():
    assert "dgos-2020" in quota_sources()


@pytest.mark.parametrize("arguments", [["calls"], ["calls", "explain"], ["calls", "chek", "x"]])
def test_a_command_that_is_not_understood(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "Commande incorrecte" in capsys.readouterr().err
