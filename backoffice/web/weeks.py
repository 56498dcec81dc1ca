"""A new share of the time in the form of an act: half-days a week at each place of work, in place of a plan."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, cast

from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from backoffice.services.application import HALF_DAYS, week_fault
from backoffice.web import faults, forms
from backoffice.web.reader import Page
from workflows.acts.base import Act
from workflows.dossier import Dossier
from workflows.french import at_place, listing, typography
from workflows.shape_fields import Ratio
from workflows.sites import Plan

_PREFIX = "plan."
_SOME = typography("Donnez les demi-journées de chaque lieu, 0 au besoin, ou videz-les toutes.")


def asks_a_week(act: Act) -> bool:
    """True for an act whose form may change the share of the time."""
    return "plan" in act.inputs.__dataclass_fields__ and act.name != "edit_draft"


def asked(page: Page, typed: MultiDict[str, str]) -> list[forms.Field]:
    """One control for each place of work, with the week as it is now; all empty: nothing changes."""
    return [
        forms.Field(
            _PREFIX + site.id,
            typography(f"Demi-journées par semaine {at_place(site.name)}, si elles changent"),
            "share",
            required=False,
            value=typed.get(_PREFIX + site.id),
            help=typography(_now(page.facts, site.id)),
            unit=HALF_DAYS,
        )
        for site in page.facts.sites
    ]


def _now(view: Dossier, site: str) -> str:
    weeks = [half_days(dict(period.half_days).get(site, Fraction(0))) for period in view.plan]
    known = f"Aujourd’hui : {', puis '.join(dict.fromkeys(weeks))}. " if weeks else ""
    return f"{known}Vide : la répartition ne change pas."


def half_days(number: Fraction) -> str:
    """A number of half-days as one types it: `4,5`; as a fraction when two decimals do not tell it."""
    hundredths = number * 100
    if hundredths.denominator != 1:
        return str(number)
    whole, rest = divmod(int(hundredths), 100)
    return f"{whole},{rest:02}".rstrip("0").rstrip(",")


def in_words(view: Dossier, plan: Plan) -> str:
    """A plan in words, each of its weeks after the other."""
    names = {site.id: site.name for site in view.sites}
    weeks = (
        listing([f"{half_days(n)} {at_place(names.get(site, site))}" for site, n in period.half_days])
        for period in plan
    )
    return typography(f"Demi-journées par semaine : {', puis '.join(weeks)}")


def told(page: Page, typed: MultiDict[str, str]) -> tuple[list[dict[str, Any]] | None, faults.Messages]:
    """The plan the form gives, as plain data of the length of the post, or what is wrong with it; None when empty."""
    names = [_PREFIX + site.id for site in page.facts.sites]
    texts = {name: (typed.get(name) or "").strip() for name in names}
    if not any(texts.values()) or faults.faults(asked(page, typed), typed, also=typed):
        return None, {}
    lacking = [name for name, text in texts.items() if not text]
    if lacking:
        return None, {name: [_SOME] for name in lacking}
    try:
        week = {name: Ratio().deserialize(text) for name, text in texts.items()}
    except ValidationError as error:
        return None, {names[0]: cast("list[str]", error.messages)}
    wrong = week_fault(week.values())
    if wrong:
        return None, {names[0]: [wrong]}
    held = [[name.removeprefix(_PREFIX), str(halves)] for name, halves in week.items() if halves]
    return [{"months": _months(page.facts), "half_days": held}], {}


def _months(view: Dossier) -> int:
    return (view.award.months if view.award else view.months) or 0
