"""Whoever leaves the reserve list is no longer on it, whatever the act that takes them off (A15)."""

from __future__ import annotations

import pytest

from tests.builders import Hat
from tests.lives import Life, life_of
from workflows.parts.requests import RequestKind
from workflows.states import State


def _withdrawn(life: Life) -> Life:
    life.do("report_withdrawal", Hat.RECRUITER, effective_on=life.today)
    return life.do("withdraw", Hat.INSTRUCTOR, request=life.last_request(RequestKind.WITHDRAWAL))


@pytest.mark.parametrize("act", ["withdraw", "reject", "select"])
def test_the_line_of_the_reserve_list_goes_with_the_dossier(act: str):
    life = life_of("na-2024").to(State.RESERVE)
    assert life.dossier.reserve is not None
    if act == "withdraw":
        _withdrawn(life)
    elif act == "reject":
        life.do("reject", Hat.HEAD)
    else:
        life.do("offer_place", Hat.HEAD).do("select", Hat.HEAD)
    assert life.dossier.state is not State.RESERVE
    assert life.dossier.reserve is None


def test_taking_the_withdrawal_back_puts_the_dossier_on_the_list_again():
    life = life_of("na-2024").to(State.RESERVE)
    before = life.dossier.reserve
    assert _withdrawn(life).do("revert", Hat.HEAD).dossier.state is State.RESERVE
    assert life.dossier.reserve == before
