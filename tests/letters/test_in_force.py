"""Which letters of a decision are in force after what came next: the rule alone, on lives in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

import pytest

from tests.builders import Hat, quota_uses
from tests.letters.test_decisions import (
    agreed,
    asked_later,
    back_on_reserve,
    confirmed,
    deferred,
    lapsed,
    matter_after,
    not_deferred,
    not_replaced,
    on_reserve,
    rejected,
    replaced,
    under_reserve,
    vacant,
)
from tests.lives import Life, life_of
from tests.workflows import repaying
from workflows.calls.funding import Vehicle
from workflows.effects import Addressee
from workflows.letters.asked import AskedLetter
from workflows.letters.idle import is_idle
from workflows.letters.kinds import KINDS
from workflows.letters.matter import SaidTooLittleError
from workflows.parts.reliefs import Relief
from workflows.parts.requests import RequestKind
from workflows.states import State


def asked_by(of: Life, code: str) -> list[tuple[int, Mapping[str, str]]]:
    """The entries of a life that asked for the letters of a code, each with what it said."""
    first = of.dossier.version - len(of.journal) + 1
    return [
        (entry, next(effect.details for effect in decision.effects if effect.name == code))
        for entry, decision in enumerate(of.journal, first)
        if any(effect.name == code and effect.to for effect in decision.effects)
    ]


def in_force(of: Life, code: str, rank: int = -1) -> bool:
    """Whether the letter of a code that a life asked for is in force now: the last one asked for, unless told."""
    needs = KINDS[code].needs
    assert needs is not None
    return needs.stands(of.dossier, *asked_by(of, code)[rank])


@dataclass(frozen=True)
class Case:
    """A letter, what came before and after it, and whether it is in force then."""

    code: str
    road: Callable[[str], Life]
    stands: bool
    rank: int = -1


def in_post(call: str) -> Life:
    return life_of(call).to(State.IN_POST)


def refused_after_agreeing(call: str) -> Life:
    of = agreed(call)
    departure = of.dossier.departure
    assert departure is not None
    of.on(departure.dates.effective_on).do("withdraw", Hat.INSTRUCTOR)
    return of.do("refuse_request", Hat.HEAD, request="R1")


def given_up(call: str) -> Life:
    return vacant(call).later(200).do("close", Hat.HEAD)


def reexamined(call: str) -> Life:
    return rejected(call).later(30).do("reexamine", Hat.HEAD)


def deferred_twice(call: str) -> Life:
    return deferred(call).later(5).do("defer", Hat.HEAD, new_start=date(2025, 2, 1))


def deferred_then_refused(call: str) -> Life:
    of = deferred(call).later(5).do("ask_deferral", Hat.RECRUITER)
    return of.do("refuse_request", Hat.HEAD, request=of.last_request(RequestKind.DEFERRAL))


def refused_then_deferred(call: str) -> Life:
    return not_deferred(call).later(5).do("defer", Hat.HEAD)


def heard(call: str) -> Life:
    return repaying.proposed(call).later(2).do("start_contradictory", Hat.INSTRUCTOR)


def by_another_way(call: str) -> Life:
    return repaying.decided(call).do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.AMENDING_DECISION, deed="DM-1")


def heard_then_dropped(call: str) -> Life:
    of = heard(call).do("prepare_relief", Hat.INSTRUCTOR, relief=Relief.ABANDONED, amount=None)
    return of.do("drop_repayment", Hat.HEAD)


def heard_on_two(call: str) -> Life:
    """On an overpayment, then on what the end of the post asks."""
    of = repaying.in_post(call, repaying.WHOLE + 100).later(3).do("open_overpayment", Hat.CLOCK)
    of.do("start_contradictory", Hat.INSTRUCTOR).later(10)
    of.do("record_end", Hat.INSTRUCTOR, last_day=of.today - repaying.DAY).do("open_clawback", Hat.CLOCK)
    return of.do("start_contradictory", Hat.INSTRUCTOR, repayment=of.dossier.repayments[-1].cause)


def title_withdrawn(call: str) -> Life:
    of = repaying.decided(call).do("request_title", Hat.INSTRUCTOR)
    return of.do("use_other_vehicle", Hat.HEAD, vehicle=Vehicle.AMENDING_DECISION, deed="DM-1")


def attested(call: str) -> Life:
    return repaying.ended(call).do("ask_letter", Hat.INSTRUCTOR, letter=AskedLetter.END)


CASES = (
    Case("L8", asked_later, True),
    Case("L8", deferred, True),
    Case("L8", in_post, True),
    Case("L8", vacant, False),
    Case("L8", replaced, True),
    Case("L8", given_up, False),
    Case("L8", lapsed, False),
    Case("L8b", under_reserve, True),
    Case("L8b", confirmed, True),
    Case("L8b", back_on_reserve, False),
    Case("award_confirmed", confirmed, True),
    Case("L9", on_reserve, True),
    Case("L9", back_on_reserve, True),
    Case("L10", rejected, True),
    Case("L10", lapsed, True),
    Case("L10", reexamined, False),
    Case("contradictory_notice", lapsed, False),
    Case("L11", deferred, True),
    Case("L12", replaced, True),
    Case("L12", agreed, True),
    Case("L12", refused_after_agreeing, True),
    Case("L12", refused_after_agreeing, False, rank=0),
    Case("L12", not_replaced, True),
    Case("L13", deferred, True),
    Case("L13", deferred_twice, False, rank=0),
    Case("L13", deferred_twice, True),
    Case("L13", deferred_then_refused, True, rank=0),
    Case("L13", deferred_then_refused, True),
    Case("L13", refused_then_deferred, True, rank=0),
    Case("L13", refused_then_deferred, True),
    Case("L14", heard, True),
    Case("L14", repaying.heard_again, False, rank=0),
    Case("L14", repaying.heard_again, True),
    Case("L14", repaying.decided, False),
    Case("L14", heard_then_dropped, False),
    Case("L14", heard_on_two, True, rank=0),
    Case("L14", heard_on_two, True),
    Case("L15", repaying.decided, True),
    Case("L15", by_another_way, True),
    Case("L16", repaying.titled, True),
    Case("L16", title_withdrawn, False),
    Case("L17a", attested, True),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.road.__name__}-{case.rank}")
def test_a_letter_is_in_force_while_its_decision_is(case: Case) -> None:
    assert in_force(case.road("na-2024"), case.code, case.rank) is case.stands


@pytest.mark.parametrize(("code", "road"), [("L10", lapsed), ("L12", replaced), ("L12", agreed)])
def test_a_decision_whose_act_said_less_is_still_to_tell(code: str, road: Callable[[str], Life]) -> None:
    """An older release said the request alone with a lapse or a replacement granted: nobody was told all the same."""
    of = road("na-2024")
    entry, details = asked_by(of, code)[-1]
    said = {name: value for name, value in details.items() if name == "request"}
    assert said != dict(details)
    assert is_idle(of.dossier, code, "recruiter", entry, said) is False
    with pytest.raises(SaidTooLittleError, match="hors de l’application"):
        KINDS[code].build(replace(matter_after(of, code, Addressee.RECRUITER), details=said))


def test_a_second_financial_notification_takes_the_place_of_the_first() -> None:
    of = deferred("idf-2025").later(5).do("notify_money", Hat.HEAD)
    assert [in_force(of, "L11", rank) for rank in (0, 1)] == [False, True]


def test_the_answer_to_an_application_is_the_last_one_given() -> None:
    """Under reserve, then on the list, then awarded on the same terms: each takes the place of the one before."""
    of = under_reserve("na-2024")
    of.quotas = tuple(replace(q, places=1, taken=4) for q in quota_uses(of.call, of.dossier, 3))
    of.do("back_to_reserve", Hat.HEAD)
    assert (in_force(of, "L8b"), in_force(of, "L9")) == (False, True)
    of.quotas = None
    of.do("offer_place", Hat.HEAD)
    for hat in (Hat.RECRUITER, Hat.CANDIDATE):
        of.do("answer_offer", hat)
    of.do("select", Hat.HEAD).do("notify", Hat.HEAD)
    assert (in_force(of, "L8b", 0), in_force(of, "L9"), in_force(of, "L8")) == (False, False, True)


def test_a_refused_deferral_is_told_while_the_award_is_there() -> None:
    of = asked_later("na-2024")
    of.later(5).do("refuse_request", Hat.HEAD, request=of.last_request(RequestKind.DEFERRAL))
    assert in_force(of, "L13") is True
    of.do("withdraw", Hat.INSTRUCTOR)
    assert in_force(of, "L13") is False
