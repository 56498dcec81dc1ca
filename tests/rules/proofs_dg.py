"""The national note of 2020 and the posts overseas of Guyane: DG-01 to DG-12, places of every region."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache

import pytest

from backoffice.callfiles import quota_sources
from tests.builders import Hat, quota_uses, weekly
from tests.lives import Life
from tests.profiles import PROFILES
from tests.rules.registry import enforced, informative, later, proves
from tests.rules.scene import (
    DG,
    at,
    complete,
    done,
    gave,
    half_days,
    held,
    judged,
    placed,
    ready,
    refused,
    shown,
    silences,
    warned,
    warnings,
)
from workflows.calls.model import Call, Depositor, PieceEvent
from workflows.calls.quota_source import QuotaSource, parse_quota_source
from workflows.calls.sources import UnknownValueError
from workflows.dossier import DossierDepositor, Project
from workflows.money.monthly import monthly_amount
from workflows.money.terms import PostTerms
from workflows.parts.pieces import requirements
from workflows.parts.places import PlaceStatus
from workflows.regions import REGIONS
from workflows.sites import Period, SiteKind
from workflows.specialties import SPECIALTIES
from workflows.states import State

PROFILE = PROFILES[DG]
HERE, AWAY = PROFILE.recruiter, PROFILE.partner

#: The annex of the note: places by INSEE code.
BETWEEN_HOSPITALS = {
    "84": 17, "27": 28, "53": 13, "24": 19, "44": 23, "32": 44, "11": 11,
    "28": 31, "75": 19, "76": 10, "52": 20, "93": 12, "94": 3,
}  # fmt: skip
IN_TOWN = {
    "84": 11, "27": 6, "53": 7, "24": 6, "44": 11, "32": 9, "11": 14,
    "28": 7, "75": 10, "76": 6, "52": 7, "93": 5, "94": 1,
}  # fmt: skip
OVERSEAS = {"01": 7, "02": 7, "03": 15, "04": 6, "06": 15}


@cache
def _note() -> QuotaSource:
    return parse_quota_source(quota_sources()["dgos-2020"])


def _places(category: str) -> dict[str, int]:
    """Places by region, joined on the INSEE code."""
    return {e.region: e.places for e in _note().entries if e.category == category and e.region}


def _total(category: str) -> int:
    """Places of a category; what is part of another entry counts once."""
    return sum(e.places for e in _note().entries if e.category == category and e.within is None)


# The places of the note.


@proves("DG-03", call=DG)
def two_hundred_and_fifty_posts_between_hospitals(call: Call) -> None:
    assert (_places("I"), _total("I")) == (BETWEEN_HOSPITALS, 250)
    assert call.category == "II"


@proves("DG-06", call=DG)
def a_hundred_posts_with_a_structure_in_town(call: Call) -> None:
    assert (_places("III"), _total("III")) == (IN_TOWN, 100)
    assert call.categories == {"II"}


@proves("DG-04", call=DG)
def fifty_posts_overseas_mayotte_within_the_indian_ocean(call: Call) -> None:
    assert (_places("II"), _total("II")) == (OVERSEAS, 50)
    parts = {e.region: e.within for e in _note().entries if e.category == "II"}
    assert (parts["04"], parts["06"], parts[None]) == ("II:OI", "II:OI", None)
    ocean = next(e for e in _note().entries if e.id == "II:OI")
    assert (ocean.places, ocean.region) == (21, None)
    assert {e.region for e in _note().entries} - {None} <= REGIONS.keys()
    shown(call, "[DG-04]", "Postes outre-mer, Guyane (catégorie II ; source dgos-2020:II:03) : 15 postes.")


@proves("DG-01", call=DG)
def the_note_gives_national_credits(call: Call) -> None:
    assert _note().rule == "DG-01"
    shown(call, "[DG-01]", "Ligne de crédits : MIGAC.")


@proves("DG-04", call=DG)
def fifteen_awards_and_never_a_sixteenth(call: Call) -> None:
    life = judged(call)
    life.others = 14
    place = done(life.attempt("select", Hat.HEAD)).after.place
    assert place is not None
    assert place.status is PlaceStatus.CONFIRMED
    life.others = 15
    refused(life.attempt("select", Hat.HEAD), "no_place_left", "DG-04")


@proves("DG-04", "A16", call=DG)
def a_post_left_before_its_start_keeps_its_place(call: Call) -> None:
    """15 counted while the replacement is awaited, 15 once it is granted, 14 once the post is given back."""
    left = at(gave(call, replacement__pieces_confirmed=True), State.WITHDRAWN)
    left.others = 14
    assert left.dossier.place is not None
    assert left.dossier.place.status is PlaceStatus.HELD
    assert [use.taken for use in left.seen().around.quotas] == [15]
    other = judged(call)
    other.others = 15
    refused(other.attempt("select", Hat.HEAD), "no_place_left", "DG-04")
    given_back = done(left.copy().later(3).attempt("close", Hat.HEAD)).after
    assert given_back.place is None
    replaced = left.later(5).propose_replacement().later(2).attempt("replace", Hat.HEAD)
    place = done(replaced).after.place
    assert place is not None
    assert place.status is PlaceStatus.CONFIRMED


@proves("DG-04", "A16", "A17", call=DG)
def the_places_are_those_of_the_posts_overseas(call: Call) -> None:
    dossier = judged(call).dossier
    assert [use.places for use in quota_uses(call, dossier, 0)] == [15]
    assert quota_uses(call, replace(dossier, category="I"), 0) == ()
    # shared with a hospital of the mainland, or recruited there: still a post of Guyane
    swapped = replace(dossier, sites=(replace(HERE, role=AWAY.role), replace(AWAY, role=HERE.role)))
    assert [use.places for use in quota_uses(call, swapped, 0)] == [15]
    # an early end after the start leaves the place used for the promotion
    ended = at(call, State.ENDED).dossier.place
    assert ended is not None
    assert ended.status is PlaceStatus.CONSUMED


# The time overseas and where the file goes.


def _split(call: Call, here: int, away: int) -> Life:
    plan = (weekly(here, **{f"s{HERE.id}": 10}), weekly(away, **{f"s{AWAY.id}": 10}))
    return complete(call).changed(plan=plan)


@proves("DG-04", call=DG)
def a_year_at_least_overseas(call: Call) -> None:
    for here, away in ((12, 12), (13, 11), (24, 0)):
        life = _split(call, here, away) if away else complete(call).changed(plan=_split(call, 24, 1).dossier.plan[:1])
        assert done(life.attempt("put_to_committee", Hat.INSTRUCTOR)).target is State.COMMITTEE
    refused(_split(call, 11, 13).attempt("put_to_committee", Hat.INSTRUCTOR), "months_low", "DG-04")
    # half the week for two years makes a year, a little less does not
    assert done(half_days(complete(call), 5, 5).attempt("put_to_committee", Hat.INSTRUCTOR)).target is State.COMMITTEE
    short = half_days(complete(call), "4.9999", "5.0001").attempt("put_to_committee", Hat.INSTRUCTOR)
    refused(short, "months_low", "DG-04")


@proves("DG-04", call=DG)
def any_structure_overseas_counts(call: Call) -> None:
    plan = (Period(12, ((HERE.id, Fraction(4)), (AWAY.id, Fraction(6)))),)
    for kind in (SiteKind.CHU, SiteKind.CH, SiteKind.MSP, SiteKind.CDS):
        beyond = replace(AWAY, kind=kind, department="974")
        life = placed(complete(call), HERE, beyond).changed(plan=plan, months=12)
        assert done(life.attempt("put_to_committee", Hat.INSTRUCTOR)).target is State.COMMITTEE
    mainland = placed(complete(call), HERE, AWAY).changed(plan=plan, months=12)
    refused(mainland.attempt("put_to_committee", Hat.INSTRUCTOR), "months_low", "DG-04")


@proves("DG-04", call=DG)
def one_year_or_two(call: Call) -> None:
    ends = {12: date(2021, 10, 31), 24: date(2022, 10, 31)}
    for months in (6, 11, 12, 13, 18, 23, 24, 25, 36):
        answer = judged(call).attempt("select", Hat.HEAD, months=months)
        if months not in ends:
            refused(answer, "months_not_allowed", "DG-04")
            continue
        award = done(answer).after.award
        assert award is not None
        assert award.planned_end == ends[months]


@proves("DG-05", call=DG)
def the_file_goes_to_the_agency_where_the_time_is_shared(call: Call) -> None:
    for departments in (("973", "33"), ("33", "973"), ("973", "973")):
        places = [replace(where, department=d) for where, d in zip((HERE, AWAY), departments, strict=True)]
        answer = placed(complete(call), *places).attempt("put_to_committee", Hat.INSTRUCTOR)
        assert "out_of_territory" not in {f.code for f in answer.findings}
    elsewhere = [replace(where, department="974") for where in (HERE, AWAY)]
    answer = placed(complete(call), *elsewhere).attempt("put_to_committee", Hat.INSTRUCTOR)
    refused(answer, "out_of_territory", "DG-05")
    shown(call, "[DG-05]", "Territoire : Guyane (973) ; établissements du département 973.")


@proves("DG-05", call=DG)
def a_post_is_applied_for(call: Call) -> None:
    life = complete(call)
    assert life.dossier.candidate is None
    assert done(life.attempt("put_to_committee", Hat.INSTRUCTOR)).target is State.COMMITTEE
    shown(call, "[DG-05]", "La demande porte sur un poste ; le candidat peut être désigné plus tard.")


@proves("CSP, art. R. 6152-501", call=DG)
def a_public_establishment_recruits(call: Call) -> None:
    public = {SiteKind.CHU, SiteKind.CH, SiteKind.EPS, SiteKind.USMP, SiteKind.PREVENTION, SiteKind.EHPAD_PUBLIC}
    for kind in SiteKind:
        life = placed(complete(call), replace(HERE, kind=kind), AWAY)
        answer = life.attempt("put_to_committee", Hat.INSTRUCTOR)
        if kind in public:
            assert done(answer).target is State.COMMITTEE
        else:
            refused(answer, "recruiter_kind", "CSP, art. R. 6152-501")


# What the note does not say.


@proves("DG-12", call=DG)
def any_partner_any_number_any_specialty(call: Call) -> None:
    for kind in SiteKind:
        done(placed(complete(call), HERE, replace(AWAY, kind=kind)).attempt("put_to_committee", Hat.INSTRUCTOR))
    others = [replace(AWAY, id=f"99000078{n}", legal_entity=HERE.legal_entity) for n in range(3)]
    five = placed(complete(call), HERE, *others, AWAY).changed(project=Project("projet-0001", 5))
    assert not warnings(done(five.attempt("put_to_committee", Hat.INSTRUCTOR))) - {"session_unannounced"}
    for code in SPECIALTIES:
        done(complete(call).changed(specialty=code).attempt("put_to_committee", Hat.INSTRUCTOR))
    for event in (PieceEvent.FILING, PieceEvent.REPLACEMENT):
        assert requirements(call.clauses.pieces, event, PROFILE.sites) == ()


@proves("DG-12", call=DG)
def any_depositor_any_way_any_day(call: Call) -> None:
    everybody = (
        DossierDepositor(Depositor.RECRUITER, HERE.id),
        DossierDepositor(Depositor.PARTNER, AWAY.id),
    )
    for depositors in (everybody, everybody[1:]):
        life = ready(call).changed(depositors=depositors)
        answer = life.attempt("submit", Hat(depositors[0].kind.value))
        assert warnings(answer) == {"closing_unknown"}
        silence = done(answer).after.silence
        assert silence is not None
        assert silence.informative
    for day, then in ((date(1999, 12, 31), date(2011, 1, 3)), (date(2040, 1, 1), date(2030, 1, 2))):
        warned(ready(call).on(day).attempt("submit", Hat.RECRUITER), "closing_unknown", "DG-12")
        done(judged(call).attempt("select", Hat.HEAD, planned_start=then))
        late = ready(call).changed(wished_start=None).on(day)
        by_post = late.attempt("register_received", Hat.INSTRUCTOR, channel="post")
        assert warnings(by_post) == {"closing_unknown"}


@proves("DG-12", call=DG)
def no_amount_and_no_rate(call: Call) -> None:
    post = PostTerms("II", PROFILE.plan, PROFILE.sites)
    for money in (call.clauses.funding, gave(call, funding__printed_cost=Decimal("6499.58")).clauses.funding):
        with pytest.raises(UnknownValueError) as unknown:
            monthly_amount(money, post, 1)
        assert unknown.value.rule == "DG-12"
    life = at(call, State.NOTIFIED).later(3)
    refused(life.attempt("notify_money", Hat.HEAD), "value_unknown", "DG-12")


@proves("DG-12", call=DG)
def no_period_for_an_answer_and_no_renewal(call: Call) -> None:
    held(at(call, State.IN_POST).attempt("renew", Hat.HEAD), "renewal_silent", "A31")
    notified = done(at(call, State.SELECTED).attempt("notify", Hat.HEAD)).after.award
    assert notified is not None
    assert notified.reply_by is None
    reserve = done(judged(call).attempt("put_on_reserve", Hat.HEAD)).after.reserve
    assert reserve is not None
    assert reserve.valid_until is None


@proves("DG-12", call=DG)
def every_silence_is_told(call: Call) -> None:
    assert silences(call, "DG-12") == {
        "Qui dépose le dossier.",
        "Si plusieurs déposants doivent confirmer le même dossier.",
        "Comment le dossier parvient à l’agence.",
        "Si le code des relations entre le public et l’administration (CRPA) régit la demande.",
        "La date d’ouverture du dépôt.",
        "La date limite de dépôt.",
        "Les sortes d’établissement admises comme partenaire.",
        "Si le recruteur et ses partenaires doivent être des entités juridiques différentes.",
        "Le nombre d’établissements d’un projet.",
        "Le nombre de postes qu’un projet peut grouper.",
        "La date de prise de fonctions.",
        "Si une commission examine les dossiers.",
        "Jusqu’à quand la liste complémentaire est valable.",
        "Le délai de réponse à un poste offert depuis la liste complémentaire.",
        "À qui le résultat est notifié.",
        "Le délai pour accepter l’attribution.",
        "La part du coût pris en compte que paie l’agence.",
        "Le taux des charges patronales.",
        "Le coût de référence d’un poste.",
        "Ce qui compte dans le coût du poste.",
        "À quel établissement vont les crédits.",
        "La durée d’un renouvellement.",
        "Combien de fois un poste se renouvelle.",
        "La note ne dit rien d’un transfert de postes entre catégories ou entre régions.",
    }


enforced("DG-01", "workflows.calls.explain.sentences", "workflows.calls.quota_source.parse_quota_source")
informative("DG-02", "le champ de la note outre-mer, affiché avec l’appel")
enforced("DG-03", "workflows.calls.quota_source.parse_quota_source")
enforced(
    "DG-04",
    "workflows.guards.gates.time_share_findings",
    "workflows.sites.months_at",
    "workflows.guards.places.place_left",
    "workflows.calls.quota_fill.fill_quotas",
)
enforced("DG-05", "workflows.guards.gates.project_findings", "workflows.guards.committee.gates_pass")
enforced("DG-06", "workflows.calls.quota_source.parse_quota_source")
informative("DG-07", "catégorie III, que cet appel ne couvre pas ; c’est la lecture d du Centre-Val de Loire (A24)")
informative("DG-08", "catégorie III, que cet appel ne couvre pas ; l’appel du Centre-Val de Loire en avertit (A23)")
informative("DG-09", "invitation faite aux agences pour la catégorie III")
informative("DG-10", "la mesure pour les médecins généralistes est une autre mesure")
later("DG-11", "le bilan annuel, en nombre et en contenu, remis au niveau national")
enforced("DG-12", "workflows.calls.sources.UnknownValueError", "workflows.calls.explain.sentences")
