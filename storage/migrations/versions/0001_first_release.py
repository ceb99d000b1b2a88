"""The tables of the first release."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.guards import (
    APPEND_ONLY,
    MAY_GO,
    POSTGRESQL_GUARD,
    POSTGRESQL_KEEPING,
    POSTGRESQL_REFUSAL,
    POSTGRESQL_REFUSAL_OF_DELETE,
    POSTGRESQL_SEARCH,
    SAME_ROW,
    SQLITE_GUARDS,
    SQLITE_SEARCH,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
TABLES = (
    "archived_history",
    "caller",
    "drawn_number",
    "event_log",
    "incident",
    "law",
    "notice",
    "incident_text",
    "incident_unit",
    "obligation",
    "snapshot",
    "withdrawn_decision",
)


def _where(condition: str, sqlite: str = "") -> dict[str, sa.TextClause]:
    return {"sqlite_where": sa.text(sqlite or condition), "postgresql_where": sa.text(condition)}


def _guard_and_index() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in APPEND_ONLY:
            for guard in SQLITE_GUARDS:
                op.execute(guard.format(name, SAME_ROW[name], MAY_GO.get(name, "0")))
        for statement in SQLITE_SEARCH:
            op.execute(statement)
        return
    op.execute(POSTGRESQL_SEARCH)
    op.execute(POSTGRESQL_REFUSAL)
    for name in APPEND_ONLY:
        op.execute(POSTGRESQL_GUARD.format(name))
        op.execute(POSTGRESQL_REFUSAL_OF_DELETE.format(name, MAY_GO.get(name, "false")))
        op.execute(POSTGRESQL_KEEPING.format(name))


def upgrade() -> None:
    op.create_table(
        "archived_history",
        sa.Column("position", BIG, nullable=False),
        sa.Column("workflow_id", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("history", sa.LargeBinary(), nullable=False),
        sa.Column("history_json", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("sdk_version", sa.String(), nullable=False),
        sa.Column("build_id", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("position"),
        sa.UniqueConstraint("run_id", name="archived_history_run"),
    )
    op.create_index(
        "archived_history_workflow", "archived_history", ["workflow_id", "position"], unique=False
    )
    op.create_table(
        "caller",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash", name="caller_token"),
    )
    op.create_table(
        "drawn_number",
        sa.Column("command_id", sa.String(), nullable=False),
        sa.Column("drill", sa.Boolean(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("command_id"),
        sa.UniqueConstraint("drill", "year", "ordinal", name="drawn_number_once"),
    )
    op.create_table(
        "event_log",
        sa.Column("position", BIG, nullable=False),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("first_number", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("command_id", sa.String(), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
        sa.UniqueConstraint("incident_id", "first_number", name="event_log_number"),
    )
    op.create_table(
        "withdrawn_decision",
        sa.Column("position", BIG, nullable=False),
        sa.Column("log_position", BIG, nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=False),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("first_number", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("command_id", sa.String(), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index(
        "withdrawn_decision_incident", "withdrawn_decision", ["incident_id", "position"], unique=False
    )
    op.create_table(
        "incident",
        sa.Column("position", BIG, autoincrement=False, nullable=False),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("drill", sa.Boolean(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=True),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("response_class", sa.String(), nullable=False),
        sa.Column("first_responsible", sa.JSON(), nullable=False),
        sa.Column("lead", sa.String(), nullable=True),
        sa.Column("primary_status", sa.String(), nullable=True),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.Column("next_due_at", INSTANT, nullable=True),
        sa.Column("owed_due_at", INSTANT, nullable=True),
        sa.Column("due_rank", BIG, nullable=False),
        sa.Column("discovered_at", INSTANT, nullable=False),
        sa.Column("registered_at", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("archived_at", INSTANT, nullable=True),
        sa.Column("event_number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("position"),
        sa.UniqueConstraint("incident_id", name="incident_id_once"),
    )
    op.create_index("incident_class", "incident", ["response_class", "position"], unique=False)
    op.create_index(
        "incident_drill",
        "incident",
        ["position"],
        unique=False,
        **_where("drill IS true", sqlite="drill IS 1"),
    )
    op.create_index(
        "incident_due", "incident", ["due_rank", "position"], unique=False, **_where("closed_at IS NULL")
    )
    op.create_index("incident_grade", "incident", ["grade", "position"], unique=False)
    op.create_index("incident_level", "incident", ["level", "position"], unique=False)
    op.create_index("incident_number", "incident", ["number"], unique=False)
    op.create_index("incident_open", "incident", ["position"], unique=False, **_where("closed_at IS NULL"))
    op.create_index(
        "incident_overdue",
        "incident",
        ["position"],
        unique=False,
        **_where("overdue IS true", sqlite="overdue IS 1"),
    )
    op.create_index("incident_stage", "incident", ["stage", "position"], unique=False)
    op.create_table(
        "law",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("edition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", "edition"),
    )
    op.create_table(
        "notice",
        sa.Column("position", BIG, nullable=False),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("event_number", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("addressee", sa.String(), nullable=False),
        sa.Column("drill", sa.Boolean(), nullable=False),
        sa.Column("delivered_at", INSTANT, nullable=False),
        sa.Column("acknowledged_at", INSTANT, nullable=True),
        sa.Column("acknowledged_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("position"),
        sa.UniqueConstraint("incident_id", "event_number", "purpose", "unit", name="notice_once"),
    )
    op.create_index("notice_unit", "notice", ["unit", "position"], unique=False)
    op.create_index(
        "notice_waiting", "notice", ["unit", "position"], unique=False, **_where("acknowledged_at IS NULL")
    )
    op.create_table(
        "incident_text",
        sa.Column("position", BIG, autoincrement=False, nullable=False),
        sa.Column("grams", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["position"], ["incident.position"], name="incident_text_incident"),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_table(
        "incident_unit",
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("position", BIG, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["position"], ["incident.position"], name="incident_unit_incident"),
        sa.PrimaryKeyConstraint("unit", "position"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "obligation",
        sa.Column("position", BIG, autoincrement=False, nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("drill", sa.Boolean(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("clock_start", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("computed", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("advisory", sa.Boolean(), nullable=False),
        sa.Column("scored", sa.Boolean(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("fulfilled_at", INSTANT, nullable=True),
        sa.Column("breached_at", INSTANT, nullable=True),
        sa.Column("superseded_at", INSTANT, nullable=True),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("reminded", sa.JSON(), nullable=False),
        sa.Column("rungs", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["position"], ["incident.position"], name="obligation_incident"),
        sa.PrimaryKeyConstraint("position", "ordinal"),
    )
    op.create_index(
        "obligation_due", "obligation", ["settled", "due_at", "position", "ordinal"], unique=False
    )
    op.create_index(
        "obligation_kind", "obligation", ["kind", "settled", "due_at", "position", "ordinal"], unique=False
    )
    op.create_index(
        "obligation_unit", "obligation", ["unit", "settled", "due_at", "position", "ordinal"], unique=False
    )
    op.create_table(
        "snapshot",
        sa.Column("position", BIG, autoincrement=False, nullable=False),
        sa.Column("law_digest", sa.String(), nullable=False),
        sa.Column("law_edition", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["law_digest", "law_edition"], ["law.digest", "law.edition"], name="snapshot_law"
        ),
        sa.ForeignKeyConstraint(["position"], ["incident.position"], name="snapshot_incident"),
        sa.PrimaryKeyConstraint("position"),
    )
    _guard_and_index()


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE incident_grams")
    for name in reversed(TABLES):
        op.drop_table(name)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")
        for name in APPEND_ONLY:
            op.execute(f"DROP FUNCTION refuse_delete_of_{name}()")
