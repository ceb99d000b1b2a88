"""The sealed log under audit: each leaf against its record, each checkpoint against the leaves,
and files of checkpoints kept outside.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, select

from audit.differences import Difference, DifferenceKind
from audit.sealed_keys import LOG, is_unproven, of_key_columns, of_key_files, of_log, vouched_keys
from audit.stamping import verified_stamps
from storage import sealed_log
from storage.checkpoint_keys import CheckpointKeys
from storage.checkpoints import (
    StoredCheckpoint,
    announced_keys,
    checkpoints,
    key_notes,
    log_origin,
)
from storage.database import Database
from storage.destruction import destroyed_ids
from storage.installation_tables import ForkedDecisionRow
from storage.log_hash import log_hash
from storage.merkle import Growing, LogHash, folded
from storage.sealed_log import Leaf, leaves
from storage.sealed_log_tables import SealedSubtreeRow
from storage.sealed_records import Sealed, SealedRecord, records
from storage.signed_notes import (
    Checkpoint,
    NoteUnreadable,
    PublicKey,
    SignedNote,
    announcement_of,
    checkpoint_of,
    is_signed,
    note_of,
    notes_in,
)
from storage.tables import EventLogRow, table

_MOST: Final = 100  # differences told; a log that was written anew would name every leaf
_BLOCK: Final = 256
Forks = set[tuple[str, int]]  # of forks: the case, and the first number of a decision
_LOG, _FORKED, _SUBTREE = table(EventLogRow), table(ForkedDecisionRow), table(SealedSubtreeRow)
_NOTHING: Final = "存证日志尚为空：没有记录被封存。 Nothing is sealed yet."
_WAITING: Final = "{0} 条记录尚未封存。 {0} records are not sealed yet."
_UNSIGNED: Final = "存证日志末尾 {0} 片叶尚无存证点。 The last {0} leaves stand under no checkpoint yet."

_DATED_BACK: Final = (
    "存证点 {0}（{1} UTC）早于它的前一个：当时的时钟改过。 Checkpoint {0} is dated before the one before"
    " it: a clock was set."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedReport:
    """What the audit of the log came to: how many leaves, how many checkpoints, what does not agree,
    what ought to be known, and what could not be looked at.
    """

    leaves: int
    checkpoints: int
    differences: tuple[Difference, ...]
    notes: tuple[str, ...] = ()
    unproven: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What a file of checkpoints came to: how many, up to which size the log here is theirs,
    and what does not agree.
    """

    checkpoints: int
    agrees_until: int
    differences: tuple[Difference, ...]


@dataclass(slots=True)
class _Walked:
    """What a walk over all leaves brings, by the hash of the log: roots of the sizes looked for,
    and what does not agree.
    """

    by: LogHash
    size: int = 0
    roots: dict[int, bytes] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    subtrees: dict[tuple[int, int], bytes] = field(default_factory=dict)


async def sealed_report(database: Database, signing: CheckpointKeys | None = None) -> SealedReport:
    """Audit the whole log, read in one transaction, as of one instant.

    1. Each leaf: its record is there, and is what was sealed;
       a decision that gave way stands among those of a fork.
    2. The subtrees that are kept, against the leaves.
    3. The keys: each announced by itself and by the one before, and by nobody else;
       each checkpoint signed by one of them, and its root that of the leaves.
    4. With `signing`, the folder of keys of this house, each key against its file there.
    5. The time stamps on checkpoints, each by the certificates of its authority.
    """
    async with database.snapshot() as session:
        return await (await session.connection()).run_sync(_audited, signing)


def _audited(connection: Connection, signing: CheckpointKeys | None) -> SealedReport:
    stored = checkpoints(connection)
    walked = _walked(connection, {one.size for one in stored})
    differences = [*walked.differences, *_of_subtrees(connection, walked)]
    announced = announced_keys(connection)
    keys, of_keys = vouched_keys([one.note for one in announced])
    of_files, apart = of_key_files(announced, signing) if signing is not None else ([], ())
    differences += [
        *of_keys,
        *of_key_columns(announced),
        *of_files,
        *_of_checkpoints(stored, walked, keys, log_origin(connection)),
        *_of_stamps(connection),
    ]
    return SealedReport(
        leaves=walked.size,
        checkpoints=len(stored),
        differences=tuple(differences[:_MOST]),
        notes=(*_notes(connection, stored, walked.size), *(why for why in apart if not is_unproven(why))),
        unproven=tuple(why for why in apart if is_unproven(why)),
    )


