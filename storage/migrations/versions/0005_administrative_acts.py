"""What administrators do is recorded, and whether a channel is verified by its platform."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.guards import (
    POSTGRESQL_GUARD,
    POSTGRESQL_KEEPING,
    POSTGRESQL_REFUSAL_OF_DELETE,
    SQLITE_GUARDS,
)

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TABLE = "administrative_act"


def _guard() -> None:
    """No act is ever changed or struck out."""
    if op.get_bind().dialect.name == "sqlite":
        for guard in SQLITE_GUARDS:
            op.execute(guard.format(TABLE, "position = NEW.position", "0"))
        return
    op.execute(POSTGRESQL_GUARD.format(TABLE))
    op.execute(POSTGRESQL_REFUSAL_OF_DELETE.format(TABLE, "false"))
    op.execute(POSTGRESQL_KEEPING.format(TABLE))


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("position", BIG, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("via", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("administrative_act_kind", TABLE, ["kind", "position"])
    _guard()
    op.add_column("channel", sa.Column("verified", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("channel", "verified")
    op.drop_table(TABLE)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP FUNCTION refuse_delete_of_{TABLE}()")
