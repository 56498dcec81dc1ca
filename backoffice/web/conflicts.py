"""The page of a form that came too late: somebody else acted in between, and the page says who, what and when."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from flask import render_template
from flask.typing import ResponseReturnValue

from backoffice.services.act import Conflict
from backoffice.store import reading
from backoffice.web.dossiers import act_label
from backoffice.web.reader import Page, page_of
from backoffice.web.ways_back import way_back
from workflows.actors import Role
from workflows.acts.base import Act


def conflict_page(page: Page, act: Act, answer: Conflict, typed: Sequence[tuple[str, str]] = ()) -> ResponseReturnValue:
    """The page, with what the dossier has become. `typed`: what the form held, to fill it in again."""
    page = page_of(page.session, page.visitor, page.view.number, page.now)
    name = reading.authors(page.session, {answer.author}).get(answer.author)
    who = Role(answer.author_role).label
    return (
        render_template(
            "conflict.html",
            page=page,
            view=page.view,
            act=act,
            back=way_back(page),
            answer=answer,
            who=f"{who} ({name})" if name else who,
            done=act_label(answer.act),
            typed=typed,
        ),
        HTTPStatus.CONFLICT,
    )
