"""Nouvelle-Aquitaine, campagne 2024: candidates filed in June 2024, the posts began in November or in May."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from backoffice.services.demo import account, mailroom, road
from backoffice.services.demo.life import Life, Post, Script, Story
from backoffice.services.demo.numbers import finess
from workflows.dossier import Project
from workflows.letters.asked import AskedLetter
from workflows.parts.contests import ContestState
from workflows.parts.requests import EndReason

CALL = "na-2024"
SESSION = "juillet-2024"
NOVEMBER, MAY = date(2024, 11, 4), date(2025, 5, 2)
#: The day on which the tranche of the budget year 2025 leaves.
_SECOND_TRANCHE = date(2025, 1, 20)
CCA, OTHER = EndReason.CCA_OR_HU, EndReason.OTHER_HOSPITAL


def examined(life: Life, *, favourable: bool = True) -> Script:
    """From the draft to the opinion of the committee. Dossiers come in over three weeks."""
    yield from road.filed(life, date(2024, 5, 24 if life.post.rank % 3 else 30), f"{9 + life.post.rank % 9:02}:20")
    yield from road.completed(life, date(2024, 6, 24), f"{9 + life.post.rank % 6:02}:05")
    yield from road.heard(life, date(2024, 7, 3), date(2024, 7, 11), SESSION, favourable=favourable)


def awarded(life: Life) -> Script:
    """Up to the notification."""
    yield from examined(life)
    yield from road.selected(life, date(2024, 7, 15))
    yield from road.notified(life, date(2024, 7, 22))


def engaged(life: Life, **lifts: str) -> Script:
    """Up to the financial notification."""
    yield from awarded(life)
    yield from road.accepted(life, date(2024, 7, 29))
    yield from road.financed(life, date(2024, 9, 16), **lifts)


def begun(life: Life, **lifts: str) -> Script:
    """In post, with the tranche of the first year."""
    yield from engaged(life, **lifts)
    start = life.post.start or NOVEMBER
    yield from road.started(life, start)
    yield from account.delegated(life, start.replace(day=20))


def serving(life: Life, *, paid: Decimal | None = None, **lifts: str) -> Script:
    """In post, with the tranches of each year up to now; `paid`: what is paid at once of the second one."""
    yield from begun(life, **lifts)
    if (life.post.start or NOVEMBER) < _SECOND_TRANCHE:
        yield from account.delegated(life, _SECOND_TRANCHE, confirmed=True, paid=paid)


def paid_in_parts(life: Life) -> Script:
    """The second tranche is paid in three parts: the second one is contested, the last one still to come."""
    yield from serving(life, paid=Decimal("13000.00"))
    yield life.at(date(2025, 4, 14), "16:20")
    entry = account.pay(life, Decimal("13000.00"))
    yield life.at(date(2025, 6, 10), "11:05")
    life.do("contest_line", life.recruiter, line=entry, reason="Ce versement ne figure pas sur nos relevés.")


def mistaken(life: Life) -> Script:
    """A tranche with two figures swapped, then a payment misread: each is taken back, and written again.

    Two months more are financed this month: the notification is to be made again.
    """
    yield from begun(life)
    yield from account.present(life, date(2025, 1, 13))
    yield life.at(date(2025, 1, 20), "10:45")
    wrong = {"amount": Decimal("38979.48"), "budget_year": 2025}
    life.do("record_tranche", life.instructor, **wrong)
    yield life.at(date(2025, 1, 20), "11:20")
    account.taken_back(life, "T2", "Chiffres intervertis : 38 979,48 € au lieu de 38 997,48 €.")
    account.notify(life)
    yield life.at(date(2025, 1, 20), "16:20")
    entry = account.pay(life, Decimal("3899.75"))
    yield life.at(date(2025, 1, 24), "15:00")
    life.do("contest_line", life.recruiter, line=entry, reason="Nos relevés portent un versement de 38 997,48 €.")
    yield life.at(date(2025, 1, 27), "09:40")
    answer = {"contest": "C1", "outcome": ContestState.UPHELD, "remedy": "correct_ledger_entry"}
    life.do("answer_contest", life.instructor, reason="L’écriture va être annulée, puis refaite.", **answer)
    yield life.at(date(2025, 1, 27), "09:50")
    account.taken_back(life, entry, "Montant recopié d’une autre ligne du bordereau de paiement.")
    yield from account.paid(life, date(2025, 1, 27))
    yield life.at(date(2025, 6, 3), "17:20")
    reason = "Deux mois de plus, jusqu’à l’ouverture du service partagé ; les crédits suivent."
    life.do("extend", life.dg, until=date(2027, 1, 3), financed=True, reason=reason)


def prolonged(life: Life) -> Script:
    """A leave pushes the end of the contract, without more credits."""
    yield from serving(life)
    yield life.at(date(2025, 3, 10), "15:30")
    reason = "Congé de seize semaines : le contrat est prolongé d’autant, les crédits restent les mêmes."
    life.do("extend", life.head, until=date(2027, 2, 23), reason=reason)


def part_time(life: Life) -> Script:
    """A contract at 80 %, which becomes a full time: the call says nothing of it, the head lifts the hold."""
    yield from serving(
        life, part_time_unscaled="Montant entier maintenu : la convention prévoit un temps plein en 2025."
    )
    yield life.at(date(2025, 2, 3), "14:10")
    changed = {"share": Fraction(1), "since": date(2025, 2, 1)}
    life.do("change_contract_share", life.head, reason="Avenant du 27 janvier 2025 : temps plein.", **changed)


def conditional(life: Life) -> Script:
    """An award that waited for the thesis."""
    yield from examined(life)
    condition = {"condition": "soutenance de la thèse", "condition_by": date(2024, 10, 15)}
    yield from road.selected(life, date(2024, 7, 15), **condition)
    yield from road.notified(life, date(2024, 7, 22))
    yield from road.accepted(life, date(2024, 7, 30))
    yield life.at(date(2024, 10, 8), "11:00")
    evidence = life.paper("attestation de soutenance", life.instructor)
    life.do("meet_condition", life.instructor, met_on=date(2024, 10, 4), evidence=evidence)
    yield from road.financed(life, date(2024, 10, 14))
    yield from road.started(life, NOVEMBER)
    yield from account.delegated(life, date(2024, 11, 20))


def reverted(life: Life) -> Script:
    """Put on the reserve list by mistake, taken back within minutes, then retained."""
    yield from examined(life)
    yield life.at(date(2024, 7, 15), "13:50")
    life.do("put_on_reserve", life.head)
    yield life.at(date(2024, 7, 15), "13:55")
    life.do("revert", life.head, reason="Erreur de ligne : ce dossier est retenu au procès-verbal.")
    yield from road.selected(life, date(2024, 7, 15))
    yield from road.notified(life, date(2024, 7, 22))
    yield from road.accepted(life, date(2024, 7, 26))
    yield from road.financed(life, date(2024, 9, 17))
    yield from road.started(life, MAY)
    yield from account.delegated(life, date(2025, 5, 21), paid=Decimal("13000.00"))


def merged(life: Life) -> Script:
    """The recruiter merges with a neighbour: what is left of the tranche goes to the one that took over.

    The report of the year was prepared the day before: it is to be prepared again.
    """
    yield from reverted(life)
    yield life.at(date(2025, 6, 2), "10:15")
    life.do("ask_letter", life.instructor, letter=AskedLetter.YEAR, year=2025)
    mailroom.prepared(life, "L17c")
    yield life.at(date(2025, 6, 3), "14:20")
    heir = {"legal_entity": finess(561), "name": "Centre hospitalier des Hautes-Fougères", "since": date(2025, 6, 1)}
    deed = "Arrêté de fusion du 15 mai 2025"
    life.do("record_succession", life.head, **heir, deed=deed, reason="Fusion de deux établissements au 1er juin 2025.")
    yield from account.paid(life, date(2025, 6, 5))


_GER, _CAR, _PNE = "geriatrie", "medecine_cardiovasculaire", "pneumologie"


def post(specialty: str, recruiter: str, partner: str, doctor: int, rank: int, start: date = NOVEMBER) -> Post:
    """A post of two establishments, half the time in each."""
    return Post(specialty, recruiter, (partner,), doctor, start=start, rank=rank)


def story(script: Callable[[Life], Script], asked: Post, worth: str | None = None) -> Story:
    """A story of this call."""
    return Story(CALL, asked, script, worth)


_THREE = replace(post("psychiatrie", "buis", "noyer", 3, 3), partners=("noyer", "platane"), week=(4, 2, 4))
_PAIR = Project("binome-gastro", size=2, viable_from=1)

#: Posts that run as planned.
STORIES = (
    story(
        paid_in_parts,
        post(_GER, "mirabelle", "tilleuls", 1, 1),
        "une tranche versée en plusieurs fois, une ligne contestée",
    ),
    story(mistaken, post(_CAR, "noisette", "tilleuls", 2, 2)),
    story(prolonged, _THREE, "trois établissements, un contrat prolongé par un congé"),
    story(serving, replace(post("hepato_gastro_enterologie", "noyer", "tilleuls", 4, 4), project=_PAIR)),
    story(serving, replace(post("hepato_gastro_enterologie", "noyer", "glycine", 5, 5), project=_PAIR)),
    story(serving, post("neurologie", "charmes", "platane", 6, 6, MAY)),
    story(part_time, replace(post(_PNE, "salicorne", "platane", 7, 7), share=Fraction(4, 5))),
    story(conditional, post("rhumatologie", "chataigne", "tilleuls", 8, 8)),
    story(merged, post("nephrologie", "fougere", "tilleuls", 9, 9, MAY)),
)
