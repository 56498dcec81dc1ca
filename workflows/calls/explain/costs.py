"""The elements of the cost of a post, and the ways to read which of them the agency pays for."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from workflows.calls.explain.lines import Line, capital, plain, told
from workflows.calls.explain.places import selector_words
from workflows.calls.funding import Component, CostReading, Every, Funding, ScaleStep
from workflows.french import amount, listing

_EVERY = {Every.MONTH: "brut par mois", Every.YEAR: "brut par an", Every.ONCE: "brut, en une fois"}

_BASIS = "selon le nombre moyen de demi-journées par semaine hors du site principal"


def component_lines(component: Component) -> Iterator[Line]:
    """The amount or the scale of an element, and where it is owed."""
    name = capital(component.label)
    traits = [
        "" if component.charged else "sans charges patronales",
        "" if component.financed else "non pris en charge par l’agence",
        f"catégorie {component.category}" if component.category else "",
    ]
    given = [trait for trait in traits if trait]
    if given:
        name = f"{name} ({', '.join(given)})"
    if component.amount is not None:
        yield told(
            component.amount,
            lambda euros: f"{name} : {amount(euros)} {_EVERY[component.every]}.",
            f"{name} : le montant ({_EVERY[component.every]}).",
        )
    if component.scale is not None:
        yield told(
            component.scale,
            lambda steps: f"{name}, {_EVERY[component.every]}, {_BASIS} : {' ; '.join(_step(step) for step in steps)}.",
            f"{name} : le barème.",
        )
    if component.min_distance_km is not None:
        yield told(
            component.min_distance_km,
            lambda km: f"{name} : seulement pour un site distant d’au moins {km} km du site principal.",
            f"{name} : la distance minimale du site principal.",
        )


def _step(step: ScaleStep) -> str:
    where = f" sur au moins {step.sites} sites" if step.sites > 1 else ""
    return f"{amount(step.amount)} pour {_range(step)}{where}"


def _range(step: ScaleStep) -> str:
    low, high = step.above, step.up_to
    if high is None:
        return f"{_number(low)} et plus" if step.above_included else f"plus de {_number(low)}"
    if low == high and step.above_included:
        return f"exactement {_number(high)}"
    if step.above_included:
        return f"de {_number(low)} à {_number(high)}"
    return f"plus de {_number(low)} et jusqu’à {_number(high)}"


def _number(value: Fraction) -> str:
    whole, rest = divmod(value * 100, 100)
    if rest.denominator != 1:
        return str(value)
    decimals = f"{int(rest):02}".rstrip("0")
    return f"{int(whole)},{decimals}" if decimals else str(int(whole))


def readings(funding: Funding) -> Iterator[Line]:
    """Every way to read the cost, then the one the call or the agency chose."""
    labels = {component.id: component.label for component in funding.components}
    title = "Lecture possible du coût" if len(funding.readings) > 1 else "Lecture du coût"
    for reading in funding.readings:
        yield plain(f"{title}, {_reading(reading, labels)}")
    names = {reading.id: reading.label for reading in funding.readings}
    shown = "Lecture montrée, que l’agence doit encore choisir" if funding.reading.is_default else "Lecture appliquée"
    yield told(
        funding.reading,
        lambda chosen: f"{shown} : {names.get(chosen, chosen)}.",
        "Ce qui compte dans le coût du poste.",
    )


def _reading(reading: CostReading, labels: dict[str, str]) -> str:
    counted = " + ".join(labels.get(one, one) for one in reading.components)
    charges = "charges patronales comprises" if reading.charges else "sans charges patronales"
    text = f"« {reading.label} » : {counted}, {charges}"
    if reading.scaled_by is not None:
        kept = listing([labels.get(one, one) for one in reading.unscaled])
        exception = f", sauf {kept}" if kept else ""
        text += f", au prorata du temps dans les {selector_words(reading.scaled_by)}{exception}"
    return f"{text}."
