"""The doctor: checks on a live database what must always be true, and names what is not."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backoffice.services.ailments import UNREADABLE, Ailment
from backoffice.services.callbook import ruling
from backoffice.services.deadlines import PLANNING, agenda
from backoffice.services.doctor_letters import check_letters, check_templates, idle_as_told
from backoffice.services.doctor_money import misdrawn
from backoffice.services.doctor_now import check_connections, check_waiting
from backoffice.services.doctor_places import FIRM, lowered_since
from backoffice.services.doctor_sent import (
    check_doubled_commands,
    check_filings,
    check_mails,
    check_notices,
    repayments_of_one_cause,
    titles_as_told,
)
from backoffice.services.documents import Shelf, is_left_over
from backoffice.services.facts import view_of
from backoffice.services.projection import columns
from backoffice.services.records import former_doctors, site_rows
from backoffice.services.sent_mails import AGAIN
from backoffice.store.base import canonical
from backoffice.store.calls import PlaceRow, QuotaRow, newest_of
from backoffice.store.dossiers import Command, DossierRow, DossierSite, FormerDoctor, JournalEntry, PersonalText
from backoffice.store.journal import first_broken
from backoffice.store.letters import Letter
from backoffice.store.mails import LetterDue
from backoffice.store.outbox import LETTER_MAKE, LETTER_SEND, OutboxRow
from backoffice.store.people import Document
from backoffice.store.schedule import Deadline
from backoffice.store.signed_copies import SignedCopy
from workflows.calls.model import Call
from workflows.dossier import Dossier
from workflows.effects import EffectKind
from workflows.facts import folded_data
from workflows.parts.places import quotas_of
from workflows.table import ALL_EDGES

#: Dossiers read at a time.
BATCH = 200


Check = Callable[[Session], Iterator[Ailment]]


def examine(session: Session) -> tuple[Ailment, ...]:
    """Every ailment found; empty when the database is sound. Reads only."""
    return tuple(ailment for name, check in CHECKS.items() for ailment in _checked(session, name, check))


def examine_now(session: Session, now: datetime) -> tuple[Ailment, ...]:
    """What is wrong with what is under way at the machine’s instant. Reads only."""
    return (*check_waiting(session, now), *check_connections(session))


def check_documents(session: Session, shelf: Shelf, now: datetime) -> Iterator[Ailment]:
    """Every document and letter has its bytes, the very ones that came, and every file that is not recent is one’s."""
    wanted: dict[str, UUID] = {}
    for reference, sha256 in session.execute(select(Document.id, Document.sha256).order_by(Document.uploaded_at)):
        wanted.setdefault(sha256, reference)
    made = select(Letter.id, Letter.sha256).where(Letter.sha256.is_not(None))
    for letter, under in session.execute(made.order_by(Letter.drafted_at)):
        wanted.setdefault(under or "", letter)
    for copy, signed in session.execute(select(SignedCopy.letter, SignedCopy.sha256).order_by(SignedCopy.given_at)):
        wanted.setdefault(signed, copy)
    kept = {path.name: path for path in shelf.files()}
    for sha256, reference in wanted.items():
        path = kept.pop(sha256, None)
        if path is None:
            yield Ailment("documents", str(reference), "le fichier du document manque")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
            yield Ailment("documents", str(reference), "le fichier n’est plus celui qui a été reçu")
    for name in sorted(name for name, path in kept.items() if is_left_over(path, now)):
        yield Ailment("documents", name, "un fichier n’appartient à aucun document")


def _checked(session: Session, name: str, check: Check) -> Iterator[Ailment]:
    """What a check finds; data so damaged that it cannot be read stops its check, not the others."""
    try:
        yield from check(session)
    except UNREADABLE as error:
        yield Ailment(name, "base", f"des données ne se lisent plus, la vérification s’arrête ({error})")


def _batches(session: Session) -> Iterator[list[DossierRow]]:
    last = ""
    while True:
        rows = session.scalars(
            select(DossierRow).where(DossierRow.number > last).order_by(DossierRow.number).limit(BATCH)
        ).all()
        if not rows:
            return
        yield list(rows)
        last = rows[-1].number
        session.expunge_all()


def _readable(rows: list[DossierRow]) -> Iterator[tuple[DossierRow, Dossier]]:
    """The dossiers whose facts can be read, with their views; the check of histories names the others."""
    for row in rows:
        view = _view(row)
        if view is not None:
            yield row, view


def _view(row: DossierRow) -> Dossier | None:
    try:
        return view_of(row)
    except UNREADABLE:
        return None


def _journals(session: Session, rows: list[DossierRow]) -> dict[UUID, list[JournalEntry]]:
    wanted = select(JournalEntry).where(JournalEntry.dossier.in_([r.id for r in rows]))
    entries = session.scalars(wanted.order_by(JournalEntry.dossier, JournalEntry.seq))
    return {dossier: list(found) for dossier, found in groupby(entries, key=lambda e: e.dossier)}


def check_histories(session: Session) -> Iterator[Ailment]:
    """The chain holds, every step is an edge, the journal folds to the facts, the columns follow from the facts."""
    for rows in _batches(session):
        journals = _journals(session, rows)
        for row in rows:
            yield from _check_history(row, journals.get(row.id, []))


def _check_history(row: DossierRow, entries: list[JournalEntry]) -> Iterator[Ailment]:
    broken = first_broken(entries)
    if broken is not None:
        yield Ailment("chaîne", row.number, f"l’entrée {broken.seq} du journal ne suit pas la précédente")
        return
    if not entries or entries[-1].hash != row.head or len(entries) != row.version:
        yield Ailment("chaîne", row.number, "le dossier ne s’arrête pas à la dernière entrée de son journal")
        return
    yield from _check_steps(row, entries)
    try:
        view, refolded = view_of(row), canonical(folded_data(e.changes for e in entries))
    except UNREADABLE:
        yield Ailment("journal", row.number, "les faits du dossier ou ceux du journal ne se lisent plus")
        return
    if refolded != row.facts:
        yield Ailment("journal", row.number, "le journal ne redonne pas les faits du dossier")
    for name, value in _drawn(view).items():
        if getattr(row, name) != value:
            yield Ailment("colonnes", row.number, f"la colonne {name} ne suit pas les faits")


def _drawn(view: Dossier) -> dict[str, Any]:
    """The columns that follow from the facts alone, whatever the day."""
    same = {"number": view.number, "call": view.call, "opened_on": view.opened_on}
    return same | {k: v for k, v in columns(view, view.opened_on).items() if k != "silence_due_on"}


def _check_steps(row: DossierRow, entries: list[JournalEntry]) -> Iterator[Ailment]:
    edges = {(e.act, source.value, e.target.value) for e in ALL_EDGES for source in e.sources}
    state = entries[0].source
    for entry in entries:
        moves = entry.source != entry.target
        if entry.source != state or (moves and (entry.act, entry.source, entry.target) not in edges):
            yield Ailment("états", row.number, f"l’entrée {entry.seq} ({entry.act}) ne suit pas la table des actes")
        state = entry.target


def check_effects(session: Session) -> Iterator[Ailment]:
    """Every effect that an entry declares has its row, and no row stands for an effect nobody declared.

    A mail sent again to those that a server put off is the same effect as the first one; persons make and send letters.
    """
    made: dict[UUID, int] = {}
    rows = select(OutboxRow.entry, func.count()).where(OutboxRow.dedupe_key.not_like(f"{AGAIN}%"))
    rows = rows.where(OutboxRow.kind.not_in((LETTER_MAKE, LETTER_SEND)))
    for counted, table in ((rows, OutboxRow), (select(LetterDue.entry, func.count()), LetterDue)):
        counts = counted.where(table.entry.is_not(None)).group_by(table.entry)
        for entry, count in session.execute(counts):
            if entry is not None:
                made[entry] = made.get(entry, 0) + count
    declaring = select(JournalEntry.id, JournalEntry.act, JournalEntry.effects)
    for entry, act, effects in session.execute(declaring):
        declared = sum(1 for e in effects if e["kind"] != EffectKind.CANCEL.value)
        if declared != made.pop(entry, 0):
            yield Ailment("effets", str(entry), f"les effets de l’acte {act} n’ont pas tous leur ligne, ou une de trop")
    for entry in made:
        yield Ailment("effets", str(entry), "des effets existent sans l’entrée de journal qui les a demandés")


def check_places(session: Session) -> Iterator[Ailment]:
    """No quota has more firm places taken than it holds, and the places are those the facts give.

    Provisional places do not count here: a quota that arrives late may be smaller, until persons sort it out (A18).
    Nor do those of a quota that was lowered since.
    """
    taken = select(PlaceRow.call, PlaceRow.quota, func.count()).where(FIRM).group_by(PlaceRow.call, PlaceRow.quota)
    limits = {(q.call, q.id): q.places for q in session.scalars(select(QuotaRow))}
    for call, quota, count in session.execute(taken):
        limit = limits.get((call, quota))
        if limit is not None and count > limit and not lowered_since(session, call, quota, limit):
            yield Ailment("places", f"{call} {quota}", f"{count} places prises pour {limit}")
    rows: dict[UUID, set[str]] = {}
    for dossier, quota in session.execute(select(PlaceRow.dossier, PlaceRow.quota)):
        rows.setdefault(dossier, set()).add(quota)
    newest = cache(lambda call: session.scalar(select(newest_of(call))))
    for batch in _batches(session):
        for row, view in _readable(batch):
            held = set(view.place.quotas) if view.place else set()
            if rows.get(row.id, set()) != held:
                yield Ailment("places", row.number, "les places prises ne sont pas celles des faits")
            elif view.place and held != _quotas_in_force(ruling(session, row, newest(row.call)), view):
                yield Ailment("places", row.number, "la place n’est pas comptée dans les contingents en vigueur")


def _quotas_in_force(call: Call, view: Dossier) -> set[str]:
    wanted = call.parameters.quotas
    return {q.id for q in quotas_of(wanted, category=view.category, specialty=view.specialty, sites=view.sites)}


def check_money(session: Session) -> Iterator[Ailment]:
    """What came back never exceeds what was delegated; each cause has one repayment; budgets and letters to
    prepare follow the facts.
    """
    wrong = select(DossierRow.number).where(DossierRow.repaid_cents > DossierRow.delegated_cents)
    for number in session.scalars(wrong):
        yield Ailment("argent", number, "le reversement dépasse ce qui a été délégué")
    for rows in _batches(session):
        read = list(_readable(rows))
        for row, view in read:
            yield from repayments_of_one_cause(row.number, view)
        yield from misdrawn(session, read)
        yield from titles_as_told(session, read)
        yield from idle_as_told(session, read)


def check_personal_texts(session: Session) -> Iterator[Ailment]:
    """A personal text is the one that was kept, or was erased."""
    for text in session.scalars(select(PersonalText).execution_options(yield_per=BATCH)):
        erased = text.erased_at is not None
        if erased != (text.text is None):
            yield Ailment("textes", str(text.id), "le texte et la date d’effacement ne s’accordent pas")
        elif text.text is not None and hashlib.sha256((text.salt + text.text).encode()).hexdigest() != text.digest:
            yield Ailment("textes", str(text.id), "le texte n’est plus celui dont le journal garde l’empreinte")


def check_commands(session: Session) -> Iterator[Ailment]:
    """Every accepted command has its entry."""
    entry = select(JournalEntry.id).where(JournalEntry.dossier == Command.dossier, JournalEntry.seq == Command.seq)
    orphans = select(Command.key).where(Command.seq.is_not(None), ~entry.exists())
    for key in session.scalars(orphans):
        yield Ailment("demandes", key, "une demande acceptée n’a pas d’entrée au journal")
    yield from check_doubled_commands(session)


def check_surroundings(session: Session) -> Iterator[Ailment]:
    """The deadlines and the establishments kept beside a dossier are those it was last written with."""
    for rows in _batches(session):
        ids = [row.id for row in rows]
        due: dict[UUID, list[Deadline]] = {}
        for deadline in session.scalars(select(Deadline).where(Deadline.dossier.in_(ids))):
            due.setdefault(deadline.dossier, []).append(deadline)
        sites: dict[UUID, set[tuple[str, bool]]] = {}
        for site in session.scalars(select(DossierSite).where(DossierSite.dossier.in_(ids))):
            sites.setdefault(site.dossier, set()).add((site.site, site.deposits))
        left: dict[UUID, set[UUID]] = {}
        for gone in session.scalars(select(FormerDoctor).where(FormerDoctor.dossier.in_(ids))):
            left.setdefault(gone.dossier, set()).add(gone.person)
        for row, view in _readable(rows):
            if row.planned == PLANNING and agenda(due.get(row.id, [])) != row.agenda:
                yield Ailment("échéances", row.number, "les échéances ne sont plus celles du dernier acte")
            if sites.get(row.id, set()) != {(r.site, r.deposits) for r in site_rows(row.id, view)}:
                yield Ailment("établissements", row.number, "les établissements ne sont pas ceux des faits")
            if left.get(row.id, set()) != former_doctors(view):
                yield Ailment("médecins", row.number, "les médecins remplacés ne sont pas ceux des faits")


CHECKS: dict[str, Check] = {
    "journal": check_histories,
    "effets": check_effects,
    "places": check_places,
    "argent": check_money,
    "textes": check_personal_texts,
    "demandes": check_commands,
    "échéances": check_surroundings,
    "courriels": check_mails,
    "avis": check_notices,
    "dépôts": check_filings,
    "lettres": check_letters,
    "modèles": check_templates,
}
