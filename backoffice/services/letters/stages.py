"""The acts on a letter, apart from deciding: prepare, validate, make, prepare again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backoffice.services.act import Times
from backoffice.services.documents import Shelf
from backoffice.services.letters.making import LetterRefusedError, Prepared, gone, outdated, prepare
from backoffice.services.letters.press import Job, NotCompiledError, press
from backoffice.services.letters.sources import Source, source
from backoffice.services.letters.templates import in_force, job
from backoffice.services.people import signatories
from backoffice.store.base import writing
from backoffice.store.dossiers import DossierRow
from backoffice.store.letter_lists import standing
from backoffice.store.letters import FILED, Letter, next_number
from backoffice.store.mails import ON_FILE, LetterDue
from backoffice.store.outbox import OutboxRow
from backoffice.store.people import Account
from workflows.actors import Actor, Role, decides_at
from workflows.deadlines import local_day
from workflows.letters.data import Signature, Stamp, printed
from workflows.letters.kinds import KINDS

_MAKE_AGAIN = " Préparez-le de nouveau."


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter as it would be, for somebody to read: its pages as images, and what it still lacks."""

    pages: tuple[bytes, ...]
    missing: tuple[str, ...]


def preview(session: Session, due: LetterDue, row: DossierRow | None, party: str) -> Draft:
    """A letter not prepared yet, marked as a draft; nothing is written. Raises LetterRefusedError."""
    now = prepare(session, source(session, due, row), party)
    session.rollback()
    made = job(now.template, now.data, printed(_draft_stamp(due.code)), datetime(2000, 1, 1, tzinfo=UTC))
    return Draft(tuple(_pages(made)), now.missing)


def preview_of(session: Session, letter: Letter) -> list[bytes]:
    """The pages of a letter that is not made yet, marked as a draft. Raises LetterRefusedError."""
    return _pages(_draft_of(session, letter))


def draft_pdf(session: Session, letter: Letter) -> bytes:
    """The same as a PDF. Raises LetterRefusedError."""
    return _compiled(_draft_of(session, letter))


def _draft_of(session: Session, letter: Letter) -> Job:
    """A letter as it would be made now; one that was made is its file, whatever its template has become."""
    if letter.generated_at is not None:
        raise LetterRefusedError("Ce courrier est produit : lisez son fichier.")
    template = in_force(session, letter.authority, letter.code)
    stamp = {**printed(_draft_stamp(letter.code)), **(letter.stamp or {}), "provisional": True}
    return job(template, letter.data, stamp, letter.drafted_at)


def _draft_stamp(code: str) -> Stamp:
    return Stamp(signed=KINDS[code].signed)


def _pages(made: Job) -> list[bytes]:
    try:
        return press().pages(made)
    except NotCompiledError as error:
        raise _broken() from error


def _broken() -> LetterRefusedError:
    return LetterRefusedError("Le modèle de ce courrier ne peut pas être mis en page : corrigez le modèle.")


def draft(session: Session, due: UUID, by: Actor, times: Times) -> list[UUID]:
    """Prepare the letters of a decision, one for each addressee that has none yet. Raises LetterRefusedError."""
    try:
        with writing(session):
            found, new = _to_draft(session, due)
            found.due.elsewhere_at = found.due.elsewhere_by = None
            return [_drafted(session, found, party, now, by, times) for party, now in new]
    except IntegrityError as error:
        raise LetterRefusedError("Ce courrier vient d’être préparé par quelqu’un d’autre.") from error


def to_draft(session: Session, due: UUID) -> None:
    """Raise LetterRefusedError when the letters of a decision cannot be prepared as the dossier stands."""
    _to_draft(session, due)


def _to_draft(session: Session, due: UUID) -> tuple[Source, list[tuple[str, Prepared]]]:
    """What they are drawn from, and the letter of each addressee that has none yet."""
    found = _source(session, due)
    if not found.parties:
        raise LetterRefusedError(
            "Ce courrier n’a pas de destinataire : nommez-le dans le dossier. Un médecin qui a quitté le poste, "
            "ou un établissement qui a quitté le projet, ne le reçoit plus."
        )
    had = {letter.party for letter in standing(session, [due])[due]}
    return found, [(party, prepare(session, found, party)) for party in found.parties if party not in had]


