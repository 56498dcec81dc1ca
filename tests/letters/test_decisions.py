"""The letters of decisions, written after real acts: what the reference asks of each, read in its PDF."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy.orm import Session

from backoffice.services.documents import Shelf
from tests.builders import Hat, quota_uses, rewritten
from tests.letters.office import office
from tests.letters.pressed import COMMON, REMEDIES, produces, says, text_of
from tests.letters.test_content import served
from tests.lives import Life, life_of
from workflows.calls.sources import Origin, Sourced
from workflows.effects import Addressee
from workflows.letters.data import CommonData, printed
from workflows.letters.kinds import KINDS
from workflows.letters.matter import Matter, NothingToTellError
from workflows.letters.replacement import replacement_letter
from workflows.parties import parties
from workflows.parts.requests import FourDates, Repercussions, RequestKind
from workflows.states import State

C, D, F = Addressee.CANDIDATE, Addressee.DEPOSITORS, Addressee.FORMER_CANDIDATE
P, R = Addressee.PARTNERS, Addressee.RECRUITER
WHY = "Le projet ne dit pas qui encadre le médecin le jeudi."
NAMES = {
    "capucine-bleuet": "Capucine Bleuet",
    "anis-vermeil": "Anis Vermeil",
    "jonquille-cyan": "Jonquille Cyan",
    "pervenche-rousse": "Pervenche Rousse",
}


def matter_after(of: Life, code: str, to: Addressee, rank: int = 0) -> Matter:
    """What a letter that the last act asked for is made of, for one of those behind its addressee."""
    effect = next(e for e in of.journal[-1].effects if (e.name, e.to) == (code, to))
    view, call = of.dossier, served(of.call)
    if call.clauses.committee.reserve_until.value is None:
        end = Sourced(date(2022, 12, 31), Origin.CHOICE, "agence")
        call = rewritten(call, "clauses.committee.reserve_until", end)
    return Matter(
        code=code,
        view=view,
        call=call,
        to=to,
        party=parties(view, to.value, effect.details)[rank],
        decided_on=of.today,
        names=NAMES,
        details=effect.details,
        reason=WHY,
        entry=view.version,
    )


# What happens before each letter.


def inadmissible(call_id: str) -> Life:
    return life_of(call_id).to(State.SUBMITTED).later(3).do("declare_inadmissible", Hat.HEAD)


def late(call_id: str) -> Life:
    """The closing that the agency publishes afterwards is before the day of the filing."""
    of = life_of(call_id).to(State.SUBMITTED)
    closing = of.call.parameters.closing
    assert closing.value is not None
    earlier = replace(closing, value=replace(closing.value, day=of.today - timedelta(days=5)))
    of.under(rewritten(of.call, "parameters.closing", earlier))
    return of.do("declare_inadmissible", Hat.HEAD, rule=closing.rule)


def under_reserve(call_id: str) -> Life:
    of = life_of(call_id).to(State.COMMITTEE).on(life_of(call_id).profile.judged)
    of.do("record_opinion", Hat.INSTRUCTOR)
    of.quotas = tuple(replace(q, places=None) for q in quota_uses(of.call, of.dossier, 3))
    return of.on(of.profile.decided).do("select", Hat.HEAD).to(State.NOTIFIED)


def confirmed(call_id: str) -> Life:
    of = under_reserve(call_id)
    of.quotas = None
    return of.later(20).do("confirm_place", Hat.INSTRUCTOR)


def on_reserve(call_id: str) -> Life:
    return life_of(call_id).to(State.RESERVE)


def back_on_reserve(call_id: str) -> Life:
    of = under_reserve(call_id)
    of.quotas = tuple(replace(q, places=1, taken=4) for q in quota_uses(of.call, of.dossier, 3))
    return of.later(20).do("back_to_reserve", Hat.HEAD)


def rejected(call_id: str) -> Life:
    return life_of(call_id).to(State.REJECTED)


def lapsed(call_id: str) -> Life:
    of = life_of(call_id).to(State.NOTIFIED).prove("L8").later(60)
    of.do("give_notice", Hat.HEAD).prove("contradictory_notice").later(45)
    return of.do("lapse", Hat.HEAD)


def vacant(call_id: str) -> Life:
    return life_of(call_id).to(State.WITHDRAWN).later(5)


def replaced(call_id: str) -> Life:
    return vacant(call_id).propose_replacement().do("replace", Hat.HEAD)


def replaced_in_post(call_id: str) -> Life:
    of = life_of(call_id).to(State.IN_POST).later(60).do("announce_departure", Hat.INSTRUCTOR)
    departure = of.dossier.departure
    assert departure is not None
    of.on(departure.dates.effective_on).do("withdraw", Hat.INSTRUCTOR)
    return of.propose_replacement().do("replace", Hat.HEAD)


def agreed(call_id: str) -> Life:
    of = life_of(call_id).to(State.NOTIFIED).later(10)
    dates = FourDates(of.today, of.today, of.today + timedelta(days=30), of.today)
    of.do("announce_departure", Hat.INSTRUCTOR, dates=dates).propose_replacement()
    return of.do("agree_replacement", Hat.HEAD)


def not_replaced(call_id: str) -> Life:
    of = vacant(call_id).propose_replacement()
    return of.do("refuse_request", Hat.HEAD, request=of.last_request(RequestKind.REPLACEMENT))


def asked_later(call_id: str) -> Life:
    of = life_of(call_id).to(State.NOTIFIED).later(20)
    of.do("notify_money", Hat.HEAD)
    return of.do("ask_deferral", Hat.RECRUITER)


def deferred(call_id: str) -> Life:
    of = asked_later(call_id)
    return of.later(5).do("defer", Hat.HEAD, request=of.last_request(RequestKind.DEFERRAL))


def not_deferred(call_id: str) -> Life:
    of = asked_later(call_id)
    return of.later(5).do("refuse_request", Hat.HEAD, request=of.last_request(RequestKind.DEFERRAL))


@dataclass(frozen=True)
class Case:
    """A letter of a call to somebody, after a road; what it says and what it must not."""

    code: str
    call: str
    to: Addressee
    road: Callable[[str], Life]
    said: tuple[str, ...]
    unsaid: tuple[str, ...] = ()
    contested: bool = True


NO_RIGHT = ("n’est pas une attribution", "ne crée aucun droit", "Rang sur la liste complémentaire : 4")
CASES = (
    Case("L5", "na-2024", C, inadmissible, ("irrecevable", "NA-02", WHY, "10 juin 2024 à 14 h 12, heure de Paris")),
    Case("L5", "guyane-2020", D, inadmissible, ("irrecevable", "DG-02", WHY, "heure de Cayenne"), ("Le code des rel",)),
    Case(
        "L5",
        "idf-2025",
        D,
        late,
        ("était le jeudi 17 avril 2025", "IDF-13", "à 14 h 12, heure de Paris", "18 avril 2025 à 0 h 00"),
    ),
    Case(
        *("L8b", "na-2024", C, under_reserve),
        (
            *("Attribution sous réserve", "sous réserve de la notification par le ministère du nombre de postes"),
            *("aucun paiement n’est dû ni promis", "77 994,96 €", "NA-21", "Calendrier des tranches", "24 mois"),
        ),
        ("de financer le poste",),
    ),
    Case(
        "L8b", "idf-2025", R, under_reserve, ("aucun paiement n’est dû ni promis", "93 594,00 €", "1er novembre 2025")
    ),
    Case("award_confirmed", "idf-2025", R, confirmed, ("réserve est levée", "1er novembre 2025")),
    Case("award_confirmed", "na-2024", R, confirmed, ("réserve est levée", "22 juillet 2024", "11 août 2024")),
    Case("L9", "na-2024", C, on_reserve, (*NO_RIGHT, "31 mai 2025", "11 juillet 2024")),
    Case("L9", "cvl-ville-hopital", R, on_reserve, (*NO_RIGHT, "31 décembre 2022")),
    Case("L9", "na-2024", R, back_on_reserve, (*NO_RIGHT, "retirer cette attribution", "22 juillet 2024", WHY)),
    Case(
        "L10",
        "na-2024",
        C,
        rejected,
        ("ne pas retenir", "NA-10", "11 juillet 2024", "avis défavorable", WHY, "procès-v"),
    ),
    Case("L10", "idf-2025", D, rejected, ("IDF-10", "avis défavorable", WHY), ("L. 311-6", "procès-verbal")),
    Case(
        "L10", "cvl-ville-hopital", D, rejected, ("L. 311-6", "courrier séparé"), (WHY, "défavorable", "procès-verbal")
    ),
    Case(
        *("L10", "na-2024", R, lapsed),
        (
            "Caducité",
            "du 22 juillet 2024",
            "Un courrier du 20 septembre 2024 vous a permis de présenter vos observations",
            "L. 242-2, 2°",
            "Aucune prise de fonctions n’a eu lieu",
            WHY,
        ),
        ("NA-10",),
    ),
    Case("result", "idf-2025", P, rejected, ("n’est pas retenue",), (WHY, "défavorable"), contested=False),
    Case("result", "na-2024", R, rejected, ("n’est pas retenue", "L. 311-6"), (WHY, "défavorable"), contested=False),
    Case(
        *("L12", "na-2024", R, replaced),
        (
            "accepter le remplacement",
            "sans répercussion sur le projet",
            "Capucine Bleuet",
            "Anis Vermeil",
            "24 mois",
            "31 octobre 2026",
        ),
    ),
    Case("L12", "na-2024", C, replaced, ("Anis Vermeil", "Prise de fonctions du remplaçant : 1er novembre 2024")),
    Case("L12", "na-2024", F, replaced, ("votre remplacement", "Capucine Bleuet"), ("Anis Vermeil", WHY)),
    Case("L12", "cvl-ville-hopital", R, replaced_in_post, ("Durée restante", "avis écrit", "Fin du poste")),
    Case(
        "L12", "na-2024", R, agreed, ("prend effet avec le départ du médecin remplacé, annoncé pour le 31 août 2024",)
    ),
    Case(
        "L12", "idf-2025", R, not_replaced, ("refuser le remplacement", WHY, "proposer un autre médecin"), ("restante",)
    ),
    Case(
        *("L13", "na-2024", R, deferred),
        (
            *("accorder le report", WHY, "1er novembre 2024 1er janvier 2025", "31 octobre 2026 31 décembre 2026"),
            *("ne change pas : 77 994,96 €", "2024 6 499,58 € 0,00 € −6 499,58 €", "2026 32 497,90 € 38 997,48 €"),
        ),
    ),
    Case(
        *("L13", "idf-2025", C, deferred),
        ("passe de 93 594,00 €", "à 85 794,50 €", "−7 799,50 €", "31 octobre 2027 31 octobre 2027"),
    ),
    Case(
        *("L13", "cvl-ville-hopital", C, not_deferred),
        ("refuser le report", WHY, "maintenue : 1er novembre 2022", "demandée : 1er janvier 2023", "CVL-"),
        ("accorder",),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.call}-{case.to}-{case.road.__name__}")
@produces(*{(case.code, case.call) for case in CASES})
def test_a_letter_says_what_it_must(case: Case) -> None:
    of = case.road(case.call)
    matter = matter_after(of, case.code, case.to)
    data = KINDS[case.code].build(matter)
    assert isinstance(data, CommonData)
    text = text_of(case.code, data)
    assert matter.missing == []
    says(
        text, *COMMON, of.dossier.number, of.call.authority.name, of.call.digest[:12] if data.rules else "", *case.said
    )
    for words in case.unsaid:
        assert words not in text
    assert all(words in text for words in REMEDIES) is case.contested
    assert not re.search(r"\bA\d{1,2}\b", text), "a default is no rule"
    assert all(rule.startswith(of.call.rules.prefix) for rule in data.rules)


def test_what_remains_to_serve_is_counted_in_thirtieths() -> None:
    # the substitute comes after the vacancy, the end of the post does not move (A12)
    of = replaced_in_post("na-2024")
    data = printed(KINDS["L12"].build(matter_after(of, "L12", R)))
    start = of.dossier.requests[-1].dates.effective_on
    award = of.dossier.award
    assert award is not None
    assert start == date(2025, 3, 1)
    assert (data["remaining"], award.planned_end) == ("20 mois", date(2026, 10, 31))


def test_a_replacement_that_changes_the_project_announces_the_award_to_come() -> None:
    of = vacant("na-2024").propose_replacement(repercussions=(Repercussions.PROJECT,))
    of.do("examine_request", Hat.INSTRUCTOR, chair_opinion_on=of.today)
    of.do("replace", Hat.HEAD)
    data = KINDS["L12"].build(matter_after(of, "L12", R))
    assert printed(data)["again"] is True
    assert printed(data)["repercussions"] == ["sur le projet médical"]


@pytest.mark.parametrize("act", ["agree_replacement", "replace", "refuse_request"])
def test_an_answer_to_a_replacement_tells_the_shares_that_it_gives(act: str) -> None:
    """6 half-days and 4, from 5 and 5: asked for, they are in the letter that grants them, agreed in advance or not."""
    of = life_of("na-2024").to(State.NOTIFIED).later(10)
    plan = tuple(
        replace(p, half_days=(("990000010", Fraction(6)), ("990000028", Fraction(4)))) for p in of.dossier.plan
    )
    given = {"plan": plan, "repercussions": (Repercussions.TIME_SHARE,)}
    if act == "agree_replacement":
        dates = FourDates(of.today, of.today, of.today + timedelta(days=30), of.today)
        of.do("announce_departure", Hat.INSTRUCTOR, dates=dates)
    else:
        of.do("withdraw", Hat.INSTRUCTOR)
    of.propose_replacement(**given).do("examine_request", Hat.INSTRUCTOR, chair_opinion_on=of.today)
    of.do(act, Hat.HEAD, request=of.last_request(RequestKind.REPLACEMENT))
    told = replacement_letter(matter_after(of, "L12", R))
    shares = [(place.share, place.half_days) for place in told.post.places]
    asked_for, kept = [(Fraction(3, 5), "6"), (Fraction(2, 5), "4")], [(Fraction(1, 2), "5")] * 2
    assert shares == (kept if act == "refuse_request" else asked_for)


@pytest.mark.parametrize(("code", "road"), [("L12", replaced), ("L12", not_replaced), ("L10", rejected)])
def test_a_reason_keeps_its_paragraphs(code: str, road: Callable[[str], Life]) -> None:
    told = replace(matter_after(road("na-2024"), code, C if code == "L10" else R), reason="Un motif.\n\nUn second.")
    assert printed(KINDS[code].build(told))["facts"] == "Un motif.\nUn second."


def test_a_replacement_agreed_before_the_departure_is_told_once_to_the_recruiter() -> None:
    of = agreed("na-2024")
    told = [(e.name, e.to) for e in of.journal[-1].effects]
    assert told == [("L12", R)]
    departure = of.dossier.departure
    assert departure is not None
    of.on(departure.dates.effective_on, "06:00").do("withdraw", Hat.CLOCK)
    of.do("replace", Hat.CLOCK, request=of.journal[-1].effects[-1].details["request"])
    assert {(e.name, e.to) for e in of.journal[-1].effects} == {("L12", F), ("L12", C)}


def test_an_agreement_refused_meanwhile_has_no_object_any_more() -> None:
    of = agreed("na-2024")
    before = matter_after(of, "L12", R)
    departure = of.dossier.departure
    assert departure is not None
    of.on(departure.dates.effective_on).do("withdraw", Hat.INSTRUCTOR).do("refuse_request", Hat.HEAD, request="R1")
    with pytest.raises(NothingToTellError):
        KINDS["L12"].build(replace(before, view=of.dossier))
    assert printed(KINDS["L12"].build(matter_after(of, "L12", R)))["granted"] is False


def test_a_later_deferral_does_not_change_what_an_earlier_letter_says() -> None:
    of = deferred("na-2024")
    first = matter_after(of, "L13", R)
    before = printed(KINDS["L13"].build(first))
    of.later(5).do("defer", Hat.HEAD, new_start=date(2025, 2, 1))
    assert printed(KINDS["L13"].build(replace(first, view=of.dossier))) == before
    after = printed(KINDS["L13"].build(matter_after(of, "L13", R)))
    assert (after["old_start"], after["new_start"]) == ("1er\u00a0janvier\u00a02025", "1er\u00a0février\u00a02025")
    assert after["amounts"]["before"]["figures"] == before["amounts"]["after"]["figures"]


def test_a_deferral_of_a_post_without_a_cost_tells_no_amount() -> None:
    of = life_of("idf-2025", completed=False).to(State.NOTIFIED).later(20)
    of.do("defer", Hat.HEAD)
    data = printed(KINDS["L13"].build(matter_after(of, "L13", R)))
    assert data["amounts"] is None


def test_a_first_amount_is_no_gain() -> None:
    # the act that writes the first schedule changed none: nothing stood before it (A25)
    of = deferred("na-2024")
    matter = matter_after(of, "L13", R)
    first, last = of.dossier.adjustments[0], of.dossier.adjustments[-1]
    alone = replace(first, entry=last.entry)
    data = KINDS["L13"].build(replace(matter, view=replace(of.dossier, adjustments=(alone,))))
    amounts = printed(data)["amounts"]
    assert (amounts["before"], amounts["years"]) == (None, [])
    assert amounts["difference"] == printed(Decimal("0.00"))


def test_a_decision_without_its_reason_cannot_leave() -> None:
    for code, of, to in (("L5", inadmissible("na-2024"), C), ("L10", rejected("na-2024"), C)):
        matter = replace(matter_after(of, code, to), reason=None)
        KINDS[code].build(matter)
        assert ["motif" in gap.sentence for gap in matter.missing] == [True]


def test_a_list_without_an_end_lacks_a_mention() -> None:
    of = on_reserve("cvl-ville-hopital")
    matter = replace(matter_after(of, "L9", R), call=served(of.call))
    KINDS["L9"].build(matter)
    assert ["fin de validité" in gap.sentence for gap in matter.missing] == [True]


def test_a_place_confirmed_before_anybody_was_told_asks_for_no_letter() -> None:
    of = life_of("na-2024").to(State.COMMITTEE).on(date(2024, 7, 11)).do("record_opinion", Hat.INSTRUCTOR)
    of.quotas = tuple(replace(q, places=None) for q in quota_uses(of.call, of.dossier, 3))
    of.on(date(2024, 7, 15)).do("select", Hat.HEAD)
    of.quotas = None
    of.do("confirm_place", Hat.INSTRUCTOR)
    assert of.journal[-1].effects == ()
    told = confirmed("na-2024").journal[-1].effects
    assert {(e.name, e.to) for e in told} == {("award_confirmed", to) for to in (C, R, P)}


def test_what_has_gone_leaves_nothing_to_tell() -> None:
    of = deferred("na-2024")
    bare = replace(of.dossier, award=None, reserve=None, rejection=None, requests=())
    for code in ("L5", "L8b", "L9", "L10", "L12", "L13", "result", "award_confirmed"):
        matter = replace(matter_after(of, "L13", R), code=code, view=bare)
        with pytest.raises(NothingToTellError):
            KINDS[code].build(matter)


def test_the_letters_of_a_stored_dossier_know_their_act_and_those_it_names(session: Session, shelf: Shelf) -> None:
    desk = office(session, shelf, "na-2024")
    desk.life.to(State.NOTIFIED).later(20).do("defer", Hat.HEAD, reason=WHY)
    told = desk.letter(desk.drafted("L13")).data
    assert (told["facts"], told["amounts"]["difference"]["figures"]) == (WHY, "0,00\u00a0€")
    assert [line["year"] for line in told["amounts"]["years"]] == [2024, 2025, 2026]
    desk.life.do("report_withdrawal", Hat.RECRUITER, effective_on=desk.life.today)
    desk.life.do("withdraw", Hat.INSTRUCTOR, request=desk.life.last_request(RequestKind.WITHDRAWAL))
    desk.life.later(5).propose_replacement()
    asked = desk.life.last_request(RequestKind.REPLACEMENT)
    desk.life.do("refuse_request", Hat.HEAD, request=asked, reason=WHY)
    told = desk.letter(desk.drafted("L12")).data
    assert (told["granted"], told["facts"]) == (False, WHY)
    assert told["coming"]
    assert "à compléter" not in told["coming"]
