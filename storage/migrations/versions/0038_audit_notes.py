"""Notes of auditors, which none may change or take away."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.guards import (
    POSTGRESQL_GUARD,
    POSTGRESQL_KEEPING,
    POSTGRESQL_REFUSAL_OF_DELETE,
    SQLITE_GUARDS,
)

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TABLE = "audit_note"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("position", BIG, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("event_number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
    )
    op.create_index("audit_note_of", _TABLE, ["unit", "incident_id", "position"])
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
