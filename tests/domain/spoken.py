"""Drafts that state something, their reviews by number, and their publication:
what several units say of one case.
"""

from datetime import datetime
from typing import Any

from domain.case.records import Claim
from domain.case.talking_points import QuestionAnswer
from domain.steps.publish import Publish
from domain.steps.reconcile import ApproveTalkingPoints
from domain.steps.respond import ReviewDraft
from domain.terms.roles import Actor, Role
from domain.terms.vocabulary import Platform, ReviewStage
from tests.domain.cast import ALICE, EVIDENCE, UNIT, Step, draft, h, of, step

TALK = (QuestionAnswer(question="伤了几人", answer="以指挥部通报为准"),)
REVIEWERS = (Role.SPOKESPERSON, Role.DEPUTY_LEADER, Role.PRINCIPAL_LEADER)


def claims(value: str, subject: str = "受伤人数", kind: str = "number") -> tuple[Claim, ...]:
    """One claim."""
    return (Claim(subject=subject, type=kind, value=value),)


def says(value: str, unit: str = UNIT, at: datetime | None = None, **more: Any) -> Step:
    """A draft that states a value, two hours after discovery."""
    return step(at or h(2), of(unit), draft(claims=claims(value), **more))


def passed(number: int, unit: str, at: datetime | None = None) -> tuple[Step, ...]:
    """The three reviews of a draft by its number."""
    name, when = f"draft-{number}", at or h(2)
    return tuple(
        step(when, of(unit, role), ReviewDraft(draft=name, stage=stage, approved=True))
        for stage, role in zip(ReviewStage, REVIEWERS, strict=True)
    )


def approved(at: datetime | None = None, by: Actor = ALICE, **content: Any) -> Step:
    """Talking points, three hours after discovery."""
    return step(at or h(3), by, ApproveTalkingPoints(**(content or {"questions": TALK})))


def goes_out(number: int, unit: str, at: datetime | None = None) -> Step:
    """A draft by its number, published."""
    when, name = at or h(4), f"draft-{number}"
    return step(
        when,
        of(unit),
        Publish(draft=name, published_at=when, channels=(Platform.WECHAT,), evidence=EVIDENCE),
    )
