"""Reasons of the envelopes of a call."""

from datetime import date
from decimal import Decimal

from tests.builders import Hat
from tests.lives import Life, life_of
from tests.workflows.cases import Answer, case, printed, ruled
from workflows.calls.parameters import Budget, Envelope
from workflows.states import State

#: What a nominal post of the call commits in 2025.
OF_2025 = Decimal("38997.48")


def _judged() -> Life:
    life = life_of("na-2024").to(State.COMMITTEE)
    life.on(life.profile.judged).do("record_opinion", Hat.INSTRUCTOR)
    return life.on(life.profile.decided)


def under_envelope(life: Life, amount: Decimal, *, binds: bool | None = None, year: int = 2025) -> Life:
    """The same life under a call with that envelope for a year."""
    envelope = Envelope(year, date(2024, 1, 1), printed(amount))
    return ruled(life, "parameters.budget", Budget((envelope,), None if binds is None else printed(binds)))


@case("envelope_overrun")
def a_cent_more_than_the_envelope() -> Answer:
    return under_envelope(_judged(), OF_2025 - Decimal("0.01")).attempt("select", Hat.HEAD)


@case("envelope_exceeded")
def a_cent_more_than_an_envelope_that_binds() -> Answer:
    life = under_envelope(_judged(), Decimal("50000.00"), binds=True)
    return life.around(committed=((2025, Decimal("11002.53")),)).attempt("select", Hat.HEAD)


@case("envelope_held")
def an_extension_that_an_envelope_that_binds_does_not_cover() -> Answer:
    life = life_of("na-2024").to(State.IN_POST).later(3)
    life = under_envelope(life, OF_2025 - Decimal("0.01"), binds=True, year=2026)
    return life.attempt("extend", Hat.DG, until=date(2026, 12, 31), financed=True)
