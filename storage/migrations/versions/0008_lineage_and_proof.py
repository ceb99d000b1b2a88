"""Names of decisions by all that came before them, and how far Temporal is known to hold a case."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    # Rows of earlier releases have no name; the seal of the last stands in for it.
    op.add_column("event_log", sa.Column("lineage", sa.String(), nullable=True))
    op.add_column("withdrawn_decision", sa.Column("lineage", sa.String(), nullable=True))
    op.create_index("event_log_command", "event_log", ["command_id"])
    op.create_table(
        "proof",
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("turn", BIG, nullable=False),
        sa.PrimaryKeyConstraint("incident_id"),
    )
    op.create_index("proof_turn", "proof", ["turn"])
    # What earlier releases recorded was shown to everybody.
    op.execute(
        "INSERT INTO proof (incident_id, number, turn)"
        " SELECT incident_id, MAX(last_number), MAX(position) FROM event_log GROUP BY incident_id"
    )


def downgrade() -> None:
    op.drop_table("proof")
    op.drop_index("event_log_command", "event_log")
    # In place: a copy of the table would be made without the triggers that guard it.
    for name in ("withdrawn_decision", "event_log"):
        op.execute(f"ALTER TABLE {name} DROP COLUMN lineage")