def _notes(connection: Connection, stored: Sequence[StoredCheckpoint], size: int) -> Iterator[str]:
    if not size:
        yield _NOTHING
        return
    if waiting := sealed_log.waiting(connection):
        yield _WAITING.format(waiting)
    if (unsigned := size - (stored[-1].size if stored else 0)) > 0:
        yield _UNSIGNED.format(unsigned)
    for before, after in pairwise(stored):
        if after.at < before.at:
            yield _DATED_BACK.format(after.position, f"{after.at:%Y-%m-%d %H:%M:%S}")


def _walked(connection: Connection, sizes: set[int]) -> _Walked:
    by, destroyed = log_hash(connection), destroyed_ids(connection)
    walked, growing = _Walked(by), Growing(by)
    forks = {(row.incident_id, row.first_number) for row in connection.execute(_FORKS)}
    block: list[bytes] = []
    for some in leaves(connection):
        for leaf, difference in _compared(connection, some, by, forks, destroyed):
            if difference is not None:
                walked.differences.append(difference)
            if leaf.position != growing.size:
                walked.differences.append(of_log(f"leaf {growing.size}", f"leaf {leaf.position}"))
            growing.add(leaf.hash)
            block.append(leaf.hash)
            if len(block) == _BLOCK:
                walked.subtrees[8, growing.size // _BLOCK - 1] = folded(block, by)
                block = []
            if growing.size in sizes:
                walked.roots[growing.size] = growing.root()
    walked.size = growing.size
    return walked


_FORKS: Final = select(_FORKED.c.incident_id, _FORKED.c.first_number)


def _compared(
    connection: Connection, some: Sequence[Leaf], by: LogHash, forks: Forks, destroyed: frozenset[str]
) -> Iterator[tuple[Leaf, Difference | None]]:
    """Each leaf, and how its record differs from what it sealed."""
    standing: dict[tuple[str, str], SealedRecord] = {}
    for kind in Sealed:
        keys = [leaf.key for leaf in some if leaf.kind == kind.value]
        standing |= {(kind.value, key): record for key, record in records(connection, kind, keys).items()}
    for leaf in some:
        record = standing.get((leaf.kind, leaf.key))
        if record is None and leaf.kind == Sealed.DECISION.value:
            record = _that_gave_way(connection, leaf, forks)
        if record is None and leaf.incident_id in destroyed:
            yield leaf, None  # what was approved of is looked at by itself (audit.destroyed)
        elif record is None:
            yield leaf, _of_leaf(connection, leaf, "")
        elif by.leaf(record.data) != leaf.hash or record.incident_id != leaf.incident_id:
            yield leaf, _of_leaf(connection, leaf, "another content")
        else:
            yield leaf, None


def _that_gave_way(connection: Connection, leaf: Leaf, forks: Forks) -> SealedRecord | None:
    """A sealed decision that is not in force: it must be kept as one of a fork,
    since nothing else takes a proven one out.
    """
    record = records(connection, Sealed.DECISION, [leaf.key], withdrawn=True).get(leaf.key)
    if record is None:
        return None
    numbers = {number for incident_id, number in forks if incident_id == leaf.incident_id}
    return record if any(f'"first_number":{number},' in record.data.decode() for number in numbers) else None


def _row_at(connection: Connection, leaf: Leaf) -> int | None:
    """The number of the event that stands at a decision's place in the log of its case."""
    if leaf.kind != Sealed.DECISION.value:
        return None
    statement = select(_LOG.c.first_number).where(
        _LOG.c.position == int(leaf.key.partition("/")[0]), _LOG.c.incident_id == leaf.incident_id
    )
    return connection.execute(statement).scalar_one_or_none()


def _of_leaf(connection: Connection, leaf: Leaf, standing: str) -> Difference:
    number = _row_at(connection, leaf)
    instead = "nothing: it was erased" if number is None else "a decision under another seal"
    return Difference(
        incident_id=leaf.incident_id or LOG,
        number=number,
        kind=DifferenceKind.SEALED,
        expected=f"what was sealed as leaf {leaf.position} ({leaf.kind} {leaf.key})",
        actual=standing or instead,
    )


def _of_subtrees(connection: Connection, walked: _Walked) -> Iterator[Difference]:
    """The subtrees that are kept, against those that the leaves make."""
    computed, level = dict(walked.subtrees), 8
    hashes = [walked.subtrees[8, place] for place in range(len(walked.subtrees))]
    while len(hashes) >= _BLOCK:
        level += 8
        starts = range(0, len(hashes) // _BLOCK * _BLOCK, _BLOCK)
        hashes = [folded(hashes[at : at + _BLOCK], walked.by) for at in starts]
        computed |= {(level, place): hashed for place, hashed in enumerate(hashes)}
    stored = {(row.level, row.position): bytes(row.hash) for row in connection.execute(select(_SUBTREE))}
    for place in sorted(computed.keys() | stored.keys()):
        if computed.get(place) != stored.get(place):
            yield of_log(f"subtree {place[1]} of level {place[0]} as its leaves make it", "another or none")


def _of_checkpoints(
    stored: Sequence[StoredCheckpoint], walked: _Walked, keys: dict[str, PublicKey], origin: str
) -> Iterator[Difference]:
    last = 0
    for one in stored:
        place = f"checkpoint {one.position} of {one.size} leaves"
        try:
            note = note_of(one.note)
            says = checkpoint_of(note)
        except NoteUnreadable as error:
            yield of_log(place, str(error))
            continue
        stands = (one.size, one.root, one.at, origin, {one.key})
        if (says.size, says.root, says.at, says.origin, {name for _, name, _ in note.signatures}) != stands:
            yield of_log(f"{place} as it was signed", "another size, root, instant, log or key")
        elif problem := _problem(says, note, walked, keys, last):
            yield of_log(place, problem)
        last = says.size


def _of_stamps(connection: Connection) -> Iterator[Difference]:
    """The time stamps that are kept, each verified anew by the certificates of its authority."""
    for one in verified_stamps(connection):
        if one.wrong:
            yield of_log(f"a stamp on checkpoint {one.stamp.checkpoint} of {one.size} leaves", one.wrong)


def _problem(
    says: Checkpoint, note: SignedNote, walked: _Walked, keys: dict[str, PublicKey], last: int
) -> str:
    """What is wrong with a checkpoint over these leaves; empty for nothing.

    `last` is the size of the one before.
    """
    if not any(is_signed(note, says.origin, name, key) for name, key in keys.items()):
        return "no signature of a key of this log"
    if says.log_hash is not walked.by:
        return f"a log under another hash, {says.log_hash}: the one here has {walked.by}"
    if says.size < last:
        return f"the log went back, from {last} leaves to {says.size}"
    if says.size > walked.size:
        return f"a log of {walked.size} leaves: leaves {walked.size} to {says.size - 1} are missing"
    if walked.roots.get(says.size) != says.root:
        return f"another root: something among leaves 0 to {says.size - 1} was changed after it was signed"
    return ""


async def file_report(database: Database, file: Path) -> FileReport:
    """Compare a file of checkpoints that was kept outside with the log that is here. Raises OSError.

    What is told of a root that does not agree lies behind the last checkpoint that does,
    and no later than the first that does not.
    """
    content = await asyncio.to_thread(file.read_text, encoding="utf-8", errors="replace")
    return await text_report(database, content)


async def text_report(database: Database, content: str) -> FileReport:
    """Compare checkpoints with the log that is here, as those of a file."""
    async with database.snapshot() as session:
        return await (await session.connection()).run_sync(_compared_with, content)


def _compared_with(connection: Connection, content: str) -> FileReport:
    notes = [*notes_in(content)]
    says: list[tuple[int, SignedNote, Checkpoint]] = []
    announcements: list[str] = []
    differences: list[Difference] = []
    for line, text in notes:
        try:
            note = note_of(text)
            if announcement_of(note) is not None:
                announcements.append(text)
            else:
                says.append((line, note, checkpoint_of(note)))
        except NoteUnreadable as error:
            differences.append(of_log(f"line {line}: a checkpoint", str(error)))
    keys, of_keys = vouched_keys(announcements or key_notes(connection))
    differences += of_keys
    walked = _walked(connection, {checkpoint.size for _, _, checkpoint in says})
    differences += walked.differences
    origin, agrees, last = log_origin(connection), 0, 0
    for line, note, checkpoint in says:
        problem = _problem(checkpoint, note, walked, keys, last)
        if checkpoint.origin != origin:
            problem = f"a checkpoint of another log, {checkpoint.origin}"
        if problem:
            differences.append(
                of_log(
                    f"line {line}: checkpoint of {checkpoint.size} leaves (agrees until {agrees})", problem
                )
            )
        else:
            agrees = checkpoint.size
        last = checkpoint.size
    if not says:
        differences.append(of_log("checkpoints", "none in the file"))
    return FileReport(checkpoints=len(says), agrees_until=agrees, differences=tuple(differences[:_MOST]))
