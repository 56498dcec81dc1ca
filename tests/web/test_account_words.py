"""The first line of an account: what was decided, paid, served, what is due or comes back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from backoffice.web.account_words import clause_lines, clause_note, coming_back, lead
from tests.builders import Hat
from tests.lives import Life, life_of
from tests.workflows.repaying import decided, in_post, proposed, reading
from workflows.account.post import PostAccount, post_account
from workflows.calls.funding import RepaymentReading
from workflows.calls.sources import Origin
from workflows.states import State

M = Decimal("3249.79")


def shown(life: Life, on: date | None = None) -> PostAccount:
    return post_account(life.dossier, life.call, on or life.today)


def said(life: Life, on: date | None = None) -> str:
    return " ".join(lead(shown(life, on)).split())


def test_it_says_what_is_paid_in_advance_what_is_due_and_what_is_even():
    # 6.1: twelve months due, 38 997,48
    on = date(2025, 10, 31)
    begin = "Au 31 octobre 2025 : 77 994,96 € engagés, 38 997,48 € dus pour les jours servis, "
    assert said(in_post("na-2024", 24 * M), on) == (
        f"{begin}77 994,96 € versés. 38 997,48 € sont versés d’avance sur les mois à venir."
    )
    paid_less = in_post("na-2024", 2 * M)
    assert said(paid_less, on) == f"{begin}6 499,58 € versés. 32 497,90 € sont dus et pas encore versés."
    assert said(in_post("na-2024", 12 * M), on) == f"{begin}38 997,48 € versés. Tout ce qui est dû est versé."


def test_it_says_what_is_proposed_then_decided_then_settled():
    assert said(proposed()).endswith("Un reversement de 32 497,90 € est proposé, pas encore décidé.")
    life = decided()
    told = "32 497,90 € sont demandés en reversement : il en reste {} à reverser."
    assert said(life).endswith(told.format("32 497,90 €"))
    life.do("use_other_vehicle", Hat.HEAD).do("record_repaid", Hat.INSTRUCTOR, amount=Decimal("497.90"))
    assert said(life).endswith(told.format("32 000,00 €"))
    life.do("record_repaid", Hat.INSTRUCTOR, amount=Decimal("32000.00"))
    assert said(life).endswith("32 497,90 € sont demandés en reversement : tout est réglé.")


def test_once_an_overpayment_is_settled_it_says_again_what_is_due_and_paid():
    # 78 494,96 paid for 77 994,96: 500,00 came back, and the post goes on
    life = in_post("na-2024", 24 * M + 500).later(10).do("open_overpayment", Hat.INSTRUCTOR)
    life.do("start_contradictory", Hat.INSTRUCTOR).later(5).do("record_remarks", Hat.RECRUITER)
    life.later(5).do("decide_repayment", Hat.HEAD)
    assert said(life).endswith("500,00 € sont demandés en reversement : il en reste 500,00 € à reverser.")
    life.do("use_other_vehicle", Hat.HEAD).do("record_repaid", Hat.INSTRUCTOR, amount=Decimal("500.00"))
    on = date(2025, 10, 31)
    assert said(life, on) == (
        "Au 31 octobre 2025 : 77 994,96 € engagés, 38 997,48 € dus pour les jours servis, 78 494,96 € versés, "
        "500,00 € recouvrés. 38 997,48 € sont versés d’avance sur les mois à venir."
    )


def test_it_says_that_nothing_is_known():
    assert said(life_of("na-2024").to(State.SUBMITTED)) == "Rien n’est encore engagé, délégué ni versé pour ce poste."


def test_a_clause_that_nobody_has_read_says_so():
    life = in_post("na-2024", 24 * M)
    on = date(2025, 12, 31)
    unread = reading(life.copy(), RepaymentReading.PRORATA, Origin.DEFAULT)
    stopped = shown(unread, on).stopped
    assert stopped is not None
    assert coming_back(stopped) == Decimal("32497.90")
    assert [line.amount for line in clause_lines(stopped)] == [
        Decimal("32497.90"),
        Decimal("77994.96"),
        Decimal("38997.48"),
    ]
    assert "pas encore choisi" in clause_note(stopped)
    read = shown(reading(life, RepaymentReading.INTEGRAL), on).stopped
    assert read is not None
    assert "tous les crédits versés" in clause_note(read)
