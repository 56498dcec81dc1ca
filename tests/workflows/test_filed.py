"""What a file says of itself when it is filed: who sends it, and where the time is shared."""

import pytest

from tests.builders import Hat, shared, site
from tests.lives import Life, life_of
from workflows.decide import Decision, Refused
from workflows.findings import Finding, Severity
from workflows.parts.requests import Repercussions
from workflows.sites import Plan, SiteKind, SiteRole
from workflows.states import State

AWAY = site(399, "CH du Saule", SiteRole.PARTNER, SiteKind.CH, "16")
CALLS = ("na-2024", "idf-2025", "cvl-ville-hopital", "ara-2017")


def _draft(call_id: str = "na-2024") -> Life:
    life = life_of(call_id)
    return life.on(life.profile.filed, life.profile.filed_at)


def _elsewhere(life: Life) -> Plan:
    """Four half-days of ten in a place that is not of the dossier."""
    return shared(life.profile.months, (life.profile.recruiter, 6), (AWAY, 4))


def _found(answer: Decision | Refused, code: str) -> list[Finding]:
    return [f for f in answer.findings if f.code == code]


# Where the time is shared (NA-05, A14).


def test_a_draft_shares_the_time_between_its_own_establishments():
    life = _draft()
    answer = life.attempt("edit_draft", Hat.CANDIDATE, plan=_elsewhere(life))
    assert isinstance(answer, Refused)
    assert answer.codes == {"plan_elsewhere"}
    assert AWAY.id in answer.findings[0].sentence
    both = {"sites": (*life.profile.sites, AWAY), "plan": _elsewhere(life)}
    assert isinstance(life.attempt("edit_draft", Hat.CANDIDATE, **both), Decision)


def test_a_draft_may_lose_an_establishment_before_its_plan_follows():
    life = _draft()
    life.do("edit_draft", Hat.CANDIDATE, sites=(life.profile.recruiter, AWAY))
    for act, hat in (("submit", Hat.CANDIDATE), ("register_received", Hat.INSTRUCTOR)):
        answer = life.attempt(act, hat)
        assert isinstance(answer, Refused)
        assert answer.codes == {"plan_elsewhere"}
    life.do("edit_draft", Hat.CANDIDATE, plan=_elsewhere(life))
    assert _found(life.attempt("submit", Hat.CANDIDATE), "plan_elsewhere") == []


def test_a_replacement_shares_the_time_between_the_same_establishments():
    life = life_of("na-2024").to(State.WITHDRAWN).later(5)
    said = {"repercussions": (Repercussions.TIME_SHARE,), "plan": _elsewhere(life)}
    answer = life.attempt("propose_replacement", Hat.RECRUITER, **said)
    assert isinstance(answer, Refused)
    assert answer.codes == {"plan_elsewhere"}


# Who sends it (NA-22, IDF-12, CVL-14, ARA-15).


@pytest.mark.parametrize("call_id", CALLS)
def test_a_file_received_without_a_depositor_is_pointed_out(call_id):
    life = _draft(call_id).changed(depositors=())
    answer = life.attempt("register_received", Hat.INSTRUCTOR)
    assert isinstance(answer, Decision)
    (told,) = _found(answer, "depositor_absent")
    assert told.severity is Severity.WARNING


@pytest.mark.parametrize("call_id", CALLS)
def test_a_file_received_from_its_depositors_is_not(call_id):
    assert _found(_draft(call_id).attempt("register_received", Hat.INSTRUCTOR), "depositor_absent") == []


def test_the_words_name_whoever_is_missing():
    words = {
        "na-2024": "Parmi les déposants, il manque le candidat.",
        "cvl-ville-hopital": "Parmi les déposants, il manque celui qui a envoyé le dossier.",
    }
    for call_id, sentence in words.items():
        life = life_of(call_id, completed=False)
        life.on(life.profile.filed, life.profile.filed_at).changed(depositors=())
        answer = life.attempt("register_received", Hat.INSTRUCTOR)
        assert [f.sentence for f in _found(answer, "depositor_absent")] == [sentence]