def leave_elsewhere(session: Session, due: UUID, by: Actor, times: Times) -> None:
    """Note that a letter was written by hand, out of here: nobody prepares it any more, unless they want to.

    Raises LetterRefusedError once it is prepared here.
    """
    with writing(session):
        asked = session.get_one(LetterDue, due, with_for_update=True)
        if standing(session, [due])[due]:
            raise LetterRefusedError("Ce courrier est déjà préparé ici : envoyez-le, ou préparez-le de nouveau.")
        asked.elsewhere_at, asked.elsewhere_by = times.legal, by.id


def _source(session: Session, due: UUID) -> Source:
    asked = session.get_one(LetterDue, due)
    if asked.cancelled_at is not None:
        raise LetterRefusedError(gone(asked))
    return source(session, asked)


def _drafted(session: Session, found: Source, party: str, now: Prepared, by: Actor, times: Times) -> UUID:
    letter = Letter(
        id=uuid4(),
        authority=found.authority,
        dossier=found.dossier,
        due=found.due.id,
        code=found.due.code,
        addressee=found.due.addressee,
        party=party,
        version=found.version,
        template=now.template.digest,
        data=now.data,
        drafted_at=times.legal,
        drafted_by=by.id,
    )
    session.add(letter)
    return letter.id


def held(session: Session, letter: UUID) -> tuple[Letter, Source]:
    """A letter under lock, and what it is drawn from. Raises LetterRefusedError for one that no longer stands."""
    row = session.get_one(Letter, letter, with_for_update=True, populate_existing=True)
    if row.voided_at is not None:
        raise LetterRefusedError("Ce courrier a été remplacé : ouvrez celui qui le remplace.")
    due = session.get_one(LetterDue, row.due)
    dossier = session.get_one(DossierRow, row.dossier, populate_existing=True) if row.dossier else None
    return row, source(session, due, dossier)


def given_up(session: Session, working: UUID | None, times: Times) -> bool:
    """True when no row of the outbox works on a letter any more; one that was given up stays so for good."""
    if working is None:
        return True
    row = session.get_one(OutboxRow, working, with_for_update=True, populate_existing=True)
    if row.dead_at is None:
        return False
    row.dead_at, row.done_at, row.cancelled_at = None, times.machine, times.machine
    return True


def true_still(session: Session, letter: Letter, found: Source) -> None:
    """Refuse to go on with a letter that no longer tells what is true. Raises LetterRefusedError."""
    why = outdated(session, letter, found)
    if why is not None:
        raise LetterRefusedError(why + _MAKE_AGAIN)


def validate(session: Session, letter: UUID, by: Actor, times: Times, signatory: UUID | None = None) -> None:
    """Validate a letter: it is frozen, with its date and its signatory. Raises LetterRefusedError.

    A letter that somebody signs is validated by a person who decides, and who did not prepare it. The signatory is
    the one the decision names; else the one given; else whoever validates, when their signature is in force.
    """
    with writing(session):
        row, found = held(session, letter)
        signing = to_validate(session, row, found, by, signatory)
        day = local_day(times.legal, found.call.authority.zone)
        signature = _signature(signing) if signing else None
        stamp = Stamp(dated_on=day, signatory=signature, provisional=False, signed=KINDS[row.code].signed)
        row.stamp = printed(stamp)
        row.signed_by = str(signing.id) if signing else None
        row.validated_at, row.validated_by = times.legal, by.id


def to_validate(
    session: Session, letter: Letter, found: Source, by: Actor, signatory: UUID | None = None
) -> Account | None:
    """Who would sign a letter that an actor validates, None for one that nobody signs. Raises LetterRefusedError when
    they may not.
    """
    if letter.validated_at is not None:
        raise LetterRefusedError("Ce courrier est déjà validé.")
    true_still(session, letter, found)
    missing = prepare(session, found, letter.party).missing
    if missing:
        raise LetterRefusedError(" ".join(missing))
    if not KINDS[letter.code].signed:
        return None
    _two_persons(letter, found, by)
    signing = _signing(session, found, by, signatory)
    _signature(signing)
    return signing


