"""The language of a page: Chinese first, English where its reader has switched;
every sentence that a page says goes through here.

The Chinese sentence is the key, as gettext has it. What it is in English stands in `words/wordings/`, one
table per room of the desk; a test finds each sentence without English, and each that nobody says any more.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.support import Translations

from words.yaml_files import read_mapping

WORDINGS: Final = Path(__file__).resolve().parent / "wordings"


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
        text = english().gettext(text)
    return text.format(**parts) if parts else text


def marked(text: str) -> str:
    """A sentence of a table, to be said later; the mark lets it be found and put into English."""
    return text


@cache
def english() -> Translations:
    """The English catalogue, compiled from the tables of wordings."""
    catalog = Catalog(locale="en")
    for chinese, words in wordings().items():
        catalog.add(chinese, words)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Translations(compiled)


@cache
def wordings() -> dict[str, str]:
    """Every sentence of the pages with its English;
    ValueError when two rooms word one sentence differently.
    """
    found: dict[str, str] = {}
    for table in sorted(WORDINGS.glob("*.yaml")):
        for chinese, words in read_mapping(table).items():
            if found.setdefault(chinese, words) != words:
                raise ValueError(f"{table.name}: {chinese!r} has another English elsewhere")
    return found
