"""Who has seen an alarm of the watch, for good; an alarm is closed, never changed otherwise;
and cases that did not answer.
"""

import sqlalchemy as sa
from alembic import op

from storage.migrations.guards import (
    POSTGRESQL_GUARD,
    POSTGRESQL_KEEPING,
    POSTGRESQL_REFUSAL_OF_DELETE,
    SQLITE_GUARDS,
)

revision = "0013"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TABLE = "alarm_seen"
# What an update may change: when the watch saw it last, and its end, once.
CHANGED = (
    "NEW.position <> OLD.position OR NEW.kind <> OLD.kind OR NEW.subject <> OLD.subject OR NEW.detail <>"
    " OLD.detail"
    " OR NEW.since <> OLD.since OR OLD.closed_at IS NOT NULL"
)


def _sqlite() -> None:
    no_update, no_delete, no_replace = SQLITE_GUARDS
    for guard in SQLITE_GUARDS:
        op.execute(guard.format(TABLE, "position = NEW.position", "0"))
    op.execute(no_update.format("alarm").replace(" BEGIN SELECT", f" WHEN {CHANGED} BEGIN SELECT"))
    op.execute(no_delete.format("alarm", "", "0"))
    op.execute(no_replace.format("alarm", "position = NEW.position"))


def _postgresql() -> None:
    op.execute(POSTGRESQL_GUARD.format(TABLE))
    op.execute(POSTGRESQL_GUARD.format("alarm").replace("UPDATE OR TRUNCATE", "TRUNCATE"))
    op.execute(
        "CREATE TRIGGER alarm_no_update BEFORE UPDATE ON alarm FOR EACH ROW"
        f" WHEN ({CHANGED}) EXECUTE FUNCTION refuse_change()"
    )
    for name in (TABLE, "alarm"):
        op.execute(POSTGRESQL_REFUSAL_OF_DELETE.format(name, "false"))
        op.execute(POSTGRESQL_KEEPING.format(name))


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("position", BIG, nullable=False),
        sa.Column("alarm", BIG, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["alarm"], ["alarm.position"], name="alarm_seen_of"),
        sa.PrimaryKeyConstraint("position"),
        sa.UniqueConstraint("alarm", "person", name="alarm_seen_once"),
    )
    op.create_table(
        "suspect",
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("incident_id"),
    )
    (_sqlite if op.get_bind().dialect.name == "sqlite" else _postgresql)()


def downgrade() -> None:
    op.drop_table("suspect")
    op.drop_table(TABLE)
    if op.get_bind().dialect.name == "sqlite":
        for name in ("alarm_no_update", "alarm_no_delete", "alarm_no_replace"):
            op.execute(f"DROP TRIGGER {name}")
        return
    for name in ("alarm_append_only", "alarm_no_update", "alarm_no_delete"):
        op.execute(f"DROP TRIGGER {name} ON alarm")
    for name in (TABLE, "alarm"):
        op.execute(f"DROP FUNCTION refuse_delete_of_{name}()")
