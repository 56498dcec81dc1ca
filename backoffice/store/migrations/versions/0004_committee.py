"""Members of committee sessions and their marks.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "committee_member",
        sa.Column("call", sa.String(80), nullable=False),
        sa.Column("session", sa.String(80), nullable=False),
        sa.Column("account", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("call", "session", "account", name="pk_committee_member"),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_committee_member_account", ondelete="RESTRICT"),
    )
    op.create_table(
        "mark",
        sa.Column("dossier", sa.Uuid(), nullable=False),
        sa.Column("account", sa.Uuid(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("linked", sa.Boolean(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("dossier", "account", name="pk_mark"),
        sa.CheckConstraint("value IS NULL OR (value >= 0 AND value <= 20)", name=op.f("ck_mark_out_of_twenty")),
        sa.CheckConstraint("NOT linked OR value IS NULL", name=op.f("ck_mark_linked_no_mark")),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name="fk_mark_account", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["dossier"], ["dossier.id"], name="fk_mark_dossier", ondelete="RESTRICT"),
    )


def downgrade() -> None:
    """Go down."""
    op.drop_table("mark")
    op.drop_table("committee_member")
