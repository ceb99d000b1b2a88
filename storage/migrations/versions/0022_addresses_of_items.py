"""By what items are known again, derived from the event log like the rest of the ledger."""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

from domain.terms.addresses import canonical

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_AT_A_TIME = 500


def upgrade() -> None:
    table = op.create_table(
        "incident_address",
        sa.Column("known_by", sa.String(), nullable=False),
        sa.Column("position", BIG, nullable=False),
        sa.Column("alias", sa.String(), nullable=False),
        sa.Column("written", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["position"], ["incident.position"], name="incident_address_incident"),
        sa.PrimaryKeyConstraint("known_by", "position", "alias"),
        sqlite_with_rowid=False,
    )
    _fill(table)


def downgrade() -> None:
    op.drop_table("incident_address")


def _fill(table: sa.Table) -> None:
    """Enter the items that cases hold; those beyond come with the next rebuild of the ledger."""
    connection, last = op.get_bind(), 0
    statement = sa.text(
        "SELECT position, state FROM snapshot WHERE position > :last ORDER BY position LIMIT :most"
    )
    while batch := connection.execute(statement, {"last": last, "most": _AT_A_TIME}).all():
        rows = [row for position, state in batch for row in _rows(position, json.loads(state))]
        if rows:
            connection.execute(table.insert(), rows)
        last = batch[-1].position


def _rows(position: int, state: dict[str, object]) -> list[dict[str, object]]:
    sources = state.get("sources", [])
    addresses = [source.get("url", "") for source in sources] if isinstance(sources, list) else []
    named = {(canonical(url), url) for url in addresses if url.strip()}
    return [
        {"position": position, "known_by": _digest(name), "alias": _digest(url), "written": url}
        for name, url in sorted(named)
    ]


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:32]
