"""研判: four factors, the warning level and the statutory grade as two axes,
and what a change of class does (三(二)).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal, TypeVar

from domain.case.as_of import noted
from domain.case.events import Command, Event
from domain.case.judgement import Judgement
from domain.case.records import LevelDecision
from domain.case.state import Incident
from domain.law.articles import Article
from domain.law.editions import Switch
from domain.law.levels import Factors, LevelBasis, LevelSuggestion, suggest_level
from domain.law.responsibility import Involvement, accountable
from domain.rules.reclassify import classify, due_after, reclassified, targets_and_overlay
from domain.terms.copies import changed
from domain.terms.free_texts import FreeText
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import HANDLERS, Deed, Role, Standing
from domain.terms.vocabulary import (
    DutyMatter,
    EmergencyGrade,
    KeyCategory,
    ResponseClass,
    ResponseValue,
    Trend,
    WarningLevel,
)

CLAUSE: str = Article.JUDGEMENT
T = TypeVar("T")
_SCORES = range(1, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge(Command):
    """Judge for the first time: factors, level, grade and key categories;
    an override of the suggestion needs a reason.

    K2 needs an impact (R112), K4 a grade or the reason why there is none (R114), K6 its reason (R116),
    and no response to a key matter may be put off (R117).
    """

    kind: Literal["judge"] = "judge"
    roles: ClassVar[frozenset[Role]] = HANDLERS
    standings: ClassVar[frozenset[Standing]] = frozenset({Standing.OFFICE})
    clause: ClassVar[str] = CLAUSE
    duty_matter = DutyMatter.JUDGEMENT

    level: WarningLevel
    factors: Factors
    emergency_grade: EmergencyGrade = EmergencyGrade.NONE
    key_categories: tuple[KeyCategory, ...] = ()
    trend: Trend = Trend.LEVEL
    response_value: ResponseValue = ResponseValue.MUST
    involves_city_policy: bool = False
    comprehensive: bool = False
    designated_major: bool = False
    involved: tuple[Involvement, ...] | None = None
    reason: FreeText = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejudge(Command):
    """Judge again; what is left out stays as it was. A reason is always given.

    `earlier_publication_covers` states that what was published before covers the facts that raised
    the class (DD-08).
    """

    kind: Literal["rejudge"] = "rejudge"
    roles: ClassVar[frozenset[Role]] = HANDLERS
    standings: ClassVar[frozenset[Standing]] = frozenset({Standing.OFFICE})
    clause: ClassVar[str] = CLAUSE
    duty_matter = DutyMatter.JUDGEMENT

    reason: FreeText
    level: WarningLevel | None = None
    factors: Factors | None = None
    emergency_grade: EmergencyGrade | None = None
    key_categories: tuple[KeyCategory, ...] | None = None
    trend: Trend | None = None
    response_value: ResponseValue | None = None
    involves_city_policy: bool | None = None
    comprehensive: bool | None = None
    designated_major: bool | None = None
    involved: tuple[Involvement, ...] | None = None
    earlier_publication_covers: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged(Event):
    """A person judged; the suggestion and its reasons stand beside the decision."""

    kind: Literal["judged"] = "judged"
    judgement: Judgement
    level: WarningLevel
    grade: EmergencyGrade
    designated_major: bool
    response_class: ResponseClass
    response_due_at: datetime
    involved: tuple[Involvement, ...]
    suggestion: LevelSuggestion
    reason: FreeText


def decide(incident: Incident, command: Judge | Rejudge, deed: Deed) -> Iterator[Event]:
    """Judging: two axes, floors enforced, due times moved by the rule when the class changes.

    1. The level may not lie below its floor (DD-23); a level other than the suggested one needs a reason.
    2. The class follows the grade or the designation alone (DD-01), never the level.
    3. A change of class re-times every open response by DD-08 or DD-09; a change of level never does (DD-10).
    4. Internal target (DD-05) and overlay (DD-24) follow level and grade.
    """
    judged = _judged(incident, command, deed)
    covers = isinstance(command, Rejudge) and command.earlier_publication_covers
    yield judged
    after = evolve(incident, judged)
    if judged.response_class is not incident.response_class:
        yield from reclassified(incident, after, deed, covers=covers)
    yield from targets_and_overlay(incident, after, deed, covers=covers)


def _judged(incident: Incident, command: Judge | Rejudge, deed: Deed) -> Judged:
    full = command if isinstance(command, Judge) else _completed(incident, command)
    if isinstance(command, Judge) and incident.judgement is not None:
        raise Refused(Reason.ALREADY_DONE, "judge")
    _check_factors(full.factors)
    involved = incident.involved if full.involved is None else full.involved
    for part in involved:
        incident.law.unit(part.unit)
    full = _with_superior_category(incident, full)
    response_class = classify(incident.law, full.emergency_grade, designated=full.designated_major)
    judged = Judged(
        at=deed.at,
        by=deed.actor,
        judgement=Judgement(
            at=deed.at,
            key_categories=full.key_categories,
            factors=full.factors,
            trend=full.trend,
            response_value=full.response_value,
            involves_city_policy=full.involves_city_policy,
            comprehensive=full.comprehensive,
            reason=full.reason,
        ),
        level=full.level,
        grade=full.emergency_grade,
        designated_major=full.designated_major,
        response_class=response_class,
        response_due_at=due_after(incident, response_class, deed.at),
        involved=involved,
        suggestion=_suggestion(incident, full, involved, deed),
        reason=full.reason,
    )
    _check_level(incident, judged, deed)
    return judged


def _completed(incident: Incident, command: Rejudge) -> Judge:
    """The full judgement that a re-judgement amounts to."""
    before = incident.judgement
    if before is None or incident.level is None:
        raise Refused(Reason.NOT_JUDGED, "rejudge")
    if not command.reason.strip():
        raise Refused(Reason.REASON_MISSING, "reason")

    return Judge(
        level=command.level or incident.level,
        factors=command.factors or before.factors,
        emergency_grade=command.emergency_grade or incident.grade,
        key_categories=_or(command.key_categories, before.key_categories),
        trend=command.trend or before.trend,
        response_value=command.response_value or before.response_value,
        involves_city_policy=_or(command.involves_city_policy, before.involves_city_policy),
        comprehensive=_or(command.comprehensive, before.comprehensive),
        designated_major=_or(command.designated_major, incident.designated_major),
        involved=command.involved,
        reason=command.reason,
    )


def _with_superior_category(incident: Incident, full: Judge) -> Judge:
    """K5 is set while a superior's notice is attached and cannot be cleared (R115)."""
    required = KeyCategory.SUPERIOR_REQUIRED
    if not incident.superior_notices or required in full.key_categories:
        return full
    return changed(full, key_categories=(*full.key_categories, required))


