"""How connections to SQLite are set up: durable, waiting a bounded time,
with transactions that begin when asked.
"""

from typing import Any, Final

from sqlalchemy import Connection, Engine, event

BUSY_MILLISECONDS: Final = 400  # below the half second that the workflow gives its local record
BEGIN_READING: Final = "BEGIN"
BEGIN_WRITING: Final = (
    "BEGIN IMMEDIATE"  # a transaction that reads first and then writes would else be refused
)


def prepare(engine: Engine, begin: str, **pragmas: str | int) -> None:
    """Set up each connection of a SQLite engine, with further pragmas,
    and begin each transaction with `begin`.
    """
    settings = {
        "busy_timeout": BUSY_MILLISECONDS,
        "journal_mode": "WAL",
        "synchronous": "FULL",
        "recursive_triggers": "ON",  # REPLACE would else delete a row without asking the triggers
        **pragmas,
    }

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver's own transactions begin too late, at the first write
        cursor = connection.cursor()
        for name, value in settings.items():
            cursor.execute(f"PRAGMA {name} = {value}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)
