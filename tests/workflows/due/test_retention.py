"""J10: until when a dossier is kept, and what keeps it longer (3.7, 3.6f)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.builders import Hat
from tests.lives import Life, life_of
from tests.workflows.cases import printed, ruled
from tests.workflows.due import due
from workflows.calls.parameters import Extension
from workflows.deadlines import Bound, Closing
from workflows.due import DueKind
from workflows.due.retention import held, kept_until
from workflows.effects import Addressee
from workflows.parts.receipts import Receipt
from workflows.states import State

OVER = DueKind.RETENTION_OVER
LIVING = set(State) - {State.DRAFT, State.REJECTED, State.ENDED}


def _rejected() -> Life:
    return life_of("na-2024").to(State.REJECTED)


def test_a_draft_never_filed_is_kept_six_months_after_the_closing():
    life = life_of("na-2024").on(date(2024, 6, 1))
    (found,) = due(life, OVER)
    # kept until 14 December included
    assert (found.on, found.to, found.act) == (date(2024, 12, 15), (Addressee.SERVICE,), None)
    assert "conservé jusqu’au 14\u00a0décembre\u00a02024" in found.what
    assert found.what.endswith("Vérifiez qu’aucun recours n’est en cours.")
    assert "recours" not in found.cancelled_if  # no appeal is kept: nothing else could be claimed


def test_an_extension_keeps_a_draft_longer():
    later = Closing(date(2024, 6, 30), Bound.JUSQU_AU, "Europe/Paris", "jusqu’au 30 juin 2024")
    extension = Extension(later, date(2024, 6, 13), "Basile Indigo", "panne")
    life = ruled(life_of("na-2024").on(date(2024, 6, 20)), "parameters.extensions", (extension,))
    assert [d.on for d in due(life, OVER)] == [date(2024, 12, 31)]


def test_a_draft_of_a_renewal_is_kept_from_the_day_it_is_opened():
    life = life_of("na-2024").on(date(2026, 9, 2))
    life.changed(renewal_of="NA-2024-001", opened_on=date(2026, 9, 1))
    assert [d.on for d in due(life, OVER)] == [date(2027, 3, 2)]


def test_a_refusal_keeps_its_dossier_two_years_after_the_remedies():
    life = _rejected()
    assert due(life, OVER) == []  # nobody is known to have the letter: no remedy lapses
    life.on(date(2024, 7, 29)).prove("L10")
    # received on 29 July: 30 September, or 30 November for the most distant (R.421-7), moved to Monday 2 December
    assert [d.on for d in due(life, OVER)] == [date(2026, 12, 3)]


def test_the_last_to_receive_the_refusal_decides():
    life = _rejected()
    first, *others = [r for r in life.dossier.receipts if r.letter == "L10"]
    life.on(date(2024, 7, 29)).prove("L10", first.to)
    if others:
        assert due(life, OVER) == []
    for receipt in others:
        life.on(date(2024, 8, 20)).prove("L10", receipt.to)
    # 20 August: 21 December is a Saturday, moved to Monday 23
    last = date(2026, 12, 23) if others else date(2026, 12, 2)
    assert [d.on for d in due(life, OVER)] == [last + timedelta(days=1)]


def test_a_retained_dossier_is_kept_ten_years_after_its_last_payment():
    life = life_of("na-2024").to(State.ENDED)
    for receipt in [r for r in life.dossier.receipts if r.is_awaited and r.is_decision]:
        life.do("record_proof", Hat.INSTRUCTOR, receipt=receipt.id)
    last = max(t.delegated_on for t in life.dossier.tranches)
    life.changed(repayments=())
    (found,) = due(life, OVER)
    assert found.on == last.replace(year=last.year + 10) + timedelta(days=1)


def test_a_repayment_received_starts_the_ten_years_again():
    life = life_of("na-2024").to(State.CLAWBACK).later(2).do("start_contradictory", Hat.INSTRUCTOR)
    life.later(10).do("record_remarks", Hat.RECRUITER).later(5).do("decide_repayment", Hat.HEAD)
    life.do("request_title", Hat.INSTRUCTOR).do("record_title", Hat.INSTRUCTOR).later(5)
    paid_on = life.today
    life.do("record_repaid", Hat.INSTRUCTOR).later(30).do("settle", Hat.INSTRUCTOR)
    for receipt in [r for r in life.dossier.receipts if r.is_awaited and r.is_decision]:
        life.do("record_proof", Hat.INSTRUCTOR, receipt=receipt.id)
    (found,) = due(life, OVER)
    assert found.on == paid_on.replace(year=paid_on.year + 10) + timedelta(days=1)


def test_a_dossier_under_repayment_is_never_proposed():
    life = life_of("na-2024").to(State.CLAWBACK)
    assert held(life.dossier)
    assert due(life, OVER) == []
    ended = life.changed(state=State.ENDED)
    assert kept_until(ended.dossier, ended.call, ended.today) is not None
    assert due(ended, OVER) == []


def test_a_request_left_open_keeps_the_dossier():
    life = life_of("na-2024").to(State.IN_POST).later(3).do("declare_early_end", Hat.RECRUITER)
    assert held(life.dossier)
    life.changed(state=State.ENDED)
    assert due(life, OVER) == []


@pytest.mark.parametrize("state", sorted(LIVING))
def test_a_dossier_that_lives_is_never_proposed(state):
    life = life_of("na-2024").to(State.SUBMITTED)
    life.changed(state=state)
    assert kept_until(life.dossier, life.call, life.today) is None


def test_a_call_without_a_closing_has_no_end_for_its_drafts():
    life = life_of("cvl-ville-hopital").on(date(2022, 9, 1))
    assert due(life, OVER) == []
    ruled(life, "parameters.closing", printed(Closing(date(2022, 9, 30), Bound.AVANT, "Europe/Paris", "avant le 30")))
    assert [d.on for d in due(life, OVER)] == [date(2023, 3, 30)]


def test_what_was_decided_before_receipts_were_kept_counts_from_the_end_of_the_silence():
    life = _rejected()
    assert life.dossier.silence is not None
    life.changed(receipts=(), silence=replace(life.dossier.silence, ended_on=date(2024, 7, 29)))
    assert [d.on for d in due(life, OVER)] == [date(2026, 12, 3)]


@pytest.mark.parametrize(("letter", "holds"), [("L8", False), ("L8b", False), ("L9", False), ("L13", True)])
def test_an_award_that_fell_holds_nothing_though_nobody_proved_its_receipt(letter, holds):
    life = _rejected().on(date(2024, 7, 29))
    life.prove("L10")
    left = Receipt(3, letter, Addressee.CANDIDATE, date(2024, 7, 1))
    life.changed(receipts=(left, *life.dossier.receipts))
    for receipt in [r for r in life.dossier.receipts if r.letter == "L10" and r.is_awaited]:
        life.prove("L10", receipt.to)
    assert held(life.dossier) is holds
    assert len(due(life, OVER)) == (0 if holds else 1)
