"""What the sealed log seals: the records of each kind, and the bytes of their leaves (`docs/bundle.md`).

A leaf names a record whole: by its own columns, and by the digests that its table holds of what is large
or may be reduced.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Select, Table, bindparam, select

from storage.attachment_tables import AttachmentRow
from storage.audit_book_tables import AuditEntryRow
from storage.codec import canonical
from storage.installation_tables import ForkedDecisionRow
from storage.reduction_tables import ReducedTextRow, ReductionRow
from storage.tables import ArchivedHistoryRow, EventLogRow, WithdrawnDecisionRow, table


class Sealed(StrEnum):
    """The kinds of records."""

    DECISION = "decision"
    FORKED = "forked_decision"
    ENTRY = "audit_entry"
    ATTACHMENT = "attachment"
    HISTORY = "history"
    REDUCTION = "reduction"


_AT_ONE_TIME: Final = 500
KEY_DIGITS: Final = 16  # of a decision's seal: places of the log that were withdrawn may be taken again
_DECISION: Final = ("incident_id", "first_number", "last_number", "previous_hash", "hash", "lineage")
_FORKED: Final = (
    *("kept_at", "incident_id", "side", "first_number", "last_number", "recorded_at", "cause"),
    "command_id",
)
_ENTRY: Final = ("position", "seal")
_ATTACHMENT: Final = (*("incident_id", "number", "sha256", "name", "person", "role", "unit", "attached_at"),)
_HISTORY: Final = ("run_id", "sha256", "sdk_version", "build_id", "created_at")
_REDUCTION: Final = (*("position", "at", "incident_id", "why", "by", "unit", "reason", "about", "texts"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedRecord:
    """A record as its leaf has it: `key` names it among those of its kind,
    `data` are the bytes that are hashed.
    """

    kind: Sealed
    key: str
    incident_id: str
    data: bytes


def leaf_values(kind: Sealed, values: Mapping[Any, Any]) -> dict[str, Any]:
    """What a leaf says: the record's kind and values, instants in UTC with microseconds."""
    content = {
        name: value.astimezone(UTC).isoformat(timespec="microseconds")
        if isinstance(value, datetime)
        else value
        for name, value in values.items()
    }
    return {"kind": kind.value, **content}


def leaf_data(kind: Sealed, values: Mapping[Any, Any]) -> bytes:
    """The bytes of a leaf: canonical JSON of what it says."""
    return canonical(leaf_values(kind, values))


