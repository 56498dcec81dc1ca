"""Letters made, their templates as an agency changed them.

Processes of the release before go on working on this schema: nothing they read or write goes away.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
#: What of a letter never changes once it is made.
_OF_THE_FILE = (
    *("authority", "dossier", "due", "code", "addressee", "party", "template", "data", "stamp", "year", "number"),
    *("validated_at", "validated_by", "signed_by", "generated_at", "sha256", "size"),
)


def _column(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _maybe(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=True)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}", ondelete="RESTRICT")


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "letter_batch",
        _column("id", sa.Uuid()),
        _maybe("region", sa.String(3)),
        _column("asked_by", sa.String(80)),
        _column("asked_at", INSTANT),
        _column("letters", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_letter_batch"),
    )
    op.create_index("ix_letter_batch_region", "letter_batch", ["region"])
    op.create_table(
        "letter_counter",
        _column("authority", sa.String(80)),
        _column("year", sa.Integer()),
        _column("last", sa.Integer()),
        sa.PrimaryKeyConstraint("authority", "year", name="pk_letter_counter"),
    )
    op.create_table(
        "letter_template",
        _column("id", sa.Uuid()),
        _column("authority", sa.String(80)),
        _column("code", sa.String(40)),
        _column("version", sa.Integer()),
        _maybe("text", sa.Text()),
        _column("digest", sa.String(64)),
        _column("saved_by", sa.String(80)),
        _column("saved_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_letter_template"),
        sa.UniqueConstraint("authority", "code", "version", name="uq_letter_template_authority_code_version"),
    )
    _asked()
    _caused()
    _letters()
    _never_changes("letter_template")
    if op.get_bind().dialect.name == "sqlite":
        _kept_on_sqlite()
    else:
        _kept_on_postgresql()


def downgrade() -> None:
    """Go down. Letters go, and what asks for those of a session; their files stay on the shelf until it is swept."""
    for table in ("letter", "letter_template", "letter_counter", "letter_batch"):
        op.drop_table(table)
    _caused_as_before()
    _asked_as_before()
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION keep_letter()")


_OF_A_SESSION = (
    *(("call", sa.String(80)), ("session", sa.String(80)), ("region", sa.String(3)), ("asked_by", sa.String(80))),
    *(("details", sa.Text()), ("elsewhere_at", INSTANT), ("elsewhere_by", sa.String(80))),
)
_ASKED = {
    "whole_entry": "(dossier IS NULL) = (entry IS NULL)",
    "one_object": "(dossier IS NULL) = (session IS NOT NULL)",
    "whole_session": "session IS NULL OR (call IS NOT NULL AND asked_by IS NOT NULL)",
}


def _asked() -> None:
    """Letters asked for a session of the committee, that no entry of a journal asks for."""
    with op.batch_alter_table("letter_due") as batch:
        for name, kind in _OF_A_SESSION:
            batch.add_column(_maybe(name, kind))
        for name in ("dossier", "entry"):
            batch.alter_column(name, existing_type=sa.Uuid(), nullable=True)
        for name, rule in _ASKED.items():
            batch.create_check_constraint(op.f(f"ck_letter_due_{name}"), rule)
    op.create_index("ix_letter_due_session", "letter_due", ["call", "session"])


def _asked_as_before() -> None:
    op.execute("DELETE FROM letter_due WHERE dossier IS NULL")
    op.drop_index("ix_letter_due_session", "letter_due")
    with op.batch_alter_table("letter_due") as batch:
        for name in _ASKED:
            batch.drop_constraint(op.f(f"ck_letter_due_{name}"), type_="check")
        for name in ("dossier", "entry"):
            batch.alter_column(name, existing_type=sa.Uuid(), nullable=False)
        for name, _ in _OF_A_SESSION:
            batch.drop_column(name)


_CAUSES = "(CASE WHEN entry IS NULL THEN 0 ELSE 1 END) + (CASE WHEN notice IS NULL THEN 0 ELSE 1 END)"
_CAUSES += " + (CASE WHEN run IS NULL THEN 0 ELSE 1 END)"
_ONE_CAUSE_BEFORE = f"{_CAUSES} = 1"
_ONE_CAUSE = f"{_CAUSES} + (CASE WHEN due IS NULL THEN 0 ELSE 1 END) = 1"


def _caused() -> None:
    """Effects that a letter of a session asks for."""
    with op.batch_alter_table("outbox") as batch:
        batch.drop_constraint(op.f("ck_outbox_one_cause"), type_="check")
        batch.add_column(_maybe("due", sa.Uuid()))
        batch.create_foreign_key("fk_outbox_due", "letter_due", ["due"], ["id"], ondelete="RESTRICT")
        batch.create_check_constraint(op.f("ck_outbox_one_cause"), _ONE_CAUSE)


def _caused_as_before() -> None:
    """What makes and sends letters goes with them, and the mails that carried them: the release before knows none."""
    _forget_mails("due IS NOT NULL OR kind IN ('letter_make', 'letter_send')")
    with op.batch_alter_table("outbox") as batch:
        batch.drop_constraint(op.f("ck_outbox_one_cause"), type_="check")
        batch.drop_constraint("fk_outbox_due", type_="foreignkey")
        batch.drop_column("due")
        batch.create_check_constraint(op.f("ck_outbox_one_cause"), _ONE_CAUSE_BEFORE)


def _forget_mails(gone: str) -> None:
    """Drop some rows of the outbox and the mails that left for them, which nobody else may change."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for change in ("update", "delete") if sqlite else ():
        op.execute(f"DROP TRIGGER sent_mail_no_{change}")
    if not sqlite:
        op.execute("ALTER TABLE sent_mail DISABLE TRIGGER USER")
    caused = f"SELECT id FROM outbox WHERE {gone}"  # noqa: S608 - our own words
    for table in ("mail_recipient", "bounce"):
        op.execute(f"DELETE FROM {table} WHERE mail IN (SELECT id FROM sent_mail WHERE outbox IN ({caused}))")  # noqa: S608 - our own words
    op.execute(f"DELETE FROM sent_mail WHERE outbox IN ({caused})")  # noqa: S608 - our own words
    op.execute(f"DELETE FROM outbox WHERE {gone}")  # noqa: S608 - our own words
    if sqlite:
        _refuse_changes_on_sqlite("sent_mail")
    else:
        op.execute("ALTER TABLE sent_mail ENABLE TRIGGER USER")


