"""Texts that units are writing, and what each said before nobody keeps."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0039"
branch_labels = None
depends_on = None

_TABLE = "working_text"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("incident_id", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("unit", sa.String(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("working_text_changed", _TABLE, ["changed_at"])


def downgrade() -> None:
    op.drop_table(_TABLE)
