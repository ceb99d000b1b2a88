"""Rows that 0.3 and before sealed with the words of the public in them:
taken out there, while seal and links stay (decision 0046).

The words stand in fields of the JSON; each is replaced by a reference as later releases have one,
whose salt nobody keeps.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from secrets import token_hex
from typing import Any, Final

from sqlalchemy import Connection, and_, bindparam, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from domain.case.state import Incident
from domain.catalogue import Decision
from domain.terms.free_texts import is_reference, names_of_free_texts, reference
from storage.reduction_tables import ReducedRowRow, ReductionRow
from storage.reductions import ROWS, Reduction, enter_act
from storage.tables import ArchivedHistoryRow, EventLogRow, table


class ReducedPlace(StrEnum):
    """Which table a row stands in."""

    LOG = "event_log"
    HISTORY = "archived_history"


_SALT_BYTES: Final = 16
_LOG, _HISTORY = table(EventLogRow), table(ArchivedHistoryRow)
_FIELDS: Final = names_of_free_texts(Decision, Incident)
_CHANGE_LOG = (
    update(_LOG)
    .where(_LOG.c.position == bindparam("at"), _LOG.c.decision == bindparam("before"))
    .values(decision=bindparam("content"))
)
_CHANGE_HISTORY = (
    update(_HISTORY)
    .where(_HISTORY.c.position == bindparam("at"), _HISTORY.c.history == bindparam("before"))
    .values(history=bindparam("content"), history_json=bindparam("text"))
)
# In order, since what the last act left is what stands there.
_OF_CASE = (
    select(col(ReducedRowRow.place), col(ReducedRowRow.row_position), col(ReducedRowRow.sha256))
    .where(
        col(ReducedRowRow.incident_id) == bindparam("wanted"),
        exists().where(
            col(ReductionRow.position) == col(ReducedRowRow.position),
            col(ReductionRow.incident_id) == col(ReducedRowRow.incident_id),
            col(ReductionRow.about) == ROWS,
        ),
        exists().where(
            _LOG.c.incident_id == col(ReducedRowRow.incident_id),
            _LOG.c.lineage.is_(None),
            or_(
                and_(
                    col(ReducedRowRow.place) == ReducedPlace.LOG.value,
                    _LOG.c.position == col(ReducedRowRow.row_position),
                ),
                and_(col(ReducedRowRow.place) == ReducedPlace.HISTORY.value, _LOG.c.first_number == 1),
            ),
        ),
    )
    .order_by(col(ReducedRowRow.position))
)


class RowChanged(Exception):  # noqa: N818  named for what happened
    """Another act changed a row since it was read; nothing was entered."""


@dataclass(frozen=True, slots=True)
class TextInRow:
    """A text in a row of 0.3 or before, or the reference that took its place;
    and whether the public said it.
    """

    text: str
    is_public: bool


@dataclass(slots=True)
class Words:
    """What the public said in one case, each text with the reference that takes its place;
    gathered as it is come by.

    With `alone` that one text, wherever it stands; all others stay. With `of_the_house` it is one that the
    house wrote, and is sought where the house writes. `readings` are what was read out of drafts, by the id
    of the step: where words of such a step go, its envelope has it from then on as later releases have it, so
    that the rules find what they found.
    """

    references: dict[str, str] = field(default_factory=dict)
    alone: str = ""
    of_the_house: bool = False
    readings: dict[str, Any] = field(default_factory=dict)

    def out_of(self, content: Any) -> Any:
        """JSON with references in place of posts and of what the public asks;
        what holds none is equal to what came.
        """
        if isinstance(content, list):
            return [self.out_of(item) for item in content]
        if not isinstance(content, dict):
            return content
        changed = {name: self._of_field(name, value, content) for name, value in content.items()}
        reading = self.readings.get(str(content.get("command_id")))
        if reading is not None and changed != content and content.get("reading") is None:
            changed["reading"] = reading
        return changed

    def _of_field(self, name: str, value: Any, record: Mapping[str, Any]) -> Any:
        if not self._is_sought(name, record):
            return self.out_of(value)
        if isinstance(value, str):
            return self._reference(value)
        if isinstance(value, list):
            return [self._reference(item) if isinstance(item, str) else self.out_of(item) for item in value]
        return self.out_of(value)

    def _is_sought(self, name: str, record: Mapping[str, Any]) -> bool:
        if self.of_the_house:
            return name in _FIELDS and not _is_public(name, record)
        return _is_public(name, record)

    def _reference(self, text: str) -> str:
        if not text.strip() or is_reference(text) or self.alone not in {"", text}:
            return text
        if text not in self.references:
            self.references[text] = reference(text, token_hex(_SALT_BYTES))
        return self.references[text]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """A row without the words: its place, what stood there before and stands there now,
    and beside bytes their JSON.
    """

    place: ReducedPlace
    position: int
    before: str | bytes
    content: str | bytes
    text: str = ""

    @property
    def sha256(self) -> str:
        """By what the audit knows again what stands there now."""
        return digest_of(self.content)


@dataclass(frozen=True, slots=True)
class ReducedRows:
    """The rows of a case that were reduced, each with the digest of what stands there now."""

    digests: Mapping[tuple[str, int], str]

    def covers(self, place: ReducedPlace, position: int, content: str | bytes) -> bool:
        """Whether a row was reduced, and still is what it was reduced to;
        its seal proves its content no longer.
        """
        return self.digests.get((place, position)) == digest_of(content)


def digest_of(content: str | bytes) -> str:
    """SHA-256 of what a row holds."""
    return sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def enter_rows(
    connection: Connection, act: Reduction, words: Iterable[str], rows: Sequence[Rewritten]
) -> int:
    """Enter an act with the references of its texts and the rows that it changes, and change them;
    gives how many texts.

    In one transaction: the guards let a row of the log, or a history, be changed that an entry names, and no
    other. Raises RowChanged where a row is no longer what it was read as: what another act took out would
    come back.
    """
    position, count = enter_act(connection, act, list(words))
    entries = [
        {
            "place": row.place.value,
            "row_position": row.position,
            "incident_id": act.incident_id,
            "position": position,
            "sha256": row.sha256,
        }
        for row in rows
    ]
    if entries:
        connection.execute(insert(table(ReducedRowRow)), entries)
    for row in rows:
        values = {"at": row.position, "before": row.before, "content": row.content}
        if row.place is ReducedPlace.LOG:
            changed = connection.execute(_CHANGE_LOG, values)
        else:
            changed = connection.execute(_CHANGE_HISTORY, values | {"text": row.text})
        if changed.rowcount != 1:
            raise RowChanged
    return count


def texts_in_row(content: Any) -> tuple[TextInRow, ...]:
    """The texts in people's own words that stand in the JSON of a row of 0.3 or before, each once, in order.

    What was reduced is there as its reference, so that the others keep their places.
    """
    return tuple(dict.fromkeys(_texts(content)))


def _texts(content: Any) -> Iterator[TextInRow]:
    if isinstance(content, list):
        for item in content:
            yield from _texts(item)
    elif isinstance(content, dict):
        for name, value in content.items():
            items = value if isinstance(value, list) else [value]
            for item in items:
                if not isinstance(item, str):
                    yield from _texts(item)
                elif name in _FIELDS and item.strip():
                    yield TextInRow(item, is_public=_is_public(name, content))


def _is_public(name: str, record: Mapping[str, Any]) -> bool:
    """Whether what the public said stands in a field of a record."""
    return name in {"gist", "concerns"} or (name == "text" and "audience" in record)


async def reduced_rows_of(session: AsyncSession, incident_id: str) -> ReducedRows:
    """The rows of a case that were reduced: 0.3 or before wrote them,
    and an act of reduction of this case took the words out.

    An entry alone is none: whoever may write into the ledger could make one for any row.
    """
    rows = await session.execute(_OF_CASE, {"wanted": incident_id})
    return ReducedRows({(row.place, row.row_position): row.sha256 for row in rows})
