"""The curve of what is due against what is paid: geometry that says the same as its table."""

from __future__ import annotations

from decimal import Decimal

from backoffice.web.pictures import HEIGHT, WIDTH, curve

ZERO, FULL = Decimal("0.00"), Decimal("1000.00")


def points(text: str) -> list[tuple[int, int]]:
    return [(int(x), int(y)) for x, y in (pair.split(",") for pair in text.split())]


def test_what_is_due_goes_from_nothing_to_the_top_and_breaks_on_the_day():
    drawn = curve([FULL / 4, FULL / 2, FULL * 3 / 4, FULL], [FULL / 2, FULL / 2])
    assert points(drawn.past) == [(0, HEIGHT), (250, 150), (500, 100)]
    assert points(drawn.coming) == [(500, 100), (750, 50), (WIDTH, 0)]
    assert drawn.today == 500
    assert drawn.top == FULL


def test_what_is_paid_is_a_stair_closed_on_the_ground():
    drawn = curve([ZERO, ZERO], [FULL / 2, FULL])
    assert points(drawn.paid) == [(0, HEIGHT), (0, 100), (500, 100), (500, 0), (WIDTH, 0), (WIDTH, HEIGHT)]
    assert points(drawn.coming) == [(WIDTH, HEIGHT)]


def test_an_account_where_nothing_is_left_stays_on_the_ground():
    drawn = curve([ZERO], [ZERO])
    assert {y for _, y in points(drawn.past) + points(drawn.paid)} == {HEIGHT}
    assert drawn.top == ZERO
