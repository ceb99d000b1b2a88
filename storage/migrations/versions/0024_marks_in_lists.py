"""The gravest mark of a case beside its title, for lists, derived like the rest of the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Releases before this one knew no marks: what stands there has none.
    op.add_column("incident", sa.Column("marking", sa.String(), nullable=False, server_default="none"))


def downgrade() -> None:
    op.drop_column("incident", "marking")
