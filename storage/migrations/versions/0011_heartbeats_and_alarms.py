"""Heartbeats, alarms, and the real instant at which each limit falls, drills among them."""

import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
OBLIGATION = sa.table(
    "obligation",
    sa.column("position", BIG),
    sa.column("ordinal", sa.Integer()),
    sa.column("drill", sa.Boolean()),
    sa.column("due_at", INSTANT),
    sa.column("falls_at", INSTANT),
)
SNAPSHOT = sa.table("snapshot", sa.column("position", BIG), sa.column("state", sa.Text()))


def upgrade() -> None:
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("beats", BIG, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "alarm",
        sa.Column("position", BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("position"),
    )
    still_open = sa.text("closed_at IS NULL")
    op.create_index(
        "alarm_open",
        "alarm",
        ["kind", "subject"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    op.add_column("obligation", sa.Column("falls_at", INSTANT, nullable=True))
    op.execute(sa.update(OBLIGATION).values(falls_at=OBLIGATION.c.due_at))
    _fill_drills(op.get_bind())
    running = sa.text("status = 'open'")
    op.create_index(
        "obligation_falls", "obligation", ["falls_at"], sqlite_where=running, postgresql_where=running
    )


def _fill_drills(connection: sa.Connection) -> None:
    """A drill's own clock stands in its snapshot alone."""
    of_drills = sa.select(OBLIGATION).where(OBLIGATION.c.drill)
    for duty in connection.execute(of_drills).all():
        state = connection.execute(
            sa.select(SNAPSHOT.c.state).where(SNAPSHOT.c.position == duty.position)
        ).scalar_one()
        drill = json.loads(state)["drill"]
        epoch, origin = (datetime.fromisoformat(drill[name]) for name in ("epoch", "origin"))
        due_at = duty.due_at if duty.due_at.tzinfo else duty.due_at.replace(tzinfo=UTC)
        falls_at = epoch + (due_at - origin) / drill["scale"]
        this = (OBLIGATION.c.position == duty.position) & (OBLIGATION.c.ordinal == duty.ordinal)
        connection.execute(sa.update(OBLIGATION).where(this).values(falls_at=falls_at))


def downgrade() -> None:
    op.drop_index("obligation_falls", "obligation")
    op.drop_column("obligation", "falls_at")
    op.drop_table("alarm")
    op.drop_table("heartbeat")
