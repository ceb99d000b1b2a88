"""A record as a bundle and a certificate have it: what was sealed of it, and what lies beside."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, select

from storage.audit_book import FIRST_SEAL
from storage.audit_book import canonical as canonical_entry
from storage.audit_book_tables import AuditEntryRow
from storage.codec import canonical
from storage.reduced_rows import Place, ReducedRows
from storage.sealed_records import Sealed, decision_key, decision_values, leaf_values
from storage.tables import table

_ENTRY: Final = table(AuditEntryRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
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


def line_of(kind: Sealed, key: str, values: Mapping[str, Any], beside: Mapping[str, Any]) -> Line:
    """The line of a record by the values of its row."""
    return Line(kind=kind, key=key, sealed=leaf_values(kind, values), beside=beside)


def decision_line(row: Mapping[str, Any], reduced: ReducedRows) -> Line:
    """The line of a decision by its row; one that was reduced in place says to what."""
    beside: dict[str, Any] = {"text": row["decision"]}
    if digest := reduced.digests.get((Place.LOG, row["position"])):
        beside["reduced"] = {"sha256": digest}
    return line_of(Sealed.DECISION, decision_key(row), decision_values(row), beside)


def entry_line(connection: Connection, row: Mapping[str, Any]) -> Line:
    """An entry of the audit book as a bundle has it."""
    before = select(_ENTRY.c.seal).where(_ENTRY.c.position == row["position"] - 1)
    seal = connection.execute(before).scalar_one_or_none() or FIRST_SEAL
    values = {"position": row["position"], "seal": row["seal"]}
    beside = {"before": seal, "text": canonical_entry(row)}
    return line_of(Sealed.ENTRY, str(row["position"]), values, beside)
