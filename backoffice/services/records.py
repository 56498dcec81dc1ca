"""What a decision writes: journal entry, personal texts, effects, places. One function per table."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backoffice.services.people import is_rpps
from backoffice.services.projection import person_id
from backoffice.store.calls import PlaceRow
from backoffice.store.dossiers import DossierRow, DossierSite, FormerDoctor, JournalEntry, PersonalText
from backoffice.store.letters import Letter
from backoffice.store.mails import LetterDue
from backoffice.store.outbox import OutboxRow
from backoffice.store.people import Person
from backoffice.store.search import normalised
from backoffice.store.titles import TitleRequest
from workflows.actors import Actor, Role
from workflows.acts.award import IdentifyInputs
from workflows.acts.base import ActInputs
from workflows.decide import Evaluation
from workflows.dossier import Dossier
from workflows.effects import Effect, EffectKind
from workflows.findings import Finding
from workflows.table import CORRECTABLE

#: Mail and acts of the machine that a decision asks for wait this long when it can be taken back. A letter of it is
#: held to have left after as long: persons send it, and nothing tells when.
WAIT_BEFORE_SENDING = timedelta(minutes=10)

_AUTHOR_KINDS = {Role.CANDIDATE: "candidate", Role.ESTABLISHMENT: "establishment", Role.CLOCK: "clock"}


def author_kind(by: Actor) -> str:
    """The kind of author an actor is in the journal."""
    return _AUTHOR_KINDS.get(by.role, "agent")


class Vault:
    """Takes personal texts out of what is journalled and keeps them beside it."""

    def __init__(self, dossier: UUID, seq: int, held: str = "") -> None:
        self.dossier = dossier
        self.seq = seq
        self.held = held
        self.rows: list[PersonalText] = []

    def keep(self, text: str) -> str:
        """Keep a text and give the reference the journal holds: its id and its salted digest.

        A reference that the facts already `held` goes through; any other text of that shape is kept as a text, so
        that nobody reads a text of another dossier by naming it.
        """
        if is_reference(text) and text in self.held:
            return text
        salt = secrets.token_hex(16)
        digest = hashlib.sha256((salt + text).encode()).hexdigest()
        row = PersonalText(id=uuid4(), dossier=self.dossier, seq=self.seq, salt=salt, digest=digest, text=text)
        self.rows.append(row)
        return f"txt:{row.id}:{digest[:32]}"


def is_reference(text: str) -> bool:
    """True for what `Vault.keep` gives."""
    parts = text.split(":")
    return len(parts) == 3 and parts[0] == "txt" and len(parts[1]) == 36 and len(parts[2]) == 32  # noqa: PLR2004


def reference_id(text: str) -> UUID:
    """Id of the personal text a reference names."""
    return UUID(text.split(":")[1])


def plain_value(value: Any) -> Any:
    """A looked-at value as plain JSON data, for the evaluation that is kept."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, dict):
        return {str(k): plain_value(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain_value(v) for v in value]
    return str(value)


def plain_findings(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Findings as plain data: code, severity, sentence, rule."""
    return [{"code": f.code, "severity": f.severity.value, "sentence": f.sentence, "rule": f.rule} for f in findings]


def plain_evaluation(evaluation: Iterable[Evaluation]) -> list[dict[str, Any]]:
    """What each guard looked at, as plain data."""
    return [{"guard": e.guard, "saw": plain_value(dict(e.looked_at)), "found": list(e.found)} for e in evaluation]


def plain_effect(effect: Effect) -> dict[str, Any]:
    """An effect as plain data."""
    return {
        "kind": effect.kind.value,
        "name": effect.name,
        "to": effect.to.value if effect.to else None,
        "details": dict(effect.details),
    }


def write_effects(
    session: Session, entry: JournalEntry, effects: Iterable[Effect], at: datetime, now: datetime
) -> list[UUID]:
    """Turn the effects of an entry into rows; gives the ids of the outbox rows made."""
    made: list[UUID] = []
    for effect in effects:
        if effect.kind is EffectKind.CANCEL:
            _cancel(session, entry.dossier, int(effect.name), now)
        elif effect.kind is EffectKind.LETTER:
            session.add(_letter(entry, effect, now))
        else:
            row = _outbox_row(entry, effect, at, now)
            session.add(row)
            made.append(row.id)
    return made


def _letter(entry: JournalEntry, effect: Effect, now: datetime) -> LetterDue:
    to = effect.to.value if effect.to else ""
    return LetterDue(id=uuid4(), dossier=entry.dossier, entry=entry.id, code=effect.name, addressee=to, asked_at=now)


def _outbox_row(entry: JournalEntry, effect: Effect, at: datetime, now: datetime) -> OutboxRow:
    is_mail = effect.kind is EffectKind.MAIL
    # what the machine starts by itself is no slip of the hand: the acts it leads to follow at once
    by_hand = effect.kind is EffectKind.ACT and entry.author_kind != "clock"
    waits = entry.act in CORRECTABLE and (is_mail or by_hand)
    return OutboxRow(
        id=uuid4(),
        dedupe_key=f"{entry.id}:{effect.key}",
        dossier=entry.dossier,
        entry=entry.id,
        queue="mail" if is_mail else "work",
        kind=effect.kind.value,
        name=effect.name,
        addressee=effect.to.value if effect.to else None,
        details=dict(effect.details),
        at=at,
        created_at=now,
        next_attempt_at=now + WAIT_BEFORE_SENDING if waits else now,
    )


def _cancel(session: Session, dossier: UUID, seq: int, now: datetime) -> None:
    """Take back what an entry asked for and that has not left: rows not leased, letters not sent.

    What was written elsewhere has left. A letter that left stays; the others of what it was asked with do not leave.
    """
    entry = select(JournalEntry.id).where(JournalEntry.dossier == dossier, JournalEntry.seq == seq)
    session.execute(
        update(OutboxRow)
        .where(OutboxRow.entry.in_(entry), OutboxRow.done_at.is_(None), OutboxRow.lease.is_(None))
        .values(cancelled_at=now, done_at=now, dead_at=None)
    )
    here = LetterDue.elsewhere_at.is_(None)
    session.execute(update(LetterDue).where(LetterDue.entry.in_(entry), here).values(cancelled_at=now))
    given_up = select(OutboxRow.id).where(OutboxRow.entry.in_(entry), OutboxRow.cancelled_at.is_not(None))
    for column, values in (
        (Letter.making, {"making": None}),
        (Letter.sending, {"sending": None, "channel": None, "sent_by": None}),
    ):
        kept = update(Letter).where(column.in_(given_up), Letter.sent_at.is_(None))
        session.execute(kept.values(values).execution_options(synchronize_session=False))


def write_places(session: Session, row: DossierRow, before: Dossier, after: Dossier) -> None:
    """Keep the place rows of a dossier as its facts say."""
    if before.place == after.place:
        return
    if before.place is not None and after.place is not None and before.place.quotas == after.place.quotas:
        moved = update(PlaceRow).where(PlaceRow.dossier == row.id)
        session.execute(moved.values(status=after.place.status.value))
        return
    if before.place is not None:
        session.execute(delete(PlaceRow).where(PlaceRow.dossier == row.id))
    if after.place is not None:
        session.add_all(
            PlaceRow(dossier=row.id, quota=quota, call=row.call, status=after.place.status.value)
            for quota in after.place.quotas
        )


def write_sites(session: Session, row: DossierRow, before: Dossier, after: Dossier) -> None:
    """Keep what scopes a dossier, its establishments and the doctors who left it, as its facts say."""
    if (before.sites, before.depositors) != (after.sites, after.depositors):
        session.execute(delete(DossierSite).where(DossierSite.dossier == row.id))
        session.add_all(site_rows(row.id, after))
    gone, left = former_doctors(before), former_doctors(after)
    if gone - left:
        back = FormerDoctor.person.in_(gone - left)
        session.execute(delete(FormerDoctor).where(FormerDoctor.dossier == row.id, back))
    session.add_all(FormerDoctor(dossier=row.id, person=person) for person in left - gone)


def site_rows(dossier: UUID, view: Dossier) -> list[DossierSite]:
    """The rows of the establishments of a dossier, with those that file."""
    depositors = {d.party for d in view.depositors}
    return [DossierSite(dossier=dossier, site=site, deposits=site in depositors) for site in site_ids(view)]


def write_titles(session: Session, row: DossierRow, before: Dossier, after: Dossier, entry: int) -> None:
    """Keep the titles that an act asks for, under a key that no second request passes."""
    if before.repayments == after.repayments:
        return
    known = {repayment.cause for repayment in before.repayments if repayment.title_was_asked}
    session.add_all(
        TitleRequest(dossier=row.id, cause=r.cause, entry=entry, asked_on=r.title_asked_on)
        for r in after.repayments
        if r.title_asked_on is not None and r.cause not in known
    )


def former_doctors(view: Dossier) -> set[UUID]:
    """The doctors who left a dossier and have not come back."""
    present = view.candidate.id if view.candidate else None
    known = (person_id(doctor) for doctor in view.former if doctor != present)
    return {person for person in known if person is not None}


def write_identity(session: Session, inputs: ActInputs, after: Dossier) -> None:
    """Keep the number that makes a doctor known elsewhere: the facts only hold a reference to it (A34)."""
    known = person_id(after.candidate.id) if after.candidate else None
    if isinstance(inputs, IdentifyInputs) and known is not None and is_rpps(inputs.rpps or ""):
        session.execute(update(Person).where(Person.id == known).values(rpps=inputs.rpps))


def site_ids(view: Dossier) -> list[str]:
    """The establishments of a dossier, each once."""
    return sorted({site.id for site in view.sites})


def found_by(view: Dossier) -> tuple[Any, ...]:
    """The facts that the searchable text of a dossier is made of."""
    return view.sites, view.specialty, view.candidate.id if view.candidate else None


def search_text(session: Session, number: str, view: Dossier) -> str:
    """What a dossier is found by: its number, its establishments, its specialty, its candidate."""
    known = person_id(view.candidate.id) if view.candidate else None
    doctor = session.get(Person, known) if known else None
    names = [site.name for site in view.sites]
    return normalised(number, *names, view.specialty, doctor.name if doctor else None)
