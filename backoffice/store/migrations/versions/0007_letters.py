"""Letters made, their templates as an agency changed them.

Processes of the release before go on working on this schema: nothing they read or write goes away.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""


def downgrade() -> None:
    """Go down."""
