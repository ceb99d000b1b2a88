"""A rehearsal file as a whole: header, incidents with their steps and expectations,
and steps of the system.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from yaml.nodes import Node

from domain.law.regulation import Law
from rehearsals.call_plan import CallPlan, read_calls
from rehearsals.expectations import Expectation, read_expectations
from rehearsals.instants import Times, read_instant
from rehearsals.source import Faulty, SourcePlace, YamlNode, entries, items, only, place, read, text, unknown
from rehearsals.steps import Defaults, RehearsalStep, discovery, read_defaults, read_steps
from settings import REGULATION
from storage.regulations import load_law

HEADER_KEYS = (
    "rehearsal",
    "title",
    "note",
    "regulation",
    "scale",
    "shared",
    "defaults",
    "system",
    "incidents",
    "calls",
)
INCIDENT_KEYS = ("title", "note", "defaults", "until", "steps", "expect")
SYSTEM_KEYS = ("at", "stop", "start", "note")
ONLY = "incident"  # the name of the incident of a file that holds one
DEFAULT_SCALE = 3600.0


class DocumentPart(StrEnum):
    """A part of the system that a rehearsal may stop and start."""

    WORKER = "worker"
    TEMPORAL = "temporal"
    DATABASE = "database"


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemStep:
    """Stopping (or starting again) a part of the system at an instant of the drill."""

    place: SourcePlace
    at: datetime
    part: DocumentPart
    running: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentPlan:
    """What is done to one incident and what must come of it; `until` is when the rehearsal of it ends."""

    name: str
    place: SourcePlace
    steps: tuple[RehearsalStep, ...]
    expectations: tuple[Expectation, ...]
    until: datetime

    @property
    def registration(self) -> RehearsalStep:
        """The step that opens the case."""
        return next(step for step in self.steps if step.opens)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """One file: incidents, or the calls of one notice.

    `regulation` names the law; `scale` is how fast a file that stops the system runs.
    """

    path: str
    name: str
    title: str
    regulation: str
    scale: float
    incidents: tuple[IncidentPlan, ...]
    system: tuple[SystemStep, ...] = ()
    calls: CallPlan | None = None

    @property
    def begins_at(self) -> datetime:
        """The first instant at which anything is done."""
        if self.calls is not None:
            return self.calls.notice.at
        return min(step.at for plan in self.incidents for step in plan.steps)

    @property
    def ends_at(self) -> datetime:
        """The last instant that anything is done or expected at."""
        instants = [
            expected.at
            for plan in self.incidents
            for expected in plan.expectations
            if expected.at is not None
        ]
        return max((*(plan.until for plan in self.incidents), *(step.at for step in self.system), *instants))


def load(path: Path, *, shift: timedelta = timedelta(0)) -> Rehearsal:
    """The rehearsal of a file, all its instants moved by `shift`. Raises Faulty with file and line."""
    root = read(path)
    members = entries(root)
    single = "incidents" not in members
    only(members, (*HEADER_KEYS, *(INCIDENT_KEYS if single else ())))
    regulation = text(members["regulation"].value) if "regulation" in members else REGULATION
    times = Times(shift=shift)
    law = _law(members.get("regulation"), regulation, place(root))
    if "calls" in members:
        return _of_calls(path, members, law, times)
    reader = _Reader(law=law, times=times)
    if single:
        plans = [reader.plan(ONLY, members, place(root))]
    else:
        shared = read_defaults(members["defaults"].value if "defaults" in members else None)
        plans = replace(reader, shared=shared).plans(members["incidents"].value)
    return Rehearsal(
        path=str(path),
        name=text(members["rehearsal"].value) if "rehearsal" in members else path.stem,
        title=text(members["title"].value) if "title" in members else path.stem,
        regulation=regulation,
        scale=_scale(members.get("scale")),
        incidents=tuple(plans),
        system=_read_system(members.get("system"), plans[0], times),
    )


def _of_calls(path: Path, members: dict[str, YamlNode], law: Law, times: Times) -> Rehearsal:
    """A file of calls, which holds no incident beside."""
    only(members, ("rehearsal", "title", "note", "regulation", "calls"))
    return Rehearsal(
        path=str(path),
        name=text(members["rehearsal"].value) if "rehearsal" in members else path.stem,
        title=text(members["title"].value) if "title" in members else path.stem,
        regulation=text(members["regulation"].value) if "regulation" in members else REGULATION,
        scale=DEFAULT_SCALE,
        incidents=(),
        calls=read_calls(members["calls"], law, times),
    )


def _law(entry: YamlNode | None, regulation: str, where: SourcePlace) -> Law:
    """The law by whose units the file is read; the year matters to its calendar alone."""
    try:
        return load_law(regulation, datetime.now().astimezone().year)
    except FileNotFoundError:
        place = entry.place if entry else where
        raise Faulty(place, f"没有规则“{regulation}”。", f"There is no regulation {regulation!r}.") from None


def _scale(entry: YamlNode | None) -> float:
    if entry is None:
        return DEFAULT_SCALE
    try:
        scale = float(text(entry.value))
    except ValueError:
        scale = 0.0
    if not scale >= 1:
        raise Faulty(entry.place, "scale 应为不小于 1 的数。", "The scale is a number of at least 1.")
    return scale


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Reads the incidents of a file: by one law, one shift, and the arguments that they share."""

    law: Law
    times: Times
    shared: Defaults = field(default_factory=dict)

    def plans(self, node: Node) -> list[IncidentPlan]:
        """All incidents of the mapping `incidents`."""
        members = entries(node)
        if not members:
            raise Faulty(place(node), "incidents 是空的。", "No incident is given.")
        return [
            self.plan(name, only(entries(entry.value), INCIDENT_KEYS), entry.place)
            for name, entry in members.items()
        ]

    def plan(self, name: str, parts: dict[str, YamlNode], where: SourcePlace) -> IncidentPlan:
        """One incident from its parts."""
        if "steps" not in parts:
            raise Faulty(where, "缺少“steps”。", "'steps' are missing.")
        nodes = items(parts["steps"].value)
        based = discovery(nodes, self.times)
        steps = read_steps(nodes, self.law, based, self._defaults(parts))
        _check_registration(steps, parts["steps"].place)
        last = steps[-1].at
        until = read_instant(parts["until"].value, based) if "until" in parts else last
        if until < last:
            raise Faulty(parts["until"].place, "until 早于最后一步。", "'until' lies before the last step.")
        expected = read_expectations(parts["expect"].value, self.law, based) if "expect" in parts else ()
        return IncidentPlan(name=name, place=where, steps=steps, expectations=expected, until=until)

    def _defaults(self, parts: dict[str, YamlNode]) -> Defaults:
        own = read_defaults(parts["defaults"].value if "defaults" in parts else None)
        return {kind: {**self.shared.get(kind, {}), **own.get(kind, {})} for kind in {*self.shared, *own}}


