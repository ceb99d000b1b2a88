"""The hash of the sealed log: chosen at the first start, and the same for good."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.guards import (
    POSTGRESQL_GUARD,
    POSTGRESQL_KEEPING,
    POSTGRESQL_REFUSAL_OF_DELETE,
    SQLITE_GUARDS,
)

revision = "0058"
down_revision = "0056"
branch_labels = None
depends_on = None

_TABLE = "log_hash"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("ordinal", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(POSTGRESQL_GUARD.format(_TABLE))
        op.execute(POSTGRESQL_REFUSAL_OF_DELETE.format(_TABLE, "false"))
        op.execute(POSTGRESQL_KEEPING.format(_TABLE))
        return
    for guard in SQLITE_GUARDS:
        op.execute(guard.format(_TABLE, "ordinal = NEW.ordinal", "0"))


def downgrade() -> None:
    op.drop_table(_TABLE)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP FUNCTION refuse_delete_of_{_TABLE}()")
