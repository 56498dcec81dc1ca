"""The files of exports, read again by a reader that shares nothing with what writes them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree
from zipfile import ZIP_STORED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from backoffice.services.exports.csv_file import csv_chunks
from backoffice.services.exports.ods_file import MIME, write_ods
from backoffice.services.exports.table import Cell, Column, Kind, Table
from backoffice.services.exports.xlsx_file import LONGEST_TEXT, sheet_name, write_xlsx

NOW = datetime(2026, 3, 15, 10, 0, tzinfo=UTC)
COLUMNS = (
    Column("Nom", Kind.TEXT, 24),
    Column("Le", Kind.DATE, 12),
    Column("Mois", Kind.WHOLE, 8),
    Column("Montant", Kind.EUROS),
    Column("Part", Kind.SHARE),
)
ROWS: list[tuple[Cell, ...]] = [
    ("Capucine Bleuet", date(2026, 2, 28), 24, Decimal("77994.96"), Fraction(1, 2)),
    ("Anis, « Vermeil »", None, 0, Decimal("-3249.79"), Fraction(1, 3)),
    (None, date(1999, 12, 31), -5, Decimal("0.00"), None),
]


def table(*rows: tuple[Cell, ...], name: str = "Dossiers") -> Table:
    return Table(name, COLUMNS, iter(rows))


def texts(*found: str) -> Table:
    return Table("Textes", (Column("Texte"),), [(text,) for text in found])


def xlsx(*tables: Table) -> bytes:
    file = io.BytesIO()
    write_xlsx(tables, file, made_at=NOW)
    return file.getvalue()


def ods(*tables: Table) -> bytes:
    file = io.BytesIO()
    write_ods(tables, file)
    return file.getvalue()


def as_csv(one: Table) -> str:
    return b"".join(csv_chunks(one)).decode("utf-8-sig")


def read(content: bytes, rank: int = 0) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return book.get_sheet_by_index(rank).to_python(skip_empty_area=False)


def parsed(content: bytes, name: str) -> Any:
    return ElementTree.fromstring(ZipFile(io.BytesIO(content)).read(name))  # noqa: S314 - our own file


BOTH = pytest.mark.parametrize("write", [xlsx, ods], ids=["xlsx", "ods"])
Write = Callable[..., bytes]


# What comes back has the type that was given.


@BOTH
def test_cells_come_back_with_their_types(write: Write):
    titles, first, second, third = read(write(table(*ROWS)))
    assert titles == ["Nom", "Le", "Mois", "Montant", "Part"]
    assert first == ["Capucine Bleuet", date(2026, 2, 28), 24, 77994.96, 0.5]
    assert second[0] == "Anis, « Vermeil »"
    assert second[1] == ""
    assert (second[2], second[3]) == (0, -3249.79)
    assert second[4] == pytest.approx(1 / 3)
    assert third == ["", date(1999, 12, 31), -5, 0.0, ""]
    assert (type(first[0]), type(first[1])) == (str, date)
    assert not any(isinstance(cell, str) for cell in first[2:])


def test_an_xlsx_shows_days_euros_and_shares_as_such():
    content = xlsx(table(*ROWS))
    names = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    styles = parsed(content, "xl/styles.xml")
    codes = {f.get("numFmtId"): f.get("formatCode") for f in styles.iterfind(".//m:numFmt", names)}
    formats = [codes.get(xf.get("numFmtId"), xf.get("numFmtId")) for xf in styles.iterfind("m:cellXfs/m:xf", names)]
    row = parsed(content, "xl/worksheets/sheet1.xml").findall(".//m:row", names)[1]
    shown = {cell.get("r"): formats[int(cell.get("s"))] for cell in row}
    assert "dd/mm/yyyy" in shown["B2"]
    assert "€" in shown["D2"]
    assert "%" in shown["E2"]
    assert next(iter(row)).get("t") == "inlineStr"


def test_an_ods_names_the_kind_of_each_cell():
    content = ods(table(*ROWS))
    office = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
    cells = [c for c in parsed(content, "content.xml").findall(".//{*}table-cell") if c.get(f"{office}value-type")]
    kinds = [(c.get(f"{office}value-type"), c.get(f"{office}currency")) for c in cells[5:10]]
    assert kinds == [("string", None), ("date", None), ("float", None), ("currency", "EUR"), ("percentage", None)]
    assert cells[8].get(f"{office}value") == "77994.96"


def test_an_ods_says_what_it_is_in_its_first_bytes():
    content = ods(table(*ROWS))
    first = ZipFile(io.BytesIO(content)).infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", ZIP_STORED)
    assert content[30:38] == b"mimetype"
    assert content[38 : 38 + len(MIME)] == MIME.encode()


def test_a_csv_is_what_french_suites_open():
    raw = b"".join(csv_chunks(table(*ROWS)))
    assert raw.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))
    assert lines[0] == ["Nom", "Le", "Mois", "Montant", "Part"]
    assert lines[1] == ["Capucine Bleuet", "28/02/2026", "24", "77994,96", "50 %"]
    assert lines[2] == ["Anis, « Vermeil »", "", "0", "-3249,79", "33,333333 %"]
    assert lines[3] == ["", "31/12/1999", "-5", "0,00", ""]


@BOTH
def test_a_workbook_holds_a_sheet_for_each_table(write: Write):
    content = write(table(*ROWS, name="Chiffres"), texts("un"))
    assert CalamineWorkbook.from_filelike(io.BytesIO(content)).sheet_names == ["Chiffres", "Textes"]
    assert read(content, 1) == [["Texte"], ["un"]]


@BOTH
def test_a_table_without_rows_has_its_titles(write: Write):
    assert read(write(table())) == [["Nom", "Le", "Mois", "Montant", "Part"]]
    assert as_csv(table()).count("\r\n") == 1


# Nothing that a person typed is a formula.

FORMULAS = [
    '=HYPERLINK("http://pirate.example","cliquez")',
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM",
    " =1+1",
    "\u00a0=1+1",
    "\ufeff=1",
    "−1",
    "=cmd|' /C calc'!A0",
]
LINKS = [
    "http://pirate.example",
    "mailto:a@b.example",
    "ftp://pirate.example",
    "internal:Feuille!A1",
    "12,5",
    "1E5",
    "007",
]


@BOTH
@pytest.mark.parametrize("text", [*FORMULAS, *LINKS])
def test_a_text_stays_a_text_in_a_workbook(write: Write, text):
    content = write(texts(text))
    ((cell,),) = read(content)[1:]
    assert isinstance(cell, str)
    assert squeezed(cell) == squeezed(text)
    for name in ZipFile(io.BytesIO(content)).namelist():
        if name.endswith(".xml"):
            found = {node.tag.rpartition("}")[2] for node in parsed(content, name).iter()}
            assert not found & {"f", "hyperlink", "hyperlinks", "a"}, name
            assert b"formula" not in ZipFile(io.BytesIO(content)).read(name)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().strip("\ufeff")


@pytest.mark.parametrize("text", FORMULAS)
def test_a_csv_puts_an_apostrophe_before_what_would_be_a_formula(text):
    (cell,) = list(csv.reader(io.StringIO(as_csv(texts(text)), newline=""), delimiter=";"))[1]
    assert cell == f"'{text}"


@pytest.mark.parametrize(
    "text", ["Ail; oignon", 'dit "rose"', "deux\nlignes", "a=b", "12-3", "x@y.example", "", "l’été"]
)
def test_a_csv_leaves_other_texts_as_they_are(text):
    (cell,) = list(csv.reader(io.StringIO(as_csv(texts(text)), newline=""), delimiter=";"))[1]
    assert cell == text


def test_a_title_that_would_be_a_formula_is_a_text_too():
    made = Table("T", (Column("=1+1"),), [])
    assert as_csv(made) == '"\'=1+1"\r\n'


TYPED = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@given(st.lists(TYPED, max_size=5))
def test_any_text_comes_back_as_a_text(found: list[str]):
    rows = list(csv.reader(io.StringIO(as_csv(texts(*found)), newline=""), delimiter=";", strict=True))[1:]
    assert len(rows) == len(found)
    for cells in (read(xlsx(texts(*found)))[1:], read(ods(texts(*found)))[1:]):
        given_ = [squeezed(_printable(text)) for text in found]
        back = [squeezed(row[0]) for row in cells]
        # a reader forgets the empty rows at the end
        assert back == given_[: len(back)]
        assert not any(given_[len(back) :])


def _printable(text: str) -> str:
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", " ", text)


@BOTH
@pytest.mark.parametrize("text", ["a  b", "  deux", "fin  ", "_x0041_", "<b>&amp;</b>", "]]>", "é\u202f!", "🌿"])
def test_a_text_comes_back_letter_for_letter(write: Write, text):
    assert read(write(texts(text)))[1] == [text]


@BOTH
def test_characters_that_no_document_may_hold_become_spaces(write: Write):
    assert read(write(texts("a\x00b\ud800c\x0bd\ufffe")))[1][0].strip() == "a b c d"


def test_a_text_too_long_for_a_cell_is_cut_and_says_so():
    (cell,) = read(xlsx(texts("x" * (LONGEST_TEXT + 5))))[1]
    assert len(cell) == LONGEST_TEXT
    assert cell.endswith("x…")


# Names of sheets, and rows that are not of their table.


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Budget 2026", "Budget 2026"),
        ("a/b:c*d?[e]\\", "a b c d  e"),
        ("'x'", "x"),
        ("", "Feuille"),
        ("m" * 40, "m" * 31),
    ],
)
def test_a_sheet_has_a_name_that_suites_accept(name, shown):
    assert sheet_name(name, set()) == shown


def test_two_sheets_never_bear_the_same_name():
    taken: set[str] = set()
    assert [sheet_name(name, taken) for name in ("Mois", "mois", "MOIS")] == ["Mois", "mois 2", "MOIS 3"]


@pytest.mark.parametrize(
    "row",
    [
        ("x", NOW, 1, Decimal(1), Fraction(1)),
        ("x", None, True, Decimal(1), Fraction(1)),
        ("x", None, 1, 1.5, Fraction(1)),
        ("x", None, 1, Decimal(1), Decimal(1)),
        (1, None, 1, Decimal(1), Fraction(1)),
    ],
)
@pytest.mark.parametrize("write", [xlsx, ods, as_csv], ids=["xlsx", "ods", "csv"])
def test_a_cell_that_is_not_of_its_column_is_refused(write: Callable[[Table], object], row: Any):
    with pytest.raises(TypeError, match="cannot hold"):
        write(table(row))


@pytest.mark.parametrize("write", [xlsx, ods, as_csv], ids=["xlsx", "ods", "csv"])
def test_a_row_of_another_length_is_refused(write: Callable[[Table], object]):
    with pytest.raises(ValueError, match="zip"):
        write(table(("x",)))


def test_rows_are_read_as_the_file_is_written():
    read_: list[int] = []

    def rows() -> Iterable[tuple[Cell, ...]]:
        for n in range(10_000):
            read_.append(n)
            yield (f"ligne {n}",)

    chunks = csv_chunks(Table("T", (Column("Texte"),), rows()))
    next(chunks)
    assert 0 < len(read_) < 10_000
