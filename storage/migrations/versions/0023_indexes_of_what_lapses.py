"""What lapses within minutes is looked for by its instant, however much of it a flood has left."""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_TABLES = ("passkey_challenge", "openid_attempt", "openid_unlinked")


def upgrade() -> None:
    for table in _TABLES:
        op.create_index(f"{table}_at", table, ["at"])


def downgrade() -> None:
    for table in _TABLES:
        op.drop_index(f"{table}_at", table)
