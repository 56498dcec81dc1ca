"""Where a repayment stands: its stages in order, who is awaited and until when, once each step is taken."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.builders import Hat
from tests.lives import Life
from tests.workflows.repaying import (
    UNSERVED,
    WHOLE,
    answered,
    current,
    decided,
    in_post,
    name_of,
    proposed,
    relieved,
    still_owed,
    titled,
)
from workflows.actors import referred
from workflows.calls.funding import Vehicle
from workflows.parts.reliefs import Relief
from workflows.parts.repayment_steps import RepaymentState
from workflows.parts.repayments import TIME_BAR_RULE
from workflows.repaying.track import Awaited, Stage, Standing, TrackStep, awaited, is_closed, stage_of, track
from workflows.states import State

DAY = timedelta(days=1)


def stage(life: Life) -> Stage:
    return stage_of(current(life), life.dossier.state, life.today)


def waits(life: Life) -> Awaited:
    """Who is awaited first."""
    return awaited(current(life), life.dossier.state, life.call, life.today)[0]


def all_awaited(life: Life) -> tuple[Awaited, ...]:
    return awaited(current(life), life.dossier.state, life.call, life.today)


def steps(life: Life) -> dict[Stage, TrackStep]:
    return {step.stage: step for step in track(life.dossier, current(life), life.today)}


def noticed() -> Life:
    return proposed().later(2).do("start_contradictory", Hat.INSTRUCTOR)


def paid_up() -> Life:
    return titled().do("record_repaid", Hat.INSTRUCTOR)


def test_a_proposal_waits_for_the_desk_until_the_time_bar() -> None:
    life = proposed()
    assert stage(life) is Stage.PROPOSAL
    told = waits(life)
    assert (told.who, told.until, told.rule) == ("l’instructeur", current(life).barred_after, TIME_BAR_RULE)


def test_the_contradictory_step_waits_for_a_proof_then_for_the_recruiter_then_for_the_head() -> None:
    life = noticed()
    assert stage(life) is Stage.REMARKS
    assert waits(life).who == "l’instructeur"
    assert "preuve de réception" in waits(life).what
    life.prove("L14")
    last = current(life).answer_by
    assert last is not None
    assert (waits(life).who, waits(life).until) == ("l’établissement recruteur", last)
    assert stage(life.on(last)) is Stage.REMARKS
    assert stage(life.on(last + DAY)) is Stage.DECISION
    assert waits(life).who == "le responsable"


def test_remarks_open_the_decision_at_once() -> None:
    life = answered()
    assert stage(life) is Stage.DECISION
    assert waits(life).until == current(life).barred_after
    assert not waits(life).late


def test_a_decision_after_the_time_bar_is_late() -> None:
    life = answered()
    life.on(current(life).barred_after + DAY)
    assert waits(life).late
    assert steps(life)[Stage.DECISION].told[-1].startswith("Prescrit depuis le")


def test_a_title_is_to_request_then_awaited_then_paid_then_closed() -> None:
    life = decided()
    assert (stage(life), waits(life).who) == (Stage.REQUEST, "l’instructeur")
    life.do("request_title", Hat.INSTRUCTOR)
    assert (stage(life), waits(life).who) == (Stage.TITLE, "l’agent comptable")
    life.later(8).do("record_title", Hat.INSTRUCTOR)
    # nobody pays a title that nothing shows it has
    assert (stage(life), waits(life).who) == (Stage.RECOVERY, "l’instructeur")
    assert "réception du titre" in waits(life).what
    paying = life.copy().do("record_repaid", Hat.INSTRUCTOR, amount=Decimal("100.00"))
    assert waits(paying).who == "l’établissement recruteur"
    life.later(3).do("record_title_receipt", Hat.INSTRUCTOR, received_on=life.today)
    assert (stage(life), waits(life).who) == (Stage.RECOVERY, "l’établissement recruteur")
    life.do("record_repaid", Hat.INSTRUCTOR, amount=Decimal("100.00"))
    assert stage(life) is Stage.RECOVERY
    life.do("record_repaid", Hat.INSTRUCTOR)
    assert (stage(life), waits(life).who) == (Stage.CLOSED, "l’instructeur")
    assert not is_closed(current(life), life.dossier.state)
    life.do("settle", Hat.INSTRUCTOR)
    assert is_closed(current(life), life.dossier.state)
    assert awaited(current(life), life.dossier.state, life.call, life.today) == ()


def test_one_closed_before_the_day_was_kept_is_closed_by_the_state_of_its_dossier() -> None:
    life = paid_up().do("settle", Hat.INSTRUCTOR)
    old = replace(current(life), settled_on=None)
    assert is_closed(old, State.ENDED)
    assert not is_closed(old, State.CLAWBACK)


@pytest.mark.parametrize(("vehicle", "who"), [(Vehicle.OFFSET, "le responsable"), (Vehicle.TITLE, "l’instructeur")])
def test_another_way_than_a_title_waits_for_the_head(vehicle: Vehicle, who: str) -> None:
    life = answered().do("decide_repayment", Hat.HEAD, vehicle=vehicle)
    assert (stage(life), waits(life).who) == (Stage.REQUEST, who)
    if vehicle is Vehicle.OFFSET:
        life.do("use_other_vehicle", Hat.HEAD, vehicle=vehicle)
        assert stage(life) is Stage.RECOVERY
        assert "compensation" in steps(life)[Stage.REQUEST].told[0]
        assert steps(life)[Stage.TITLE].standing is Standing.SKIPPED


def test_money_to_give_back_waits_for_the_desk() -> None:
    life = paid_up()
    life.do("file_claim", Hat.RECRUITER).later(3)
    both = awaited(current(life), life.dossier.state, life.call, life.today)
    assert [each.who for each in both] == ["l’instructeur", "le responsable"]
    claim = current(life).open_claim
    assert claim is not None
    assert both[1].until == claim.silent_on - DAY
    life.do("answer_claim", Hat.DG, outcome="accepted")
    assert "rendre" in waits(life).what
    assert stage(life) is Stage.RECOVERY


def test_a_relief_prepared_waits_for_somebody_else() -> None:
    life = titled().do("prepare_relief", Hat.INSTRUCTOR, relief=Relief.REMITTED, amount=Decimal("50.00"))
    second = awaited(current(life), life.dossier.state, life.call, life.today)[1]
    assert second.who == "le responsable"
    assert "remise gracieuse" in second.what


def test_a_relief_that_nobody_may_grant_any_more_waits_for_nobody() -> None:
    life = titled().do("prepare_relief", Hat.INSTRUCTOR, relief=Relief.REMITTED, amount=Decimal("50.00"))
    life.do("record_repaid", Hat.INSTRUCTOR, amount=UNSERVED)
    assert [each.what for each in all_awaited(life)] == ["solder le reversement"]
    life.do("settle", Hat.INSTRUCTOR)
    assert all_awaited(life) == ()
    # what was written off stays due: it may still be found not to be
    given_up = relieved(titled(), Relief.WRITTEN_OFF, UNSERVED)
    given_up.do("prepare_relief", Hat.INSTRUCTOR, relief=Relief.REDUCED, amount=Decimal("50.00"))
    assert "réduction" in all_awaited(given_up)[-1].what


def test_the_level_that_the_call_sets_is_the_one_named() -> None:
    life = answered("idf-2025")
    levels = {w.who for w in awaited(current(life), life.dossier.state, life.call, life.today)}
    chosen = life.call.clauses.decision_levels.get("decide_repayment")
    assert levels == {chosen.needed.label if chosen else "le responsable"}


# The track.


def test_the_track_is_whole_and_has_one_stage_now() -> None:
    for life in (proposed(), noticed(), answered(), decided(), titled(), paid_up()):
        found = track(life.dossier, current(life), life.today)
        assert [step.stage for step in found] == list(Stage)
        assert [step.stage for step in found if step.standing is Standing.NOW] == [stage(life)]
        before = [step for step in found if list(Stage).index(step.stage) < list(Stage).index(stage(life))]
        assert {step.standing for step in before} <= {Standing.DONE}


def test_each_step_says_when_and_by_whom() -> None:
    life = titled()
    found = steps(life)
    repayment = current(life)
    assert found[Stage.PROPOSAL].by == "la machine"
    assert found[Stage.REMARKS].by == f"agent:{name_of(Hat.INSTRUCTOR)}"
    assert found[Stage.DECISION].by == f"agent:{name_of(Hat.HEAD)}"
    assert found[Stage.DECISION].on == repayment.decided_on
    assert found[Stage.REQUEST].on == repayment.title_asked_on
    assert "TR-0017" in found[Stage.TITLE].told[0]


def test_an_overpayment_was_proposed_by_the_machine_or_by_a_person() -> None:
    life = in_post(amount=WHOLE + 100).later(3)
    assert steps(life.copy().do("open_overpayment", Hat.CLOCK))[Stage.PROPOSAL].by == "la machine"
    assert steps(life.do("open_overpayment", Hat.INSTRUCTOR))[Stage.PROPOSAL].by == referred(name_of(Hat.INSTRUCTOR))


def test_a_title_issued_once_a_part_came_back_leaves_it_paid_in_part() -> None:
    life = still_owed().do("offset_repayment", Hat.INSTRUCTOR, tranche="T2", amount=Decimal("3000.00"))
    life.do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.TITLE).do("request_title", Hat.INSTRUCTOR)
    life.do("record_title", Hat.INSTRUCTOR)
    assert (current(life).state, current(life).repaid) == (RepaymentState.PARTLY_PAID, Decimal("3000.00"))
    assert stage(life) is Stage.RECOVERY


def test_before_its_proof_the_period_is_said_not_to_run() -> None:
    told = " ".join(steps(noticed())[Stage.REMARKS].told)
    assert "n’est pas parti" in told
    told = " ".join(steps(noticed().prove("L14"))[Stage.REMARKS].told)
    assert "n’est pas parti" not in told
    assert "jusqu’au" in told


def test_a_repayment_given_up_skips_what_would_have_come() -> None:
    life = answered().do("prepare_relief", Hat.INSTRUCTOR, relief=Relief.ABANDONED).do("drop_repayment", Hat.HEAD)
    assert current(life).state is RepaymentState.DROPPED
    found = steps(life)
    skipped = {s for s, step in found.items() if step.standing is Standing.SKIPPED}
    assert skipped == {Stage.DECISION, Stage.REQUEST, Stage.TITLE, Stage.RECOVERY}
    assert found[Stage.CLOSED].standing is Standing.NOW
    assert "abandonné" in found[Stage.CLOSED].told[0].lower()


def test_reliefs_are_told_with_the_recovery() -> None:
    life = relieved(titled(), Relief.WRITTEN_OFF, Decimal("97.90"))
    assert current(life).outstanding == UNSERVED - Decimal("97.90")
    assert any("32" in sentence and "400,00" in sentence for sentence in steps(life)[Stage.RECOVERY].told)


def test_the_time_bar_is_not_told_as_a_period_given_to_somebody() -> None:
    life = noticed()
    assert waits(life).limit.startswith(" (l’action sera prescrite après le ")
    life.prove("L14")
    assert waits(life).limit.startswith(", jusqu’au ")
    life.on(current(life).barred_after + DAY)
    assert waits(life).limit.startswith(" (l’action est prescrite depuis le ")
