"""Letters asked for by hand: every mention of the reference, read in the PDF, and the same facts as the mails."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import pypdf
import pytest

from tests.builders import Hat, shared
from tests.letters.office import read
from tests.letters.pressed import COMMON, opened, pdf_of, produces, says, text_of
from tests.letters.test_content import life, matter_of, served
from tests.lives import Life
from tests.workflows import repaying
from workflows import french, worked
from workflows.calls.model import Call
from workflows.dossier import Surroundings
from workflows.effects import Addressee
from workflows.letters.annual import year_of
from workflows.letters.asked import AskedLetter, Wish, effects, lacks
from workflows.letters.attestation import attestation_letter
from workflows.letters.data import CommonData, printed
from workflows.letters.kinds import KINDS
from workflows.letters.matter import Matter, NothingToTellError
from workflows.letters.renewal import renewal_letter
from workflows.parties import parties
from workflows.parts.reliefs import Relief
from workflows.states import State


def reachable(call: Call) -> Call:
    """The call once its agency has said which service writes, with its telephone."""
    told = served(call)
    return replace(told, authority=replace(told.authority, phone="05 00 00 00 12"))


@cache
def file_of(code: str, call_id: str) -> tuple[bytes, CommonData, Life]:
    """A letter of a call: its bytes, its data, the life it tells. One compilation each."""
    of = LIVES[code](call_id)
    matter = asked(code, of)
    data = KINDS[code].build(matter)
    assert matter.missing == []
    return pdf_of(code, data), data, of


@cache
def told(code: str, call_id: str) -> str:
    """The text of a letter of a call."""
    return read(file_of(code, call_id)[0])


def worked_of(of: Life) -> Mapping[str, Fraction]:
    start, end = of.dossier.started_on, of.dossier.end
    assert start is not None
    assert end is not None
    return worked.where(of.dossier, start, end.last_day)


def asked(code: str, of: Life, **more: Any) -> Matter:
    """What a letter asked for today is made of, for its first addressee."""
    effect = effects(of.dossier, Wish(AskedLetter(code), of.today.year, of.today))[0]
    assert effect.to is not None
    party = next(iter(parties(of.dossier, effect.to, effect.details)), None)
    given = {"call": reachable(of.call), "party": party, "details": effect.details} | more
    return matter_of(code, of, **({"to": effect.to} | given))


def lacking(call_id: str) -> Life:
    """The dossier is one week old, and pieces are asked for."""
    return life(call_id, State.SUBMITTED).copy().later(7).do("request_pieces", Hat.INSTRUCTOR)


def over(call_id: str) -> Life:
    """A post that went to its end, with a tranche paid."""
    return ended(call_id).copy()


@cache
def ended(call_id: str) -> Life:
    of = life(call_id, State.IN_POST).copy()
    of.do("record_tranche", Hat.INSTRUCTOR).do("record_payment", Hat.INSTRUCTOR)
    award = of.dossier.award
    assert award is not None
    assert award.planned_end is not None
    return of.on(award.planned_end).later(3).do("record_end", Hat.INSTRUCTOR, last_day=award.planned_end)


def renewing(call_id: str) -> Life:
    return life(call_id, State.NOTIFIED).copy().changed(renewal_of="IDF-2025-0001")


LIVES = {
    "L1": lambda call_id: life(call_id, State.SUBMITTED),
    "L2": lambda call_id: life(call_id, State.SUBMITTED),
    "L3": lacking,
    "L4": lambda call_id: life(call_id, State.COMPLETE),
    "L17a": over,
    "L17b": renewing,
    "L17c": over,
}
CALLS = {
    "L1": ("na-2024", "guyane-2020"),
    "L2": ("na-2024", "idf-2025"),
    "L3": ("na-2024", "ara-2017"),
    "L4": ("na-2024", "cvl-ville-hopital"),
    "L17a": ("na-2024", "idf-2025"),
    "L17b": ("idf-2025", "na-2024"),
    "L17c": ("na-2024", "idf-2025"),
}
EACH = [(code, call_id) for code, calls in CALLS.items() for call_id in calls]


@pytest.mark.parametrize(("code", "call_id"), EACH)
@produces(*EACH)
def test_each_letter_has_the_common_mentions_and_is_accessible(code: str, call_id: str) -> None:
    content, data, of = file_of(code, call_id)
    text = opened(code, data, content)
    says(text, *COMMON, of.dossier.number, of.call.authority.name, data.version, data.title)
    says(text, f"l’appel « {of.call.title} »".replace("\u00a0", " ").replace("\u202f", " "))
    assert all(rule.startswith(of.call.rules.prefix) for rule in data.rules)
    assert not set(text.split()) & {f"A{n}" for n in range(1, 49)}
    assert "à compléter" not in text
    assert len(pypdf.PdfReader(io.BytesIO(content)).pages) <= 3


def test_l1_gives_the_hour_and_its_zone() -> None:
    na, guyane = (told("L1", call_id) for call_id in CALLS["L1"])
    says(na, "en ligne le 10 juin 2024 à 14 h 12, heure de Paris", "font foi", "L. 112-13")
    says(guyane, "en ligne le 14 septembre 2020 à 14 h 12, heure de Cayenne", "font foi")
    assert "Voies et délais de recours" not in na


def test_l2_gives_the_service_the_implied_refusal_and_the_remedies() -> None:
    na, idf = (told("L2", call_id) for call_id in CALLS["L2"])
    says(na, "R. 112-11-1", "10 juin 2024 à 14 h 12, heure de Paris", "Bureau des Glycines", "05 00 00 00 12")
    says(na, "deux mois vaut rejet", "L. 231-4, 3°", "sous réserve que votre demande soit complète")
    says(na, "réputée rejetée le 10 août 2024", "L. 114-5", "articles R. 421-1 et R. 421-2", "le jour où il naît")
    says(na, "recours gracieux", "recours hiérarchique", "www.telerecours.fr", "trois mois si vous demeurez outre-mer")
    says(idf, "déposée par un établissement public", "À titre d’information")
    says(idf, "sous réserve que votre demande soit complète")
    says(idf, "22 juin 2025", "le jour où il naît")
    assert "R. 112-11-1" not in idf
    assert "vaut rejet" not in idf


def test_l2_waits_for_a_service_that_can_be_rung() -> None:
    of = life("na-2024", State.SUBMITTED)
    matter = asked("L2", of, call=served(of.call))
    KINDS["L2"].build(matter)
    assert ["téléphone" in gap.sentence for gap in matter.missing] == [True]


@pytest.mark.parametrize("call_id", CALLS["L3"])
def test_l3_gives_each_piece_its_establishment_and_what_the_request_does_to_silence(call_id: str) -> None:
    text, of = told("L3", call_id), file_of("L3", call_id)[2]
    request, silence = of.dossier.open_piece_request, of.dossier.silence
    assert request is not None
    assert silence is not None
    last = printed(request.due_on).replace("\u00a0", " ")
    says(text, "Votre dossier est incomplet", "inclus", last, "Effet sur le rejet implicite", "suspend le délai")
    says(text, printed(silence.due_on(request.asked_on)).replace("\u00a0", " "))
    of_sites = [site.name for site in of.dossier.sites if any(key.endswith(site.id) for key in request.keys)]
    assert of_sites or call_id == "ara-2017"
    says(text, *of_sites)


def test_l3_of_nouvelle_aquitaine_to_the_day() -> None:
    """Asked on 17 June until 2 July: fifteen days later at most, so 25 August instead of 10."""
    text = told("L3", "na-2024")
    says(text, "jusqu’au mardi 2 juillet 2024 inclus", "faite le 17 juin 2024")
    says(text, "jusqu’ici le 10 août 2024", "elle passe au 25 août 2024", "L. 114-5 et R. 112-11-4")


def test_l4_gives_the_day_and_the_next_step() -> None:
    for call_id in CALLS["L4"]:
        of = file_of("L4", call_id)[2]
        text, on = told("L4", call_id), of.dossier.complete_on
        assert on is not None
        says(text, f"complet depuis le {printed(on)}".replace("\u00a0", " "), "Étape suivante", "n’accorde aucun")
        says(text, "réputée rejetée le")
        assert ("L. 114-5" in text) is bool(of.dossier.piece_requests)  # it is about pieces asked for
        assert "Voies et délais de recours\n" not in text


@pytest.mark.parametrize("call_id", CALLS["L17a"])
def test_l17a_gives_the_months_the_shares_and_the_money(call_id: str) -> None:
    of = file_of("L17a", call_id)[2]
    text, award = told("L17a", call_id), of.dossier.award
    assert award is not None
    says(text, "terme du contrat", "Capucine Bleuet", f"Total {award.months} mois", "Part du temps servi")
    says(text, *(french.share(part).replace("\u00a0", " ") for part in worked_of(of).values()))
    says(text, f"Total versé : {printed(of.dossier.paid)['figures']}".replace("\u202f", " ").replace("\u00a0", " "))
    says(text, printed(of.dossier.paid)["words"], "Encore à reverser : 0,00 €", "valoir ce que de droit")
    says(text, *(site.name for site in of.dossier.sites), str(of.dossier.tranches[0].budget_year))


def test_l17b_confirms_what_the_award_decided_and_opens_no_period_of_its_own() -> None:
    idf, na = (told("L17b", call_id) for call_id in CALLS["L17b"])
    for text in (idf, na):
        says(text, "l’objet du dossier IDF-2025-0001", "vous confirme", "voies et délais de recours sont ceux qu’elle")
        says(text, "Durée :", "décidé par la décision d’attribution de ce dossier")
        assert not any(words in text for words in ("R. 421-1", "L’agence renouvelle", "recours gracieux"))
    says(idf, "IDF-08")
    assert "une seule fois" not in idf  # the number of renewals is a default of the call: no letter cites it
    says(na, "77 994,96 €")


def test_l17b_says_what_was_changed_since_the_award_was_notified() -> None:
    of = renewing("na-2024")
    before = renewal_letter(asked("L17b", of))
    assert (before.changed, before.start) == (False, date(2024, 11, 1))
    assert renewal_letter(asked("L17b", of.copy().to(State.IN_POST))).changed is False
    written = replace(of.dossier.adjustments[0], entry=of.dossier.version)  # a cost that came late (A25)
    assert renewal_letter(asked("L17b", of.copy().changed(adjustments=(written,)))).changed is False
    of.later(5).do("defer", Hat.HEAD, new_start=date(2025, 2, 1))
    after = renewal_letter(asked("L17b", of))
    assert (after.changed, after.start) == (True, date(2025, 2, 1))
    text = text_of("L17b", after)
    says(text, "Ses dates ou ses montants ont été modifiés depuis", "tels qu’ils sont aujourd’hui")
    assert "n’y ajoute rien" not in text


def test_l17a_says_what_was_written_off_and_is_still_owed() -> None:
    """A write-off gives up the recovery, not the debt (3.5)."""
    of = repaying.titled("na-2024")
    assert attestation_letter(asked("L17a", of)).written_off is None
    repaying.relieved(of, Relief.WRITTEN_OFF, repaying.UNSERVED)
    told = attestation_letter(asked("L17a", of))
    assert (told.to_recover, told.kept, told.written_off) == (Decimal("0.00"), repaying.WHOLE, repaying.UNSERVED)
    says(text_of("L17a", told), "Dont admis en non-valeur, toujours dû : 32 497,90 € (trente-deux mille")


@pytest.mark.parametrize("call_id", CALLS["L17c"])
def test_l17c_gives_a_year_of_service_and_of_money(call_id: str) -> None:
    of = file_of("L17c", call_id)[2]
    text, year = told("L17c", call_id), of.today.year
    says(text, f"Bilan de l’année {year}", f"Temps servi en {year}", f"Crédits versés en {year} : ", "Capucine Bleuet")
    paid = printed(of.dossier.paid)["figures"].replace("\u202f", " ").replace("\u00a0", " ")
    says(text, f"Crédits versés depuis le début du poste : {paid}")


@pytest.mark.parametrize("year", [-1, 0, 1, 10_000])
def test_no_year_that_the_post_did_not_see_is_summed_up(year: int) -> None:
    post = repaying.in_post()
    assert lacks(post.dossier, Wish(AskedLetter.YEAR, year, post.today)) is not None


def test_a_year_counts_its_own_months_and_its_own_money() -> None:
    """In post from 1 November 2024: two months in 2024, twelve in 2025; the first tranche is paid in 2024."""
    of = ended("na-2024")
    first, second = (year_of(of.dossier, year, of.today) for year in (2024, 2025))
    assert first is not None
    assert second is not None
    assert (first.until, first.thirtieths, second.thirtieths) == (date(2024, 12, 31), 60, 360)
    assert (first.paid, second.paid) == (of.dossier.paid, Decimal("0.00"))
    assert second.in_all.paid == of.dossier.paid
    assert year_of(of.dossier, 2023, of.today) is None
    running = year_of(of.dossier, 2025, date(2025, 3, 31))
    assert running is not None
    assert (running.until, running.thirtieths) == (date(2025, 3, 31), 90)


def test_the_ministry_reads_the_year_too() -> None:
    of = ended("na-2024")
    matter = asked("L17c", of, to=Addressee.MINISTRY, party=None)
    assert KINDS["L17c"].build(matter).to.name == "La direction générale de l’offre de soins"
    assert matter.missing == []


def test_the_share_worked_is_that_of_the_months_really_served() -> None:
    """One year at the CHU, then one in the periphery: at month 12 nothing was worked in the periphery (A42)."""
    of = life("na-2024", State.IN_POST)
    here, there = of.dossier.sites[0].id, of.dossier.sites[1].id
    plan = (*shared(12, (of.dossier.sites[0], 10)), *shared(12, (of.dossier.sites[1], 10)))
    tenure = replace(of.dossier.tenures[0], terms=None)
    split = replace(of.dossier, plan=plan, tenures=(tenure,))
    start = tenure.starts_on
    assert worked.where(split, start, date(2025, 10, 31)) == {here: 1}
    assert worked.where(split, start, date(2026, 4, 30)) == {here: Fraction(2, 3), there: Fraction(1, 3)}
    assert worked.where(split, start, date(2026, 10, 31)) == {here: Fraction(1, 2), there: Fraction(1, 2)}
    assert worked.where(split, date(2026, 1, 1), date(2026, 3, 31)) == {there: 1}


def test_thirtieths_are_said_as_months() -> None:
    said = [worked.in_words(n) for n in (8, 30, 45, 360, 717)]
    assert said == ["8/30 de mois", "1 mois", "1 mois et 15/30", "12 mois", "23 mois et 27/30"]


def test_what_may_be_asked_has_something_to_tell() -> None:
    """What is let through can be written; what has nothing to tell is refused at the door."""
    built = 0
    for call_id in ("na-2024", "idf-2025"):
        for state in (State.SUBMITTED, State.COMPLETE, State.SELECTED, State.IN_POST, State.ENDED):
            of = life(call_id, state)
            for wanted in AskedLetter:
                wish = Wish(wanted, of.today.year, of.today)
                if lacks(of.dossier, wish) is None:
                    KINDS[wanted.value].build(asked(wanted.value, of))
                    built += 1
                elif effects(of.dossier, wish):
                    with pytest.raises(NothingToTellError):
                        KINDS[wanted.value].build(asked(wanted.value, of))
    assert built > len(AskedLetter)


def test_asking_writes_a_letter_to_prepare_and_changes_nothing_else() -> None:
    of = ended("na-2024").copy()
    before = of.dossier
    of.do("ask_letter", Hat.INSTRUCTOR, letter=AskedLetter.YEAR, year=2025)
    asked_for = [(e.kind.value, e.name, e.to, dict(e.details)) for e in of.journal[-1].effects]
    assert asked_for == [
        ("letter", "L17c", Addressee.RECRUITER, {"year": "2025"}),
        ("letter", "L17c", Addressee.MINISTRY, {"year": "2025"}),
    ]
    assert replace(of.dossier, version=before.version, around=Surroundings()) == before
    waiting = of.around(letters_waiting=frozenset({("L17c", "2025")}))
    assert waiting.attempt("ask_letter", Hat.INSTRUCTOR, letter=AskedLetter.YEAR, year=2024).findings == ()
    assert AskedLetter.YEAR.label == "Bilan annuel"


def test_a_request_for_pieces_goes_to_whoever_was_asked() -> None:
    of = lacking("na-2024")
    found = effects(of.dossier, Wish(AskedLetter.PIECES, None, of.today))
    mailed = of.journal[-1].effects
    assert [(e.to, dict(e.details)) for e in found] == [(e.to, dict(e.details)) for e in mailed]