def _two_persons(letter: Letter, found: Source, by: Actor) -> None:
    """Who prepares is not who validates: the one who drafted, or the instructor whose act asked for the letter."""
    if not decides_at(by.role, Role.HEAD):
        raise LetterRefusedError("Un courrier signé est validé par un responsable ou par le directeur général.")
    if by.id in {letter.drafted_by, *found.prepared_by}:
        raise LetterRefusedError("Vous avez préparé ce courrier : une autre personne le valide.")


def _signing(session: Session, found: Source, by: Actor, given: UUID | None) -> Account:
    in_order = {account.id: account for account in signatories(session, found.region)}
    wanted = found.signatory or given
    if wanted is None and by.id in {str(account) for account in in_order}:
        wanted = UUID(by.id)
    if wanted is None:
        raise LetterRefusedError("Choisissez qui signe ce courrier.")
    if wanted not in in_order:
        raise LetterRefusedError("Le signataire n’a plus de signature en vigueur : choisissez-en un autre.")
    return in_order[wanted]


def _signature(account: Account) -> Signature:
    if not account.capacity:
        raise LetterRefusedError(
            f"Le compte de {account.name} ne dit pas en quelle qualité il signe : "
            "demandez à l’administrateur de la donner."
        )
    return Signature(name=account.name, capacity=account.capacity)


def make(session: Session, letter: UUID, by: str, times: Times, shelf: Shelf) -> str:
    """Make the file of a validated letter, numbered; gives its digest. Made twice, it is the same file.

    The number is taken and kept first: a stop in between changes nothing of what comes out. Raises LetterRefusedError.
    """
    with writing(session):
        row, found = held(session, letter)
        if row.sha256 is not None:
            return row.sha256
        if row.validated_at is None:
            raise LetterRefusedError("Ce courrier n’est pas validé : validez-le d’abord.")
        true_still(session, row, found)
        if row.number is None:
            year = local_day(row.validated_at, found.call.authority.zone).year
            row.number, row.year = next_number(session, row.authority, year), year
        template = in_force(session, row.authority, row.code)
        made = job(template, row.data, {**(row.stamp or {}), "number": row.full_number}, row.validated_at)
    content = _compiled(made)
    sha256 = shelf.put(content)
    with writing(session):
        row, found = held(session, letter)
        if row.sha256 is None:
            row.sha256, row.size = sha256, len(content)
            row.generated_at, row.generated_by = times.legal, by
            if row.addressee == ON_FILE:
                _filed(row, found, by, times)
        return row.sha256


def _filed(letter: Letter, found: Source, by: str, times: Times) -> None:
    """What goes to nobody is on file once it is made."""
    letter.channel, letter.sent_by, letter.sent_at = FILED, by, times.legal
    letter.sent_on = local_day(times.legal, found.call.authority.zone)


def _compiled(made: Job) -> bytes:
    try:
        return press().pdf(made)
    except NotCompiledError as error:
        raise _broken() from error


def redo(session: Session, letter: UUID, by: Actor, times: Times) -> UUID:
    """Prepare a letter again from the dossier as it stands; the one before stays, with the reason. None takes the
    place of one that has no object any more.

    Raises LetterRefusedError: a letter that left never changes, and one that tells what is true is not made again.
    """
    with writing(session):
        row, found = held(session, letter)
        if row.sent_at is not None or not given_up(session, row.sending, times):
            raise LetterRefusedError("Ce courrier est parti, ou part : il ne change plus. Envoyez-en un rectificatif.")
        why = outdated(session, row, found)
        if why is None:
            raise LetterRefusedError("Ce courrier dit ce qui est vrai : il n’y a rien à refaire.")
        row.sending = None
        row.voided_at, row.voided_by, row.voided_for = times.legal, by.id, why
        session.flush()
        if found.due.cancelled_at is not None or row.party not in found.parties or not found.stands:
            return row.id
        return _drafted(session, found, row.party, prepare(session, found, row.party), by, times)
