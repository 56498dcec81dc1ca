"""The repayments of a dossier as a form names them, when it has several."""

from __future__ import annotations

from backoffice.web.forms import Option
from workflows.dossier import Dossier
from workflows.french import amount, short_day, typography
from workflows.repayment_view import debt_of
from workflows.repayments import RepaymentFile


def repayment_choices(view: Dossier) -> tuple[Option, ...]:
    """The repayments that an act may be about; none to choose from while there is one at most."""
    found = view.repayments if len(view.repayments) > 1 else ()
    return tuple(Option(each.cause, repayment_in_words(each)) for each in found)


def repayment_in_words(repayment: RepaymentFile) -> str:
    """A repayment as everybody names it: what it follows, its day, its amount, its state."""
    kind, on = repayment.kind.label, short_day(repayment.opened_on)
    asked = amount(debt_of(repayment).asked)
    return typography(f"{kind}, ouvert le {on} : {asked}, {repayment.state.label}")
