"""Île-de-France, 12e appel: the jury has just met; the quota is not known, awards are made under reserve."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from backoffice.services.demo import mailroom, road
from backoffice.services.demo.life import Life, Post, Script, Story
from backoffice.services.demo.staff import STAFF
from workflows.effects import Addressee
from workflows.parts.requests import EndReason, FourDates, RequestKind

CALL = "idf-2025"
SESSION = "juin-2025"
START = date(2025, 11, 1)
JURY = date(2025, 6, 10)


def complete(life: Life) -> Script:
    """Filed by the recruiter, complete: the call lists no piece."""
    yield from road.filed(life, date(2025, 4, 14 + life.post.rank), f"{10 + life.post.rank % 7:02}:25")
    yield from road.completed(life, date(2025, 5, 13), f"{9 + life.post.rank % 8:02}:50")


def waiting(life: Life) -> Script:
    """Put to the jury, not judged yet."""
    yield from complete(life)
    yield life.at(date(2025, 6, 2), "11:00")
    life.do("put_to_committee", life.instructor, session=SESSION)


def judged(life: Life) -> Script:
    """Judged, waiting for a decision."""
    yield from complete(life)
    yield from road.heard(life, date(2025, 6, 2), JURY, SESSION)


def retained(life: Life) -> Script:
    """Retained under reserve: nobody knows the quota yet."""
    yield from judged(life)
    yield from road.selected(life, date(2025, 6, 11))


def under_reserve(life: Life) -> Script:
    """Notified under reserve."""
    yield from retained(life)
    yield from road.notified(life, date(2025, 6, 11))
    yield life.at(date(2025, 6, 11), "16:10")
    mailroom.validated(life, "L8b")
    mailroom.prepared(life, "L8b", Addressee.CANDIDATE)


def conflicted(life: Life) -> Script:
    """A linked member took part in the vote: a head may lift the hold."""
    yield from complete(life)
    yield life.at(date(2025, 6, 2), "11:00")
    life.do("put_to_committee", life.instructor, session=SESSION)
    yield from road.marked(life, JURY, "membre2.idf")
    yield life.at(JURY, "17:40")
    linked = (str(STAFF["membre2.idf"].id),)
    votes = {"judged_on": JURY, "favourable": True, "rank": life.post.rank, "conflicted_votes": linked}
    life.do("record_opinion", life.instructor, **votes)


def reserved(life: Life) -> Script:
    """On the reserve list."""
    yield from judged(life)
    yield life.at(date(2025, 6, 11), "16:30")
    life.do("put_on_reserve", life.head)


def refused(life: Life) -> Script:
    """An unfavourable opinion, followed."""
    yield from complete(life)
    yield from road.heard(life, date(2025, 6, 2), JURY, SESSION, favourable=False)
    yield life.at(date(2025, 6, 11), "16:40")
    life.do("reject", life.head, reason="Aucune perspective de poste à l’issue du soutien de l’agence (IDF-10).")


def derogated(life: Life) -> Script:
    """Recruiter and partner are one legal entity: complete, and stopped before the jury."""
    yield from complete(life)
    yield life.at(date(2025, 6, 2), "11:20")
    life.refused("put_to_committee", life.instructor, "not_independent", session=SESSION)


def just_filed(life: Life) -> Script:
    """Filed on the last evening, still to be examined."""
    yield from road.filed(life, date(2025, 4, 30), "23:41")


def never_filed(life: Life) -> Script:
    """A draft that nobody filed."""
    yield from road.drafted(life, date(2025, 4, 22))


def given_up(life: Life) -> Script:
    """Withdrawn before the jury."""
    yield from complete(life)
    told = date(2025, 5, 21)
    yield life.at(told, "14:00")
    reason = EndReason.UNKNOWN
    dates = {"fact_on": told, "known_on": told, "effective_on": told}
    life.do("report_withdrawal", life.recruiter, **dates, end_reason=reason)
    yield life.at(date(2025, 5, 22), "09:30")
    cause = life.last_request(RequestKind.WITHDRAWAL)
    four = FourDates(told, told, told, date(2025, 5, 22))
    life.do("withdraw", life.instructor, dates=four, end_reason=reason, request=cause)


def post(specialty: str, recruiter: str, partner: str, rank: int, doctor: int | None = None) -> Post:
    """A post of 24 months; the doctor may be named later."""
    return Post(specialty, recruiter, (partner,), doctor, week=(6, 4), start=START, rank=rank)


def story(script: Callable[[Life], Script], asked: Post, worth: str | None = None) -> Story:
    """A story of this call."""
    return Story(CALL, asked, script, worth)


STORIES = (
    story(under_reserve, post("medecine_interne", "garance", "jasmin", 1, 30), "une attribution sous réserve"),
    story(retained, post("geriatrie", "aubepine", "pivoine", 2, 31)),
    story(retained, post("psychiatrie", "muguet", "pivoine", 3)),
    story(conflicted, post("geriatrie", "capucines", "jasmin", 4, 32), "un vote à revoir avant de décider"),
    story(reserved, post("pharmacie_hospitaliere", "garance", "pivoine", 5, 33)),
    story(judged, post("medecine_bucco_dentaire", "aubepine", "bleuets", 6)),
    story(waiting, post("neurologie", "muguet", "jasmin", 7, 34)),
    story(waiting, post("rhumatologie", "garance", "bleuets", 8)),
    story(refused, post("radiologie", "aubepine", "jasmin", 9, 35)),
    story(derogated, post("pneumologie", "muguet", "etang", 10, 36), "deux sites d’une même entité juridique"),
    story(just_filed, replace(post("chirurgie_viscerale", "capucines", "pivoine", 11), other_financing=True)),
    story(never_filed, post("urologie", "muguet", "pivoine", 12)),
    story(given_up, post("oncologie", "aubepine", "pivoine", 13, 37)),
)
