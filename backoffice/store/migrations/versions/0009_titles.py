"""The titles asked of the accountant, one for each repayment.

Processes of the release before go on working on this schema: nothing they read or write goes away.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "title_request",
        sa.Column("dossier", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.String(80), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["dossier"], ["dossier.id"], name="fk_title_request_dossier", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("dossier", "cause", name="pk_title_request"),
    )


def downgrade() -> None:
    """Go down."""
    op.drop_table("title_request")
