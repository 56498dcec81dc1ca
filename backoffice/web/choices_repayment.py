"""The repayments of a dossier as a form names them, when it has several."""

from __future__ import annotations

from collections.abc import Iterator

from backoffice.web.forms import Option
from backoffice.web.reader import Page
from workflows.acts.base import Act
from workflows.dossier import Dossier
from workflows.french import amount, short_day, typography
from workflows.guards.contests import answerable
from workflows.parts.repayments import RepaymentFile
from workflows.repaying.view import debt_of


def repayment_choices(view: Dossier) -> tuple[Option, ...]:
    """The repayments that an act may be about; none to choose from while there is one at most."""
    found = view.repayments if len(view.repayments) > 1 else ()
    return tuple(Option(each.cause, repayment_in_words(each)) for each in found)


def repayment_in_words(repayment: RepaymentFile) -> str:
    """A repayment as everybody names it: what it follows, its day, its amount, its state."""
    kind, on = repayment.kind.label, short_day(repayment.opened_on)
    asked = amount(debt_of(repayment).asked)
    return typography(f"{kind}, ouvert le {on} : {asked}, {repayment.state_label}")


def said_of(page: Page, act: Act) -> dict[str, str]:
    """What the recruiter said, beside the field by which somebody answers it."""
    if act.name == "answer_claim":
        return {"outcome": " ".join(_claims(page))}
    if act.name == "answer_contest":
        told = answerable(page.facts)
        return {"contest": "\n".join(f"{c.id}, {c.label} : « {page.said(c.grounds)} »." for c in told)}
    return {}


def _claims(page: Page) -> Iterator[str]:
    for repayment in page.facts.repayments:
        claim = repayment.open_claim
        if claim is not None:
            contested, asked = amount(claim.contested), amount(debt_of(repayment).asked)
            yield (
                f"Réclamation du {short_day(claim.filed_on)} : {contested} contestés sur {asked} demandés, "
                f"{amount(repayment.outstanding)} restent dus. Motifs : « {page.said(claim.grounds)} »."
            )
