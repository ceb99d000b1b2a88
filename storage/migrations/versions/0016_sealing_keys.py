"""The names of the keys by which what Temporal keeps is sealed; a name is never changed or taken away."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.guards import POSTGRESQL_GUARD, SQLITE_GUARDS

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sealing_key",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(POSTGRESQL_GUARD.format("sealing_key"))
        return
    for guard in SQLITE_GUARDS:
        op.execute(guard.format("sealing_key", "name = NEW.name", "0"))


def downgrade() -> None:
    op.drop_table("sealing_key")
