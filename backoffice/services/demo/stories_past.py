"""Auvergne-Rhône-Alpes 2017 and Guyane 2020: posts of the past, and what they left behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from backoffice.services.demo import account, road
from backoffice.services.demo.life import Life, Post, Script, Story
from backoffice.services.demo.numbers import finess
from backoffice.services.demo.post import signed_for
from backoffice.services.demo.stories_na_money import proposed
from workflows.acts.award import Order
from workflows.acts.vacancy import CloseGround
from workflows.calls.funding import Vehicle
from workflows.calls.model import PieceEvent
from workflows.parts.claims import ClaimState
from workflows.parts.reliefs import Relief
from workflows.parts.requests import EndReason, FourDates, RequestKind
from workflows.states import State

ARA, GUYANE = "ara-2017", "guyane-2020"
OTHER = EndReason.OTHER_HOSPITAL


def received(life: Life, *, favourable: bool = True) -> Script:
    """Come by e-mail from both establishments, entered by the instructor the next day, complete."""
    yield from road.drafted(life, date(2017, 4, 24), "10:10")
    yield life.at(date(2017, 4, 26), "16:45")
    road.give(life, life.recruiter, PieceEvent.FILING)
    life.do("confirm_deposit", life.recruiter)
    life.do("confirm_deposit", life.partner)
    came = life.stage.now
    yield life.at(date(2017, 4, 27), "09:30")
    proof = life.paper("courriel de dépôt", life.instructor)
    life.do("register_received", life.instructor, received_at=came, channel="email", proof=proof)
    yield from road.completed(life, date(2017, 5, 15))
    yield from road.heard(life, date(2017, 5, 22), date(2017, 6, 13), "juin-2017", favourable=favourable)


def engaged(life: Life, doctor: int) -> Script:
    """Selected without a name, named, notified, financed."""
    yield from received(life)
    yield from road.selected(life, date(2017, 6, 19))
    yield life.at(date(2017, 6, 21), "10:00")
    life.do("name_candidate", life.recruiter, candidate=life.register(doctor))
    yield from road.notified(life, date(2017, 6, 22))
    yield from road.accepted(life, date(2017, 6, 28))
    yield from road.financed(life, date(2017, 9, 20))


def served(life: Life) -> Script:
    """At 80 % then 60 %; a departure a month before the end that the recruiter told of nine months later.

    Nobody asked anything back for years: the repayment is time-barred in two weeks.
    """
    yield from engaged(life, 70)
    yield from road.started(life, date(2017, 11, 2))
    yield from account.delegated(life, date(2017, 11, 21))
    yield from account.delegated(life, date(2018, 1, 22), confirmed=True)
    yield from account.delegated(life, date(2019, 1, 21), confirmed=True)
    told = date(2020, 6, 26)
    yield from road.left(life, date(2019, 9, 30), OTHER, told=told, recorded=date(2020, 6, 29))
    yield life.at(date(2025, 4, 28), "09:30")
    life.do("start_contradictory", life.instructor)
    signed_for(life)


def never_begun(life: Life) -> Script:
    """The doctor named went elsewhere: closed without having begun."""
    yield from engaged(life, 71)
    told = date(2017, 10, 2)
    yield life.at(told, "09:00")
    dates = {"fact_on": told, "known_on": told, "effective_on": told}
    life.do("report_withdrawal", life.recruiter, **dates, end_reason=OTHER)
    yield life.at(told, "15:00")
    cause = life.last_request(RequestKind.WITHDRAWAL)
    life.do("withdraw", life.instructor, dates=FourDates(told, told, told, told), end_reason=OTHER, request=cause)
    yield life.at(told + timedelta(days=61), "11:00")
    life.do("close", life.head, ground=CloseGround.EXPIRED, reason="Aucune proposition dans le délai.")


def refused(life: Life) -> Script:
    """Not retained."""
    yield from received(life, favourable=False)
    yield life.at(date(2017, 6, 20), "10:00")
    life.do("reject", life.head, reason="Autant de postes de chef de clinique que d’internes (ARA-17).")


def judged_again(life: Life) -> Script:
    """Refused in 2017; a judgment orders a new decision: awarded without a name, eight years later."""
    yield from refused(life)
    yield life.at(date(2025, 5, 12), "11:30")
    words = {"order": Order.JUDGMENT, "ordered_on": date(2025, 4, 29), "to": State.COMMITTEE}
    life.do("reexamine", life.head, reason="Jugement annulant le refus : motif tiré d’un bilan inexact.", **words)
    yield life.at(date(2025, 6, 2), "17:00")
    life.do("record_opinion", life.instructor, judged_on=date(2025, 6, 2), favourable=True, rank=1)
    yield life.at(date(2025, 6, 5), "14:20")
    life.do("select", life.head, planned_start=date(2025, 11, 3))


def overseas(life: Life) -> Script:
    """Filed by the recruiter in September 2020, in post since November."""
    yield from road.filed(life, date(2020, 9, 16), "15:00")
    yield from road.completed(life, date(2020, 9, 22))
    yield from road.heard(life, date(2020, 9, 24), date(2020, 9, 30), "septembre-2020")
    yield from road.selected(life, date(2020, 10, 5))
    yield from road.notified(life, date(2020, 10, 8))
    yield from road.accepted(life, date(2020, 10, 13))
    yield from road.financed(life, date(2020, 10, 20))
    yield from road.started(life, date(2020, 11, 2))
    yield from account.delegated(life, date(2020, 11, 19))
    yield from account.delegated(life, date(2021, 1, 20), confirmed=True)


def came_back(life: Life) -> Script:
    """A year in Guyane, a year in the Hexagone, served to the end."""
    yield from overseas(life)
    yield from account.delegated(life, date(2022, 1, 20), confirmed=True)
    yield life.at(date(2022, 11, 7), "10:00")
    life.do("record_end", life.instructor, last_day=date(2022, 11, 1))


def unpaid(life: Life) -> Script:
    """Left in the spring of 2022; a claim is answered in part, the title paid by instalments, its debtor succeeded."""
    yield from overseas(life)
    yield from account.delegated(life, date(2022, 1, 20), confirmed=True)
    yield from road.left(life, date(2022, 4, 30), OTHER, told=date(2022, 4, 1), recorded=date(2022, 5, 3))
    yield life.at(date(2022, 5, 10), "09:00")
    life.do("start_contradictory", life.instructor)
    yield life.at(date(2022, 6, 27), "09:00")
    reason = "Mois payés et non servis, au prorata ; un titre, en accord avec l’agent comptable."
    life.do("decide_repayment", life.head, amount=proposed(life), vehicle=Vehicle.TITLE, reason=reason)
    yield life.at(date(2022, 7, 4), "09:00")
    life.do("request_title", life.instructor)
    yield life.at(date(2022, 9, 12), "09:00")
    life.do("record_title", life.instructor, title="TR-2022-0042")
    yield life.at(date(2022, 10, 20), "15:00")
    grounds = "Le médecin a travaillé, et a été payé, jusqu’au 12 mai 2022."
    life.do("file_claim", life.recruiter, contested=Decimal("2599.83"), grounds=grounds)
    yield life.at(date(2023, 1, 12), "15:00")
    answer = {"outcome": ClaimState.REDUCED, "granted": Decimal("1299.92")}
    authority = "Décision 2023-4 de l’ordonnateur"
    life.do("answer_claim", life.dg, authority=authority, reason="Six jours de mai 2022 sont justifiés.", **answer)
    for year in (2023, 2024, 2025):
        yield life.at(date(year, 2, 3), "09:00")
        life.do("record_repaid", life.instructor, amount=Decimal("5000.00"), paid_on=date(year, 1, 31))
    yield life.at(date(2025, 3, 4), "09:00")
    heir = {"legal_entity": finess(562), "name": "Centre hospitalier des Grands-Balisiers", "since": date(2025, 1, 1)}
    deed = "Arrêté de fusion du 2 décembre 2024"
    life.do("record_succession", life.head, **heir, deed=deed, reason="Fusion au 1er janvier 2025.")
    yield life.at(date(2025, 6, 4), "09:00")
    asked = {"relief": Relief.WRITTEN_OFF, "amount": Decimal("3000.00")}
    reason = "Part que le successeur n’a pas reprise, proposée en non-valeur par l’agent comptable."
    life.do("prepare_relief", life.instructor, reason=reason, **asked)


def too_short_overseas(life: Life) -> Script:
    """Eleven months in Guyane: a printed rule asks for twelve."""
    yield from road.filed(life, date(2020, 9, 18), "11:00")
    yield life.at(date(2020, 10, 1), "16:00")
    life.do("declare_inadmissible", life.head, rule="DG-04", reason="Onze mois d’exercice outre-mer, il en faut douze.")


def abandoned(life: Life) -> Script:
    """Withdrawn before the committee, closed."""
    yield from road.filed(life, date(2020, 9, 15), "11:00")
    told = date(2020, 9, 21)
    yield life.at(told, "10:00")
    dates = {"fact_on": told, "known_on": told, "effective_on": told}
    life.do("report_withdrawal", life.recruiter, **dates, end_reason=OTHER)
    yield life.at(told, "15:00")
    cause = life.last_request(RequestKind.WITHDRAWAL)
    life.do("withdraw", life.instructor, dates=FourDates(told, told, told, told), end_reason=OTHER, request=cause)
    yield life.at(date(2020, 9, 28), "15:00")
    life.do("close", life.head, ground=CloseGround.NOTHING, reason="Demande abandonnée avant la commission.")


def story(call: str, script: Callable[[Life], Script], asked: Post, worth: str | None = None) -> Story:
    """A story of the past."""
    return Story(call, asked, script, worth)


_2017, _2020 = date(2017, 11, 2), date(2020, 11, 2)
_AWAY_THEN_HOME = Post("pediatrie", "hibiscus", ("tilleuls",), 80, years=((10, 0), (0, 10)), start=_2020, rank=1)

STORIES = (
    story(
        ARA,
        served,
        Post("pneumologie", "safran", ("sauge",), start=_2017, rank=1),
        "un reversement à décider, prescrit après le 26 juin",
    ),
    story(ARA, never_begun, Post("geriatrie", "verveine", ("myosotis",), start=_2017, rank=2)),
    story(ARA, refused, Post("radiologie", "verveine", ("sauge",), start=_2017, rank=9)),
    story(
        ARA,
        judged_again,
        Post("oncologie", "safran", ("myosotis",), start=_2017, rank=10),
        "un poste attribué sans nom, après un jugement",
    ),
    story(GUYANE, came_back, _AWAY_THEN_HOME, "un an en Guyane, un an dans l’Hexagone"),
    story(
        GUYANE,
        unpaid,
        Post("gynecologie_obstetrique", "balisier", ("hibiscus",), 81, start=_2020, rank=2),
        "un reversement payé par tranches, dont le débiteur a changé",
    ),
    story(
        GUYANE,
        too_short_overseas,
        replace(_AWAY_THEN_HOME, doctor=82, months=24, years=tuple([(10, 0)] * 11 + [(0, 10)] * 13), rank=3),
    ),
    story(GUYANE, abandoned, Post("psychiatrie", "hibiscus", ("balisier",), 83, start=_2020, rank=4)),
)
