"""Opening a draft: the first entry of a journal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backoffice import CODE_VERSION
from backoffice.services import deadlines, records
from backoffice.services.act import Times
from backoffice.services.callbook import in_force, parsed
from backoffice.services.facts import opened, view_of
from backoffice.services.projection import columns
from backoffice.store.base import writing
from backoffice.store.calls import CallVersion
from backoffice.store.dossiers import DossierRow, JournalEntry
from backoffice.store.journal import GENESIS, entry_hash
from backoffice.store.people import Person
from workflows.actors import Actor
from workflows.calls.model import Call
from workflows.deadlines import local_day
from workflows.dossier import Dossier
from workflows.facts import plain
from workflows.personal import without_personal
from workflows.states import State

OPEN = "open"


class NoSuchCallError(LookupError):
    """No call of that id is published."""

    def __init__(self, call: str) -> None:
        super().__init__(f"L’appel « {call} » n’est pas publié.")


@dataclass(frozen=True, slots=True)
class Opened:
    """A draft just opened."""

    id: UUID
    view: Dossier


def open_dossier(
    session: Session,
    call_id: str,
    content: Dossier,
    *,
    by: Actor,
    times: Times,
    number: str | None = None,
    wanted: UUID | None = None,
    brings: tuple[Person, ...] = (),
) -> Opened:
    """Open a draft of a call with some content. Raises NoSuchCallError.

    `content` is a draft whose number, call and dates are set here; its texts about people are kept beside the journal.
    Whether the call is open is judged at the filing. `number`: the number of a renewal; else the next one of the call
    and year. `wanted`: the id of the dossier; asked for again, the draft opened before is given. `brings`: doctors
    named for the first time, written with the draft.
    """
    with writing(session):
        version = _held_version(session, call_id)
        known = session.get(DossierRow, wanted) if wanted else None
        if known is not None:
            return Opened(known.id, view_of(known))
        call = parsed(version)
        row_id = wanted or uuid4()
        today = local_day(times.legal, call.authority.zone)
        vault = records.Vault(row_id, 1)
        view = replace(
            without_personal(content, vault.keep),
            number=number or _next_number(session, call, today.year),
            call=call.id,
            category=content.category or call.category,
            opened_on=today,
            state=State.DRAFT,
            version=1,
        )
        entry = _opening(row_id, version.id, view, by, times)
        due = deadlines.planned(row_id, view, call, today)
        if brings:
            session.add_all(brings)
            session.flush()  # the draft is found by the name of its doctor
        session.add(_row(session, row_id, version, view, today, entry, deadlines.agenda(due)))
        session.flush()
        session.add(entry)
        session.add_all([*vault.rows, *due])
        session.add_all(records.site_rows(row_id, view))
    return Opened(row_id, view)


def _held_version(session: Session, call_id: str) -> CallVersion:
    """The version in force of a call, which none replaces before the draft is open. Raises NoSuchCallError.

    Numbers follow one another: whoever opens a draft of the call waits here for the one before, or for the version that
    is being loaded, and then for whoever opens a draft of that one.
    """
    version, held = in_force(session, call_id), None
    while version is not None and version.id != held:
        held = version.id
        session.execute(select(CallVersion.id).where(CallVersion.id == held).with_for_update(key_share=True))
        version = in_force(session, call_id)
    if version is None:
        raise NoSuchCallError(call_id)
    return version


def _next_number(session: Session, call: Call, year: int) -> str:
    prefix = f"{call.rules.prefix}-{year}-"
    last = session.scalar(select(func.max(DossierRow.number)).where(DossierRow.number.like(f"{prefix}____")))
    return f"{prefix}{int(last[-4:]) + 1 if last else 1:04}"


def _row(
    session: Session, row_id: UUID, version: CallVersion, view: Dossier, today: date, entry: JournalEntry, agenda: str
) -> DossierRow:
    return DossierRow(
        id=row_id,
        number=view.number,
        call=view.call,
        call_version=version.id,
        region=version.region,
        opened_on=view.opened_on,
        facts=opened(view),
        head=entry.hash,
        touched_at=entry.at,
        last_actor=entry.author,
        search=records.search_text(session, view.number, view),
        agenda=agenda,
        planned=deadlines.PLANNING,
        drawn=view.version,  # a draft has no money
        **columns(view, today),
    )


def _opening(row_id: UUID, version: UUID, view: Dossier, by: Actor, times: Times) -> JournalEntry:
    entry = JournalEntry(
        id=uuid4(),
        dossier=row_id,
        seq=1,
        act=OPEN,
        source=State.DRAFT.value,
        target=State.DRAFT.value,
        author_kind=records.author_kind(by),
        author_role=by.role.value,
        author=by.id,
        party=by.party,
        at=times.legal,
        recorded_at=times.machine,
        call_version=version,
        code_version=CODE_VERSION,
        inputs={},
        changes=plain(view),
        effects=[],
        findings=[],
        evaluation=[],
        previous=GENESIS,
    )
    entry.hash = entry_hash(entry)
    return entry
