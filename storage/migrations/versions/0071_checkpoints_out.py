"""What became of each checkpoint on its way out of the house."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.guards import (
    POSTGRESQL_GUARD,
    POSTGRESQL_KEEPING,
    POSTGRESQL_REFUSAL_OF_DELETE,
    SQLITE_GUARDS,
)

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TABLE = "checkpoint_outcome"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("position", BIG, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("checkpoint", BIG, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
    )
    op.create_index("checkpoint_outcome_place", _TABLE, ["place", "position"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(POSTGRESQL_GUARD.format(_TABLE))
        op.execute(POSTGRESQL_REFUSAL_OF_DELETE.format(_TABLE, "false"))
        op.execute(POSTGRESQL_KEEPING.format(_TABLE))
        return
    for guard in SQLITE_GUARDS:
        op.execute(guard.format(_TABLE, "position = NEW.position", "0"))


def downgrade() -> None:
    op.drop_table(_TABLE)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP FUNCTION refuse_delete_of_{_TABLE}()")
