"""时、度、效: how soon each stage was reached, whether the form fits the level,
and how the answer was taken (一(一)#2, R102).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.case.records import Publication
from domain.case.state import Incident
from domain.rules.cooling import counted_since
from domain.rules.coverage import coverage_rate
from domain.rules.forms import FormSuggestion, suggested_form
from domain.rules.heat import gained
from domain.rules.milestones import milestones
from domain.rules.phases import OpinionPhase, phase
from domain.rules.reach import reach_rate
from domain.terms.vocabulary import ObligationKind, PublicationForm, WarningLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTime:
    """A stage that was reached: when, how long after the discovery (not at all, where it was reached before
    it), and how long after the stage before it in time.
    """

    stage: str
    at: datetime
    since_discovery: timedelta
    since_former: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstWord:
    """How long after the occurrence somebody was answered first, and the figure beside it: the limit of
    the upper rules for authoritative information, where the law has one.

    Both count from the occurrence, where that is known, else from the discovery (DD-24). What was said before
    anybody discovered it came at once.
    """

    after: timedelta
    figure: timedelta | None
    from_occurrence: bool

    @property
    def is_soon(self) -> bool:
        """Whether it came within the figure."""
        return self.figure is None or self.after <= self.figure


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatAfter:
    """New posts of the day up to the latest count after the answer,
    and of the hottest day before that answer.
    """

    counted_at: datetime
    new: float
    hottest_before: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicators:
    """The three groups: `stages` in time; the level, the forms that went out in their order and the form
    suggested now; coverage, reach and heat.

    `found_after` is how long after the first post it was discovered (R303), None where no post is earlier;
    `first_word` and `heat` are None while nothing was answered (R385), the latter or counted since;
    `phase` is None where nobody has counted (R118).
    """

    found_after: timedelta | None
    first_word: FirstWord | None
    stages: tuple[StageTime, ...]
    level: WarningLevel | None
    forms: tuple[PublicationForm, ...]
    suggestion: FormSuggestion | None
    phase: OpinionPhase | None
    coverage: float | None
    reach: float | None
    heat: HeatAfter | None


def indicators(incident: Incident, at: datetime) -> Indicators:
    """The indicators of an incident as of an instant of its clock."""
    out = sorted(
        (item for item in incident.standing_publications if item.published_at <= at),
        key=lambda item: item.published_at,
    )
    return Indicators(
        found_after=found_after(incident, at),
        first_word=_first_word(incident, out),
        stages=_stages(incident, at),
        level=incident.level,
        forms=tuple(dict.fromkeys(item.form for item in out)),
        suggestion=suggested_form(incident),
        phase=phase(incident, at),
        coverage=coverage_rate(incident, at),
        reach=reach_rate(incident, at),
        heat=_heat(incident, at) if out else None,
    )


def found_after(incident: Incident, at: datetime) -> timedelta | None:
    """How long after the first post that belongs to it the incident was discovered, as of then (R303)."""
    excluded = incident.screening.excluded_by(at)
    posted = [one.at for number, one in enumerate(incident.sources, start=1) if number not in excluded]
    posted += [one.first_at for one in incident.beyond]
    first = min((instant for instant in posted if instant <= at), default=None)
    return None if first is None or first > incident.discovered_at else incident.discovered_at - first


def _first_word(incident: Incident, out: list[Publication]) -> FirstWord | None:
    said_at = next((item.published_at for item in out if item.counts), None)
    if said_at is None:
        return None
    limits = (one.limit for one in incident.law.overlay.limits if one.kind is ObligationKind.OVL_5H)
    begun = incident.occurred_at or incident.discovered_at
    return FirstWord(
        after=max(said_at - begun, timedelta(0)),
        figure=next(limits, None),
        from_occurrence=incident.occurred_at is not None,
    )


def _stages(incident: Incident, at: datetime) -> tuple[StageTime, ...]:
    reached = milestones(incident)
    instants = {
        "detected": reached.detected,
        "collected": reached.collected,
        "verified": reached.verified,
        "judged": reached.judged,
        "responded": reached.responded,
        "disposed": reached.disposed,
    }
    ordered = sorted(
        ((stage, when) for stage, when in instants.items() if when is not None and when <= at),
        key=lambda pair: pair[1],
    )
    former = [when for _, when in ordered]
    return tuple(
        StageTime(
            stage=stage,
            at=when,
            since_discovery=max(when - reached.detected, timedelta(0)),
            since_former=when - before,
        )
        for (stage, when), before in zip(ordered, [*former[:1], *former], strict=False)
    )


def _heat(incident: Incident, at: datetime) -> HeatAfter | None:
    answered = counted_since(incident, at)
    counts = [taken for taken in incident.metrics if taken.at <= at]
    latest = max((taken.at for taken in counts), default=None)
    if latest is None or latest < answered:
        return None
    window = incident.law.limits.heat_window
    ends = {answered, *(taken.at for taken in counts if taken.at <= answered)}
    return HeatAfter(
        counted_at=latest,
        new=gained(counts, latest, window),
        hottest_before=max(gained(counts, end, window) for end in ends),
    )
