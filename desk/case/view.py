"""The page of one incident: all its views at one instant."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from desk.case import documents
from desk.case import status_panel as standing
from desk.case.clock_bars import ClockBars, clock_bars
from desk.case.documents import CasePaperLine, Coverage, DraftRow, OwedPaper, PublicationRow, Score
from desk.case.how_computed import How, how_computed
from desk.case.indicators import IndicatorGroup, indicator_groups
from desk.case.progress import ProgressStep, steps
from desk.case.status_panel import Axes, ConcernRow, PeerRow, SourceRow
from desk.case.unit_strip import UnitRow, unit_rows
from domain.case.state import Incident
from domain.catalogue import Decision
from domain.terms.drill import DrillClock
from words import attention
from words.attention import ClueRow
from words.cards import Cards, cards
from words.holders import HolderLine, holders
from words.language import say
from words.timeline import TimelineItem, timeline
from words.wording import MomentText, moment


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentPage:
    """One incident for readers, as its ledger knew it after `event_number` events; `now` is the case's clock.

    `more` says how many rows of a list are folded away, `beyond` how many items the log alone holds.
    `address` is where the case is shown at this state, `asks` what an address that asks for more of it begins
    with, `heat` where its heat is.
    """

    incident_id: str
    number: str
    title: str
    stage: str
    is_open: bool
    drill: str
    now: MomentText
    event_number: int
    hash: str
    warnings: tuple[str, ...]
    holders: tuple[HolderLine, ...]
    steps: tuple[ProgressStep, ...]
    cards: Cards
    clocks: ClockBars | None
    how: Mapping[str, How]
    units: tuple[UnitRow, ...]
    axes: Axes
    facts: tuple[tuple[str, str], ...]
    sources: tuple[SourceRow, ...]
    concerns: tuple[ConcernRow, ...]
    peers: tuple[PeerRow, ...]
    owed_papers: tuple[OwedPaper, ...]
    papers: tuple[CasePaperLine, ...]
    drafts: tuple[DraftRow, ...]
    publications: tuple[PublicationRow, ...]
    coverage: Coverage | None
    indicators: tuple[IndicatorGroup, ...]
    clues: tuple[ClueRow, ...]
    scores: tuple[Score, ...]
    timeline: tuple[TimelineItem, ...]
    more: Mapping[str, int] = field(default_factory=dict)
    beyond: Mapping[str, int] = field(default_factory=dict)
    address: str = ""
    asks: str = "?"
    heat: str = ""


def case_time(drill: DrillClock | None, now: datetime) -> datetime:
    """What the case's clock shows at a real instant, cut to whole seconds: a drill has a clock of its own."""
    instant = drill.shown(now) if drill else now
    return instant.replace(microsecond=0)


def drill_words(drill: DrillClock | None) -> str:
    """How a drill is marked; empty for what is real."""
    if drill is None:
        return ""
    return say("演练") if drill.scale == 1 else say("演练 · 时钟 ×{scale}", scale=f"{drill.scale:g}")


def incident_page(
    incident: Incident,
    decisions: Iterable[Decision],
    sentences: Mapping[str, str],
    *,
    now: datetime,
    chain: str,
    moved: Iterable[Decision] = (),
) -> IncidentPage:
    """The page of an incident from its state, its decisions, the sentences of its regulation,
    at the real instant `now`.

    `chain` is the hash of its last decision in the event log;
    `moved` are earlier decisions that opened or moved obligations.
    """
    at, decided = case_time(incident.drill, now), tuple(decisions)
    return IncidentPage(
        incident_id=incident.incident_id,
        number=incident.number,
        title=incident.title,
        stage=attention.stage_words(incident),
        is_open=incident.closed_at is None,
        drill=drill_words(incident.drill),
        now=moment(at),
        event_number=incident.event_number,
        hash=chain,
        warnings=attention.warnings(incident),
        holders=holders(incident, at),
        steps=steps(incident),
        cards=cards(incident, at, sentences),
        clocks=clock_bars(incident, at),
        how=how_computed(incident, (*moved, *decided), at),
        units=unit_rows(incident, at),
        axes=standing.axes(incident, at),
        facts=standing.facts(incident, at),
        sources=standing.source_rows(incident),
        concerns=standing.concern_rows(incident),
        peers=standing.peer_rows(incident),
        owed_papers=documents.owed_papers(incident, sentences),
        papers=documents.paper_rows(incident, sentences),
        drafts=documents.draft_rows(incident),
        publications=documents.publication_rows(incident),
        coverage=documents.coverage(incident, at),
        indicators=indicator_groups(incident, at),
        clues=attention.clue_rows(incident),
        scores=documents.scores(incident, at),
        timeline=timeline(incident, decided, sentences),
    )
