"""What the account of a post says of its own figures, in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from workflows.account.lines import Asked, Stopped
from workflows.account.post import PostAccount
from workflows.calls.funding import RepaymentReading
from workflows.french import amount, short_day, typography, unbroken
from workflows.parts.requests import EndReason

_CCA = "cca"


def lead(account: PostAccount) -> str:
    """The first line of the account: what was awarded, what is due, what was paid, what is left or comes back."""
    if account.is_empty:
        return "Rien n’est encore engagé, délégué ni versé pour ce poste."
    sums = account.balances
    known = f"{amount(sums.awarded)} engagés, {amount(sums.due)} dus pour les jours servis"
    told = f"{amount(sums.paid)} versés"
    if sums.recovered:
        told = f"{told}, {amount(sums.recovered)} recouvrés"
    if not account.unknown:
        told = f"{known}, {told}"
    return _said(f"Au {short_day(account.on)} : {told}. {_left(account)}")


def _left(account: PostAccount) -> str:
    sums = account.balances
    if sums.to_refund:
        return f"{amount(sums.to_refund)} sont à rendre à l’établissement."
    if sums.to_recover or (sums.decided and account.ended_on):
        left = f"il en reste {amount(sums.to_recover)} à reverser" if sums.to_recover else "tout est réglé"
        return f"{amount(sums.decided)} sont demandés en reversement : {left}."
    if account.proposed:
        return f"Un reversement de {amount(account.proposed)} est proposé, pas encore décidé."
    if account.unknown:
        return "Ce que vaut le poste n’est pas encore connu."
    gap = sums.due - (sums.paid - sums.taken_back)
    if gap > 0:
        return f"{amount(gap)} sont dus et pas encore versés."
    ahead = "de plus que les jours servis" if account.ended_on else "d’avance sur les mois à venir"
    return f"{amount(-gap)} sont versés {ahead}." if gap else "Tout ce qui est dû est versé."


#: Why no amount can be given, and what makes those given provisional; the rules are told beside.
UNKNOWN = "Un montant que l’appel doit donner n’est pas encore connu : l’échéancier se calcule dès qu’il l’est."
UNSETTLED = "Montants provisoires : une valeur reste à fixer par l’agence."


@dataclass(frozen=True, slots=True)
class StopLine:
    """A line of what would happen if the post stopped, in euros."""

    label: str
    amount: Decimal


def coming_back(stopped: Stopped) -> Decimal:
    """What would come back whatever the cause: for no clause of the call."""
    return next(asked.amount for asked in stopped.asked if asked.cause is None)


def stop_lines(stopped: Stopped) -> list[StopLine]:
    """What the amount is made of, then what would be done besides."""
    found = [
        StopLine("Versé, moins ce qui est déjà redemandé", stopped.paid),
        StopLine("Jours servis", stopped.served),
        StopLine("Resterait à verser", stopped.to_pay),
    ]
    if stopped.to_reduce:
        found.append(StopLine("Délégué et plus dû, à réduire", stopped.to_reduce))
    return found


def clause_lines(stopped: Stopped) -> list[StopLine]:
    """What each clause of the call allows to ask back, for its cause."""
    return [StopLine(_clause(asked), asked.amount) for asked in stopped.asked if asked.cause is not None]


def _clause(asked: Asked) -> str:
    return _said(f"{_cause(asked.cause or '')} : {asked.reading.label}")


def _cause(cause: str) -> str:
    if cause == _CCA:
        return "Départ vers un poste de chef de clinique"
    known = EndReason(cause).label if cause in set(EndReason) else cause
    return known[:1].upper() + known[1:]


def clause_note(stopped: Stopped) -> str:
    """What is said of the readings of the clauses; empty when the call has none."""
    if not any(asked.cause for asked in stopped.asked):
        return ""
    if not stopped.decidable:
        return _said("L’agence n’a pas encore choisi sa lecture de cette clause : le prorata vaut jusque-là.")
    shown = next((a.reading for a in stopped.asked if a.cause and a.shown), RepaymentReading.PRORATA)
    return _said(f"L’agence lit cette clause ainsi : {shown.asks}.")


def _said(text: str) -> str:
    return unbroken(typography(text))
