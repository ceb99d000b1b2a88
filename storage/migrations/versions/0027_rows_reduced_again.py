"""A row of 0.3 and before may be reduced again, one text alone first; each act has its entry.

Such rows have an index.
"""

import sqlalchemy as sa
from alembic import op

from storage.migrations.guards import SQLITE_GUARDS

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# The way back has room for one entry of a row: the last, which says what stands there.
_FORGET = """DELETE FROM reduced_row WHERE EXISTS (SELECT 1 FROM reduced_row AS later WHERE later.place = reduced_row.place
    AND later.row_position = reduced_row.row_position AND later.position > reduced_row.position)"""
_COPY = """INSERT INTO reduced_row (place, row_position, incident_id, position, sha256)
    SELECT place, row_position, incident_id, position, sha256 FROM earlier"""
_IS_LAST = """NOT EXISTS (SELECT 1 FROM earlier AS later WHERE later.place = earlier.place
    AND later.row_position = earlier.row_position AND later.position > earlier.position)"""


def upgrade() -> None:
    _name_rows_by("place", "row_position", "position")
    older = sa.text("lineage IS NULL")
    op.create_index(
        "event_log_older", "event_log", ["incident_id"], postgresql_where=older, sqlite_where=older
    )


def downgrade() -> None:
    op.drop_index("event_log_older", "event_log")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE reduced_row DISABLE TRIGGER reduced_row_no_delete")
        op.execute(_FORGET)
        op.execute("ALTER TABLE reduced_row ENABLE TRIGGER reduced_row_no_delete")
    _name_rows_by("place", "row_position")


def _name_rows_by(*names: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("reduced_row_pkey", "reduced_row")
        op.create_primary_key("reduced_row_pkey", "reduced_row", list(names))
        return
    # SQLite changes no key, and renames no table that the guards of others speak of.
    op.execute("CREATE TABLE earlier AS SELECT * FROM reduced_row")
    op.drop_table("reduced_row")
    op.create_table(
        "reduced_row",
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("row_position", BIG, nullable=False, autoincrement=False),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("position", BIG, nullable=False, autoincrement=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint(*names),
    )
    op.create_index("reduced_row_incident", "reduced_row", ["incident_id"])
    op.execute(_COPY if "position" in names else f"{_COPY} WHERE {_IS_LAST}")
    op.drop_table("earlier")
    same_row = " AND ".join(f"{name} = NEW.{name}" for name in names)
    for guard in SQLITE_GUARDS:
        op.execute(guard.format("reduced_row", same_row, "0"))
