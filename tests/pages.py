"""Pages as their readers see them: a strict reading of HTML, the visible text, links, tables and forms.

    screen = Screen("/connexion", 200, html)
    screen.h1                                     # "Connexion"
    form = screen.form("Se connecter")            # the form that has this button
    form.fill({"Adresse électronique": "capucine@bleuet.example"})
    form.sent("Se connecter")                     # what a browser would send

Controls are found by their French labels: a control without one cannot be filled in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from urllib.parse import urljoin
from uuid import uuid4

_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
_UNSEEN = frozenset({"head", "script", "style", "svg", "template"})
_AMOUNT = re.compile(r"[+−]?\d{1,3}(?:\u202f\d{3})*,\d{2}\u00a0€")
_INLINE = frozenset({"a", "b", "button", "em", "label", "small", "span", "strong", "time"})


class HtmlError(AssertionError):
    """A page that is not well formed."""


@dataclass
class Element:
    """An element: its tag, its attributes, and what it holds, elements and texts in order."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    content: list[Element | str] = field(default_factory=list)

    def get(self, name: str) -> str:
        """An attribute, empty when it is absent."""
        return self.attributes.get(name, "")

    def all(self, *tags: str) -> Iterator[Element]:
        """Every element of these tags inside this one, in order; all of them when none is named."""
        for item in self.content:
            if isinstance(item, Element):
                if not tags or item.tag in tags:
                    yield item
                yield from item.all(*tags)

    def first(self, *tags: str) -> Element:
        """The first element of these tags inside this one. Raises HtmlError when there is none."""
        found = next(self.all(*tags), None)
        if found is None:
            raise HtmlError(f"no <{' or '.join(tags)}> in <{self.tag}>")
        return found

    @property
    def raw(self) -> str:
        """The visible text, its spaces as they are written."""
        if self.tag in _UNSEEN:
            return ""
        inner = "".join(item if isinstance(item, str) else item.raw for item in self.content)
        return inner if self.tag in _INLINE else f"\n{inner}\n"

    @property
    def text(self) -> str:
        """The visible text as words on one line, every space plain."""
        return " ".join(self.raw.split())


class _Reader(HTMLParser):
    """Builds the tree, and refuses what a browser would have to mend."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("#root")
        self.open = [self.root]
        self.doctype = ""

    def handle_decl(self, decl: str) -> None:
        self.doctype = decl

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            raise HtmlError(f"an attribute twice in <{tag}>: {names}")
        made = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].content.append(made)
        if tag not in _VOID:
            self.open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1].tag != tag:
            raise HtmlError(f"</{tag}> closes <{self.open[-1].tag}>, line {self.getpos()[0]}")
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].content.append(data)


def read(html: str) -> Element:
    """The tree of a page. Raises HtmlError when a tag is left open, closed twice or crossed, or an id is doubled."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    if len(reader.open) != 1:
        raise HtmlError(f"never closed: {[e.tag for e in reader.open[1:]]}")
    if reader.doctype.lower() != "doctype html":
        raise HtmlError("no doctype")
    ids = [e.get("id") for e in reader.root.all() if e.get("id")]
    doubled = {i for i in ids if ids.count(i) > 1}
    if doubled:
        raise HtmlError(f"ids used twice: {doubled}")
    return reader.root


@dataclass
class File:
    """A file chosen in a form."""

    name: str
    content: bytes
    kind: str = "application/pdf"


def multipart(pairs: Iterable[tuple[str, str]], files: Mapping[str, File]) -> tuple[bytes, str]:
    """The body of a form that carries files, and its content type."""
    mark = uuid4().hex
    parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in pairs]
    for name, file in files.items():
        head = f'--{mark}\r\nContent-Disposition: form-data; name="{name}"; filename="{file.name}"\r\n'
        parts.append(f"{head}Content-Type: {file.kind}\r\n\r\n".encode() + file.content + b"\r\n")
    return b"".join(parts) + f"--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"


