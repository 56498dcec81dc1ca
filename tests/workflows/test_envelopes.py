"""Envelopes: an award that goes beyond one is pointed out, and refused only where the call says that it binds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from backoffice.callfiles import CALLS, quota_sources, read_text
from tests.builders import Hat
from tests.lives import Life, life_of
from tests.workflows.cases import printed, ruled
from tests.workflows.cases.budget import OF_2025, under_envelope
from workflows.account.adjusting import standing_lines
from workflows.calls.parameters import Budget, Envelope
from workflows.calls.parse import parse_call
from workflows.calls.sources import Origin, Sourced
from workflows.decide import Decision, Refused
from workflows.states import State

CENT = Decimal("0.01")


def judged(call: str = "na-2024", *, completed: bool = True) -> Life:
    life = life_of(call, completed=completed).to(State.COMMITTEE)
    life.on(life.profile.judged).do("record_opinion", Hat.INSTRUCTOR)
    return life.on(life.profile.decided)


def codes(answer: Decision | Refused) -> set[str]:
    return {f.code for f in answer.findings} & {"envelope_overrun", "envelope_exceeded"}


def test_a_call_without_envelopes_says_nothing():
    assert codes(judged().around(committed=((2025, Decimal(10) ** 9),)).attempt("select", Hat.HEAD)) == set()


def test_the_envelope_covers_a_post_to_the_cent():
    life = under_envelope(judged(), OF_2025 * 2, binds=True).around(committed=((2025, OF_2025),))
    assert isinstance(life.attempt("select", Hat.HEAD), Decision)
    life.around(committed=((2025, OF_2025 + CENT),))
    answer = life.attempt("select", Hat.HEAD)
    assert isinstance(answer, Refused)
    assert answer.codes == {"envelope_exceeded"}


def test_an_overrun_is_only_a_warning_and_says_the_figures():
    answer = under_envelope(judged(), Decimal("30000.00"), binds=False).attempt("select", Hat.HEAD)
    assert isinstance(answer, Decision)
    (told,) = [f for f in answer.findings if f.code == "envelope_overrun"]
    assert "38\u202f997,48\u00a0€" in told.sentence
    assert "30\u202f000,00\u00a0€" in told.sentence
    assert "2025" in told.sentence


def test_a_year_in_which_the_post_costs_nothing_is_not_its_matter():
    life = judged()
    envelope = Envelope(2030, date(2024, 1, 1), printed(Decimal("1.00")))
    life = ruled(life, "parameters.budget", Budget((envelope,))).around(committed=((2030, Decimal("9.00")),))
    assert codes(life.attempt("select", Hat.HEAD)) == set()


def test_an_envelope_still_unknown_or_that_comes_later_stops_nothing():
    late = Envelope(2025, date(2025, 1, 10), printed(Decimal("1.00")))
    unknown = Envelope(2025, date(2024, 1, 1), Sourced(None, Origin.UNKNOWN, "NA-29"))
    life = ruled(judged(), "parameters.budget", Budget((unknown, late), printed(True)))
    assert codes(life.attempt("select", Hat.HEAD)) == set()


def test_what_the_form_says_of_the_start_and_duration_counts():
    life = under_envelope(judged(), Decimal("32497.90"))  # ten months of 2025
    assert codes(life.attempt("select", Hat.HEAD)) == {"envelope_overrun"}
    assert codes(life.attempt("select", Hat.HEAD, months=12)) == set()


def test_a_cost_that_nobody_gave_commits_nothing():
    life = under_envelope(judged("idf-2025", completed=False), CENT, binds=True)
    answer = life.attempt("select", Hat.HEAD)
    assert isinstance(answer, Decision), answer
    assert codes(answer) == set()


@pytest.mark.parametrize(("binds", "code"), [(None, "envelope_overrun"), (True, "envelope_exceeded")])
def test_the_financial_notification_looks_at_the_envelope_again(binds, code):
    life = life_of("na-2024").to(State.NOTIFIED)
    life = under_envelope(life, OF_2025 - CENT, binds=binds).later(2)
    answer = life.attempt("notify_money", Hat.HEAD)
    assert codes(answer) == {code}
    assert isinstance(answer, Refused) is bool(binds)


def test_the_page_of_a_dossier_tells_it_before_the_form():
    life = under_envelope(life_of("na-2024").to(State.NOTIFIED), OF_2025 - CENT).later(2)
    found = life.explained(Hat.HEAD)["notify_money"]
    assert "envelope_overrun" in {f.code for f in found.findings}


def test_the_example_of_the_documentation_is_a_call_that_can_be_read():
    page = (Path(__file__).parents[2] / "docs" / "budget.md").read_text("utf-8")
    example = page.partition("```toml\n")[2].partition("```")[0]
    call = parse_call(read_text(CALLS / "na-2024.toml") + example, quota_sources=quota_sources())
    found = call.parameters.budget
    assert found.binds is not None
    assert found.binds.value is True
    (envelope,) = found.envelopes
    assert (envelope.year, envelope.since, envelope.amount.value) == (2025, date(2025, 1, 10), Decimal("320000.00"))


# Every act that commits more.


def covered(life: Life, room: Decimal, *, binds: bool = True) -> Life:
    """The same life under an envelope for 2026 with that room left above what its post commits."""
    of_2026 = sum((line.amount for line in standing_lines(life.dossier) if line.year == 2026), Decimal(0))
    envelope = Envelope(2026, date(2024, 1, 1), printed(of_2026 + room))
    return ruled(life, "parameters.budget", Budget((envelope,), printed(binds)))


def in_post() -> Life:
    """A post of 24 months from 1 November 2024, half of a full time, whose amount follows the contract."""
    life = ruled(life_of("na-2024"), "clauses.funding.scaled_by_contract", printed(True))
    life.to(State.IN_POST).later(3)
    return life.do("change_contract_share", Hat.HEAD, share=Fraction(1, 2), since=date(2026, 6, 1))


EXTENDED = {"until": date(2026, 12, 31), "financed": True}
#: What commits more of 2026, in which state, by whom, with which inputs, and how much more at most.
DEARER: dict[str, tuple[Callable[[], Life], Hat, dict[str, Any]]] = {
    "change_contract_share": (in_post, Hat.HEAD, {"share": Fraction(1), "since": date(2026, 6, 1)}),
    "extend": (in_post, Hat.DG, EXTENDED),
    "defer": (lambda: life_of("na-2024").to(State.NOTIFIED).later(6), Hat.HEAD, {}),
}


@pytest.mark.parametrize("act", DEARER)
def test_a_decision_that_commits_more_than_an_envelope_that_binds_is_held_for_a_head(act):
    made, hat, inputs = DEARER[act]
    held = covered(made(), CENT).attempt(act, hat, **inputs)
    assert isinstance(held, Refused)
    assert held.codes == {"envelope_held"}
    lifted = covered(made(), CENT).attempt(act, hat, **inputs, lifts={"envelope_held": "crédits attendus"})
    assert isinstance(lifted, Decision)
    assert "envelope_overrun" in {
        f.code for f in covered(made(), CENT, binds=False).attempt(act, hat, **inputs).findings
    }
    roomy = covered(made(), Decimal(100000)).attempt(act, hat, **inputs)
    assert isinstance(roomy, Decision)
    assert not {f.code for f in roomy.findings} & {"envelope_held", "envelope_overrun", "envelope_exceeded"}


def leaving() -> Life:
    """Half a full time in post, whose departure is announced and whose next doctor would come for a full time."""
    life = ruled(life_of("na-2024"), "clauses.funding.scaled_by_contract", printed(True)).to(State.IN_POST).later(10)
    life.do("change_contract_share", Hat.HEAD, share=Fraction(1, 2), since=life.dossier.started_on)
    return life.later(50).do("announce_departure", Hat.INSTRUCTOR).propose_replacement(contract_share=Fraction(1))


def test_a_replacement_agreed_before_the_departure_is_judged_on_what_it_will_commit():
    """Nobody is asked again on the day of the departure: the machine carries out what the head has seen."""
    held = covered(leaving(), CENT).attempt("agree_replacement", Hat.HEAD)
    assert isinstance(held, Refused)
    assert held.codes == {"envelope_held"}
    life = covered(leaving(), CENT)
    life.do("agree_replacement", Hat.HEAD, lifts={"envelope_held": "crédits attendus"})
    assert life.dossier.departure is not None
    life.on(life.dossier.departure.dates.effective_on).do("withdraw", Hat.CLOCK).do("replace", Hat.CLOCK)
    of_2026 = sum((line.amount for line in standing_lines(life.dossier) if line.year == 2026), Decimal(0))
    assert of_2026 == Decimal("32497.90")  # ten months of a full time, as the finding of the head said
    (told,) = [f.sentence for f in held.findings if f.code == "envelope_held"]
    assert "32\u202f497,90\u00a0€" in told
    assert "envelope_overrun" in {
        f.code for f in covered(leaving(), CENT, binds=False).attempt("agree_replacement", Hat.HEAD).findings
    }
    assert not {f.code for f in covered(leaving(), Decimal(100000)).attempt("agree_replacement", Hat.HEAD).findings} & {
        "envelope_held",
        "envelope_overrun",
    }


def test_what_commits_no_more_is_not_the_matter_of_an_envelope_already_overrun():
    life = covered(in_post(), -CENT)
    answer = life.attempt("change_contract_share", Hat.HEAD, share=Fraction(1, 4), since=date(2026, 6, 1))
    assert isinstance(answer, Decision)
    assert not {f.code for f in answer.findings} & {"envelope_held", "envelope_overrun"}


def test_a_start_is_a_fact_that_an_envelope_only_points_out():
    life = covered(life_of("na-2024").to(State.NOTIFIED), CENT).on(date(2024, 11, 15))
    answer = life.deliver(Hat.RECRUITER).attempt("record_start", Hat.INSTRUCTOR, start_on=date(2024, 11, 15))
    assert isinstance(answer, Decision), answer.codes
    assert "envelope_overrun" in {f.code for f in answer.findings}


@pytest.mark.parametrize("act", ["revert", "rectify"])
def test_a_correction_that_awards_again_is_refused_by_an_envelope_that_binds(act):
    """The post was given back, and its money with it; others have committed it since."""
    life = life_of("na-2024").to(State.NOTIFIED).later(6).do("withdraw", Hat.INSTRUCTOR)
    life.later(5).do("close", Hat.HEAD)
    assert standing_lines(life.dossier) == ()
    life.world = replace(life.world, last_act_left_house=act == "rectify")
    given = {"legal_basis": "CRPA art. L. 242-1"} if act == "rectify" else {}
    free = under_envelope(life.copy(), OF_2025, binds=True).attempt(act, Hat.HEAD, **given)
    assert isinstance(free, Decision), free.codes
    answer = under_envelope(life, OF_2025 - CENT, binds=True).attempt(act, Hat.HEAD, **given)
    assert isinstance(answer, Refused)
    assert answer.codes == {"envelope_exceeded"}


def test_an_act_refused_for_another_reason_says_nothing_of_the_envelope():
    answer = covered(in_post(), CENT).attempt("extend", Hat.DG, **EXTENDED, reason="")
    assert isinstance(answer, Refused)
    assert "envelope_held" not in answer.codes
