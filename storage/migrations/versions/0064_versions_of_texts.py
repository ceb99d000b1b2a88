"""What texts that are being written said before, and who has a form open."""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0058"
branch_labels = None
depends_on = None

_VERSION, _OPEN = "working_version", "open_form"


def upgrade() -> None:
    op.add_column("working_text", sa.Column("kept_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        _VERSION,
        *_place(),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_aside", sa.Boolean(), nullable=False),
    )
    op.create_index("working_version_changed", _VERSION, ["changed_at"])
    op.create_table(
        _OPEN,
        *_place(),
        sa.Column("person", sa.String(), primary_key=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("open_form_ends", _OPEN, ["ends_at"])


def _place() -> tuple[sa.Column[str], ...]:
    return tuple(sa.Column(name, sa.String(), primary_key=True) for name in ("incident_id", "kind", "unit"))


def downgrade() -> None:
    for name in (_OPEN, _VERSION):
        op.drop_table(name)
    op.drop_column("working_text", "kept_at")
