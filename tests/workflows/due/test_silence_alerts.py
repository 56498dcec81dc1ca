"""The alerts of the implied refusal (J5): 15 and 3 days before, each once, with the days as they are then."""

from __future__ import annotations

from datetime import date

from tests.builders import Hat
from tests.lives import Life, life_of
from workflows.due import Due, DueKind, due_items
from workflows.silence_words import refusal
from workflows.states import State


def alerts(life: Life) -> list[Due]:
    return [d for d in due_items(life.dossier, life.call, life.today) if d.kind is DueKind.SILENCE_ALERT]


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_two_requests_nobody_is_shown_to_have_give_one_alert_for_each_day_of_warning():
    """Filed on 10 June: 10 August. Two requests of 11 days in all put it off to 21 August, if they were received."""
    life = life_of("na-2024").to(State.SUBMITTED).on(date(2024, 6, 17)).do("request_pieces", Hat.INSTRUCTOR, days=11)
    (clock,) = (life.dossier.silence,)
    assert clock is not None
    assert clock.due_on(life.today) == date(2024, 8, 21)
    found = alerts(life)
    # 6 August (15 days before the 21st) would say again what those of the 10th say: 26 July and 7 August
    assert [d.on for d in found] == [date(2024, 7, 26), date(2024, 8, 7), date(2024, 8, 18)]
    before = "Alerte : le silence vaudra rejet le 10 août 2024 si la demande de pièces n’a pas été reçue, sinon le 21"
    after = "Alerte : le silence vaut rejet depuis le 10 août 2024 si la demande de pièces n’a pas été reçue, sinon "
    told = [plain(d.what) for d in found]
    assert [text.startswith(before) for text in told] == [True, True, False]
    assert told[2] == f"{after}vaudra rejet le 21 août 2024."


def test_an_alert_caught_up_after_the_earlier_day_says_that_it_has_come():
    life = life_of("na-2024").to(State.SUBMITTED).on(date(2024, 6, 17)).do("request_pieces", Hat.INSTRUCTOR, days=11)
    life.on(date(2024, 8, 12))
    assert all("vaut rejet depuis le 10 août 2024" in plain(d.what) for d in alerts(life))


def test_a_request_shown_to_be_received_leaves_one_day():
    life = life_of("na-2024").to(State.SUBMITTED).on(date(2024, 6, 17)).do("request_pieces", Hat.INSTRUCTOR, days=11)
    life.later(2).prove("L3")
    found = alerts(life)
    assert [d.on for d in found] == [date(2024, 8, 6), date(2024, 8, 18)]
    assert {plain(d.what) for d in found} == {"Alerte : le silence vaudra rejet le 21 août 2024."}


def test_a_clock_that_stands_still_would_refuse():
    day, earlier = date(2024, 8, 21), date(2024, 8, 10)
    assert plain(refusal(day, None, earlier, stopped=True)) == "vaudrait rejet le 21 août 2024"
    assert plain(refusal(day, earlier, date(2024, 8, 9), stopped=True)) == (
        "vaudrait rejet le 10 août 2024 si la demande de pièces n’a pas été reçue, sinon le 21 août 2024"
    )
    assert plain(refusal(day, earlier, earlier)).startswith("vaut rejet depuis le 10 août 2024 si")
