"""Sending tables as files: any page describes its tables, and this gives them as CSV, XLSX or ODS."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from os import SEEK_END
from tempfile import TemporaryFile
from typing import IO

from flask import Response, abort
from flask.typing import ResponseReturnValue

from backoffice.services.exports.csv_file import csv_chunks
from backoffice.services.exports.ods_file import MIME as ODS
from backoffice.services.exports.ods_file import write_ods
from backoffice.services.exports.table import Table, TooManyRowsError, counted
from backoffice.services.exports.xlsx_file import write_xlsx
from backoffice.store.search import normalised
from backoffice.web import errors, security
from workflows.french import count, typography

#: Formats by the ending of the file, as a person chooses them.
FORMATS = {"ods": "ODS", "xlsx": "XLSX", "csv": "CSV"}
_TYPES = {"ods": ODS, "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv"}
#: Rows that a workbook made while somebody waits may hold; a CSV takes a tenth of the time, and no limit.
MOST_ROWS = 20_000
_CHUNK = 64 * 1024


def send(name: str, ending: str, *tables: Table, rows: int = 0) -> ResponseReturnValue:
    """The file of some tables, named after what is on screen; 404 for an unknown format.

    A CSV holds the first table. A workbook of too many rows is none: a page says what to do then. `rows`: how many
    there are, when somebody knows it before they are read. The file is made before it leaves: the database is not kept
    waiting for whoever receives it.
    """
    if ending not in FORMATS:
        abort(404)
    if ending != "csv" and rows > MOST_ROWS:
        return _too_long()
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115 - closed once it is sent
    if ending == "csv":
        file.writelines(csv_chunks(tables[0]))
    else:
        try:
            _write_book(ending, counted(tables, MOST_ROWS), file)
        except TooManyRowsError:
            file.close()
            return _too_long()
    length = file.seek(0, SEEK_END)
    file.seek(0)
    response = Response(_sent(file), mimetype=_TYPES[ending])
    response.content_length = length
    return _named(response, name, ending)


def send_first(name: str, what: str, ending: str, tables: Mapping[str, Table]) -> ResponseReturnValue:
    """The file of the tables of a page, by the name that its address gives each: the one asked for, then the others.

    404 for an unknown table or format.
    """
    if what not in tables:
        abort(404)
    others = (table for known, table in tables.items() if known != what)
    return send(f"{name} {what}", ending, tables[what], *others)


def _write_book(ending: str, tables: list[Table], file: IO[bytes]) -> None:
    if ending == "xlsx":
        write_xlsx(tables, file, made_at=security.clocks().legal())
    else:
        write_ods(tables, file)


def _too_long() -> ResponseReturnValue:
    said = f"Ce classeur aurait plus de {count(MOST_ROWS, 'ligne')}, et ne peut pas en tenir davantage."
    remedy = "Choisissez le format CSV, qui n’a pas de limite, ou resserrez ce que la page montre."
    return errors.page(413, "Trop de lignes pour un classeur", typography(f"{said} {remedy}"))


def _sent(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _named(response: Response, name: str, ending: str) -> Response:
    stem = re.sub(r"[^a-z0-9]+", "-", normalised(name)).strip("-")[:80] or "export"
    response.headers["Content-Disposition"] = f'attachment; filename="{stem}.{ending}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
