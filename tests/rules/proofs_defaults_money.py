"""Defaults of the money (A1 to A3, A5, A6, A24 to A27, A41, A42, A47, A48): shown, held, decided by persons."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from tests.builders import Hat, finess, rewritten, shared
from tests.lives import Life
from tests.profiles import PROFILES
from tests.rules.registry import enforced, later, proves
from tests.rules.scene import (
    ARA,
    CVL,
    DG,
    IDF,
    NA,
    at,
    by_default,
    done,
    due,
    every_call,
    gave,
    held,
    letters,
    refusals,
    refused,
    shown,
    warned,
    warnings,
)
from workflows.account.payees import payees_on
from workflows.account.worth import served_until
from workflows.calls.funding import RepaymentReading
from workflows.calls.model import Call
from workflows.calls.sources import Origin, Sourced, UnknownValueError
from workflows.contract import end_after
from workflows.deadlines import add_months
from workflows.due import DueKind
from workflows.effects import Addressee, EffectKind
from workflows.findings import Severity, declared_reasons
from workflows.money.gains import GainedEuros
from workflows.money.monthly import amounts_by_reading, monthly_amount
from workflows.money.schedule import planned, served
from workflows.money.served import served_months
from workflows.money.terms import PostTerms
from workflows.parts.credits import Tranche
from workflows.parts.ledger import LedgerEntry, LedgerKind
from workflows.parts.repayment_steps import RepaymentState
from workflows.parts.repayments import Debtor
from workflows.parts.requests import EndReason
from workflows.rehearsal.money import cost_lines
from workflows.states import State
from workflows.tenure import Tenure

COST = Decimal("6499.58")
PRORATA, INTEGRAL, YEAR = RepaymentReading


def priced(call: Call) -> Call:
    """The call with the cost that it leaves open (for illustration: 6 499,58 € a month, the reading b in CVL)."""
    match call.id:
        case "idf-2025":
            return gave(call, funding__printed_cost=COST, funding__reading="base_iespe_pet_charges")
        case "cvl-ville-hopital":
            return gave(call, funding__reading="b")
        case "ara-2017":
            return gave(call, funding__printed_cost=COST)
        case "guyane-2020":
            call = gave(call, funding__printed_cost=COST)
            rate = replace(call.clauses.funding.rates[0], rate=Sourced(Fraction(1), Origin.COMPLEMENT, "DG-12"))
            whole: Call = rewritten(call, "clauses.funding.rates", (rate,))
            return whole
        case _:
            return call


#: What a month is worth in the first year of the post, and the whole post of 24 months, under `priced`.
MONTH = {NA: "3249.79", IDF: "3899.75", CVL: "2886.08", ARA: "5199.66", DG: "6499.58"}
TOTAL = {NA: "77994.96", IDF: "93594.00", CVL: "69265.92", ARA: "109192.92", DG: "155989.92"}
#: The same by budget year: 2, 12 and 10 months.
_AMOUNTS = {
    NA: ("6499.58", "38997.48", "32497.90"),
    IDF: ("7799.50", "46797.00", "38997.50"),
    CVL: ("5772.16", "34632.96", "28860.80"),
    ARA: ("10399.32", "59796.10", "38997.50"),
    DG: ("12999.16", "77994.96", "64995.80"),
}


def _post(call: Call) -> PostTerms:
    """The nominal post, for money."""
    return PostTerms(call.category, PROFILES[call.id].plan, PROFILES[call.id].sites)


def _paid(tranche: Tranche) -> LedgerEntry:
    """The payment of a whole tranche, on its day."""
    amount, year = GainedEuros(tranche.amount), tranche.budget_year
    return LedgerEntry(f"E{tranche.id[1:]}", LedgerKind.PAID, amount, tranche.delegated_on, year, tranche.id, "VIR-1")


def _ended(call: Call, *tranches: Tranche, reason: EndReason = EndReason.CCA_OR_HU) -> Life:
    """A post ended on 31 December of the year after its start: 14 months served out of 24, those tranches paid."""
    life = at(priced(call), State.IN_POST).changed(tranches=tranches, ledger=tuple(_paid(t) for t in tranches))
    last_day = date(life.profile.start.year + 1, 12, 31)
    given: dict[str, Any] = {"last_day": last_day, "end_reason": reason}
    if reason is EndReason.CCA_OR_HU:
        given["cca_from"] = last_day + timedelta(days=1)
    return life.on(last_day + timedelta(days=2)).do("record_end", Hat.INSTRUCTOR, **given)


def _at_once(call: Call) -> Tranche:
    start = PROFILES[call.id].start
    return Tranche("T1", Decimal(TOTAL[call.id]), start.year, start)


# A1 to A3, A5: the repayment.


@proves("A1", call=NA)
def every_reading_of_the_clause_is_shown_and_none_is_decided(call: Call) -> None:
    life = _ended(call, _at_once(call)).do("open_clawback", Hat.CLOCK)
    amounts = life.dossier.repayment
    assert amounts is not None
    found = (amounts.amounts.prorata, amounts.amounts.integral, amounts.amounts.contract_year)
    assert [str(amount) for amount in found] == ["32497.90", "77994.96", "38997.48"]
    # while the agency has signed nothing, pro rata is the one shown
    assert amounts.proposed == Decimal("32497.90")
    life.do("start_contradictory", Hat.INSTRUCTOR).do("record_remarks", Hat.RECRUITER)
    refused(life.attempt("decide_repayment", Hat.HEAD, amount=Decimal("100.00")), "reading_not_chosen", "A1")
    signed = gave(call, funding__repayment_reading=PRORATA)
    assert done(life.under(signed).attempt("decide_repayment", Hat.HEAD)).after.repayment
    unsigned = "Aucun reversement qu’une clause ouvre n’est décidé avant que l’agence ait signé son choix."
    asked = "les crédits versés pour des mois qui n’ont pas été servis"
    shown(call, by_default("A1"), f"Somme à reverser : {asked}. {unsigned}")


@proves("A1", "A2", call=NA)
def the_tables_of_the_worked_example(call: Call) -> None:
    start = PROFILES[NA].start
    by_year = (
        Tranche("T1", Decimal("6499.58"), 2024, start),
        Tranche("T2", Decimal("38997.48"), 2025, date(2025, 1, 2)),
    )
    by_contract = (
        Tranche("T1", Decimal("38997.48"), 2024, start),
        Tranche("T2", Decimal("38997.48"), 2025, date(2025, 11, 1)),
    )
    tables = {
        "T1": ((_at_once(call),), ("32497.90", "77994.96", "38997.48")),
        "T2": (by_year, ("0.00", "45497.06", "6499.58")),
        "T3": (by_contract, ("32497.90", "77994.96", "38997.48")),
    }
    for tranches, expected in tables.values():
        found = _ended(call, *tranches).do("open_clawback", Hat.CLOCK).dossier.repayment
        assert found is not None
        amounts = (found.amounts.prorata, found.amounts.integral, found.amounts.contract_year)
        assert tuple(str(amount) for amount in amounts) == expected
    # for another motive no clause of the call speaks: only the months delegated and not served
    other = _ended(call, _at_once(call), reason=EndReason.PERSONAL).do("open_clawback", Hat.CLOCK).dossier.repayment
    assert other is not None
    assert (other.amounts.prorata, other.amounts.integral) == (Decimal("32497.90"), None)


@every_call("A2", IDF, CVL, ARA, DG)
def without_a_clause_only_months_delegated_and_not_served_come_back(call: Call) -> None:
    life = _ended(call, _at_once(call)).do("open_clawback", Hat.CLOCK)
    found = life.dossier.repayment
    assert found is not None
    unserved = {IDF: "38997.50", CVL: "28860.80", ARA: "38997.50", DG: "64995.80"}
    assert (str(found.amounts.prorata), found.amounts.integral, found.amounts.contract_year) == (
        unserved[call.id],
        None,
        None,
    )
    life.do("start_contradictory", Hat.INSTRUCTOR).do("record_remarks", Hat.RECRUITER)
    # no clause leaves a choice: there is nothing to sign
    assert done(life.attempt("decide_repayment", Hat.HEAD)).after.repayment
    whole = life.under(gave(life.call, funding__repayment_reading=INTEGRAL))
    answer = whole.attempt("decide_repayment", Hat.HEAD, amount=Decimal(TOTAL[call.id]))
    assert refusals(answer) == {"reading_without_clause"}
    shown(call, by_default("A2"), "Somme à reverser : les crédits versés pour des mois qui n’ont pas été servis.")


@every_call("A3")
def the_machine_proposes_a_repayment_and_persons_decide_it(call: Call) -> None:
    life = _ended(call, _at_once(call))
    ending = life.journal[-1]
    assert [(e.kind, e.name) for e in ending.effects] == [(EffectKind.ACT, "open_clawback")]
    assert refusals(life.attempt("open_clawback", Hat.HEAD)) == {"not_allowed"}
    life.do("open_clawback", Hat.CLOCK)
    assert life.dossier.repayment is not None
    assert (life.dossier.repayment.state, life.dossier.repayment.decided) == (RepaymentState.PROPOSED, None)
    for act in ("start_contradictory", "decide_repayment", "drop_repayment", "request_title", "settle"):
        assert refusals(life.attempt(act, Hat.CLOCK)) == {"not_allowed"}
    # waived by a head, with the motive and the authority, once somebody else prepared it
    assert refusals(life.attempt("drop_repayment", Hat.HEAD)) == {"relief_not_prepared"}
    life.do("prepare_relief", Hat.INSTRUCTOR)
    assert refusals(life.attempt("drop_repayment", Hat.HEAD, reason=None)) == {"reason_missing"}
    assert refusals(life.attempt("drop_repayment", Hat.HEAD, authority=None)) == {"authority_missing"}
    assert refusals(life.attempt("drop_repayment", Hat.INSTRUCTOR)) == {"not_allowed"}
    done(life.attempt("drop_repayment", Hat.HEAD))


@every_call("A5")
def the_recruiter_repays_and_never_the_doctor(call: Call) -> None:
    chosen = gave(call, funding__repayment_reading=PRORATA)
    life = _ended(chosen, _at_once(call)).do("open_clawback", Hat.CLOCK)
    assert letters(life.attempt("start_contradictory", Hat.INSTRUCTOR), "L14") == {"recruiter"}
    life.do("start_contradictory", Hat.INSTRUCTOR).do("record_remarks", Hat.RECRUITER)
    assert letters(life.attempt("decide_repayment", Hat.HEAD), "L15") == {"recruiter"}
    life.do("decide_repayment", Hat.HEAD)
    assert letters(life.attempt("request_title", Hat.INSTRUCTOR), "L16") == {"accountant"}


@every_call("A43")
def payee_and_debtor_follow_who_took_the_recruiter_over(call: Call) -> None:
    chosen = gave(call, funding__repayment_reading=PRORATA)
    life = _ended(chosen, _at_once(call)).do("open_clawback", Hat.CLOCK)
    life.do("start_contradictory", Hat.INSTRUCTOR).do("record_remarks", Hat.RECRUITER)
    before = life.dossier.recruiter
    assert before is not None
    current = life.do("decide_repayment", Hat.HEAD).dossier.repayment
    assert current is not None
    assert current.debtor == Debtor(before.id, before.legal_entity, before.name)
    life.do("record_succession", Hat.HEAD, since=life.today)
    current = life.dossier.repayment
    assert current is not None
    assert current.debtor == Debtor(before.id, finess(977), "CH du Sureau")
    assert payees_on(life.dossier, life.call, life.today) == {finess(977)}
    assert payees_on(life.dossier, life.call, life.today - timedelta(days=1)) == {before.legal_entity}
    # a dated fact with its deed
    assert refusals(life.attempt("record_succession", Hat.HEAD, legal_entity=finess(978), deed=None)) == {
        "succession_deed_missing"
    }


# A6: partial months.


@every_call("A6")
def months_count_in_thirtieths_of_the_days_served(call: Call) -> None:
    def thirtieths(*stays: tuple[date, date]) -> list[int]:
        tenures = [Tenure(f"d{rank}", first, last) for rank, (first, last) in enumerate(stays)]
        return [month.thirtieths for month in served_months(tenures, stays[-1][1])]

    assert thirtieths((date(2024, 11, 4), date(2024, 11, 30))) == [27]
    assert thirtieths((date(2024, 11, 1), date(2024, 11, 20))) == [20]
    # a whole month makes thirty thirtieths, February and the months of 31 days too
    assert thirtieths((date(2025, 1, 1), date(2025, 3, 31))) == [30, 30, 30]
    assert thirtieths((date(2025, 8, 24), date(2025, 8, 31))) == [8]
    # two holders never make more than a month
    assert thirtieths((date(2025, 1, 1), date(2025, 1, 15)), (date(2025, 1, 16), date(2025, 1, 31))) == [30]
    post = _post(call)
    stay = (Tenure("a", date(2025, 1, 1), date(2025, 2, 28)),)
    assert served(priced(call).clauses.funding, post, stay, date(2025, 2, 28)).lines[1].amount == Decimal(
        MONTH[call.id]
    )


@proves("A6", call=NA)
def the_partial_months_of_the_worked_example(call: Call) -> None:
    post = _post(call)
    for first, last, amount in ((4, 30, "2924.81"), (1, 20, "2166.53")):
        stay = (Tenure("a", date(2024, 11, first), date(2024, 11, last)),)
        assert served(call.clauses.funding, post, stay, stay[0].ends_on or date.max).total == Decimal(amount)


@every_call("A6")
def a_post_begun_within_a_month_never_counts_more_than_its_months(call: Call) -> None:
    # days served are counted as they are at both ends of a year of the post: twelve months at most, perhaps less
    for start, thirtieths in ((date(2025, 1, 16), 24 * 30), (date(2025, 2, 16), 24 * 30 - 2)):
        end = end_after(start, 24)
        months = served_months((Tenure("a", start, end),), end)
        assert sum(month.thirtieths for month in months) == thirtieths


@proves("A6", call=NA)
def its_last_month_yields(call: Call) -> None:
    start = date(2025, 1, 16)
    # 23 whole months, 16 days, and 14 of the last 15 days: what is awarded, and no more
    total = planned(call.clauses.funding, _post(call), start, date(2027, 1, 15)).total
    assert total == 23 * Decimal("3249.79") + Decimal("1733.22") + Decimal("1516.57") == Decimal("77994.96")


# A24 to A27: the cost.


@proves("A24", call=CVL)
def every_reading_of_the_salary_is_shown_and_none_notified(call: Call) -> None:
    post = _post(call)
    rehearsed = [line.amount for line in cost_lines(at(call, State.SELECTED).dossier, call)]
    assert rehearsed == [Decimal("1886.08"), Decimal("2886.08"), None, Decimal("4772.16")]
    readings = amounts_by_reading(call.clauses.funding, post, 1)
    amounts = {r.reading.id: str(r.amount.amount) if r.amount else r.unknown for r in readings}
    assert amounts == {"a": "1886.08", "b": "2886.08", "c": "CVL-19", "d": "4772.16"}
    assert [(r.reading.id, r.chosen) for r in readings if r.shown] == [("b", False)]
    life = at(call, State.NOTIFIED).later(3)
    refused(life.attempt("notify_money", Hat.HEAD), "cost_unsettled", "A24")
    done(life.under(gave(call, funding__reading="b")).attempt("notify_money", Hat.HEAD))
    start = "Lecture montrée, que l’agence doit encore choisir"
    shared = "traitement et IESPE pour la part hospitalière du temps"
    shown(call, by_default("A24"), f"{start} : {shared}, PET entière, sans charges.")


@every_call("A25", IDF, ARA, DG)
def an_unknown_cost_blocks_the_notification_and_borrows_nothing(call: Call) -> None:
    post = _post(call)
    with pytest.raises(UnknownValueError):
        monthly_amount(call.clauses.funding, post, 1)
    answer = at(call, State.NOTIFIED).later(3).attempt("notify_money", Hat.HEAD)
    assert refusals(answer) == {"value_unknown"}
    lifted = at(call, State.NOTIFIED).attempt("notify_money", Hat.HEAD, lifts={"value_unknown": "motif-0008"})
    assert refusals(lifted) == {"value_unknown"}


@every_call("A26")
def what_was_notified_bounds_what_is_delegated(call: Call) -> None:
    life = at(priced(call), State.IN_POST)
    assert life.dossier.money_notice is not None
    assert life.dossier.money_notice.total == Decimal(TOTAL[call.id])
    above = life.attempt("record_tranche", Hat.INSTRUCTOR, amount=Decimal(TOTAL[call.id]) + Decimal("0.01"))
    assert "tranche_above_award" in refusals(above)
    words = "Le montant est fixé pour toute la durée du contrat, sans revalorisation."
    shown(call, by_default("A26"), words)


@every_call("A26")
def the_months_of_a_doctor_keep_their_price_when_another_comes(call: Call) -> None:
    life = at(priced(call), State.IN_POST)
    served_before = served_until(life.dossier, life.call, life.profile.start.replace(day=30)).total
    assert served_before == Decimal(MONTH[call.id])
    here, there = life.profile.sites
    life.changed(plan=shared(24, (here, 9), (there, 1)), contract_share=Fraction(1, 2))
    assert served_until(life.dossier, life.call, life.profile.start.replace(day=30)).total == served_before


@every_call("A26")
def what_a_deferral_took_off_the_award_is_not_delegated(call: Call) -> None:
    life = at(priced(call), State.IN_POST)
    assert life.dossier.award is not None
    assert refusals(life.attempt("notify_money", Hat.HEAD)) == {"money_already_notified"}
    shorter = replace(life.dossier.award, planned_end=add_months(life.profile.start, 12) - timedelta(days=1))
    life.changed(award=shorter)
    left = 12 * Decimal(MONTH[call.id])
    above = life.attempt("record_tranche", Hat.INSTRUCTOR, amount=left + Decimal("0.01"))
    assert "tranche_above_award" in refusals(above)
    assert "money_notice_outdated" in warnings(above)
    assert "tranche_above_award" not in refusals(life.attempt("record_tranche", Hat.INSTRUCTOR, amount=left))
    again = done(life.attempt("notify_money", Hat.HEAD)).after.money_notice
    assert again is not None
    assert again.total == left


@every_call("A27")
def the_years_are_those_of_the_post(call: Call) -> None:
    post = _post(call)
    start, end = date(2017, 11, 1), date(2019, 10, 31)
    stays = (Tenure("a", start, date(2018, 3, 31)), Tenure("b", date(2018, 5, 1), end))
    lines = served(priced(call).clauses.funding, post, stays, end).lines
    assert [line.post_year for line in lines] == [1] * 11 + [2] * 12
    words = "Les années se comptent depuis le début du poste, quel que soit le médecin qui l’occupe."
    shown(call, by_default("A27"), words)


# A41: part time.


@every_call("A41")
def a_part_time_doctor_is_not_paid_in_full_without_a_head(call: Call) -> None:
    life = at(priced(call), State.NOTIFIED).later(3).changed(contract_share=Fraction(4, 5))
    held(life.attempt("notify_money", Hat.HEAD), "part_time_unscaled", "A41")
    lifted = done(life.attempt("notify_money", Hat.HEAD, lifts={"part_time_unscaled": "motif-0009"})).after
    assert lifted.money_notice is not None
    assert lifted.money_notice.total == Decimal(TOTAL[call.id])
    scaled = life.under(gave(life.call, funding__scaled_by_contract=True)).attempt("notify_money", Hat.HEAD)
    notice = done(scaled).after.money_notice
    assert notice is not None
    assert notice.total < Decimal(TOTAL[call.id]) * Decimal("0.81")
    words = "Un contrat à temps partiel ne réduit pas de lui-même le montant : un responsable décide."
    shown(call, by_default("A41"), words)


# A47 and A48: the tranches.


@every_call("A47")
def a_tranche_waits_for_a_presence_confirmed_in_the_last_thirty_days(call: Call) -> None:
    life = at(priced(call), State.IN_POST)
    start = life.profile.start
    done(life.on(start + timedelta(days=30)).attempt("record_tranche", Hat.INSTRUCTOR))
    late = life.on(start + timedelta(days=31))
    held(late.attempt("record_tranche", Hat.INSTRUCTOR), "presence_unconfirmed", "A47")
    done(late.attempt("record_tranche", Hat.HEAD, lifts={"presence_unconfirmed": "motif-0010"}))
    done(late.do("confirm_presence", Hat.RECRUITER).attempt("record_tranche", Hat.INSTRUCTOR))
    words = "Une tranche attend que le recruteur ait confirmé la présence du médecin dans les 30 jours précédents."
    shown(call, by_default("A47"), words)


@every_call("A47")
def no_tranche_leaves_after_a_departure_is_declared(call: Call) -> None:
    told = at(priced(call), State.IN_POST).later(5).do("declare_early_end", Hat.RECRUITER)
    held(told.attempt("record_tranche", Hat.INSTRUCTOR), "end_declared", "A47")
    announced = at(priced(call), State.IN_POST).later(5).do("announce_departure", Hat.INSTRUCTOR)
    held(announced.attempt("record_tranche", Hat.INSTRUCTOR), "end_declared", "A47")
    assert due(announced, DueKind.TRANCHE) == []


@every_call("A48")
def tranches_by_calendar_year_the_first_at_the_start(call: Call) -> None:
    life = at(priced(call), State.IN_POST)
    start = life.profile.start
    items = due(life, DueKind.TRANCHE)
    assert [item.on for item in items] == [start, date(start.year + 1, 1, 1), date(start.year + 2, 1, 1)]
    # proposed to the service, recorded by a person
    assert {(item.act, item.to) for item in items} == {(None, (Addressee.SERVICE,))}
    other = life.attempt("record_tranche", Hat.INSTRUCTOR, amount=Decimal("100.00"), budget_year=start.year)
    warned(other, "tranche_pattern_differs", "A48")
    for rank, amount in enumerate(_AMOUNTS[call.id]):
        tranche = Tranche(f"T{rank}", Decimal(amount), start.year + rank, start)
        given: dict[str, Any] = {"amount": tranche.amount, "budget_year": tranche.budget_year}
        assert "tranche_pattern_differs" not in warnings(life.attempt("record_tranche", Hat.INSTRUCTOR, **given))
        life.changed(tranches=(*life.dossier.tranches, tranche))
    rhythm = "la première tranche à la prise de fonctions, les suivantes en janvier."
    shown(call, by_default("A48"), f"Les crédits sont délégués par année civile : {rhythm}")


# Defaults never refuse.


@every_call("A25")
def no_refusal_is_declared_on_a_default_but_those_that_keep_money_back(call: Call) -> None:
    on_defaults = {
        r.code for r in declared_reasons().values() if r.severity is Severity.REFUSAL and _is_default(r.rule)
    }
    assert on_defaults == {"award_conditional", "cost_unsettled", "reading_not_chosen", "reading_without_clause"}
    assert not any(call.may_ground_refusal(f"A{n}") for n in range(1, 49))


def _is_default(rule: str | None) -> bool:
    return rule is not None and rule[:1] == "A" and rule[1:].isdigit()


enforced(
    "A1",
    "workflows.guards.repayment.within_due",
    "workflows.guards.repayment.reading_signed",
    "workflows.money.repayment.repayment",
)
enforced("A2", "workflows.guards.repayment.within_due", "workflows.money.repayment.repayment")
enforced("A3", "workflows.repaying.proposing.proposed_after", "workflows.guards.repayment.money_due")
enforced("A43", "workflows.acts.succession.SuccessionInputs", "workflows.account.payees.payees_on")
enforced("A5", "workflows.parts.repayments.Debtor", "workflows.account.payees.debtor_of")
enforced("A6", "workflows.money.served.served_months")
enforced("A24", "workflows.rehearsal.money.cost_lines", "workflows.guards.money.cost_settled")
enforced("A25", "workflows.calls.sources.UnknownValueError", "workflows.guards.money.cost_settled")
enforced("A26", "workflows.tenure.Tenure", "workflows.guards.notice.within_award")
enforced("A26", "workflows.guards.notice.money_to_notify")
enforced("A27", "workflows.money.served.year_of_post", "workflows.money.schedule.served")
enforced("A41", "workflows.guards.money.cost_settled", "workflows.money.monthly.contract_factor")
later("A42", "la part de temps vraiment servie sur chaque site, montrée à côté d’un reversement")
enforced("A47", "workflows.guards.money.presence_confirmed", "workflows.guards.money.no_end_declared")
enforced("A48", "workflows.money.tranches.planned_tranches", "workflows.guards.money.tranche_as_planned")
