"""The tables: what is recorded for good, what is derived from it, and what stands beside."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKeyConstraint, Index, Table, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.columns import BIG, UtcDateTime

APPEND_ONLY = (
    "event_log",
    "archived_history",
    "withdrawn_decision",
    "law_change",
    "law_change_answer",
    "law_version",
    "administrative_act",
    "audit_entry",
    "attachment",
    "attachment_content",
    "healing",
    "forked_decision",
    "sealing_key",
    "alarm",
    "alarm_seen",
    "reduction",
    "reduced_text",
    "reduced_row",
    "log_hash",
    "sealed_leaf",
    "sealed_subtree",
    "checkpoint",
    "checkpoint_key",
    "checkpoint_stamp",
    "checkpoint_outcome",
    "call_receipt",
    "audit_note",
    "paper_number",
    "destruction_list",
    "destruction_entry",
    "destruction_word",
    "destroyed_case",
    "kept_certificate",
)  # triggers of the migrations refuse updates and deletes; an alarm may be closed
MOVED_LIMITS = (
    "obligation_opened",
    "obligation_reopened",
    "clock_start_corrected",
    "rebased",
)  # kinds of events
_FROM_ELSEWHERE: dict[str, Any] = {"autoincrement": False}  # whole numbers that come from elsewhere


def _partial(name: str, *columns: str, where: str, sqlite_where: str = "") -> Index:
    """An index over the few rows that fulfil a condition."""
    return Index(name, *columns, sqlite_where=text(sqlite_where or where), postgresql_where=text(where))


def moved_limits(dialect: str) -> str:
    """Whether a decision opened or moved a limit, in the words of the index,
    which is found by these alone.
    """
    finding = "instr" if dialect == "sqlite" else "strpos"
    return " OR ".join(f"""{finding}(decision, '"kind":"{kind}"') > 0""" for kind in MOVED_LIMITS)


class EventLogRow(SQLModel, table=True):
    """One decision as it was recorded; `hash` is SHA-256 over `previous_hash` and the canonical
    text `decision`.

    `lineage` names it by all that came before (`domain.lineage`); rows of 0.3 and before have none.
    """

    __tablename__ = "event_log"
    __table_args__ = (
        UniqueConstraint("incident_id", "first_number", name="event_log_number"),
        Index("event_log_command", "command_id"),
        _partial(
            "event_log_moved",
            *("incident_id", "first_number"),
            where=moved_limits("postgresql"),
            sqlite_where=moved_limits("sqlite"),
        ),
        _partial("event_log_older", "incident_id", where="lineage IS NULL"),
    )

    position: int = Field(primary_key=True, sa_type=BIG)
    incident_id: str
    first_number: int
    last_number: int
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    cause: str
    command_id: str | None
    edition: int
    decision: str = Field(sa_type=Text)
    previous_hash: str
    hash: str
    lineage: str | None = None


class ProofRow(SQLModel, table=True):
    """How far Temporal is known to hold a case: the number of its last event; each change has its `turn`."""

    __tablename__ = "proof"
    __table_args__ = (Index("proof_turn", "turn"),)

    incident_id: str = Field(primary_key=True)
    number: int
    turn: int = Field(sa_type=BIG)


class WithdrawnDecisionRow(SQLModel, table=True):
    """A row taken out of the event log since Temporal never came to hold its decision:
    all of it, and when.
    """

    __tablename__ = "withdrawn_decision"
    __table_args__ = (Index("withdrawn_decision_incident", "incident_id", "position"),)

    position: int = Field(primary_key=True, sa_type=BIG)
    log_position: int = Field(sa_type=BIG)
    withdrawn_at: datetime = Field(sa_type=UtcDateTime)
    incident_id: str
    first_number: int
    last_number: int
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    cause: str
    command_id: str | None
    edition: int
    decision: str = Field(sa_type=Text)
    previous_hash: str
    hash: str
    lineage: str | None = None


class LawRow(SQLModel, table=True):
    """A law that cases are carried under, once; snapshots name it."""

    __tablename__ = "law"

    digest: str = Field(primary_key=True)
    edition: int = Field(primary_key=True, sa_column_kwargs=_FROM_ELSEWHERE)
    content: str = Field(sa_type=Text)


class IncidentRow(SQLModel, table=True):
    """What lists show, filter and sort by; `position` is that of its first decision in the event log.

    `key_categories` are the codes of the key categories, a comma before and after each; `verified_after`
    and its like the seconds from discovery until a stage was reached, None where it was not (R105);
    `coverage` and `reach` are thousandths (R365). `owed_due_at` is the earliest due instant among the
    answers still owed, and what replaces one, overdue ones too; `due_rank` that of the most urgent obligation
    (`domain.rules.urgency`) in seconds, for sorting, past all instants where none is owed. `next_due_at` is
    `Incident.display_deadline`.
    """

    __tablename__ = "incident"
    __table_args__ = (
        UniqueConstraint("incident_id", name="incident_id_once"),
        Index("incident_number", "number"),
        _partial("incident_open", "position", where="closed_at IS NULL"),
        _partial("incident_due", "due_rank", "position", where="closed_at IS NULL"),
        _partial("incident_overdue", "position", where="overdue IS true", sqlite_where="overdue IS 1"),
        _partial("incident_drill", "position", where="drill IS true", sqlite_where="drill IS 1"),
        Index("incident_stage", "stage", "position"),
        Index("incident_level", "level", "position"),
        Index("incident_grade", "grade", "position"),
        Index("incident_class", "response_class", "position"),
        Index("incident_registered", "registered_at", "position"),
    )

    position: int = Field(primary_key=True, sa_type=BIG, sa_column_kwargs=_FROM_ELSEWHERE)
    incident_id: str
    number: str
    title: str
    marking: str = Field(sa_column_kwargs={"server_default": "none"})
    drill: bool
    subject_kind: str
    stage: str
    level: str | None
    grade: str
    response_class: str
    first_responsible: list[str] = Field(sa_type=JSON)
    lead: str | None
    primary_status: str | None
    overdue: bool
    next_due_at: datetime | None = Field(sa_type=UtcDateTime)
    owed_due_at: datetime | None = Field(sa_type=UtcDateTime)
    due_rank: int = Field(sa_type=BIG)
    discovered_at: datetime = Field(sa_type=UtcDateTime)
    registered_at: datetime = Field(sa_type=UtcDateTime)
    closed_at: datetime | None = Field(sa_type=UtcDateTime)
    archived_at: datetime | None = Field(sa_type=UtcDateTime)
    event_number: int
    hash: str
    key_categories: str = Field(default="", sa_column_kwargs={"server_default": ""})
    verified_after: int | None = Field(default=None, sa_type=BIG)
    judged_after: int | None = Field(default=None, sa_type=BIG)
    responded_after: int | None = Field(default=None, sa_type=BIG)
    coverage: int | None = Field(default=None, sa_type=BIG)
    reach: int | None = Field(default=None, sa_type=BIG)
    disposed_after: int | None = Field(default=None, sa_type=BIG)


class SnapshotRow(SQLModel, table=True):
    """The whole incident as JSON, without its law; apart from the row of the lists,
    which stay narrow and quick.
    """

    __tablename__ = "snapshot"
    __table_args__ = (
        ForeignKeyConstraint(["position"], ["incident.position"], name="snapshot_incident"),
        ForeignKeyConstraint(
            ["law_digest", "law_edition"], ["law.digest", "law.edition"], name="snapshot_law"
        ),
    )

    position: int = Field(primary_key=True, sa_type=BIG, sa_column_kwargs=_FROM_ELSEWHERE)
    law_digest: str
    law_edition: int
    state: str = Field(sa_type=Text)


class IncidentUnitRow(SQLModel, table=True):
    """Which units have a part in which incident, so that a unit's own are one walk along the key."""

    __tablename__ = "incident_unit"
    __table_args__ = (
        ForeignKeyConstraint(["position"], ["incident.position"], name="incident_unit_incident"),
        {"sqlite_with_rowid": False},
    )

    unit: str = Field(primary_key=True)
    position: int = Field(primary_key=True, sa_type=BIG, sa_column_kwargs=_FROM_ELSEWHERE)


