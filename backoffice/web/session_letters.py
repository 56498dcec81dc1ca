"""The letters of a session of the committee, on its page: its convocations, its procès-verbal."""

from __future__ import annotations

from uuid import UUID

from flask import url_for

from backoffice.services.accounts import Visitor
from backoffice.services.effect_words import effect_name, whom
from backoffice.services.letters.making import outdated
from backoffice.services.letters.sources import source
from backoffice.store.base import db
from backoffice.store.letter_lists import of_session
from backoffice.store.letters import Letter
from backoffice.store.mails import LetterDue
from backoffice.web.letter_steps import stage_of
from backoffice.web.letters import LetterLine
from workflows.french import NBSP, count


def session_letters(visitor: Visitor, call: str, name: str) -> list[LetterLine]:
    """What was asked for a session: every letter for agents; for a member, those sent to them."""
    found = of_session(db.session(), call, name)
    if visitor.is_agent:
        return [line for due, letters in found for line in _asked(due, letters)]
    return [
        LetterLine(effect_name(letter.code), "", stage_of(letter), href=_file(letter.id))
        for _, letters in found
        for letter in letters
        if letter.party == str(visitor.account) and letter.sent_at is not None
    ]


def _asked(due: LetterDue, letters: list[Letter]) -> list[LetterLine]:
    """What was asked: a line to prepare while somebody has no letter, then a line for each letter."""
    lines = [_made(due, letter) for letter in letters]
    if due.cancelled_at is not None or due.elsewhere_at is not None:
        return lines
    left = len(source(db.session(), due).parties) - len(letters)
    if left <= 0:
        return lines
    stands = f"{count(left, 'courrier')} à préparer"
    href = url_for("letter_pages.project", due=due.id)
    return [LetterLine(effect_name(due.code), whom(due.addressee), stands, href=href), *lines]


def _made(due: LetterDue, letter: Letter) -> LetterLine:
    number = f" (n°{NBSP}{letter.full_number})" if letter.full_number else ""
    gone = due.cancelled_at is not None or letter.sent_at is not None
    why = None if gone else outdated(db.session(), letter, source(db.session(), due))
    return LetterLine(
        f"{effect_name(due.code)}{number}",
        letter.data["to"]["name"],
        f"{stage_of(letter)}, remplacé depuis" if due.cancelled_at is not None else stage_of(letter),
        lost=f"À refaire : {why}" if why else "",
        href=url_for("letter_pages.show", letter=letter.id),
    )


def _file(letter: UUID) -> str:
    return url_for("letter_pages.file", letter=letter)
