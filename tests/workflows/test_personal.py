"""Texts about people are swapped for references wherever they are."""

from __future__ import annotations

from workflows.acts.award import NameCandidateInputs
from workflows.acts.base import ActInputs
from workflows.acts.committee import CommitteeInputs
from workflows.parts.candidates import Candidate
from workflows.personal import without_personal


def test_reasons_lifts_and_derogations_become_references():
    kept: list[str] = []

    def keep(text: str) -> str:
        kept.append(text)
        return f"ref:{len(kept)}"

    inputs = CommitteeInputs(
        session="s",
        reason="Le docteur l’a dit",
        lifts={"told_late": "motif"},
        derogations={"time_share_low": "pourquoi"},
    )
    after = without_personal(inputs, keep)
    assert kept == ["Le docteur l’a dit", "motif", "pourquoi"]
    assert (after.reason, after.lifts, after.derogations) == (
        "ref:1",
        {"told_late": "ref:2"},
        {"time_share_low": "ref:3"},
    )
    assert after.session == "s"


def test_the_rpps_of_a_nested_candidate_becomes_a_reference():
    inputs = NameCandidateInputs(candidate=Candidate("c1", rpps="00012345678", registered=True))
    after = without_personal(inputs, lambda _: "ref")
    assert after.candidate == Candidate("c1", rpps="ref", registered=True)


def test_nothing_personal_gives_the_same_object():
    inputs = ActInputs()
    assert without_personal(inputs, lambda _: "ref") is inputs
