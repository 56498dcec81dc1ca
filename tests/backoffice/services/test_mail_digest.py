"""Several notices in one mail: one section for each dossier, the most urgent first, and nothing that is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from backoffice.services.mail_digest import DigestItem
from backoffice.services.mail_matter import NothingLeftToSayError
from backoffice.services.mail_texts import UnknownMailError
from tests.backoffice.writing import PUBLIC_URL, flat, gathered, item_of, numbered, several, told_of_call, written
from tests.builders import Hat
from tests.lives import life_of
from workflows.effects import Addressee
from workflows.parts.pieces import Defect, PieceState
from workflows.states import State

DAY = date(2024, 6, 7)
TOLD = "Alerte : le silence vaudra rejet le 10 août 2024."


def drafts(n: int) -> tuple[DigestItem, ...]:
    return tuple(item_of(numbered(life_of("na-2024"), f"NA-2024-02{k}"), "draft_reminder", DAY) for k in range(n))


def alerts(n: int) -> tuple[DigestItem, ...]:
    return tuple(replace(item, kind="silence_alert", what=TOLD) for item in drafts(n))


def test_a_notice_alone_is_the_mail_of_its_kind():
    (item,) = drafts(1)
    life = numbered(life_of("na-2024"), "NA-2024-020").on(DAY, "08:00")
    alone, usual = gathered((item,), Addressee.DEPOSITORS, DAY), written(life, "draft_reminder")
    assert (alone.subject, alone.body, alone.html) == (usual.subject, usual.body, usual.html)


def test_one_mail_says_what_each_dossier_awaits_the_most_urgent_first():
    items = several()
    vacancy, pieces, start = items[2], items[0], items[1]
    body = flat(gathered(items, Addressee.RECRUITER, items[2].due_on).body)
    assert "Poste vacant depuis le 28 juillet 2024" in body
    assert "un remplacement peut être proposé jusqu’au mardi 27 août 2024 inclus" in body
    assert "à transmettre jusqu’au lundi 7 octobre 2024 inclus" in body
    assert "procès-verbal d’installation" in body
    assert "Prise de fonctions prévue le 1er novembre 2024" in body
    places = [body.index(f"Dossier {item.view.number}") for item in (vacancy, pieces, start)]
    assert places == sorted(places)
    for item in items:
        assert f"Page du dossier : {PUBLIC_URL}/dossiers/{item.view.number}" in body
    assert body.count("RGPD") == 1


@pytest.mark.parametrize(
    ("items", "to", "subject"),
    [
        (drafts(3), Addressee.DEPOSITORS, "3 dossiers à déposer, première échéance le 14 juin 2024"),
        (several(), Addressee.RECRUITER, "3 dossiers à suivre, première échéance le 27 août 2024"),
        (alerts(2), Addressee.SERVICE, "2 dossiers : le silence vaudra bientôt rejet"),
        ((*alerts(1), *drafts(2)[1:]), Addressee.SERVICE, "2 dossiers à suivre"),
    ],
    ids=["same", "several", "alerts", "several alerts"],
)
def test_the_subject_tells_how_many_dossiers_and_what_for(items, to, subject):
    items = tuple(replace(item, what=item.what or TOLD) for item in items)
    assert flat(gathered(items, to, DAY).subject) == subject


def test_each_joint_draft_says_who_has_not_confirmed_it():
    day = date(2017, 4, 22)
    lives = [numbered(life_of("ara-2017").on(date(2017, 4, 20)), f"ARA-2017-03{n}") for n in range(2)]
    lives[1].do("confirm_deposit", Hat.RECRUITER)
    items = tuple(item_of(life, "draft_reminder", day) for life in lives)
    first, second = flat(gathered(items, Addressee.DEPOSITORS, day).body).split("ARA-2017-030 ---")[1].split("-031 ---")
    assert "N’ont pas encore confirmé : CH du Safran et CHU de la Sauge." in first
    assert "N’a pas encore confirmé : CHU de la Sauge." in second


def test_a_reader_under_two_names_is_asked_for_all_that_either_gives_once():
    life = life_of("ara-2017").to(State.NOTIFIED).later(1)
    key = life.dossier.pieces[0].key
    life.do("judge_piece", Hat.INSTRUCTOR, key=key, verdict=PieceState.REFUSED, defect=Defect.UNREADABLE)
    life.do("request_pieces", Hat.INSTRUCTOR, keys=(key, "start/convention"), days=15)
    (request,) = life.dossier.piece_requests[-1:]
    item = item_of(life, "pieces_last_day", request.due_on)
    both = flat(gathered((item,), (Addressee.DEPOSITORS, Addressee.RECRUITER), request.due_on).body)
    assert both.count("elle est illisible") == 1
    assert both.count("- convention CHU / CH signée") == 1
    for one in (Addressee.DEPOSITORS, Addressee.RECRUITER):
        alone = flat(gathered((item,), one, request.due_on).body)
        assert ("elle est illisible" in alone) is not ("- convention CHU / CH signée" in alone)


def test_two_notices_of_one_dossier_are_one_section():
    (item,) = drafts(1)
    mail = gathered((replace(item, what=TOLD), replace(item, kind="choice", what="Autre.")), Addressee.SERVICE, DAY)
    assert flat(mail.subject) == "Dossier NA-2024-020 : 2 points à suivre"
    assert flat(mail.body).count("Dossier NA-2024-020") == 1
    assert "Autre." in mail.body


def test_what_is_over_is_left_out():
    life = numbered(life_of("na-2024").to(State.SUBMITTED), "NA-2024-029")  # filed meanwhile
    gone = item_of(life, "draft_reminder", DAY)
    mail = gathered((*drafts(2), gone), Addressee.DEPOSITORS, DAY)
    assert mail.subject.startswith("2 dossiers")
    assert "NA-2024-029" not in mail.body
    alone = gathered((*drafts(1), gone), Addressee.DEPOSITORS, DAY)
    assert flat(alone.subject) == "Dossier NA-2024-020 : à déposer jusqu’au 14 juin 2024"
    with pytest.raises(NothingLeftToSayError):
        gathered((gone,), Addressee.DEPOSITORS, DAY)


def test_a_day_that_has_passed_is_reminded_no_more():
    items = several()
    late = gathered(
        items, Addressee.RECRUITER, date(2024, 10, 8)
    )  # pieces until 7 October, replacement until 27 August
    assert flat(late.subject) == "Dossier NA-2024-012 : prise de fonctions du 1er novembre 2024 à confirmer"


def test_a_replacement_already_proposed_is_not_asked_for():
    life = life_of("na-2024").to(State.WITHDRAWN)
    item = item_of(life, "replacement_reminder", life.today)
    assert "poste vacant" in gathered((item,), Addressee.RECRUITER, life.today).subject
    life.do("propose_replacement", Hat.RECRUITER)
    with pytest.raises(NothingLeftToSayError):
        gathered((replace(item, view=life.dossier),), Addressee.RECRUITER, life.today)


def test_the_service_reads_the_words_of_the_machine_and_others_what_they_have_to_do():
    (item,) = several()[1:2]
    told = replace(item, what="Premier rappel au recruteur : le procès-verbal est attendu.")
    service = gathered((told,), Addressee.SERVICE, told.due_on)
    recruiter = gathered((told,), Addressee.RECRUITER, told.due_on)
    assert "Premier rappel au recruteur" in flat(service.body)
    assert "Premier rappel" not in flat(recruiter.body)
    assert "Déposez ces pièces sur la page du dossier" in flat(recruiter.body)


# The mails about a call.


def test_a_convocation_has_its_legal_notice_its_agenda_and_asks_for_links():
    agenda = (("NA-2024-007", "geriatrie"), ("NA-2024-009", None))
    mail = told_of_call("session_convened", agenda=agenda, today=date(2024, 6, 26))
    text = flat(mail.body)
    assert "cinq jours au moins avant sa date" in text
    assert "article R. 133-8" in text
    assert "- NA-2024-007 : gériatrie ; - NA-2024-009." in text
    assert "déclarez sur la page de la commission tout lien" in text
    assert f"{PUBLIC_URL}/commission/na-2024/juillet-2024" in text
    late = flat(told_of_call("session_convened", agenda=agenda, today=date(2024, 6, 27)).body)
    assert "cinq jours au moins" not in late
    assert "part moins de cinq jours avant la séance" in late
    assert "R. 133-8" in late


def test_the_service_reads_who_was_convened_too_late():
    text = flat(told_of_call("session_late", members=("Basile Indigo", "Cyane Lilas")).body)
    assert "- Basile Indigo ; - Cyane Lilas." in text
    assert "moins de cinq jours avant sa date" in text
    assert "article R. 133-8" in text
    assert "constater l’urgence par écrit, ou reporter la séance" in text


def test_a_convocation_names_only_the_dossiers_it_is_given():
    mail = told_of_call("session_convened", agenda=(("NA-2024-009", None),))
    assert "NA-2024-007" not in mail.body
    assert "NA-2024-007" not in (mail.html or "")


def test_a_closed_call_counts_what_was_filed_and_what_never_was():
    text = flat(told_of_call("call_closed", counts=(41, 1)).body)
    assert "Déposés : 41 dossiers" in text
    assert "Jamais déposés : 1 brouillon" in text
    assert "à la fin du vendredi 14 juin 2024" in text


def test_a_mail_about_a_call_has_a_known_name_and_its_session():
    with pytest.raises(UnknownMailError):
        told_of_call("L1")
    with pytest.raises(UnknownMailError):
        told_of_call("session_convened", session=None)
