"""The signed copies of letters.

Processes of the release before go on working on this schema: nothing they read or write goes away.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "signed_copy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("letter", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(["letter"], ["letter.id"], name="fk_signed_copy_letter", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="pk_signed_copy"),
        sa.UniqueConstraint("letter", "rank", name="uq_signed_copy_letter_rank"),
    )
    op.create_index("ix_signed_copy_sha256", "signed_copy", ["sha256"])
    _never_changes()


def _never_changes() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER signed_copy_no_{change.lower()} BEFORE {change} ON signed_copy "
                "BEGIN SELECT RAISE(ABORT, 'signed_copy is append-only'); END"
            )
        return
    op.execute(
        "CREATE TRIGGER signed_copy_no_change BEFORE UPDATE OR DELETE ON signed_copy "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER signed_copy_no_truncate BEFORE TRUNCATE ON signed_copy "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    """Go down."""
    op.drop_table("signed_copy")
