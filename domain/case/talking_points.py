"""Talking points and what makes them necessary: the conflicts between drafts,
and what is agreed to be said (R208).
"""

from dataclasses import dataclass
from datetime import datetime

from domain.case.records import Claim
from domain.terms.findings import Fact, Finding
from domain.terms.free_texts import FreeText

_EDGE = {"extra": "forbid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A draft states otherwise than another unit's draft or publication (`other`);
    open until talking points resolve it.
    """

    id: str
    at: datetime
    subject: str
    type: str
    draft: str
    other: str
    resolved_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnswer:
    """A question to be expected, and how all units answer it."""

    __pydantic_config__ = _EDGE

    question: FreeText
    answer: FreeText


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkingPoints:
    """One version of what the units say alike: questions with answers, agreed values,
    expressions to be kept out.
    """

    id: str
    at: datetime
    unit: str
    conflicts: tuple[str, ...]
    questions: tuple[QuestionAnswer, ...] = ()
    claims: tuple[Claim, ...] = ()
    forbidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What the texts of a draft state without anybody having typed it (DD-41)."""

    draft: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Discrepancy:
    """What a draft states by what was read in it, and what `other` states:
    its own claim, another text, or talking points.

    It holds back the final review of that draft alone, until a reviewer has cleared it.
    """

    id: str
    draft: str
    fact: Fact
    other: str
    theirs: Fact
    cleared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """The personal data found in a draft, and which findings (numbered from 1)
    a leader has answered for (R322).

    `more` counts findings that are not listed.
    """

    draft: str
    findings: tuple[Finding, ...]
    cleared: tuple[int, ...] = ()
    more: int = 0

    @property
    def standing(self) -> tuple[Finding, ...]:
        """The findings nobody has answered for."""
        return tuple(
            finding for number, finding in enumerate(self.findings, start=1) if number not in self.cleared
        )
