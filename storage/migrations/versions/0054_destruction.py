"""The end of retention: what was approved by two with the archive's consent may go, and that alone;
the certificates stay.
"""

import sqlalchemy as sa
from alembic import op

from storage.migrations.guards import (
    MAY_GO,
    POSTGRESQL_GUARD,
    POSTGRESQL_KEEPING,
    POSTGRESQL_REFUSAL_OF_DELETE,
    SQLITE_GUARDS,
)

revision = "0054"
down_revision = "0051"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)
_NEW = {
    "destruction_list": "position = NEW.position",
    "destruction_entry": "list_position = NEW.list_position AND incident_id = NEW.incident_id",
    "destruction_word": "list_position = NEW.list_position AND kind = NEW.kind AND person = NEW.person",
    "destroyed_case": "incident_id = NEW.incident_id",
    "kept_certificate": "incident_id = NEW.incident_id AND place = NEW.place",
}
_IS_DESTROYED = "EXISTS (SELECT 1 FROM destroyed_case WHERE incident_id = OLD.{0})"
_MAY_GO = {
    "event_log": f"{MAY_GO['event_log']} OR {_IS_DESTROYED.format('incident_id')}",
    "archived_history": _IS_DESTROYED.format("workflow_id"),
    "withdrawn_decision": _IS_DESTROYED.format("incident_id"),
    "forked_decision": _IS_DESTROYED.format("incident_id"),
    "attachment": _IS_DESTROYED.format("incident_id"),
    "attachment_content": "NOT EXISTS (SELECT 1 FROM attachment WHERE sha256 = OLD.sha256)",
}
_IS_APPROVED = """(SELECT count(DISTINCT person) FROM destruction_word
    WHERE list_position = NEW.list_position AND kind = 'approved') >= 2
    AND EXISTS (SELECT 1 FROM destruction_word
    WHERE list_position = NEW.list_position AND kind = 'archive_consented')
    AND NOT EXISTS (SELECT 1 FROM destruction_word
    WHERE list_position = NEW.list_position AND kind = 'declined')
    AND EXISTS (SELECT 1 FROM destruction_entry
    WHERE list_position = NEW.list_position AND incident_id = NEW.incident_id)"""
_SQLITE_APPROVAL = f"""CREATE TRIGGER destroyed_case_approved BEFORE INSERT ON destroyed_case
    WHEN NOT ({_IS_APPROVED}) BEGIN SELECT RAISE(ABORT, 'destroyed_case is append-only'); END"""
_POSTGRESQL_FUNCTION = (
    "CREATE FUNCTION refuse_unapproved() RETURNS trigger LANGUAGE plpgsql AS"
    f" $$ BEGIN IF {_IS_APPROVED} THEN RETURN NEW; END IF;"
    " RAISE EXCEPTION 'destroyed_case is append-only'; END $$"
)
_POSTGRESQL_APPROVAL = (
    "CREATE TRIGGER destroyed_case_approved BEFORE INSERT ON destroyed_case"
    " FOR EACH ROW EXECUTE FUNCTION refuse_unapproved()"
)


def upgrade() -> None:
    _make_tables()
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for name, same_row in _NEW.items():
        if is_postgresql:
            op.execute(POSTGRESQL_GUARD.format(name))
            op.execute(POSTGRESQL_REFUSAL_OF_DELETE.format(name, "false"))
            op.execute(POSTGRESQL_KEEPING.format(name))
        else:
            for guard in SQLITE_GUARDS:
                op.execute(guard.format(name, same_row, "0"))
    approval = (_POSTGRESQL_FUNCTION, _POSTGRESQL_APPROVAL) if is_postgresql else (_SQLITE_APPROVAL,)
    for statement in approval:
        op.execute(statement)
    for name, condition in _MAY_GO.items():
        _let_go(name, condition, is_postgresql=is_postgresql)


def _make_tables() -> None:
    op.create_table(
        "destruction_list",
        sa.Column("position", BIG, primary_key=True),
        sa.Column("at", AT, nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
    )
    op.create_table(
        "destruction_entry",
        sa.Column("list_position", BIG, primary_key=True, autoincrement=False),
        sa.Column("incident_id", sa.String(), primary_key=True),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("retention", sa.String(), nullable=False),
        sa.Column("closed_at", AT, nullable=False),
        sa.Column("due_at", AT, nullable=False),
        sa.Column("decisions", sa.Integer(), nullable=False),
        sa.Column("seal", sa.String(), nullable=False),
    )
    op.create_table(
        "destruction_word",
        sa.Column("list_position", BIG, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("person", sa.String(), primary_key=True),
        sa.Column("at", AT, nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
    )
    op.create_table(
        "destroyed_case",
        sa.Column("incident_id", sa.String(), primary_key=True),
        sa.Column("list_position", BIG, nullable=False),
        sa.Column("at", AT, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("decisions", sa.Integer(), nullable=False),
        sa.Column("leaves", sa.Integer(), nullable=False),
    )
    op.create_table(
        "kept_certificate",
        sa.Column("incident_id", sa.String(), primary_key=True),
        sa.Column("place", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("obligation", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )


def _let_go(name: str, condition: str, *, is_postgresql: bool) -> None:
    """Let the rows of a table go that a condition names, and no other."""
    if is_postgresql:
        refusal = POSTGRESQL_REFUSAL_OF_DELETE.format(name, condition)
        op.execute(refusal.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
    else:
        op.execute(f"DROP TRIGGER {name}_no_delete")
        op.execute(SQLITE_GUARDS[1].format(name, "", condition))


def downgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for name in _MAY_GO:
        _let_go(name, MAY_GO.get(name, "false" if is_postgresql else "0"), is_postgresql=is_postgresql)
    for name in reversed(_NEW):
        op.drop_table(name)
        if is_postgresql:
            op.execute(f"DROP FUNCTION refuse_delete_of_{name}()")
    if is_postgresql:
        op.execute("DROP FUNCTION refuse_unapproved()")
