"""Runs migrations for Alembic, on SQLite and PostgreSQL alike."""

from alembic import context
from sqlalchemy import Connection, create_engine, text
from sqlmodel import SQLModel

import storage.absence_tables
import storage.account_tables
import storage.act_tables
import storage.address_tables
import storage.answer_tables
import storage.attachment_tables
import storage.audit_book_tables
import storage.audit_note_tables
import storage.call_tables
import storage.case_text_tables
import storage.destruction_tables
import storage.forms_open
import storage.installation_tables
import storage.law_tables
import storage.paper_tables
import storage.reduction_tables
import storage.saved_views
import storage.sealed_log_tables
import storage.tables
import storage.unit_tables
import storage.watch_tables
import storage.working_texts  # noqa: F401  its tables are this release's too
from storage.sqlite import BEGIN_WRITING, prepare

_LOCK = 0x4855_4959_494E_47  # "HUIYING": any number that all processes agree on


def _run(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,  # SQLite changes tables by copying them; triggers must then be made again
        transactional_ddl=True,  # a kill in the middle leaves the old tables, on SQLite too
    )
    with context.begin_transaction():
        context.run_migrations()


engine = create_engine(context.config.attributes["address"])
if engine.dialect.name == "sqlite":
    prepare(engine, BEGIN_WRITING, busy_timeout=10_000)
try:
    with engine.begin() as opened:
        _run(opened)
finally:
    engine.dispose()
