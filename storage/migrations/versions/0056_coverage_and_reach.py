"""How far the answer went, coverage and reach in thousandths, derived like the rest of the ledger (R365).

A case of before has neither until its next step; `huiying rebuild ledger` derives them of all.
"""

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG

revision = "0056"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("coverage", "reach"):
        op.add_column("incident", sa.Column(name, BIG, nullable=True))


def downgrade() -> None:
    for name in ("coverage", "reach"):
        op.drop_column("incident", name)
