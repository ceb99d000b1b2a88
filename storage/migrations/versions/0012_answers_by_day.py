"""How units answered, counted by unit and day while obligations are written,
so that a year is some thousand rows.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COUNTS = ("due", "on_time", "missing", "used", "used_seconds")
# What is counted: statutory answers of whom they are charged to;
# of a drill, whose clock is its own, what is past.
COUNTED = (
    "{0}.kind IN ('PUB24', 'RESP48') AND {0}.scored AND {0}.status NOT IN ('superseded', 'void')"
    " AND NOT ({0}.drill AND {0}.status = 'open')"
)
IN_TIME = "{0}.status IN ('on_time', 'on_time_late_evidence')"
ADDED = ", ".join(f"{name} = answer_day.{name} + excluded.{name}" for name in COUNTS)
COLUMNS = f"drill, day, unit, {', '.join(COUNTS)}"


def _sqlite_values(row: str, sign: str) -> str:
    day = f"date({row}.due_at, '+8 hours')"
    seconds = f"strftime('%s', {row}.fulfilled_at) - strftime('%s', {row}.clock_start)"
    return _values(row, sign, day, seconds, "({})")


def _postgresql_values(row: str, sign: str) -> str:
    day = f"to_char({row}.due_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD')"
    seconds = f"extract(epoch FROM {row}.fulfilled_at - {row}.clock_start)::bigint"
    return _values(row, sign, day, seconds, "({})::int")


def _values(row: str, sign: str, day: str, seconds: str, number: str) -> str:
    in_time = IN_TIME.format(row)
    rows = [
        "1",
        number.format(in_time),
        number.format(f"{row}.fulfilled_at IS NULL AND NOT {in_time}"),
        number.format(f"{row}.fulfilled_at IS NOT NULL"),
        f"coalesce({seconds}, 0)",
    ]
    return ", ".join(
        [f"{row}.drill", day, f"coalesce({row}.unit, '')", *(f"{sign}({count})" for count in rows)]
    )


def _counting(values: str, condition: str) -> str:
    """An upsert; SQLite asks for the condition, so that ON is not taken for a join's."""
    return (
        f"INSERT INTO answer_day ({COLUMNS}) SELECT {values} WHERE {condition}"
        f" ON CONFLICT (drill, day, unit) DO UPDATE SET {ADDED}"
    )


def _sqlite() -> None:
    gone = _counting(_sqlite_values("OLD", "-"), COUNTED.format("OLD"))
    come = _counting(_sqlite_values("NEW", ""), COUNTED.format("NEW"))
    op.execute(f"CREATE TRIGGER answer_counted AFTER INSERT ON obligation BEGIN {come}; END")
    op.execute(f"CREATE TRIGGER answer_uncounted AFTER DELETE ON obligation BEGIN {gone}; END")
    op.execute(
        "CREATE TRIGGER answer_counted_anew AFTER UPDATE OF status, unit, due_at, clock_start,"
        " fulfilled_at, scored"
        f" ON obligation BEGIN {gone}; {come}; END"
    )


def _postgresql() -> None:
    gone = _counting(_postgresql_values("OLD", "-"), COUNTED.format("OLD"))
    come = _counting(_postgresql_values("NEW", ""), COUNTED.format("NEW"))
    op.execute(
        "CREATE FUNCTION count_answer() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP <> 'INSERT' THEN {gone}; END IF;"
        f" IF TG_OP <> 'DELETE' THEN {come}; END IF;"
        " RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER answer_counted AFTER INSERT OR DELETE"
        " OR UPDATE OF status, unit, due_at, clock_start, fulfilled_at, scored"
        " ON obligation FOR EACH ROW EXECUTE FUNCTION count_answer()"
    )


def upgrade() -> None:
    op.create_table(
        "answer_day",
        sa.Column("drill", sa.Boolean(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        *(sa.Column(name, BIG, nullable=False) for name in COUNTS),
        sa.PrimaryKeyConstraint("drill", "day", "unit"),
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    values = (_sqlite_values if is_sqlite else _postgresql_values)("obligation", "")
    named = f"SELECT {values} FROM obligation WHERE {COUNTED.format('obligation')}"  # noqa: S608  nothing from outside
    sums = ", ".join(f"sum({name})" for name in COUNTS)
    counted = (
        f"WITH counted ({COLUMNS}) AS ({named}) SELECT drill, day, unit, {sums} FROM counted GROUP BY 1, 2, 3"  # noqa: S608
    )
    op.execute(f"INSERT INTO answer_day ({COLUMNS}) {counted}")
    (_sqlite if is_sqlite else _postgresql)()


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in ("answer_counted", "answer_uncounted", "answer_counted_anew"):
            op.execute(f"DROP TRIGGER {name}")
    else:
        op.execute("DROP TRIGGER answer_counted ON obligation")
        op.execute("DROP FUNCTION count_answer()")
    op.drop_table("answer_day")
