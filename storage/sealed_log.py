"""The sealed log (存证日志): one Merkle tree over the records of all cases,
in the order in which they became durable.

A decision enters once the engine is known to hold it, so that nothing that may be withdrawn is ever sealed;
of a fork both branches enter. All else enters when it is there.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, String, bindparam, cast, exists, func, insert, select, text

from storage import merkle
from storage.log_hash import log_hash
from storage.merkle import folded
from storage.sealed_log_tables import SealedLeafRow, SealedSubtreeRow
from storage.sealed_records import (
    KEY_DIGITS,
    NUMBERED,
    Sealed,
    SealedRecord,
    decision_columns,
    decisions_at,
    numbered_after,
    numbered_table,
)
from storage.tables import EventLogRow, ProofRow, table

_STEP: Final = 8  # levels between the subtrees that are kept: one row for 256 leaves
_BLOCK: Final = 1 << _STEP
_OVERLAP: Final = {
    "sqlite": 0,
    "postgresql": 20,
}  # turns and places that one may take and commit later than the next
_CASES: Final = 100  # of one look
_ROWS: Final = 500  # likewise, of decisions: few enough to be built while others wait
_AT_ONE_TIME: Final = 500
_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtext('sealed_leaf'))")
_LEAF, _SUBTREE = table(SealedLeafRow), table(SealedSubtreeRow)
_LOG, _PROOF = table(EventLogRow), table(ProofRow)
_BY_KEY = _LEAF.c.key == cast(_LOG.c.position, String) + "/" + func.substr(_LOG.c.hash, 1, KEY_DIGITS)
_UNSEALED = (
    (_LOG.c.incident_id == _PROOF.c.incident_id)
    & (_LOG.c.last_number <= _PROOF.c.number)
    & ~exists().where(_LEAF.c.kind == Sealed.DECISION.value, _BY_KEY).correlate(_LOG)
)
_CHANGED = (
    select(*decision_columns())
    .select_from(_LOG)
    .join(_PROOF, _UNSEALED)
    .where(_PROOF.c.incident_id.in_(bindparam("cases", expanding=True)))
    .order_by(_PROOF.c.turn, _LOG.c.first_number)
    .limit(_ROWS)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealingProgress:
    """How far somebody has looked for what is not sealed:
    the last turn of proof, and a place of each numbered kind.

    `looked` are the cases, each with its turn, that were looked at among the last turns,
    where one may come later than the next.
    """

    turn: int = 0
    looked: frozenset[tuple[str, int]] = frozenset()
    places: Mapping[Sealed, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A leaf as it stands in the log."""

    position: int
    kind: str
    key: str
    incident_id: str
    hash: bytes


def unsealed(connection: Connection, reached: SealingProgress) -> tuple[list[SealedRecord], SealingProgress]:
    """Records after what was reached that are not sealed, in order, some at a time;
    and what is reached once they are.

    It has come to the end when there is none and the same is reached again.
    """
    overlap = _OVERLAP[connection.dialect.name]
    candidates, turn, looked = _decisions(connection, reached, overlap)
    places = dict(reached.places)
    for kind in NUMBERED:
        numbered = numbered_after(connection, kind, places.get(kind, 0) - overlap, _AT_ONE_TIME)
        candidates += [record for _, record in numbered]
        places[kind] = max(places.get(kind, 0), numbered[-1][0] if numbered else 0)
    known = _known(connection, candidates)
    fresh = [record for record in candidates if (record.kind, record.key) not in known]
    return fresh, SealingProgress(turn=turn, looked=looked, places=places)


