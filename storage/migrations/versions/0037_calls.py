"""Calls: channels as set up, where persons are reached, and the receipts, which nobody changes."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.guards import (
    POSTGRESQL_GUARD,
    POSTGRESQL_KEEPING,
    POSTGRESQL_REFUSAL_OF_DELETE,
    SQLITE_GUARDS,
)

revision = "0037"
down_revision = "0032"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "call_receipt",
        sa.Column("position", BIG, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("attempt", sa.String(), nullable=False),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("event_number", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("hearer", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    notice = ["incident_id", "event_number", "purpose", "unit"]
    op.create_index("call_receipt_notice", "call_receipt", notice)
    op.create_index("call_receipt_attempt", "call_receipt", ["attempt"])
    op.create_index("call_receipt_channel", "call_receipt", ["channel", "position"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(POSTGRESQL_GUARD.format("call_receipt"))
        op.execute(POSTGRESQL_REFUSAL_OF_DELETE.format("call_receipt", "false"))
        op.execute(POSTGRESQL_KEEPING.format("call_receipt"))
    else:
        for guard in SQLITE_GUARDS:
            op.execute(guard.format("call_receipt", "position = NEW.position", "0"))
    op.create_table(
        "call_channel",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "person_address",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("entered_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id", "channel", name="person_address_once"),
    )


def downgrade() -> None:
    for name in ("person_address", "call_channel", "call_receipt"):
        op.drop_table(name)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_delete_of_call_receipt()")
