"""Talking points and what makes them necessary: the conflicts between drafts, and what is agreed to be said (R208)."""

from dataclasses import dataclass
from datetime import datetime

from domain.case.records import Claim
from domain.terms.findings import Finding
from domain.terms.free_texts import FreeText

_EDGE = {"extra": "forbid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A draft states otherwise than another unit's draft or publication (`other`); open until talking points resolve it."""

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
    """One version of what the units say alike: questions with answers, agreed values, expressions to be kept out."""

    id: str
    at: datetime
    unit: str
    conflicts: tuple[str, ...]
    questions: tuple[QuestionAnswer, ...] = ()
    claims: tuple[Claim, ...] = ()
    forbidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """The personal data found in a draft, and which findings (numbered from 1) a leader has answered for (R322).

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
