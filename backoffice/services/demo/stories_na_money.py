"""Nouvelle-Aquitaine, campagne 2024: early ends, and the credits that come back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from backoffice.services.demo import account, mailroom, road
from backoffice.services.demo.life import Life, Script
from backoffice.services.demo.post import signed_for
from backoffice.services.demo.stories_na import CCA, NOVEMBER, OTHER, engaged, post, serving, story
from workflows.effects import Addressee
from workflows.parts.reliefs import Relief

#: A day of the share of the agency.
A_DAY = Decimal("108.33")


def contradictory(life: Life) -> Script:
    """Left for a chef de clinique post with a year of credits delegated; the recruiter may answer until tomorrow."""
    yield from serving(life)
    yield from road.left(life, date(2025, 2, 28), CCA, told=date(2025, 2, 3), recorded=date(2025, 3, 3))
    yield life.at(date(2025, 5, 14), "11:00")
    life.do("start_contradictory", life.instructor)
    mailroom.posted(life, "L14", channel="hand")
    signed_for(life)


def decided(life: Life) -> Script:
    """Decided pro rata, the title is issued, a day is taken off it, half of it is paid, the rest is contested."""
    yield from serving(life)
    yield from road.left(life, date(2025, 1, 31), OTHER, told=date(2025, 1, 22), recorded=date(2025, 2, 3))
    yield life.at(date(2025, 2, 10), "09:20")
    life.do("start_contradictory", life.instructor)
    yield life.at(date(2025, 3, 6), "14:30")
    life.do("record_remarks", life.recruiter, reason="Le recruteur demande un étalement sur l’exercice 2025.")
    yield life.at(date(2025, 3, 24), "16:10")
    answer = "Mois versés et non servis, au prorata. L’étalement se demande à l’agent comptable."
    life.do("decide_repayment", life.head, amount=proposed(life), reason=answer)
    yield life.at(date(2025, 3, 25), "09:30")
    mailroom.posted(life, "L15")
    yield life.at(date(2025, 3, 31), "10:30")
    life.do("request_title", life.instructor)
    yield life.at(date(2025, 3, 31), "11:00")
    mailroom.mailed(life, "L16", Addressee.ACCOUNTANT)
    yield life.at(date(2025, 4, 22), "10:40")
    life.do("record_title", life.instructor, title="TR-2025-0117")
    yield life.at(date(2025, 5, 12), "09:50")
    asked = {"relief": Relief.REDUCED, "amount": A_DAY, "reason": "Le 1er février 2025 a été servi."}
    life.do("prepare_relief", life.instructor, **asked)
    yield life.at(date(2025, 5, 13), "16:40")
    granted = {"amount": A_DAY, "authority": "Décision 2025-31 de l’ordonnateur"}
    life.do("reduce_repayment", life.head, reason="Un trentième de moins : le 1er février 2025 a été servi.", **granted)
    yield life.at(date(2025, 5, 14), "10:10")
    mailroom.posted(life, "relief_granted")
    mailroom.made(life, "relief_granted", Addressee.ACCOUNTANT)
    yield life.at(date(2025, 5, 30), "15:00")
    half = (outstanding(life) / 2).quantize(Decimal("0.01"))
    life.do("record_repaid", life.instructor, amount=half, paid_on=date(2025, 5, 28))
    yield life.at(date(2025, 6, 10), "17:20")
    grounds = "Des congés ont été pris jusqu’au 11 février 2025 : ces dix jours ont été payés au médecin."
    life.do("file_claim", life.recruiter, contested=10 * A_DAY, grounds=grounds)


def outstanding(life: Life) -> Decimal:
    """What is still due of the repayment."""
    current = life.view.repayment
    return current.outstanding if current else Decimal(0)


def proposed(life: Life) -> Decimal:
    """The amount the machine proposed."""
    current = life.view.repayment
    return current.proposed if current else Decimal(0)


def settled(life: Life) -> Script:
    """Left after a month: a small amount, partly remitted, nearly all paid, the rest written off, settled."""
    yield from engaged(life)
    yield from road.started(life, NOVEMBER)
    yield from account.delegated(life, date(2024, 11, 20))
    yield from road.left(life, date(2024, 12, 6), OTHER, told=date(2024, 12, 2), recorded=date(2024, 12, 9))
    yield life.at(date(2024, 12, 12), "09:20")
    life.do("start_contradictory", life.instructor)
    yield life.at(date(2025, 1, 20), "16:10")
    amount = proposed(life)
    life.do("decide_repayment", life.head, amount=amount, reason="Mois délégués et non servis, au prorata.")
    yield life.at(date(2025, 1, 24), "10:30")
    life.do("request_title", life.instructor)
    yield life.at(date(2025, 2, 14), "10:40")
    life.do("record_title", life.instructor, title="TR-2025-0031")
    yield life.at(date(2025, 3, 10), "15:00")
    asked = {"relief": Relief.REMITTED, "amount": Decimal("200.00"), "reason": "Remise partielle demandée."}
    life.do("prepare_relief", life.instructor, **asked)
    granted = {"amount": Decimal("200.00"), "authority": "Décision 2025-14 de l’ordonnateur"}
    life.do("remit_repayment", life.head, reason="Remise partielle accordée.", **granted)
    yield life.at(date(2025, 3, 28), "15:10")
    life.do("record_repaid", life.instructor, amount=outstanding(life) - Decimal("9.83"), paid_on=date(2025, 3, 27))
    yield life.at(date(2025, 5, 6), "11:15")
    life.do("prepare_relief", life.instructor, **_small(outstanding(life)))
    yield life.at(date(2025, 5, 7), "17:05")
    granted = {"amount": outstanding(life), "authority": "Décision 2025-29 de l’ordonnateur"}
    life.do("write_off_repayment", life.head, reason=_SMALL, **granted)
    yield life.at(date(2025, 5, 9), "09:15")
    life.do("settle", life.instructor)


_SMALL = "Reliquat inférieur au seuil de poursuite, sur proposition de l’agent comptable."


def _small(amount: Decimal) -> dict[str, Any]:
    return {"relief": Relief.WRITTEN_OFF, "amount": amount, "reason": _SMALL}


def dropped(life: Life) -> Script:
    """A repayment proposed, then given up after the remarks of the recruiter."""
    yield from engaged(life)
    yield from road.started(life, NOVEMBER)
    yield from account.delegated(life, date(2024, 11, 20))
    yield from road.left(life, date(2024, 12, 27), OTHER, told=date(2024, 12, 16), recorded=date(2024, 12, 30))
    yield life.at(date(2025, 1, 6), "09:20")
    life.do("start_contradictory", life.instructor)
    yield life.at(date(2025, 1, 28), "11:30")
    life.do("record_remarks", life.recruiter, reason="Le contrat a été prolongé de quatre jours, non comptés.")
    yield life.at(date(2025, 2, 10), "16:40")
    why = "Les jours non comptés couvrent la somme proposée."
    life.do("prepare_relief", life.instructor, relief=Relief.ABANDONED, reason=why)
    life.do("drop_repayment", life.head, authority="Décision 2025-9 de l’ordonnateur", reason=why)
    yield life.at(date(2025, 2, 11), "09:00")
    life.do("settle", life.instructor)


#: Early ends.
STORIES = (
    story(
        contradictory,
        post("geriatrie", "mirabelle", "platane", 23, 18),
        "un départ comme chef de clinique : 32 497,90 € proposés, réponse attendue jusqu’au 13 juin",
    ),
    story(
        decided,
        post("endocrinologie", "noyer", "glycine", 24, 19),
        "un reversement à moitié payé, une réclamation sur le reste",
    ),
    story(settled, post("hematologie", "salicorne", "tilleuls", 25, 20)),
    story(dropped, post("nephrologie", "buis", "platane", 26, 22)),
)
