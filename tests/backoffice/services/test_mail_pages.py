"""The page of every mail: the words of its text, nothing to fetch, nothing that runs, readable by everybody."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

import pytest

from backoffice.services.addresses import Recipient
from backoffice.services.mail_layout import blocks_of, flowed, page
from tests.backoffice.writing import PUBLIC_URL, flat, samples, written
from tests.builders import rewritten
from tests.lives import life_of
from workflows.french import typography
from workflows.states import State

SAMPLES = samples()
VOID = {"meta", "br"}


@dataclass
class Read(HTMLParser):
    """What a browser finds in a page: the elements, the words, the links."""

    tags: list[str] = field(default_factory=list)
    attributes: list[tuple[str, str, str]] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag == "a":
            self.links.append((dict(attrs)["href"] or "", ""))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "title" not in self.open:
            self.words.append(data)
        if "a" in self.open:
            self.links[-1] = (self.links[-1][0], self.links[-1][1] + data)


def read(html: str | None) -> Read:
    assert html is not None
    found = Read()
    found.feed(html)
    found.close()
    assert found.open == []
    return found


@pytest.fixture(params=SAMPLES, ids=lambda sample: f"{sample.name}, {sample.title}")
def mail(request):
    return request.param.mail


def test_the_page_says_what_the_text_says_and_nothing_else(mail):
    text = re.sub(r"(?m)^(?:-+$|- )", "", mail.body)
    assert flat("".join(read(mail.html).words)) == flat(f"{mail.subject} {text}")


def test_the_page_is_french_readable_on_a_telephone_and_names_itself(mail):
    assert mail.html.startswith('<!DOCTYPE html>\n<html lang="fr">')
    assert '<meta charset="utf-8">' in mail.html
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in mail.html
    found = read(mail.html)
    assert found.tags.count("title") == found.tags.count("h1") == found.tags.count("main") == 1
    assert "width:" not in mail.html.replace("max-width:", "")


def test_nothing_is_fetched_and_nothing_runs(mail):
    found = read(mail.html)
    allowed = {"html", "head", "meta", "title", "body", "main", "h1", "h2", "p", "ul", "li", "a"}
    assert set(found.tags) <= allowed
    assert {name for _, name, _ in found.attributes} <= {"lang", "charset", "name", "content", "style", "href"}
    assert [value for _, name, value in found.attributes if name == "style" and "url(" in value] == []
    assert not re.search(r"color:|background", "".join(value for _, name, value in found.attributes if name == "style"))


def test_links_lead_to_our_pages_and_to_the_sites_that_the_text_names(mail):
    for target, shown in read(mail.html).links:
        ours = target.startswith(PUBLIC_URL) and shown == target
        assert ours or target in {"https://www.cnil.fr", "https://www.telerecours.fr"}
        assert shown in mail.body


def test_items_are_in_lists_and_headings_come_in_order(mail):
    found = read(mail.html)
    assert Counter(found.tags)["li"] == len(re.findall(r"(?m)^- ", mail.body))
    levels = [tag for tag in found.tags if tag in {"h1", "h2", "h3"}]
    assert levels[0] == "h1"
    assert set(levels[1:]) <= {"h2"}


def test_the_address_of_the_service_is_a_link_to_write_to_it():
    life = life_of("na-2024").to(State.SUBMITTED)
    life.under(rewritten(life.call, "authority.email", "b@ars.example"))
    links = read(written(life, "L2").html).links
    assert ("mailto:b@ars.example", "b@ars.example") in links


HOSTILE = {
    "script": "<script>alert(1)</script>",
    "attribute": '" onmouseover="alert(1)',
    "entity": "&lt;b&gt; &amp; &#60;",
    "link": '<a href="https://ailleurs.example">ici</a>',
    "address": "https://ailleurs.example/www.cnil.fr",
    "image": "<img src=https://ailleurs.example/x.png>",
    "heading": "## Décision",
    "our page": f"{PUBLIC_URL}/dossiers/NA-2024-007.ailleurs.example",
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_name_is_only_ever_text(hostile):
    def said(name: str) -> Read:
        life = life_of("na-2024").to(State.SUBMITTED)
        recruiter, partner = life.dossier.sites
        life.changed(sites=(recruiter, replace(partner, name=name)))
        return read(written(life, "L2", recipients=(Recipient(name, "anis@vermeil.example"),)).html)

    usual, found = said("CHU des Tilleuls"), said(hostile)
    assert found.tags == usual.tags
    assert found.links == usual.links
    assert re.sub(r"\s", "", typography(hostile)) in re.sub(r"\s", "", "".join(found.words))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("## Un titre", "Un titre\n--------\n"),
        ("## Un\n\nDeux", "Un\n--\n\nDeux\n"),
        ("Un ## deux", "Un ## deux\n"),
    ],
)
def test_a_heading_is_underlined_in_the_text(text, expected):
    assert flowed(text) == expected


def test_a_page_holds_what_is_read_as_one_thing_on_one_line():
    html = page("Objet", blocks_of("L’article L. 114-5, le 1er mai 2025."), {})
    assert "L.\u00a0114-5, le 1er\u00a0mai\u00a02025" in html
