"""What the machine writes to an account when a version of the call gives or changes an amount (A25)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.builders import Hat, call_of, rewritten
from tests.lives import Life, life_of
from workflows.account.adjusting import standing_lines
from workflows.account.worth import funded
from workflows.calls.sources import Origin, Sourced
from workflows.decide import Refused
from workflows.states import State
from workflows.tenure import Tenure

#: 24 months of Île-de-France 2025, 60 % of 6 499,58 each.
TOTAL = Decimal("93594.00")


def waiting(state: State = State.NOTIFIED) -> Life:
    """A post whose cost nobody knows."""
    return life_of("idf-2025", completed=False).to(state)


def written(life: Life) -> Life:
    return life.do("write_schedule", Hat.CLOCK)


def refused(life: Life) -> bool:
    answer = life.attempt("write_schedule", Hat.CLOCK)
    return isinstance(answer, Refused) and answer.codes == {"schedule_written"}


@pytest.mark.parametrize("state", [State.SELECTED, State.NOTIFIED, State.WITHDRAWN])
def test_a_schedule_is_written_once_its_cost_is_known(state: State) -> None:
    life = waiting(state)
    assert refused(life)
    known = funded(life.dossier, call_of("idf-2025")).lines
    written(life.under(call_of("idf-2025")))
    assert standing_lines(life.dossier) == known
    assert sum(line.amount for line in known) == TOTAL
    assert refused(life)


def test_a_choice_that_the_agency_signs_adds_what_it_changes_to_what_stood() -> None:
    life = waiting().changed(contract_share=Fraction(4, 5))
    written(life.under(call_of("idf-2025")))
    (first,) = life.dossier.adjustments
    assert first.amount == TOTAL  # by default a contract that is not full changes nothing (A41)
    signed = Sourced(True, Origin.CHOICE, "A41")
    written(life.later(1).under(rewritten(life.call, "clauses.funding.scaled_by_contract", signed)))
    assert life.dossier.adjustments[0] == first
    assert life.dossier.adjustments[1].amount == -TOTAL / 5
    assert standing_lines(life.dossier) == funded(life.dossier, life.call).lines
    assert refused(life)


def test_a_post_that_ended_before_its_cost_was_known_gets_what_was_served() -> None:
    life = waiting(State.NOTIFIED)
    stay = Tenure(None, date(2025, 11, 1), date(2026, 1, 31))
    life.changed(award=None, tenures=(stay,), state=State.WITHDRAWN).under(call_of("idf-2025"))
    assert sum(line.thirtieths for line in standing_lines(written(life).dossier)) == 90
    assert refused(life)
