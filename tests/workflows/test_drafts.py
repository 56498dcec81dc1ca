"""A draft is filled in little by little: what is not said stays, what is emptied is said no more."""

from datetime import date
from fractions import Fraction

import pytest

from tests.builders import Hat
from tests.lives import Life, life_of
from workflows.acts.filing import DraftInputs, Emptiable
from workflows.dossier import Dossier, Project
from workflows.shapes import dump, load


def draft() -> Life:
    return life_of("na-2024").do(
        "edit_draft",
        Hat.CANDIDATE,
        wished_start=date(2024, 11, 4),
        contract_share=Fraction(4, 5),
        project=Project("binome-0001", 2),
    )


def test_what_is_not_said_stays():
    before = draft()
    after = before.copy().do("edit_draft", Hat.CANDIDATE, wished_start=None, specialty="neurologie").dossier
    assert (after.wished_start, after.contract_share) == (date(2024, 11, 4), Fraction(4, 5))
    assert after.project == before.dossier.project
    assert after.candidate == before.dossier.candidate


def test_a_share_emptied_is_a_full_one_again():
    # A41: the share scales the money
    life = draft().do("edit_draft", Hat.CANDIDATE, emptied=(Emptiable.CONTRACT_SHARE,))
    assert life.dossier.contract_share == 1


@pytest.mark.parametrize("member", Emptiable)
def test_what_is_emptied_is_as_in_a_draft_where_nobody_said_it(member):
    life = draft().do("edit_draft", Hat.CANDIDATE, wished_start=None, emptied=(member,))
    untouched = Dossier("", "", "", date.min)
    assert getattr(life.dossier, member.value) == getattr(untouched, member.value)


def test_what_is_said_again_is_not_emptied():
    given = {"wished_start": date(2025, 5, 2), "emptied": (Emptiable.WISHED_START,)}
    assert draft().do("edit_draft", Hat.CANDIDATE, **given).dossier.wished_start == date(2025, 5, 2)


def test_what_is_emptied_is_kept_in_the_journal():
    inputs = DraftInputs(emptied=(Emptiable.CONTRACT_SHARE,))
    assert dump(inputs)["emptied"] == ["contract_share"]
    assert load(DraftInputs, dump(inputs)) == inputs
