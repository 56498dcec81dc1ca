"""Sending letters: by mail, through the outbox, with the file attached; or on paper, noted by whoever posted it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from urllib.parse import quote
from uuid import UUID, uuid4

from sqlalchemy import update
from sqlalchemy.orm import Session

from backoffice.services.act import Times
from backoffice.services.addresses import recipients_of_party, somebody
from backoffice.services.documents import Shelf, shelf_of
from backoffice.services.letters.making import LetterRefusedError, attachment_of, outdated
from backoffice.services.letters.signing import file_of, unsigned
from backoffice.services.letters.sources import DossierSource, Source, caused_by, source
from backoffice.services.letters.stages import given_up, held, true_still
from backoffice.services.mail_matter import Matter, NothingLeftToSayError, Values, common, of_service
from backoffice.services.mail_texts import Leaving, written
from backoffice.services.mails import Attachment, Mail
from backoffice.services.outbox import Claimed
from backoffice.store.base import writing
from backoffice.store.dossiers import DossierRow
from backoffice.store.letters import Letter
from backoffice.store.mails import LetterDue
from backoffice.store.outbox import LETTER_SEND, OutboxRow
from backoffice.store.signed_copies import signed_copy
from config.settings import Settings
from workflows.actors import Actor
from workflows.deadlines import local_day
from workflows.describe import letter_called
from workflows.effects import Addressee
from workflows.french import short_day, typography

#: Ways a letter leaves on paper, with their French names.
PAPER = {
    "registered": "lettre recommandée avec avis de réception",
    "post": "lettre simple",
    "hand": "remise en main propre",
    "officer": "acte de commissaire de justice",
}
MAIL = "email"


def send_by_mail(session: Session, letter: UUID, by: Actor, times: Times) -> UUID:
    """Hand a letter to the outbox; gives the row that carries it. Raises LetterRefusedError."""
    with writing(session):
        row, found = _ready(session, letter, times)
        to_send_by_mail(session, row, found, times)
        carrying = _outbox_row(row, found, times)
        session.add(carrying)
        session.flush()
        row.sending, row.channel, row.sent_by = carrying.id, MAIL, by.id
        return carrying.id


def to_send_by_mail(session: Session, letter: Letter, found: Source, times: Times) -> None:
    """Raise LetterRefusedError when a letter that was made cannot leave by mail as it stands."""
    true_still(session, letter, found)
    _in_time(found, local_day(times.legal, found.call.authority.zone))
    bare = unsigned(session, letter, found)
    if bare is not None:
        raise LetterRefusedError(bare)
    if not recipients_of_party(session, found.call, letter.addressee, letter.party).recipients:
        raise LetterRefusedError(
            "Le destinataire n’a pas d’adresse électronique qui reçoive : envoyez ce courrier sur papier."
        )


def _outbox_row(letter: Letter, found: Source, times: Times) -> OutboxRow:
    return OutboxRow(
        id=uuid4(),
        dedupe_key=f"letter:{letter.id}:{uuid4()}",
        **caused_by(found.due),
        queue="mail",
        kind=LETTER_SEND,
        name=letter.code,
        addressee=letter.addressee,
        party=letter.party,
        details={"letter": str(letter.id)},
        at=times.legal,
        created_at=times.machine,
        next_attempt_at=times.machine,
    )


def send_on_paper(session: Session, letter: UUID, by: Actor, times: Times, *, channel: str, on: date) -> None:
    """Note that a letter left on paper. Raises LetterRefusedError."""
    if channel not in PAPER:
        raise LetterRefusedError("Choisissez comment le courrier est parti.")
    with writing(session):
        row, found = _ready(session, letter, times)
        true_still(session, row, found)
        zone = found.call.authority.zone
        if on > local_day(times.legal, zone):
            raise LetterRefusedError("Un envoi se note une fois fait : donnez un jour passé ou aujourd’hui.")
        if row.validated_at is not None and on < local_day(row.validated_at, zone):
            raise LetterRefusedError("Le courrier ne peut pas être parti avant sa date : vérifiez le jour de l’envoi.")
        _in_time(found, on)
        row.channel, row.sent_by, row.sent_on, row.sent_at = channel, by.id, on, times.legal


def _ready(session: Session, letter: UUID, times: Times) -> tuple[Letter, Source]:
    row, found = held(session, letter)
    if row.generated_at is None:
        raise LetterRefusedError("Ce courrier n’est pas encore produit : produisez-le d’abord.")
    if row.sent_at is not None or not given_up(session, row.sending, times):
        raise LetterRefusedError("Ce courrier est déjà parti, ou part.")
    row.sending = None
    return row, found


def _in_time(found: Source, on: date) -> None:
    if found.leaves_by is not None and on > found.leaves_by:
        raise LetterRefusedError(
            typography(
                f"Cette convocation devait partir le {short_day(found.leaves_by)} au plus tard : "
                "demandez-en une autre, pour un autre jour ou en disant l’urgence."
            )
        )


def letter_mail(session: Session, claimed: Claimed, settings: Settings, times: Times) -> Mail:
    """The mail that carries a letter. Raises NobodyToTellError; NothingLeftToSayError for a letter that was replaced,
    says what is not true any more, or is a decision without its signed copy.
    """
    letter, found = _leaving(session, claimed)
    to = recipients_of_party(session, found.call, letter.addressee, letter.party, claimed.details)
    leaving = Leaving(
        found.call, somebody(letter.addressee, to), claimed.id, settings.mail_from, settings.public_url, claimed.at
    )
    values = {
        "letter": letter_called(letter.code, letter.data["title"]),
        "letter_number": letter.full_number,
        "letter_title": letter.data["title"],
        "signatory": (letter.stamp or {}).get("signatory"),
        "copied": signed_copy(session, letter.id) is not None,
    }
    if isinstance(found, DossierSource):
        mail = _of_dossier(leaving, found, values, claimed, times)
    else:
        mail = _of_session(leaving, found.due, values | {"label": letter.data["sitting"]["label"]})
    enclosed = attachment_of(session, found)[1]
    files = [letter, *([enclosed] if enclosed is not None and enclosed.sha256 else [])]
    shelf = shelf_of(settings)
    return replace(mail, remark=to.remark, attachments=tuple(_attachment(session, file, shelf) for file in files))


def _leaving(session: Session, claimed: Claimed) -> tuple[Letter, Source]:
    """The letter of a mail, looked at again: what happened since it was handed over may stop it."""
    letter = session.get(Letter, UUID(claimed.details["letter"]), populate_existing=True)
    if letter is None or letter.sha256 is None or letter.voided_at is not None:
        raise NothingLeftToSayError(claimed.name)
    due = session.get_one(LetterDue, letter.due, populate_existing=True)
    row = session.get_one(DossierRow, letter.dossier, populate_existing=True) if letter.dossier else None
    found = source(session, due, row)
    why = outdated(session, letter, found) or unsigned(session, letter, found)
    if why is not None:
        raise NothingLeftToSayError(claimed.name, why)
    return letter, found


def _of_dossier(leaving: Leaving, found: DossierSource, values: Values, claimed: Claimed, times: Times) -> Mail:
    view = found.view
    today, page = local_day(times.legal, found.call.authority.zone), leaving.dossier(view.number)
    to = (Addressee(found.due.addressee),)
    matter = Matter(claimed.name, view, found.call, claimed.details, claimed.at, today, to)
    return written(leaving, "letter", common(matter) | values | {"page": page}, (page,))


def _of_session(leaving: Leaving, due: LetterDue, values: Values) -> Mail:
    page = f"{leaving.root}/commission/{quote(due.call or '')}/{quote(due.session or '')}"
    told = {"title": leaving.call.title, **of_service(leaving.call), "page": page}
    return written(leaving, "session_letter", told | values, (page,))


def _attachment(session: Session, letter: Letter, shelf: Shelf) -> Attachment:
    return Attachment(file_name(letter), shelf.path(file_of(session, letter) or "").read_bytes())


def file_name(letter: Letter) -> str:
    """What the file of a letter is called: `courrier-2024-0007.pdf`."""
    return f"courrier-{letter.full_number}.pdf"


def left(session: Session, claimed: Claimed, times: Times, *, dry: bool) -> None:
    """Note that the mail of a letter left, in the transaction that ends its row; a second sending changes nothing.

    `dry`: the mail was composed and went nowhere: the letter still waits to be sent.
    """
    zone = _zone(session, claimed)
    gone = {"sent_at": times.legal, "sent_on": local_day(times.legal, zone)}
    values = {"sending": None, "channel": None, "sent_by": None} if dry else gone
    mine = update(Letter).where(Letter.id == UUID(claimed.details["letter"]), Letter.sent_at.is_(None))
    session.execute(mine.values(values).execution_options(synchronize_session=False))


def _zone(session: Session, claimed: Claimed) -> str:
    """The zone of the authority whose letter it is."""
    letter = session.get_one(Letter, UUID(claimed.details["letter"]))
    return source(session, session.get_one(LetterDue, letter.due)).call.authority.zone
