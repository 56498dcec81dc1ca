"""What lies around a dossier when a decision is taken, read in the same transaction."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from backoffice.services.facts import before_last
from backoffice.store.calls import PlaceRow, QuotaRow
from backoffice.store.dossiers import DossierRow, JournalEntry
from backoffice.store.outbox import OutboxRow
from backoffice.store.people import Account, Person
from workflows.calls.model import Call
from workflows.dossier import BetterRanked, Dossier, Surroundings
from workflows.places import QuotaUse, quotas_of
from workflows.states import State
from workflows.table import CORRECTIONS

#: Acts that take, confirm or give back a place: they lock the quotas before they look.
PLACE_ACTS = frozenset(
    {"select", "offer_place", "confirm_place", "back_to_reserve", "replace", "agree_replacement", *CORRECTIONS}
)
_SIGNING = frozenset({"notify"})
_RANKING = frozenset({"select"})
_FILING = frozenset({"submit", "register_received"})
#: States of a dossier that asks for nothing: not filed yet, refused, or over.
_OUT_OF_THE_RACE = tuple(s.value for s in (State.DRAFT, State.REJECTED, State.ENDED, State.CLAWBACK))


def around(session: Session, row: DossierRow, view: Dossier, call: Call, act: str, *, lock: bool) -> Dossier:
    """The view with what the act needs to see around it. `lock`: rows that decide on places are locked."""
    found = Surroundings(
        quotas=_quota_uses(session, view, call, lock=lock) if act in PLACE_ACTS else (),
        better_ranked=_better_ranked(session, row) if act in _RANKING else (),
        same_doctor=_same_doctor(session, row) if act in _FILING | _SIGNING else (),
        project_states=_project_states(session, row) if act in _RANKING else (),
        signatories=_signatories(session, row) if act in _SIGNING else None,
    )
    if act in CORRECTIONS and view.last is not None:
        found = replace(
            found,
            last_act_left_house=_left_house(session, row.id, view.last.entry, lock=lock),
            before_last=before_last(session, row.id, view.last.entry),
        )
    return replace(view, around=found)


def _quota_uses(session: Session, view: Dossier, call: Call, *, lock: bool) -> tuple[QuotaUse, ...]:
    wanted = quotas_of(call.parameters.quotas, category=view.category, specialty=view.specialty, sites=view.sites)
    ids = sorted(quota.id for quota in wanted)
    if not ids:
        return ()
    rows = select(QuotaRow).where(QuotaRow.call == call.id, QuotaRow.id.in_(ids)).order_by(QuotaRow.id)
    quotas = session.scalars(rows.with_for_update() if lock else rows).all()
    counts = dict(
        session.execute(
            select(PlaceRow.quota, func.count())
            .where(PlaceRow.call == call.id, PlaceRow.quota.in_(ids))
            .group_by(PlaceRow.quota)
        ).all()
    )
    return tuple(QuotaUse(q.id, q.label, q.places, counts.get(q.id, 0), q.rule) for q in quotas)


def _better_ranked(session: Session, row: DossierRow) -> tuple[BetterRanked, ...]:
    if row.session is None or row.rank is None:
        return ()
    waiting = (State.COMMITTEE.value, State.RESERVE.value)
    better = select(DossierRow.number, DossierRow.rank).where(
        DossierRow.call == row.call,
        DossierRow.session == row.session,
        DossierRow.category == row.category,
        DossierRow.rank < row.rank,
        DossierRow.state.in_(waiting),
    )
    return tuple(
        BetterRanked(number, rank, eligible=True)
        for number, rank in session.execute(better.order_by(DossierRow.rank))
        if rank is not None
    )


def _same_doctor(session: Session, row: DossierRow) -> tuple[str, ...]:
    """Numbers of the other live dossiers of the same doctor: same RPPS, else same name and birth date (A34)."""
    if row.candidate is None:
        return ()
    me, other = aliased(Person), aliased(Person)
    same = or_(
        other.id == me.id,
        other.rpps == me.rpps,
        and_(
            other.family_name == me.family_name,
            other.given_name == me.given_name,
            other.born_on == me.born_on,
        ),
    )
    others = (
        select(DossierRow.number)
        .join(other, DossierRow.candidate == other.id)
        .join(me, same)
        .where(me.id == row.candidate, DossierRow.id != row.id, DossierRow.state.not_in(_OUT_OF_THE_RACE))
    )
    return tuple(session.scalars(others.order_by(DossierRow.number)))


def _project_states(session: Session, row: DossierRow) -> tuple[State, ...]:
    if row.project is None:
        return ()
    siblings = select(DossierRow.state).where(DossierRow.project == row.project, DossierRow.id != row.id)
    return tuple(State(state) for state in session.scalars(siblings.order_by(DossierRow.number)))


def _signatories(session: Session, row: DossierRow) -> tuple[str, ...]:
    signing = select(Account.id).where(Account.signs, Account.disabled_at.is_(None), Account.region == row.region)
    return tuple(str(found) for found in session.scalars(signing))


def _left_house(session: Session, dossier: UUID, seq: int, *, lock: bool) -> bool:
    """True when an effect of that entry was carried out, or may have been. `lock`: none can leave meanwhile."""
    wanted = (
        select(OutboxRow.done_at, OutboxRow.lease, OutboxRow.started_at)
        .join(JournalEntry, OutboxRow.entry == JournalEntry.id)
        .where(JournalEntry.dossier == dossier, JournalEntry.seq == seq, OutboxRow.cancelled_at.is_(None))
    )
    if lock:
        wanted = wanted.with_for_update(of=OutboxRow, key_share=True)
    return any(value is not None for row in session.execute(wanted) for value in row)


_PLACE_STATES = frozenset({State.COMMITTEE, State.RESERVE, State.SELECTED, State.NOTIFIED, State.WITHDRAWN})


def page_surroundings(
    session: Session, row: DossierRow, view: Dossier, call: Call, *, left: frozenset[int] | None = None
) -> Dossier:
    """The view with what the list of next acts needs to see around it; nothing is locked.

    `left`: numbers of the entries something of which left the house, when the caller knows them.
    """
    places = view.state in _PLACE_STATES
    if left is None:
        gone = view.last is not None and _left_house(session, row.id, view.last.entry, lock=False)
    else:
        gone = view.last is not None and view.last.entry in left
    found = Surroundings(
        quotas=_quotas_seen(session, view, call) if places else (),
        better_ranked=_better_ranked(session, row) if view.state is State.COMMITTEE else (),
        last_act_left_house=gone,
    )
    return replace(view, around=found)


def _quotas_seen(session: Session, view: Dossier, call: Call) -> tuple[QuotaUse, ...]:
    """The quotas of a dossier and the places taken in them, in one statement: to look, never to decide."""
    wanted = quotas_of(call.parameters.quotas, category=view.category, specialty=view.specialty, sites=view.sites)
    taken = select(func.count()).where(PlaceRow.call == QuotaRow.call, PlaceRow.quota == QuotaRow.id)
    rows = select(QuotaRow, taken.scalar_subquery()).where(
        QuotaRow.call == call.id, QuotaRow.id.in_([quota.id for quota in wanted])
    )
    return tuple(
        QuotaUse(quota.id, quota.label, quota.places, count, quota.rule)
        for quota, count in session.execute(rows.order_by(QuotaRow.id))
    )
