"""The append-only timeline: who did what and when, when it was recorded, from which clause;
系统 for the rules' own acts.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from domain.case.obligations import (
    ObligationBreached,
    ObligationEvent,
    ObligationOpened,
    ObligationPassed,
    ObligationReopened,
    ReminderSent,
)
from domain.case.state import Incident
from domain.catalogue import CaseEvent, Decision, Submission
from domain.law.articles import Article
from domain.rules.coordination import COMPREHENSIVE, CoordinatorsNamed
from domain.rules.counting import CLAUSE as COUNTING_CLAUSE
from domain.rules.counting import CountsMissing
from domain.rules.papers import PaperDrafted, PaperEvent, drafted_by_the_clock
from domain.rules.watch import CLAUSE as WATCH_CLAUSE
from domain.rules.watch import AlarmRaised, TaskReminded
from domain.steps.assign import Assigned
from domain.steps.close import Archived
from domain.terms.roles import BY_TOKEN
from words.cards import unit_name
from words.clauses import Citation, cite
from words.event_text import (  # noqa: F401  register what they describe
    amend,
    clues,
    coordination,
    facts,
    ladder,
    publications,
    rules,
)
from words.event_text.description import describe
from words.labels import label, word
from words.language import marked, say
from words.wording import WORTH_TELLING, MomentText, moment

SYSTEM = marked("系统")
_STEP_OF = {  # the kinds of step of the timeline's filter, by the rooms of the rules
    room: kind
    for kind, rooms in {
        "judging": ("register", "verify", "judge", "screen", "amend", "floors", "mark", "by_rota",
            "confirm_duty"),
        "assigning": ("assign", "sign", "coordinate", "coordination", "consult", "transfer"),
        "responding": (
            "respond", "countersign", "privacy", "exposure", "discrepancy", "discrepancies", "reconcile",
            "consistency", "publish", "reads", "report", "withdraw", "correct",
            "correction", "late_evidence",
        ),
        "oversight": ("escalate", "instruct", "extension", "appraise", "accountability"),
        "closing": ("close", "retrospect"),
        "limits": ("obligations", "watch", "counting"),
        "papers": ("papers",),
    }.items()
    for room in rooms
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineItem:
    """One event for readers; `recorded` where that was later, `why` for the rules' own acts,
    `follows` what came of it.

    `unit` is the code of whose act or obligation it is, empty where it is nobody's;
    `step` the kind of step that it belongs to; `paper` names the paper that it is about, empty for none.
    """

    number: int
    happened: MomentText
    recorded: MomentText | None
    who: str
    is_automatic: bool
    name: str
    text: str
    why: str
    clause: Citation | None
    unit: str
    unit_name: str
    step: str
    paper: str = ""
    follows: tuple["TimelineItem", ...] = ()


def timeline(
    incident: Incident, decisions: Iterable[Decision], sentences: Mapping[str, str]
) -> tuple[TimelineItem, ...]:
    """All events of an incident, the latest first; what the rules made of a person's step stands
    under that step.
    """
    entries = [entry for decided in decisions for entry in _of(incident, decided, sentences)]
    return tuple(reversed(entries))


def _of(incident: Incident, decided: Decision, sentences: Mapping[str, str]) -> Iterator[TimelineItem]:
    step: TimelineItem | None = None
    for number, event in enumerate(decided.events, start=decided.first_number):
        entry = _entry(incident, decided, event, number, sentences)
        if step is not None and event.by is None and not _by_the_clock(event):
            step = replace(step, follows=(*step.follows, entry))
            continue
        if step is not None:
            yield step
        step = entry
    if step is not None:
        yield step


def _by_the_clock(event: CaseEvent) -> bool:
    """Whether time alone brought the event about, even where the decision that noticed it was a person's."""
    if isinstance(event, PaperDrafted):
        return drafted_by_the_clock(event)
    return event.by is None and isinstance(
        event,
        ReminderSent
        | TaskReminded
        | AlarmRaised
        | CountsMissing
        | ObligationBreached
        | ObligationPassed
        | ObligationReopened
        | Archived,
    )


