"""Rows of 0.3 and before from which words of the public were taken: entered for good;
the guards let those alone be changed.
"""

import sqlalchemy as sa
from alembic import op

from storage.migrations.guards import (
    POSTGRESQL_GUARD,
    POSTGRESQL_KEEPING,
    POSTGRESQL_REFUSAL_OF_DELETE,
    SQLITE_GUARDS,
)

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# What a reduced row keeps: all but what it says.
_UNCHANGED = {
    "event_log": (
        *("position", "incident_id", "first_number", "last_number", "recorded_at", "cause", "command_id"),
        *("edition", "previous_hash", "hash", "lineage"),
    ),
    "archived_history": (
        *("position", "workflow_id", "run_id", "sha256", "sdk_version", "build_id", "created_at"),
    ),
}
_CASE = {"event_log": "incident_id", "archived_history": "workflow_id"}
# An act of reduction of its case names the row.
_IS_ENTERED = """EXISTS (SELECT 1 FROM reduced_row
    JOIN reduction ON reduction.position = reduced_row.position AND reduction.about = 'rows'
    WHERE reduced_row.place = '{0}' AND reduced_row.row_position = OLD.position
    AND reduced_row.incident_id = OLD.{1} AND reduction.incident_id = OLD.{1})"""
# A release wrote it, or began its case, that sealed words.
_IS_OLDER = {
    "event_log": "OLD.lineage IS NULL",
    "archived_history": """EXISTS (SELECT 1 FROM event_log
    WHERE incident_id = OLD.workflow_id AND first_number = 1 AND lineage IS NULL)""",
}
_SQLITE = """CREATE TRIGGER {0}_no_update BEFORE UPDATE ON {0} WHEN NOT ({1})
    BEGIN SELECT RAISE(ABORT, '{0} is append-only'); END"""
_FUNCTION = (
    "CREATE FUNCTION refuse_update_of_{0}() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN IF {1} THEN RETURN NEW; END IF; RAISE EXCEPTION '{0} is append-only'; END $$"
)
_POSTGRESQL = (
    "DROP TRIGGER {0}_append_only ON {0}",
    (
        "CREATE TRIGGER {0}_append_only BEFORE TRUNCATE ON {0} FOR EACH STATEMENT EXECUTE FUNCTION"
        " refuse_change()"
    ),
    _FUNCTION,
    "CREATE TRIGGER {0}_no_update BEFORE UPDATE ON {0} FOR EACH ROW EXECUTE FUNCTION refuse_update_of_{0}()",
)


def upgrade() -> None:
    op.create_table(
        "reduced_row",
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("row_position", BIG, nullable=False, autoincrement=False),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("position", BIG, nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("place", "row_position"),
    )
    op.create_index("reduced_row_incident", "reduced_row", ["incident_id"])
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    if is_postgresql:
        op.execute(POSTGRESQL_GUARD.format("reduced_row"))
        op.execute(POSTGRESQL_REFUSAL_OF_DELETE.format("reduced_row", "false"))
        op.execute(POSTGRESQL_KEEPING.format("reduced_row"))
    else:
        same_row = "place = NEW.place AND row_position = NEW.row_position"
        for guard in SQLITE_GUARDS:
            op.execute(guard.format("reduced_row", same_row, "0"))
    for name in _UNCHANGED:
        if is_postgresql:
            for statement in _POSTGRESQL:
                op.execute(statement.format(name, _may_change(name, "IS NOT DISTINCT FROM")))
        else:
            op.execute(f"DROP TRIGGER {name}_no_update")
            op.execute(_SQLITE.format(name, _may_change(name, "IS")))


def _may_change(name: str, same: str) -> str:
    """Whether a row of 0.3 or before was entered as reduced by an act, and keeps its place,
    its seal and its links.
    """
    unchanged = " AND ".join(f"NEW.{column} {same} OLD.{column}" for column in _UNCHANGED[name])
    return f"{_IS_OLDER[name]} AND {_IS_ENTERED.format(name, _CASE[name])} AND {unchanged}"


def downgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for name in _UNCHANGED:
        if is_postgresql:
            op.execute(f"DROP TRIGGER {name}_no_update ON {name}")
            op.execute(f"DROP FUNCTION refuse_update_of_{name}()")
            op.execute(f"DROP TRIGGER {name}_append_only ON {name}")
            op.execute(POSTGRESQL_GUARD.format(name))
        else:
            op.execute(f"DROP TRIGGER {name}_no_update")
            op.execute(SQLITE_GUARDS[0].format(name))
    op.drop_table("reduced_row")
    if is_postgresql:
        op.execute("DROP FUNCTION refuse_delete_of_reduced_row()")
