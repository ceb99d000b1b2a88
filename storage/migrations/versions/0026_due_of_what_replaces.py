"""When an incident is due counts what replaces a text, and lists sort by the most urgent duty,
as their rows show it.
"""

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.columns import UtcDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_NOTHING_OWED = 2**40
_REPLACING = frozenset({"REPLACE", "CORRECT"})
_ANSWERING = _REPLACING | {"RESP48", "PUB24", "SUP_FB", "FOLLOW_UP"}

_BESIDE = frozenset({"VERIFY", "COUNTERSIGN"})

_INCIDENT = sa.table(
    "incident",
    sa.column("position", sa.BigInteger),
    sa.column("closed_at", UtcDateTime()),
    sa.column("archived_at", UtcDateTime()),
    sa.column("owed_due_at", UtcDateTime()),
    sa.column("due_rank", sa.BigInteger),
)
_OBLIGATION = sa.table(
    "obligation",
    sa.column("position", sa.BigInteger),
    sa.column("id", sa.String),
    sa.column("kind", sa.String),
    sa.column("status", sa.String),
    sa.column("advisory", sa.Boolean),
    sa.column("due_at", UtcDateTime()),
    sa.column("fulfilled_at", UtcDateTime()),
    sa.column("superseded_at", UtcDateTime()),
)


def upgrade() -> None:
    connection = op.get_bind()
    connection.execute(sa.update(_INCIDENT).values(owed_due_at=None, due_rank=_NOTHING_OWED))
    is_open = _INCIDENT.c.closed_at.is_(None)
    owed, duty = _OBLIGATION.c, _OBLIGATION.join(_INCIDENT, _OBLIGATION.c.position == _INCIDENT.c.position)
    awaited = (
        sa.select(owed.position, owed.id, owed.kind, owed.status, owed.due_at)
        .select_from(duty)
        .where(
            _INCIDENT.c.archived_at.is_(None),
            owed.fulfilled_at.is_(None),
            owed.superseded_at.is_(None),
            owed.status.in_(["open", "breached"]),
            owed.kind != "INT24",
            sa.or_(owed.kind.in_(_REPLACING), sa.and_(owed.advisory.is_(sa.false()), is_open)),
        )
        .order_by(owed.position)
    )
    for position, duties in groupby(connection.execute(awaited).mappings().all(), itemgetter("position")):
        connection.execute(
            sa.update(_INCIDENT).where(_INCIDENT.c.position == position).values(**_due([*duties]))
        )


def _due(duties: Iterable[Any]) -> dict[str, Any]:
    answers = [one["due_at"] for one in duties if one["kind"] in _ANSWERING]
    first = min(duties, key=_rank)
    return {"owed_due_at": min(answers, default=None), "due_rank": int(first["due_at"].timestamp())}


def _rank(duty: Any) -> tuple[Any, ...]:
    """As the release that brought this had it; a later one may rank otherwise."""
    kind = duty["kind"]
    return kind in _BESIDE, duty["status"] != "breached", kind not in _ANSWERING, duty["due_at"], duty["id"]


def downgrade() -> None:
    """What an earlier release counts it counts anew with the case's next step."""
