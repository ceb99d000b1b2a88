"""The text of the regulation, sentence by sentence, as cases and pages cite it."""

from functools import cache
from typing import Any

from domain.law.articles import Article, clause_of
from storage.regulations import REGULATIONS, articles
from words.yaml_files import read_mapping

_IN_OUR_WORDS = "（要旨，非原文）"


@cache
def clauses(regulation: str) -> tuple[dict[str, Any], ...]:
    """The clauses of a regulation in the order of its text, each with its sentences.

    A sentence has its literal `text`, or where that is not at hand its `gist` in our own words. Raises
    FileNotFoundError for an unknown regulation.
    """
    return tuple(_read(regulation)["clauses"])


@cache
def sentences(regulation: str) -> dict[str, str]:
    """The sentences by citation key, such as `61号#2`; what is not literal says so."""
    texts = {
        f"{clause['id']}#{sentence['n']}": _told(sentence)
        for clause in clauses(regulation)
        for sentence in clause["sentences"]
    }
    above = _read(regulation).get("overlay")
    return {**texts, cited(regulation, Article.UPPER_RULES): above} if above else texts


def cited(regulation: str, what: str) -> str:
    """The clause of a regulation that says what a rule, a command or a refusal cites;
    empty where it is silent.
    """
    return clause_of(what, articles(regulation))


def _told(sentence: dict[str, Any]) -> str:
    return str(sentence.get("text") or _IN_OUR_WORDS + sentence["gist"])


@cache
def _read(regulation: str) -> dict[str, Any]:
    return read_mapping(REGULATIONS / regulation / "clauses.yaml")
