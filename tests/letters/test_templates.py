"""Templates that agencies change: what is kept, what is refused, with the line and a sentence."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pypdf
import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from backoffice.services.doctor_letters import check_templates
from backoffice.services.letters import templates
from backoffice.services.letters.layout_words import LENT, lent_to
from backoffice.services.letters.press import Job, NotCompiledError, Press, TooLongError, press
from backoffice.services.letters.template_words import TemplateRefusedError
from backoffice.store.base import writing
from backoffice.store.letters import LetterTemplate, template_history
from tests.letters.office import read
from workflows.letters.kinds import KINDS
from workflows.letters.members import Sample
from workflows.letters.mentions import label_of, mentions_of, sentences_of

NOW = datetime(2024, 7, 22, 8, tzinfo=UTC)
L8 = KINDS["L8"]
#: A body that says all that an award must say, one mention a line.
BODY = """#data.texts.join(", ")
#data.rules.join(", ")
#data.version
#data.post.specialty
#data.post.places.map(x => x.share).join()
#data.start
#data.end
#data.months
#data.rates.map(x => x.rate).join()
#data.monthly.map(x => x.amount.figures).join()
#if data.total != none { data.total.figures }
#data.tranches.map(x => x.due_on + x.amount.figures).join()
#data.clawback.map(x => x.text + x.rule).join()
#the-duties()
"""


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
    words = "L’import de l’image est lu (read) : un plugin, des données csv ou json, www.cnil.fr, à la page (place)."
    lines = ("Un droit à l’image. Merci.", "place : Bordeaux", "Page : 3", "include (joindre) ceci", "text : un mot.")
    more = "\n\n".join(lines)
    templates.check(L8, f"{BODY}\n{words} Il importe « import » et « include ».\n\n{more}\n")


@pytest.mark.parametrize(
    "body",
    [
        "#set text(size: 0pt)\n{}",
        "#set text(white)\n{}",
        "#scale(0.1%)[{}]",
        "#move(dx: 400mm)[{}]",
        "#rotate(90deg)[{}]",
        "#box(width: 0pt, height: 0pt, clip: true)[{}]",
        "#v(-80mm)\n#block(fill: white, width: 100%, height: 80mm)[{}]",
        "#text(fill: white)[{}]",
        "#hide[{}]",
        "#metadata(1)\n{}",
        "#let petit = text\n#petit(1pt)[{}]",
    ],
)
def test_what_a_letter_must_say_is_not_printed_out_of_sight(body: str) -> None:
    assert "permis" in faults(body.format(f"\n{BODY}\n"))[0][1]


@pytest.mark.parametrize(
    "line",
    [
        "#set page(background: none)",
        "#place(top)[Rien]",
        "#hide[Le montant]",
        "#repr(data.total)",
        "#let cache = place\n#cache(top)[Rien]",
        '#let a = include "_letter.typ"',
        '#let a = ("_letter.typ",)\n#for b in a { include b }',
        '#link("javascript:alert(1)")[Ici]',
        '#link("http://exemple.example")[Ici]',
        "http://exemple.example",
    ],
)
def test_a_template_draws_its_body_only_and_links_safely(line: str) -> None:
    (at, sentence), *_ = faults(f"{BODY}\n\n{line}\n")
    assert at in {BODY.count("\n") + 3, BODY.count("\n") + 4}
    assert any(words in sentence for words in ("permis", "ne lit aucun fichier"))


def test_links_to_pages_and_addresses_are_kept() -> None:
    two = '#link("https://www.telerecours.fr")[Ici] ou #link("mailto:glycines@ars.example")[là].'
    templates.check(L8, f"{BODY}\n{two}")


@pytest.mark.parametrize(
    "line",
    ["#data.total", "#data.post", "#data.post.places", "#data.conditional", "#the-post", "a #data.texts b", "#(1, 2)"],
)
def test_what_would_be_printed_as_a_program_is_refused_with_its_line(line: str) -> None:
    (at, sentence), *_ = faults(f"{BODY}\n\n{line}\n")
    assert at == BODY.count("\n") + 3
    assert "#amount(…)" in sentence


def left_out(code: str, text: str) -> tuple[str, ...]:
    return templates.unmentioned(KINDS[code], templates.Template(code, text, "", own=True))


@pytest.mark.parametrize("code", KINDS)
def test_no_letter_loses_what_it_must_say(code: str) -> None:
    wanted, sentences = mentions_of(KINDS[code]), sentences_of(KINDS[code])
    assert left_out(code, "Bonjour.") == (*wanted, *sentences)
    assert wanted
    assert all(label_of(KINDS[code].data, path) for path in wanted)
    assert set(sentences) <= {lent.name for lent in lent_to(KINDS[code])}


#: What 5.4 asks of a letter besides what its call and its dossier say, and what an agency would cut out to lose it.
LOST = (
    ("L2", "#if-complete()", "if-complete"),
    ("L3", "#data.suspension.before", "suspension.before"),
    ("L6", "#declare-interests() :", "declare-interests"),
    ("L8", "#the-duties()", "the-duties"),
    ("L8b", "#no-payment-yet()", "no-payment-yet"),
    ("L9", "#no-right()", "no-right"),
    ("L11", "data.lapses_on", "lapses_on"),
    ("L13", "#data.facts", "facts"),
    ("L14", "#hearing-rights()", "hearing-rights"),
    ("L15", "#claim-way()", "claim-way"),
    ("L15", "#the-calculation()", "calculation.paid[].amount.figures"),
    ("L16", "#the-calculation()", "calculation.earned[].amount.figures"),
)


@pytest.mark.parametrize(("code", "said", "lost"), LOST)
def test_a_template_keeps_the_sentences_and_figures_of_its_letter(code: str, said: str, lost: str) -> None:
    shipped = templates.shipped(code).text
    assert said in shipped
    assert lost in left_out(code, shipped.replace(said, "none" if said.startswith("data.") else ""))


def test_an_award_says_each_of_its_mentions() -> None:
    """5.4: post, specialty, shares, start, duration, rate, monthly amount, total, calendar, clause in full, version."""
    lines = BODY.splitlines()
    lost = [left_out("L8", "\n".join(line for line in lines if line != gone)) for gone in lines]
    assert all(lost)
    assert {path for paths in lost for path in paths} == {*mentions_of(L8), *sentences_of(L8)}
    assert [sentence for _, sentence in faults(BODY.replace(lines[0], ""))] == [
        "Il manque une mention obligatoire\u00a0: Textes (data.texts). Écrivez-la."
    ]


def test_what_covers_the_page_is_cut_at_the_body() -> None:
    cover = "#v(-80mm)\n#block(%swidth: 100%%, height: 80mm)[Rien]\n\nBonjour.\n"
    white, clear = (
        press().pages(templates.sample_job(templates.Template("L8", cover % fill, "", own=True), Sample.SHORTEST))
        for fill in ("fill: white, ", "")
    )
    assert white == clear


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
        ("#if false [ #data.rates.first().nosuch ]", "nosuch"),
        ("#if false [ #data.rates.at(0).nosuch ]", "nosuch"),
        ("#if false [ #data.rates.filter(x => x.rate != none).last().nosuch ]", "nosuch"),
        ('#if false [ #data.at("nosuch") ]', "nosuch"),
        ('#if false [ #data.post.at("nosuch", default: "") ]', "nosuch"),
        ("#if false { let (nosuch,) = data.post }", "nosuch"),
        ("#let f(x) = x.nosuch", "nosuch"),
        ("#let f = x => x.nosuch", "nosuch"),
        ("#if false { for (a, b) in data.rates.enumerate() [ #b.nosuch ] }", "nosuch"),
        ("#if false [ #data.rates.rate ]", "rate"),
        ("#if false { (data).nosuch }", "nosuch"),
        ("#if false { ( data ).post.nosuch }", "nosuch"),
    ],
)
def test_an_unknown_member_is_refused_even_where_no_letter_goes(text: str, name: str) -> None:
    (line, sentence), *_ = faults(text)
    assert line == text.count("\n") + 1
    assert f"«\u00a0{name}\u00a0»" in sentence
    assert "n’existe pas" in sentence


def test_a_member_on_the_line_after_is_looked_at_too() -> None:
    assert faults("#if false { data\n.nosuch }")[0][0] == 1
    templates.check(L8, f"{BODY}\n\nDébut : #data.start\n.suite\n")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("#if false { nosuch }", "nosuch"),
        ("#if false [ Oui ] else [ #nosuch(data.start) ]", "nosuch"),
        ("#let f(x) = amount(x, nosuch)", "nosuch"),
        ("#for place in data.post.places [ #place.name #plac.name ]", "plac"),
    ],
)
def test_an_unknown_name_is_refused_even_where_no_letter_goes(text: str, name: str) -> None:
    (line, sentence), *_ = faults(f"{BODY}\n\n{text}\n")
    assert line == BODY.count("\n") + 3
    assert f"«\u00a0{name}\u00a0» n’est pas connu" in sentence


def test_names_of_a_template_are_its_own() -> None:
    own = """#let Ligne(a, b: none, ..reste) = [#a #b #reste.pos().len() 2em]
