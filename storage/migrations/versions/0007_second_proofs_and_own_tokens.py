"""One-time codes with recovery codes, tokens of one's own, and sign-ins under way at an OpenID provider."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("account", sa.Column("one_time_pending", sa.String(), nullable=True))
    op.add_column("account", sa.Column("one_time_step", sa.BigInteger(), nullable=True))
    op.create_table(
        "recovery_code",
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("code_hash"),
    )
    op.create_index("recovery_code_account", "recovery_code", ["account_id"])
    # No foreign key: SQLite cannot add one to a table that is there, and accounts are never deleted.
    op.add_column("caller", sa.Column("account_id", sa.String(), nullable=True))
    op.add_column("caller", sa.Column("name", sa.String(), nullable=False, server_default=""))
    op.add_column("caller", sa.Column("scope", sa.String(), nullable=False, server_default="steps"))
    op.add_column("caller", sa.Column("expires_at", INSTANT, nullable=True))
    op.create_index("caller_account", "caller", ["account_id"])
    op.create_table(
        "openid_attempt",
        sa.Column("state_hash", sa.String(), nullable=False),
        sa.Column("browser_hash", sa.String(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("verifier", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("state_hash"),
    )


def downgrade() -> None:
    op.drop_table("openid_attempt")
    op.drop_index("caller_account", "caller")
    for name in ("expires_at", "scope", "name", "account_id"):
        op.drop_column("caller", name)
    op.drop_table("recovery_code")
    for name in ("one_time_step", "one_time_pending"):
        op.drop_column("account", name)