@dataclass
class Form:
    """A form and what it holds now: pairs of name and value, in the order of the page."""

    page: Element
    element: Element
    url: str

    def __post_init__(self) -> None:
        self.values: list[tuple[str, str]] = list(_initial(self.element))
        self.files: dict[str, File] = {}

    @property
    def action(self) -> str:
        """Where it is sent."""
        return urljoin(self.url, self.element.get("action"))

    @property
    def method(self) -> str:
        """GET or POST."""
        return (self.element.get("method") or "get").upper()

    @property
    def is_multipart(self) -> bool:
        """True for a form that carries files."""
        return self.element.get("enctype") == "multipart/form-data"

    @cached_property
    def labelled(self) -> dict[str, list[Element]]:
        """Controls by their label: one, or the boxes of a group by the legend of the group."""
        by_id = {e.get("id"): e for e in self.element.all("input", "select", "textarea")}
        found: dict[str, list[Element]] = {}
        for label in self.element.all("label"):
            control = by_id.get(label.get("for"))
            if control is not None:
                found.setdefault(_title(label), []).append(control)
        for group in self.element.all("fieldset"):
            found[_title(group.first("legend"))] = list(group.all("input"))
        return found

    def has(self, label: str) -> bool:
        """True when one control has this label, or is the only one whose label begins so."""
        return label in self.labelled or sum(known.startswith(label) for known in self.labelled) == 1

    def control(self, label: str) -> list[Element]:
        """The controls of a label, or of the only one that begins so. Raises HtmlError with the labels there are."""
        if not self.has(label):
            raise HtmlError(f"no control « {label} » among {sorted(self.labelled)}")
        return self.labelled.get(label) or next(c for known, c in self.labelled.items() if known.startswith(label))

    def fill(self, values: Mapping[str, str | list[str] | File]) -> Form:
        """Fill controls in by their labels; a choice is given by the words of its options."""
        for label, value in values.items():
            controls = self.control(label)
            if isinstance(value, File):
                self.files[controls[0].get("name")] = value
            elif controls[0].get("type") in {"checkbox", "radio"}:
                self._tick(controls, value if isinstance(value, list) else [value])
            else:
                assert isinstance(value, str)
                self._type(controls[0], value)
        return self

    def _type(self, control: Element, value: str) -> None:
        if control.tag == "select":
            value = _matching(control.all("option"), value, lambda option: option.text).get("value")
        self.set(control.get("name"), value)

    def _tick(self, boxes: list[Element], words: list[str]) -> None:
        labels = {e.get("for"): e for e in self.element.all("label")}
        ticked = [_matching(boxes, word, lambda box: labels[box.get("id")].text) for word in words]
        name = boxes[0].get("name")
        self.values = [(n, v) for n, v in self.values if n != name] + [(name, box.get("value")) for box in ticked]

    def set(self, name: str, value: str) -> Form:
        """Set a field by its name, visible or not, as somebody who forges a request would."""
        self.values = [(n, v) for n, v in self.values if n != name] + [(name, value)]
        return self

    def value(self, label: str) -> str:
        """What a control holds now."""
        name = self.control(label)[0].get("name")
        return next((v for n, v in self.values if n == name), "")

    def sent(self, button: str) -> list[tuple[str, str]]:
        """What is sent when a button is pressed."""
        pressed = _matching(self.element.all("button"), button, lambda e: e.text)
        name = pressed.get("name")
        return self.values + ([(name, pressed.get("value"))] if name else [])


def _initial(form: Element) -> Iterator[tuple[str, str]]:
    for control in form.all("input", "select", "textarea"):
        name, kind = control.get("name"), control.get("type")
        if not name or kind == "file" or (kind in {"checkbox", "radio"} and "checked" not in control.attributes):
            continue
        if control.tag == "select":
            options = list(control.all("option"))
            chosen = next((o for o in options if "selected" in o.attributes), options[0] if options else None)
            yield name, chosen.get("value") if chosen else ""
        elif control.tag == "textarea":
            yield name, "".join(item for item in control.content if isinstance(item, str))
        else:
            yield name, control.get("value")


def _title(label: Element) -> str:
    """The words of a label without what says that the field is optional."""
    return label.text.removesuffix("(facultatif)").strip()


def _matching(elements: Iterator[Element] | list[Element], word: str, said: object) -> Element:
    """The one element said by these words: the very same ones, else those that begin with or hold them."""
    assert callable(said)
    known = [(said(e), e) for e in elements]
    for matches in (str.__eq__, str.startswith, str.__contains__):
        found = [e for text, e in known if matches(text, word)]
        if len(found) == 1:
            return found[0]
    raise HtmlError(f"« {word} » is not one of {[text for text, _ in known]}")


@dataclass
class Screen:
    """A page that was received: where from, its status, and what it shows."""

    url: str
    status: int
    html: str

    @cached_property
    def page(self) -> Element:
        """The tree of the page."""
        return read(self.html)

    @cached_property
    def text(self) -> str:
        """The words of the page, without its header and its footer."""
        return self.page.first("main").text

    @property
    def title(self) -> str:
        """The title of the window."""
        return " ".join("".join(i for i in self.page.first("title").content if isinstance(i, str)).split())

    @property
    def h1(self) -> str:
        """The title of the page."""
        return self.page.first("h1").text

    @property
    def notice(self) -> str:
        """What the page says was done."""
        told = [e.text for e in self.page.all("div") if e.get("role") == "status"]
        return told[0] if told else ""

    @property
    def alert(self) -> str:
        """What the page says went wrong."""
        return " ".join(e.text for e in self.page.all("div") if e.get("role") == "alert")

    @property
    def amounts(self) -> list[str]:
        """Every amount of the page in order, those of pictures included."""
        return _AMOUNT.findall(self.html[self.html.index("<main") :])

    def forms(self) -> list[Form]:
        """The forms of the page."""
        return [Form(self.page, element, self.url) for element in self.page.all("form")]

    def form(self, button: str, nth: int = 0) -> Form:
        """The form that has this button; `nth` when several have it."""
        found = [f for f in self.forms() if any(e.text.startswith(button) for e in f.element.all("button"))]
        if len(found) <= nth:
            raise HtmlError(f"no button « {button} » on « {self.h1} »")
        return found[nth]

    def link(self, words: str) -> str:
        """Where a link leads, by its words."""
        return urljoin(self.url, _matching(list(self.page.all("a")), words, lambda e: e.text).get("href"))

    def rows(self, caption: str) -> list[list[str]]:
        """The rows of a table by its caption, each as the texts of its cells."""
        for table in self.page.all("table"):
            if any(e.text.startswith(caption) for e in table.all("caption")):
                lines = [list(row.all("th", "td")) for row in table.first("tbody").all("tr")]
                return [[cell.text for cell in line] for line in lines]
        raise HtmlError(f"no table « {caption} » on « {self.h1} »")
