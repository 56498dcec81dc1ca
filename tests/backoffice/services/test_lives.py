"""Whole lives through the door, under each real call: the doctor finds them sound."""

from __future__ import annotations

import pytest

from backoffice.services.doctor import examine
from tests.backoffice.stored import stored_life
from tests.profiles import PROFILES
from workflows.states import State


@pytest.mark.parametrize("call_id", PROFILES)
@pytest.mark.parametrize("state", [State.CLAWBACK, State.WITHDRAWN, State.RESERVE, State.REJECTED])
def test_a_whole_life_is_sound(session, call_id, state):
    life = stored_life(session, call_id).to(state)
    assert life.dossier.state is state
    assert examine(session) == ()
