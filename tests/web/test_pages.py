"""What every page must be: well formed, in French as it is printed, without a script, read-only, and few statements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from backoffice import web
from tests.databases import copied
from tests.pages import Element
from tests.web.gallery import MOST, Gallery, Shot, hung

CSP = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self'",
    "script-src": "'self'",
    "font-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.fixture(scope="module")
def gallery(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    """Every page, once for all the tests of this module."""
    with hung(copied(sqlite_template, tmp_path_factory.mktemp("gallery"))) as gallery:
        yield gallery


def pages(gallery: Gallery) -> list[Shot]:
    """The pages in HTML."""
    return [shot for shot in gallery.shots if shot.answer.response.mimetype == "text/html"]


def test_every_page_opens(gallery: Gallery) -> None:
    read = [s for s in gallery.shots if s.reads and s.path != "/" and "%00" not in s.path]
    wrong = [s.title for s in read if s.answer.status != (404 if s.path.endswith("/rien") else 200)]
    assert wrong == []
    assert len(read) > 250


def test_every_way_of_being_turned_away_has_its_page(gallery: Gallery) -> None:
    """The checks below hold of these pages too."""
    answered = {shot.answer.status for shot in gallery.shots}
    assert answered == {200, 400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503}
    for shot in gallery.shots:
        if shot.answer.status >= 500:
            busy = shot.answer.status == 503  # what the database did is not known
            told = "rien ne sera enregistré deux fois" if busy else "Rien n’a été enregistré"
            assert told in shot.answer.said
            assert "boum" not in shot.answer.screen.html
            assert "locked" not in shot.answer.screen.html


def test_every_page_is_whole(gallery: Gallery) -> None:
    """It parses, says its language, has a title and one first heading, and every field has a label."""
    for shot in pages(gallery):
        page = shot.answer.screen.page
        assert page.first("html").get("lang") == "fr", shot.title
        assert re.fullmatch(r".+ · Temps partagé", shot.answer.screen.title), shot.title
        assert len(list(page.all("h1"))) == 1, shot.title
        assert [e.get("charset") for e in page.all("meta") if e.get("charset")] == ["utf-8"], shot.title
        labels = {e.get("for") for e in page.all("label")}
        fields = [e for e in page.all("input", "select", "textarea") if e.get("type") != "hidden"]
        assert [e.get("name") for e in fields if e.get("id") not in labels] == [], shot.title


def test_no_page_carries_a_style_or_a_script(gallery: Gallery) -> None:
    for shot in pages(gallery):
        for element in shot.answer.screen.page.all():
            assert element.tag not in {"style", "script", "iframe", "object", "embed"}, shot.title
            inline = [n for n in element.attributes if n == "style" or n.startswith("on")]
            assert inline == [], (shot.title, element.tag)
            for name in ("href", "src", "action"):
                assert re.fullmatch(r"(?:[/#?].*)?", element.get(name)), (shot.title, element.get(name))


def test_every_answer_has_its_headers(gallery: Gallery) -> None:
    for shot in gallery.shots:
        headers = shot.answer.headers
        policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
        assert policy == CSP, shot.title
        assert {name: headers.get(name) for name in HEADERS} == HEADERS, shot.title
        assert "camera=()" in headers["Permissions-Policy"], shot.title
        kept = "public, max-age=3600" if shot.path in {"/static/app.css", "/static/favicon.svg"} else "no-store"
        assert headers["Cache-Control"] == kept or shot.path.startswith("/static"), shot.title
        assert "Server" not in headers or "Werkzeug" not in headers["Server"], shot.title


_READS = re.compile(r"\s*(?:SELECT|WITH)\b")
_WRITES = re.compile(r"\b(?:INSERT INTO|UPDATE \w+ SET|DELETE FROM|FOR (?:NO KEY )?UPDATE)\b")


def test_reading_writes_nothing(gallery: Gallery) -> None:
    for shot in (s for s in gallery.shots if s.reads):
        written = [s for s in shot.statements if not _READS.match(s) or _WRITES.search(s)]
        assert written == [], shot.title


def test_a_page_takes_few_statements(gallery: Gallery) -> None:
    measured = {shot.title: len(shot.statements) for shot in pages(gallery) if shot.is_common}
    assert len(measured) > 100
    assert {title: n for title, n in measured.items() if n > MOST} == {}


def test_on_a_phone_each_cell_says_its_column(gallery: Gallery) -> None:
    """Rows become cards there: the name of a column goes with its cells."""
    seen = 0
    for shot in pages(gallery):
        for table in shot.answer.screen.page.all("table"):
            if "tp-cards" not in table.get("class").split():
                continue
            columns = [cell.text for cell in table.first("thead").all("th")]
            for row in table.first("tbody").all("tr"):
                cells = list(row.all("th", "td"))
                named = [cell.get("data-label") or columns[rank] for rank, cell in enumerate(cells) if cell.tag == "td"]
                assert [c for c in columns if c in named] == named, shot.title
                assert all(cell.get("data-label") for cell in cells if cell.tag == "td"), shot.title
                assert len(cells) == len(columns), shot.title
                seen += 1
    assert seen > 500


_FAULTS = {
    "an ordinary space before a mark": re.compile(r"[^\s] [;:!?»%€](?![\w/])"),
    "no space before a mark": re.compile(r"[\w)»’][;!?](?!\w)|[^\W\d][:](?=\s|$)"),
    "an ordinary space after «": re.compile("«[^\u00a0]"),
    "a straight apostrophe": re.compile(r"\w'\w"),
    "three dots": re.compile(r"\.\.\."),
    "an ordinary space in a number": re.compile(r"\d \d{3}\b"),
    "an English word": re.compile(r"\b(?:None|True|False|Undefined|null|instructor|establishment|submitted|draft)\b"),
}


def _words(element: Element) -> Iterator[str]:
    """The texts that somebody reads or hears, each as it is written; the source of a template is no prose."""
    sources = [inner.raw for inner in element.all("textarea", "pre") if "font-monospace" in inner.get("class")]
    text = element.raw
    for source in sources:
        text = text.replace(source, "\n")
    yield text
    for inner in element.all():
        yield from (inner.get(name) for name in ("aria-label", "placeholder", "title", "alt") if inner.get(name))


def test_the_french_is_set_as_it_is_printed(gallery: Gallery) -> None:
    found: dict[str, set[str]] = {}
    for shot in pages(gallery):
        title = "".join(str(text) for text in shot.answer.screen.page.first("title").content)
        for text in (*_words(shot.answer.screen.page.first("body")), title):
            for name, pattern in _FAULTS.items():
                for match in pattern.finditer(text):
                    around = text[max(0, match.start() - 25) : match.end() + 15]
                    found.setdefault(name, set()).add(" ".join(around.split(" ")).strip())
    assert found == {}


_EXPRESSIONS = re.compile(r"(?P<shown>\{\{.*?\}\})|\{%.*?%\}|\{#.*?#\}", re.DOTALL)


@pytest.mark.parametrize("fault", ["an ordinary space before a mark", "an ordinary space after «"])
def test_the_french_of_templates_is_set_as_it_is_printed(fault: str) -> None:
    """Their own words, those that no page of the gallery shows included."""
    wrong = []
    for path in sorted(Path(web.__file__).parent.rglob("*.html")):
        text = _EXPRESSIONS.sub(lambda match: "x" if match["shown"] else "", path.read_text("utf-8"))
        wrong += [f"{path.name}: {text[max(0, m.start() - 25) : m.end() + 15]}" for m in _FAULTS[fault].finditer(text)]
    assert wrong == []


def test_a_visit_is_noted_at_most_once_a_minute(gallery: Gallery) -> None:
    """The only thing that reading a page may write."""
    site = gallery.site
    site.moved.machine += timedelta(minutes=2)
    first, second = (gallery.shoot("dg", "/dossiers").statements for _ in range(2))
    assert [s.split(" SET ")[0] for s in first if not s.startswith("SELECT")] == ["UPDATE web_session"]
    assert all(s.startswith("SELECT") for s in second)
    site.moved.machine += timedelta(minutes=31)
    assert gallery.shoot("dg", "/dossiers").answer.goes_to == "/connexion"
