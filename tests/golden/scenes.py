"""The dossiers the matrices are about: one per state with its table set, then a few situations worth seeing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

from tests.builders import Hat, quota_uses
from tests.lives import Life, life_of
from workflows.account.worth import funded
from workflows.acts.vacancy import DepartureLeadsTo
from workflows.states import State


def _draft(life: Life) -> None:
    life.on(life.profile.filed)
    for kind in life.profile.depositors:
        life.do("confirm_deposit", Hat(kind.value))


def _submitted(life: Life) -> None:
    life.to(State.SUBMITTED).on(life.profile.complete).accept_pieces()


def _complete(life: Life) -> None:
    life.to(State.COMPLETE).on(life.profile.put)


def _committee(life: Life) -> None:
    life.to(State.COMMITTEE).on(life.profile.judged).do("record_opinion", Hat.INSTRUCTOR)
    life.on(life.profile.decided)


def _reserve(life: Life) -> None:
    life.to(State.RESERVE).later(5).do("offer_place", Hat.HEAD).later(2)


def _selected(life: Life) -> None:
    life.to(State.SELECTED).on(life.profile.notified).do("ask_deferral", Hat.RECRUITER)
    if life.profile.named_later:
        life.do("name_candidate", Hat.RECRUITER)


def _notified(life: Life) -> None:
    life.to(State.NOTIFIED).later(10).do("ask_deferral", Hat.RECRUITER)
    life.on(life.profile.start, "16:00").deliver(Hat.RECRUITER)


def _in_post(life: Life) -> None:
    life.to(State.IN_POST).later(10)


def _withdrawn(life: Life) -> None:
    life.to(State.WITHDRAWN).later(5).propose_replacement().later(2)


def _rejected(life: Life) -> None:
    life.to(State.REJECTED).later(20)


def _ended(life: Life) -> None:
    life.to(State.ENDED).later(1)


def _clawback(life: Life) -> None:
    life.to(State.CLAWBACK).later(5)


def _small_quota(life: Life) -> None:
    """Selected and notified before the quota was known, which then came out too small."""
    life.to(State.COMMITTEE).on(life.profile.judged).do("record_opinion", Hat.INSTRUCTOR)
    life.quotas = tuple(replace(q, places=None) for q in quota_uses(life.call, life.dossier, 3))
    life.on(life.profile.decided).do("select", Hat.HEAD).to(State.NOTIFIED).later(5)
    life.quotas = tuple(replace(q, places=3, taken=4) for q in life.quotas)


def _conditional(life: Life) -> None:
    """Awarded under a condition whose evidence is awaited, on the day of the start."""
    life.to(State.COMMITTEE).on(life.profile.judged).do("record_opinion", Hat.INSTRUCTOR)
    life.on(life.profile.decided)
    life.do("select", Hat.HEAD, condition="these-0001", condition_by=life.profile.start)
    life.to(State.NOTIFIED).on(life.profile.start, "16:00").deliver(Hat.RECRUITER)


def _notice_over(life: Life) -> None:
    life.to(State.NOTIFIED).later(20).do("give_notice", Hat.HEAD)
    life.later(2).prove("contradictory_notice").later(43)


def _not_received(life: Life) -> None:
    """Two contradictory letters that nobody is proven to have: no period has started."""
    life.to(State.NOTIFIED).later(20).do("give_notice", Hat.HEAD).later(45)


def _repayment_not_received(life: Life) -> None:
    life.to(State.CLAWBACK).later(5).do("start_contradictory", Hat.INSTRUCTOR).later(45)


def _leaving(life: Life) -> None:
    """A departure is announced and its replacement proposed."""
    life.to(State.IN_POST).later(150).do("announce_departure", Hat.INSTRUCTOR)
    life.later(10).propose_replacement().later(1)


def _left_today(life: Life) -> None:
    """The day on which an announced end takes effect."""
    life.to(State.IN_POST).later(150).do("announce_departure", Hat.INSTRUCTOR, leads_to=DepartureLeadsTo.RECORD_END)
    departure = life.dossier.departure
    if departure is None:
        raise LookupError("no departure")
    life.on(departure.dates.effective_on)


def _vacant(life: Life) -> None:
    """The doctor left after the start; nobody is proposed and the period is over."""
    life.to(State.IN_POST).later(150).do("withdraw", Hat.INSTRUCTOR)
    life.on(life.today + timedelta(days=61))


def _decided(life: Life) -> None:
    life.to(State.CLAWBACK).later(5).do("start_contradictory", Hat.INSTRUCTOR)
    life.later(10).do("record_remarks", Hat.RECRUITER).later(5).do("decide_repayment", Hat.HEAD).later(1)


def _abandoning(life: Life) -> None:
    """An abandonment is prepared for somebody else to grant."""
    life.to(State.CLAWBACK).later(5).do("prepare_relief", Hat.INSTRUCTOR)


def _titled(life: Life) -> None:
    _decided(life)
    life.do("request_title", Hat.INSTRUCTOR).later(8).do("record_title", Hat.INSTRUCTOR).later(30)


def _overpaid(life: Life) -> None:
    """500,00 paid elsewhere above all that the post is worth."""
    life.to(State.IN_POST).later(5)
    total = funded(life.dossier, life.call).total + 500
    life.do("record_opening", Hat.HEAD, notified=total, paid=total).do("open_overpayment", Hat.INSTRUCTOR).later(1)


def _half_paid(life: Life) -> None:
    """A tranche of which half is paid; where nobody knows the amount, it was notified elsewhere."""
    life.to(State.IN_POST).later(3)
    if life.dossier.money_notice is None:
        life.do("record_opening", Hat.HEAD).later(1)
        return
    life.do("record_tranche", Hat.INSTRUCTOR).later(2)
    life.do("record_payment", Hat.INSTRUCTOR, amount=life.dossier.tranches[0].amount / 2).later(1)


def _contested(life: Life) -> None:
    """A line of the account is contested; where nobody knows the amount, one notified elsewhere."""
    _half_paid(life)
    life.do("contest_line", Hat.RECRUITER).later(1)


def _before_session(life: Life) -> None:
    life.to(State.COMMITTEE).later(1)


def _paid(life: Life) -> None:
    _titled(life)
    life.do("prepare_relief", Hat.INSTRUCTOR).do("remit_repayment", Hat.HEAD).later(3)
    life.do("file_claim", Hat.RECRUITER).do("record_repaid", Hat.INSTRUCTOR).later(1)


_SCENES: dict[str, Callable[[Life], None]] = {
    "draft": _draft,
    "submitted": _submitted,
    "complete": _complete,
    "committee": _committee,
    "reserve": _reserve,
    "selected": _selected,
    "notified": _notified,
    "in_post": _in_post,
    "withdrawn": _withdrawn,
    "rejected": _rejected,
    "ended": _ended,
    "clawback": _clawback,
    "committee: avant la séance": _before_session,
    "notified: contingent connu trop tard, trop petit": _small_quota,
    "notified: attribution sous condition, jour de la prise de fonctions": _conditional,
    "notified: courrier contradictoire resté sans réponse": _notice_over,
    "notified: courrier contradictoire dont rien ne prouve la réception": _not_received,
    "in_post: départ annoncé, remplacement proposé": _leaving,
    "in_post: jour d’une fin annoncée": _left_today,
    "in_post: tranche à moitié versée": _half_paid,
    "in_post: trop-perçu proposé": _overpaid,
    "in_post: ligne du compte contestée": _contested,
    "withdrawn: après la prise de fonctions, délai passé": _vacant,
    "clawback: constat dont rien ne prouve la réception": _repayment_not_received,
    "clawback: abandon préparé": _abandoning,
    "clawback: reversement décidé": _decided,
    "clawback: titre émis": _titled,
    "clawback: remise puis paiement du reste": _paid,
}


def scenes(call_id: str) -> Iterator[tuple[str, Life]]:
    """Every scene of a call, by its title; the first twelve are one per state."""
    for title, play in _SCENES.items():
        life = life_of(call_id)
        play(life)
        yield title, life
