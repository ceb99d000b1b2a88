"""What lies in a bundle: the records of one case as they were sealed, its texts and files,
and what it says in words.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, func, or_, select
from temporalio.api.history.v1 import History
from temporalio.client import WorkflowHistory

from audit.bundle.records import RecordLine, batched, decision_line, entry_lines, line_of
from audit.bundle.telling import case_words
from audit.certificates import Certificate
from domain.case.state import Incident
from domain.catalogue import Decision
from domain.incident import apply
from domain.law.regulation import Law
from domain.steps.amend import Rebased
from domain.steps.register import Registered
from domain.terms.free_texts import filled, references
from domain.terms.vocabulary import Marking
from papers.typesetting import NoChineseFont, Unprintable
from storage.attachment_tables import AttachmentContentRow, AttachmentRow
from storage.audit_book_tables import AuditEntryRow
from storage.case_text_tables import CaseTextRow
from storage.codec import DECISION, LAW, canonical
from storage.files_beside import FilesBeside
from storage.installation_tables import ForkedDecisionRow
from storage.reduced_rows import ReducedPlace, ReducedRows
from storage.reduction_tables import ReducedTextRow, ReductionRow
from storage.sealed_log import leaf_of, leaves_by_key
from storage.sealed_records import (
    Sealed,
    attachment_values,
    decision_key,
    forked_values,
    history_values,
    reduction_values,
)
from storage.tables import ArchivedHistoryRow, EventLogRow, WithdrawnDecisionRow, table
from workflows.keys import Keyring
from workflows.opening import opened_history

MOST_PAGES: Final = 60  # certificates that lie in a bundle as a page too
MOST_BYTES: Final = 512 << 20  # of files and histories in one bundle
MOST_ENTRIES: Final = 100_000  # of the audit book in one bundle: the last


class BundleTooLarge(Exception):  # noqa: N818  named for what was found
    """The files of a case are more than a bundle holds: they can be left out."""


class NoCase(Exception):  # noqa: N818  named for what was found
    """Nothing of the case is sealed: there is none, or it became durable a moment ago."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """The files of a bundle that its manifest names, the records in those that hold records,
    and how many entries of the audit book are too many for it.
    """

    incident: Incident
    files: Mapping[str, bytes]
    lines: Mapping[str, Sequence[RecordLine]]
    left_out: int


def gathered(
    connection: Connection,
    incident_id: str,
    reduced: ReducedRows,
    keys: Keyring | None,
    *,
    sealed_since: datetime | None,
    with_files: bool,
    beside: FilesBeside | None = None,
) -> Contents:
    """The contents of a case, read in one transaction: of its log what is sealed.

    `beside` is where large files lie. Raises NoCase, TooLarge, and ContentGone for a file that is not there.
    """
    gatherer = _Gatherer(connection, incident_id, reduced, beside)
    decisions = gatherer.decisions()
    if not decisions:
        raise NoCase(incident_id)
    lines = {
        "case/decisions.jsonl": [line for line, _ in decisions],
        "case/gave_way.jsonl": gatherer.gave_way(),
        "case/forked.jsonl": gatherer.forked(),
        "case/reductions.jsonl": gatherer.reductions(),
        "book/entries.jsonl": gatherer.entries(),
    }
    lines["case/attachments.jsonl"] = list(gatherer.attachments(with_files=with_files))
    lines["case/histories.jsonl"] = list(gatherer.histories(keys, sealed_since))
    texts = gatherer.texts(lines)
    records = [decision for _, decision in decisions]
    incident: Incident | None = None
    for decision in records:
        incident = apply(incident, decision)
    if incident is None:
        raise NoCase(incident_id)
    words = {line["reference"]: line["text"] for line in texts if "text" in line}
    in_words = filled(tuple(records), words)
    files = {
        **gatherer.files,
        **{name: b"".join(line.text() + b"\n" for line in some) for name, some in lines.items()},
        "case/texts.jsonl": b"".join(canonical(line) + b"\n" for line in texts),
        "case/events.txt": case_words(incident, in_words).encode(),
        "case/law.json": _laws(records),
    }
    left_out = gatherer.entries_left_out()
    return Contents(incident=incident, files=files, lines=lines, left_out=left_out)


def certificate_files(certificates: Sequence[Certificate]) -> dict[str, bytes]:
    """The certificates of a case as JSON, and as pages where a font is there and the case bears no mark.

    Takes long: not for the event loop.
    """
    files: dict[str, bytes] = {}
    for number, certificate in enumerate(certificates, start=1):
        files[f"certificates/{number:04}.json"] = certificate.content
        if number <= MOST_PAGES and certificate.incident.gravest_marking is Marking.NONE:
            with suppress(NoChineseFont, Unprintable):
                files[f"certificates/{number:04}.pdf"] = certificate.pdf()
    return files


def _laws(decisions: Iterable[Decision]) -> bytes:
    """The laws that the case was carried under, with their calendars, each from the event that brought it."""
    events = [event for decision in decisions for event in decision.events]
    laws: list[Law] = [event.law for event in events if isinstance(event, Registered | Rebased)]
    content = [LAW.dump_python(law, mode="json") for law in laws]
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"


_LOG, _WITHDRAWN, _FORKED = table(EventLogRow), table(WithdrawnDecisionRow), table(ForkedDecisionRow)
_ENTRY, _TEXT, _REDUCTION, _GONE = (
    table(AuditEntryRow),
    table(CaseTextRow),
    table(ReductionRow),
    table(ReducedTextRow),
)
_FILE, _CONTENT, _HISTORY = table(AttachmentRow), table(AttachmentContentRow), table(ArchivedHistoryRow)


class _Gatherer:
    def __init__(
        self, connection: Connection, incident_id: str, reduced: ReducedRows, beside: FilesBeside | None
    ) -> None:
        self._beside = beside
        self._connection = connection
        self._case = incident_id
        self._reduced = reduced
        self.files: dict[str, bytes] = {}
        self._bytes = 0

    def _rows(self, statement: Any) -> list[dict[str, Any]]:
        return [dict(row) for row in self._connection.execute(statement).mappings()]

    def decisions(self) -> list[tuple[RecordLine, Decision]]:
        statement = select(_LOG).where(_LOG.c.incident_id == self._case).order_by(_LOG.c.first_number)
        return [
            (decision_line(row, self._reduced), DECISION.validate_json(row["decision"]))
            for row in self._rows(statement)
            if self._has_leaf(Sealed.DECISION, decision_key(row))
        ]

    def gave_way(self) -> list[RecordLine]:
        statement = (
            select(_WITHDRAWN).where(_WITHDRAWN.c.incident_id == self._case).order_by(_WITHDRAWN.c.position)
        )
        rows = [{**row, "position": row["log_position"]} for row in self._rows(statement)]
        return [
            decision_line(row, self._reduced)
            for row in rows
            if self._has_leaf(Sealed.DECISION, decision_key(row))
        ]

    def forked(self) -> list[RecordLine]:
        statement = select(_FORKED).where(_FORKED.c.incident_id == self._case).order_by(_FORKED.c.position)
        return self._sealed(
            line_of(Sealed.FORKED, str(row["position"]), forked_values(row), {"text": row["decision"]})
            for row in self._rows(statement)
        )

    def reductions(self) -> list[RecordLine]:
        statement = (
            select(_REDUCTION).where(_REDUCTION.c.incident_id == self._case).order_by(_REDUCTION.c.position)
        )
        gone = self._rows(select(_GONE).where(_GONE.c.incident_id == self._case))
        return self._sealed(
            line_of(
                Sealed.REDUCTION,
                str(row["position"]),
                reduction_values(
                    row, [one["reference"] for one in gone if one["position"] == row["position"]]
                ),
                {},
            )
            for row in self._rows(statement)
        )

    def entries(self) -> list[RecordLine]:
        """What the audit book has about the case, the last of many, each with the seal of the one before."""
        statement = select(_ENTRY).where(self._about()).order_by(_ENTRY.c.position.desc())
        rows = self._rows(statement.limit(MOST_ENTRIES))
        return self._sealed(entry_lines(self._connection, rows[::-1]))

    def entries_left_out(self) -> int:
        """How many there are beyond those."""
        statement = select(func.count()).select_from(_ENTRY).where(self._about())
        return max(0, self._connection.execute(statement).scalar_one() - MOST_ENTRIES)

    def _about(self) -> ColumnElement[bool]:
        subject = _ENTRY.c.subject
        return or_(subject == self._case, subject.startswith(f"{self._case}/", autoescape=True))

    def attachments(self, *, with_files: bool) -> Iterator[RecordLine]:
        statement = select(_FILE).where(_FILE.c.incident_id == self._case).order_by(_FILE.c.number)
        for row in self._rows(statement):
            line = line_of(Sealed.ATTACHMENT, str(row["position"]), attachment_values(row), {})
            if not self._has_leaf(line.kind, line.key):
                continue
            content = select(_CONTENT.c.media_type, _CONTENT.c.content, _CONTENT.c.size).where(
                _CONTENT.c.sha256 == row["sha256"]
            )
            stored = self._connection.execute(content).first()
            name = f"files/{row['number']:04}" if with_files and stored is not None else None
            if name is not None and stored is not None:
                self._take(name, self._content(row["sha256"], stored.content, stored.size))
            beside = {"file": name, "media_type": stored.media_type if stored is not None else ""}
            yield line_of(line.kind, line.key, attachment_values(row), beside)

    def _content(self, sha256: str, inside: bytes, size: int) -> bytes:
        if inside or self._beside is None or not size:
            return inside
        return self._beside.read(sha256)

    def histories(self, keys: Keyring | None, sealed_since: datetime | None) -> Iterator[RecordLine]:
        """The archived histories: the bytes that were hashed, and beside them what they say,
        opened by the keys of the house.

        Texts in them stay closed under keys of their own, which never leave.
        """
        statement = select(_HISTORY).where(_HISTORY.c.workflow_id == self._case).order_by(_HISTORY.c.position)
        rows = [row for row in self._rows(statement) if self._has_leaf(Sealed.HISTORY, str(row["position"]))]
        for number, row in enumerate(rows, start=1):
            name = f"histories/{number:04}"
            self._take(f"{name}.bin", row["history"])
            self._take(f"{name}.json", _opened(self._case, row["history"], keys, sealed_since))
            beside: dict[str, Any] = {"file": f"{name}.bin", "opened": f"{name}.json"}
            if digest := self._reduced.digests.get((ReducedPlace.HISTORY, row["position"])):
                beside["reduced"] = {"sha256": digest}
            yield line_of(Sealed.HISTORY, str(row["position"]), history_values(row), beside)

    def texts(self, lines: Mapping[str, Sequence[RecordLine]]) -> list[dict[str, Any]]:
        """The texts to which decisions refer, each with its salt, or when and why it went."""
        names = ("case/decisions.jsonl", "case/gave_way.jsonl", "case/forked.jsonl")
        decisions = [DECISION.validate_json(line.beside["text"]) for name in names for line in lines[name]]
        rows = self._rows(select(_TEXT).where(_TEXT.c.incident_id == self._case))
        texts = {row["reference"]: row for row in rows}
        gone = {
            row["reference"]: {
                "at": row["at"].astimezone(UTC).isoformat(timespec="seconds"),
                "why": row["why"],
            }
            for row in self._rows(
                select(_GONE.c.reference, _REDUCTION.c.at, _REDUCTION.c.why)
                .join(_REDUCTION, _REDUCTION.c.position == _GONE.c.position)
                .where(_GONE.c.incident_id == self._case)
            )
        }
        return [
            {"reference": name, "salt": texts[name]["salt"], "text": texts[name]["text"]}
            if name in texts and name not in gone
            else {"reference": name, "gone": gone.get(name, {"why": "missing"})}
            for name in sorted({name for decision in decisions for name in references(decision)})
        ]

    def _take(self, name: str, content: bytes) -> None:
        self._bytes += len(content)
        if self._bytes > MOST_BYTES:
            raise BundleTooLarge(self._case)
        self.files[name] = content

    def _has_leaf(self, kind: Sealed, key: str) -> bool:
        return leaf_of(self._connection, kind, key) is not None

    def _sealed(self, some: Iterable[RecordLine]) -> list[RecordLine]:
        sealed: list[RecordLine] = []
        for lines in batched(list(some)):
            keys = [line.key for line in lines]
            known = leaves_by_key(self._connection, lines[0].kind, keys)
            sealed += [line for line in lines if line.key in known]
        return sealed


def _opened(incident_id: str, stored: bytes, keys: Keyring | None, sealed_since: datetime | None) -> bytes:
    """A history as JSON for people."""
    history = WorkflowHistory(workflow_id=incident_id, events=list(History.FromString(stored).events))
    content = json.loads(opened_history(history, keys, sealed_since).to_json())
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"
