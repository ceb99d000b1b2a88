"""The id of the installation, what was healed between log and workflow, and decisions of a fork."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.guards import (
    POSTGRESQL_GUARD,
    POSTGRESQL_KEEPING,
    POSTGRESQL_REFUSAL_OF_DELETE,
    SQLITE_GUARDS,
)

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
RECORDS = ("healing", "forked_decision")


def _guard() -> None:
    """What was healed, and what lost, is never changed or struck out."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name in RECORDS:
        if sqlite:
            for guard in SQLITE_GUARDS:
                op.execute(guard.format(name, "position = NEW.position", "0"))
        else:
            op.execute(POSTGRESQL_GUARD.format(name))
            op.execute(POSTGRESQL_REFUSAL_OF_DELETE.format(name, "false"))
            op.execute(POSTGRESQL_KEEPING.format(name))


def upgrade() -> None:
    op.create_table(
        "installation",
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("ordinal"),
    )
    op.create_table(
        "healing",
        sa.Column("position", BIG, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("faults", sa.String(), nullable=False),
        sa.Column("log_number", sa.Integer(), nullable=False),
        sa.Column("history_number", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("appended", sa.Integer(), nullable=False),
        sa.Column("forked", sa.Integer(), nullable=False),
        sa.Column("handed_over", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("healing_incident", "healing", ["incident_id", "position"])
    op.create_table(
        "forked_decision",
        sa.Column("position", BIG, nullable=False),
        sa.Column("kept_at", INSTANT, nullable=False),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("first_number", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("command_id", sa.String(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("forked_decision_incident", "forked_decision", ["incident_id", "position"])
    _guard()


def downgrade() -> None:
    for name in ("forked_decision", "healing", "installation"):
        op.drop_table(name)
    if op.get_bind().dialect.name == "postgresql":
        for name in RECORDS:
            op.execute(f"DROP FUNCTION refuse_delete_of_{name}()")
