"""Another way for a debt to come back, and what is told of it; the title of who succeeds; what older facts tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.builders import Hat, finess, siret
from tests.lives import Life
from tests.workflows.due import due
from tests.workflows.repaying import DAY, UNSERVED, answered, current, decided, relieved, still_owed, titled
from workflows.account.lines import account_lines
from workflows.account.payees import last_siret
from workflows.calendars import Calendar
from workflows.calls.funding import Vehicle
from workflows.decide import Decision, Refused
from workflows.describe import described
from workflows.due import DueKind
from workflows.effects import Addressee
from workflows.facts import from_plain, plain
from workflows.parts.claims import ClaimState, claim_until
from workflows.parts.movements import MovementKind
from workflows.parts.reliefs import Relief
from workflows.parts.repayment_steps import RepaymentState
from workflows.parts.titles import TitleChange
from workflows.repaying.track import Stage, awaited, is_closed, stage_of, track
from workflows.states import State

ZERO = Decimal(0)
RECRUITER, ACCOUNTANT = Addressee.RECRUITER, Addressee.ACCOUNTANT
HEIR = {"legal_entity": finess(870), "name": "CH des Tournesols"}


def told(life: Life) -> list[tuple[str, Addressee | None, str | None]]:
    """The letters that the last act asked for: code, addressee, what becomes of the title."""
    return [(e.name, e.to, e.details.get("change")) for e in life.journal[-1].effects]


def asked() -> Life:
    """A title was requested."""
    return decided().do("request_title", Hat.INSTRUCTOR).later(3)


def codes(answer: Decision | Refused) -> set[str]:
    return set(answer.codes) if isinstance(answer, Refused) else {f.code for f in answer.findings}


# Who is told of another way.


def test_another_way_after_the_title_was_asked_for_is_told_to_both() -> None:
    life = asked().do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.OFFSET)
    assert told(life) == [
        ("way_changed", RECRUITER, None),
        ("title_changed", ACCOUNTANT, TitleChange.WITHDRAWN.value),
    ]
    assert current(life).title_withdrawn_on == life.today
    assert current(life).title_was_asked
    assert not current(life).title_stands
    # a relief granted meanwhile is nothing to the accountant, who holds no request any more
    relieved(life, Relief.REDUCED, Decimal("100.00"))
    assert [to for _, to, _ in told(life)] == [RECRUITER]
    life.later(1).do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.TITLE)
    assert told(life) == [("way_changed", RECRUITER, None), ("title_changed", ACCOUNTANT, TitleChange.RESTORED.value)]
    assert current(life).title_stands
    relieved(life, Relief.REDUCED, Decimal("100.00"))
    assert [to for _, to, _ in told(life)] == [RECRUITER, ACCOUNTANT]


def test_a_request_that_has_not_left_does_not_leave_and_is_not_withdrawn() -> None:
    life = asked()
    waiting = life.around(letters_waiting=frozenset({("L16", current(life).cause)}))
    done = waiting.attempt("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.OFFSET)
    assert isinstance(done, Decision)
    assert [(e.name, e.to) for e in done.effects] == [("way_changed", RECRUITER)]


def put_back(life: Life, *, held: bool) -> Life:
    """The title of 5 000,00 was asked for; 3 000,00 were offset meanwhile; it stands again."""
    life.do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.TITLE).do("request_title", Hat.INSTRUCTOR)
    if held:
        life.around(letters_waiting=frozenset({("L16", current(life).cause)}))
    life.do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.OFFSET)
    # the list of letters forgets one that lost its object
    life.around(letters_waiting=frozenset())
    life.do("offset_repayment", Hat.INSTRUCTOR, tranche="T2", amount=Decimal("3000.00"))
    return life.do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.TITLE)


@pytest.mark.parametrize("held", [False, True])
def test_a_title_that_stands_again_is_for_what_is_left_and_asked_for_once(held: bool) -> None:
    life = put_back(still_owed(), held=held)
    restored = [] if held else [("title_changed", ACCOUNTANT, TitleChange.RESTORED.value)]
    assert told(life) == [("way_changed", RECRUITER, None), *restored]
    assert current(life).title_amount == current(life).outstanding == Decimal("2000.00")
    # the one that left since is withdrawn like any other
    life.around(letters_waiting=frozenset()).do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.OFFSET)
    assert told(life)[1:] == [("title_changed", ACCOUNTANT, TitleChange.WITHDRAWN.value)]


def test_a_way_that_the_decision_told_already_is_told_once() -> None:
    life = answered().do("decide_repayment", Hat.HEAD, vehicle=Vehicle.OFFSET)
    assert told(life.do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.OFFSET)) == []
    again = life.attempt("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.OFFSET)
    assert isinstance(again, Refused)
    assert again.codes == {"vehicle_unchanged"}


def test_the_amending_decision_that_lowers_a_grant_is_told() -> None:
    life = answered().do("decide_repayment", Hat.HEAD, vehicle=Vehicle.AMENDING_DECISION)
    life.do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.AMENDING_DECISION, deed="DM-7")
    assert told(life) == [("way_changed", RECRUITER, None)]
    life.do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.AMENDING_DECISION, deed="DM-8")
    assert told(life) == [("way_changed", RECRUITER, None)]


def test_the_track_and_the_history_tell_the_way() -> None:
    life = asked()
    before = life.dossier
    life.do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.AMENDING_DECISION, deed="DM-7")
    steps = {step.stage: step for step in track(life.dossier, current(life), life.today)}
    assert "retirée depuis le" in steps[Stage.REQUEST].told[1]
    assert any("Voie retenue\u00a0: décision modificative, DM-7." in line for line in described(before, life.dossier))


# What an older release left.


def of_the_release_before(life: Life) -> Life:
    """The same facts as a release wrote them that kept neither the day of the request, nor its amount."""
    old = replace(current(life), title_asked_on=None, title_amount=None)
    return life.changed(repayments=(old,))


def test_a_title_that_only_the_state_tells_is_not_asked_for_again() -> None:
    life = of_the_release_before(asked())
    life.do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.OFFSET)
    assert [name for name, _, _ in told(life)] == ["way_changed", "title_changed"]
    life.do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.TITLE)
    assert current(life).state is RepaymentState.TITLE_REQUESTED
    forced = life.changed(repayments=(replace(current(life), state=RepaymentState.DECIDED),))
    answer = forced.attempt("request_title", Hat.INSTRUCTOR)
    assert isinstance(answer, Refused)
    assert answer.codes == {"title_already_requested"}
    assert from_plain(plain(life.dossier)) == life.dossier


def test_the_accountant_hears_of_a_relief_on_a_title_of_the_release_before() -> None:
    life = relieved(of_the_release_before(asked()), Relief.REMITTED, Decimal("100.00"))
    assert [to for _, to, _ in told(life)] == [RECRUITER, ACCOUNTANT]
    claimed = of_the_release_before(asked()).do("file_claim", Hat.RECRUITER)
    claimed.do("answer_claim", Hat.DG, outcome=ClaimState.REDUCED, granted=Decimal("5.00"))
    assert ACCOUNTANT in [to for _, to, _ in told(claimed)]


# The debtor.


def test_the_accountant_is_told_of_another_debtor_once_a_title_is_asked_for() -> None:
    assert told(decided().do("record_succession", Hat.HEAD, **HEIR)) == []
    life = asked().do("record_succession", Hat.HEAD, **HEIR)
    assert told(life) == [("title_changed", ACCOUNTANT, TitleChange.SUCCEEDED.value)]
    over = titled().do("record_repaid", Hat.INSTRUCTOR).do("record_succession", Hat.HEAD, **HEIR)
    assert told(over) == []
    # a request that has not left names who owes on the day it leaves
    held = asked()
    held.around(letters_waiting=frozenset({("L16", current(held).cause)})).do("record_succession", Hat.HEAD, **HEIR)
    assert told(held) == []


def test_a_siret_is_that_of_its_own_entity() -> None:
    life = asked()
    entity = life.profile.recruiter.legal_entity
    assert last_siret(life.dossier, entity) == "99000000000009"
    assert last_siret(life.dossier, finess(870)) is None
    wrong = life.attempt("record_succession", Hat.HEAD, **HEIR, siret="12345678901234")
    assert isinstance(wrong, Refused)
    assert wrong.codes == {"siret_wrong"}
    life.do("record_succession", Hat.HEAD, **HEIR, siret=siret(7))
    assert (last_siret(life.dossier, finess(870)), last_siret(life.dossier, entity)) == (siret(7), "99000000000009")


# The amount of the title.


def test_the_account_shows_the_amount_that_was_asked_for() -> None:
    life = relieved(decided(), Relief.REMITTED, Decimal("2497.90"))
    life.do("request_title", Hat.INSTRUCTOR).do("record_title", Hat.INSTRUCTOR)
    lines = {line.id: line.amount for line in account_lines(life.dossier)}
    assert (lines["R1-T"], current(life).title_amount) == (Decimal("30000.00"), Decimal("30000.00"))


# After the closing.


def test_what_is_to_give_back_after_the_closing_is_awaited() -> None:
    life = titled().do("record_repaid", Hat.INSTRUCTOR).do("settle", Hat.INSTRUCTOR).later(5)
    life.do("file_claim", Hat.RECRUITER, contested=Decimal("1000.00"))
    assert is_closed(current(life), life.dossier.state)
    life.do("answer_claim", Hat.DG, outcome=ClaimState.ACCEPTED)
    assert (is_closed(current(life), State.ENDED), stage_of(current(life), State.ENDED, life.today)) == (
        False,
        Stage.RECOVERY,
    )
    (awaits,) = awaited(current(life), life.dossier.state, life.call, life.today)
    assert (awaits.who, awaits.what[:7]) == ("l’instructeur", "rendre ")
    life.do("record_refund", Hat.INSTRUCTOR)
    assert is_closed(current(life), life.dossier.state)
    assert awaited(current(life), life.dossier.state, life.call, life.today) == ()


# Written off, and paid after all.


def written_off(amount: Decimal) -> Life:
    return relieved(titled(), Relief.WRITTEN_OFF, amount)


@pytest.mark.parametrize("closed", [False, True])
def test_what_was_written_off_may_still_be_paid(closed: bool) -> None:
    life = written_off(UNSERVED)
    if closed:
        life.do("settle", Hat.INSTRUCTOR)
    life.do("record_repaid", Hat.INSTRUCTOR, amount=Decimal("100.00"))
    found = current(life)
    assert [moved.kind for moved in found.movements][1:] == [MovementKind.WRITE_OFF_UNDONE, MovementKind.PAID]
    assert (found.repaid, found.written_off, found.balance) == (Decimal("100.00"), UNSERVED - 100, ZERO)
    assert is_closed(found, life.dossier.state) is closed
    above = life.attempt("record_repaid", Hat.INSTRUCTOR, amount=found.written_off + Decimal("0.01"))
    assert isinstance(above, Refused)
    assert above.codes == {"amount_above_outstanding"}
    life.do("record_repaid", Hat.INSTRUCTOR, amount=found.written_off)
    assert (current(life).repaid, current(life).written_off) == (UNSERVED, ZERO)
    lines = {line.id: line.amount for line in account_lines(life.dossier)}
    assert (lines["R1-2"], lines["R1-3"]) == (Decimal("-100.00"), Decimal("100.00"))


def test_what_is_due_is_paid_before_what_was_written_off() -> None:
    life = written_off(Decimal("1000.00")).do("record_repaid", Hat.INSTRUCTOR, amount=UNSERVED - 400)
    found = current(life)
    assert (found.repaid, found.written_off, found.outstanding) == (UNSERVED - 400, Decimal("400.00"), ZERO)
    assert found.state is RepaymentState.PAID


def test_a_relief_keeps_the_days_of_its_authority_and_of_the_accountant() -> None:
    life = titled().do("prepare_relief", Hat.INSTRUCTOR, relief=Relief.WRITTEN_OFF, amount=Decimal("100.00"))
    day = life.today - DAY
    life.do("write_off_repayment", Hat.HEAD, amount=Decimal("100.00"), authority_on=day, opinion_on=life.today)
    made = current(life).movements[-1]
    assert (made.authority_on, made.opinion_on) == (day, life.today)


def test_a_default_on_reliefs_warns_and_never_refuses() -> None:
    life = decided().do("prepare_relief", Hat.INSTRUCTOR, relief=Relief.WRITTEN_OFF, amount=Decimal("100.00"))
    bare = {"authority_on": None, "opinion_on": None}
    done = life.attempt("write_off_repayment", Hat.HEAD, amount=Decimal("100.00"), **bare)
    assert isinstance(done, Decision)
    assert codes(done) == {"relief_undated", "accountant_opinion_missing", "write_off_without_title"}
    reduced = decided().do("prepare_relief", Hat.INSTRUCTOR, relief=Relief.REDUCED, amount=Decimal("100.00"))
    done = reduced.attempt("reduce_repayment", Hat.HEAD, amount=Decimal("100.00"), **bare)
    assert codes(done) == {"relief_undated"}


# The period to claim.


def test_the_two_months_run_from_the_title_when_one_is_to_come() -> None:
    life = decided().prove("L15").do("request_title", Hat.INSTRUCTOR).later(200).do("record_title", Hat.INSTRUCTOR)
    assert "claim_late" not in codes(life.attempt("file_claim", Hat.INSTRUCTOR))
    early = life.attempt("record_title_receipt", Hat.INSTRUCTOR, received_on=life.today - DAY)
    assert isinstance(early, Refused)
    assert early.codes == {"title_received_before_issue"}
    life.later(4).do("record_title_receipt", Hat.INSTRUCTOR)
    until = claim_until(life.today, Calendar(life.call.authority.calendar))
    assert "claim_late" not in codes(life.on(until).attempt("file_claim", Hat.INSTRUCTOR))
    late = life.on(until + DAY).attempt("file_claim", Hat.INSTRUCTOR)
    assert isinstance(late, Decision)
    assert "claim_late" in codes(late)


def test_nothing_more_is_asked_nor_taken_while_a_claim_waits() -> None:
    life = decided().do("file_claim", Hat.RECRUITER)
    held = life.attempt("request_title", Hat.INSTRUCTOR)
    assert isinstance(held, Refused)
    assert held.codes == {"claim_waits"}
    silent = current(life).claims[-1].silent_on
    assert isinstance(life.copy().on(silent).attempt("request_title", Hat.INSTRUCTOR), Decision)
    life.do("answer_claim", Hat.HEAD)
    assert isinstance(life.attempt("request_title", Hat.INSTRUCTOR), Decision)


def test_who_claims_is_not_reminded_to_pay_meanwhile() -> None:
    life = titled()
    assert {RECRUITER in item.to for item in due(life, DueKind.TITLE_UNPAID)} == {True}
    life.do("file_claim", Hat.RECRUITER)
    assert {RECRUITER in item.to for item in due(life, DueKind.TITLE_UNPAID)} == {False}
    life.do("answer_claim", Hat.HEAD)
    assert {RECRUITER in item.to for item in due(life, DueKind.TITLE_UNPAID)} == {True}


def test_a_claim_that_silence_rejected_keeps_nobody_from_another() -> None:
    life = decided().do("file_claim", Hat.RECRUITER)
    first = current(life).claims[-1]
    life.on(first.silent_on).do("file_claim", Hat.RECRUITER)
    second = current(life).open_claim
    assert second is not None
    assert second.id == "C2"
    life.do("answer_claim", Hat.HEAD)
    assert [claim.state for claim in current(life).claims] == [ClaimState.OPEN, ClaimState.REJECTED]


def test_the_receipt_of_a_title_may_be_told_after_it_is_paid() -> None:
    life = titled().do("record_repaid", Hat.INSTRUCTOR).later(3)
    life.do("record_title_receipt", Hat.INSTRUCTOR, received_on=life.today - DAY)
    assert current(life).title_received_on == life.today - DAY
    none = decided().attempt("record_title_receipt", Hat.INSTRUCTOR, received_on=date(2026, 1, 1))
    assert isinstance(none, Refused)
    assert "repayment_step" in none.codes
