"""Short codes of checkpoints (存证码), which stand on what leaves the house on paper: each paper in a drawer
is then a witness of the log.

A code is eleven letters of Crockford's base 32, the first 55 bits of the digest of the whole note by the hash
of its log, and his letter of check (mod 37), in groups of four.
"""

from typing import Final
from unicodedata import normalize

from sqlalchemy import Connection

from storage.checkpoints import StoredCheckpoint, checkpoints, last_checkpoint
from storage.signed_notes import NoteUnreadable, checkpoint_of, note_of

LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHECKS: Final = LETTERS + "*~$=U"
_LENGTH: Final = 12  # with the letter of check
_GROUP: Final = 4
_READ_AS: Final = str.maketrans("OIL", "011", "- \u2010\u2011\u2012\u2013\u2014\u2212")


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
    return _code_of(last) if last is not None else ""


def checkpoint_with(connection: Connection, code: str) -> StoredCheckpoint | None:
    """The checkpoint of a code, as it is printed; None where the log has none."""
    return next((one for one in checkpoints(connection) if _code_of(one) == code), None)


def _code_of(stored: StoredCheckpoint) -> str:
    """Its code; empty where its text cannot be read, which the audit tells."""
    try:
        return checkpoint_code(stored.note)
    except NoteUnreadable:
        return ""
