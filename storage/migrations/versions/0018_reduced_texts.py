"""Texts that were reduced: an entry for good, with which the text goes,
and after which it does not come back.
"""

import sqlalchemy as sa
from alembic import op

from storage.migrations.guards import (
    POSTGRESQL_GUARD,
    POSTGRESQL_KEEPING,
    POSTGRESQL_REFUSAL_OF_DELETE,
    SQLITE_GUARDS,
)

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_SAME_ROW = {
    "reduction": "position = NEW.position",
    "reduced_text": "incident_id = NEW.incident_id AND reference = NEW.reference",
}
_SQLITE = (
    """CREATE TRIGGER reduced_text_goes AFTER INSERT ON reduced_text
    BEGIN DELETE FROM case_text WHERE incident_id = NEW.incident_id AND reference = NEW.reference; END""",
    """CREATE TRIGGER case_text_reduced BEFORE INSERT ON case_text
    WHEN EXISTS (SELECT 1 FROM reduced_text WHERE incident_id = NEW.incident_id AND reference = NEW.reference)
    BEGIN SELECT RAISE(IGNORE); END""",
)
_POSTGRESQL = (
    """CREATE FUNCTION let_reduced_text_go() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    DELETE FROM case_text WHERE incident_id = NEW.incident_id AND reference = NEW.reference; RETURN NEW; END $$""",
    """CREATE TRIGGER reduced_text_goes AFTER INSERT ON reduced_text
    FOR EACH ROW EXECUTE FUNCTION let_reduced_text_go()""",
    """CREATE FUNCTION refuse_reduced_text() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT 1 FROM reduced_text WHERE incident_id = NEW.incident_id AND reference = NEW.reference)
    THEN RETURN NULL; END IF; RETURN NEW; END $$""",
    (
        "CREATE TRIGGER case_text_reduced BEFORE INSERT ON case_text FOR EACH ROW EXECUTE FUNCTION"
        " refuse_reduced_text()"
    ),
)


def upgrade() -> None:
    op.create_table(
        "reduction",
        sa.Column("position", BIG, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("texts", sa.Integer(), nullable=False),
    )
    op.create_index("reduction_incident", "reduction", ["incident_id", "position"])
    op.create_table(
        "reduced_text",
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("position", BIG, nullable=False),
        sa.PrimaryKeyConstraint("incident_id", "reference"),
    )
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for name, same_row in _SAME_ROW.items():
        if is_postgresql:
            op.execute(POSTGRESQL_GUARD.format(name))
            op.execute(POSTGRESQL_REFUSAL_OF_DELETE.format(name, "false"))
            op.execute(POSTGRESQL_KEEPING.format(name))
            continue
        for guard in SQLITE_GUARDS:
            op.execute(guard.format(name, same_row, "0"))
    for statement in _POSTGRESQL if is_postgresql else _SQLITE:
        op.execute(statement)


def downgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    op.execute("DROP TRIGGER case_text_reduced" + (" ON case_text" if is_postgresql else ""))
    for name in reversed(_SAME_ROW):
        op.drop_table(name)
    if is_postgresql:
        for name in (
            *(f"refuse_delete_of_{one}" for one in _SAME_ROW),
            "let_reduced_text_go",
            "refuse_reduced_text",
        ):
            op.execute(f"DROP FUNCTION {name}()")
