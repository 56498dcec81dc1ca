"""When a dossier may be proposed for elimination, under the visa of the archives (J10). Nothing is deleted here.

A dossier retained is kept ten years after its last payment or repayment; one that was not, two years after the
remedies lapse; a draft never filed, six months after the closing (code du patrimoine, art. R. 212-14). No object is
kept of an appeal: whoever asks for the visa makes sure that there is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from workflows.calendars import LAST_YEAR, Calendar
from workflows.calls.model import Call
from workflows.deadlines import add_months, court_period_end
from workflows.dossier import Dossier
from workflows.due.kinds import Due, DueKind
from workflows.effects import Addressee
from workflows.french import short_day
from workflows.jobs import Job
from workflows.legal_clocks import COURT_MONTHS, DISTANCE_MONTHS
from workflows.parts.receipts import AWARDS, latest
from workflows.states import State

_MONTHS = 12
RETAINED_MONTHS = 10 * _MONTHS
NOT_RETAINED_MONTHS = 2 * _MONTHS
DRAFT_MONTHS = 6
_VISA = "code du patrimoine art. R. 212-14"
#: Letters by which a dossier that is not retained is decided.
_REFUSALS = ("L5", "L10")
#: Letters of an award or of a rank: over once the dossier is rejected or ended, the only states in which this counts.
_REPLACED = AWARDS | {"L9"}


def retention_items(dossier: Dossier, call: Call, today: date) -> Iterator[Due]:
    """The day on which the time a dossier is kept is over; none while something is open on it."""
    found = kept_until(dossier, call, today)
    if found is None or held(dossier):
        return
    on, why = found
    what = f"Proposition d’élimination, sous visa des archives : conservé jusqu’au {short_day(on)}, {why}. Vérifiez "
    what += "qu’aucun recours n’est en cours."
    yield Due(
        DueKind.RETENTION_OVER,
        on + timedelta(days=1),
        what,
        "une demande reste ouverte",
        Job.J10,
        (Addressee.SERVICE,),
        _VISA,
        or_if=("un reversement est en cours", "la réception d’une décision reste à prouver"),
    )


def held(dossier: Dossier) -> bool:
    """True while something open on a dossier forbids to eliminate it: a request, a repayment, a letter to prove.

    A letter of an award, or of a rank, that what ended the dossier replaced is not proven any more: it holds nothing.
    """
    asked = any(request.is_open for request in dossier.requests)
    billed = any(repayment.is_open or repayment.open_claim for repayment in dossier.repayments)
    awaited = any(r.is_awaited and r.is_decision and r.letter not in _REPLACED for r in dossier.receipts)
    return asked or billed or awaited


def kept_until(dossier: Dossier, call: Call, today: date) -> tuple[date, str] | None:
    """Until which day a dossier is kept, and why; None while it lives, or while nothing says when that ends."""
    match dossier.state:
        case State.DRAFT:
            return _draft(dossier, call, today)
        case State.REJECTED:
            return _rejected(dossier, call)
        case State.ENDED if dossier.award is None and not dossier.tranches:
            return _never_retained(dossier, call)
        case State.ENDED:
            return _retained(dossier)
    return None


def _draft(dossier: Dossier, call: Call, today: date) -> tuple[date, str] | None:
    closing = call.parameters.closing_at(today).value
    if closing is None:
        return None
    # a renewal is opened long after the closing of its call
    since = max(closing.last_day, dossier.opened_on)
    return add_months(since, DRAFT_MONTHS), "six mois après la clôture, faute de dépôt"


def _rejected(dossier: Dossier, call: Call) -> tuple[date, str] | None:
    """Two years after the remedies lapse: they run from a receipt that is proven, else they never start."""
    told = [receipt.received_on for receipt in latest(dossier.receipts, _REFUSALS)]
    proven = [day for day in told if day is not None]
    if not told and dossier.silence is not None and dossier.silence.ended_on is not None:
        proven = [dossier.silence.ended_on]  # decided before receipts were kept
    elif len(proven) < len(told):
        return None
    return _after_remedies(max(proven), call) if proven else None


def _never_retained(dossier: Dossier, call: Call) -> tuple[date, str] | None:
    return _after_remedies(dossier.end.last_day, call) if dossier.end else None


def _after_remedies(told_on: date, call: Call) -> tuple[date, str] | None:
    if told_on.year >= LAST_YEAR:
        return None
    # people far from the court have longer, and nothing says who they are: the longest period (CJA R.421-7)
    over = court_period_end(told_on, COURT_MONTHS + max(DISTANCE_MONTHS), Calendar(call.authority.calendar))
    return add_months(over, NOT_RETAINED_MONTHS), "deux ans après la fin des délais de recours"


def _retained(dossier: Dossier) -> tuple[date, str] | None:
    paid = [tranche.delegated_on for tranche in dossier.tranches]
    paid += [movement.on for repayment in dossier.repayments for movement in repayment.movements]
    if paid:
        return add_months(max(paid), RETAINED_MONTHS), "dix ans après le dernier versement"
    if dossier.end is None:
        return None
    return add_months(dossier.end.last_day, RETAINED_MONTHS), "dix ans après la fin, faute de versement"
