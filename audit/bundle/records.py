"""A record as a bundle and a certificate have it: what was sealed of it, and what lies beside."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, select

from storage.audit_book import FIRST_SEAL
from storage.audit_book import canonical as canonical_entry
from storage.audit_book_tables import AuditEntryRow
from storage.codec import canonical
from storage.reduced_rows import ReducedPlace, ReducedRows
from storage.sealed_records import Sealed, decision_key, decision_values, leaf_values
from storage.tables import table

T = TypeVar("T")
_ENTRY: Final = table(AuditEntryRow)
_AT_ONE_TIME: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLine:
    """A record in a file of records: what was sealed of it, under which key of its kind,
    and what lies beside.
    """

    kind: Sealed
    key: str
    sealed: Mapping[str, Any]
    beside: Mapping[str, Any]

    def text(self) -> bytes:
        """The line, without its end."""
        return canonical({"sealed": self.sealed, **self.beside})


def line_of(kind: Sealed, key: str, values: Mapping[str, Any], beside: Mapping[str, Any]) -> RecordLine:
    """The line of a record by the values of its row."""
    return RecordLine(kind=kind, key=key, sealed=leaf_values(kind, values), beside=beside)


def decision_line(row: Mapping[str, Any], reduced: ReducedRows) -> RecordLine:
    """The line of a decision by its row; one that was reduced in place says to what."""
    beside: dict[str, Any] = {"text": row["decision"]}
    if digest := reduced.digests.get((ReducedPlace.LOG, row["position"])):
        beside["reduced"] = {"sha256": digest}
    return line_of(Sealed.DECISION, decision_key(row), decision_values(row), beside)


def entry_line(connection: Connection, row: Mapping[str, Any]) -> RecordLine:
    """An entry of the audit book as a bundle has it."""
    (line,) = entry_lines(connection, [row])
    return line


def entry_lines(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> Iterator[RecordLine]:
    """Entries of the audit book as a bundle has them, each with the seal of the one before."""
    for some in batched(rows):
        places = [row["position"] - 1 for row in some]
        before = select(_ENTRY.c.position, _ENTRY.c.seal).where(_ENTRY.c.position.in_(places))
        seals = {row.position: row.seal for row in connection.execute(before)}
        for row in some:
            values = {"position": row["position"], "seal": row["seal"]}
            seal = seals.get(row["position"] - 1) or FIRST_SEAL
            beside = {"before": seal, "text": canonical_entry(row)}
            yield line_of(Sealed.ENTRY, str(row["position"]), values, beside)


def batched(things: Sequence[T]) -> Iterator[Sequence[T]]:
    """Things some at a time, as many as a statement names."""
    for first in range(0, len(things), _AT_ONE_TIME):
        yield things[first : first + _AT_ONE_TIME]
