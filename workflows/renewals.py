"""The dossier that renews another one: same project, partners and candidate (IDF-08, A30)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from workflows.dossier import Dossier, StartGround
from workflows.sites import Plan


def renewal_draft(parent: Dossier, number: str, months: int, opened_on: date) -> Dossier:
    """The draft that renews `parent` for `months` months, from the day after its planned end."""
    end = parent.award.planned_end if parent.award else None
    return Dossier(
        number=number,
        call=parent.call,
        category=parent.category,
        opened_on=opened_on,
        specialty=parent.specialty,
        sites=parent.sites,
        plan=_shortened(parent.plan, months),
        months=months,
        wished_start=end + timedelta(days=1) if end else None,
        contract_share=parent.contract_share,
        share_motivated=parent.share_motivated,
        depositors=tuple(replace(d, confirmed=False) for d in parent.depositors),
        candidate=parent.candidate,
        start_ground=StartGround.RENEWAL,
        renewal_of=parent.number,
    )


def _shortened(plan: Plan, months: int) -> Plan:
    """The same weekly time for other months; a plan of several periods is left to be rewritten."""
    return (replace(plan[0], months=months),) if len(plan) == 1 else plan
