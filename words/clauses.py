"""Clauses as the pages cite them: so-and-so, sentence 4,
with the sentence of the source text and the way to its page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from words.language import say

OVERLAY = "overlay"


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A clause: its key (such as `61号#2`), how it is cited, and its sentence;
    empty where the text is not at hand.
    """

    key: str
    name: str
    sentence: str

    @property
    def href(self) -> str:
        """The page of the clause."""
        return clause_href(self.key)


def cite(key: str, sentences: Mapping[str, str]) -> Citation | None:
    """The citation of a clause key, from the sentences of the regulation by key; None for an empty key."""
    return Citation(key=key, name=clause_name(key), sentence=sentences.get(key, "")) if key else None


def clause_name(key: str) -> str:
    """How a clause is cited: `61号#2` is 61号第2句."""
    if key == OVERLAY:
        return say("上位规定（提示）")
    clause, _, number = key.partition("#")
    return say("{clause}第{number}句", clause=clause, number=number) if number else clause


def clause_href(key: str) -> str:
    """The page of a clause; its address has a hyphen where the citation has a number sign."""
    return f"/clauses/{quote(key.replace('#', '-'))}"


def clause_key(name: str) -> str:
    """The clause that an address names, as it is cited."""
    clause, hyphen, number = name.rpartition("-")
    return f"{clause}#{number}" if hyphen else number