def decision_values(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Of a row of the event log, what its leaf says; the text is named by the seal."""
    return {name: row[name] for name in _DECISION}


def attachment_values(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Of a row of the files of a case, what its leaf says."""
    return {name: row[name] for name in _ATTACHMENT}


def history_values(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Of an archived history, what its leaf says; its bytes are named by their SHA-256."""
    return {"incident_id": row["workflow_id"], **{name: row[name] for name in _HISTORY}}


def forked_values(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Of a decision of a fork, what its leaf says."""
    digest = hashlib.sha256(row["decision"].encode()).hexdigest()
    return {**{name: row[name] for name in _FORKED}, "sha256": digest}


def reduction_values(row: Mapping[Any, Any], references: Collection[str]) -> dict[str, Any]:
    """Of an act of reduction, what its leaf says:
    the act, and the references of the texts that it took away.
    """
    return {**{name: row[name] for name in _REDUCTION}, "references": sorted(references)}


def decision_key(row: Mapping[Any, Any]) -> str:
    """What names a decision's leaf: its place in the log and the beginning of its seal."""
    return f"{row['position']}/{row['hash'][:KEY_DIGITS]}"


def _decision(row: Mapping[Any, Any]) -> SealedRecord:
    return _record(Sealed.DECISION, decision_key(row), row["incident_id"], decision_values(row))


def _forked(row: Mapping[Any, Any]) -> SealedRecord:
    return _record(Sealed.FORKED, str(row["position"]), row["incident_id"], forked_values(row))


def _entry(row: Mapping[Any, Any]) -> SealedRecord:
    return _record(Sealed.ENTRY, str(row["position"]), "", {name: row[name] for name in _ENTRY})


def _attachment(row: Mapping[Any, Any]) -> SealedRecord:
    return _record(Sealed.ATTACHMENT, str(row["position"]), row["incident_id"], attachment_values(row))


def _history(row: Mapping[Any, Any]) -> SealedRecord:
    return _record(Sealed.HISTORY, str(row["position"]), row["workflow_id"], history_values(row))


def _record(kind: Sealed, key: str, incident_id: str, values: Mapping[Any, Any]) -> SealedRecord:
    return SealedRecord(kind=kind, key=key, incident_id=incident_id, data=leaf_data(kind, values))


_LOG, _WITHDRAWN = table(EventLogRow), table(WithdrawnDecisionRow)
_REDUCED = table(ReducedTextRow)
_COLUMNS: Final = [_LOG.c.position, *(_LOG.c[name] for name in _DECISION)]
_DECISIONS = select(*_COLUMNS).where(_LOG.c.position.in_(bindparam("places", expanding=True)))
# One that gave way to a record that was proven longer stands among the withdrawn ones.
_GONE = select(
    _WITHDRAWN.c.log_position.label("position"), *(_WITHDRAWN.c[name] for name in _DECISION)
).where(_WITHDRAWN.c.log_position.in_(bindparam("places", expanding=True)))
_REFERENCES = select(_REDUCED.c.position, _REDUCED.c.reference).where(
    _REDUCED.c.position.in_(bindparam("places", expanding=True))
)
Tabled = tuple[Table, tuple[Any, ...], Callable[[Mapping[Any, Any]], SealedRecord]]


def _tabled(model: Any, names: Sequence[str], make: Callable[[Mapping[Any, Any]], SealedRecord]) -> Tabled:
    source = table(model)
    return source, tuple(source.c[name] for name in dict.fromkeys(("position", *names))), make


_TABLED: Final[Mapping[Sealed, Tabled]] = {
    Sealed.FORKED: _tabled(ForkedDecisionRow, (*_FORKED, "decision"), _forked),
    Sealed.ENTRY: _tabled(AuditEntryRow, _ENTRY, _entry),
    Sealed.ATTACHMENT: _tabled(AttachmentRow, _ATTACHMENT, _attachment),
    Sealed.HISTORY: _tabled(ArchivedHistoryRow, ("workflow_id", *_HISTORY), _history),
    Sealed.REDUCTION: _tabled(ReductionRow, _REDUCTION, _entry),  # made with its references
}
NUMBERED: Final = tuple(_TABLED)
"""The kinds whose records are numbered one after the other, and enter as soon as they are there."""


def numbered_table(kind: Sealed) -> Table:
    """The table of a numbered kind."""
    return _TABLED[kind][0]


def decisions_at(connection: Connection, statement: Select[Any], **named: Any) -> list[SealedRecord]:
    """The records of the rows of the event log that a statement over `decision_columns` selects."""
    return [_decision(row) for row in connection.execute(statement, named).mappings()]


def decision_columns() -> list[Any]:
    """What is read of a row of the event log for its leaf."""
    return list(_COLUMNS)


def numbered_after(
    connection: Connection, kind: Sealed, place: int, most: int
) -> list[tuple[int, SealedRecord]]:
    """The records of a numbered kind after a place, in order, each with its place."""
    source, columns, _ = _TABLED[kind]
    statement = select(*columns).where(source.c.position > place).order_by(source.c.position).limit(most)
    return _numbered(connection, kind, statement)


def records(
    connection: Connection, kind: Sealed, keys: Collection[str], *, withdrawn: bool = False
) -> dict[str, SealedRecord]:
    """The records of a kind by their keys, as far as they are there;
    `withdrawn` looks for decisions among those that gave way.
    """
    wanted = [key for key in keys if key.partition("/")[0].isdecimal()]
    standing: dict[str, SealedRecord] = {}
    for first in range(0, len(wanted), _AT_ONE_TIME):
        places = [int(key.partition("/")[0]) for key in wanted[first : first + _AT_ONE_TIME]]
        if kind is Sealed.DECISION:
            rows = decisions_at(connection, _GONE if withdrawn else _DECISIONS, places=places)
        else:
            source, columns, _ = _TABLED[kind]
            statement = select(*columns).where(source.c.position.in_(places))
            rows = [record for _, record in _numbered(connection, kind, statement)]
        standing |= {record.key: record for record in rows}
    return {key: standing[key] for key in keys if key in standing}


def _numbered(connection: Connection, kind: Sealed, statement: Select[Any]) -> list[tuple[int, SealedRecord]]:
    rows = connection.execute(statement).mappings().all()
    if kind is not Sealed.REDUCTION:
        make = _TABLED[kind][2]
        return [(row["position"], make(row)) for row in rows]
    places = [row["position"] for row in rows]
    references: dict[int, list[str]] = {place: [] for place in places}
    for row in connection.execute(_REFERENCES, {"places": places}):
        references[row.position].append(row.reference)
    return [
        (place, _record(kind, str(place), row["incident_id"], reduction_values(row, references[place])))
        for place, row in zip(places, rows, strict=True)
    ]
