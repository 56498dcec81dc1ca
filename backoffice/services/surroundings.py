"""What lies around a dossier when a decision is taken, read in the same transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from backoffice.services.facts import before_last, view_in
from backoffice.services.letters.asked import letters_held, letters_waiting
from backoffice.services.places import taken_in
from backoffice.services.projection import euros
from backoffice.services.records import WAIT_BEFORE_SENDING
from backoffice.store.base import canonical
from backoffice.store.budgets import committed_by_others
from backoffice.store.calls import PlaceRow, QuotaRow
from backoffice.store.dossiers import DossierRow, JournalEntry
from backoffice.store.mails import letter_left
from backoffice.store.outbox import OutboxRow, mail_left
from backoffice.store.people import Account, Person
from backoffice.store.search import normalised
from workflows.acts import ACTS
from workflows.acts.base import ActInputs
from workflows.calls.model import Call
from workflows.deadlines import local_day
from workflows.dossier import Dossier, Surroundings
from workflows.guards.budget import ENVELOPES
from workflows.guards.places import place_left, takes_place
from workflows.parts.places import QuotaUse, is_earmarked, kept_for_others, quotas_of
from workflows.ranking import WAITING, better_ranked, standing_offers
from workflows.states import State
from workflows.table import CORRECTIONS

#: Acts that may take a place, or offer it: where they do, they look at the quotas, which they lock first, and at the
#: places that stand offered.
_TAKING = frozenset(name for name, act in ACTS.items() if place_left in act.guards)
#: Acts that look at the quotas where the dossier has its place.
_SORTING = frozenset({"confirm_place", "back_to_reserve", "recount_place"})
#: Acts that confirm a held place again; once the post has started its place is settled.
_AGAIN = frozenset({"replace", "agree_replacement"})
_SIGNING = frozenset({"notify"})
_GROUPED = frozenset({"select"})
#: Acts that look at the envelopes of the call.
_COMMITTING = frozenset(name for name, act in ACTS.items() if not ENVELOPES.isdisjoint(act.guards))
_FILING = frozenset({"submit", "register_received"})
_ASKING = frozenset({"ask_letter", "use_other_vehicle", "record_title", "record_succession"})
_TITLING = frozenset({"record_title"})
_PROVING = frozenset({"record_proof"})
#: States of a dossier that asks for nothing: not filed yet, refused, or over.
_OUT_OF_THE_RACE = tuple(s.value for s in (State.DRAFT, State.REJECTED, State.ENDED, State.CLAWBACK))


def around(
    session: Session,
    row: DossierRow,
    view: Dossier,
    call: Call,
    act: str,
    *,
    legal: datetime,
    machine: datetime,
    inputs: ActInputs | None = None,
    lock: bool,
) -> Dossier:
    """The view with what the act needs to see around it. `lock`: rows that decide on places are locked."""
    today = local_day(legal, call.authority.zone)
    before = before_last(session, row.id, view.last.entry) if act in CORRECTIONS and view.last is not None else None
    takes = act in _TAKING and takes_place(act, replace(view, around=Surroundings(before_last=before)))
    sorts = act in _SORTING or (act in _AGAIN and not view.tenures)
    quotas = _quota_uses(session, view, call, lock=lock) if takes or sorts else ()
    rivals = _rivals(session, row, reserve=True) if takes else ()  # read once the quotas are locked
    found = Surroundings(
        quotas=quotas,
        better_ranked=better_ranked(view, rivals, today),
        offers=standing_offers(rivals, call.parameters.quotas, today),
        same_doctor=_same_doctor(session, row) if act in _FILING | _SIGNING else (),
        project_states=_project_states(session, row) if act in _GROUPED else (),
        committed=_committed(session, row, call, lock=lock) if act in _COMMITTING else (),
        signatories=_signatories(session, row) if act in _SIGNING else None,
    )
    if act in CORRECTIONS and view.last is not None:
        found = replace(
            found,
            last_act_left_house=_left_house(session, row.id, view.last.entry, machine, lock=lock),
            before_last=before,
        )
    if act in _ASKING:
        found = replace(found, letters_waiting=letters_waiting(session, row.id))
    if act in _TITLING:
        found = replace(found, titled=titled(session, row, getattr(inputs, "title", "")))
    if act in _PROVING:
        found = replace(found, letters_held=letters_held(session, row.id))
    return replace(view, around=found)


def _quota_uses(session: Session, view: Dossier, call: Call, *, lock: bool) -> tuple[QuotaUse, ...]:
    wanted = quotas_of(call.parameters.quotas, category=view.category, specialty=view.specialty, sites=view.sites)
    ids = sorted(quota.id for quota in wanted)
    if not ids:
        return ()
    rows = select(QuotaRow).where(QuotaRow.call == call.id, QuotaRow.id.in_(ids)).order_by(QuotaRow.id)
    quotas = session.scalars(rows.with_for_update() if lock else rows).all()
    taken = taken_in(session, call.id, {*ids, *_earmarked(call)})
    counts = {quota: found.total() for quota, found in taken.items()}
    kept = kept_for_others(call.parameters.quotas, ids, counts)
    return tuple(QuotaUse(q.id, q.label, q.places, counts[q.id], q.rule, kept[q.id]) for q in quotas)


def _earmarked(call: Call) -> list[str]:
    """The quotas whose places are kept for some: whoever takes one of theirs holds the lock of those around it."""
    return [quota.id for quota in call.parameters.quotas if is_earmarked(quota)]


def _committed(session: Session, row: DossierRow, call: Call, *, lock: bool) -> tuple[tuple[int, Decimal], ...]:
    """Euros that the other posts commit, by year; nothing where the call has no envelope."""
    budget = call.parameters.budget
    if not budget.envelopes:
        return ()
    binds = budget.binds is not None and budget.binds.value is True
    found = committed_by_others(session, row.call, row.id, lock=lock and binds)
    return tuple((year, euros(cents)) for year, cents in sorted(found.items()))


def _rivals(session: Session, row: DossierRow, *, reserve: bool) -> tuple[Dossier, ...]:
    """The others that may wait before this one, and with `reserve` all of the reserve list. One statement at most."""
    ranks = ((DossierRow.rank, row.rank), (DossierRow.reserve_rank, row.reserve_rank))
    before = [column < rank for column, rank in ranks if rank is not None]
    wanted = [DossierRow.state == State.RESERVE.value] if reserve else []
    if row.session is not None and before:
        waiting = DossierRow.state.in_([state.value for state in WAITING])
        same = (DossierRow.session == row.session, DossierRow.category == row.category)
        wanted.append(and_(waiting, *same, or_(*before)))
    if not wanted:
        return ()
    others = select(DossierRow.facts).where(DossierRow.call == row.call, DossierRow.id != row.id, or_(*wanted))
    return tuple(map(view_in, session.scalars(others.order_by(DossierRow.number))))


def _same_doctor(session: Session, row: DossierRow) -> tuple[str, ...]:
    """Numbers of the other live dossiers of the same doctor: same RPPS, else same name and birth date (A34)."""
    if row.candidate is None:
        return ()
    me, other = aliased(Person), aliased(Person)
    maybe = or_(other.id == me.id, other.rpps == me.rpps, other.born_on == me.born_on)
    others = (
        select(DossierRow.number, me, other)
        .join(other, DossierRow.candidate == other.id)
        .join(me, maybe)
        .where(me.id == row.candidate, DossierRow.id != row.id, DossierRow.state.not_in(_OUT_OF_THE_RACE))
    )
    found = session.execute(others.order_by(DossierRow.number))
    return tuple(number for number, mine, theirs in found if _is_same(mine, theirs))


def _is_same(one: Person, other: Person) -> bool:
    """Two numbers tell two doctors apart; without them, the name, however it is written, and the birth date."""
    if one.id == other.id or (one.rpps and other.rpps):
        return one.id == other.id or one.rpps == other.rpps
    born = one.born_on is not None and one.born_on == other.born_on
    return born and normalised(one.name) == normalised(other.name)


def _project_states(session: Session, row: DossierRow) -> tuple[State, ...]:
    """Where the other posts of the project stand: those that the same recruiter asks for in the same call.

    People name their projects: the same name, however it is written, elsewhere is another project.
    """
    if row.project is None:
        return ()
    siblings = select(DossierRow.project, DossierRow.state).where(
        DossierRow.call == row.call,
        DossierRow.recruiter == row.recruiter,
        DossierRow.project.is_not(None),
        DossierRow.id != row.id,
    )
    mine, found = normalised(row.project), session.execute(siblings.order_by(DossierRow.number))
    return tuple(State(state) for name, state in found if normalised(name) == mine)


def _signatories(session: Session, row: DossierRow) -> tuple[str, ...]:
    signing = select(Account.id).where(Account.signs, Account.disabled_at.is_(None), Account.region == row.region)
    return tuple(str(found) for found in session.scalars(signing))


def titled(session: Session, row: DossierRow, title: str) -> tuple[str, ...]:
    """Numbers of the other dossiers of the same agency that have a repayment under that title."""
    number = title.strip()
    told = DossierRow.facts.contains(f'"title":{canonical(number)}', autoescape=True)
    others = select(DossierRow.number).where(
        DossierRow.region == row.region, DossierRow.id != row.id, DossierRow.repayment.is_not(None), told
    )
    return tuple(session.scalars(others.order_by(DossierRow.number))) if number else ()


def _left_house(session: Session, dossier: UUID, seq: int, machine: datetime, *, lock: bool) -> bool:
    """True when a mail or a letter of that entry has left, or may have. `lock`: no mail can leave meanwhile."""
    entry = select(JournalEntry.id).where(JournalEntry.dossier == dossier, JournalEntry.seq == seq).scalar_subquery()
    mails = select(mail_left().label("gone")).where(OutboxRow.entry == entry)
    if lock:
        mails = mails.with_for_update(of=OutboxRow, key_share=True)
    sent = mails.cte("mails")
    gone = or_(exists().where(sent.c.gone), letter_left(entry, machine - WAIT_BEFORE_SENDING))
    return bool(session.scalar(select(gone)))


_RANKED = frozenset({State.COMMITTEE, State.RESERVE})
_NOTIFYING = frozenset({State.NOTIFIED, State.IN_POST})
_PLACE_STATES = frozenset({State.COMMITTEE, State.RESERVE, State.SELECTED, State.NOTIFIED, State.WITHDRAWN})


def page_surroundings(
    session: Session,
    row: DossierRow,
    view: Dossier,
    call: Call,
    *,
    legal: datetime,
    machine: datetime,
    left: frozenset[int] | None = None,
) -> Dossier:
    """The view with what the list of next acts needs to see around it; nothing is locked.

    `left`: numbers of the entries something of which left the house, when the caller knows them.
    """
    places, today = view.state in _PLACE_STATES, local_day(legal, call.authority.zone)
    if left is None:
        gone = view.last is not None and _left_house(session, row.id, view.last.entry, machine, lock=False)
    else:
        gone = view.last is not None and view.last.entry in left
    rivals = _rivals(session, row, reserve=False) if view.state in _RANKED else ()
    found = Surroundings(
        quotas=_quotas_seen(session, view, call) if places else (),
        better_ranked=better_ranked(view, rivals, today),
        committed=_committed(session, row, call, lock=False) if view.state in _NOTIFYING else (),
        last_act_left_house=gone,
    )
    return replace(view, around=found)


def _quotas_seen(session: Session, view: Dossier, call: Call) -> tuple[QuotaUse, ...]:
    """The quotas of a dossier and the places taken in them, in one statement: to look, never to decide."""
    wanted = quotas_of(call.parameters.quotas, category=view.category, specialty=view.specialty, sites=view.sites)
    taken = select(func.count()).where(PlaceRow.call == QuotaRow.call, PlaceRow.quota == QuotaRow.id)
    own = [quota.id for quota in wanted]
    rows = select(QuotaRow, taken.scalar_subquery()).where(
        QuotaRow.call == call.id, QuotaRow.id.in_([*own, *_earmarked(call)])
    )
    found = [(quota, count) for quota, count in session.execute(rows.order_by(QuotaRow.id))]
    kept = kept_for_others(call.parameters.quotas, own, {quota.id: count for quota, count in found})
    return tuple(
        QuotaUse(quota.id, quota.label, quota.places, count, quota.rule, kept[quota.id])
        for quota, count in found
        if quota.id in kept
    )
