"""The sealed log: leaves, subtrees, checkpoints and the keys that sign them; none of them takes a change."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.guards import (
    POSTGRESQL_GUARD,
    POSTGRESQL_KEEPING,
    POSTGRESQL_REFUSAL_OF_DELETE,
    SQLITE_GUARDS,
)

revision = "0032"
down_revision = "0030"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_SAME_ROW = {
    "sealed_leaf": "position = NEW.position OR (kind = NEW.kind AND key = NEW.key)",
    "sealed_subtree": "level = NEW.level AND position = NEW.position",
    "checkpoint": "position = NEW.position",
    "checkpoint_key": "position = NEW.position OR key = NEW.key",
}


def upgrade() -> None:
    op.create_table(
        "sealed_leaf",
        sa.Column("position", BIG, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("kind", "key", name="sealed_leaf_once"),
    )
    op.create_index("sealed_leaf_incident", "sealed_leaf", ["incident_id", "position"])
    op.create_table(
        "sealed_subtree",
        sa.Column("level", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("position", BIG, nullable=False, autoincrement=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "position"),
    )
    op.create_table(
        "checkpoint",
        sa.Column("position", BIG, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
    )
    op.create_table(
        "checkpoint_key",
        sa.Column("position", BIG, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.UniqueConstraint("key", name="checkpoint_key_once"),
    )
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for name, same_row in _SAME_ROW.items():
        if is_postgresql:
            op.execute(POSTGRESQL_GUARD.format(name))
            op.execute(POSTGRESQL_REFUSAL_OF_DELETE.format(name, "false"))
            op.execute(POSTGRESQL_KEEPING.format(name))
            continue
        for guard in SQLITE_GUARDS:
            op.execute(guard.format(name, same_row, "0"))


def downgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for name in reversed(_SAME_ROW):
        op.drop_table(name)
        if is_postgresql:
            op.execute(f"DROP FUNCTION refuse_delete_of_{name}()")
