"""The rota: who is on duty for a unit, and from when until when (DD-43)."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TABLE = "duty_shift"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("position", BIG, primary_key=True),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("duty_shift_of", _TABLE, ["unit", "until"])


def downgrade() -> None:
    op.drop_table(_TABLE)
