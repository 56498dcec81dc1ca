"""Merged or renamed recruiters: a dated fact with its deed, which payee and debtor follow (A43)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import Hat, finess
from tests.workflows.repaying import answered, current, decided, in_post, titled
from workflows.adjusting import standing_lines
from workflows.decide import Refused
from workflows.repayments import Debtor

HEIR = finess(977)


def test_the_site_stays_and_its_legal_entity_is_another() -> None:
    life = in_post()
    before, lines = life.profile.recruiter, standing_lines(life.dossier)
    life.do("record_succession", Hat.HEAD)
    recruiter = life.dossier.recruiter
    assert recruiter is not None
    assert (recruiter.id, recruiter.legal_entity, recruiter.name) == (before.id, HEIR, "CH du Sureau")
    (taken,) = life.dossier.successions
    assert (taken.before, taken.former_name, taken.after) == (before.legal_entity, before.name, HEIR)
    assert (taken.on, taken.deed) == (life.today, "arrete-0007")
    # not one cent of the schedule moves
    assert standing_lines(life.dossier) == lines


def test_who_took_over_owes_what_is_decided_since() -> None:
    life = answered().do("record_succession", Hat.HEAD).do("decide_repayment", Hat.HEAD)
    assert current(life).debtor == Debtor(life.profile.recruiter.id, HEIR, "CH du Sureau")


def test_who_took_over_owes_what_was_decided_before() -> None:
    life = decided().do("record_succession", Hat.HEAD)
    assert current(life).debtor == Debtor(life.profile.recruiter.id, HEIR, "CH du Sureau")


def test_what_is_settled_stays_as_it_was() -> None:
    life = titled().do("record_repaid", Hat.INSTRUCTOR).do("settle", Hat.INSTRUCTOR)
    before = current(life).debtor
    assert current(life.do("record_succession", Hat.HEAD)).debtor == before


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"legal_entity": "990009779"}, "entity_malformed"),
        ({"legal_entity": "quelque chose"}, "entity_malformed"),
        ({"name": "  "}, "entity_unnamed"),
        ({"deed": None}, "succession_deed_missing"),
        ({"reason": None}, "reason_missing"),
    ],
)
def test_a_succession_is_complete(given: dict[str, Any], code: str) -> None:
    answer = in_post().attempt("record_succession", Hat.HEAD, **given)
    assert isinstance(answer, Refused)
    assert answer.codes == {code}


def test_nobody_succeeds_to_oneself_nor_in_advance() -> None:
    life = in_post()
    same = life.attempt("record_succession", Hat.HEAD, legal_entity=life.profile.recruiter.legal_entity)
    assert isinstance(same, Refused)
    assert same.codes == {"entity_unchanged"}
    ahead = life.attempt("record_succession", Hat.HEAD, since=life.copy().later(1).today)
    assert isinstance(ahead, Refused)
    assert ahead.codes == {"date_in_future"}
