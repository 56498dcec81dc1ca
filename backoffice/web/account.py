"""The account of a post: one page, the same figures for the agency and for the hospital, and every line contestable."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from backoffice.store.base import db
from backoffice.web import account_export, account_words, exports, security
from backoffice.web.dossiers import act_label
from backoffice.web.pictures import Curve, curve
from backoffice.web.policy import Policy, open_to
from backoffice.web.reader import Page, page_of
from backoffice.web.standing import who_does
from workflows.account.post import PostAccount, post_account
from workflows.french import month_name, share, thirtieths
from workflows.parts.contests import Contest

blueprint = Blueprint("account", __name__, url_prefix="/dossiers/<number>/compte")


@dataclass(frozen=True, slots=True)
class ContestRow:
    """A contest as its reader sees it: its texts in full, and the acts that the reader may do now.

    `remedy`: the label of the act to do, `who` does it; `does`: its name when the reader may do it.
    """

    contest: Contest
    grounds: str
    reply: str
    remedy: str
    who: str
    does: str | None


def _page(number: str) -> Page:
    """The dossier of a reader of amounts; 404 for whoever may not read them (A39)."""
    page = page_of(db.session(), security.required_visitor(), number, security.clocks().legal())
    return page if page.sees_money else abort(404)


def _account(page: Page) -> PostAccount:
    return post_account(page.view, page.call, page.today)


@blueprint.get("")
@open_to(Policy.DOSSIER)
def show(number: str) -> ResponseReturnValue:
    """The account of a post on this day."""
    page = _page(number)
    account = _account(page)
    allowed = {p.act.name for p in page.possibilities if p.allowed}
    return render_template(
        "account.html",
        page=page,
        view=page.view,
        call=page.call,
        account=account,
        lead=account_words.lead(account),
        say=account_words,
        allowed=allowed,
        contests=[_contest(page, contest, allowed) for contest in reversed(account.contests)],
        picture=_picture(account),
        table=_table(account),
        month_name=month_name,
        share=share,
        thirtieths=thirtieths,
        act_label=act_label,
        formats=exports.FORMATS,
    )


def _contest(page: Page, contest: Contest, allowed: set[str]) -> ContestRow:
    remedy = contest.remedy or ""
    return ContestRow(
        contest,
        page.said(contest.grounds),
        page.said(contest.reply or ""),
        act_label(remedy) if remedy else "",
        who_does(remedy, page.call) if page.visitor.is_agent else "l’agence",
        remedy if remedy in allowed and page.visitor.is_agent else None,
    )


def _picture(account: PostAccount) -> Curve | None:
    """What is due against what is paid; None while there is nothing to draw."""
    if not account.points:
        return None
    return curve([p.due for p in account.points], [p.paid for p in account.points if p.paid is not None])


@dataclass(frozen=True, slots=True)
class PictureRow:
    """A month of the picture: due and paid since the start, and what is left (above zero: not paid yet)."""

    month: str
    due: Decimal
    paid: Decimal | None
    left: Decimal | None


def _table(account: PostAccount) -> list[PictureRow]:
    return [
        PictureRow(month_name(p.year, p.month), p.due, p.paid, None if p.paid is None else p.due - p.paid)
        for p in account.points
    ]


@blueprint.get("/export/<what>/<ending>")
@open_to(Policy.DOSSIER)
def export(number: str, what: str, ending: str) -> ResponseReturnValue:
    """A table of the page; a workbook holds them all, the one asked for first."""
    account = _account(_page(number))
    tables = {
        "echeancier": account_export.schedule_table(account),
        "differences": account_export.changes_table(account),
        "ecritures": account_export.entries_table(account),
    }
    return exports.send_first(f"compte {number}", what, ending, tables)