def _decisions(
    connection: Connection, reached: SealingProgress, overlap: int
) -> tuple[list[SealedRecord], int, frozenset[tuple[str, int]]]:
    """Decisions that were proven and are not sealed, of cases whose turn came since;
    and the turn and cases looked at.

    A case with more than there is room for is looked at again:
    what was sealed of it is then not read any more.
    """
    turns = select(_PROOF.c.incident_id, _PROOF.c.turn).where(_PROOF.c.turn > reached.turn - overlap)
    turns = turns.order_by(_PROOF.c.turn).limit(_CASES + len(reached.looked))
    there = [(row.incident_id, row.turn) for row in connection.execute(turns)]
    changed = [one for one in there if one not in reached.looked]
    if not changed:
        return [], reached.turn, reached.looked
    some = decisions_at(connection, _CHANGED, cases=[incident_id for incident_id, _ in changed])
    if len(some) == _ROWS:
        return some, reached.turn, reached.looked
    turn = max(reached.turn, changed[-1][1])
    return some, turn, frozenset(one for one in {*there, *reached.looked} if one[1] > turn - overlap)


def waiting(connection: Connection, before: datetime | None = None) -> int:
    """How many durable records have no leaf; with `before` the decisions and entries of the audit book alone
    that are older.
    """
    decisions = select(func.count()).select_from(_LOG).join(_PROOF, _UNSEALED)
    if before is not None:
        decisions = decisions.where(_LOG.c.recorded_at < before)
    count: int = connection.execute(decisions).scalar_one()
    for kind in NUMBERED if before is None else (Sealed.ENTRY,):
        source = numbered_table(kind)
        key = cast(source.c.position, String)
        has_leaf = exists().where(_LEAF.c.kind == kind.value, _LEAF.c.key == key).correlate(source)
        statement = select(func.count()).select_from(source).where(~has_leaf)
        if before is not None:
            statement = statement.where(source.c.at < before)
        count += connection.execute(statement).scalar_one()
    return count


def _known(connection: Connection, candidates: Sequence[SealedRecord]) -> set[tuple[str, str]]:
    """Of which records leaves are there, by kind and key."""
    known: set[tuple[str, str]] = set()
    for kind in dict.fromkeys(record.kind for record in candidates):
        keys = [record.key for record in candidates if record.kind is kind]
        for first in range(0, len(keys), _AT_ONE_TIME):
            statement = select(_LEAF.c.key).where(
                _LEAF.c.kind == kind.value, _LEAF.c.key.in_(keys[first : first + _AT_ONE_TIME])
            )
            known |= {(kind, key) for key in connection.execute(statement).scalars()}
    return known


def append(connection: Connection, fresh: Sequence[SealedRecord]) -> int:
    """Append leaves for records that have none, in order; gives how many there were.

    Does nothing when done again.
    """
    lock(connection)
    known = _known(connection, fresh)
    before, by = size(connection), log_hash(connection)
    position = before
    rows = []
    for record in fresh:
        if (record.kind, record.key) in known:
            continue
        known.add((record.kind, record.key))
        rows.append(
            {
                "position": position,
                "kind": record.kind.value,
                "key": record.key,
                "incident_id": record.incident_id,
                "hash": by.leaf(record.data),
            }
        )
        position += 1
    if rows:
        connection.execute(insert(_LEAF), rows)
        _keep_subtrees(connection, before, position)
    return len(rows)


