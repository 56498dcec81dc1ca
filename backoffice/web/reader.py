"""What a page knows of a dossier: read once, scoped to the visitor, decided by nobody here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from flask import abort
from sqlalchemy.orm import Session

from backoffice.services.accounts import Visitor
from backoffice.services.callbook import ruling
from backoffice.services.facts import view_of
from backoffice.services.records import WAIT_BEFORE_SENDING
from backoffice.services.surroundings import page_surroundings
from backoffice.store import reading
from backoffice.store.dossiers import DossierRow, JournalEntry
from backoffice.store.people import Person
from backoffice.store.scope import Scope
from backoffice.web import security
from backoffice.web.readable import Readable
from backoffice.web.words import agents_in, resolved, with_agents
from workflows.actors import Role
from workflows.acts.base import LEVELS
from workflows.calls.model import Call
from workflows.deadlines import local_day
from workflows.decide import Possibility, explain
from workflows.dossier import Dossier
from workflows.french import unbroken
from workflows.guards.contests import answerable
from workflows.parts.pieces import PieceState
from workflows.states import State


def scope_of(visitor: Visitor) -> Scope:
    """What a visitor may see."""
    if visitor.is_agent:
        return Scope(region=visitor.region)
    if visitor.role is Role.MEMBER:
        return Scope(member=visitor.account)
    return Scope(establishment=visitor.establishment, person=visitor.person)


#: Codes of findings that name dossiers other than the one shown.
_OF_OTHERS = frozenset({"same_doctor", "better_ranked_passed_over", "better_ranked_not_offered", "offer_not_received"})


@dataclass
class Page:
    """A dossier as a page shows it. `texts` are the personal texts its facts refer to, by id.

    `present` is its doctor as they are known, when they were read with the dossier.
    """

    session: Session
    visitor: Visitor
    row: DossierRow
    call: Call
    now: datetime
    present: Person | None = None
    marks: reading.Marks = field(default_factory=reading.Marks)

    @cached_property
    def facts(self) -> Dossier:
        """The dossier as it stands, without what lies around it."""
        return view_of(self.row)

    @cached_property
    def past(self) -> reading.Past:
        """The journal of the dossier."""
        return reading.history(self.session, self.row.id, security.clocks().machine() - WAIT_BEFORE_SENDING)

    @cached_property
    def view(self) -> Dossier:
        """The dossier, with what lies around it."""
        left = self.past.left if "past" in self.__dict__ else None
        machine = security.clocks().machine()
        return page_surroundings(
            self.session, self.row, self.facts, self.call, legal=self.now, machine=machine, left=left
        )

    @property
    def today(self) -> date:
        """The day in the authority’s zone."""
        return local_day(self.now, self.call.authority.zone)

    @cached_property
    def correspondence(self) -> reading.Correspondence:
        """What leaves, or must leave, the house for the dossier."""
        return reading.correspondence(self.session, self.row.id)

    @cached_property
    def texts(self) -> dict[str, str]:
        """Personal texts by id."""
        return reading.texts(self.session, self.row.id)

    def said(self, text: str) -> str:
        """A text with the personal texts and the people it refers to."""
        if "agent:" in text:
            text = with_agents(text, reading.authors(self.session, agents_in(text)))
        return unbroken(resolved(text, self.texts) if "txt:" in text else text)

    @cached_property
    def sees_money(self) -> bool:
        """True for agents and for the recruiter: amounts are nobody else’s business (A39)."""
        recruiter = self.facts.recruiter
        return self.visitor.is_agent or (recruiter is not None and recruiter.id == self.visitor.establishment)

    @cached_property
    def _doctors(self) -> dict[str, Person]:
        view = self.facts
        ids = {view.candidate.id} if view.candidate else set()
        ids |= {*view.former, *(t.candidate for t in view.tenures if t.candidate)}
        ids |= {r.candidate.id for r in view.requests if r.candidate}
        known = {str(self.present.id): self.present} if self.present else {}
        others = ids - known.keys()
        return known | (reading.people(self.session, others) if others else {})

    @property
    def people(self) -> dict[str, str]:
        """Names of the doctors of the dossier, by id."""
        return {i: p.name for i, p in self._doctors.items()}

    @property
    def doctor(self) -> Person | None:
        """The doctor of the dossier as they are known."""
        named = self.facts.candidate
        return self._doctors.get(named.id) if named else None

    def name_of(self, person: str | None) -> str:
        """Name of a doctor."""
        return self.people.get(person or "", "non nommé") if person else "non nommé"

    @cached_property
    def late_attempts(self) -> list[tuple[datetime, str]]:
        """The filings that came too late, for those who may read the draft: when, and by whom."""
        found = reading.late_attempts(self.session, self.row.id)
        names = reading.authors(self.session, {attempt.author for attempt in found})
        return [(attempt.at, names.get(attempt.author, "auteur non connu")) for attempt in found]

    @cached_property
    def readable(self) -> Readable:
        """What of the dossier is for this visitor."""
        return Readable(self.facts, self.call, self.visitor.actor)

    def may_read(self, entry: JournalEntry) -> bool:
        """True when the reasons of an entry are for the visitor: an agent’s, or their own (A39)."""
        return self.visitor.is_agent or entry.author == self.visitor.actor.id

    def tells(self, code: str) -> bool:
        """True for a finding the visitor may read: what speaks of other dossiers is for agents."""
        return self.visitor.is_agent or code not in _OF_OTHERS

    @cached_property
    def possibilities(self) -> tuple[Possibility, ...]:
        """Every act, with what it would answer to this visitor now."""
        return explain(self.view, by=self.visitor.actor, call=self.call, now=self.now)


def page_of(session: Session, visitor: Visitor, number: str, now: datetime) -> Page:
    """The page of a dossier; 404 when it is not one the visitor may see."""
    found = reading.one(session, scope_of(visitor), number)
    if found is None:
        abort(404)
    row, newest, doctor, marks = found
    return Page(session, visitor, row, ruling(session, row, newest), now, doctor, marks)


def shown(page: Page) -> tuple[list[Possibility], list[Possibility]]:
    """The acts a page offers: the possible ones, then the impossible ones with their reasons."""
    visitor, idle = page.visitor, _without_object(page.view)
    told = [p for p in page.possibilities if p.act.name not in idle]
    here = [p for p in told if "wrong_state" not in {f.code for f in p.findings}]
    mine = [p for p in here if "not_allowed" not in {f.code for f in p.findings}]
    possible = sorted((p for p in mine if p.allowed), key=_rank)
    refused = [p for p in mine if not p.allowed]
    if visitor.is_agent:
        refused += [p for p in here if p not in mine and _agents_do(p)]
    return possible, refused


_OVER = frozenset({State.REJECTED, State.ENDED, State.CLAWBACK})


def _without_object(view: Dossier) -> frozenset[str]:
    """Acts that have nothing to bear on: no request waits, no piece has come, the dossier is over."""
    idle: set[str] = set()
    if not any(r.is_open for r in view.requests):
        idle |= {"examine_request", "refuse_request", "cancel_request"}
    if not any(p.state is PieceState.RECEIVED for p in view.pieces):
        idle.add("judge_piece")
    if not any(not r.void for r in view.receipts):
        idle.add("record_proof")
    if not any(r.is_proven and not r.void for r in view.receipts):
        idle.add("withdraw_proof")
    if not answerable(view):
        idle.add("answer_contest")
    if view.state in _OVER:
        idle |= {"request_pieces", "receive_piece", "identify_candidate"}
    return frozenset(idle)


#: What moves a dossier forward, in the order of its life: the first one possible is the page’s main action.
_FORWARD = (
    "submit",
    "declare_complete",
    "put_to_committee",
    "record_opinion",
    "select",
    "answer_offer",
    "notify",
    "name_candidate",
    "accept_award",
    "record_start",
    "notify_money",
    "record_tranche",
    "record_payment",
    "replace",
    "start_contradictory",
    "record_remarks",
    "decide_repayment",
    "request_title",
    "record_title",
    "record_title_receipt",
    "answer_claim",
    "answer_contest",
    "record_repaid",
    "offset_repayment",
    "record_refund",
    "settle",
    "settle_overpayment",
)
_BACKWARD = ("revert", "rectify", "withdraw", "reject", "declare_inadmissible", "close", "lapse")


def _rank(possibility: Possibility) -> int:
    name = possibility.act.name
    if name in _FORWARD:
        return _FORWARD.index(name)
    return len(_FORWARD) + (1 if name in _BACKWARD else 0)


def _agents_do(possibility: Possibility) -> bool:
    return any(who in LEVELS for who in possibility.act.who)
