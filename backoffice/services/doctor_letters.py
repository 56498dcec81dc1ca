"""The doctor on letters: each is numbered once, stands once, tells of what asked for it, and stays as it left.

And on the templates that agencies wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from backoffice.services.ailments import Ailment
from backoffice.services.letters import templates
from backoffice.services.letters.idle import misnoted
from backoffice.services.letters.sending import MAIL
from backoffice.store.dossiers import DossierRow
from backoffice.store.letters import Letter, LetterCounter
from backoffice.store.mails import LetterDue, SentMail
from backoffice.store.outbox import OutboxRow
from workflows.dossier import Dossier
from workflows.french import typography


def check_letters(session: Session) -> Iterator[Ailment]:
    """Nothing is wrong with the letters. Their bytes are checked with the documents."""
    yield from _numbers(session)
    yield from _standing(session)
    yield from _of_another(session)
    yield from _steps(session)
    yield from _mailed(session)


def check_templates(session: Session) -> Iterator[Ailment]:
    """Every template that an agency wrote still makes its letter, with all its mandatory mentions."""
    for authority, code, error in templates.no_longer_sound(session):
        what = f"le modèle de l’agence n’est plus accepté : corrigez-le dans « Modèles ». {error}"
        yield Ailment("modèles", f"{authority} {code}", typography(what))


def _numbers(session: Session) -> Iterator[Ailment]:
    """The numbers of a year are given once each, and none is missing: a letter that has one stays for ever."""
    key = (Letter.authority, Letter.year, Letter.number)
    twice = select(*key, func.count()).where(Letter.number.is_not(None)).group_by(*key).having(func.count() > 1)
    for authority, year, number, count in session.execute(twice):
        yield Ailment("lettres", f"{authority} {year}-{number:04}", f"le même numéro est celui de {count} courriers")
    numbered = (
        select(Letter.authority, Letter.year, func.count(Letter.number.distinct()).label("many"))
        .add_columns(func.max(Letter.number).label("last"))
        .where(Letter.number.is_not(None))
        .group_by(Letter.authority, Letter.year)
        .subquery()
    )
    same = and_(LetterCounter.authority == numbered.c.authority, LetterCounter.year == numbered.c.year)
    given = (numbered.c.many == LetterCounter.last, numbered.c.last == LetterCounter.last)
    wrong = select(numbered.c.authority, numbered.c.year).outerjoin(LetterCounter, same)
    for authority, year in session.execute(wrong.where(or_(LetterCounter.last.is_(None), ~and_(*given)))):
        yield Ailment("lettres", f"{authority} {year}", _MISSING)
    unused = select(LetterCounter.authority, LetterCounter.year).outerjoin(numbered, same)
    for authority, year in session.execute(unused.where(numbered.c.many.is_(None))):
        yield Ailment("lettres", f"{authority} {year}", _MISSING)


_MISSING = "les numéros donnés aux courriers de l’année ne se suivent pas jusqu’au dernier donné"


def _standing(session: Session) -> Iterator[Ailment]:
    """One letter stands for each party of what was asked."""
    key = (Letter.due, Letter.party)
    doubled = select(*key, func.count()).where(Letter.voided_at.is_(None)).group_by(*key).having(func.count() > 1)
    for due, _, count in session.execute(doubled):
        yield Ailment("lettres", str(due), f"{count} courriers tiennent pour le même destinataire")


def _of_another(session: Session) -> Iterator[Ailment]:
    """A letter is the one that was asked for: its code, its dossier, its addressee."""
    other = or_(
        Letter.code != LetterDue.code,
        Letter.addressee != LetterDue.addressee,
        Letter.dossier.is_distinct_from(LetterDue.dossier),
    )
    asked = select(Letter.id).outerjoin(LetterDue, LetterDue.id == Letter.due)
    for letter in session.scalars(asked.where(or_(LetterDue.id.is_(None), other))):
        yield Ailment("lettres", str(letter), "le courrier n’est pas celui qui a été demandé")


def _steps(session: Session) -> Iterator[Ailment]:
    """A letter is validated, then numbered and made, then it leaves, whole, and stands for ever."""
    whole = and_(
        Letter.validated_at.is_not(None),
        Letter.stamp.is_not(None),
        Letter.number.is_not(None),
        Letter.year.is_not(None),
        Letter.sha256.is_not(None),
        Letter.size.is_not(None),
    )
    gone = and_(Letter.channel.is_not(None), Letter.sent_on.is_not(None), Letter.voided_at.is_(None))
    numbered_early = and_(Letter.number.is_not(None), Letter.validated_at.is_(None))
    half_made = and_(Letter.generated_at.is_not(None), ~whole)
    half_sent = and_(Letter.sent_at.is_not(None), ~and_(Letter.generated_at.is_not(None), gone))
    for letter in session.scalars(select(Letter.id).where(or_(numbered_early, half_made, half_sent))):
        yield Ailment("lettres", str(letter), "il manque une étape au courrier : validé, numéroté, produit, parti")


def _mailed(session: Session) -> Iterator[Ailment]:
    """A letter handed to the mail left when its mail did, to whom it is for, and not before."""
    kept = select(SentMail.id).where(SentMail.outbox == OutboxRow.id, SentMail.dry.is_(False))
    left = and_(OutboxRow.done_at.is_not(None), OutboxRow.cancelled_at.is_(None), kept.exists())
    other = or_(Letter.party.is_distinct_from(OutboxRow.party), Letter.addressee.is_distinct_from(OutboxRow.addressee))
    early_or_late = or_(and_(Letter.sent_at.is_(None), left), and_(Letter.sent_at.is_not(None), ~left))
    wrong = or_(OutboxRow.id.is_(None), other, early_or_late)
    by_mail = select(Letter.id).outerjoin(OutboxRow, OutboxRow.id == Letter.sending)
    mailed = or_(Letter.sending.is_not(None), and_(Letter.channel == MAIL, Letter.sent_at.is_not(None)))
    for letter in session.scalars(by_mail.where(mailed, wrong)):
        yield Ailment("lettres", str(letter), "le courrier et le courriel qui le porte ne disent pas la même chose")


def idle_as_told(session: Session, read: Iterable[tuple[DossierRow, Dossier]]) -> Iterator[Ailment]:
    """What a batch of dossiers has to prepare has an object, as their facts say; those not drawn yet wait."""
    drawn = {row.id: (row.number, view) for row, view in read if row.drawn == row.version}
    for due in misnoted(session, {dossier: view for dossier, (_, view) in drawn.items()}):
        has = "a un objet et n’est pas à préparer" if due.idle else "n’a plus d’objet et reste à préparer"
        yield Ailment("lettres", f"{drawn[due.dossier][0]} {due.code}", f"le courrier {has}")
