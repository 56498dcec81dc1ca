"""The letters of the demonstration: prepared by the instructor, validated by the head, made, sent."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select

from backoffice.services.demo.life import Life, Script
from backoffice.services.demo.staff import AGENCIES, STAFF
from backoffice.services.demo.stage import Stage
from backoffice.services.documents import Received
from backoffice.services.letters import sending, stages
from backoffice.services.letters.press import press
from backoffice.services.letters.signing import decides, give_copy
from backoffice.services.letters.templates import in_force, job
from backoffice.store.dossiers import DossierRow
from backoffice.store.letters import Letter
from backoffice.store.mails import LetterDue
from workflows.actors import Actor
from workflows.effects import Addressee


def prepared(life: Life, code: str, to: Addressee = Addressee.RECRUITER) -> UUID:
    """The last letter of a code that was asked for, prepared; gives its id."""
    mine = select(LetterDue.id).where(LetterDue.dossier == life.id, LetterDue.code == code)
    mine = mine.where(LetterDue.addressee == to.value).order_by(LetterDue.asked_at.desc()).limit(1)
    due = life.stage.session.scalars(mine).one()
    return stages.draft(life.stage.session, due, life.instructor, life.stage.times)[0]


def validated(life: Life, code: str, to: Addressee = Addressee.RECRUITER) -> UUID:
    """The same, validated and signed."""
    letter = prepared(life, code, to)
    stages.validate(life.stage.session, letter, life.head, life.stage.times)
    return letter


def made(life: Life, code: str, to: Addressee = Addressee.RECRUITER) -> UUID:
    """The same, with its number and its file."""
    letter = validated(life, code, to)
    stages.make(life.stage.session, letter, life.instructor.id, life.stage.times, life.stage.shelf)
    return letter


def posted(life: Life, code: str, to: Addressee = Addressee.RECRUITER, channel: str = "registered") -> None:
    """The same, sent on paper; of a decision, a signed copy is kept."""
    letter, stage = (copied if decides(code) else made)(life, code, to), life.stage
    sending.send_on_paper(stage.session, letter, life.instructor, stage.times, channel=channel, on=life.today)


def copied(life: Life, code: str, to: Addressee = Addressee.RECRUITER) -> UUID:
    """The same, with its signed copy: the letter made again, with « Signé » where a person would sign."""
    letter, stage = made(life, code, to), life.stage
    row = stage.session.get_one(Letter, letter)
    stamp = {**(row.stamp or {}), "number": row.full_number}
    signatory = stamp["signatory"]
    stamp["signatory"] = {**signatory, "name": f"Signé\u00a0: {signatory['name']}"}
    at = row.generated_at or life.stage.times.legal
    content = press().pdf(job(in_force(stage.session, row.authority, code), row.data, stamp, at))
    stage.session.rollback()
    given = Received("exemplaire-signe.pdf", content)
    give_copy(stage.session, letter, given, life.instructor, stage.times, stage.shelf)
    return letter


def mailed(life: Life, code: str, to: Addressee = Addressee.RECRUITER) -> None:
    """The same, sent by mail; a decision with its signed copy."""
    letter = (copied if decides(code) else made)(life, code, to)
    sending.send_by_mail(life.stage.session, letter, life.instructor, life.stage.times)


def written_by_hand(stage: Stage, on: datetime) -> Script:
    """The day an agency begins to write its letters here, it notes that all those asked for before have left."""
    yield on
    instructors: dict[str | None, Actor] = {
        agency.region: STAFF[f"instructeur.{agency.key}"].actor for agency in AGENCIES.values()
    }
    not_yet = ~exists().where(Letter.due == LetterDue.id)
    old = select(LetterDue.id, DossierRow.region).join(DossierRow, DossierRow.id == LetterDue.dossier)
    old = old.where(LetterDue.asked_at < on, LetterDue.cancelled_at.is_(None), not_yet)
    for due, region in stage.session.execute(old.order_by(LetterDue.asked_at, LetterDue.id)).all():
        stages.leave_elsewhere(stage.session, due, instructors[region], stage.times)
