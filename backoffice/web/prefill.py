"""What a form already knows when it opens: the request it answers, the amount planned, the date expected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from fractions import Fraction

from backoffice.services.committee import voters
from backoffice.web.choices import choices_for, to_ask_again
from backoffice.web.forms import Option
from backoffice.web.reader import Page
from workflows.account.payees import last_siret, payees_on
from workflows.account.worth import planned_credits
from workflows.acts.base import Act
from workflows.calls.sources import UnknownValueError
from workflows.french import share
from workflows.money.tranches import next_tranche
from workflows.parts.reliefs import GRANTING
from workflows.parts.requests import Request

#: The text of a control, or the values ticked in a list of boxes.
Values = dict[str, str | list[str]]
#: Fields of a closed list that are filled in when the list holds a single value.
_ALONE = ("contest", "receipt", "request", "session", "signed_by")


def known_values(page: Page, act: Act) -> Values:
    """The values a form opens with; whoever fills it in may change them all."""
    alone = _only_choices(choices_for(page, act))
    values: Values = {**alone}
    request = page.view.request(alone.get("request"))
    if request is not None and act.name in _FROM_REQUEST:
        values |= _FROM_REQUEST[act.name](request)
    if act.name in _FROM_DOSSIER:
        values |= _FROM_DOSSIER[act.name](page)
    return {name: value for name, value in values.items() if value}


def _only_choices(choices: Mapping[str, tuple[Option, ...]]) -> dict[str, str]:
    return {name: choices[name][0].value for name in _ALONE if len(choices.get(name, ())) == 1}


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _deferral(request: Request) -> Values:
    dates = request.dates
    return {
        "new_start": _day(dates.effective_on),
        "known_on": _day(dates.known_on),
        "told_on": _day(dates.recorded_on),
    }


def _departure(request: Request) -> Values:
    dates = request.dates
    return {
        "dates.fact_on": _day(dates.fact_on),
        "dates.known_on": _day(dates.known_on),
        "dates.effective_on": _day(dates.effective_on),
        "dates.recorded_on": _day(dates.recorded_on),
        "end_reason": request.reason.value if request.reason else "",
        "cca_from": _day(request.cca_from),
    }


def _end(request: Request) -> Values:
    dates = request.dates
    return {
        "last_day": _day(dates.effective_on - timedelta(days=1)),
        "known_on": _day(dates.known_on),
        "told_on": _day(dates.recorded_on),
        "end_reason": request.reason.value if request.reason else "",
        "cca_from": _day(request.cca_from),
    }


def _start(page: Page) -> Values:
    return {"start_on": _day(page.view.award.expected_start if page.view.award else None)}


def _tranche(page: Page) -> Values:
    """What is still to be delegated on the budget of the year, else the next tranche planned."""
    try:
        planned = planned_credits(page.view, page.call)
    except UnknownValueError:
        return {}
    year, due = next_tranche(planned, page.today, page.view.delegated_net)
    return {"amount": f"{due:.2f}".replace(".", ",") if due else "", "budget_year": str(year)}


def _payment(page: Page) -> Values:
    """The first tranche that waits, what is left of it, and the legal entity that is credited."""
    waiting = [credit for credit in page.view.credits if credit.to_pay > 0]
    payees = sorted(payees_on(page.view, page.call, page.today))
    known: Values = {"legal_entity": payees[0]} if len(payees) == 1 else {}
    siret = last_siret(page.view, payees[0]) if known else None
    known |= {"siret": siret} if siret else {}
    if not waiting:
        return known
    return known | {"tranche": waiting[0].id, "amount": f"{waiting[0].to_pay:.2f}".replace(".", ",")}


def _opinion(page: Page) -> Values:
    """Whoever told a link is taken for a voter until somebody says that they left the room (A40)."""
    before = page.view.committee
    if before is not None and before.judged_on is not None:
        votes = {name: list(getattr(before, name)) for name in ("present", "against", "abstaining", "conflicted_votes")}
        return {"judged_on": _day(before.judged_on), "motive": page.said(before.motive or ""), **votes}
    linked = [str(voter.account) for voter in voters(page.session, page.row) if voter.declared]
    return {"judged_on": _day(page.today), "conflicted_votes": linked}


def _repayment(page: Page) -> Values:
    current = page.view.repayment
    return {"amount": f"{current.proposed:.2f}".replace(".", ",") if current else ""}


def _relief(act: str) -> Callable[[Page], Values]:
    """The amount that was prepared for somebody else to grant."""

    def prepared(page: Page) -> Values:
        prepared = (repayment.awaited_relief for repayment in page.facts.repayments)
        found = [each.amount for each in prepared if each and each.relief.act == act]
        return {"amount": f"{found[0]:.2f}".replace(".", ",") if len(found) == 1 and found[0] else ""}

    return prepared


_FROM_REQUEST: Mapping[str, Callable[[Request], Values]] = {
    "defer": _deferral,
    "withdraw": _departure,
    "announce_departure": _departure,
    "record_end": _end,
}


def _pieces(page: Page) -> Values:
    return {"keys": to_ask_again(page)}


def _replacement(_: Page) -> Values:
    """Whoever comes next has a contract of their own: a full time unless somebody says otherwise."""
    return {"contract_share": share(Fraction(1))}


_FROM_DOSSIER: Mapping[str, Callable[[Page], Values]] = {
    "propose_replacement": _replacement,
    "record_start": _start,
    "record_tranche": _tranche,
    "record_payment": _payment,
    "record_opinion": _opinion,
    "decide_repayment": _repayment,
    **{act: _relief(act) for act in GRANTING.values()},
    "request_pieces": _pieces,
}
