"""The catalogues of sentences, as gettext and Babel keep them:
a Chinese sentence is its own key, its English stands below it.

One catalogue per room and under its name: `desk/board/`, `templates/board/`, `board.po`; what several rooms
say stands in `shared.po`. `make wordings` writes them anew, and says which sentence has no English yet.
"""

from functools import cache
from pathlib import Path
from typing import Final

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

CATALOGUES: Final = Path(__file__).resolve().parent / "locale" / "en" / "LC_MESSAGES"


@cache
def catalogues() -> dict[str, list[Message]]:
    """The messages of each room by its name, as its file has them."""
    return {file.stem: _messages(file) for file in sorted(CATALOGUES.glob("*.po"))}


def sentences() -> dict[str, str]:
    """Every sentence with its English, empty for one that has none yet.

    Raises ValueError for one that two rooms word.
    """
    read: dict[str, str] = {}
    for room, messages in catalogues().items():
        for message in messages:
            if message.id in read:
                raise ValueError(f"{room}.po: {message.id!r} stands in another catalogue too")
            read[str(message.id)] = str(message.string)
    return read


def _messages(file: Path) -> list[Message]:
    with file.open("rb") as opened:
        return [message for message in read_po(opened, abort_invalid=True) if message.id]
