"""Publishing calls: a file becomes a version, with its quotas, which count the places already taken."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from backoffice.services import deadlines
from backoffice.services.act import Order, Times, within
from backoffice.services.callbook import parsed
from backoffice.store.base import writing
from backoffice.store.calls import CallVersion, PlaceRow, QuotaRow, one_load_at_a_time
from backoffice.store.dossiers import DossierRow
from backoffice.store.money import EnvelopeRow
from backoffice.store.reading import calls_in_force
from workflows.actors import CLOCK
from workflows.acts import ACTS
from workflows.acts.base import ActInputs
from workflows.acts.quota import HOLDING, RECOUNT
from workflows.acts.schedule import WRITE_SCHEDULE
from workflows.calls.compared import Difference, compared, removed
from workflows.calls.completed import changed
from workflows.calls.model import Call
from workflows.calls.parse import parse_call
from workflows.calls.ready import not_ready
from workflows.calls.shared_places import shared_places
from workflows.deadlines import local_day
from workflows.french import listing
from workflows.states import State


class CallUnchangedError(ValueError):
    """The file says exactly what the version in force says."""

    def __init__(self, call: str, number: int) -> None:
        super().__init__(f"L’appel « {call} » est déjà chargé dans cette version (n° {number}) : rien n’a changé.")


class CallNotReadyError(ValueError):
    """The file says nothing wrong, but may not be published that day. `reasons`: French sentences."""

    def __init__(self, call: str, reasons: tuple[str, ...]) -> None:
        super().__init__(f"L’appel « {call} » n’est pas chargé. {' '.join(reasons)}")
        self.reasons = reasons


class ClausesChangedError(ValueError):
    """The file changes clauses that were known, while dossiers were filed under them. `paths`: their key paths."""

    def __init__(self, call: str, paths: tuple[str, ...]) -> None:
        super().__init__(
            f"Des dossiers de l’appel « {call} » suivent déjà d’autres clauses que celles de ce fichier : "
            f"{listing(paths)}. Ils garderont les leurs ; seuls les dossiers à venir suivront celles-ci. "
            "Rien n’est chargé : relancez avec --clauses si c’est voulu."
        )
        self.paths = paths


class ValuesRemovedError(ValueError):
    """The file no longer gives what the version in force gives. `paths`: the key paths of those values."""

    def __init__(self, call: str, number: int, paths: tuple[str, ...]) -> None:
        super().__init__(
            f"La version n° {number} de l’appel « {call} » donnait ce que ce fichier ne donne plus : {listing(paths)}. "
            "Rien n’est chargé : remettez-le (un complément se redonne avec --with), ou relancez avec --remove si "
            "c’est voulu."
        )
        self.paths = paths


def news_of(session: Session, version: CallVersion) -> tuple[Difference, ...]:
    """What a version adds, changes and removes; nothing for the first one."""
    before = select(CallVersion).where(CallVersion.call == version.call, CallVersion.number == version.number - 1)
    last = session.scalar(before)
    return compared(parsed(last), parsed(version)) if last else ()


def load_version(
    session: Session,
    text: str,
    *,
    sources: Mapping[str, str],
    by: str,
    now: datetime,
    complement: str | None = None,
    new_clauses: bool = False,
    keep: bool = False,
    machine: datetime | None = None,
) -> CallVersion:
    """Load a call file as the version in force of its call, and its quotas with it.

    Values that were unknown, live parameters and signed choices reach the dossiers filed before; places already taken
    are counted in the quotas that arrive, and accounts get what they lack of their schedules. `new_clauses`: known
    clauses may change, for the dossiers to come. `keep`: what the version in force gives must still be given.
    Raises CallFileError with every mistake, CallNotReadyError, CallUnchangedError, ValuesRemovedError,
    ClausesChangedError; nothing is written then.
    """
    call = parse_call(text, complement=complement, quota_sources=sources, known_acts=frozenset(ACTS))
    if reasons := not_ready(call, local_day(now, call.authority.zone)):
        raise CallNotReadyError(call.id, reasons)
    with writing(session):
        one_load_at_a_time(session)
        others = (parsed(version) for version in calls_in_force(session) if version.call != call.id)
        if reasons := shared_places(call, others, sources):
            raise CallNotReadyError(call.id, reasons)
        last = _last(session, call)
        if last is not None:
            if (last.text, last.complement, last.sources) == (text, complement, dict(sources)):
                raise CallUnchangedError(call.id, last.number)
            if keep and (gone := removed(compared(parsed(last), call))):
                raise ValuesRemovedError(call.id, last.number, gone)
            moved = changed(parsed(last), call)
            if moved and not new_clauses and _filed(session, call.id):
                raise ClausesChangedError(call.id, moved)
            _hold(session, last)
        version = CallVersion(
            call=call.id,
            number=(last.number if last else 0) + 1,
            region=call.authority.region,
            title=call.title,
            clauses=call.digest,
            text=text,
            complement=complement,
            sources=dict(sources),
            loaded_at=now,
            loaded_by=by,
        )
        session.add(version)
        _set_quotas(session, call)
        for year in {envelope.year for envelope in call.parameters.budget.envelopes}:
            session.merge(EnvelopeRow(call=call.id, year=year))
        session.flush()
        times = Times(now, machine or now)
        _recount(session, call, times)
        _recount(session, call, times)  # once all are counted, those of a quota that is exceeded are seen
        _write_schedules(session, call, times)
        _plan_again(session, call, local_day(now, call.authority.zone))
    return version


def _filed(session: Session, call: str) -> bool:
    filed = exists().where(DossierRow.call == call, DossierRow.state != State.DRAFT.value)
    return bool(session.scalar(select(filed)))


def _last(session: Session, call: Call) -> CallVersion | None:
    newest_first = select(CallVersion).where(CallVersion.call == call.id).order_by(CallVersion.number.desc())
    return session.scalar(newest_first.limit(1))


def _hold(session: Session, last: CallVersion) -> None:
    """Keep every dossier of a call as it is, then whoever is about to open a draft."""
    dossiers = select(DossierRow.id).where(DossierRow.call == last.call).order_by(DossierRow.id)
    session.execute(dossiers.with_for_update(key_share=True)).all()
    session.execute(select(CallVersion.id).where(CallVersion.id == last.id).with_for_update()).all()


def _set_quotas(session: Session, call: Call) -> None:
    kept = [quota.id for quota in call.parameters.quotas]
    session.execute(delete(QuotaRow).where(QuotaRow.call == call.id, QuotaRow.id.not_in(kept)))
    for quota in call.parameters.quotas:
        row = QuotaRow(call=call.id, id=quota.id, label=quota.label, rule=quota.places.rule, places=quota.places.value)
        session.merge(row)


def _recount(session: Session, call: Call, times: Times) -> None:
    """Count the places already taken in the quotas in force; a place that is counted right stays as it is."""
    holders = select(PlaceRow.dossier).where(PlaceRow.call == call.id).distinct()
    for dossier in session.scalars(holders).all():
        within(session, Order(dossier, RECOUNT, ActInputs(), CLOCK), times)


def _write_schedules(session: Session, call: Call, times: Times) -> None:
    """Write to the account of each post what it lacks of the schedule, once its cost is known or a choice is signed.

    No envelope stops it, even one that binds: the post is awarded, and is committed whether it is written or not.
    """
    posts = select(DossierRow.id).where(DossierRow.call == call.id, DossierRow.state.in_([s.value for s in HOLDING]))
    for dossier in session.scalars(posts.order_by(DossierRow.id)).all():
        within(session, Order(dossier, WRITE_SCHEDULE, ActInputs(), CLOCK), times)


def _plan_again(session: Session, call: Call, today: date) -> None:
    """Move the deadlines that follow the parameters of the call: a closing that was set or moved, say."""
    for row in session.scalars(select(DossierRow).where(DossierRow.call == call.id).order_by(DossierRow.id)):
        deadlines.plan_again(session, row, today)
