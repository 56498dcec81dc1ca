"""What the letters of the committee say: every mandatory mention of the reference, read in the PDF."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pytest

from tests.builders import Hat
from tests.letters.pressed import COMMON, produces, says, text_of
from tests.letters.test_content import life, matter_of, served
from tests.lives import Life
from workflows.effects import Addressee
from workflows.letters.convocation import Meeting, MeetingRefusedError, convocation_letter, meeting
from workflows.letters.kinds import KINDS
from workflows.letters.matter import NothingToTellError
from workflows.letters.minutes import NotTheirsError, extract_letter, minutes_letter
from workflows.letters.sessions import Examined, SessionMatter
from workflows.letters.sheet import sheet_letter
from workflows.states import State

NAMES = {"thym": "Thym Argent", "origan": "Origan Blanc", "sauge": "Sauge Ocre", "anis": "Anis Vermeil"}
MOTIVE = "Projet solide ; un médecin manque au territoire."
UNSIGNED = tuple(mention for mention in COMMON if mention not in {"La directrice de l’offre de soins", "Iris Pourpre"})


@cache
def judged(call_id: str) -> Life:
    """A dossier whose opinion was entered whole: three of four members were there, one of them left the room."""
    of = life(call_id, State.COMMITTEE).copy()
    of.on(of.profile.judged).do(
        "record_opinion",
        Hat.INSTRUCTOR,
        rank=2,
        motive=MOTIVE,
        present=("thym", "origan", "sauge"),
        against=("sauge",),
        abstaining=("origan",),
    )
    return of


def session_matter(code: str, of: Life, *, linked: frozenset[str] = frozenset(), **more: Any) -> SessionMatter:
    call = served(of.call)
    doctors = {of.dossier.candidate.id: "Capucine Bleuet"} if of.dossier.candidate else {}
    given: dict[str, Any] = {
        "to": Addressee.MEMBERS if code == "L6" else Addressee.SERVICE,
        "party": "thym" if code == "L6" else None,
        "examined": (Examined(of.dossier, linked),),
        "details": MEETING.plain(),
        "members": tuple(NAMES),
    }
    return SessionMatter(
        code=code,
        call=call,
        decided_on=of.today,
        names=NAMES | doctors,
        session=call.parameters.sessions[0],
        **{**given, **more},
    )


MEETING = Meeting(date(2024, 7, 11), "14 h", "salle des Glycines")


@pytest.mark.parametrize("call_id", ["na-2024", "idf-2025"])
@produces(("L6", "na-2024"), ("L6", "idf-2025"))
def test_a_convocation_says_what_it_must(call_id: str) -> None:
    of = life(call_id, State.COMMITTEE)
    matter = session_matter("L6", of)
    text = text_of("L6", convocation_letter(matter))
    assert matter.missing == []
    says(text, *COMMON, of.call.title, "jeudi 11 juillet 2024", "14 h", "salle des Glycines", "Thym Argent")
    says(text, "5 jours au moins avant la réunion", "R. 133-8", of.dossier.number)
    says(text, "Déclaration d’intérêts", "R. 133-12", "vous avez écrit une pièce du dossier", "Nature du lien")
    says(text, "compte 4 membres", "que si 2 d’entre eux au moins sont présents", "R. 133-10")
    assert of.dossier.recruiter is not None
    says(text, of.dossier.recruiter.name)
    assert "Voies et délais de recours" not in text
    assert "Capucine Bleuet" not in text


def test_a_member_with_a_link_does_not_read_the_dossier_in_the_agenda() -> None:
    of = life("na-2024", State.COMMITTEE)
    data = convocation_letter(session_matter("L6", of, linked=frozenset({"thym"})))
    assert (data.agenda, data.left_out) == ((), 1)
    bare = session_matter("L6", of, examined=())
    convocation_letter(bare)
    assert ["l’ordre du jour" in gap.sentence for gap in bare.missing] == [True], "a session without any dossier"
    other = convocation_letter(session_matter("L6", of, linked=frozenset({"thym"}), party="sauge"))
    assert ([line.number for line in other.agenda], other.left_out) == ([of.dossier.number], 0)


def test_an_urgent_convocation_says_why_and_what_it_replaces() -> None:
    urgent = replace(MEETING, urgent="Une place se libère.").plain() | {"replaces": "2024-07-01"}
    data = convocation_letter(session_matter("L6", life("na-2024", State.COMMITTEE), details=urgent))
    assert (data.urgent, data.replaces) == ("Une place se libère.", date(2024, 7, 1))
    text = text_of("L6", data)
    first = text.index("code des relations entre le public et l’administration, article R. 133")
    assert first < text.index("même code, article R. 133-10")
    says(text, "Madame, Monsieur, Vous êtes convoqué(e)", "Je vous prie d’agréer, Madame, Monsieur")


@pytest.mark.parametrize(
    ("typed", "today", "why"),
    [
        (("2024-07-11", "14:00", "salle", ""), date(2024, 7, 6), None),
        (("2024-07-11", "14:00", "salle", ""), date(2024, 7, 7), "5\u00a0jours au moins"),
        (("2024-07-11", "14:00", "salle", "Une place se libère."), date(2024, 7, 7), None),
        (("2024-07-11", "14:00", "salle", "Urgent"), date(2024, 7, 11), "un jour à venir"),
        (("2024-08-01", "14:00", "salle", ""), date(2024, 7, 1), "hors des dates"),
        (("2024-07-11", "14:00", " ", ""), date(2024, 7, 1), "le lieu"),
        (("", "14:00", "salle", ""), date(2024, 7, 1), "le jour et l’heure"),
        (("2024-07-11", "25:00", "salle", ""), date(2024, 7, 1), "le jour et l’heure"),
    ],
)
def test_a_meeting_is_convened_in_time_and_within_the_session(
    typed: tuple[str, str, str, str], today: date, why: str | None
) -> None:
    first, last = date(2024, 7, 1), date(2024, 7, 31)
    if why is None:
        found = meeting(*typed, first=first, last=last, today=today)
        assert Meeting.of(found.plain()) == found
        assert found.at == "14\u00a0h"
        return
    with pytest.raises(MeetingRefusedError, match=why.replace("\u00a0", ".")):
        meeting(*typed, first=first, last=last, today=today)


@pytest.mark.parametrize("call_id", ["na-2024", "idf-2025"])
@produces(("L7", "na-2024"), ("L7", "idf-2025"))
def test_minutes_say_what_they_must(call_id: str) -> None:
    of = judged(call_id)
    matter = session_matter("L7", of, linked=frozenset({"anis"}))
    text = text_of("L7", minutes_letter(matter))
    assert matter.missing == []
    says(text, *COMMON, of.call.title, of.dossier.number, MOTIVE)
    says(text, "Thym Argent présent", "Anis Vermeil n’a pris part à aucun examen", "Rang : 2")
    says(text, "Membres écartés pour un lien avec le dossier : Anis Vermeil")
    assert "sortis" not in text  # nobody wrote down who was in the room
    says(text, "Présents au vote : 3 sur 4 membres ; quorum de 2 atteint", "Pour : 1 (Thym Argent)")
    says(text, "Contre : 1 (Sauge Ocre)", "Abstentions : 1 (Origan Blanc)", "Avis : favorable")
    says(text, "Dossiers classés", "ne sont communiqués qu’à elle")


def test_minutes_tell_the_quorum_that_lacks_and_the_vote_of_a_linked_member() -> None:
    of = judged("na-2024")
    file = of.dossier.committee
    assert file is not None
    voted = replace(file, present=("thym", "anis"), against=(), abstaining=(), conflicted_votes=("anis",))
    heard = replace(of.dossier, committee=voted)
    data = minutes_letter(session_matter("L7", of, examined=(Examined(heard, frozenset({"anis", "sauge"})),)))
    (told,) = data.deliberations
    assert (told.set_aside, told.linked_votes, told.present, told.reached) == ("Sauge Ocre", "Anis Vermeil", 2, True)
    assert [ranking.flagged for ranking in data.rankings] == [True]
    alone = replace(heard, committee=replace(voted, present=("thym",), conflicted_votes=()))
    (told,) = minutes_letter(session_matter("L7", of, examined=(Examined(alone),))).deliberations
    assert (told.present, told.quorum, told.reached) == (1, 2, False)


def test_minutes_tell_who_was_there_for_some_dossiers_only() -> None:
    of = judged("na-2024")
    file = of.dossier.committee
    assert file is not None
    other = replace(of.dossier, number="NA-2024-008", committee=replace(file, present=("thym", "anis")))
    both = (Examined(of.dossier, frozenset({"anis"})), Examined(other, frozenset({"sauge"})))
    data = minutes_letter(session_matter("L7", of, examined=both))
    there = {line.name: line.there for line in data.members}
    assert there["Thym Argent"] == "présent"
    assert there["Anis Vermeil"] == there["Sauge Ocre"] == "présent pour 1 dossier sur 2"
    none = tuple(replace(one, linked=frozenset({"anis"})) for one in both)
    away = tuple(replace(one, view=replace(one.view, committee=replace(file, present=("thym",)))) for one in none)
    there = {line.name: line.there for line in minutes_letter(session_matter("L7", of, examined=away)).members}
    assert (there["Anis Vermeil"], there["Sauge Ocre"]) == ("n’a pris part à aucun examen", "absent")


def test_minutes_without_votes_or_motives_lack_mentions() -> None:
    of = life("na-2024", State.COMMITTEE).copy()
    of.on(of.profile.judged).do("record_opinion", Hat.INSTRUCTOR)
    matter = session_matter("L7", of)
    minutes_letter(matter)
    said = " ".join(gap.sentence for gap in matter.missing)
    assert "les membres présents" in said
    assert "les motifs de l’avis" in said
    waiting = session_matter("L7", life("na-2024", State.COMMITTEE))
    minutes_letter(waiting)
    assert any("l’avis du dossier" in gap.sentence for gap in waiting.missing)


@pytest.mark.parametrize("call_id", ["na-2024", "cvl-ville-hopital"])
@produces(("L7b", "na-2024"), ("L7b", "cvl-ville-hopital"))
def test_an_extract_tells_the_motives_and_the_rank_and_nothing_of_others(call_id: str) -> None:
    of = judged(call_id)
    matter = matter_of("L7b", of, Addressee.CANDIDATE)
    text = text_of("L7b", extract_letter(matter))
    assert matter.missing == []
    says(text, *COMMON, of.dossier.number, MOTIVE, "Avis de la commission : favorable", "Rang : 2")
    says(text, "conforme au procès-verbal", "il n’en est pas une")
    for name in NAMES.values():
        assert name not in text
    assert "Abstentions" not in text


def test_an_extract_goes_to_the_doctor_it_is_about_only() -> None:
    of = judged("na-2024")
    with pytest.raises(NotTheirsError):
        extract_letter(matter_of("L7b", of, Addressee.RECRUITER))
    with pytest.raises(NotTheirsError):
        extract_letter(matter_of("L7b", of, Addressee.CANDIDATE, party="anis-vermeil"))
    with pytest.raises(NothingToTellError):
        extract_letter(matter_of("L7b", life("na-2024", State.COMMITTEE), Addressee.CANDIDATE))


@pytest.mark.parametrize("call_id", ["na-2024", "idf-2025"])
@produces(("L18", "na-2024"), ("L18", "idf-2025"))
def test_a_sheet_says_what_it_must(call_id: str) -> None:
    of = life(call_id, State.COMMITTEE)
    matter = matter_of("L18", of, Addressee.SERVICE, party=None)
    data = sheet_letter(matter)
    text = text_of("L18", data)
    assert matter.missing == []
    says(text, *UNSIGNED, of.dossier.number, f"Version de l’appel : {of.call.digest[:12]}", "Fiche figée le")
    file = of.dossier.committee
    assert file is not None
    for line in file.sheet:
        says(text, line.gate, *([line.rule] if line.rule else []), line.sentence.replace("\u00a0", " "))
        says(text, " ".join(line.inputs.replace("\u202f", " ").replace("\u00a0", " ").split()))
    if not data.pieces:
        says(text, "L’appel ne demande aucune pièce")
    for piece in data.pieces:
        says(text, piece.label.replace("\u00a0", " "), piece.state)
    assert "signataire" not in text
    assert "Iris Pourpre" not in text


def test_a_sheet_names_defaults_as_warnings_and_never_as_rules() -> None:
    data = sheet_letter(matter_of("L18", life("na-2024", State.COMMITTEE), Addressee.SERVICE, party=None))
    assert {line.rule for line in data.warnings} == {"A20", "A21"}
    assert {"NA-05", "NA-11", "NA-14"} <= {line.rule for line in data.checked}
    assert all(rule.startswith("NA-") for rule in data.rules)


def test_a_sheet_tells_derogations_and_reserves() -> None:
    of = life("na-2024", State.COMMITTEE).copy()
    file, pieces = of.dossier.committee, of.dossier.pieces
    assert file is not None
    derogated = replace(file.sheet[0], held=False, derogation="txt:b0d4:1234")
    kept = replace(pieces[0], reserve="txt:b0d5:1234", reserve_until=date(2024, 9, 30))
    view = replace(of.dossier, committee=replace(file, sheet=(derogated,)), pieces=(kept, *pieces[1:]))
    texts = {"b0d4": "Désert médical voisin.", "b0d5": "Signature du directeur attendue."}
    data = sheet_letter(matter_of("L18", of, Addressee.SERVICE, party=None, view=view, texts=texts))
    assert data.checked[0].derogation == "Désert médical voisin."
    (reserved,) = [piece for piece in data.pieces if piece.reserve]
    assert (reserved.reserve, reserved.reserve_until) == ("Signature du directeur attendue.", date(2024, 9, 30))


def test_the_letters_of_the_committee_decide_nothing_and_only_the_sheet_is_unsigned() -> None:
    assert [code for code in ("L6", "L7", "L7b", "L18") if not KINDS[code].signed] == ["L18"]
    assert [code for code, kind in KINDS.items() if kind.of_session] == ["L6", "L7"]
    assert minutes_letter(session_matter("L7", judged("na-2024"))).remedies is None
