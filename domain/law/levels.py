"""Warning levels: what the system suggests and why,
and the floors below which no judgement may go (R306, R323).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from domain.law.regulation import Law, LevelThreshold
from domain.terms.free_texts import FreeText
from domain.terms.vocabulary import EmergencyGrade, KeyCategory, MediaTier, WarningLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """Cumulative counts at an instant (R118, R305)."""

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012  read by the edges

    at: datetime
    posts: int = 0
    reads: int = 0
    comments: int = 0
    local: int = 0
    municipal: int = 0
    provincial: int = 0
    central: int = 0

    def pickups(self, tier: MediaTier) -> int:
        """How many media of a tier picked the incident up."""
        return (self.local, self.municipal, self.provincial, self.central)[tier.rank]

    def counts(self) -> tuple[int, ...]:
        """All counts, in the order of the fields."""
        return (
            self.posts,
            self.reads,
            self.comments,
            self.local,
            self.municipal,
            self.provincial,
            self.central,
        )

    def reaches(self, earlier: "Metrics") -> bool:
        """Whether no count lies below that of earlier ones."""
        return all(new >= old for new, old in zip(self.counts(), earlier.counts(), strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """One of the four factors: a score from 1 to 5 and the finding in words."""

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012  read by the edges

    score: int
    text: FreeText = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """The four factors of judging, in the order of the text (三(二)#2)."""

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012  read by the edges

    nature: Factor
    intensity: Factor
    public_reaction: Factor
    media_involvement: Factor

    def scores(self) -> tuple[int, int, int, int]:
        """The four scores in the order of the text."""
        return (
            self.nature.score,
            self.intensity.score,
            self.public_reaction.score,
            self.media_involvement.score,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelReason:
    """Why a level was suggested: the trigger, what was measured, and the threshold it met;
    `unit` where it is that unit's own (R321).
    """

    trigger: str
    measured: str
    threshold: str
    level: WarningLevel
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelSuggestion:
    """The highest level that any trigger calls for, with all reasons; a person decides."""

    level: WarningLevel
    floor: WarningLevel
    reasons: tuple[LevelReason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelBasis:
    """What a suggestion rests on; `units` are those accountable, whose own standards count."""

    metrics: Metrics | None
    units: frozenset[str] = frozenset()
    factors: Factors | None = None
    key_categories: tuple[KeyCategory, ...] = ()
    grade: EmergencyGrade = EmergencyGrade.NONE


def weighted_score(law: Law, factors: Factors) -> int:
    """The weighted factor score in hundredths, 100 to 500 (`practice.md` 3.5)."""
    weights = law.weights
    shares = (weights.nature, weights.intensity, weights.public_reaction, weights.media_involvement)
    return sum(share * score for share, score in zip(shares, factors.scores(), strict=True))


def suggest_level(law: Law, basis: LevelBasis) -> LevelSuggestion:
    """The level that thresholds, scores and floors call for: each trigger alone suffices, the highest wins.

    The floors are those of key category (K3: R113) and grade (DD-23).
    """
    floors = tuple(_floor_reasons(law, basis))
    reasons = (*_threshold_reasons(law, basis), *floors)
    return LevelSuggestion(level=_highest(reasons), floor=_highest(floors), reasons=reasons)


def _highest(reasons: tuple[LevelReason, ...]) -> WarningLevel:
    return max(
        (reason.level for reason in reasons),
        key=lambda level: level.rank,
        default=WarningLevel.GENERAL_MATTER,
    )


def _threshold_reasons(law: Law, basis: LevelBasis) -> Iterator[LevelReason]:
    score = 0 if basis.factors is None else weighted_score(law, basis.factors)
    for unit, row in _standards(law, basis.units):
        for trigger, measured, limit in _triggers(row, basis):
            if limit is not None and measured >= limit:
                yield LevelReason(
                    trigger=trigger,
                    measured=str(measured),
                    threshold=str(limit),
                    level=row.level,
                    unit=unit,
                )
        if score >= row.score:
            yield LevelReason(
                trigger="factors",
                measured=_hundredths(score),
                threshold=_hundredths(row.score),
                level=row.level,
                unit=unit,
            )


def _standards(law: Law, units: frozenset[str]) -> Iterator[tuple[str, LevelThreshold]]:
    """The rows that count, each with the unit whose own it is:
    the city's, save where each accountable unit has its own (R321).
    """
    profiles = [law.profile(unit) for unit in sorted(units)]
    own = [(profile.unit, {row.level: row for row in profile.thresholds}) for profile in profiles if profile]
    for row in law.thresholds:
        if len(own) < len(profiles) or not own or any(row.level not in rows for _, rows in own):
            yield "", row
    for unit, rows in own:
        yield from ((unit, row) for row in rows.values())


def _triggers(row: LevelThreshold, basis: LevelBasis) -> Iterator[tuple[str, int, int | None]]:
    """Each trigger of a row: its name, what was measured, and from where it calls for the level."""
    if (metrics := basis.metrics) is not None:
        yield "reads", metrics.reads, row.reads
        yield "comments", metrics.comments, row.comments
        for tier in row.media:
            if pickups := metrics.pickups(tier):
                yield f"media_{tier}", pickups, 1
    yield "accountable_units", len(basis.units), row.accountable_units


def _hundredths(score: int) -> str:
    return f"{score / 100:.2f}"


def _floor_reasons(law: Law, basis: LevelBasis) -> Iterator[LevelReason]:
    for floor in law.floors:
        if floor.category is not None and floor.category in basis.key_categories:
            yield LevelReason(
                trigger="floor", measured=floor.category, threshold=floor.category, level=floor.level
            )
        if floor.grade is not None and floor.grade is basis.grade:
            yield LevelReason(trigger="floor", measured=floor.grade, threshold=floor.grade, level=floor.level)
