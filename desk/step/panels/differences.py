"""What a text says otherwise than the one before it, sentence by sentence."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_SENTENCE = re.compile(r"[^。！？；\n]*(?:[。！？；]+[”’」』）]*|\n+|$)")


class TextChange(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Some sentences of one fate."""

    change: TextChange
    text: str


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """The later text with what was taken out of the earlier one in its place;
    joined without the removed it is the later text.
    """
    return tuple(_pieces(sentences_of(before), sentences_of(after)))


def sentences_of(text: str) -> list[str]:
    """A text cut after each sentence; joined it is the same text."""
    return [sentence for sentence in _SENTENCE.findall(text) if sentence]


def _pieces(before: list[str], after: list[str]) -> Iterator[Piece]:
    for _, old, old_end, new, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        removed, added = "".join(before[old:old_end]), "".join(after[new:new_end])
        if removed == added:
            yield Piece(change=TextChange.SAME, text=added)
            continue
        if removed:
            yield Piece(change=TextChange.REMOVED, text=removed)
        if added:
            yield Piece(change=TextChange.ADDED, text=added)