def _or(choice: T | None, before: T) -> T:
    return before if choice is None else choice


def _suggestion(
    incident: Incident, full: Judge, involved: tuple[Involvement, ...], deed: Deed
) -> LevelSuggestion:
    basis = LevelBasis(
        metrics=incident.metrics_by(deed.at),
        units=accountable(involved),
        factors=full.factors,
        key_categories=full.key_categories,
        grade=full.emergency_grade,
    )
    return suggest_level(incident.law, basis)


def _check_factors(factors: Factors) -> None:
    if any(score not in _SCORES for score in factors.scores()):
        raise Refused(Reason.MISSING_PART, "factors")


def _check_level(incident: Incident, judged: Judged, deed: Deed) -> None:
    suggestion = judged.suggestion
    if judged.level.rank < suggestion.floor.rank:
        raise Refused(Reason.BELOW_FLOOR, suggestion.floor)
    if judged.level is not suggestion.level and not judged.reason.strip():
        raise Refused(Reason.REASON_MISSING, f"level:{suggestion.level}")
    categories = judged.judgement.key_categories
    metrics = incident.metrics_by(deed.at)
    talked_about = metrics is not None and metrics.comments >= incident.law.larger_impact_comments
    if (
        KeyCategory.VITAL_INTEREST in categories
        and judged.level is WarningLevel.GENERAL_MATTER
        and not talked_about
    ):
        raise Refused(Reason.KEY_CATEGORY_UNFOUNDED, KeyCategory.VITAL_INTEREST)
    if KeyCategory.OTHER_MAJOR in categories and not judged.reason.strip():
        raise Refused(Reason.REASON_MISSING, KeyCategory.OTHER_MAJOR)
    _check_graded(incident, judged)
    _check_response_value(judged)


def _check_graded(incident: Incident, judged: Judged) -> None:
    """K4 comes with the grade of the emergency, a designation, or the reason why there is none (R114)."""
    is_graded = judged.grade is not EmergencyGrade.NONE or judged.designated_major
    is_emergency = KeyCategory.EMERGENCY_DISASTER in judged.judgement.key_categories
    if is_emergency and not is_graded and not judged.reason.strip() and incident.law.has(Switch.GRADE_ASKED):
        raise Refused(Reason.REASON_MISSING, "emergency_grade")


def _check_response_value(judged: Judged) -> None:
    """暂不回应 is open to L1 without key category alone, with a reason (R325); the clock runs on."""
    if judged.judgement.response_value is not ResponseValue.NOT_FOR_NOW:
        return
    if judged.judgement.key_categories or judged.level is not WarningLevel.GENERAL_MATTER:
        raise Refused(Reason.DEFERRAL_NOT_ALLOWED, "response_value")
    if not judged.reason.strip():
        raise Refused(Reason.REASON_MISSING, "response_value")


def evolve(incident: Incident, event: Judged) -> Incident:
    """The case after a judgement; an upgrade of the class begins an emergency response anew."""
    decision = LevelDecision(at=event.at, level=event.level, reason=event.reason)
    moved = event.level is not incident.level
    rises = event.response_class is ResponseClass.H24 and incident.response_class is ResponseClass.H48
    after = changed(
        incident.with_level(decision) if moved else incident,
        judgement=event.judgement,
        level=event.level,
        grade=event.grade,
        designated_major=event.designated_major,
        response_class=event.response_class,
        response_due_at=event.response_due_at,
        involved=event.involved,
        emergency_ended_at=None if rises else incident.emergency_ended_at,
    )
    return noted(after, event.at)
