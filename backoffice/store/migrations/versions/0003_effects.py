"""Deadlines, notices, effects and sent mail. The rows of sent mail never change.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def _column(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _maybe(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=True)


#: In an order that foreign keys allow.
DROPPED = (
    "sent_mail",
    "outbox",
    "letter_due",
    "due_notice",
    "deadline",
    "clock_slot",
)


def upgrade() -> None:
    """Go up. A later migration that rebuilds sent mail on SQLite makes its triggers again."""
    _effects()
    _never_changes("sent_mail")


def downgrade() -> None:
    """Go down."""
    for table in DROPPED:
        op.drop_table(table)


def _never_changes(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _effects() -> None:
    """Deadlines, notices, effects and the clock."""
    op.create_table(
        "clock_slot",
        _column("job", sa.String(40)),
        _column("slot", INSTANT),
        _column("taken_at", INSTANT),
        _maybe("done_at", INSTANT),
        sa.PrimaryKeyConstraint("job", "slot", name="pk_clock_slot"),
    )
    op.create_table(
        "deadline",
        _column("dossier", sa.Uuid()),
        _column("kind", sa.String(40)),
        _column("due_on", sa.Date()),
        _column("due_at", INSTANT),
        _column("family", sa.String(40)),
        _maybe("addressee", sa.String(30)),
        _maybe("act", sa.String(40)),
        sa.PrimaryKeyConstraint("dossier", "kind", "due_on", name="pk_deadline"),
        sa.ForeignKeyConstraint(["dossier"], ["dossier.id"], name="fk_deadline_dossier", ondelete="RESTRICT"),
    )
    op.create_index("ix_deadline_due", "deadline", ["due_at"])
    op.create_table(
        "due_notice",
        _column("id", sa.Uuid()),
        _column("dossier", sa.Uuid()),
        _column("kind", sa.String(40)),
        _column("due_on", sa.Date()),
        _column("noticed_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_due_notice"),
        sa.ForeignKeyConstraint(["dossier"], ["dossier.id"], name="fk_due_notice_dossier", ondelete="RESTRICT"),
        sa.UniqueConstraint("dossier", "kind", "due_on", name=op.f("uq_due_notice_dossier_kind_due_on")),
    )
    op.create_table(
        "letter_due",
        _column("id", sa.Uuid()),
        _column("dossier", sa.Uuid()),
        _column("entry", sa.Uuid()),
        _column("code", sa.String(40)),
        _column("addressee", sa.String(30)),
        _column("asked_at", INSTANT),
        _maybe("cancelled_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_letter_due"),
        sa.ForeignKeyConstraint(["dossier"], ["dossier.id"], name="fk_letter_due_dossier", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["entry"], ["journal.id"], name="fk_letter_due_entry", ondelete="RESTRICT"),
        sa.UniqueConstraint("entry", "code", "addressee", name=op.f("uq_letter_due_entry_code_addressee")),
    )
    op.create_index("ix_letter_due_dossier", "letter_due", ["dossier"])
    op.create_index("ix_letter_due_entry", "letter_due", ["entry"])
    op.create_table(
        "outbox",
        _column("id", sa.Uuid()),
        _column("dedupe_key", sa.String(200)),
        _column("dossier", sa.Uuid()),
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
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.CheckConstraint("queue IN ('mail', 'work')", name=op.f("ck_outbox_known_queue")),
        sa.CheckConstraint("(entry IS NULL) <> (notice IS NULL)", name=op.f("ck_outbox_one_cause")),
        sa.CheckConstraint("done_at IS NULL OR dead_at IS NULL", name=op.f("ck_outbox_one_outcome")),
        sa.CheckConstraint("(lease IS NULL) = (lease_until IS NULL)", name=op.f("ck_outbox_whole_lease")),
        sa.ForeignKeyConstraint(["dossier"], ["dossier.id"], name="fk_outbox_dossier", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["entry"], ["journal.id"], name="fk_outbox_entry", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["notice"], ["due_notice.id"], name="fk_outbox_notice", ondelete="RESTRICT"),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_outbox_dedupe_key")),
    )
    op.create_index("ix_outbox_dossier", "outbox", ["dossier"])
    op.create_index("ix_outbox_entry", "outbox", ["entry"])
    op.create_index("ix_outbox_waiting", "outbox", ["done_at", "dead_at", "next_attempt_at"])
    op.create_table(
        "sent_mail",
        _column("id", sa.Uuid()),
        _column("outbox", sa.Uuid()),
        _column("dossier", sa.Uuid()),
        _column("message_id", sa.String(200)),
        _column("recipients", sa.Text()),
        _column("subject", sa.String(400)),
        _column("body", sa.Text()),
        _column("sent_at", INSTANT),
        _column("doubtful", sa.Boolean()),
        sa.PrimaryKeyConstraint("id", name="pk_sent_mail"),
        sa.ForeignKeyConstraint(["dossier"], ["dossier.id"], name="fk_sent_mail_dossier", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["outbox"], ["outbox.id"], name="fk_sent_mail_outbox", ondelete="RESTRICT"),
    )
    op.create_index("ix_sent_mail_dossier", "sent_mail", ["dossier"])
    op.create_index("ix_sent_mail_outbox", "sent_mail", ["outbox"])
