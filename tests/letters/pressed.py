"""Letters made into files: each file is checked whole, and who makes which letter of which call is written down.

A test that says `@produces(("L8", "na-2024"), …)` fails unless it reads the file of each pair; all are in `PRODUCED`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache, wraps
from typing import Any, TypeVar

import pikepdf
import pypdf

from backoffice.services.letters import templates
from backoffice.services.letters.press import press
from tests.builders import call_of
from tests.letters.office import read
from tests.profiles import PROFILES
from workflows.letters.data import CommonData, Signature, Stamp, printed
from workflows.letters.kinds import KINDS

STAMP = Stamp(
    number="2024-0007",
    dated_on=date(2024, 7, 22),
    signatory=Signature(name="Iris Pourpre", capacity="La directrice de l’offre de soins"),
    provisional=False,
)
#: What every signed letter says.
COMMON = (
    "Bureau des Glycines",
    "glycines@ars.example",
    "Courrier n° 2024-0007",
    "Le 22 juillet 2024",
    "La directrice de l’offre de soins",
    "Iris Pourpre",
    "article 6, paragraphe 1, e",
    "CNIL",
)
#: What every decision says.
REMEDIES = ("recours gracieux", "recours hiérarchique", "R. 421-1", "www.telerecours.fr", "les deux mois")

#: What no last page opens with: it would hold nothing else of the letter.
NEVER_ALONE = ("Je vous prie d’agréer", "Données personnelles", "La directrice de l’offre de soins", "Iris Pourpre")

Pair = tuple[str, str]
Test = TypeVar("Test", bound=Callable[..., None])

#: The letters that tests make: code of the letter, id of the call.
PRODUCED: set[Pair] = set()
_read: set[Pair] = set()


def produces(*pairs: Pair) -> Callable[[Test], Test]:
    """Declare the letters that a test makes and reads.

    Of a test that runs once for each `case`, or for each `code` or `call_id`, every run makes those of its own.
    """
    PRODUCED.update(pairs)

    def declare(test: Test) -> Test:
        @wraps(test)
        def run(*args: Any, **given: Any) -> None:
            _read.clear()
            test(*args, **given)
            assert _wanted(pairs, given) <= _read, "the test reads no file of the letters that it says it makes"

        return run  # type: ignore[return-value]  # the same test, which reads what it declares

    return declare


def _wanted(pairs: tuple[Pair, ...], given: dict[str, Any]) -> set[Pair]:
    case = given.get("case")
    code, call_id = (case.code, case.call) if case else (given.get("code"), given.get("call_id"))
    found = {pair for pair in pairs if code in {None, pair[0]} and call_id in {None, pair[1]}}
    assert found, f"{code} of {call_id} is made by nobody here"
    return found


def pdf_of(code: str, data: CommonData) -> bytes:
    """The file of a letter, numbered, dated and signed."""
    stamp = STAMP if KINDS[code].signed else replace(STAMP, signatory=None, signed=False)
    at = datetime(2024, 7, 22, tzinfo=UTC)
    return press().pdf(templates.job(templates.shipped(code), printed(data), printed(stamp), at))


def text_of(code: str, data: CommonData) -> str:
    """The text of a letter, whose file is made and checked."""
    return opened(code, data, pdf_of(code, data))


def opened(code: str, data: CommonData, content: bytes) -> str:
    """The text of the file of a letter, which is checked; the call is known by the version that the letter tells."""
    check(content, data.title)
    text = read(content)
    says(text, plain(data.title), plain(data.about))
    cites_no_default(code, data, text)
    assert "None" not in text
    _read.add((code, _calls()[data.digest]))
    return text


def cites_no_default(code: str, data: CommonData, text: str) -> None:
    """No letter cites a default of ours (A1 to A48) as a rule; the file of instruction names those it warns on."""
    prefix = call_of(_calls()[data.digest]).rules.prefix
    assert [rule for rule in data.rules if not rule.startswith(prefix)] == []
    if code != "L18":
        assert re.findall(r"\b(?:choix|règle|clause|usage) A\d{1,2}\b|\(A\d{1,2}\)", text) == []


@cache
def _calls() -> dict[str, str]:
    both = ((call_id, call_of(call_id, completed=full)) for call_id in PROFILES for full in (True, False))
    return {call.digest: call_id for call_id, call in both}


def check(content: bytes, title: str) -> None:
    """A file for readers (PDF/UA-1) and for years (PDF/A-2a): tagged, in French, titled, with its fonts."""
    with pikepdf.open(io.BytesIO(content)) as pdf, pdf.open_metadata() as about:
        root = pdf.Root
        assert about["pdfuaid:part"] == "1"
        assert (about["pdfaid:part"], about["pdfaid:conformance"]) == ("2", "A")
        assert (bool(root.MarkInfo.Marked), str(root.StructTreeRoot.Type)) == (True, "/StructTreeRoot")
        assert len(root.StructTreeRoot.K) > 0
        assert str(root.Lang) == "fr-FR"
        assert about["dc:title"].startswith(title)
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        assert str(root.OutputIntents[0].S) == "/GTS_PDFA1"
        fonts = list(_fonts(pdf))
        assert fonts
        assert [font for font in fonts if not _is_embedded(font)] == []
    opens = plain(pypdf.PdfReader(io.BytesIO(content)).pages[-1].extract_text()).lstrip()
    assert [words for words in NEVER_ALONE if opens.startswith(words)] == []


def _fonts(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    for made in pdf.objects:
        if isinstance(made, pikepdf.Dictionary) and made.get("/Type") == "/Font":
            yield from made.DescendantFonts if "/DescendantFonts" in made else (made,)


def _is_embedded(font: pikepdf.Object) -> bool:
    return any(f"/FontFile{kind}" in font.get("/FontDescriptor", {}) for kind in ("", "2", "3"))


def plain(text: str) -> str:
    """A text as `read` gives it: its special spaces made plain."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def says(text: str, *mentions: str) -> None:
    """Every mention is in the text."""
    for mention in mentions:
        assert mention in text, f"« {mention} » not in: {text}"