#let (specialty, doctor: qui) = data.post
#for (rang, x) in data.post.places.enumerate() { if rang == 0 [#x.name] else if rang > 3 [trop, #Ligne(x.name)] }
#show heading: it => smallcaps(it)
#specialty #qui #if data.conditional [Sous réserve de #data.awaited.] else [Sans réserve], ni plus ni moins.
#context counter(heading).display() : rien d’autre. #h(1fr) // pas de nosuch
#table(columns: (1fr, 2fr), align: left, ..data.tranches.map(t => (t.due_on, [#t.budget_year])).flatten())
"""
    templates.check(L8, f"{BODY}\n\n{own}")


def test_names_within_brackets_are_its_own_however_deep() -> None:
    deep = """#for x in data.tranches [ #x.budget_year ]
#data.post.places.enumerate().map(((i, x)) => [#i #x.finess]).join()
#let f(a, b: (1, 2), c: ")") = [#a #b.len() #c]
#f(1)
#for ((un, deux), trois) in (((1, 2), 3),) [#un #deux #trois]
#let ((quatre, cinq), six) = ((4, 5), 6)
#quatre #cinq #six
"""
    templates.check(L8, f"{BODY}\n\n{deep}")


def test_an_address_of_a_page_holds_no_comment_and_no_code() -> None:
    templates.check(L8, f"{BODY}\n\nVoir https://a.example/(b)/*#data.c//d et [https://a.example/#e] : merci.\n")
    for code in ('#include "_lent.typ"', "#block(fill: white)[x]", "#if false [#data.nosuch]", "#if false { nosuch }"):
        for address in ("https://a.example/*", "http://a.example/(b)/*", "https://a.example/#let/*"):
            (line, _), *_ = faults(f"{BODY}\n\nVoir {address} {code}\n")
            assert line == BODY.count("\n") + 3


def test_what_two_slashes_begin_elsewhere_is_a_comment() -> None:
    templates.check(L8, f"{BODY}\n\nNote :// #data.nosuch\n")


@pytest.mark.parametrize("text", ["#" + "(" * 9000 + ")" * 9000, "[" * 9000, "#{" * 9000 + "}" * 9000])
def test_brackets_within_brackets_without_end_are_refused(text: str) -> None:
    assert [words for _, words in faults(text)] == [
        "Plus de 100 crochets, parenthèses ou accolades sont ouverts à la fois\u00a0: refermez-les."
    ]


def test_the_same_name_may_stand_for_two_things() -> None:
    two = "#for x in data.tranches [ #x.budget_year ]\n#for x in data.post.places [ #x.finess ]\n"
    templates.check(L8, f"{BODY}\n{two}")


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
    first = templates.save(session, "75", "L8", f"{BODY}\nPremier texte.", by="menthe", now=NOW)
    assert first.own
    assert templates.in_force(session, "75", "L8").text == f"{BODY}\nPremier texte.\n"
    assert not templates.in_force(session, "11", "L8").own
    templates.save(session, "75", "L8", f"{BODY}\nPremier texte.\n", by="menthe", now=NOW)
    templates.save(session, "75", "L8", f"{BODY}\nSecond texte.", by="menthe", now=NOW)
    assert not templates.restore(session, "75", "L8", by="menthe", now=NOW).own
    assert [(t.version, t.text) for t in template_history(session, "75")] == [
        (3, None),
        (2, f"{BODY}\nSecond texte.\n"),
        (1, f"{BODY}\nPremier texte.\n"),
    ]
    for change in (update(LetterTemplate).values(text="Autre"), delete(LetterTemplate)):
        with pytest.raises(DBAPIError), writing(session):
            session.execute(change)


def test_a_refused_template_is_not_kept(session: Session) -> None:
    with pytest.raises(TemplateRefusedError):
        templates.save(session, "75", "L8", "#data.inconnu", by="menthe", now=NOW)
    assert template_history(session, "75") == []


def test_a_template_kept_under_another_release_is_said_by_the_doctor_until_it_is_mended(session: Session) -> None:
    templates.save(session, "75", "L8", BODY, by="menthe", now=NOW)
    assert list(check_templates(session)) == []
    text = "#data.autrefois"
    kept = {"authority": "75", "code": "L8", "version": 2, "text": text, "digest": "", "saved_by": "menthe"}
    with writing(session):
        session.add(LetterTemplate(id=uuid4(), saved_at=NOW, **kept))
    (found,) = check_templates(session)
    assert (found.check, found.where) == ("modèles", "75 L8")
    assert "Ligne 1 : le champ « autrefois » n’existe pas" in found.what.replace("\u00a0", " ")
    templates.restore(session, "75", "L8", by="menthe", now=NOW)
    assert list(check_templates(session)) == []


def test_the_press_finds_no_file_of_ours(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    press = Press()
    for path in (str(tmp_path / "secret.txt"), "press.py", "../press.py", "main.typ"):
        with pytest.raises(NotCompiledError):
            press.pdf(Job({"main.typ": f'#read("{path}")'}, {}, NOW))
    press.close()


def test_who_is_stopped_leaves_no_answer_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    class StoppedError(BaseException):
        """What stops a thread from outside."""

    def stopped(*_: object) -> bytes:
        raise StoppedError

    press = Press()
    monkeypatch.setattr("backoffice.services.letters.press._read", stopped)
    with pytest.raises(StoppedError):
        press.pdf(Job({"main.typ": '#set document(title: "Un")\nCourrier du premier'}, {}, NOW))
    monkeypatch.undo()
    text = read(press.pdf(Job({"main.typ": '#set document(title: "Deux")\nCourrier du second'}, {}, NOW)))
    press.close()
    assert "second" in text
    assert "premier" not in text


def test_the_same_job_makes_the_same_bytes() -> None:
    job = templates.sample_job(templates.shipped("L8"), Sample.LONGEST)
    one, two = Press(), Press()
    assert one.pdf(job) == two.pdf(job)
    one.close()
    two.close()


def lines_of(number: int) -> list[str]:
    """The pages of a letter of so many paragraphs."""
    body = "".join(f"Ligne {n}.\n\n" for n in range(number)) + "= Fin\n\nLe dernier paragraphe, sur une ligne.\n"
    made = press().pdf(templates.sample_job(templates.Template("L8", body, "", own=True), Sample.SHORTEST))
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages]


@pytest.mark.parametrize("number", range(27, 33))
def test_a_signature_stays_with_the_paragraph_before_it_and_a_heading_with_what_follows(number: int) -> None:
    (signed,) = [page for page in lines_of(number) if "Le signataire" in page]
    assert "dernier paragraphe" in signed
    assert "Fin" in signed.splitlines()


def test_what_the_layout_lends_is_told_to_who_writes_a_template() -> None:
    lent = set(re.findall(r"^#let ([a-z][\w-]*)", templates.layout()["_lent.typ"], re.MULTILINE)) - {"data"}
    assert {one.name for one in LENT} == lent
    assert {"the-shares", "rests-on"} <= {one.name for one in lent_to(L8)}
    assert "the-debtor" not in {one.name for one in lent_to(L8)}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("#amount.figures", "parenthèses"),
        ("#data.start.jour", "n’existe pas|n’a pas de champ"),
        ("#", "n’est pas complet|accolade"),
        ("#(1", "refermé"),
        ("== Un titre", "premier titre est de niveau 1"),
        ("#the-post", "parenthèses"),
        ("#for x in data.months [ #x ]", "n’est pas une liste"),
        ("#if data.months [ Oui ]", "attend un oui ou non"),
        ("#amount()", "manque une valeur"),
        ("#rests-on(1)", "valeur de trop"),
        ("#pagebreak()", "ne change pas de page"),
        ("#data.start.nosuch()", "n’existe pas|n’a pas de champ|n’est pas compris"),
    ],
)
def test_what_the_compiler_says_is_told_in_french_at_its_line(line: str, words: str) -> None:
    (at, sentence), *_ = faults(f"{line}\n{BODY}")
    assert at in {1, None}, sentence
    assert re.search(words, sentence), sentence
