"""When the first answer is due counts what replaces a text, too: a withdrawn publication's replacement, a correction."""

import sqlalchemy as sa
from alembic import op

from storage.columns import UtcDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_INCIDENT = sa.table(
    "incident",
    sa.column("position", sa.BigInteger),
    sa.column("owed_due_at", UtcDateTime()),
    sa.column("due_rank", sa.BigInteger),
)
_OBLIGATION = sa.table(
    "obligation",
    sa.column("position", sa.BigInteger),
    sa.column("kind", sa.String),
    sa.column("settled", sa.Boolean),
    sa.column("due_at", UtcDateTime()),
)


def upgrade() -> None:
    connection = op.get_bind()
    awaited = (
        sa.select(_OBLIGATION.c.position, sa.func.min(_OBLIGATION.c.due_at, type_=UtcDateTime()))
        .where(_OBLIGATION.c.kind.in_(["REPLACE", "CORRECT"]), _OBLIGATION.c.settled.is_(sa.false()))
        .group_by(_OBLIGATION.c.position)
    )
    for position, due_at in connection.execute(awaited).all():
        later = sa.or_(_INCIDENT.c.owed_due_at.is_(None), _INCIDENT.c.owed_due_at > due_at)
        connection.execute(
            sa.update(_INCIDENT)
            .where(_INCIDENT.c.position == position, later)
            .values(owed_due_at=due_at, due_rank=int(due_at.timestamp()))
        )


def downgrade() -> None:
    """What counts too little is counted anew with the case's next step."""
