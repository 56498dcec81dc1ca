"""Recipes that other tests hold, and those that do not apply, with the reason."""

from __future__ import annotations

_RACES = "tests/backoffice/services/test_races.py"

#: Number: tests that run the recipe, and its outcome.
ELSEWHERE: dict[int, tuple[tuple[str, ...], str]] = {
    19: ((f"{_RACES}::test_of_two_deciders_one_wins_and_the_other_is_told_by_whom",), "one decides, the other is told"),
    20: (
        (f"{_RACES}::test_eight_selections_at_once_for_three_places_take_three",),
        "eight selections for three places take three",
    ),
    22: (
        (f"{_RACES}::test_a_withdrawal_and_a_notification_at_once_leave_one_sound_history",),
        "a withdrawal and a notification at once leave one history",
    ),
    24: (
        ("tests/workflows/test_deadlines.py", "tests/workflows/due/test_hours.py"),
        "both nights when the clocks of France change: days and hours, each once (24c moves the clock of a machine)",
    ),
    25: (
        (
            "tests/workflows/test_deadlines.py::test_accepted_one_microsecond_before_refused_at_the_instant",
            "tests/workflows/test_deadlines.py::test_a_call_closes_on_the_clock_of_its_authority",
        ),
        "one microsecond before the closing is accepted, the closing is refused, in the zone of the call",
    ),
}
ABSENT = {
    32: "a load of ten minutes is a measure (`make bench`), not a fault",
    37: "the product has no antivirus",
}
