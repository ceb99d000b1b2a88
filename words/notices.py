"""What a notice is about, in words: why it was sent, and the obligation, paper or level that it names."""

from enum import StrEnum

from domain.purposes import Purpose
from domain.terms.ids import split
from domain.terms.vocabulary import ObligationKind, PaperKind, WarningLevel
from words.labels import word


def subject_words(subject: str) -> str:
    """What a notice names, in words: an obligation, a paper or a level;
    empty for an id that says nothing to people.
    """
    member = _member(ObligationKind, subject.split(":", 1)[0]) or _member(PaperKind, split(subject)[0])
    member = member or _member(WarningLevel, subject)
    return word(member) if member else ""


def deed_words(purpose: Purpose, subject: str) -> str:
    """Why a notice was sent and what it names, in one phrase."""
    return " · ".join(filter(None, (word(purpose), subject_words(subject))))


def _member(words: type[StrEnum], code: str) -> StrEnum | None:
    return words(code) if code in set(words) else None