class IncidentReaderRow(SQLModel, table=True):
    """To which persons an incident is closed; those that are open to whoever has a part have none here."""

    __tablename__ = "incident_reader"
    __table_args__ = (
        ForeignKeyConstraint(["position"], ["incident.position"], name="incident_reader_incident"),
        {"sqlite_with_rowid": False},
    )

    position: int = Field(primary_key=True, sa_type=BIG, sa_column_kwargs=_FROM_ELSEWHERE)
    person: str = Field(primary_key=True)


class IncidentTextRow(SQLModel, table=True):
    """The words by which a case is found, a line each, and the pairs of characters in them,
    indexed as each database does it.

    PostgreSQL: `incident_text_grams`. SQLite: the FTS5 table `incident_grams`,
    which triggers keep up with this one.
    """

    __tablename__ = "incident_text"
    __table_args__ = (
        ForeignKeyConstraint(["position"], ["incident.position"], name="incident_text_incident"),
    )

    position: int = Field(primary_key=True, sa_type=BIG, sa_column_kwargs=_FROM_ELSEWHERE)
    grams: str = Field(sa_type=Text)
    words: str = Field(sa_type=Text, sa_column_kwargs={"server_default": ""})


class ObligationRow(SQLModel, table=True):
    """One obligation of one incident, the `ordinal`-th; `settled` once nobody has to do the deed any more.

    `falls_at` is the real instant at which the case's own clock shows `due_at`: another one in a drill alone.
    """

    __tablename__ = "obligation"
    __table_args__ = (
        ForeignKeyConstraint(["position"], ["incident.position"], name="obligation_incident"),
        Index("obligation_kind", "kind", "settled", "due_at", "position", "ordinal"),
        Index("obligation_due", "settled", "due_at", "position", "ordinal"),
        Index("obligation_unit", "unit", "settled", "due_at", "position", "ordinal"),
        _partial("obligation_falls", "falls_at", where="status = 'open'"),
    )

    position: int = Field(primary_key=True, sa_type=BIG, sa_column_kwargs=_FROM_ELSEWHERE)
    ordinal: int = Field(primary_key=True, sa_column_kwargs=_FROM_ELSEWHERE)
    id: str
    drill: bool
    settled: bool
    kind: str
    unit: str | None
    cause: str
    clause: str
    clock_start: datetime = Field(sa_type=UtcDateTime)
    due_at: datetime = Field(sa_type=UtcDateTime)
    falls_at: datetime | None = Field(sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    computed: dict[str, Any] = Field(sa_type=JSON)
    status: str
    advisory: bool
    scored: bool
    provisional: bool
    fulfilled_at: datetime | None = Field(sa_type=UtcDateTime)
    breached_at: datetime | None = Field(sa_type=UtcDateTime)
    superseded_at: datetime | None = Field(sa_type=UtcDateTime)
    reopened_at: datetime | None = Field(sa_type=UtcDateTime)
    evidence: str
    reminded: list[int] = Field(sa_type=JSON)
    rungs: int


class DrawnNumberRow(SQLModel, table=True):
    """A number drawn for a registration, kept under its command id:
    the same command draws the same number.
    """

    __tablename__ = "drawn_number"
    __table_args__ = (UniqueConstraint("drill", "year", "ordinal", name="drawn_number_once"),)

    command_id: str = Field(primary_key=True)
    drill: bool
    year: int
    ordinal: int


class CallerRow(SQLModel, table=True):
    """A bearer token of a person in a role of a unit; only its SHA-256 is kept.

    One that its owner made in the browser names the account, and ends when that account has another post.
    """

    __tablename__ = "caller"
    __table_args__ = (
        UniqueConstraint("token_hash", name="caller_token"),
        Index("caller_account", "account_id"),
    )

    id: str = Field(primary_key=True)
    token_hash: str
    person: str
    role: str
    unit: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(sa_type=UtcDateTime)
    account_id: str | None = None
    name: str = ""
    scope: str = "steps"
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class NoticeRow(SQLModel, table=True):
    """A message in the inbox of a unit; once per incident, event, purpose and unit,
    however often it is handed over.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("incident_id", "event_number", "purpose", "unit", name="notice_once"),
        Index("notice_unit", "unit", "position"),
        _partial("notice_waiting", "unit", "position", where="acknowledged_at IS NULL"),
    )

    position: int = Field(primary_key=True, sa_type=BIG)
    incident_id: str
    event_number: int
    purpose: str
    unit: str
    subject: str
    addressee: str
    drill: bool
    delivered_at: datetime = Field(sa_type=UtcDateTime)
    acknowledged_at: datetime | None = Field(sa_type=UtcDateTime)
    acknowledged_by: str | None


class ArchivedHistoryRow(SQLModel, table=True):
    """The Temporal history of one run: deterministic protobuf for the record, JSON for people."""

    __tablename__ = "archived_history"
    __table_args__ = (
        UniqueConstraint("run_id", name="archived_history_run"),
        Index("archived_history_workflow", "workflow_id", "position"),
    )

    position: int = Field(primary_key=True, sa_type=BIG)
    workflow_id: str
    run_id: str
    history: bytes
    history_json: str = Field(sa_type=Text)
    sha256: str
    sdk_version: str
    build_id: str
    created_at: datetime = Field(sa_type=UtcDateTime)


def table(model: type[SQLModel]) -> Table:
    """The table of a model, for statements on many rows."""
    return SQLModel.metadata.tables[str(model.__tablename__)]
