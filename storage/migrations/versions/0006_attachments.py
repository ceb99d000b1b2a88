"""Files attached to incidents, and files that wait for their case to be made."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.guards import (
    POSTGRESQL_GUARD,
    POSTGRESQL_KEEPING,
    POSTGRESQL_REFUSAL_OF_DELETE,
    SQLITE_GUARDS,
)

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
SAME_ROW = {
    "attachment_content": "sha256 = NEW.sha256",
    "attachment": "position = NEW.position OR (incident_id = NEW.incident_id AND number = NEW.number)"
    " OR (incident_id = NEW.incident_id AND sha256 = NEW.sha256)",
}


def _guard() -> None:
    """What is attached is never changed or struck out."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, same in SAME_ROW.items():
        if sqlite:
            for guard in SQLITE_GUARDS:
                op.execute(guard.format(name, same, "0"))
        else:
            op.execute(POSTGRESQL_GUARD.format(name))
            op.execute(POSTGRESQL_REFUSAL_OF_DELETE.format(name, "false"))
            op.execute(POSTGRESQL_KEEPING.format(name))


def upgrade() -> None:
    op.create_table(
        "attachment_content",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("thumbnail", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("sha256"),
    )
    op.create_table(
        "attachment",
        sa.Column("position", BIG, nullable=False),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("attached_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["attachment_content.sha256"], name="attachment_of_content"),
        sa.PrimaryKeyConstraint("position"),
        sa.UniqueConstraint("incident_id", "number", name="attachment_number"),
        sa.UniqueConstraint("incident_id", "sha256", name="attachment_once"),
    )
    op.create_table(
        "waiting_file",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("thumbnail", sa.LargeBinary(), nullable=True),
        sa.Column("kept_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("waiting_file_person", "waiting_file", ["person", "kept_at"])
    _guard()


def downgrade() -> None:
    for name in ("waiting_file", "attachment", "attachment_content"):
        op.drop_table(name)
    if op.get_bind().dialect.name == "postgresql":
        for name in SAME_ROW:
            op.execute(f"DROP FUNCTION refuse_delete_of_{name}()")
