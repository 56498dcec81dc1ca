"""What is written when a line of an account is contested, and when the agency answers: never why."""

from tests.backoffice.writing import PUBLIC_URL, flat, written
from tests.builders import Hat
from tests.lives import life_of
from tests.nominal import REASON
from workflows.effects import Addressee
from workflows.parts.contests import ContestState
from workflows.states import State


def contested():
    return life_of("na-2024").to(State.IN_POST).later(3).do("contest_line", Hat.RECRUITER, line="M2025-03-1")


def test_the_service_reads_which_line_and_that_nothing_changes_yet():
    life = contested()
    (effect,) = life.journal[-1].effects
    assert (effect.name, effect.to) == ("account_contested", Addressee.SERVICE)
    text = flat(written(life, effect.name, **effect.details).body)
    assert "échéancier, mars 2025 (année 1 du poste) : 3 249,79 €" in text
    assert "aucun montant ne change" in text
    assert f"{PUBLIC_URL}/dossiers/NA-2024-007" in text
    assert "motif-0001" not in text


def test_the_recruiter_reads_the_answer_and_where_its_reasons_are():
    for outcome, remedy, line, said in (
        (ContestState.UPHELD, "change_contract_share", None, "la ligne est à corriger"),
        (ContestState.CORRECTED, None, "T1", "La correction est faite"),
        (ContestState.DISMISSED, None, None, "la ligne est juste"),
    ):
        life = contested().later(4).do("record_tranche", Hat.INSTRUCTOR)
        given = {"outcome": outcome, "remedy": remedy, "corrected_by": line}
        life.do("answer_contest", Hat.INSTRUCTOR, **given)
        (effect,) = life.journal[-1].effects
        assert (effect.name, effect.to) == ("contest_answered", Addressee.RECRUITER)
        text = flat(written(life, effect.name, **effect.details).body)
        assert said in text
        assert "« Compte du poste »" in text
        assert "motif-0001" not in text


def test_the_recruiter_reads_once_that_all_the_lines_an_act_puts_right_are_corrected():
    life = life_of("na-2024").to(State.IN_POST).later(3)
    for line in ("M2025-03-1", "M2025-04-1"):
        life.do("contest_line", Hat.RECRUITER, line=line)
        life.do("answer_contest", Hat.INSTRUCTOR, outcome=ContestState.UPHELD, remedy="change_contract_share")
    life.later(2).do("change_contract_share", Hat.HEAD, lifts={"part_time_unscaled": REASON})
    (effect,) = [e for e in life.journal[-1].effects if e.name == "contests_corrected"]
    assert effect.to is Addressee.RECRUITER
    mail = written(life, effect.name, contests=effect.details["contests"])
    text = flat(mail.body)
    assert "lignes contestées corrigées" in mail.subject
    assert "mars 2025 (année 1 du poste) : 3 249,79 €, ligne contestée le" in text
    assert "avril 2025 (année 1 du poste) : 3 249,79 €" in text
    assert f"{PUBLIC_URL}/dossiers/NA-2024-007" in text


def test_an_act_that_puts_no_contested_line_right_writes_no_mail_about_it():
    life = contested().later(2).do("change_contract_share", Hat.HEAD, lifts={"part_time_unscaled": REASON})
    assert "contests_corrected" not in {effect.name for effect in life.journal[-1].effects}
