"""Secrets at rest: what the house must read again itself is sealed by its keys,
each for the one place where it stands.
"""

import os
from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, Table, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.absence_tables import AbsenceRow, HandoverNoteRow
from storage.account_tables import AccountRow, PasskeyRow
from storage.call_tables import CallChannelRow, PersonAddressRow
from storage.database import KEYS, Database
from storage.tables import CallerRow, table

_SEALED: Final = "sealed:"  # then the key's name, a colon, and nonce and ciphertext in base64
_NONCE: Final = 12
# Token names may tell what somebody does; of a secret whoever reads it can make the codes;
# a passkey that is put into another account, or for another, does not open there.
_CLEAR_ONCE: Final[Sequence[tuple[Table, str]]] = (
    (table(AccountRow), "one_time_secret"),
    (table(AccountRow), "one_time_pending"),
    (table(CallerRow), "name"),
)
_NEVER_CLEAR: Final[Sequence[tuple[Table, str]]] = (
    (table(PasskeyRow), "credential"),
    (table(PasskeyRow), "name"),
    (table(CallChannelRow), "settings"),
    (table(PersonAddressRow), "address"),
    (table(AbsenceRow), "note"),
    (table(HandoverNoteRow), "note"),
)


class Keys(Protocol):
    """The house's keys: the current one to seal by, and any by its name."""

    def current(self) -> tuple[str, AESGCM]:
        """The key to seal by, and its name."""

    def cipher(self, name: str) -> AESGCM | None:
        """The key of a name; None where it is not at hand."""


def sealed(session: AsyncSession, text: str, place: str, row: str) -> str:
    """A text as it is to stand in a column of a row; as it is where the database was opened without keys."""
    keys: Keys | None = session.info.get(KEYS)
    return _seal(keys, text, place, row) if keys is not None and text else text


def opened(
    session: AsyncSession, stored: str | None, place: str, row: str, *, never_clear: bool = False
) -> str | None:
    """The text that stands in a column of a row; None where there is none, or it does not open there.

    What stands in clear is of a release before, until the next start seals it;
    in a column that is `never_clear` no release wrote it, and it opens for nobody who has keys.
    """
    keys: Keys | None = session.info.get(KEYS)
    if stored is None or not stored.startswith(_SEALED):
        return None if never_clear and keys is not None else stored
    return None if keys is None else _open(keys, stored, place, row)


async def seal_what_stands(database: Database, keys: Keys) -> int:
    """Seal what earlier releases left in clear, and by the current key what an older one sealed;
    how many texts that were.

    What does not open, since its key was given up, stays as it is.
    """

    def reseal(connection: Connection) -> int:
        once = sum(_reseal(connection, keys, place, column) for place, column in _CLEAR_ONCE)
        return once + sum(
            _reseal(connection, keys, place, column, never_clear=True) for place, column in _NEVER_CLEAR
        )

    return await database.write(reseal)


def _reseal(
    connection: Connection, keys: Keys, place: Table, column: str, *, never_clear: bool = False
) -> int:
    begins = f"{_SEALED}{keys.current()[0]}:"
    stands = place.c[column]
    other = select(place.c.id, stands).where(stands != "", ~stands.startswith(begins, autoescape=True))
    if never_clear:
        other = other.where(stands.startswith(_SEALED))
    changed = 0
    for row, stored in connection.execute(other).all():
        text = _open(keys, stored, column, row) if stored.startswith(_SEALED) else stored
        if text is not None:
            fresh = {column: _seal(keys, text, column, row)}
            connection.execute(update(place).where(place.c.id == row).values(fresh))
            changed += 1
    return changed


def _seal(keys: Keys, text: str, place: str, row: str) -> str:
    name, cipher = keys.current()
    nonce = os.urandom(_NONCE)
    content = nonce + cipher.encrypt(nonce, text.encode(), _bound(place, row, name))
    return f"{_SEALED}{name}:{b64encode(content).decode()}"


def _open(keys: Keys, stored: str, place: str, row: str) -> str | None:
    name, _, content = stored.removeprefix(_SEALED).partition(":")
    cipher = keys.cipher(name)
    if cipher is None:
        return None
    try:
        raw = b64decode(content, validate=True)
        return cipher.decrypt(raw[:_NONCE], raw[_NONCE:], _bound(place, row, name)).decode()
    except (InvalidTag, ValueError):
        return None


def _bound(place: str, row: str, key: str) -> bytes:
    """The associated data: a secret that is put into another row, or another column, does not open there."""
    return f"huiying at rest 1\0{place}\0{row}\0{key}".encode()