def _letters() -> None:
    op.create_table(
        "letter",
        _column("id", sa.Uuid()),
        _column("authority", sa.String(80)),
        _maybe("dossier", sa.Uuid()),
        _column("due", sa.Uuid()),
        _column("code", sa.String(40)),
        _column("addressee", sa.String(30)),
        _column("party", sa.String(40)),
        _column("version", sa.Integer()),
        _column("template", sa.String(64)),
        _column("data", sa.Text()),
        _maybe("stamp", sa.Text()),
        _maybe("year", sa.Integer()),
        _maybe("number", sa.Integer()),
        _column("drafted_at", INSTANT),
        _column("drafted_by", sa.String(80)),
        _maybe("validated_at", INSTANT),
        _maybe("validated_by", sa.String(80)),
        _maybe("signed_by", sa.String(80)),
        _maybe("batch", sa.Uuid()),
        _maybe("generated_at", INSTANT),
        _maybe("generated_by", sa.String(80)),
        _maybe("sha256", sa.String(64)),
        _maybe("size", sa.Integer()),
        _maybe("making", sa.Uuid()),
        _maybe("sending", sa.Uuid()),
        _maybe("channel", sa.String(20)),
        _maybe("sent_at", INSTANT),
        _maybe("sent_by", sa.String(80)),
        _maybe("sent_on", sa.Date()),
        _maybe("voided_at", INSTANT),
        _maybe("voided_by", sa.String(80)),
        _maybe("voided_for", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_letter"),
        sa.UniqueConstraint("authority", "year", "number", name="uq_letter_authority_year_number"),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_letter_{name}"))
            for name, rule in (
                ("whole_number", "(number IS NULL) = (year IS NULL)"),
                ("whole_file", "(generated_at IS NULL) = (sha256 IS NULL)"),
                ("whole_sending", "(sent_at IS NULL) = (sent_on IS NULL)"),
                ("validated_first", "validated_at IS NOT NULL OR number IS NULL"),
                ("made_first", "generated_at IS NOT NULL OR sent_at IS NULL"),
                ("sent_stands", "sent_at IS NULL OR voided_at IS NULL"),
            )
        ),
        _refers("letter", "dossier", "dossier"),
        _refers("letter", "due", "letter_due"),
        _refers("letter", "batch", "letter_batch"),
        _refers("letter", "making", "outbox"),
        _refers("letter", "sending", "outbox"),
    )
    for column in ("dossier", "batch", "sending", "sha256"):
        op.create_index(f"ix_letter_{column}", "letter", [column])
    stands = sa.text("voided_at IS NULL")
    op.create_index(
        "uq_letter_standing",
        "letter",
        ["due", "party"],
        unique=True,
        sqlite_where=stands,
        postgresql_where=stands,
    )


def _never_changes(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        _refuse_changes_on_sqlite(table)
        return
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _refuse_changes_on_sqlite(table: str) -> None:
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _kept_on_sqlite() -> None:
    """A letter that was sent never changes, the file of one that was made neither, and none goes."""
    op.execute(
        "CREATE TRIGGER letter_no_delete BEFORE DELETE ON letter BEGIN SELECT RAISE(ABORT, 'letters are kept'); END"
    )
    op.execute(
        "CREATE TRIGGER letter_sent BEFORE UPDATE ON letter WHEN OLD.sent_at IS NOT NULL "
        "BEGIN SELECT RAISE(ABORT, 'a letter that was sent never changes'); END"
    )
    same = " OR ".join(f'OLD."{name}" IS NOT NEW."{name}"' for name in _OF_THE_FILE)
    op.execute(
        f"CREATE TRIGGER letter_made BEFORE UPDATE ON letter WHEN OLD.generated_at IS NOT NULL AND ({same}) "
        "BEGIN SELECT RAISE(ABORT, 'a letter that was made never changes'); END"
    )


def _kept_on_postgresql() -> None:
    same = " OR ".join(f'OLD."{name}" IS DISTINCT FROM NEW."{name}"' for name in _OF_THE_FILE)
    op.execute(
        "CREATE FUNCTION keep_letter() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF TG_OP <> 'UPDATE' THEN RAISE EXCEPTION 'letters are kept'; END IF; "
        "IF OLD.sent_at IS NOT NULL THEN RAISE EXCEPTION 'a letter that was sent never changes'; END IF; "
        f"IF OLD.generated_at IS NOT NULL AND ({same}) THEN "
        "RAISE EXCEPTION 'a letter that was made never changes'; END IF; "
        "RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER letter_kept BEFORE UPDATE OR DELETE ON letter FOR EACH ROW EXECUTE FUNCTION keep_letter()"
    )
    op.execute(
        "CREATE TRIGGER letter_no_truncate BEFORE TRUNCATE ON letter "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
