"""What the demonstration shows of money: accounts, repayments, budgets; every kind of each somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backoffice.cli.demo import presentation
from backoffice.services.budget import CallBudget, budgets_of
from backoffice.services.demo.build import TODAY
from backoffice.services.demo.home import Demo
from backoffice.store.base import db
from backoffice.store.database import bare_app
from backoffice.store.dossiers import DossierRow, JournalEntry
from config.settings import Settings
from tests.demo.reading import dossier, rows
from workflows.account.lines import account_lines
from workflows.calls.funding import Vehicle
from workflows.dossier import Dossier
from workflows.identifiers import is_finess, is_siret
from workflows.parts.claims import ClaimState
from workflows.parts.contests import ContestState
from workflows.parts.ledger import LedgerEntry, LedgerKind
from workflows.parts.movements import MovementKind
from workflows.parts.reliefs import GRANTING, Relief
from workflows.parts.repayment_steps import UNDECIDED
from workflows.parts.repayments import RepaymentFile, RepaymentKind
from workflows.states import State


@dataclass(frozen=True)
class Money:
    """What the tests read of a demonstration, read once."""

    demo: Demo
    views: dict[str, Dossier]
    acts: list[tuple[str, JournalEntry]]
    budgets: dict[str, CallBudget]

    @property
    def entries(self) -> list[LedgerEntry]:
        """Every entry of every ledger."""
        return [entry for view in self.views.values() for entry in view.ledger]

    @property
    def repayments(self) -> list[tuple[Dossier, RepaymentFile]]:
        """Every repayment with its dossier."""
        return [(view, each) for view in self.views.values() for each in view.repayments]

    def done(self, act: str) -> list[tuple[str, JournalEntry]]:
        """The entries of an act, with their dossier."""
        return [(number, entry) for number, entry in self.acts if entry.act == act]

    def worth(self, words: str) -> Dossier:
        """The dossier that is worth a look for some words."""
        return self.views[next(t.number for t in self.demo.dossiers if t.worth and words in t.worth)]


@pytest.fixture(scope="module")
def money(prepared: tuple[Settings, Demo]) -> Iterator[Money]:
    """The money of the demonstration."""
    settings, demo = prepared
    with bare_app(settings, "tests.demo.money").app_context():
        session = db.session()
        found = rows(session)
        budgets = [b for region in {row.region for row in found} for b in budgets_of(session, region, TODAY)]
        yield Money(
            demo,
            {row.number: dossier(session, row.number) for row in found},
            _acts(session),
            {budget.call.id: budget for budget in budgets},
        )
        db.session.remove()
        db.engine.dispose()


def _acts(session: Session) -> list[tuple[str, JournalEntry]]:
    wanted = select(DossierRow.number, JournalEntry).join(DossierRow, JournalEntry.dossier == DossierRow.id)
    found = session.execute(wanted.order_by(DossierRow.number, JournalEntry.seq))
    return [(number, entry) for number, entry in found]


# Ledgers.


def test_every_kind_of_entry_is_in_an_account(money: Money):
    assert {entry.kind for entry in money.entries} == set(LedgerKind)


def test_a_payment_and_a_tranche_were_written_by_mistake_and_taken_back(money: Money):
    taken_back = {entry.kind for entry in money.entries if entry.corrects}
    assert taken_back == {LedgerKind.PAID, LedgerKind.NOTIFIED}
    assert all(entry.amount < 0 for entry in money.entries if entry.corrects)


def test_some_tranches_were_paid_whole_and_some_in_parts(money: Money):
    parts: dict[tuple[str, str | None], set[date]] = {}
    for number, view in money.views.items():
        for entry in view.ledger:
            if entry.kind is LedgerKind.PAID and not entry.corrects:
                parts.setdefault((number, entry.tranche), set()).add(entry.on)
    assert {len(days) for days in parts.values()} >= {1, 2}


def test_every_payment_names_a_right_payee_and_has_its_reference(money: Money):
    paid = [entry for entry in money.entries if entry.kind is LedgerKind.PAID]
    for entry in paid:
        assert entry.payee is not None
        assert is_siret(entry.payee.siret)
        assert entry.payee.siret.startswith("000")
        assert is_finess(entry.payee.legal_entity)
    references = [entry.reference for entry in paid if not entry.corrects]
    assert len(references) == len(set(references))


def test_something_is_left_to_pay_somewhere(money: Money):
    """An agent finds a payment to record: the money tab is not a museum."""
    waiting = [view for view in money.views.values() if sum(credit.to_pay for credit in view.credits) > 0]
    assert waiting
    assert all(view.state is State.IN_POST for view in waiting)


def test_a_vacant_month_lowered_a_tranche(money: Money):
    view = money.worth("un mois vacant")
    reduced = [entry for entry in view.ledger if entry.kind is LedgerKind.REDUCED]
    assert [entry.amount for entry in reduced] == [Decimal("3249.79")]
    assert sum(credit.to_pay for credit in view.credits) == 0


def test_the_accounts_that_stand_are_sound(money: Money):
    for view in money.views.values():
        assert all(credit.is_sound for credit in view.credits)
        asked = sum((each.decided or Decimal(0) for each in view.repayments), Decimal(0))
        assert asked <= view.paid


# What changes a schedule.


def test_terms_of_posts_changed(money: Money):
    for act in ("change_contract_share", "waive_distance", "extend", "record_opening", "record_succession"):
        assert money.done(act), act
    changed = {made.act for view in money.views.values() for made in view.adjustments if made.amount}
    assert {"change_contract_share", "waive_distance", "extend", "replace", "record_end"} <= changed


def test_a_contract_goes_on_with_its_credits_and_another_without(money: Money):
    awards = [view.award for view in money.views.values() if view.award]
    prolonged = {number for number, _ in money.done("extend")}
    prolonged_awards = {number: money.views[number].award for number in prolonged}
    financed = {number for number, award in prolonged_awards.items() if award and award.financed_until is None}
    assert len(financed) == 2
    assert [award.planned_end for award in awards if award.financed_until] != []


def test_recruiters_merged_and_both_payee_and_debtor_followed(money: Money):
    merged = [view for view in money.views.values() if view.successions]
    heirs = {view.number: view.successions[-1].after for view in merged}
    paid_to = {e.payee.legal_entity for view in merged for e in view.ledger if e.payee}
    debtors = {r.debtor.legal_entity for view in merged for r in view.repayments if r.debtor}
    assert paid_to & set(heirs.values())
    assert debtors
    assert debtors <= set(heirs.values())


# Repayments.


def test_every_relief_was_prepared_by_one_and_granted_by_another(money: Money):
    for relief, act in GRANTING.items():
        granted = money.done(act)
        assert granted, act
        for number, entry in granted:
            prepared = [e for n, e in money.done("prepare_relief") if n == number and e.seq < entry.seq]
            assert prepared[-1].inputs["relief"] == relief.value
            assert prepared[-1].author != entry.author


def test_a_relief_waits_for_somebody_to_grant_it(money: Money):
    waiting = [each.relief for _, each in money.repayments if each.relief]
    assert [prepared.relief for prepared in waiting] == [Relief.WRITTEN_OFF]


def test_money_came_back_and_debts_were_relieved_in_every_usual_way(money: Money):
    kinds = {moved.kind for _, each in money.repayments for moved in each.movements}
    reliefs = {MovementKind(relief.value) for relief in Relief if relief is not Relief.ABANDONED}
    assert kinds >= {MovementKind.PAID, MovementKind.OFFSET} | reliefs


def test_an_overpayment_changes_no_state_and_is_offset(money: Money):
    view = money.worth("le compte d’un poste")
    assert view.state is State.IN_POST
    (overpaid,) = view.repayments
    assert overpaid.kind is RepaymentKind.OVERPAYMENT
    assert overpaid.vehicle is Vehicle.OFFSET
    assert [moved.kind for moved in overpaid.movements] == [MovementKind.OFFSET]
    assert {line.reference for line in account_lines(view) if "compensation" in line.label} == {"R1", None}
    assert overpaid.outstanding == 0
    assert overpaid.is_open  # somebody has still to close it


def test_a_claim_waits_and_another_was_answered_in_part(money: Money):
    claims = [claim for _, each in money.repayments for claim in each.claims]
    assert sorted(claim.state.value for claim in claims) == [ClaimState.OPEN.value, ClaimState.REDUCED.value]
    contested = money.worth("réclamation")
    assert contested.repayment is not None
    assert contested.repayment.title
    assert contested.repayment.open_claim is not None
    assert contested.repayment.open_claim.waits(TODAY.date())


def test_a_debt_is_soon_time_barred(money: Money):
    view = money.worth("prescrit")
    assert view.repayment is not None
    assert view.repayment.state in UNDECIDED
    assert timedelta(0) < view.repayment.barred_after - TODAY.date() < timedelta(days=31)


# Budgets.


def test_one_envelope_is_nearly_spent(money: Money):
    spent = next(f for f in money.budgets["cvl-ville-hopital"].figures if f.year == TODAY.year)
    assert spent.envelope is not None
    assert spent.available is not None
    assert Decimal(0) < spent.available < spent.envelope / 20


def test_one_envelope_was_lowered_below_what_is_committed(money: Money):
    found = money.budgets["na-2024"]
    over = next(f for f in found.figures if f.year == TODAY.year)
    before = found.call.parameters.budget.envelope(TODAY.year, date(2025, 5, 1))
    assert over.overrun > 0
    assert before is not None
    assert before.value is not None
    assert before.value >= over.committed


def test_one_envelope_binds_and_has_room_for_one_post_more(money: Money):
    found = money.budgets["idf-2025"]
    binds = found.call.parameters.budget.binds
    assert binds is not None
    assert binds.value is True
    left = next(f.available for f in found.figures if f.year == TODAY.year)
    of_a_post = next(f.committed for f in found.figures if f.year == TODAY.year) / 3
    assert left is not None
    assert of_a_post <= left < 2 * of_a_post


def test_nobody_signed_above_an_envelope_that_binds(money: Money):
    told = {finding["code"] for _, entry in money.acts for finding in entry.findings}
    assert "envelope_exceeded" not in told


def test_what_is_printed_leads_to_the_money(money: Money):
    printed = "\n".join(presentation(money.demo))
    for words in ("le compte d’un poste", "réclamation", "prescrit", "/budget", "/courriers"):
        assert words in printed


def test_a_line_is_contested_and_another_was_corrected_after_a_contest(money: Money):
    contests = [contest for view in money.views.values() for contest in view.contests]
    assert sorted(contest.is_open for contest in contests) == [False, True]
    (answered,) = (contest for contest in contests if not contest.is_open)
    assert answered.state is ContestState.CORRECTED
    ledger = {entry.id: entry for view in money.views.values() if answered in view.contests for entry in view.ledger}
    assert answered.corrected_by is not None
    assert ledger[answered.corrected_by].corrects == answered.line


def test_each_budget_moved_this_month(money: Money):
    for call in ("na-2024", "cvl-ville-hopital", "idf-2025"):
        assert money.budgets[call].recent.changes, call