def _entry(
    incident: Incident, decided: Decision, event: CaseEvent, number: int, sentences: Mapping[str, str]
) -> TimelineItem:
    late = decided.now - event.at >= WORTH_TELLING
    unit = _unit(incident, event)
    return TimelineItem(
        number=number,
        happened=moment(event.at),
        recorded=moment(decided.now) if late else None,
        who=_who(incident, decided, event),
        is_automatic=event.by is None,
        name=label("events", event.kind).here,
        text=describe(event, incident),
        why="" if event.by is not None else _why(decided, event),
        clause=cite(_clause(incident, decided, event), sentences),
        unit=unit,
        unit_name=unit_name(incident.law, unit) if unit else "",
        step=_STEP_OF.get(type(event).__module__.rpartition(".")[2], ""),
        paper=_paper(event),
    )


def _paper(event: CaseEvent) -> str:
    if isinstance(event, PaperDrafted):
        return event.paper.id
    return event.paper if isinstance(event, PaperEvent) else ""


def _unit(incident: Incident, event: CaseEvent) -> str:
    """Whose act it is; of the rules' own acts, whose obligation or paper they concern."""
    unit: str | None
    match event:
        case _ if event.by is not None:
            unit = event.by.unit
        case ObligationOpened():
            unit = event.obligation.unit
        case PaperDrafted():
            unit = event.paper.unit
        case AlarmRaised():
            unit = event.unit
        case TaskReminded():
            meetings = incident.consultations
            unit = next(task.unit for one in meetings for task in one.tasks if task.id == event.task)
        case _ if isinstance(event, ObligationEvent):
            unit = incident.obligation(event.obligation).unit
        case _ if isinstance(event, PaperEvent):
            unit = incident.paper(event.paper).unit
        case _:
            unit = ""
    return incident.receiving_office if unit is None else unit


def _who(incident: Incident, decided: Decision, event: CaseEvent) -> str:
    """Who did it, and where a program did it with a token of that person, with which."""
    if event.by is None:
        return say(SYSTEM)
    who = f"{unit_name(incident.law, event.by.unit)} {word(event.by.role)} {event.by.person}"
    via = decided.cause.via if isinstance(decided.cause, Submission) else ""
    if not via.startswith(BY_TOKEN):
        return who
    return say("{who}（由程序使用令牌 {token} 办理）", who=who, token=via.removeprefix(BY_TOKEN))


def _why(decided: Decision, event: CaseEvent) -> str:
    """Why the rules acted: a person's step brought it about, or the clock did."""
    if isinstance(decided.cause, Submission) and not _by_the_clock(event):
        return say("由“{command}”引起", command=label("commands", decided.cause.command.kind).here)
    return say("时限到点")


def _clause(incident: Incident, decided: Decision, event: CaseEvent) -> str:
    """The clause an event rests on: that of its obligation or paper,
    else that of the command that a person gave.
    """
    match event:
        case Assigned():
            clause = event.clause
        case _ if (article := _own_article(event)) is not None:
            clause = incident.law.clause(article)
        case ObligationOpened():
            clause = event.obligation.clause
        case PaperDrafted():
            clause = event.paper.clause
        case _ if isinstance(event, ObligationEvent):
            clause = incident.obligation(event.obligation).clause
        case _ if isinstance(event, PaperEvent):
            clause = incident.paper(event.paper).clause
        case _:
            clause_of = decided.cause.command.clause if isinstance(decided.cause, Submission) else ""
            clause = incident.law.clause(clause_of) if clause_of else ""
    return clause


def _own_article(event: CaseEvent) -> str | None:
    """The article that an event of the rules rests on by itself, whatever brought it about."""
    match event:
        case AlarmRaised():
            return WATCH_CLAUSE
        case TaskReminded():
            return Article.CONSULTATION
        case CountsMissing():
            return COUNTING_CLAUSE
        case CoordinatorsNamed() if event.cause == COMPREHENSIVE:
            return Article.COMPREHENSIVE_OPINION
        case _:
            return None
