"""Templates that agencies change: what is kept, what is refused, with the line and a sentence."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from backoffice.services.letters import templates
from backoffice.services.letters.press import Job, NotCompiledError, Press, TooLongError
from backoffice.services.letters.template_checks import TemplateRefusedError
from backoffice.store.base import writing
from backoffice.store.letters import LetterTemplate, template_history
from workflows.letters.kinds import KINDS
from workflows.letters.members import Sample

NOW = datetime(2024, 7, 22, 8, tzinfo=UTC)
L8 = KINDS["L8"]


def faults(text: str, code: str = "L8") -> list[tuple[int | None, str]]:
    with pytest.raises(TemplateRefusedError) as refused:
        templates.check(KINDS[code], text)
    return [(fault.line, fault.sentence) for fault in refused.value.faults]


@pytest.mark.parametrize("code", KINDS)
def test_every_shipped_template_makes_the_three_invented_letters(code: str) -> None:
    templates.check(KINDS[code], templates.shipped(code).text)


@pytest.mark.parametrize(
    "line",
    [
        '#read("/etc/passwd")',
        '#json("x.json")',
        '#image("logo.png")',
        '#plugin("x.wasm")',
        '#eval("1 + 1")',
        '#import "_letter.typ": letter',
        '#include "autre.typ"',
        '#import "@preview/cetz:0.3.0": canvas',
        '#{ import "x.typ" }',
        '#std.read("x")',
        "#sys.inputs.data",
        '#let lire = read\n#lire("x")',
        '#raw("a", theme: "x.tmTheme")',
    ],
)
def test_a_template_reads_nothing_and_imports_nothing(line: str) -> None:
    found = faults(f"Bonjour.\n\n{line}\n")
    assert found[0][0] in {3, 4}
    assert any(words in found[0][1] for words in ("n’est pas permis", "n’est pas permise", "ne lit aucun fichier"))


def test_words_of_the_french_language_are_no_code() -> None:
    templates.check(L8, "L’import de l’image est lu (read) : un plugin, des données csv ou json, www.cnil.fr.\n")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Bonjour #data.to.nom", "nom"),
        ("#if false [ #data.montant ]", "montant"),
        ("#for site in data.post.places [ #site.nom ]", "nom"),
        ("#for a in data.tranches [ #a.amount.letters ]", "letters"),
        ("#data.post.places.map(x => x.rang).join()", "rang"),
        ("#let p = data.post\n#p.numero", "numero"),
        ("#stamp.heure", "heure"),
    ],
)
def test_an_unknown_member_is_refused_even_where_no_letter_goes(text: str, name: str) -> None:
    (line, sentence), *_ = faults(text)
    assert line == text.count("\n") + 1
    assert f"«\u00a0{name}\u00a0»" in sentence
    assert "n’existe pas" in sentence


def test_the_same_name_may_stand_for_two_things() -> None:
    templates.check(L8, "#for x in data.tranches [ #x.budget_year ]\n#for x in data.post.places [ #x.finess ]\n")


@pytest.mark.parametrize(
    "text",
    ["#while true { }", "#let f(n) = f(n + 1)\n#f(0)", "#let n = 1\n#while n > 0 { n += 1 }"],
)
def test_an_endless_loop_is_refused(text: str) -> None:
    assert "tourne sans fin" in faults(text)[0][1]


def test_a_template_that_takes_all_the_time_or_the_memory_is_stopped() -> None:
    press = Press(seconds=2.0)
    heavy = "#let a = range(3000)\n#for x in a { for y in a { for z in a { } } }"
    with pytest.raises(TooLongError):
        press.pdf(Job({"main.typ": heavy}, {}, NOW))
    with pytest.raises(NotCompiledError):
        press.pdf(Job({"main.typ": "#let a = range(900000000)\n#a.len()"}, {}, NOW))
    assert press.pages(Job({"main.typ": "Bonjour"}, {}, NOW))[0].startswith(b"\x89PNG")
    press.close()


def test_a_template_that_is_no_template_says_where() -> None:
    (line, sentence), *_ = faults("Bonjour\n\n#if data.conditional [ Sous réserve\n")
    assert line == 3
    assert "refermé" in sentence
    assert faults("   \n")[0][1].startswith("Le modèle est vide")
    assert "caractères" in faults("x" * 70_000)[0][1]


def test_what_an_agency_keeps_is_used_and_nothing_is_lost(session: Session) -> None:
    first = templates.save(session, "75", "L8", "Premier texte.", by="menthe", now=NOW)
    assert first.own
    assert templates.in_force(session, "75", "L8").text == "Premier texte.\n"
    assert not templates.in_force(session, "11", "L8").own
    templates.save(session, "75", "L8", "Premier texte.\n", by="menthe", now=NOW)
    templates.save(session, "75", "L8", "Second texte.", by="menthe", now=NOW)
    assert not templates.restore(session, "75", "L8", by="menthe", now=NOW).own
    assert [(t.version, t.text) for t in template_history(session, "75")] == [
        (3, None),
        (2, "Second texte.\n"),
        (1, "Premier texte.\n"),
    ]
    for change in (update(LetterTemplate).values(text="Autre"), delete(LetterTemplate)):
        with pytest.raises(DBAPIError), writing(session):
            session.execute(change)


def test_a_refused_template_is_not_kept(session: Session) -> None:
    with pytest.raises(TemplateRefusedError):
        templates.save(session, "75", "L8", "#data.inconnu", by="menthe", now=NOW)
    assert template_history(session, "75") == []


def test_the_press_finds_no_file_of_ours(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    press = Press()
    for path in (str(tmp_path / "secret.txt"), "press.py", "../press.py", "main.typ"):
        with pytest.raises(NotCompiledError):
            press.pdf(Job({"main.typ": f'#read("{path}")'}, {}, NOW))
    press.close()


def test_the_same_job_makes_the_same_bytes() -> None:
    job = templates.sample_job(templates.shipped("L8"), Sample.LONGEST)
    one, two = Press(), Press()
    assert one.pdf(job) == two.pdf(job)
    one.close()
    two.close()
