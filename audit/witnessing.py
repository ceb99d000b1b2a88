"""Checkpoints of another house, kept for it: what it hands over,
and whether its log still begins with what was kept.

What is handed over is text: the announcements of keys and one checkpoint, as in a file of checkpoints, and
where something is kept already a line `consistency SIZE` with the proof of RFC 9162 2.1.4.1 from that size
on, a hash in hexadecimal a line. What is kept is a file of checkpoints, which the house that signed them
compares with its log.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from storage.checkpoints import key_notes, last_checkpoint
from storage.merkle import is_consistent
from storage.sealed_log import Tree
from storage.signed_notes import (
    Checkpoint,
    NoteUnreadable,
    SignedNote,
    announcement_of,
    checkpoint_of,
    is_signed,
    note_of,
    notes_in,
    vouched,
)

LONGEST: Final = 2_000_000  # bytes of what is handed over or kept
_PROOF: Final = re.compile(r"^consistency (0|[1-9]\d{0,15})\n((?:[0-9a-f]{64}\n)*)\Z", re.MULTILINE)
_LOG: Final = re.compile(r"huiying/[0-9A-Za-z-]{1,64}")


class NothingSigned(Exception):  # noqa: N818  named for what was found
    """The log has no checkpoint yet."""


class Parted(Exception):  # noqa: N818  named for what was found
    """A signed checkpoint of a log that is not shown to begin with what was kept of it;
    `note` is its whole text.
    """

    def __init__(self, why: str, note: str) -> None:
        super().__init__(why)
        self.note = note


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedCheckpoints:
    """A house's keys and one checkpoint, with the proof that the log of `since` leaves begins its own."""

    announcements: tuple[str, ...]
    note: str
    checkpoint: Checkpoint
    since: int
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed:
    """What follows what was kept: the log, how many leaves were known before, the checkpoint,
    and the texts to keep.
    """

    origin: str
    before: int
    checkpoint: Checkpoint
    to_keep: tuple[str, ...]


def to_hand_over(connection: Connection, since: int) -> str:
    """The last checkpoint of this log for somebody who has kept one of `since` leaves, 0 for none.

    Raises NothingSigned, and ValueError where the log was never so long.
    """
    last = last_checkpoint(connection)
    if last is None:
        raise NothingSigned
    text = "".join(f"{note}\n" for note in (*key_notes(connection), last.note))
    if not since:
        return text
    proof = Tree(connection).consistency(since, last.size)
    return f"{text}consistency {since}\n" + "".join(f"{one.hex()}\n" for one in proof)


def witnessed(handed_over: str, ours: str) -> Witnessed:
    """What is handed over against what was kept of the same log, which is empty the first time.

    Raises Unreadable and Parted.

    1. The keys are one chain, and begin with those that were kept; the checkpoint is signed by one of them.
    2. The log of the last checkpoint that was kept begins that of this one, by the proof.
    """
    now = _read(handed_over)
    known, last = _kept(ours)
    fresh = [note for note in now.announcements if note not in known]
    keys, wrong = vouched([*known, *fresh])
    if wrong:
        raise NoteUnreadable(f"a key that those kept do not vouch for: {next(iter(wrong.values()))}")
    origin = now.checkpoint.origin
    if not any(is_signed(note_of(now.note), origin, name, key) for name, key in keys.items()):
        raise NoteUnreadable("no signature of a key of this log")
    if last is not None:
        _follows(last, now)
    is_new = last is None or last.size < now.checkpoint.size
    to_keep = (*fresh, *((now.note,) if is_new else ()))
    return Witnessed(
        origin=origin, before=last.size if last else 0, checkpoint=now.checkpoint, to_keep=to_keep
    )


def _follows(last: Checkpoint, now: HandedCheckpoints) -> None:
    """Whether the log goes on from the last checkpoint that was kept. Raises Unreadable and Parted."""
    checkpoint = now.checkpoint
    if checkpoint.origin != last.origin:
        raise NoteUnreadable(f"the log of another house, {checkpoint.origin}")
    if checkpoint.log_hash is not last.log_hash:
        raise Parted(f"a log under another hash, {checkpoint.log_hash} for {last.log_hash}", now.note)
    if checkpoint.size < last.size:
        raise Parted(f"the log went back, from {last.size} leaves to {checkpoint.size}", now.note)
    if checkpoint.size == last.size:
        if checkpoint.root != last.root:
            raise Parted(f"another root of the same {last.size} leaves", now.note)
        return
    if now.since != last.size:
        raise NoteUnreadable(f"no proof from {last.size} leaves on: ask for it by --since {last.size}")
    sizes, roots = (last.size, checkpoint.size), (last.root, checkpoint.root)
    if not is_consistent(*sizes, now.proof, *roots, by=checkpoint.log_hash):
        raise Parted(
            f"the log of {checkpoint.size} leaves does not begin with the {last.size} kept", now.note
        )


def log_named(handed_over: str) -> str:
    """Of which log something is that was handed over, fit to name a file. Raises Unreadable."""
    origin = _read(handed_over).checkpoint.origin
    if not _LOG.fullmatch(origin):
        raise NoteUnreadable("no log of this system")
    return origin.partition("/")[2]


def _read(handed_over: str) -> HandedCheckpoints:
    proof = _PROOF.search(handed_over)
    announcements, checkpoints = _notes(handed_over[: proof.start()] if proof else handed_over)
    if len(checkpoints) != 1:
        raise NoteUnreadable("not just one checkpoint")
    note = checkpoints[0]
    hashes = proof[2].split() if proof else []
    return HandedCheckpoints(
        announcements=tuple(announcements),
        note=note,
        checkpoint=checkpoint_of(note_of(note)),
        since=int(proof[1]) if proof else 0,
        proof=tuple(map(bytes.fromhex, hashes)),
    )


def _kept(ours: str) -> tuple[list[str], Checkpoint | None]:
    """The announcements and the last checkpoint of a file that is kept here."""
    announcements, checkpoints = _notes(ours)
    return announcements, checkpoint_of(note_of(checkpoints[-1])) if checkpoints else None


def _notes(content: str) -> tuple[list[str], list[str]]:
    """The announcements of keys and the checkpoints in a text. Raises Unreadable."""
    announcements: list[str] = []
    checkpoints: list[str] = []
    for _, text in notes_in(content):
        note: SignedNote = note_of(text)
        (checkpoints if announcement_of(note) is None else announcements).append(text)
    return announcements, checkpoints


def as_text(notes: Sequence[str]) -> str:
    """Notes as they stand in a file."""
    return "".join(f"{note}\n" for note in notes)
