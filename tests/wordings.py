"""What the pages say, sentence by sentence as Babel extracts it, and the catalogues that follow.

`make wordings` writes them. A sentence stands in the catalogue of the room that says it, in `shared` where
several do; within one by its own text, so that two people who add sentences seldom meet. English that is
there goes along; what nobody says any more is gone.
"""

import ast
import sys
from collections.abc import Collection, Iterator
from functools import cache
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from words.catalogues import CATALOGUES, catalogues

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDERS: Final = ("api", "casework", "desk", "publicity", "words", "templates")
KEYWORDS: Final[dict[str, None]] = {"say": None, "marked": None, "_": None}
SHARED: Final = "shared"
_PUBLIC: Final = "public"  # the pages of the public page, which `publicity/` makes
# Without dates and names, so that a catalogue changes where a sentence does.
_HEADER: Final = """msgid ""
msgstr ""
"Language: en\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def sentences_of_module(
    file: BinaryIO, keywords: Collection[str], comment_tags: object, options: object
) -> Iterator[tuple[int, str, str, list[str]]]:
    """What a module says, as Babel wants it: line, function, sentence, comments.

    By the syntax tree: Babel's own reader of tokens passes over a sentence that is broken in two within
    parentheses.
    """
    _ = comment_tags, options
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in keywords:
            sentence = node.args[0]
            if isinstance(sentence, ast.Constant) and isinstance(sentence.value, str):
                yield node.lineno, node.func.id, sentence.value, []


@cache
def said() -> tuple[tuple[str, str], ...]:
    """Each sentence, and where it is said: `desk/board/view.py:12`."""
    return tuple(_said())


def _said() -> Iterator[tuple[str, str]]:
    methods: list[tuple[str, Any]] = [("**.py", sentences_of_module), ("**.html", "jinja2.ext:babel_extract")]
    for folder in FOLDERS:
        extracted = extract_from_dir(
            ROOT / folder, methods, keywords=KEYWORDS, options_map={"**.html": {"trimmed": "true"}}
        )
        for name, line, message, _, _ in extracted:
            assert isinstance(message, str), f"{folder}/{name}:{line}: one sentence at a time"
            yield message, f"{folder}/{name}:{line}"


def room_of(place: str) -> str:
    """The room of a place: a feature of the desk, the public page, else the floor."""
    floor, *inside = PurePosixPath(place).parts
    if floor == "publicity":
        return _PUBLIC
    return inside[0] if floor in {"desk", "templates"} and len(inside) > 1 else floor


def written() -> dict[str, str]:
    """The catalogues as they should stand, by room: each sentence said, with the English there is."""
    there = {message.id: message for messages in catalogues().values() for message in messages}
    rooms: dict[str, set[str]] = {}
    for sentence, place in said():
        rooms.setdefault(sentence, set()).add(room_of(place))
    sorted_by_room: dict[str, list[Message]] = {}
    for sentence in sorted(rooms):
        room = next(iter(rooms[sentence])) if len(rooms[sentence]) == 1 else SHARED
        sorted_by_room.setdefault(room, []).append(there.get(sentence) or Message(sentence))
    return {room: _text(messages) for room, messages in sorted_by_room.items()}


def _text(messages: list[Message]) -> str:
    catalogue = Catalog(locale="en")
    for message in messages:
        catalogue[message.id] = message
    made = BytesIO()
    write_po(made, catalogue, width=0, omit_header=True)
    return f"{_HEADER}{made.getvalue().decode().rstrip()}\n"


def main() -> None:
    """Write the catalogues; ends with 1 and a line for each sentence that has no English yet."""
    texts = written()
    for file in CATALOGUES.glob("*.po"):
        if file.stem not in texts:
            file.unlink()
    for room, text in texts.items():
        (CATALOGUES / f"{room}.po").write_text(text, encoding="utf-8")
    catalogues.cache_clear()
    empty = [
        f"{room}.po: {message.id}"
        for room, messages in catalogues().items()
        for message in messages
        if not message.string
    ]
    for line in empty:
        sys.stdout.write(f"尚无英文 · no English yet: {line}\n")
    sys.exit(bool(empty))


if __name__ == "__main__":
    main()
