"""The letters to prepare that lost their object.

Processes of the release before go on working on this schema: nothing they read or write goes away.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up. The dossiers that wait for letters are drawn again, and note which of these have no object."""
    op.add_column("letter_due", sa.Column("idle_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE dossier SET drawn = 0 WHERE id IN "
        "(SELECT dossier FROM letter_due WHERE cancelled_at IS NULL AND elsewhere_at IS NULL)"
    )


def downgrade() -> None:
    """Go down."""
    op.drop_column("letter_due", "idle_at")
