"""Nouvelle-Aquitaine, campagne 2024: candidates filed in June 2024, the posts began in November or in May."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction

from backoffice.services.demo import road
from backoffice.services.demo.life import Life, Post, Script, Story
from workflows.dossier import Project
from workflows.requests import EndReason

CALL = "na-2024"
SESSION = "juillet-2024"
NOVEMBER, MAY = date(2024, 11, 4), date(2025, 5, 2)
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


def serving(life: Life, **lifts: str) -> Script:
    """In post, with the tranches of each year up to now."""
    yield from engaged(life, **lifts)
    start = life.post.start or NOVEMBER
    yield from road.started(life, start)
    yield from road.delegated(life, start.replace(day=20))
    if start.year < 2025:  # noqa: PLR2004 - the tranche of the second budget year
        yield from road.delegated(life, date(2025, 1, 20), confirmed=True)


def part_time(life: Life) -> Script:
    """A contract at 80 %: the call says nothing of it, the head lifts the hold."""
    yield from serving(
        life, part_time_unscaled="Montant entier maintenu : la convention prévoit un temps plein en 2025."
    )


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
    yield from road.delegated(life, date(2024, 11, 20))


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
    yield from road.delegated(life, date(2025, 5, 21))


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
    story(serving, post(_GER, "mirabelle", "tilleuls", 1, 1)),
    story(serving, post(_CAR, "noisette", "tilleuls", 2, 2)),
    story(serving, _THREE, "trois établissements"),
    story(serving, replace(post("hepato_gastro_enterologie", "noyer", "tilleuls", 4, 4), project=_PAIR)),
    story(serving, replace(post("hepato_gastro_enterologie", "noyer", "glycine", 5, 5), project=_PAIR)),
    story(serving, post("neurologie", "charmes", "platane", 6, 6, MAY)),
    story(part_time, replace(post(_PNE, "salicorne", "platane", 7, 7), share=Fraction(4, 5))),
    story(conditional, post("rhumatologie", "chataigne", "tilleuls", 8, 8)),
    story(reverted, post("nephrologie", "fougere", "tilleuls", 9, 9, MAY)),
)
