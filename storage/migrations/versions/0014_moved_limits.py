"""The few decisions of a case that opened or moved a limit are found without looking through
all of its log.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KINDS = ("obligation_opened", "obligation_reopened", "clock_start_corrected", "rebased")


def _holds(function: str) -> str:
    return " OR ".join(f"""{function}(decision, '"kind":"{kind}"') > 0""" for kind in KINDS)


def upgrade() -> None:
    op.create_index(
        "event_log_moved",
        "event_log",
        ["incident_id", "first_number"],
        sqlite_where=sa.text(_holds("instr")),
        postgresql_where=sa.text(_holds("strpos")),
    )


def downgrade() -> None:
    op.drop_index("event_log_moved", "event_log")
