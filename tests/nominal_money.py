"""Sensible inputs for the acts on the account of a post and on what its months are worth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol

from tests.builders import siret
from tests.profiles import Profile
from workflows.account.contestable import contestable
from workflows.account.correcting import correctable
from workflows.account.payees import credited_sites, entity_on
from workflows.calls.model import Call, Channel
from workflows.deadlines import add_months
from workflows.dossier import Dossier
from workflows.parts.contests import ContestState

REASON = "motif-0001"
#: What says how something came by post; a party that says it is not listened to.
_BY_POST = {"channel": Channel.POST, "evidence": "courrier-0034"}


class Scene(Protocol):
    """What nominal inputs depend on."""

    profile: Profile
    call: Call
    dossier: Dossier

    @property
    def today(self) -> date:
        """The day in the authority’s zone."""
        ...


def _to_pay(scene: Scene) -> dict[str, Any]:
    """The first tranche not wholly paid and what is left of it."""
    waiting = [credit for credit in scene.dossier.credits if credit.to_pay > 0]
    if not waiting:
        return {"tranche": "T1", "amount": Decimal("1000.00")}
    return {"tranche": waiting[0].id, "amount": waiting[0].to_pay}


def _payment(scene: Scene) -> dict[str, Any]:
    """The whole of that tranche, to the legal entity that is credited."""
    entity = payee_on(scene, scene.today)
    return _to_pay(scene) | {"reference": "virement-0017", "siret": siret(1), "legal_entity": entity}


def payee_on(scene: Scene, day: date) -> str:
    """The legal entity that is credited on a day; that of the nominal recruiter while the dossier names nobody."""
    credited = credited_sites(scene.dossier, scene.call)
    return entity_on(scene.dossier, credited[0], day) if credited else scene.profile.recruiter.legal_entity


def _written(scene: Scene) -> dict[str, Any]:
    """The last entry of the account that may be taken back."""
    entries = [e.id for e in correctable(scene.dossier)]
    return {"entry": entries[-1] if entries else "T1", "reason": REASON}


def _opening(scene: Scene) -> dict[str, Any]:
    return {
        "notified": Decimal("5000.00"),
        "paid": Decimal("3000.00"),
        "notified_on": scene.today - timedelta(days=2),
        "on": scene.today,
        "budget_year": scene.today.year,
        "reference": "compte-0021",
        "reason": REASON,
    }


def _since(scene: Scene) -> date:
    """A day from which the months to come may be worth something else."""
    stays, award = scene.dossier.tenures, scene.dossier.award
    if stays and stays[-1].ends_on is None:
        return max(scene.today, stays[-1].starts_on)
    return (award.expected_start if award else None) or scene.profile.start


def _share(scene: Scene) -> dict[str, Any]:
    return {"share": Fraction(4, 5), "since": _since(scene), "reason": REASON}


def _waiver(scene: Scene) -> dict[str, Any]:
    site = scene.dossier.partners[0].id if scene.dossier.partners else ""
    return {"site": site, "since": _since(scene), "proposal": "courrier-0042", "reason": REASON}


def _extension(scene: Scene) -> dict[str, Any]:
    """Two months more."""
    award = scene.dossier.award
    end = (award.planned_end if award else None) or scene.today
    return {"until": add_months(end + timedelta(days=1), 2) - timedelta(days=1), "reason": REASON}


def _line(scene: Scene) -> str:
    """The first line of the account that nobody contests; the first of all when each is."""
    waiting = {contest.line for contest in scene.dossier.open_contests}
    known = [line.id for line in contestable(scene.dossier)]
    return next((line for line in known if line not in waiting), known[0] if known else "S1")


def _contest(scene: Scene) -> str:
    return next((contest.id for contest in scene.dossier.open_contests), "C1")


#: act -> its nominal inputs.
VALUES: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    "change_contract_share": _share,
    "waive_distance": _waiver,
    "extend": _extension,
    "record_payment": _payment,
    "reduce_tranche": lambda scene: _to_pay(scene) | {"reason": REASON},
    "record_opening": _opening,
    "correct_ledger_entry": _written,
    "contest_line": lambda scene: _BY_POST | {"line": _line(scene), "came_on": scene.today, "reason": REASON},
    "answer_contest": lambda scene: {"contest": _contest(scene), "outcome": ContestState.DISMISSED, "reason": REASON},
}
