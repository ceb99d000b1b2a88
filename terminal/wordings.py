"""How the tables of the terminal word codes, instants and what is left of a limit,
in Chinese or in English.
"""

from dataclasses import fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from pydantic import TypeAdapter
from rich.markup import escape
from rich.text import Text

from domain.case.obligations import Obligation
from domain.terms.vocabulary import Marking
from words.labels import label_of
from words.lamps import LAMP_WORDS, Lamp, lamp
from words.wording import absolute, duration

_OBLIGATION: Final[TypeAdapter[Obligation]] = TypeAdapter(Obligation)
_WIDE: Final = "\u3000"  # the space of Chinese text
_STYLES: Final = {
    Lamp.GREEN: "green",
    Lamp.YELLOW: "yellow",
    Lamp.ORANGE: "dark_orange",
    Lamp.RED: "bold red",
    Lamp.OVERDUE: "bold white on magenta",
    Lamp.DONE: "blue",
    Lamp.OFF: "dim",
}


def word(member: StrEnum, *, english: bool) -> str:
    """The name of a code."""
    names = label_of(member)
    return names.en if english else names.zh


def mark_words(marking: Marking, *, english: bool) -> str:
    """The mark of a case before its title; empty for none."""
    if marking is Marking.NONE:
        return ""
    return f"[{word(marking, english=english)}] " if english else f"【{word(marking, english=english)}】"


def obligation_of(item: dict[str, Any]) -> Obligation:
    """The obligation in an answer of the API, which tells more beside it."""
    return _OBLIGATION.validate_python({field.name: item[field.name] for field in fields(Obligation)})


def instant(text: str) -> str:
    """An instant as lists show it."""
    return absolute(datetime.fromisoformat(text))


def left(seconds: float, *, english: bool) -> str:
    """`还剩 5小时12分` or `5h12m left`; `已超时 …` or `… overdue` below zero."""
    span = duration(timedelta(seconds=abs(int(seconds))))
    if not english:
        return f"还剩 {span}" if seconds >= 0 else f"已超时 {span}"
    for zh, en in (("天", "d"), ("小时", "h"), ("分", "m"), ("秒", "s")):
        span = span.replace(zh, en)
    return f"{span} left" if seconds >= 0 else f"{span} overdue"


def lit(obligation: Obligation, at: datetime, *, english: bool) -> Text:
    """The lamp of an obligation, by word and colour."""
    colour = lamp(obligation, at)
    return Text(f" {colour.value if english else LAMP_WORDS[colour]} ", style=_STYLES[colour])


def plain(text: object) -> str:
    """Text from outside, in which nothing is markup and no control character reaches the terminal."""
    return escape("".join(letter if letter.isprintable() or letter == _WIDE else " " for letter in str(text)))