def lock(connection: Connection) -> None:
    """Let nobody else append until the transaction ends; SQLite has one writer."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK)


def size(connection: Connection) -> int:
    """How many leaves the log has."""
    last = connection.execute(select(func.max(_LEAF.c.position))).scalar_one_or_none()
    return 0 if last is None else last + 1


def _keep_subtrees(connection: Connection, before: int, after: int) -> None:
    tree, level = Tree(connection), _STEP
    while after >> level:
        rows = [
            {"level": level, "position": place, "hash": tree.computed(level, place)}
            for place in range(before >> level, after >> level)
        ]
        if rows:
            connection.execute(insert(_SUBTREE), rows)
        level += _STEP


class Tree:
    """The tree of the log as far as it is there, read from one connection in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._by = log_hash(connection)
        self._cache: dict[tuple[int, int], bytes] = {}
        self._blocks: dict[tuple[int, int], Mapping[int, bytes]] = {}

    def root(self, of: int) -> bytes:
        """The root of the first so many leaves."""
        return merkle.root(self._subtree, of, self._by)

    def inclusion(self, index: int, of: int) -> tuple[bytes, ...]:
        """The proof that a leaf is one of the first so many."""
        return merkle.inclusion(self._subtree, index, of, self._by)

    def consistency(self, first: int, second: int) -> tuple[bytes, ...]:
        """The proof that the smaller log begins the larger one."""
        return merkle.consistency(self._subtree, first, second, self._by)

    def _subtree(self, level: int, index: int) -> bytes:
        if (level, index) not in self._cache:
            stored = level and level % _STEP == 0
            self._cache[level, index] = (
                self._hashes(level, index, 1)[0] if stored else self.computed(level, index)
            )
        return self._cache[level, index]

    def computed(self, level: int, index: int) -> bytes:
        """The hash of a subtree from those that are kept below it, or from its leaves."""
        below = (level - 1) // _STEP * _STEP if level else 0
        count = 1 << (level - below)
        return folded(self._hashes(below, index * count, count), self._by)

    def _hashes(self, level: int, first: int, count: int) -> Sequence[bytes]:
        """Hashes of one level that stand in one block of it."""
        block = self._block(level, first // _BLOCK)
        places = range(first, first + count)
        if any(place not in block for place in places):
            raise ValueError(f"the sealed log lacks leaves from {first << level} on")
        return [block[place] for place in places]

    def _block(self, level: int, number: int) -> Mapping[int, bytes]:
        """The hashes of a level by their places, some hundred at a time: proofs of neighbours share them."""
        if (level, number) not in self._blocks:
            source = _SUBTREE if level else _LEAF
            first = number * _BLOCK
            statement = select(source.c.position, source.c.hash).where(
                source.c.position >= first, source.c.position < first + _BLOCK
            )
            if level:
                statement = statement.where(source.c.level == level)
            rows = self._connection.execute(statement)
            self._blocks[level, number] = {row.position: bytes(row.hash) for row in rows}
        return self._blocks[level, number]


def leaves(connection: Connection, first: int = 0) -> Iterator[Sequence[Leaf]]:
    """All leaves from one on, in order, some at a time."""
    statement = select(_LEAF).order_by(_LEAF.c.position).limit(_AT_ONE_TIME)
    while True:
        rows = connection.execute(statement.where(_LEAF.c.position >= first)).mappings().all()
        if not rows:
            return
        yield [_leaf(row) for row in rows]
        first = rows[-1]["position"] + 1


def leaves_of(connection: Connection, incident_id: str) -> list[Leaf]:
    """The leaves of the records of one case, in order."""
    statement = select(_LEAF).where(_LEAF.c.incident_id == incident_id).order_by(_LEAF.c.position)
    return [_leaf(row) for row in connection.execute(statement).mappings()]


def leaf_of(connection: Connection, kind: Sealed, key: str) -> Leaf | None:
    """The leaf of a record; None where it has none."""
    statement = select(_LEAF).where(_LEAF.c.kind == kind.value, _LEAF.c.key == key)
    row = connection.execute(statement).mappings().first()
    return None if row is None else _leaf(row)


def leaves_by_key(connection: Connection, kind: Sealed, keys: Collection[str]) -> dict[str, Leaf]:
    """The leaves of some hundred records of a kind by their keys, as far as they have any."""
    statement = select(_LEAF).where(_LEAF.c.kind == kind.value, _LEAF.c.key.in_(list(keys)))
    return {row["key"]: _leaf(row) for row in connection.execute(statement).mappings()}


def _leaf(row: Any) -> Leaf:
    return Leaf(
        position=row["position"],
        kind=row["kind"],
        key=row["key"],
        incident_id=row["incident_id"],
        hash=bytes(row["hash"]),
    )
