"""A line of the account is contested and answered: nothing of the account changes, and nothing is forgotten."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.builders import Hat, actor
from tests.lives import Life, life_of
from tests.workflows.repaying import decided
from workflows.account.adjusting import standing_lines
from workflows.account.contestable import contestable
from workflows.account.lines import account_lines
from workflows.acts import ACTS
from workflows.decide import Refused
from workflows.describe import described
from workflows.effects import Addressee
from workflows.facts import folded, from_plain, plain, plain_changes
from workflows.parts.contests import REMEDIES, Contest, ContestState
from workflows.states import State

M = Decimal("3249.79")
REASON = "motif-0001"


@pytest.fixture(scope="module")
def paid() -> Life:
    """6.1 V0, in post, the tranche of 2024 notified and paid."""
    life = life_of("na-2024").to(State.IN_POST).later(3)
    return life.do("record_tranche", Hat.INSTRUCTOR).later(1).do("record_payment", Hat.INSTRUCTOR).later(1)


@pytest.mark.parametrize(("line", "amount"), [("M2025-03-1", M), ("S0", 24 * M), ("T1", 2 * M), ("E1", 2 * M)], ids=str)
def test_the_recruiter_contests_any_line_as_it_reads(paid: Life, line: str, amount: Decimal):
    life = paid.copy()
    if line == "S0":
        line = f"S{life.dossier.adjustments[0].entry}"
    account, schedule = account_lines(life.dossier), standing_lines(life.dossier)
    life.do("contest_line", Hat.RECRUITER, line=line)
    (contest,) = life.dossier.contests
    assert (contest.line, contest.amount, contest.filed_on) == (line, amount, life.today)
    assert (contest.state, contest.grounds) == (ContestState.OPEN, REASON)
    assert life.dossier.open_contests == (contest,)
    assert (account_lines(life.dossier), standing_lines(life.dossier)) == (account, schedule)
    assert life.dossier.state is State.IN_POST
    assert [(e.name, e.to) for e in life.journal[-1].effects] == [("account_contested", Addressee.SERVICE)]


def test_what_a_repayment_asks_back_is_not_contested_here():
    life = decided()
    ids = {line.id for line in contestable(life.dossier)}
    asked = {line.id for line in account_lines(life.dossier) if line.id.startswith("R")}
    assert asked
    assert not asked & ids
    answer = life.attempt("contest_line", Hat.RECRUITER, line="R1")
    assert isinstance(answer, Refused)
    assert answer.codes == {"contested_line_unknown"}


@pytest.mark.parametrize("hat", [Hat.CANDIDATE, Hat.PARTNER])
def test_nobody_but_the_recruiter_contests(paid: Life, hat: Hat):
    answer = paid.attempt("contest_line", hat)
    assert isinstance(answer, Refused)
    assert answer.codes == {"not_allowed"}


@pytest.mark.parametrize("hat", [Hat.CANDIDATE, Hat.PARTNER, Hat.RECRUITER])
def test_nobody_but_the_agency_answers(paid: Life, hat: Hat):
    answer = paid.copy().do("contest_line", Hat.RECRUITER).attempt("answer_contest", hat)
    assert isinstance(answer, Refused)
    assert answer.codes == {"not_allowed"}


@pytest.mark.parametrize("act", ["contest_line", "answer_contest"])
def test_both_say_why(paid: Life, act: str):
    life = paid.copy().do("contest_line", Hat.RECRUITER)
    hat = Hat.RECRUITER if act == "contest_line" else Hat.INSTRUCTOR
    answer = life.attempt(act, hat, reason=None)
    assert isinstance(answer, Refused)
    assert answer.codes == {"reason_missing"}


def _answered(life: Life, **given: object) -> Contest:
    life.later(4).do("answer_contest", Hat.INSTRUCTOR, **given)
    return life.dossier.contests[-1]


def test_a_contest_dismissed_keeps_its_reply_and_the_line_may_be_contested_again(paid: Life):
    life = paid.copy().do("contest_line", Hat.RECRUITER, line="E1")
    contest = _answered(life)
    assert (contest.state, contest.reply, contest.answered_on) == (ContestState.DISMISSED, REASON, life.today)
    assert contest.remedy is None
    assert not life.dossier.open_contests
    assert [(e.name, e.to) for e in life.journal[-1].effects] == [("contest_answered", Addressee.RECRUITER)]
    life.later(1).do("contest_line", Hat.RECRUITER, line="E1")
    assert [c.state for c in life.dossier.contests] == [ContestState.DISMISSED, ContestState.OPEN]
    assert [c.id for c in life.dossier.contests] == ["C1", "C2"]


def test_a_contest_upheld_notes_the_act_to_do_and_does_nothing_itself(paid: Life):
    life = paid.copy().do("contest_line", Hat.RECRUITER, line="E1")
    before = account_lines(life.dossier)
    contest = _answered(life, outcome=ContestState.UPHELD, remedy="correct_ledger_entry")
    assert (contest.state, contest.remedy) == (ContestState.UPHELD, "correct_ledger_entry")
    assert account_lines(life.dossier) == before
    life.do("correct_ledger_entry", Hat.HEAD, entry="E1")
    # the line that was contested reads what it read then
    assert life.dossier.contests[-1].amount == 2 * M
    assert life.dossier.paid == 0


def test_an_agent_records_a_contest_that_came_by_post(paid: Life):
    life = paid.copy()
    came_on = life.today - timedelta(days=3)
    life.do("contest_line", Hat.INSTRUCTOR, line="E1", came_on=came_on)
    (contest,) = life.dossier.contests
    assert (contest.filed_on, contest.evidence) == (came_on, "courrier-0034")
    assert contest.recorded_by == actor(Hat.INSTRUCTOR, life.dossier).id
    mine = paid.copy().do("contest_line", Hat.RECRUITER, line="E1", came_on=came_on)
    (contest,) = mine.dossier.contests
    assert (contest.filed_on, contest.recorded_by, contest.evidence) == (mine.today, None, None)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"channel": None}, "answer_arrival_unknown"),
        ({"came_on": None}, "answer_arrival_unknown"),
        ({"came_on": date(2030, 1, 1)}, "date_in_future"),
    ],
)
def test_an_agent_says_how_and_when_a_contest_came(paid: Life, given: dict[str, object], code: str):
    answer = paid.attempt("contest_line", Hat.INSTRUCTOR, **given)
    assert isinstance(answer, Refused)
    assert answer.codes == {code}


def _upheld(life: Life, remedy: str, *lines: str) -> Life:
    for line in lines:
        life.do("contest_line", Hat.RECRUITER, line=line)
        life.do("answer_contest", Hat.INSTRUCTOR, outcome=ContestState.UPHELD, remedy=remedy)
    return life.later(2)


def _righted(life: Life) -> list[tuple[ContestState, str | None, str | None]]:
    return [(c.state, c.remedy, c.corrected_by) for c in life.dossier.contests]


def test_an_upheld_contest_waits_for_its_act_and_is_done_by_the_entry_of_it(paid: Life):
    life = _upheld(paid.copy(), "correct_ledger_entry", "T1", "E1")
    assert [c.id for c in life.dossier.upheld_contests] == ["C1", "C2"]
    assert not life.dossier.open_contests
    life.do("correct_ledger_entry", Hat.HEAD, entry="E1")
    waits = (ContestState.UPHELD, "correct_ledger_entry", None)
    assert _righted(life) == [waits, (ContestState.CORRECTED, None, "E2")]
    assert life.dossier.contests[1].corrected_on == life.today
    life.do("correct_ledger_entry", Hat.HEAD, entry="T1")
    assert _righted(life) == [(ContestState.CORRECTED, None, "E3"), (ContestState.CORRECTED, None, "E2")]
    assert not life.dossier.upheld_contests


def test_another_act_puts_nothing_right(paid: Life):
    life = _upheld(paid.copy(), "reduce_tranche", "T1")
    life.do("correct_ledger_entry", Hat.HEAD, entry="E1")
    assert [c.remedy for c in life.dossier.upheld_contests] == ["reduce_tranche"]


def test_an_entry_that_names_no_contested_line_puts_right_the_oldest_contest(paid: Life):
    life = _upheld(paid.copy(), "record_tranche", "M2025-03-1", "M2025-04-1")
    life.do("confirm_presence", Hat.RECRUITER).do("record_tranche", Hat.INSTRUCTOR, budget_year=2025, amount=M)
    assert [c.state for c in life.dossier.contests] == [ContestState.CORRECTED, ContestState.UPHELD]


def test_what_changes_the_schedule_puts_right_every_month_that_waits_for_it(paid: Life):
    life = _upheld(paid.copy(), "change_contract_share", "M2025-03-1", "M2025-04-1")
    lifts = {"part_time_unscaled": REASON}
    life.do("change_contract_share", Hat.HEAD, lifts=lifts)
    states = {(c.state, c.corrected_on) for c in life.dossier.contests}
    assert states == {(ContestState.CORRECTED, life.today)}


def test_an_upheld_contest_may_be_answered_again_until_its_act_is_done(paid: Life):
    life = _upheld(paid.copy(), "notify_money", "E1")
    life.do("answer_contest", Hat.INSTRUCTOR, outcome=ContestState.UPHELD, remedy="correct_ledger_entry")
    assert _righted(life) == [(ContestState.UPHELD, "correct_ledger_entry", None)]
    life.do("correct_ledger_entry", Hat.HEAD, entry="E1")
    answer = life.attempt("answer_contest", Hat.INSTRUCTOR, contest="C1")
    assert isinstance(answer, Refused)
    assert answer.codes == {"no_contest_open"}


def test_what_was_put_right_before_the_answer_is_said_by_its_line(paid: Life):
    life = paid.copy().do("contest_line", Hat.RECRUITER, line="E1").later(1)
    life.do("correct_ledger_entry", Hat.HEAD, entry="E1").later(1)
    life.do("answer_contest", Hat.INSTRUCTOR, outcome=ContestState.CORRECTED, corrected_by="E2")
    assert _righted(life) == [(ContestState.CORRECTED, None, "E2")]
    assert life.dossier.contests[0].corrected_on == life.today - timedelta(days=1)


@pytest.mark.parametrize(
    ("outcome", "remedy", "line"),
    [
        (ContestState.UPHELD, None, None),
        (ContestState.UPHELD, "select", None),
        (ContestState.UPHELD, "record_payment", "T1"),
        (ContestState.DISMISSED, "record_payment", None),
        (ContestState.DISMISSED, None, "T1"),
        (ContestState.CORRECTED, None, None),
        (ContestState.CORRECTED, None, "E7"),
        (ContestState.CORRECTED, "record_payment", "T1"),
        (ContestState.OPEN, None, None),
    ],
)
def test_an_answer_and_its_act_agree(paid: Life, outcome: ContestState, remedy: str | None, line: str | None):
    life = paid.copy().do("contest_line", Hat.RECRUITER, line="E1")
    given = {"outcome": outcome, "remedy": remedy, "corrected_by": line}
    answer = life.attempt("answer_contest", Hat.INSTRUCTOR, **given)
    assert isinstance(answer, Refused)
    assert answer.codes == {"contest_answer_wrong"}


@pytest.mark.parametrize(
    ("line", "by", "through"),
    [
        ("E1", "E1", False),  # the line contested itself
        ("E1", "T1", False),  # written the day before
        ("E1", "E2", True),
        ("T1", "E1", True),
        ("M2025-03-1", "S", False),  # the one that awarded the month
        ("M2025-03-1", "T1", True),
    ],
)
def test_a_line_is_put_right_by_one_that_was_written_after_it(paid: Life, line: str, by: str, *, through: bool):
    life = paid.copy().do("contest_line", Hat.RECRUITER, line=line).later(1)
    life.do("correct_ledger_entry", Hat.HEAD, entry="E1")
    by = f"S{life.dossier.adjustments[0].entry}" if by == "S" else by
    given = {"outcome": ContestState.CORRECTED, "remedy": None, "corrected_by": by}
    answer = life.attempt("answer_contest", Hat.INSTRUCTOR, **given)
    codes = answer.codes if isinstance(answer, Refused) else set()
    assert codes == (set() if through else {"contest_corrected_before"})


def test_a_payment_dated_before_and_recorded_after_may_have_put_a_line_right():
    life = life_of("na-2024").to(State.IN_POST).later(3).do("record_tranche", Hat.INSTRUCTOR).later(9)
    half = life.dossier.tranches[0].amount / 2
    life.do("record_payment", Hat.INSTRUCTOR, amount=half).do("contest_line", Hat.RECRUITER, line="E1").later(1)
    life.do("record_payment", Hat.INSTRUCTOR, amount=half, paid_on=life.today - timedelta(days=5))
    life.do("answer_contest", Hat.INSTRUCTOR, outcome=ContestState.CORRECTED, remedy=None, corrected_by="E2")
    assert _righted(life) == [(ContestState.CORRECTED, None, "E2")]


def test_every_remedy_is_an_act():
    assert set(REMEDIES) <= ACTS.keys()


def test_contests_fold_from_the_journal_and_are_told(paid: Life):
    life = paid.copy().do("contest_line", Hat.RECRUITER, line="M2025-03-1")
    before = life.dossier
    _answered(life)
    told = [plain(life.opening), *(plain_changes(decision.changes) for decision in life.journal)]
    assert folded(told) == from_plain(plain(life.dossier)) == life.dossier
    # what the list of dossiers looks for
    assert ("contested" in str(plain(before)["contests"]), "contested" in str(plain(life.dossier)["contests"])) == (
        True,
        False,
    )
    (sentence,) = described(before, life.dossier)
    assert "mars\u00a02025 (année 1 du poste)" in sentence
    assert sentence.endswith("écartée, la ligne est juste.")


def test_contesting_does_not_stand_in_the_way_of_a_correction(paid: Life):
    life = life_of("na-2024").to(State.IN_POST).later(1)
    life.do("contest_line", Hat.RECRUITER, line="M2025-03-1").do("revert", Hat.HEAD)
    assert life.dossier.state is State.NOTIFIED
    assert life.dossier.open_contests


def test_a_line_whose_entry_nobody_kept_is_what_put_right_a_month_awarded_before_it(paid: Life):
    life = paid.copy().changed(written=()).do("contest_line", Hat.RECRUITER, line="M2024-11-1").later(1)
    told = {"outcome": ContestState.CORRECTED, "remedy": None}
    life.copy().do("answer_contest", Hat.INSTRUCTOR, **told, corrected_by="E1")
    before = life.attempt("answer_contest", Hat.INSTRUCTOR, **told, corrected_by=account_lines(life.dossier)[0].id)
    assert isinstance(before, Refused)
    assert before.codes == {"contest_corrected_before"}
