"""Short codes of checkpoints (存证码), which stand on what leaves the house on paper: each paper in a drawer
is then a witness of the log.

A code is eleven letters of Crockford's base 32, the first 55 bits of the digest of the whole note by the hash
of its log, and his letter of check (mod 37), in groups of four.
"""

import asyncio
from collections.abc import Iterable
from typing import Final
from unicodedata import normalize

from sqlalchemy import Connection, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from storage.checkpoints import StoredCheckpoint, checkpoint_at, last_checkpoint
from storage.sealed_log_tables import CheckpointRow
from storage.signed_notes import NoteUnreadable, checkpoint_of, note_of

LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHECKS: Final = LETTERS + "*~$=U"
_LENGTH: Final = 12  # with the letter of check
_GROUP: Final = 4
_AT_ONCE: Final = 1000  # checkpoints whose codes are made before others have their turn
# A Chinese keyboard gives ¥ where $ stands.
_READ_AS: Final = str.maketrans("OIL¥", "011$", "- \u2010\u2011\u2012\u2013\u2014\u2212")


class NoCode(ValueError):  # noqa: N818  named for what was found
    """What was typed is no code: too long or short, or a letter is another than was printed."""


def checkpoint_code(note: str) -> str:
    """The code of a checkpoint by its whole text. Raises NoteUnreadable."""
    digest = checkpoint_of(note_of(note)).log_hash.of(note.encode())
    number = int.from_bytes(digest) >> (8 * len(digest) - 5 * (_LENGTH - 1))
    letters = "".join(LETTERS[number >> 5 * place & 31] for place in reversed(range(_LENGTH - 1)))
    return _grouped(letters + _CHECKS[number % len(_CHECKS)])


def code_typed(text: str) -> str:
    """A code as somebody typed it from paper, also in wide letters, as it was printed. Raises NoCode."""
    plain = normalize("NFKC", text).strip().upper().translate(_READ_AS)
    letters, check = plain[:-1], plain[-1:]
    if len(plain) != _LENGTH or set(letters) - set(LETTERS) or check not in _CHECKS:
        raise NoCode
    number = 0
    for letter in letters:
        number = number * len(LETTERS) + LETTERS.index(letter)
    if check != _CHECKS[number % len(_CHECKS)]:
        raise NoCode
    return _grouped(plain)


def is_printed(text: str) -> bool:
    """Whether a text is a code, just as it is printed."""
    try:
        return code_typed(text) == text
    except NoCode:
        return False


def _grouped(letters: str) -> str:
    return "-".join(letters[place : place + _GROUP] for place in range(0, len(letters), _GROUP))


def latest_code(connection: Connection) -> str:
    """The code of the last checkpoint, for what is printed now; empty before the first,
    and where somebody spoiled it.
    """
    last = last_checkpoint(connection)
    return _code_of(last.note) if last is not None else ""


async def checkpoint_with(session: AsyncSession, code: str) -> StoredCheckpoint | None:
    """The checkpoint of a code, as it is printed; None where the log has none.

    All of them may have to be looked at, the latest first: some at a time, beside the event loop.
    """
    position, note = col(CheckpointRow.position), col(CheckpointRow.note)
    latest_first = select(position, note).order_by(position.desc()).limit(_AT_ONCE)
    page = (await session.execute(latest_first)).all()
    while page:
        place = await asyncio.to_thread(_position_with, [(row[0], row[1]) for row in page], code)
        if place is not None:
            return await (await session.connection()).run_sync(checkpoint_at, place)
        page = (await session.execute(latest_first.where(position < page[-1][0]))).all()
    return None


def _position_with(notes: Iterable[tuple[int, str]], code: str) -> int | None:
    return next((position for position, note in notes if _code_of(note) == code), None)


def _code_of(note: str) -> str:
    """The code of a checkpoint; empty where its text cannot be read, which the audit tells."""
    try:
        return checkpoint_code(note)
    except NoteUnreadable:
        return ""
