"""What the silence clock does, in the words that every page, mail and command uses."""

from __future__ import annotations

from datetime import date

from workflows.french import short_day


def refusal(due_on: date, earlier: date | None, today: date, *, stopped: bool = False) -> str:
    """When silence is a refusal, to follow "le silence": `vaudra rejet le 10 août 2024`.

    `earlier`: when it is one if a request for pieces that nobody is shown to have stopped nothing (CRPA L.114-5); it
    has passed once `today` reaches it. `stopped`: the clock stands still, the day may still move.
    """
    would = "vaudrait" if stopped else "vaudra"
    if earlier is None:
        return f"{would} rejet le {short_day(due_on)}"
    unheard = f"le {short_day(earlier)} si la demande de pièces n’a pas été reçue"
    if earlier <= today:
        return f"vaut rejet depuis {unheard}, sinon {would} rejet le {short_day(due_on)}"
    return f"{would} rejet {unheard}, sinon le {short_day(due_on)}"
