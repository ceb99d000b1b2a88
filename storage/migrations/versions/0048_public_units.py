"""Units whose publications stand on the public page."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0046"
branch_labels = None
depends_on = None

_TABLE = "public_unit"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("unit", sa.String(), primary_key=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table(_TABLE)
