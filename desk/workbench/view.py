"""What waits for a person, as the page shows it: whose turn it is, by case, the most urgent first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from desk.case.status_panel import level_code, part_of
from desk.case.view import case_time, drill_words
from desk.workbench.next_steps import NextStep, way, what_waits
from domain.case.obligations import Obligation
from domain.case.state import Incident
from domain.next_steps import holders, is_asked_by_assigning
from domain.rules.urgency import ANSWERING, ranked
from domain.terms.roles import Actor, Role
from domain.terms.vocabulary import Marking, ObligationKind
from words.labels import word
from words.lamps import LAMP_WORDS, Lamp, lamp
from words.language import say
from words.wording import Countdown, MomentText, countdown, moment

_BY_TEXT: Final = ANSWERING - {ObligationKind.SUP_FB}  # owed to the public: texts serve it
_FORM: Final = "/do/"
SIGNING: Final = frozenset({Role.PRINCIPAL_LEADER, Role.CITY_LEADER})
"""Who comes to sign and to instruct, and sees of the rest no more than that it is there."""


class Turn(StrEnum):
    """Whose turn a thing is; drills stand apart from all that is real."""

    APPROVE = "approve"
    OWN = "own"
    UNIT = "unit"
    DRILL = "drill"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLine:
    """One thing to do and where; its lamp and the remaining time where a limit runs on it,
    which `real_due` is the end of.

    `due` is by the clock of the case, which a drill has of its own.
    """

    deed: str
    href: str
    clause: str
    lamp: Lamp | None
    lamp_word: str
    due: MomentText | None
    real_due: datetime | None
    countdown: Countdown | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTasks:
    """What is to be done in one case, in the order of urgency."""

    incident_id: str
    number: str
    title: str
    marking: Marking
    drill: str
    level: str
    part: str
    tasks: tuple[TaskLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSection:
    """The cases in which it is somebody's turn; `is_folded` for what the person need not look at."""

    turn: Turn
    name: str
    empty: str
    cases: tuple[CaseTasks, ...]
    is_folded: bool

    @property
    def count(self) -> int:
        """How many things are to be done."""
        return sum(len(case.tasks) for case in self.cases)


def sections(
    incidents: Iterable[Incident], actor: Actor, now: datetime, *, on_duty: bool = False
) -> tuple[TaskSection, ...]:
    """What waits for a person at the real instant `now`:
    to approve, own turn, the unit's other things, drills.

    Of sections without anything those that people look for stand there all the same.
    """
    sorted_out: dict[Turn, list[tuple[datetime | None, CaseTasks]]] = {turn: [] for turn in Turn}
    for incident in incidents:
        for turn, first_due, case in _of_case(incident, actor, now, on_duty=on_duty):
            sorted_out[turn].append((first_due, case))
    signs = actor.role in SIGNING
    names = {
        Turn.APPROVE: (
            say("待批示签发") if signs else say("待审批"),
            say("没有待审批的文稿和文书。"),
        ),
        Turn.OWN: (say("待办理"), say("没有待办理的事项。")),
        Turn.UNIT: (say("本单位其他事项"), ""),
        Turn.DRILL: (say("演练"), ""),
    }
    is_real = any(sorted_out[turn] for turn in (Turn.APPROVE, Turn.OWN, Turn.UNIT))
    folded = {Turn.UNIT} | ({Turn.OWN} if signs else set()) | ({Turn.DRILL} if signs and is_real else set())
    return tuple(
        TaskSection(
            turn=turn,
            name=name,
            empty=empty,
            cases=tuple(case for _, case in _by_due(sorted_out[turn], now)),
            is_folded=turn in folded and bool(sorted_out[turn]),
        )
        for turn, (name, empty) in names.items()
        if sorted_out[turn] or empty
    )


def first_task(waiting: Iterable[TaskSection]) -> str | None:
    """Where the most urgent thing is done that is the person's own turn; None where nothing waits.

    What has no limit comes after what has one, what is folded away after what stands open,
    and drills after all that is real.
    """
    own = [
        ((section.turn is Turn.DRILL, section.is_folded, task.real_due is None), task)
        for section in waiting
        for case in section.cases
        for task in case.tasks
        if _FORM in task.href
    ]
    first = min(
        own, key=lambda item: (*item[0], item[1].real_due or datetime.max.replace(tzinfo=UTC)), default=None
    )
    return first[1].href if first else None


def _by_due(
    cases: list[tuple[datetime | None, CaseTasks]], now: datetime
) -> list[tuple[datetime | None, CaseTasks]]:
    return sorted(cases, key=lambda item: (item[0] is None, item[0] or now))


def _of_case(
    incident: Incident, actor: Actor, now: datetime, *, on_duty: bool
) -> Iterator[tuple[Turn, datetime | None, CaseTasks]]:
    """The case once for each turn in which something is to be done, with the earliest limit of these."""
    tasks: dict[Turn, list[tuple[datetime | None, TaskLine]]] = {}
    for is_approved, due, task in _tasks(incident, actor, now, on_duty=on_duty):
        turn = Turn.APPROVE if is_approved else Turn.OWN if _FORM in task.href else Turn.UNIT
        tasks.setdefault(Turn.DRILL if incident.drill else turn, []).append((due, task))
    for turn, several in tasks.items():
        in_order = sorted(several, key=lambda item: (item[0] is None, item[0] or now))
        case = CaseTasks(
            incident_id=incident.incident_id,
            number=incident.number,
            title=incident.title,
            marking=incident.gravest_marking,
            drill=drill_words(incident.drill),
            level=level_code(incident.level),
            part=part_of(incident, actor.unit),
            tasks=tuple(task for _, task in in_order),
        )
        yield turn, in_order[0][0], case


def _tasks(
    incident: Incident, actor: Actor, now: datetime, *, on_duty: bool
) -> Iterator[tuple[bool, datetime | None, TaskLine]]:
    """Each thing to do: whether it is an approval, and when its limit runs out in real time."""
    instant = case_time(incident.drill, now)
    owed = [obligation for obligation in ranked(incident) if actor.unit in holders(incident, obligation)]
    for obligation in owed:
        if is_asked_by_assigning(incident, obligation, actor, on_duty=on_duty):
            continue
        step = NextStep(deed=word(obligation.kind), href=way(incident, obligation, actor))
        yield False, _real(incident, obligation), _task(incident, step, obligation, instant)
    answer = next((obligation for obligation in owed if obligation.kind in _BY_TEXT), None)
    for step in what_waits(incident, actor, on_duty=on_duty):
        served = answer if step.serves_answer else None
        due = _real(incident, served) if served else None
        yield step.is_approval, due, _task(incident, step, served, instant)


def _real(incident: Incident, obligation: Obligation) -> datetime:
    """When a limit runs out in real time, also in a drill, so that all stand in one order."""
    return incident.drill.real(obligation.due_at) if incident.drill else obligation.due_at


def _task(incident: Incident, step: NextStep, obligation: Obligation | None, instant: datetime) -> TaskLine:
    lit = lamp(obligation, instant) if obligation else None
    return TaskLine(
        deed=step.deed,
        href=step.href,
        clause=obligation.clause if obligation else "",
        lamp=lit,
        lamp_word=say(LAMP_WORDS[lit]) if lit else "",
        due=moment(obligation.due_at) if obligation else None,
        real_due=_real(incident, obligation) if obligation else None,
        countdown=countdown(obligation.due_at, instant, incident.drill) if obligation else None,
    )
