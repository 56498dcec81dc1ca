"""The page of a repayment: how much, why, where it stands, who must act. Agents and the recruiter alone read it."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from backoffice.services.act import Times
from backoffice.services.soon import Proposal, proposals
from backoffice.store.base import db
from backoffice.web import exports, repayment_export, security
from backoffice.web.policy import Policy, open_to
from backoffice.web.reader import Page, page_of
from backoffice.web.repayment_acts import act_url, repayment_offer
from backoffice.web.repayment_page import RepaymentPage, repayment_page
from workflows.repaying.track import Standing

blueprint = Blueprint("repayments", __name__, url_prefix="/dossiers/<number>/reversement")


@blueprint.get("")
@blueprint.get("/<int:rank>")
@open_to(Policy.DOSSIER)
def show(number: str, rank: int | None = None) -> ResponseReturnValue:
    """A repayment of a dossier: the one to see to, or the one of that rank."""
    page = _page(number)
    shown = repayment_page(page, rank)
    if shown is None and rank is not None:
        abort(404)
    if shown is None:
        return render_template("repayment_none.html", page=page, view=page.facts, soon=_soon(page))
    others = [RepaymentPage(page, each, n) for n, each in enumerate(page.facts.repayments, 1) if n != shown.rank]
    offer = repayment_offer(shown)
    return render_template(
        "repayment.html",
        page=page,
        view=page.facts,
        shown=shown,
        others=others,
        offer=offer,
        act_href=lambda act: act_url(shown, act),
        standings=Standing,
        formats=exports.FORMATS,
    )


def _page(number: str) -> Page:
    """The dossier of a reader of amounts; 404 for whoever may not read them (A39)."""
    page = page_of(db.session(), security.required_visitor(), number, security.clocks().legal())
    return page if page.sees_money else abort(404)


@blueprint.get("/<int:rank>/export/<what>/<ending>")
@open_to(Policy.DOSSIER)
def export(number: str, rank: int, what: str, ending: str) -> ResponseReturnValue:
    """A table of the page; a workbook holds them all, the one asked for first."""
    shown = repayment_page(_page(number), rank)
    if shown is None:
        abort(404)
    return exports.send_first(f"reversement {number} {rank}", what, ending, repayment_export.tables(shown))


def _soon(page: Page) -> tuple[Proposal, ...]:
    """What the machine is about to propose, for agents: nobody else is told before it is."""
    times = Times(page.now, security.clocks().machine())
    return proposals(page.session, page.row, page.view, page.call, times) if page.visitor.is_agent else ()
