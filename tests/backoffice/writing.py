"""Mails written for the dossier of a life, and every mail the machine can write, for the tests that read them all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from backoffice.services.addresses import Recipient
from backoffice.services.mail_calls import compose_call_mail
from backoffice.services.mail_digest import DigestItem, compose_digest
from backoffice.services.mail_texts import compose
from backoffice.services.mails import Mail
from tests.builders import Hat
from tests.lives import Life, life_of
from tests.nominal import REASON
from tests.profiles import PROFILES
from workflows.acts.vacancy import DepartureLeadsTo
from workflows.effects import Addressee, EffectKind
from workflows.parts.contests import ContestState
from workflows.parts.pieces import Defect, PieceState
from workflows.states import State

CAPUCINE = Recipient("Capucine Bleuet", "capucine@bleuet.example")
PUBLIC_URL = "https://temps-partage.example"
DAY = timedelta(days=1)
MAIL_FROM = "ne-pas-repondre@temps-partage.example"


def written(
    life: Life,
    name: str,
    recipients: tuple[Recipient, ...] = (CAPUCINE,),
    mail_from: str = MAIL_FROM,
    to: Addressee | None = None,
    **details: str,
) -> Mail:
    """A mail about a dossier as it stands, written now."""
    return compose(
        name=name,
        view=life.dossier,
        call=life.call,
        recipients=recipients,
        details=details,
        at=life.now,
        outbox=UUID("3f0c2f0e-6f0b-4d8e-9a39-0c8f3f1b7a11"),
        mail_from=mail_from,
        public_url=PUBLIC_URL,
        today=life.today,
        to=(to,) if to else (),
    )


def flat(text: str) -> str:
    """A text as words on one line, every space plain: what one reads, whatever the line ends."""
    return " ".join(text.split())


@dataclass(frozen=True)
class Sample:
    """A mail of some life, for the tests that hold of every mail."""

    title: str
    name: str
    mail: Mail


def _caused(life: Life, title: str) -> Iterator[Sample]:
    """The mails the last decision of a life asks for."""
    for effect in life.journal[-1].effects:
        if effect.kind is EffectKind.MAIL:
            mail = written(life, effect.name, (CAPUCINE,), MAIL_FROM, effect.to, **effect.details)
            yield Sample(title, effect.name, mail)


class _Scribe:
    """A life whose acts leave their mails behind."""

    def __init__(self, title: str, life: Life) -> None:
        self.title, self.life, self.samples = title, life, list[Sample]()

    def does(self, act: str, hat: Hat, **given: Any) -> _Scribe:
        self.life.do(act, hat, **given)
        self.samples += _caused(self.life, f"{self.title}, {act}")
        return self

    def after(self, days: int) -> _Scribe:
        self.life.later(days)
        return self

    def reminds(self, name: str, day: date, *, to: Addressee | None = None, **details: str) -> _Scribe:
        self.life.on(day)
        self.samples.append(Sample(self.title, name, written(self.life, name, (CAPUCINE,), MAIL_FROM, to, **details)))
        return self


def chef_de_pole(life: Life) -> str:
    """The key of the opinion of the chef de pôle of the second establishment of NA."""
    return f"filing/avis_chef_pole/{life.profile.partner.id}"


def _na(title: str, state: State, days: int = 0) -> _Scribe:
    return _Scribe(title, life_of("na-2024").to(state).later(days))


def _filings() -> Iterator[_Scribe]:
    for call in PROFILES:
        for completed in (True, False):
            scribe = _Scribe(f"{call}, filed", life_of(call, completed=completed).to(State.SUBMITTED))
            scribe.samples += _caused(scribe.life, scribe.title)
            yield scribe


def _pieces() -> Iterator[_Scribe]:
    drafts = _Scribe("draft", life_of("na-2024"))
    for day in (date(2024, 5, 30), date(2024, 6, 13), date(2024, 6, 14)):
        drafts.reminds("draft_reminder", day)
    yield drafts
    yield _Scribe("joint draft", life_of("ara-2017")).reminds("draft_reminder", date(2017, 4, 22))

    asked = _Scribe("pieces", life_of("na-2024").to(State.SUBMITTED).on(date(2024, 6, 17)))
    key = chef_de_pole(asked.life)
    refused = {"key": key, "verdict": PieceState.REFUSED, "defect": Defect.WRONG_SIGNATORY}
    asked.does("judge_piece", Hat.INSTRUCTOR, **refused).does("request_pieces", Hat.INSTRUCTOR, keys=(key,))
    asked.reminds("pieces_reminder", date(2024, 6, 27)).reminds("pieces_last_day", date(2024, 7, 2))
    asked.does("receive_piece", Hat.CANDIDATE, keys=(key,))
    asked.life.accept_pieces()
    yield asked.does("declare_complete", Hat.INSTRUCTOR)

    start = _Scribe("pieces of the start", life_of("guyane-2020").to(State.NOTIFIED))
    yield start.does("request_pieces", Hat.INSTRUCTOR)


def _requests() -> Iterator[_Scribe]:
    for act in ("report_withdrawal", "ask_deferral"):
        asked = _na("before the start", State.NOTIFIED, 5).does(act, Hat.RECRUITER)
        yield asked.does("cancel_request", Hat.RECRUITER)
    yield _na("candidate", State.COMMITTEE, 1).does("report_withdrawal", Hat.CANDIDATE)
    refused = _na("in post", State.IN_POST, 60).does("declare_early_end", Hat.RECRUITER)
    yield refused.does("refuse_request", Hat.HEAD)
    proposed = _Scribe("replacement", life_of("cvl-ville-hopital").to(State.WITHDRAWN))
    yield proposed.does("propose_replacement", Hat.RECRUITER, letter=False, repercussions=None)


def _vacancies() -> Iterator[_Scribe]:
    yield _na("reserve", State.RESERVE, 20).does("offer_place", Hat.HEAD)
    for call in PROFILES:
        life = life_of(call).to(State.NOTIFIED).later(6)
        yield _Scribe(f"{call}, withdrawal", life).does("withdraw", Hat.INSTRUCTOR)
    left = _na("departure", State.IN_POST, 60).does("announce_departure", Hat.INSTRUCTOR)
    yield left.after(60).does("withdraw", Hat.CLOCK).after(61).does("close", Hat.HEAD)
    yield _na("end announced", State.IN_POST, 60).does(
        "announce_departure", Hat.INSTRUCTOR, leads_to=DepartureLeadsTo.RECORD_END
    )
    yield _na("early announcement", State.NOTIFIED, 5).does("announce_departure", Hat.INSTRUCTOR)
    yield _na("never started", State.WITHDRAWN).does("close", Hat.HEAD)


def _money() -> Iterator[_Scribe]:
    repaying = _na("repayment", State.ENDED).does("open_clawback", Hat.CLOCK)
    repaying.does("start_contradictory", Hat.INSTRUCTOR).after(5).does("record_remarks", Hat.RECRUITER)
    yield repaying
    for outcome, remedy in ((ContestState.UPHELD, "record_payment"), (ContestState.DISMISSED, None)):
        contested = _na(f"contest {outcome}", State.IN_POST, 60).does("contest_line", Hat.RECRUITER)
        yield contested.after(5).does("answer_contest", Hat.INSTRUCTOR, outcome=outcome, remedy=remedy)
    righted = _na("contests put right", State.IN_POST, 60)
    for line in ("M2025-03-1", "M2025-04-1"):
        righted.does("contest_line", Hat.RECRUITER, line=line)
        righted.does("answer_contest", Hat.INSTRUCTOR, outcome=ContestState.UPHELD, remedy="change_contract_share")
    yield righted.after(5).does("change_contract_share", Hat.HEAD, lifts={"part_time_unscaled": REASON})
    notice = _na("notice", State.NOTIFIED, 60).does("give_notice", Hat.HEAD)
    yield notice.after(3).does("answer_notice", Hat.RECRUITER)


def _reminders() -> Iterator[_Scribe]:
    start = _na("start watch", State.NOTIFIED)
    start.life.prove("L8")
    award = start.life.dossier.award
    assert award is not None
    assert award.expected_start is not None
    assert award.reply_by is not None
    yield start.reminds("award_reply", award.reply_by)
    for to in (None, Addressee.PARTNERS):
        start.reminds("start_watch", award.expected_start + DAY, to=to)
    for call in ("na-2024", "cvl-ville-hopital"):
        vacant = _Scribe(f"{call}, vacant", life_of(call).to(State.WITHDRAWN).later(20))
        for to in (None, Addressee.PARTNERS):
            vacant.reminds("replacement_reminder", vacant.life.today, to=to)
        yield vacant
    yield unpaid().reminds("title_unpaid", unpaid().life.today)
    what = "Alerte : le silence vaudra rejet le 10 août 2024."
    yield _na("alert", State.SUBMITTED, 50).reminds("alert", date(2024, 7, 26), what=what, kind="silence_alert")


def unpaid() -> _Scribe:
    """A title that the recruiter has paid nothing of."""
    title = _na("title", State.ENDED).does("open_clawback", Hat.CLOCK).does("start_contradictory", Hat.INSTRUCTOR)
    title.after(5).does("record_remarks", Hat.RECRUITER).after(31).does("decide_repayment", Hat.HEAD)
    title.life.prove("L15")
    return title.after(1).does("request_title", Hat.INSTRUCTOR).after(10).does("record_title", Hat.INSTRUCTOR).after(30)


def item_of(life: Life, kind: str, on: date, what: str = "", **details: str) -> DigestItem:
    """A notice about the dossier of a life."""
    return DigestItem(life.dossier, life.call, kind, on, details, what, ())


def gathered(items: tuple[DigestItem, ...], to: Addressee | tuple[Addressee, ...], today: date) -> Mail:
    """One mail for several notices. `to`: what its reader is to each dossier."""
    roles = (to,) if isinstance(to, Addressee) else to
    return compose_digest(
        tuple(replace(item, to=roles) for item in items),
        recipients=(CAPUCINE,),
        outbox=UUID("3f0c2f0e-6f0b-4d8e-9a39-0c8f3f1b7a11"),
        mail_from=MAIL_FROM,
        public_url=PUBLIC_URL,
        today=today,
        at=datetime.combine(today, time(6), tzinfo=UTC),
    )


def numbered(life: Life, number: str) -> Life:
    """The same life under another number."""
    life.changed(number=number)
    return life


def several() -> tuple[DigestItem, ...]:
    """Reminders of three dossiers of a recruiter: pieces of a start, a post that waits for its doctor, a vacancy."""
    found = []
    asked = _Scribe("", numbered(life_of("na-2024").to(State.NOTIFIED).later(60), "NA-2024-011"))
    asked.does("request_pieces", Hat.INSTRUCTOR)
    (request,) = asked.life.dossier.piece_requests[-1:]
    found.append(item_of(asked.life, "pieces_last_day", request.due_on))
    waiting = numbered(life_of("na-2024").to(State.NOTIFIED), "NA-2024-012")
    found.append(item_of(waiting, "start_watch", date(2024, 11, 2)))
    vacant = numbered(life_of("na-2024").to(State.WITHDRAWN), "NA-2024-013")
    found.append(item_of(vacant, "replacement_reminder", vacant.today))
    return tuple(found)


def _gathered() -> Iterator[Sample]:
    items = several()
    yield Sample("several", "digest", gathered(items, Addressee.RECRUITER, items[2].due_on))
    same = tuple(
        item_of(numbered(life_of("na-2024"), f"NA-2024-02{n}"), "draft_reminder", date(2024, 6, 7)) for n in range(3)
    )
    yield Sample("the same thing of several", "digest", gathered(same, Addressee.DEPOSITORS, date(2024, 6, 7)))
    told = "Alerte : le silence vaudra rejet le 10 août 2024."
    alerts = tuple(replace(item, kind="silence_alert", what=told, due_on=date(2024, 7, 26)) for item in same)
    yield Sample("alerts", "digest", gathered(alerts, Addressee.SERVICE, date(2024, 7, 26)))


def told_of_call(name: str, call_id: str = "na-2024", today: date = date(2024, 6, 25), **values: Any) -> Mail:
    """A mail about a call."""
    call = life_of(call_id).call
    if name.startswith("session"):
        values.setdefault("session", call.parameters.sessions[0])
    return compose_call_mail(
        name,
        call,
        recipients=(CAPUCINE,),
        outbox=UUID("3f0c2f0e-6f0b-4d8e-9a39-0c8f3f1b7a11"),
        mail_from=MAIL_FROM,
        public_url=PUBLIC_URL,
        today=today,
        at=datetime.combine(today, time(6), tzinfo=UTC),
        **values,
    )


def _of_calls() -> Iterator[Sample]:
    agenda = (("NA-2024-007", "geriatrie"), ("NA-2024-009", None))
    yield Sample("agenda", "session_convened", told_of_call("session_convened", agenda=agenda))
    yield Sample("late", "session_convened", told_of_call("session_convened", today=date(2024, 6, 30)))
    yield Sample("late", "session_late", told_of_call("session_late", members=("Basile Indigo", "Cyane Lilas")))
    yield Sample("agenda", "session_prepared", told_of_call("session_prepared", agenda=agenda))
    yield Sample("opened", "call_opened", told_of_call("call_opened", today=date(2024, 4, 2)))
    yield Sample("closed", "call_closed", told_of_call("call_closed", counts=(41, 1)))


@cache
def samples() -> tuple[Sample, ...]:
    """Every mail of some lives: each template in each of the situations it tells apart."""
    scribes = [*_filings(), *_pieces(), *_requests(), *_vacancies(), *_money(), *_reminders()]
    found = tuple(sample for scribe in scribes for sample in scribe.samples)
    return (*found, *_gathered(), *_of_calls())
