"""The money clauses of a call: what the agency pays for, how much, and how the credits leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from workflows.calls.explain.costs import component_lines, readings
from workflows.calls.explain.lines import Line, days, either, notes, plain, told
from workflows.calls.funding import USUAL_VEHICLES, Every, FlatAmount, Funding, Rate, TranchePattern, Vehicle
from workflows.calls.model import Call
from workflows.calls.notes import Topic
from workflows.calls.sources import UnknownValueError
from workflows.french import amount, listing, share
from workflows.money.flats import stands_in
from workflows.money.mismatch import Mismatch
from workflows.money.monthly import monthly_amount
from workflows.money.terms import PostTerms

_EVERY = {Every.MONTH: "par mois", Every.YEAR: "par an", Every.ONCE: "en une fois"}
_TRANCHES = {
    TranchePattern.AT_START: "Les crédits sont délégués en une fois, à la prise de fonctions.",
    TranchePattern.CALENDAR_YEAR: "Les crédits sont délégués par année civile : la première tranche à la prise de "
    "fonctions, les suivantes en janvier.",
    TranchePattern.CONTRACT_YEAR: "Les crédits sont délégués par année de contrat.",
}
_PAYEES = {"recruiter": "l’établissement recruteur", "partner": "l’établissement partenaire"}
_INDEXES = {
    "post": "Les années se comptent depuis le début du poste, quel que soit le médecin qui l’occupe.",
    "candidate": "Les années se comptent depuis l’arrivée de chaque médecin.",
}


def money(call: Call) -> Iterator[Line]:
    """Rates, amounts, costs, then the delegation of credits."""
    funding = call.clauses.funding
    labels = {component.id: component.label for component in funding.components}
    for rate in funding.rates:
        yield _rate(rate, labels)
    for flat in funding.flats:
        yield _flat(flat)
    yield from _costs(funding)
    for mismatch in _mismatches(call):
        yield plain(f"Attention, {mismatch.told}")
    yield from _rules_of_amount(funding)
    yield from _delegation(call)
    yield from notes(call, Topic.FUNDING)


def _rate(rate: Rate, labels: Mapping[str, str]) -> Line:
    what = f"de « {labels.get(rate.component, rate.component)} »" if rate.component else "du coût pris en compte"
    scope = [
        _years(rate.years),
        f"en catégorie {rate.category}" if rate.category else "",
    ]
    when = "".join(f", {part}" for part in scope if part)
    return told(
        rate.rate,
        lambda part: f"L’agence prend en charge {share(part)} {what}{when}.",
        f"La part {what} que paie l’agence{when}.",
    )


def _flat(flat: FlatAmount) -> Line:
    scope = [_years(flat.years), f"en catégorie {flat.category}" if flat.category else ""]
    when = "".join(f", {part}" for part in scope if part)
    effect = "il prévaut sur tout calcul" if stands_in(flat) else "il s’ajoute au reste"
    return told(
        flat.amount,
        lambda euros: f"Montant fixé, {flat.label} : {amount(euros)} {_EVERY[flat.every]}{when} ; {effect}.",
        f"Le montant « {flat.label} » ({_EVERY[flat.every]}{when}) ; {effect}.",
    )


def _years(years: tuple[int, ...] | None) -> str:
    if not years:
        return ""
    names = [f"{year}re" if year == 1 else f"{year}e" for year in years]
    return f"la {names[0]} année" if len(names) == 1 else f"les {listing(names)} années"


def _costs(funding: Funding) -> Iterator[Line]:
    for component in funding.components:
        yield from component_lines(component)
    yield told(
        funding.charges,
        lambda part: f"Charges patronales : {share(part)} des éléments qui en portent.",
        "Le taux des charges patronales.",
    )
    if funding.printed_cost is not None:
        yield told(
            funding.printed_cost,
            lambda euros: (
                f"Coût de référence d’un poste : {amount(euros)} par mois ; il prévaut sur la somme calculée."
            ),
            "Le coût de référence d’un poste.",
        )
    yield from readings(funding)


def _mismatches(call: Call) -> tuple[Mismatch, ...]:
    """Printed amounts that their own components do not give, in the first year of a post."""
    try:
        found = monthly_amount(call.clauses.funding, PostTerms(category=call.category), 1)
    except UnknownValueError:
        return ()
    return found.mismatches


def _rules_of_amount(funding: Funding) -> Iterator[Line]:
    yield either(
        funding.scaled_by_contract,
        "Un contrat à temps partiel réduit le montant en proportion.",
        "Un contrat à temps partiel ne réduit pas de lui-même le montant : un responsable décide.",
        "L’effet d’un contrat à temps partiel sur le montant.",
    )
    yield either(
        funding.indexed,
        "Le montant suit les revalorisations des traitements.",
        "Le montant est fixé pour toute la durée du contrat, sans revalorisation.",
        "Si le montant suit les revalorisations des traitements.",
    )
    yield told(
        funding.rate_index,
        lambda index: _INDEXES.get(index, f"Les années se comptent ainsi : {index}."),
        "Comment se comptent les années du poste.",
    )


def _recovery(funding: Funding) -> Iterator[Line]:
    """How the money of a repayment comes back: by the line of the call, by every line it may be on otherwise."""
    lines = [funding.line.value] if funding.line.value else [*{**USUAL_VEHICLES, **funding.repayment_vehicles}]
    for name in lines:
        vehicle = funding.repayment_vehicle(name)
        if vehicle is not None:
            what = f"Sur la ligne {name}, ce qui est à reverser revient par"
            yield told(vehicle, partial(_way, what), f"Comment revient ce qui est à reverser sur la ligne {name}.")


def _way(what: str, vehicle: Vehicle) -> str:
    return f"{what} {vehicle.label}."


def _delegation(call: Call) -> Iterator[Line]:
    funding = call.clauses.funding
    yield told(
        funding.payee,
        lambda who: f"Les crédits vont à {_PAYEES.get(who, who)}.",
        "À quel établissement vont les crédits.",
    )
    yield told(funding.line, lambda line: f"Ligne de crédits : {line}.", "La ligne de crédits.")
    if funding.vehicle is not None:
        yield told(funding.vehicle, lambda act: f"Acte qui porte les crédits : {act}.", "L’acte qui porte les crédits.")
    yield from _recovery(funding)
    yield told(funding.tranches, _TRANCHES.__getitem__, "Le rythme de délégation des crédits.")
    yield told(
        call.clauses.award.presence_days,
        lambda n: (
            f"Une tranche attend que le recruteur ait confirmé la présence du médecin dans les {days(n)} précédents."
        ),
        "La confirmation de présence qui précède une tranche.",
    )
