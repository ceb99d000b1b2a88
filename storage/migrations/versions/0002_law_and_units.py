"""How the law changes, and the registry of units."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.guards import (
    POSTGRESQL_GUARD,
    POSTGRESQL_KEEPING,
    POSTGRESQL_REFUSAL_OF_DELETE,
    SQLITE_GUARDS,
)

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TABLES = ("law_change", "law_change_answer", "law_version", "unit_person", "channel")
SAME_ROW = {
    "law_change": "number = NEW.number OR command_id = NEW.command_id",
    "law_change_answer": "number = NEW.number",
    "law_version": "position = NEW.position",
}


def _guard() -> None:
    """Nothing of these tables is ever changed or struck out."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, same in SAME_ROW.items():
        if sqlite:
            for guard in SQLITE_GUARDS:
                op.execute(guard.format(name, same, "0"))
        else:
            op.execute(POSTGRESQL_GUARD.format(name))
            op.execute(POSTGRESQL_REFUSAL_OF_DELETE.format(name, "false"))
            op.execute(POSTGRESQL_KEEPING.format(name))


def _make_law() -> None:
    op.create_table(
        "law_change",
        sa.Column("number", BIG, nullable=False),
        sa.Column("regulation", sa.String(), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("effective_from", INSTANT, nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("command_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("command_id", name="law_change_once"),
    )
    op.create_index("law_change_regulation", "law_change", ["regulation", "number"], unique=False)
    op.create_table(
        "law_change_answer",
        sa.Column("number", BIG, autoincrement=False, nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("answered_at", INSTANT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("command_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["law_change.number"], name="law_change_answer_change"),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "law_version",
        sa.Column("position", BIG, nullable=False),
        sa.Column("regulation", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("law_version_latest", "law_version", ["regulation", "year", "position"], unique=False)


def _make_registry() -> None:
    op.create_table(
        "unit_person",
        sa.Column("position", BIG, nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("imported_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("unit_person_unit", "unit_person", ["unit", "part"], unique=False)
    op.create_table(
        "channel",
        sa.Column("position", BIG, nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("followers", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("imported_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("position"),
        sa.UniqueConstraint("unit", "platform", "name", name="channel_once"),
    )


def upgrade() -> None:
    _make_law()
    _make_registry()
    _guard()
    op.add_column("obligation", sa.Column("reopened_at", INSTANT, nullable=True))


def downgrade() -> None:
    op.drop_column("obligation", "reopened_at")
    for name in reversed(TABLES):
        op.drop_table(name)
    if op.get_bind().dialect.name == "postgresql":
        for name in SAME_ROW:
            op.execute(f"DROP FUNCTION refuse_delete_of_{name}()")
