"""To which persons an incident is closed, derived from the event log like the rest of the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "incident_reader",
        sa.Column("position", BIG, nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["position"], ["incident.position"], name="incident_reader_incident"),
        sa.PrimaryKeyConstraint("position", "person"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("incident_reader")