def _check_registration(steps: tuple[RehearsalStep, ...], where: SourcePlace) -> None:
    """One registration opens the case; before it nothing can be done but to have a registration refused."""
    before = [
        step.kind == "register"
        for step in steps[: next((i for i, step in enumerate(steps) if step.opens), 0)]
    ]
    if sum(step.opens for step in steps) != 1 or not all(before):
        raise Faulty(where, "须先由一个 register 步骤登记。", "One register step must come first.")


def _read_system(entry: YamlNode | None, first: IncidentPlan, times: Times) -> tuple[SystemStep, ...]:
    if entry is None:
        return ()
    command = first.registration.command
    based = replace(times, discovered_at=getattr(command, "discovered_at", None))
    steps = tuple(_read_system_step(node, based) for node in items(entry.value))
    stopped: set[DocumentPart] = set()
    for step in sorted(steps, key=lambda step: step.at):
        if step.running is (step.part not in stopped):
            raise Faulty(
                step.place, f"{step.part} 已处于该状态。", f"The {step.part} is in that state already."
            )
        (stopped.discard if step.running else stopped.add)(step.part)
    if stopped:
        raise Faulty(entry.place, "停下的部分最后都要启动。", "Whatever is stopped must be started again.")
    return steps


def _read_system_step(node: Node, times: Times) -> SystemStep:
    members = only(entries(node), SYSTEM_KEYS)
    where = place(node)
    verbs = [verb for verb in ("stop", "start") if verb in members]
    if len(verbs) != 1 or "at" not in members:
        raise Faulty(where, "写作 {at: …, stop: worker}。", "Write {at: ..., stop: worker} or start.")
    written = text(members[verbs[0]].value)
    if written not in list(DocumentPart):
        raise unknown(
            place(members[verbs[0]].value), "系统部分", "part of the system", written, list(DocumentPart)
        )
    at = read_instant(members["at"].value, times)
    return SystemStep(place=where, at=at, part=DocumentPart(written), running=verbs[0] == "start")
