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
    op.add_column("letter_due", _maybe("elsewhere_at", INSTANT))
    op.add_column("letter_due", _maybe("elsewhere_by", sa.String(80)))
    _letters()
    _never_changes("letter_template")
    if op.get_bind().dialect.name == "sqlite":
        _kept_on_sqlite()
    else:
        _kept_on_postgresql()


def downgrade() -> None:
    """Go down. Letters go; their files stay on the shelf until it is swept."""
    for table in ("letter", "letter_template", "letter_counter", "letter_batch"):
        op.drop_table(table)
    for column in ("elsewhere_at", "elsewhere_by"):
        op.drop_column("letter_due", column)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION keep_letter()")


def _letters() -> None:
    op.create_table(
        "letter",
        _column("id", sa.Uuid()),
        _column("authority", sa.String(80)),
        _column("dossier", sa.Uuid()),
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
