"""What a version of a call adds, changes and removes: every value once, by its path, whatever table it stands in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from tests.builders import call_of
from workflows.calls.compared import Change, compared, removed
from workflows.calls.model import Call
from workflows.calls.parameters import Budget, Envelope, Quota
from workflows.calls.sources import Origin, Sourced

CALL = call_of("na-2024")
UNKNOWN: Sourced[int] = Sourced(None, Origin.UNKNOWN, "NA-29")


def known(value: int) -> Sourced[int]:
    return Sourced(value, Origin.CHOICE, "A18", "Décision.")


def envelope(year: int, since: date, euros: str) -> Envelope:
    return Envelope(year, since, Sourced(Decimal(euros), Origin.CHOICE, "A25", "Décision."))


def given(*quotas: Quota, envelopes: tuple[Envelope, ...] = ()) -> Call:
    return replace(CALL, parameters=replace(CALL.parameters, quotas=quotas, budget=Budget(envelopes)))


def told(before: Call, after: Call) -> list[tuple[Change, str]]:
    return [(each.change, str(each)) for each in compared(before, after)]


def test_the_same_call_brings_nothing() -> None:
    assert compared(CALL, CALL) == ()


def test_a_quota_that_becomes_known_is_added_and_one_that_is_unknown_again_is_removed() -> None:
    late, there = given(Quota("q", "Places", UNKNOWN)), given(Quota("q", "Places", known(24)))
    assert told(late, there) == [(Change.ADDED, "parameters.quotas.q.places : 24")]
    assert removed(compared(there, late)) == ("parameters.quotas.q.places",)
    assert told(there, given(Quota("q", "Places", known(20)))) == [
        (Change.CHANGED, "parameters.quotas.q.places : 24 devient 20")
    ]


def test_a_value_that_keeps_its_number_and_changes_its_source_says_so() -> None:
    printed = given(Quota("q", "Places", Sourced(24, Origin.PRINTED, "NA-29")))
    assert told(printed, given(Quota("q", "Places", known(24)))) == [
        (Change.CHANGED, "parameters.quotas.q.places : 24, désormais choix signé de l’agence (A18)")
    ]


def test_a_whole_table_is_told_once_and_tables_are_matched_by_their_id() -> None:
    one, two = Quota("q", "Places", known(24)), Quota("r", "Dont", known(2), within="q")
    assert told(given(one), given(two, one)) == [(Change.ADDED, "parameters.quotas.r")]
    assert removed(compared(given(one, two), given(two))) == ("parameters.quotas.q",)


def test_the_last_table_of_a_list_is_removed_like_any_other() -> None:
    first = envelope(2025, date(2025, 1, 13), "40000.00")
    second = envelope(2025, date(2025, 5, 19), "35000.00")
    assert told(given(), given(envelopes=(first,))) == [
        (Change.ADDED, "parameters.budget.envelopes.2025 (2025-01-13) : 40000.00")
    ]
    both = given(envelopes=(first, second))
    assert removed(compared(both, given(envelopes=(second,)))) == ("parameters.budget.envelopes.2025 (2025-01-13)",)
    assert removed(compared(both, given())) == (
        "parameters.budget.envelopes.2025 (2025-01-13)",
        "parameters.budget.envelopes.2025 (2025-05-19)",
    )
