"""What a later version of a call may bring to the dossiers filed before (house rule: unknown completed, known kept)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.builders import call_of
from workflows.calls.completed import changed, completed
from workflows.calls.model import Call
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


def test_an_amount_once_notified_stays_on_its_default_but_the_reading_of_the_repayment_is_still_chosen(
    bare: Call, full: Call
) -> None:
    filed = with_silence(bare, Sourced(2, Origin.DEFAULT, "A8"))
    newest = with_silence(full, Sourced(4, Origin.CHOICE, "A8"))
    ruling = completed(filed, newest, settled=True)
    assert ruling.clauses.silence_months.value == 2
    assert ruling.clauses.funding.repayment_reading == full.clauses.funding.repayment_reading
    assert ruling.clauses.funding.charges == full.clauses.funding.charges


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
