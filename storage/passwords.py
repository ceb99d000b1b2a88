"""Which passwords will do: long, of more than blanks, not their owner's names, not easily guessed."""

import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from zxcvbn import zxcvbn

SHORTEST_PASSWORD: Final = 10
LONGEST_PASSWORD: Final = 200
_SHORTEST_NAME: Final = 3  # letters; what is shorter stands in many a word
_LOOKED_AT: Final = 72  # letters that the library takes; more make no password worse
_SAFE: Final = 3  # its score of 0 to 4: a hundred million guesses and more
_LOOK_ALIKE: Final = str.maketrans("013457@$!|i", "oleastaslll")


class Weakness(StrEnum):
    """Why a password will not do."""

    LENGTH = "length"
    BLANK = "blank"
    OWN_NAME = "own_name"
    COMMON = "common"


class PasswordRejected(Exception):  # noqa: N818  an answer to the person who chose it
    """The password will not do, and why."""

    def __init__(self, weakness: Weakness) -> None:
        super().__init__(weakness)
        self.weakness = weakness


def check_password(password: str, own: Iterable[str]) -> None:
    """Raises PasswordRejected for a password that will not do;
    `own` are the names that its owner is known by.

    Takes some milliseconds of a core. What is common is told by the lists of zxcvbn, with what people make of
    their words: other letters that look alike, years, repetitions, rows of keys.
    """
    names = list(own)
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise PasswordRejected(Weakness.LENGTH)
    if not password.strip():
        raise PasswordRejected(Weakness.BLANK)
    plain = _plain(password)
    if any(
        name in plain or name[::-1] in plain for name in map(_plain, names) if len(name) >= _SHORTEST_NAME
    ):
        raise PasswordRejected(Weakness.OWN_NAME)
    if zxcvbn(password[:_LOOKED_AT], user_inputs=names)["score"] < _SAFE:
        raise PasswordRejected(Weakness.COMMON)


def _plain(text: str) -> str:
    """Letters and digits alone, without width and case, and those that look alike as one."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_LOOK_ALIKE)
    return "".join(letter for letter in folded if letter.isalnum())
