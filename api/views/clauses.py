"""Clauses as the pages cite them: so-and-so, sentence 4, with the sentence of the source text."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.language import say

OVERLAY = "overlay"


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A clause: its key (such as `61号#2`), how it is cited, and its sentence; empty where the text is not at hand."""

    key: str
    name: str
    sentence: str


def cite(key: str, sentences: Mapping[str, str]) -> Citation | None:
    """The citation of a clause key, from the sentences of the regulation by key; None for an empty key."""
    if not key:
        return None
    if key == OVERLAY:
        return Citation(key=key, name=say("上位规定（提示）"), sentence=sentences.get(key, ""))
    clause, _, number = key.partition("#")
    name = say("{clause}第{number}句", clause=clause, number=number) if number else clause
    return Citation(key=key, name=name, sentence=sentences.get(key, ""))
