"""What people write in a case stands beside its log, by salted digest;
rows recorded before keep their texts.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_text",
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("incident_id", "reference"),
    )


def downgrade() -> None:
    op.drop_table("case_text")
