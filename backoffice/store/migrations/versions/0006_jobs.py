"""Jobs, mails that gather several notices, bounces, messages received, proofs of receipt awaited.

Processes of the release before go on working on this schema: nothing they read or write goes away.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
_ONE_CAUSE = (
    "(CASE WHEN entry IS NULL THEN 0 ELSE 1 END) + (CASE WHEN notice IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN run IS NULL THEN 0 ELSE 1 END) = 1"
)


def _column(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _maybe(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=True)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}", ondelete="RESTRICT")


def upgrade() -> None:
    """Go up. The clock plans the deadlines of every dossier again, under their jobs, batch after batch."""
    _new_tables()
    _deadlines()
    op.add_column("dossier", _maybe("proof_since", sa.Date()))
    op.add_column("dossier", sa.Column("planned", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_dossier_planned", "dossier", ["planned"])
    op.add_column("document", sa.Column("kind", sa.String(20), nullable=False, server_default="piece"))
    for column in (
        _maybe("received_on", sa.Date()),
        _maybe("sender", sa.String(254)),
        _maybe("subject", sa.String(400)),
    ):
        op.add_column("document", column)
    _effects()
    _sent_mail()
    _digests()


def downgrade() -> None:
    """Go down. Mails that gathered several notices go: the release before could not read them."""
    for table in ("mail_recipient", "bounce", "digest_line"):
        op.drop_table(table)
    _forget_digests()
    with op.batch_alter_table("sent_mail") as batch:
        batch.drop_index("ix_sent_mail_message_id")
        batch.drop_index("ix_sent_mail_dry")
        batch.drop_column("html")
        batch.drop_column("dry")
        batch.alter_column("dossier", existing_type=sa.Uuid(), nullable=False)
    if op.get_bind().dialect.name == "sqlite":
        _never_changes_on_sqlite("sent_mail")
    _effects_as_before()
    for name in ("ix_due_notice_run",):
        op.drop_index(name, "due_notice")
    with op.batch_alter_table("due_notice") as batch:
        batch.drop_constraint("fk_due_notice_run", type_="foreignkey")
        batch.drop_column("run")
        batch.drop_column("tells")
    op.drop_index("ix_deadline_waiting", "deadline")
    op.drop_index("ix_clock_slot_taken_at", "clock_slot")
    with op.batch_alter_table("deadline") as batch:
        for column in ("job", "run_at", "told", "unless_sent", "noticed_at"):
            batch.drop_column(column)
        batch.alter_column("addressee", existing_type=sa.String(200), type_=sa.String(30))
    for column in ("kind", "received_on", "sender", "subject"):
        op.drop_column("document", column)
    op.drop_index("ix_dossier_planned", "dossier")
    op.drop_column("dossier", "planned")
    op.drop_column("dossier", "proof_since")
    for table in ("call_notice", "job_run"):
        op.drop_table(table)


def _new_tables() -> None:
    op.create_table(
        "job_run",
        _column("id", sa.Uuid()),
        _column("job", sa.String(4)),
        _column("at", INSTANT),
        _column("ran_at", INSTANT),
        _column("by", sa.String(80)),
        _column("notices", sa.Integer()),
        _column("effects", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_job_run"),
    )
    op.create_index("ix_job_run_job", "job_run", ["job"])
    op.create_table(
        "call_notice",
        _column("id", sa.Uuid()),
        _column("call", sa.String(80)),
        _column("kind", sa.String(40)),
        _column("subject", sa.String(80)),
        _column("due_on", sa.Date()),
        _column("noticed_at", INSTANT),
        _maybe("run", sa.Uuid()),
        sa.PrimaryKeyConstraint("id", name="pk_call_notice"),
        _refers("call_notice", "run", "job_run"),
        sa.UniqueConstraint("call", "kind", "subject", "due_on", name="uq_call_notice_call_kind_subject_due_on"),
    )
    op.create_index("ix_call_notice_run", "call_notice", ["run"])


def _deadlines() -> None:
    op.create_index("ix_clock_slot_taken_at", "clock_slot", ["taken_at"])
    with op.batch_alter_table("due_notice") as batch:
        batch.add_column(_maybe("run", sa.Uuid()))
        batch.add_column(sa.Column("tells", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch.create_foreign_key("fk_due_notice_run", "job_run", ["run"], ["id"], ondelete="RESTRICT")
    op.create_index("ix_due_notice_run", "due_notice", ["run"])
    op.add_column("deadline", sa.Column("job", sa.String(4), nullable=False, server_default=""))
    op.add_column("deadline", sa.Column("told", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("deadline", _maybe("run_at", INSTANT))
    op.add_column("deadline", _maybe("unless_sent", sa.String(20)))
    op.add_column("deadline", _maybe("noticed_at", INSTANT))
    with op.batch_alter_table("deadline") as batch:
        batch.alter_column("addressee", existing_type=sa.String(30), type_=sa.String(200))
    waiting = sa.text("noticed_at IS NULL")
    op.create_index(
        "ix_deadline_waiting", "deadline", ["job", "run_at"], postgresql_where=waiting, sqlite_where=waiting
    )


_OUTBOX = (
    *("dedupe_key", "dossier", "entry", "notice", "queue", "kind", "name", "addressee", "details", "at"),
    *("created_at", "next_attempt_at", "hinted_at", "attempts", "lease", "lease_until", "started_at"),
    *("last_error", "done_at", "dead_at", "cancelled_at"),
)


def _effects() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rebuild_outbox(new=True)
    else:
        op.add_column("outbox", _maybe("call", sa.String(80)))
        op.add_column("outbox", _maybe("run", sa.Uuid()))
        op.add_column("outbox", _maybe("party", sa.String(40)))
        op.create_foreign_key("fk_outbox_run", "outbox", "job_run", ["run"], ["id"], ondelete="RESTRICT")
        op.alter_column("outbox", "dossier", nullable=True)
        for name in ("one_cause", "known_queue"):
            op.drop_constraint(op.f(f"ck_outbox_{name}"), "outbox", type_="check")
        op.create_check_constraint(op.f("ck_outbox_one_cause"), "outbox", _ONE_CAUSE)
        op.create_check_constraint(
            op.f("ck_outbox_about_something"), "outbox", "dossier IS NOT NULL OR call IS NOT NULL"
        )
        op.create_check_constraint(op.f("ck_outbox_known_queue"), "outbox", "queue IN ('mail', 'work', 'digest')")
    op.create_index("ix_outbox_run", "outbox", ["run"])


def _effects_as_before() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.drop_index("ix_outbox_run", "outbox")
        _rebuild_outbox(new=False)
        return
    for name in ("one_cause", "known_queue", "about_something"):
        op.drop_constraint(op.f(f"ck_outbox_{name}"), "outbox", type_="check")
    op.drop_index("ix_outbox_run", "outbox")
    op.drop_constraint("fk_outbox_run", "outbox", type_="foreignkey")
    for column in ("call", "run", "party"):
        op.drop_column("outbox", column)
    op.alter_column("outbox", "dossier", nullable=False)
    op.create_check_constraint(op.f("ck_outbox_one_cause"), "outbox", "(entry IS NULL) <> (notice IS NULL)")
    op.create_check_constraint(op.f("ck_outbox_known_queue"), "outbox", "queue IN ('mail', 'work')")


def _rebuild_outbox(*, new: bool) -> None:
    """Make the table of effects anew: SQLite changes no constraint in place."""
    op.create_table("outbox_made_again", *_outbox_columns(new=new), *_outbox_constraints(new=new))
    kept = ", ".join(f'"{name}"' for name in ("id", *_OUTBOX))
    op.execute(f"INSERT INTO outbox_made_again ({kept}) SELECT {kept} FROM outbox")  # noqa: S608 - our own names
    op.drop_table("outbox")
    op.rename_table("outbox_made_again", "outbox")
    op.create_index("ix_outbox_dossier", "outbox", ["dossier"])
    op.create_index("ix_outbox_entry", "outbox", ["entry"])
    op.create_index("ix_outbox_waiting", "outbox", ["done_at", "dead_at", "next_attempt_at"])


def _outbox_columns(*, new: bool) -> list[sa.Column[Any]]:
    added = [_maybe("call", sa.String(80)), _maybe("run", sa.Uuid()), _maybe("party", sa.String(40))] if new else []
    return [
        _column("id", sa.Uuid()),
        _column("dedupe_key", sa.String(200)),
        sa.Column("dossier", sa.Uuid(), nullable=new),
        _maybe("entry", sa.Uuid()),
        _maybe("notice", sa.Uuid()),
        _column("queue", sa.String(10)),
        _column("kind", sa.String(20)),
        _column("name", sa.String(60)),
        _maybe("addressee", sa.String(30)),
        _column("details", sa.Text()),
        _column("at", INSTANT),
        _column("created_at", INSTANT),
        _column("next_attempt_at", INSTANT),
        _maybe("hinted_at", INSTANT),
        _column("attempts", sa.Integer()),
        _maybe("lease", sa.Uuid()),
        _maybe("lease_until", INSTANT),
        _maybe("started_at", INSTANT),
        _maybe("last_error", sa.Text()),
        _maybe("done_at", INSTANT),
        _maybe("dead_at", INSTANT),
        _maybe("cancelled_at", INSTANT),
        *added,
    ]


def _outbox_constraints(*, new: bool) -> list[sa.Constraint]:
    cause = _ONE_CAUSE if new else "(entry IS NULL) <> (notice IS NULL)"
    queues = "'mail', 'work', 'digest'" if new else "'mail', 'work'"
    about = sa.CheckConstraint("dossier IS NOT NULL OR call IS NOT NULL", name=op.f("ck_outbox_about_something"))
    return [
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.CheckConstraint(f"queue IN ({queues})", name=op.f("ck_outbox_known_queue")),
        sa.CheckConstraint(cause, name=op.f("ck_outbox_one_cause")),
        sa.CheckConstraint("done_at IS NULL OR dead_at IS NULL", name=op.f("ck_outbox_one_outcome")),
        sa.CheckConstraint("(lease IS NULL) = (lease_until IS NULL)", name=op.f("ck_outbox_whole_lease")),
        _refers("outbox", "dossier", "dossier"),
        _refers("outbox", "entry", "journal"),
        _refers("outbox", "notice", "due_notice"),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_outbox_dedupe_key")),
        *([about, _refers("outbox", "run", "job_run")] if new else []),
    ]


def _sent_mail() -> None:
    """The rows of sent mail never change: where the table is made again, so are the triggers that see to it."""
    with op.batch_alter_table("sent_mail") as batch:
        batch.add_column(_maybe("html", sa.Text()))
        batch.add_column(sa.Column("dry", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.alter_column("dossier", existing_type=sa.Uuid(), nullable=True)
    op.create_index("ix_sent_mail_message_id", "sent_mail", ["message_id"])
    op.create_index("ix_sent_mail_dry", "sent_mail", ["dry"])
    if op.get_bind().dialect.name == "sqlite":
        _never_changes_on_sqlite("sent_mail")


def _never_changes_on_sqlite(table: str) -> None:
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _digests() -> None:
    op.create_table(
        "digest_line",
        _column("outbox", sa.Uuid()),
        _column("notice", sa.Uuid()),
        _column("dossier", sa.Uuid()),
        sa.PrimaryKeyConstraint("outbox", "notice", name="pk_digest_line"),
        _refers("digest_line", "outbox", "outbox"),
        _refers("digest_line", "notice", "due_notice"),
        _refers("digest_line", "dossier", "dossier"),
    )
    op.create_index("ix_digest_line_dossier", "digest_line", ["dossier"])
    op.create_table(
        "bounce",
        _column("id", sa.Uuid()),
        _column("mail", sa.Uuid()),
        _column("address", sa.String(254)),
        _column("permanent", sa.Boolean()),
        _column("refused", sa.Boolean()),
        _column("proven", sa.Boolean()),
        _maybe("seen_at", INSTANT),
        _maybe("status", sa.String(20)),
        _maybe("said", sa.Text()),
        _column("at", INSTANT),
        _column("recorded_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_bounce"),
        _refers("bounce", "mail", "sent_mail"),
        sa.UniqueConstraint("mail", "address", name="uq_bounce_mail_address"),
    )
    op.create_index("ix_bounce_address", "bounce", ["address"])
    op.create_table(
        "mail_recipient",
        _column("mail", sa.Uuid()),
        _column("address", sa.String(254)),
        _maybe("party", sa.String(40)),
        _column("mailbox", sa.Boolean()),
        _column("at", INSTANT),
        sa.PrimaryKeyConstraint("mail", "address", name="pk_mail_recipient"),
        _refers("mail_recipient", "mail", "sent_mail"),
    )
    op.create_index("ix_mail_recipient_address", "mail_recipient", ["address", "at"])


def _forget_digests() -> None:
    """Drop what has no place in the schema before: effects of runs, and the mails that left for them."""
    base = op.get_bind()
    if base.dialect.name == "sqlite":
        op.execute("DROP TRIGGER sent_mail_no_update")
        op.execute("DROP TRIGGER sent_mail_no_delete")
    else:
        op.execute("ALTER TABLE sent_mail DISABLE TRIGGER USER")
    gone = "run IS NOT NULL OR queue = 'digest'"
    op.execute(f"DELETE FROM sent_mail WHERE dossier IS NULL OR outbox IN (SELECT id FROM outbox WHERE {gone})")  # noqa: S608 - our own words
    op.execute(f"DELETE FROM outbox WHERE {gone}")  # noqa: S608 - our own words
    if base.dialect.name != "sqlite":
        op.execute("ALTER TABLE sent_mail ENABLE TRIGGER USER")
