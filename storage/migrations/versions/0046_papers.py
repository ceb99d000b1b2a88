"""Papers as lists show them, derived from the event log, and the numbers that signed ones drew,
which nobody takes back.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG, UtcDateTime
from storage.migrations.guards import (
    POSTGRESQL_GUARD,
    POSTGRESQL_KEEPING,
    POSTGRESQL_REFUSAL_OF_DELETE,
    SQLITE_GUARDS,
)

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

_AT_A_TIME = 500
_NUMBERS = "paper_number"
_SAME_ROW = (
    "(incident_id = NEW.incident_id AND paper = NEW.paper)"
    " OR (series = NEW.series AND drill = NEW.drill AND year = NEW.year AND ordinal = NEW.ordinal)"
)


def upgrade() -> None:
    papers = op.create_table(
        "paper",
        sa.Column("position", BIG, nullable=False, autoincrement=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("drafted_at", UtcDateTime(), nullable=False),
        sa.Column("signed_at", UtcDateTime(), nullable=True),
        sa.Column("drill", sa.Boolean(), nullable=False),
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("awaits_number", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["position"], ["incident.position"], name="paper_incident"),
        sa.PrimaryKeyConstraint("position", "paper"),
    )
    op.create_index("paper_drafted", "paper", ["drafted_at", "position", "ordinal"])
    op.create_index("paper_status", "paper", ["status", "drafted_at"])
    op.create_index(
        "paper_awaits",
        "paper",
        ["signed_at"],
        sqlite_where=sa.text("awaits_number IS 1"),
        postgresql_where=sa.text("awaits_number IS true"),
    )
    op.create_table(
        _NUMBERS,
        sa.Column("incident_id", sa.String(), primary_key=True),
        sa.Column("paper", sa.String(), primary_key=True),
        sa.Column("series", sa.String(), nullable=False),
        sa.Column("drill", sa.Boolean(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("drawn_at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("series", "drill", "year", "ordinal", name="paper_number_once"),
    )
    op.create_index("paper_number_text", _NUMBERS, ["number"])
    if op.get_bind().dialect.name == "sqlite":
        for guard in SQLITE_GUARDS:
            op.execute(guard.format(_NUMBERS, _SAME_ROW, "0"))
    else:
        op.execute(POSTGRESQL_GUARD.format(_NUMBERS))
        op.execute(POSTGRESQL_REFUSAL_OF_DELETE.format(_NUMBERS, "false"))
        op.execute(POSTGRESQL_KEEPING.format(_NUMBERS))
    _fill(papers)


def _fill(papers: sa.Table) -> None:
    """Enter the papers that cases hold; their numbers stand on paper, and none draws another here."""
    connection, last = op.get_bind(), 0
    statement = sa.text(
        "SELECT position, state FROM snapshot WHERE position > :last ORDER BY position LIMIT :most"
    )
    while snapshots := connection.execute(statement, {"last": last, "most": _AT_A_TIME}).all():
        rows = [row for position, state in snapshots for row in _rows(position, json.loads(state))]
        if rows:
            connection.execute(papers.insert(), rows)
        last = snapshots[-1].position


def _rows(position: int, state: dict[str, Any]) -> Iterator[dict[str, object]]:
    for ordinal, paper in enumerate(state.get("papers", ())):
        signed_at = paper.get("signed_at")
        yield {
            "position": position,
            "paper": paper["id"],
            "ordinal": ordinal,
            "kind": paper["kind"],
            "unit": paper["unit"],
            "status": paper["status"],
            "drafted_at": datetime.fromisoformat(paper["drafted_at"]),
            "signed_at": datetime.fromisoformat(signed_at) if signed_at else None,
            "drill": state.get("drill") is not None,
            "series": "",
            "awaits_number": False,
        }


def downgrade() -> None:
    op.drop_table(_NUMBERS)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP FUNCTION refuse_delete_of_{_NUMBERS}()")
    op.drop_table("paper")
