"""Tables as an OpenDocument spreadsheet, a sheet for each: a zip whose content is written row after row."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import IO
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from backoffice.services.exports.table import Cell, Column, Kind, Table, checked
from backoffice.services.exports.xlsx_file import sheet_name

MIME = "application/vnd.oasis.opendocument.spreadsheet"
#: Characters gathered before they are written.
_CHUNK = 64 * 1024
_NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"),
        ("style", "style"),
        ("text", "text"),
        ("table", "table"),
        ("number", "datastyle"),
        ("fo", "xsl-fo-compatible"),
        ("manifest", "manifest"),
    )
)
_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="{MIME}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    '<manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)
_STYLES = f'<?xml version="1.0" encoding="UTF-8"?><office:document-styles {_NAMES} office:version="1.3"/>'
_DIGITS = 'number:min-integer-digits="1" number:grouping="true"'
_NUMBERS = (
    '<number:text-style style:name="n-text"><number:text-content/></number:text-style>'
    '<number:date-style style:name="n-date"><number:day number:style="long"/><number:text>/</number:text>'
    '<number:month number:style="long"/><number:text>/</number:text><number:year number:style="long"/>'
    "</number:date-style>"
    f'<number:number-style style:name="n-whole"><number:number number:decimal-places="0" {_DIGITS}/>'
    "</number:number-style>"
    '<number:number-style style:name="n-year"><number:number number:decimal-places="0" number:min-integer-digits="1"/>'
    "</number:number-style>"
    '<number:currency-style style:name="n-euros">'
    f'<number:number number:decimal-places="2" number:min-decimal-places="2" {_DIGITS}/>'
    "<number:text>\u00a0</number:text>"
    '<number:currency-symbol number:language="fr" number:country="FR">€</number:currency-symbol>'
    "</number:currency-style>"
    '<number:percentage-style style:name="n-share"><number:number number:decimal-places="2"'
    ' number:min-decimal-places="0" number:min-integer-digits="1"/><number:text>\u00a0%</number:text>'
    "</number:percentage-style>"
)
_CELLS = "".join(
    f'<style:style style:name="{kind}" style:family="table-cell" style:data-style-name="n-{kind}"/>' for kind in Kind
)
_TITLE = (
    '<style:style style:name="title" style:family="table-cell" style:data-style-name="n-text">'
    '<style:text-properties fo:font-weight="bold"/></style:style>'
)
#: Centimetres for a character.
_CM = Decimal("0.2")


def write_ods(tables: Iterable[Table], file: IO[bytes]) -> None:
    """Write a spreadsheet. Raises as `checked` does."""
    sheets = list(tables)
    widths = sorted({column.width for table in sheets for column in table.columns})
    with ZipFile(file, "w") as archive:
        archive.writestr("mimetype", MIME, ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", _MANIFEST, ZIP_DEFLATED)
        archive.writestr("styles.xml", _STYLES, ZIP_DEFLATED)
        archive.compression = ZIP_DEFLATED
        with archive.open("content.xml", "w") as content:
            names: set[str] = set()
            content.write(_opening(widths).encode())
            for table in sheets:
                _write_sheet(content, table, sheet_name(table.name, names))
            content.write(b"</office:spreadsheet></office:body></office:document-content>")


def _opening(widths: list[int]) -> str:
    columns = "".join(
        f'<style:style style:name="w{width}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{width * _CM}cm"/></style:style>'
        for width in widths
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMES} office:version="1.3">'
        f"<office:automatic-styles>{_NUMBERS}{columns}{_CELLS}{_TITLE}</office:automatic-styles>"
        "<office:body><office:spreadsheet>"
    )


def _write_sheet(content: IO[bytes], table: Table, name: str) -> None:
    columns = "".join(f'<table:table-column table:style-name="w{column.width}"/>' for column in table.columns)
    titles = "".join(_string("title", column.title) for column in table.columns)
    waiting = [
        f"<table:table table:name={quoteattr(name)}>{columns}",
        f"<table:table-header-rows><table:table-row>{titles}</table:table-row></table:table-header-rows>",
    ]
    size = 0
    for row in checked(table):
        cells = "".join(_cell(column, cell) for column, cell in zip(table.columns, row, strict=True))
        waiting.append(f"<table:table-row>{cells}</table:table-row>")
        size += len(cells)
        if size >= _CHUNK:
            content.write("".join(waiting).encode())
            waiting, size = [], 0
    waiting.append("</table:table>")
    content.write("".join(waiting).encode())


def _cell(column: Column, cell: Cell) -> str:
    match cell:
        case None:
            return "<table:table-cell/>"
        case str():
            return _string(column.kind, cell)
        case date():
            return _typed(column.kind, "date", f'office:date-value="{cell.isoformat()}"', cell.strftime("%d/%m/%Y"))
        case Decimal():
            value = f'office:currency="EUR" office:value="{cell:.2f}"'
            return _typed(column.kind, "currency", value, f"{cell:.2f}\u00a0€".replace(".", ","))
        case Fraction():
            shown = f"{float(cell) * 100:.10g}\u00a0%".replace(".", ",")
            return _typed(column.kind, "percentage", f'office:value="{float(cell):.12g}"', shown)
    return _typed(column.kind, "float", f'office:value="{cell}"', str(cell))


def _typed(style: str, type_: str, value: str, shown: str) -> str:
    return (
        f'<table:table-cell table:style-name="{style}" office:value-type="{type_}" {value}>'
        f"<text:p>{shown}</text:p></table:table-cell>"
    )


def _string(style: str, text: str) -> str:
    lines = "".join(f"<text:p>{_spaced(line)}</text:p>" for line in re.split(r"\r\n|\r|\n", text))
    return f'<table:table-cell table:style-name="{style}" office:value-type="string">{lines}</table:table-cell>'


def _spaced(line: str) -> str:
    """A line whose tabs and runs of spaces are kept: as such, readers put one space in their place."""
    kept = escape(line).replace("\t", "<text:tab/>")
    return re.sub(" {2,}|^ | $", lambda run: f'<text:s text:c="{len(run[0])}"/>', kept)
