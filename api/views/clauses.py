"""Clauses as the pages cite them: 三(三)第4句, with the sentence of the source text."""

from collections.abc import Mapping
from dataclasses import dataclass

OVERLAY = "overlay"
_OVERLAY_TEXT = (
    "上位规定的提示时限（国务院办公厅关于政务舆情回应的通知、政务公开实施细则，江西省突发事件应对条例），"
    "不是本通知的条文；默认仅作提示，过时不计超时、不计考评。"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A clause: its key (`三(三)#4`), how it is cited, and its sentence; empty where the text is not at hand."""

    key: str
    name: str
    sentence: str


def cite(key: str, sentences: Mapping[str, str]) -> Citation | None:
    """The citation of a clause key, from the sentences of the regulation by key; None for an empty key."""
    if not key:
        return None
    if key == OVERLAY:
        return Citation(key=key, name="上位规定（提示）", sentence=_OVERLAY_TEXT)
    clause, _, number = key.partition("#")
    name = f"{clause}第{number}句" if number else clause
    return Citation(key=key, name=name, sentence=sentences.get(key, ""))
