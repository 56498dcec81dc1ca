"""Who reads a dossier: its depositors while it is a draft, and the doctors who left it.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    for table in ("dossier_site", "dossier"):
        op.add_column(table, sa.Column("deposits", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "former_doctor",
        sa.Column("dossier", sa.Uuid(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("dossier", "person", name="pk_former_doctor"),
        sa.ForeignKeyConstraint(["dossier"], ["dossier.id"], name="fk_former_doctor_dossier", ondelete="RESTRICT"),
    )
    op.create_index("ix_former_doctor_person", "former_doctor", ["person"])
    _fill()


def _fill() -> None:
    """Draw the new columns from the facts."""
    base = op.get_bind()
    dossier = sa.table("dossier", sa.column("id", sa.Uuid()), sa.column("facts"), sa.column("deposits"))
    site = sa.table("dossier_site", sa.column("dossier", sa.Uuid()), sa.column("site"), sa.column("deposits"))
    for row_id, facts in base.execute(sa.select(dossier.c.id, dossier.c.facts)).all():
        read = json.loads(facts)
        parties = {d["party"] for d in read["depositors"] if d["party"]}
        base.execute(
            sa.update(site).where(site.c.dossier == row_id, site.c.site.in_(parties)).values(deposits=sa.true())
        )
        if read["candidate"] and read["candidate"]["id"] in parties:
            base.execute(sa.update(dossier).where(dossier.c.id == row_id).values(deposits=sa.true()))


def downgrade() -> None:
    """Go down."""
    op.drop_index("ix_former_doctor_person", "former_doctor")
    op.drop_table("former_doctor")
    op.drop_column("dossier", "deposits")
    op.drop_column("dossier_site", "deposits")
