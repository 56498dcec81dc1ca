"""The closed lists of the forms on the account of a post: its tranches, its entries, its places of work."""

from __future__ import annotations

from collections.abc import Set

from backoffice.web.choices_repayment import repayment_choices
from backoffice.web.forms import Option
from backoffice.web.words import capital
from workflows.account.contestable import contestable, written_after
from workflows.account.correcting import correctable
from workflows.account.lines import AccountLine, account_lines
from workflows.acts import ACTS
from workflows.dossier import Dossier
from workflows.french import amount, short_day, typography
from workflows.guards.contests import answerable
from workflows.parts.claims import ClaimState
from workflows.parts.contests import REMEDIES, ContestState
from workflows.parts.credits import Credit


def money_choices(view: Dossier, names: Set[str]) -> dict[str, tuple[Option, ...]]:
    """The options of the fields of those names that are about the account of the post."""
    found: dict[str, tuple[Option, ...]] = {}
    if "tranche" in names:
        waiting = (credit for credit in view.credits if credit.to_pay > 0)
        found["tranche"] = tuple(Option(credit.id, typography(_tranche(credit))) for credit in waiting)
    if "entry" in names:
        found["entry"] = tuple(Option(e.id, typography(_entry(e))) for e in reversed(correctable(view)))
    if "line" in names:
        found["line"] = tuple(
            Option(n.id, capital(typography(f"{n.label} : {amount(n.amount)}"))) for n in contestable(view)
        )
    if "contest" in names:
        found["contest"] = tuple(
            Option(c.id, capital(typography(f"{c.label} : {amount(c.amount)}"))) for c in answerable(view)
        )
        found["outcome"] = tuple(Option(s.value, capital(s.label)) for s in ContestState if s is not ContestState.OPEN)
        found["remedy"] = tuple(Option(name, ACTS[name].label) for name in REMEDIES)
        found["corrected_by"] = tuple(Option(n.id, _line(n)) for n in _correcting(view))
    if "granted" in names:
        found["outcome"] = tuple(Option(s.value, capital(s.label)) for s in ClaimState if s is not ClaimState.OPEN)
    if "repayment" in names:
        found["repayment"] = repayment_choices(view)
    if "proposal" in names and "site" in names:
        found["site"] = tuple(Option(site.id, site.name) for site in view.partners)
    return found


def _correcting(view: Dossier) -> list[AccountLine]:
    """The lines that may have put right one of those contested: written after it."""
    after = {line.id for contest in answerable(view) for line in written_after(view, contest.line)}
    return [line for line in account_lines(view) if line.id in after]


def _line(line: AccountLine) -> str:
    return capital(typography(f"{line.label} du {short_day(line.on)} ({line.id}) : {amount(line.amount)}"))


def _tranche(credit: Credit) -> str:
    year, left = credit.budget_year, amount(credit.to_pay)
    return f"{credit.id}, exercice {year}, déléguée le {short_day(credit.notified_on)} : reste {left}"


def _entry(line: AccountLine) -> str:
    return f"{line.id}, {line.label} du {short_day(line.on)} : {amount(line.amount)}"
