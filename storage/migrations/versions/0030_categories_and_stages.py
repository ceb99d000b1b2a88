"""By which key categories lists filter, and how long each stage of an incident took,
derived like the rest of the ledger (R105, R117).
"""

import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG

revision = "0030"
down_revision = "0027"
branch_labels = None
depends_on = None

_STAGES = ("verified_after", "judged_after", "responded_after", "disposed_after")
_INCIDENT = sa.table(
    "incident",
    sa.column("position", sa.BigInteger),
    sa.column("key_categories", sa.String),
    *(sa.column(name, sa.BigInteger) for name in _STAGES),
)
_SNAPSHOT = sa.table("snapshot", sa.column("position", sa.BigInteger), sa.column("state", sa.Text))


def upgrade() -> None:
    op.add_column("incident", sa.Column("key_categories", sa.String(), nullable=False, server_default=""))
    for name in _STAGES:
        op.add_column("incident", sa.Column(name, BIG, nullable=True))
    connection = op.get_bind()
    for position, state in connection.execute(sa.select(_SNAPSHOT.c.position, _SNAPSHOT.c.state)).all():
        connection.execute(
            sa.update(_INCIDENT).where(_INCIDENT.c.position == position).values(**_derived(json.loads(state)))
        )


def _derived(state: dict[str, Any]) -> dict[str, Any]:
    """As the release that brought this has it; the next step of a case derives it anew."""
    judged = state.get("judgement") or {}
    categories = list(judged.get("key_categories") or ())
    if state.get("superior_notices") and "superior_required" not in categories:
        categories.append("superior_required")
    published = [
        one["published_at"] for one in state.get("publications") or () if one.get("withdrawn_at") is None
    ]
    done = [one["at"] for one in state.get("handling") or ()]
    reached = (
        (state.get("conclusion") or {}).get("at"),
        judged.get("at"),
        min(published, default=None),
        min(done, default=None),
    )
    start = datetime.fromisoformat(state["discovered_at"])
    return {
        "key_categories": f",{','.join(categories)}," if categories else "",
        **{
            name: None if at is None else int((datetime.fromisoformat(at) - start).total_seconds())
            for name, at in zip(_STAGES, reached, strict=True)
        },
    }


def downgrade() -> None:
    for name in ("key_categories", *_STAGES):
        op.drop_column("incident", name)
