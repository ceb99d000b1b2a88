"""Chinese and English names of every code in data, from one table."""

from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from words.language import Language, spoken
from words.yaml_files import read_mapping

_FOLDER = Path(__file__).resolve().parent


class Label(NamedTuple):
    """The name of a code in both languages."""

    zh: str
    en: str

    @property
    def here(self) -> str:
        """The name in the language of the page that is being made."""
        return self.en if spoken() is Language.ENGLISH else self.zh


def label(group: str, code: str) -> Label:
    """The name of a code of a group: an enumeration's class name, or `commands`, `events`,
    `computation_base` and so on.

    A code without a name stands for itself, so that a page never fails over it; a test finds those.
    """
    return labels().get(group, {}).get(code) or Label(code, code)


def label_of(member: StrEnum) -> Label:
    """The name of a member of an enumeration."""
    return label(type(member).__name__, member.value)


def word(member: StrEnum) -> str:
    """The name of a member of an enumeration, in the language of the page that is being made."""
    return label_of(member).here


@cache
def labels() -> dict[str, dict[str, Label]]:
    """The whole table: group, code, name."""
    return {
        group: {str(code): Label(*names) for code, names in codes.items()}
        for group, codes in read_mapping(_FOLDER / "labels.yaml").items()
    }


class Explanation(NamedTuple):
    """What a refusal or a problem says: its title, what to do, and the clause it rests on (empty:
    that of the command).
    """

    title: Label
    advice: Label
    clause: str = ""


@cache
def explanations() -> dict[str, dict[str, Explanation]]:
    """Texts of `reasons` (the rules say no), `malformed` (the content cannot be read), `problems` (all else);
    `on_pages` are those that people read in other words.
    """
    return {
        group: {str(code): _explanation(text) for code, text in codes.items()}
        for group, codes in read_mapping(_FOLDER / "explanations.yaml").items()
    }


def explanation(group: str, code: str) -> Explanation:
    """The texts of a reason, of a fault in content or of a problem; KeyError for an unknown one."""
    return explanations()[group][code]


def explanation_on_a_page(group: str, code: str) -> Explanation:
    """The same for people at a page, who know of no headers, keys and codes; KeyError for an unknown one."""
    return explanations()["on_pages"].get(code) or explanation(group, code)


def _explanation(text: dict[str, Any]) -> Explanation:
    return Explanation(Label(*text["title"]), Label(*text["advice"]), str(text.get("clause", "")))
