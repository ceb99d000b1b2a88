"""Who is away and who stands in, what one shift leaves to the next, and for whom a deputy was called."""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0064"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "absence",
        sa.Column("id", sa.String(), primary_key=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("unit", "person", "deputy")),
        *(sa.Column(name, _INSTANT, nullable=False) for name in ("since", "until")),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("entered_at", _INSTANT, nullable=False),
        sa.Column("entered_by", sa.String(), nullable=False),
        sa.Column("ended_at", _INSTANT, nullable=True),
    )
    op.create_index("absence_until", "absence", ["until"])
    op.create_index("absence_person", "absence", ["person", "until"])
    op.create_table(
        "handover_note",
        sa.Column("id", sa.String(), primary_key=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("unit", "author")),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
    )
    op.create_index("handover_note_unit", "handover_note", ["unit", "at"])
    op.add_column("call_receipt", sa.Column("deputy_for", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("call_receipt", "deputy_for")
    op.drop_table("handover_note")
    op.drop_table("absence")
