"""The language of a page: Chinese first, English where its reader has switched;
every sentence that a page says goes through here.

The Chinese sentence is the key, as gettext has it. What it is in English stands in the catalogues of
`words/locale/`, one per room; a test finds each sentence without English, and each that nobody says any more.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from functools import cache


class Language(StrEnum):
    """The languages of the pages, by their BCP 47 tags."""

    CHINESE = "zh-CN"
    ENGLISH = "en"


_spoken: ContextVar[Language] = ContextVar("spoken", default=Language.CHINESE)


def spoken() -> Language:
    """The language of the page that is being made."""
    return _spoken.get()


def speak(language: Language) -> None:
    """Make the pages of this request, or of this task, in a language."""
    _spoken.set(language)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Let what is said meanwhile be said in a language, whatever the page speaks."""
    before = spoken()
    speak(language)
    try:
        yield
    finally:
        speak(before)


def say(text: str, /, **parts: object) -> str:
    """A sentence in the language of the page; `parts` fill its `{names}`,
    and are never read as sentences themselves.
    """
    if spoken() is Language.ENGLISH:
        text = english(text)
    return text.format(**parts) if parts else text


def marked(text: str) -> str:
    """A sentence of a table, to be said later; the mark lets it be found and put into English."""
    return text


def english(text: str) -> str:
    """A sentence in English; one that has none stands for itself, so that a page never fails over it."""
    return wordings().get(text) or text


@cache
def wordings() -> dict[str, str]:
    """Every sentence of the pages with its English; ValueError when two rooms word one sentence."""
    from words.catalogues import sentences  # noqa: PLC0415  Babel is loaded by who speaks English

    return sentences()
