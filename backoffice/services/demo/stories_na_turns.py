"""Nouvelle-Aquitaine, campagne 2024: the posts whose life takes a turn, and the dossiers that were not retained."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from backoffice.services.demo import account, mailroom, road
from backoffice.services.demo.life import Life, Script
from backoffice.services.demo.stories_na import CCA, MAY, OTHER, awarded, engaged, examined, post, serving, story
from workflows.acts.award import LapseGround
from workflows.acts.vacancy import CloseGround, DepartureLeadsTo
from workflows.calls.model import PieceEvent
from workflows.effects import Addressee
from workflows.parts.requests import FourDates, Repercussions, RequestKind

#: A month of the share of the agency.
VACANT = Decimal("3249.79")


def announced(life: Life) -> Script:
    """A departure announced for September; a replacement is proposed and examined."""
    yield from serving(life)
    yield life.at(date(2025, 5, 26), "11:20")
    told, gone = date(2025, 5, 26), date(2025, 9, 1)
    dates = {"fact_on": told, "known_on": told, "effective_on": gone}
    life.do("report_withdrawal", life.recruiter, **dates, end_reason=OTHER)
    yield life.at(date(2025, 5, 28), "09:30")
    life.do(
        "announce_departure",
        life.instructor,
        dates=FourDates(told, told, gone, date(2025, 5, 28)),
        end_reason=OTHER,
        leads_to=DepartureLeadsTo.WITHDRAW,
        request=life.last_request(RequestKind.WITHDRAWAL),
    )
    yield from proposed(life, date(2025, 6, 10), 40, date(2025, 9, 1))


def proposed(life: Life, on: date, doctor: int, start: date, *, repercussions: Repercussions | None = None) -> Script:
    """The recruiter proposes somebody with every piece."""
    yield life.at(on, "15:40")
    said = (repercussions or Repercussions.NONE,)
    named = life.register(doctor)
    life.do("propose_replacement", life.recruiter, candidate=named, new_start=start, letter=True, repercussions=said)
    cause = life.last_request(RequestKind.REPLACEMENT)
    road.give(life, life.recruiter, PieceEvent.REPLACEMENT, cause=cause)


def relayed(life: Life) -> Script:
    """A departure announced, a replacement agreed before: on the day the machine does both; a month stays vacant."""
    yield from serving(life, paid=Decimal("19000.00"))
    told, gone, back = date(2025, 1, 23), date(2025, 3, 1), date(2025, 4, 1)
    yield life.at(told, "11:00")
    life.do(
        "announce_departure",
        life.instructor,
        dates=FourDates(told, told, gone, told),
        end_reason=OTHER,
        leads_to=DepartureLeadsTo.WITHDRAW,
    )
    yield from proposed(life, date(2025, 2, 6), 41, back)
    cause = life.last_request(RequestKind.REPLACEMENT)
    yield life.at(date(2025, 2, 12), "10:30")
    road.accept(life)
    life.do("examine_request", life.instructor, request=cause, chair_opinion_on=date(2025, 2, 11))
    yield life.at(date(2025, 2, 17), "16:30")
    life.do("agree_replacement", life.head, request=cause)
    yield from road.started(life, back, cause=cause)
    life.lost = frozenset({Addressee.RECRUITER})  # the letter waits to be made
    yield from account.reduced(life, date(2025, 4, 14), VACANT, "Mars est resté vacant : ce mois ne sera pas versé.")
    yield life.at(date(2025, 4, 14), "15:40")
    mailroom.validated(life, "tranche_reduced")
    mailroom.prepared(life, "tranche_reduced", Addressee.ACCOUNTANT)
    yield from account.paid(life, date(2025, 4, 22))


def leaving(life: Life) -> Script:
    """The recruiter has just declared an early end, for a chef de clinique post; nobody has recorded it yet."""
    yield from serving(life)
    yield life.at(date(2025, 6, 6), "16:45")
    told, gone = date(2025, 6, 6), date(2025, 7, 1)
    dates = {"fact_on": told, "known_on": told, "effective_on": gone, "cca_from": gone}
    life.do("declare_early_end", life.recruiter, **dates, end_reason=CCA)


def deferred(life: Life) -> Script:
    """A deferral of two months, asked in time and granted; the slip of the candidate’s letter never came back."""
    yield from engaged(life)
    new = date(2025, 7, 1)
    yield life.at(date(2025, 4, 3), "11:10")
    life.do("ask_deferral", life.recruiter, new_start=new, known_on=date(2025, 4, 1))
    asked = life.last_request(RequestKind.DEFERRAL)
    yield life.at(date(2025, 4, 11), "15:00")
    life.lost = frozenset({Addressee.CANDIDATE})
    words = {"reason": "Fin d’un remplacement en cours au CHU.", "request": asked}
    life.do("defer", life.head, new_start=new, known_on=date(2025, 4, 1), told_on=date(2025, 4, 3), **words)
    yield life.at(date(2025, 4, 11), "16:30")
    mailroom.posted(life, "L13", Addressee.CANDIDATE)
    mailroom.mailed(life, "L13")


def awaited(life: Life) -> Script:
    """Notified; the start of 2 May has not been proved."""
    yield from engaged(life)


def vacated(life: Life) -> Script:
    """The doctor left in May; no replacement is proposed yet, three days are left."""
    yield from serving(life)
    told, gone = date(2025, 4, 22), date(2025, 5, 16)
    yield life.at(told, "10:50")
    dates = {"fact_on": told, "known_on": told, "effective_on": gone}
    life.do("report_withdrawal", life.recruiter, **dates, end_reason=OTHER)
    cause = life.last_request(RequestKind.WITHDRAWAL)
    yield life.at(gone, "09:05")
    four = FourDates(told, told, gone, gone)
    life.do("withdraw", life.instructor, dates=four, end_reason=OTHER, request=cause)


def renounced(life: Life) -> Script:
    """Withdrawn before the start, nobody to replace: the post is given back and never began."""
    yield from awarded(life)
    told = date(2024, 8, 27)
    yield life.at(told, "08:55")
    dates = {"fact_on": told, "known_on": told, "effective_on": told}
    life.do("report_withdrawal", life.candidate, **dates, end_reason=CCA)
    yield life.at(date(2024, 8, 28), "14:00")
    cause = life.last_request(RequestKind.WITHDRAWAL)
    four = FourDates(told, told, told, date(2024, 8, 28))
    life.do("withdraw", life.instructor, dates=four, end_reason=CCA, request=cause)
    yield life.at(date(2024, 9, 19), "16:20")
    reason = "Le recruteur renonce par courrier du 17 septembre."
    life.do("close", life.head, ground=CloseGround.RENOUNCED, reason=reason)


def withdrawn_early(life: Life) -> Script:
    """Withdrawn before the committee."""
    yield from road.filed(life, date(2024, 6, 3))
    told = date(2024, 6, 19)
    yield life.at(told, "21:15")
    dates = {"fact_on": told, "known_on": told, "effective_on": told}
    life.do("report_withdrawal", life.candidate, **dates, end_reason=OTHER)
    yield life.at(date(2024, 6, 20), "09:10")
    cause = life.last_request(RequestKind.WITHDRAWAL)
    four = FourDates(told, told, told, date(2024, 6, 20))
    life.do("withdraw", life.instructor, dates=four, end_reason=OTHER, request=cause)


def completed_late(life: Life) -> Script:
    """Filed without the opinion of a head of department; asked for, given, complete; then not retained."""
    yield from road.filed(life, date(2024, 6, 13), "22:47", lacking=("avis_chef_pole",))
    missing = [r for r in road.wanted(life, PieceEvent.FILING) if r.piece == "avis_chef_pole"]
    yield life.at(date(2024, 6, 17), "10:00")
    life.do("request_pieces", life.instructor, keys=tuple(r.key for r in missing))
    yield life.at(date(2024, 6, 28), "12:12")
    for required in missing:
        life.do("receive_piece", life.depositor, keys=(required.key,), file=life.paper(required.label, life.depositor))
    yield from road.completed(life, date(2024, 7, 1))
    yield from road.heard(life, date(2024, 7, 3), date(2024, 7, 11), "juillet-2024", favourable=False)
    yield life.at(date(2024, 7, 16), "11:30")
    life.do("reject", life.head, reason="Projet professionnel trop peu précis sur l’après post-internat (NA-10).")


def out_of_territory(life: Life) -> Script:
    """No establishment of a priority group: inadmissible, by a printed rule."""
    yield from road.filed(life, date(2024, 6, 5))
    yield life.at(date(2024, 6, 21), "15:30")
    reason = "Aucun des deux établissements n’appartient à un GHT prioritaire."
    life.do("declare_inadmissible", life.head, rule="NA-11", reason=reason)


def lapsed(life: Life) -> Script:
    """Nobody answered the notification: contradictory notice, then the award lapses."""
    yield from awarded(life)
    yield life.at(date(2024, 9, 3), "10:00")
    reason = "Aucune réponse depuis la notification du 22 juillet."
    life.do("give_notice", life.head, ground=LapseGround.SILENCE, reason=reason)
    yield life.at(date(2024, 10, 14), "09:45")
    life.do("lapse", life.head, reason="Ni le candidat ni le recruteur n’ont répondu dans le délai.")


def reserved(life: Life) -> Script:
    """On a reserve list that is no longer valid."""
    yield from examined(life)
    yield life.at(date(2024, 7, 16), "15:30")
    life.do("put_on_reserve", life.head)


def too_late(life: Life) -> Script:
    """A filing tried eight minutes after the closing: refused, and the attempt is kept."""
    yield from road.drafted(life, date(2024, 6, 10), "22:05")
    yield life.at(date(2024, 6, 15), "00:08")
    life.refused("submit", life.depositor, "call_closed")


#: The turns, then what was not retained.
STORIES = (
    story(announced, post("dermatologie", "mirabelle", "tilleuls", 10, 10), "un départ annoncé, un remplaçant proposé"),
    story(relayed, post("medecine_cardiovasculaire", "charmes", "platane", 11, 11), "un relais après un mois vacant"),
    story(leaving, post("geriatrie", "noisette", "tilleuls", 12, 12), "une fin anticipée déclarée, à constater"),
    story(deferred, post("oncologie", "buis", "tilleuls", 13, 13, MAY), "un report accordé, une preuve attendue"),
    story(awaited, post("pediatrie", "salicorne", "platane", 14, 14, MAY)),
    story(
        vacated,
        post("medecine_interne", "noyer", "tilleuls", 15, 15),
        "un poste vacant, trois jours pour proposer quelqu’un",
    ),
    story(renounced, post("radiologie", "chataigne", "tilleuls", 16, 16)),
    story(lapsed, post("urologie", "mirabelle", "platane", 17, 17)),
    story(reserved, post("ophtalmologie", "buis", "tilleuls", 18, 25)),
    story(withdrawn_early, post("anesthesie_reanimation", "charmes", "tilleuls", 19, 30)),
    story(completed_late, post("orl", "salicorne", "platane", 20, 31)),
    story(out_of_territory, replace(post("geriatrie", "figuier", "tilleuls", 21, 32))),
    story(too_late, post("neurologie", "noisette", "tilleuls", 22, 33)),
)
