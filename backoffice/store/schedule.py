"""What falls due and what the clock did about it: deadlines, notices, runs of the jobs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column

from backoffice.store.base import Base, CanonicalJson, UtcDateTime


class Deadline(Base):
    """Something that will fall due on a dossier, as its last act left it: rewritten at each act.

    `due_on` is a day of the authority’s zone and `due_at` its first instant; `run_at` is the instant from which `job`
    (J2..J10) sees to it: the hour at which its mails leave, the end of a pause. `family` gathers the reminders of one
    matter: after days without a clock only the last of a family is mailed. `told`: whom the machine writes to, as
    "addressee|party" (a FINESS, the id of a person, nothing for the service). `act` is fired by the machine, on inputs
    a person decided beforehand. `noticed_at`: a job has seen to it. `unless_sent`: name of the mail that makes it
    pointless once it has left. `addressee` repeats the addressees of `told` for processes of the release before.
    """

    __tablename__ = "deadline"
    __table_args__ = (
        Index("ix_deadline_due", "due_at"),
        Index(
            "ix_deadline_waiting",
            "job",
            "run_at",
            postgresql_where=text("noticed_at IS NULL"),
            sqlite_where=text("noticed_at IS NULL"),
        ),
    )

    dossier: Mapped[UUID] = mapped_column(ForeignKey("dossier.id", ondelete="RESTRICT"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    due_on: Mapped[date] = mapped_column(primary_key=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    family: Mapped[str] = mapped_column(String(40))
    addressee: Mapped[str | None] = mapped_column(String(200))
    act: Mapped[str | None] = mapped_column(String(40))
    job: Mapped[str] = mapped_column(String(4), default="", server_default="")
    run_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told: Mapped[Any] = mapped_column(CanonicalJson, default=list, server_default="[]")
    unless_sent: Mapped[str | None] = mapped_column(String(20))
    noticed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class JobRun(Base):
    """One run of a job that had something to see to. `at`: the legal instant it looked at."""

    __tablename__ = "job_run"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    job: Mapped[str] = mapped_column(String(4), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    ran_at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(80))
    notices: Mapped[int] = mapped_column(default=0)
    effects: Mapped[int] = mapped_column(default=0)


class DueNotice(Base):
    """Something that fell due on a dossier. Its key makes a missed, doubled or parallel tick harmless.

    `tells`: the last of its matter in its run; the others were noticed in silence.
    """

    __tablename__ = "due_notice"
    __table_args__ = (UniqueConstraint("dossier", "kind", "due_on"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    dossier: Mapped[UUID] = mapped_column(ForeignKey("dossier.id", ondelete="RESTRICT"))
    kind: Mapped[str] = mapped_column(String(40))
    due_on: Mapped[date]
    noticed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    run: Mapped[UUID | None] = mapped_column(ForeignKey("job_run.id", ondelete="RESTRICT"), index=True)
    tells: Mapped[bool] = mapped_column(default=True, server_default=true())


class CallNotice(Base):
    """Something that fell due on a call: its opening, its closing, a session of its committee, a member of one.

    `subject`: a digest of the session, its first day and the account of its member; `due_on` is then that first day.
    """

    __tablename__ = "call_notice"
    __table_args__ = (UniqueConstraint("call", "kind", "subject", "due_on"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    call: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(80), default="")
    due_on: Mapped[date]
    noticed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    run: Mapped[UUID | None] = mapped_column(ForeignKey("job_run.id", ondelete="RESTRICT"), index=True)


class DigestLine(Base):
    """A notice told in a mail that gathers several: one mail for each recipient and run of a job."""

    __tablename__ = "digest_line"

    outbox: Mapped[UUID] = mapped_column(ForeignKey("outbox.id", ondelete="RESTRICT"), primary_key=True)
    notice: Mapped[UUID] = mapped_column(ForeignKey("due_notice.id", ondelete="RESTRICT"), primary_key=True)
    dossier: Mapped[UUID] = mapped_column(ForeignKey("dossier.id", ondelete="RESTRICT"), index=True)


class ClockSlot(Base):
    """A slot of a scheduled job, taken by one clock process only."""

    __tablename__ = "clock_slot"

    job: Mapped[str] = mapped_column(String(40), primary_key=True)
    slot: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
