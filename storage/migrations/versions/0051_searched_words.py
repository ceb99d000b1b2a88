"""The words by which a case is found, as they are, beside their pairs of characters."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

_TABLE = "incident_text"


def upgrade() -> None:
    op.add_column(_TABLE, sa.Column("words", sa.Text(), nullable=False, server_default=""))
    op.execute(
        sa.text(
            "UPDATE incident_text SET words = (SELECT incident.title || :line || incident.number"
            " FROM incident WHERE incident.position = incident_text.position)"
        ).bindparams(line="\n")
    )


def downgrade() -> None:
    op.drop_column(_TABLE, "words")
