"""What a later version of a call may bring to the dossiers filed before (house rule: unknown completed, known kept)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from operator import attrgetter
from typing import Any

import pytest

from tests.builders import call_of, rewritten
from workflows.calls.completed import changed, completed
from workflows.calls.funding import RepaymentReading, TranchePattern, Vehicle
from workflows.calls.model import Call, DeferralEnd
from workflows.calls.sources import Origin, Sourced


@pytest.fixture
def bare() -> Call:
    """The call as it was published."""
    return call_of("idf-2025", completed=False)


@pytest.fixture
def full() -> Call:
    """The same with what it leaves unknown."""
    return call_of("idf-2025")


def with_silence(call: Call, value: Sourced[int]) -> Call:
    return replace(call, clauses=replace(call.clauses, silence_months=value))


def at_path(call: Call, path: str) -> Sourced[Any]:
    return attrgetter(path)(call)  # type: ignore[no-any-return]


def test_what_was_unknown_is_completed(bare: Call, full: Call) -> None:
    assert not bare.clauses.funding.charges.is_known
    ruling = completed(bare, full)
    assert ruling.clauses == full.clauses
    assert ruling.digest == full.digest != bare.digest
    assert changed(bare, full) == ()


def test_live_parameters_are_those_in_force(bare: Call, full: Call) -> None:
    assert bare.parameters != full.parameters
    assert completed(bare, full).parameters == full.parameters


def test_the_contacts_are_those_of_today(bare: Call) -> None:
    moved = replace(bare, authority=replace(bare.authority, phone="01 99 00 12 34", name="Autre"))
    assert completed(bare, moved).authority == replace(bare.authority, phone="01 99 00 12 34")
    assert completed(moved, bare).authority == moved.authority


def test_nothing_known_is_forgotten(bare: Call, full: Call) -> None:
    assert completed(full, bare).clauses == full.clauses


#: A choice that the agency signs in the place of a default, by key path, and whether the amounts notified rest on it.
CHOICES = {
    "clauses.funding.reading": ("d", True),
    "clauses.funding.scaled_by_contract": (True, True),
    "clauses.funding.tranches": (TranchePattern.AT_START, True),
    "clauses.deferral.end": (DeferralEnd.KEEP_END, True),
    "clauses.replacement.end_unchanged": (False, True),
    "clauses.funding.repayment_reading": (RepaymentReading.INTEGRAL, False),
    "clauses.replacement.pieces_confirmed": (True, False),
    "clauses.replacement.propose_within_days": (3, False),
    "clauses.deferral.usual_months": (9, False),
    "clauses.award.presence_days": (5, False),
    "clauses.silence_months": (4, False),
}


@pytest.mark.parametrize("path", CHOICES)
def test_a_choice_signed_after_amounts_were_notified_reaches_only_what_they_do_not_rest_on(path: str) -> None:
    value, rested_on = CHOICES[path]
    call = call_of("cvl-ville-hopital")
    filed = rewritten(call, path, Sourced(None, Origin.DEFAULT, "A0"))
    newest = rewritten(call, path, Sourced(value, Origin.CHOICE, "A0"))
    assert at_path(completed(filed, newest), path).value == value
    assert at_path(completed(filed, newest, settled=True), path).value == (None if rested_on else value)


def test_how_a_repayment_comes_back_is_still_chosen_once_amounts_are_notified(bare: Call) -> None:
    path = "clauses.funding.repayment_vehicles"
    filed = rewritten(bare, path, {"FIR": Sourced(Vehicle.TITLE, Origin.DEFAULT, "A3")})
    newest = rewritten(bare, path, {"FIR": Sourced(Vehicle.OFFSET, Origin.CHOICE, "A3")})
    kept = completed(filed, newest, settled=True).clauses.funding.repayment_vehicles
    assert kept["FIR"].value is Vehicle.OFFSET


def test_an_amount_that_is_not_known_is_completed_after_others_were_notified(bare: Call, full: Call) -> None:
    assert completed(bare, full, settled=True).clauses.funding.charges == full.clauses.funding.charges


def test_the_version_is_the_one_whose_parameters_are_in_force(bare: Call, full: Call) -> None:
    assert bare.version is None
    first, second = replace(bare, version=1), replace(full, version=2)
    assert completed(first, second).version == 2
    assert completed(replace(first, parameters=full.parameters), replace(first, version=3)).version == 3


def test_a_known_value_never_changes_and_is_named(bare: Call) -> None:
    other = with_silence(bare, replace(bare.clauses.silence_months, value=4))
    assert completed(bare, other).clauses == bare.clauses
    assert completed(bare, other).digest == bare.digest
    assert changed(bare, other) == ("clauses.silence_months",)


@pytest.mark.parametrize(
    ("origin", "gives_way"), [(Origin.CHOICE, True), (Origin.COMPLEMENT, True), (Origin.PRINTED, False)]
)
def test_a_default_gives_way_to_what_the_agency_signs(bare: Call, origin: Origin, gives_way: bool) -> None:
    filed = with_silence(bare, Sourced(2, Origin.DEFAULT, "A8"))
    newest = with_silence(bare, Sourced(4, origin, "A8"))
    assert completed(filed, newest).clauses.silence_months.value == (4 if gives_way else 2)
    assert changed(filed, newest) == (() if gives_way else ("clauses.silence_months",))


def test_tables_are_matched_by_their_name(bare: Call, full: Call) -> None:
    given = {c.id: c.amount.value for c in completed(bare, full).clauses.funding.components if c.amount}
    assert given["base"] == Decimal("2803.59")
    other = replace(full.clauses.funding, components=tuple(reversed(full.clauses.funding.components)))
    swapped = replace(full, clauses=replace(full.clauses, funding=other))
    kept = completed(bare, swapped).clauses.funding.components
    assert [c.id for c in kept] == [c.id for c in bare.clauses.funding.components]
    assert all(path.startswith("clauses.funding.components.") for path in changed(bare, swapped))
    assert changed(bare, swapped) != ()


def test_a_table_more_or_less_is_a_change(bare: Call) -> None:
    fewer = replace(bare, clauses=replace(bare.clauses, pieces=bare.clauses.pieces[1:]))
    assert completed(bare, fewer).clauses == bare.clauses
    assert changed(bare, fewer) == ("clauses.pieces",)
