"""Templates of letters: those shipped, those an agency keeps, and what a template may not do."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from backoffice.services.letters.layout_words import words_of
from backoffice.services.letters.press import Job, NotCompiledError, press
from backoffice.services.letters.template_checks import (
    BEFORE,
    LAYOUT,
    LENT,
    LINES_BEFORE,
    forbidden,
    names_written,
    unknown,
    unreadable,
)
from backoffice.services.letters.template_words import Fault, TemplateRefusedError, fault_of
from backoffice.store import letters as store
from backoffice.store.base import writing
from backoffice.store.letters import LetterTemplate
from workflows.french import typography
from workflows.letters.data import Stamp, printed
from workflows.letters.kinds import KINDS, LetterKind
from workflows.letters.members import Sample, sample
from workflows.letters.mentions import label_of, marked, mentions_of, sentences_of

_FOLDER = resources.files("config") / "letters"


@dataclass(frozen=True, slots=True)
class Template:
    """A template as it is used: `digest` is that of its text and of the layout. `own`: the agency changed it."""

    code: str
    text: str
    digest: str
    own: bool


@cache
def layout() -> Mapping[str, str]:
    """The files of the layout that every letter shares, by name."""
    return MappingProxyType({name: (_FOLDER / name).read_text("utf-8") for name in (LAYOUT, LENT)})


@cache
def shipped(code: str) -> Template:
    """The template of a letter as it comes with the product. Raises LookupError for a letter that has none."""
    shared = KINDS[code].like if code in KINDS else None
    try:
        text = (_FOLDER / f"{shared or code}.typ").read_text("utf-8")
    except FileNotFoundError as error:
        raise LookupError(code) from error
    return Template(code, text, _digest(text), own=False)


def _digest(text: str) -> str:
    return hashlib.sha256("\0".join((*layout().values(), text)).encode()).hexdigest()


def in_force(session: Session, authority: str, code: str) -> Template:
    """The template that an authority uses for a letter: the last one it kept, else the shipped one."""
    kept = store.template(session, authority, code)
    return of_text(code, kept.text if kept else None)


def of_text(code: str, text: str | None) -> Template:
    """The template that an agency kept for a letter, the shipped one for None."""
    return shipped(code) if text is None else Template(code, text, _digest(text), own=True)


def job(template: Template, data: Any, stamp: Any, at: datetime) -> Job:
    """What the press compiles: a template, the printed data of a letter, its printed stamp."""
    return Job(
        {"main.typ": BEFORE + template.text, **layout()},
        {"data": json.dumps(data, ensure_ascii=False), "stamp": json.dumps(stamp, ensure_ascii=False)},
        at,
    )


#: The instant that is printed in the properties of a preview.
_NO_DAY = datetime(2000, 1, 1, tzinfo=UTC)


def sample_job(template: Template, which: Sample) -> Job:
    """An invented letter on a template, as a draft."""
    return job(template, printed(sample(KINDS[template.code].data, which)), printed(Stamp()), _NO_DAY)


def preview(code: str, text: str, which: Sample) -> bytes:
    """An invented letter, as a PDF, on a text that is not kept. Raises TemplateRefusedError."""
    faults = _faults(KINDS[code], text)
    if faults:
        raise TemplateRefusedError(faults)
    try:
        return press().pdf(sample_job(Template(code, text, "", own=True), which))
    except NotCompiledError as error:
        raise TemplateRefusedError((fault_of(error, LINES_BEFORE),)) from error


def save(session: Session, authority: str, code: str, text: str, *, by: str, now: datetime) -> Template:
    """Keep the text of an agency for a letter, once it makes the three invented letters. Raises TemplateRefusedError.

    Nothing is replaced: the versions before stay. The same text again is not kept twice.
    """
    text = text.replace("\r\n", "\n").strip("\n") + "\n"
    check(KINDS[code], text)
    current = in_force(session, authority, code)
    if current.text != text:
        _add(session, authority, code, text, by=by, now=now)
    return in_force(session, authority, code)


def restore(session: Session, authority: str, code: str, *, by: str, now: datetime) -> Template:
    """Come back to the shipped template; the versions of the agency stay."""
    if in_force(session, authority, code).own:
        _add(session, authority, code, None, by=by, now=now)
    return shipped(code)


def _add(session: Session, authority: str, code: str, text: str | None, *, by: str, now: datetime) -> None:
    digest = shipped(code).digest if text is None else _digest(text)
    with writing(session):
        rank = store.template_versions(session, authority, code) + 1
        session.add(
            LetterTemplate(
                id=uuid4(),
                authority=authority,
                code=code,
                version=rank,
                text=text,
                digest=digest,
                saved_by=by,
                saved_at=now,
            )
        )


def check(kind: LetterKind, text: str) -> None:
    """Refuse a template that asks for what it may not have, names an unknown member, does not compile, or leaves out a
    mandatory mention.

    Raises TemplateRefusedError.
    """
    faults = _faults(kind, text)
    if faults:
        raise TemplateRefusedError(faults)
    template = Template(kind.code, text, "", own=True)
    names = replace(template, text=names_written(text) or "Rien.")
    for tried, which in ((names, Sample.SHORTEST), *((template, which) for which in Sample)):
        try:
            press().pdf(sample_job(tried, which))
        except NotCompiledError as error:
            raise TemplateRefusedError((fault_of(error, LINES_BEFORE),)) from error
    missing = tuple(_left_out(kind, path) for path in unmentioned(kind, template))
    if missing:
        raise TemplateRefusedError(missing)


def no_longer_sound(session: Session) -> Iterator[tuple[str, str, TemplateRefusedError]]:
    """Templates in force that would be refused if they were saved now: authority, code, why.

    A release may know other members, or another layout, than that under which an agency kept its text.
    """
    for authority, code in store.kept_templates(session):
        current = in_force(session, authority, code) if code in KINDS else None
        if current is None or not current.own:
            continue
        try:
            check(KINDS[code], current.text)
        except TemplateRefusedError as error:
            yield authority, code, error


#: What the layout says of the marks that the body does not print.
_UNMENTIONED = re.compile(r"not mentioned: ([\w -]+)")


def unmentioned(kind: LetterKind, template: Template) -> tuple[str, ...]:
    """The mandatory mentions that a template prints in no letter, whatever its flags: the paths of members, the names
    of sentences.

    Raises TemplateRefusedError when it does not compile.
    """
    paths, sentences = mentions_of(kind), sentences_of(kind)
    left = {*paths, *sentences}
    for flags in (True, False):
        letter = marked(kind.data, flags=flags)
        marks = {letter.marks[path]: path for path in paths}
        made = job(template, letter.data, printed(Stamp()), _NO_DAY)
        looked_for = {"marks": json.dumps(list(marks)), "sentences": json.dumps(sentences)}
        try:
            press().pdf(replace(made, inputs={**made.inputs, **looked_for}))
        except NotCompiledError as error:
            told = _UNMENTIONED.search(error.message)
            if told is None:
                raise TemplateRefusedError((fault_of(error, LINES_BEFORE),)) from error
            left &= {marks.get(mark, mark) for mark in told[1].split()}
        else:
            left.clear()
    return tuple(wanted for wanted in (*paths, *sentences) if wanted in left)


def _left_out(kind: LetterKind, path: str) -> Fault:
    if path in sentences_of(kind):
        return Fault(None, typography(f"Il manque une mention obligatoire : {words_of(path)}. Écrivez #{path}()."))
    label = label_of(kind.data, path)
    return Fault(None, typography(f"Il manque une mention obligatoire : {label} (data.{path}). Écrivez-la."))


def _faults(kind: LetterKind, text: str) -> tuple[Fault, ...]:
    """What can be said of a template without compiling it."""
    return tuple(unreadable(text)) or (*forbidden(text), *unknown(kind, text))
