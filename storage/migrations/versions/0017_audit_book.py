"""The audit book: who signed in, who looked and who administered; entries take no change."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.guards import POSTGRESQL_GUARD, SQLITE_GUARDS

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_TEXTS = (
    "deed",
    "outcome",
    "person",
    "post",
    "unit",
    "means",
    "means_id",
    "address",
    "subject",
)


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in _TEXTS),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("trace_id", sa.String(), nullable=False),
        sa.Column("seal", sa.String(), nullable=False),
    )
    for name in ("deed", "person", "subject", "at"):
        op.create_index(f"audit_entry_{name}", "audit_entry", [name, "position"])
    op.create_table(
        "audit_relay",
        sa.Column("receiver", sa.String(), primary_key=True),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(POSTGRESQL_GUARD.format("audit_entry"))
        op.execute(
            "CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for guard in SQLITE_GUARDS:
        op.execute(guard.format("audit_entry", "position = NEW.position", "0"))


def downgrade() -> None:
    op.drop_table("audit_relay")
    op.drop_table("audit_entry")
