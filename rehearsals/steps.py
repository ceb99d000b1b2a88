"""Steps of a rehearsal: who gives which command of the catalogue when,
and the refusal where one is expected.
"""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from pydantic_core import to_jsonable_python
from yaml.nodes import Node

from casework.edge import Malformed, read_command
from domain.catalogue import COMMANDS, AnyCommand
from domain.law.regulation import Law
from domain.steps.register import Register
from domain.terms.kinds import kind_of
from domain.terms.refusals import Reason
from domain.terms.roles import Actor
from rehearsals.instants import Times, read_instant
from rehearsals.source import Faulty, SourcePlace, YamlNode, entries, only, place, text, unknown
from rehearsals.values import ValueReading, read_record
from rehearsals.words import read_actor
from words.labels import explanation

REGISTER = kind_of(Register)
STEP_KEYS = ("at", "as", "on_duty", "refused", "note")
NOT_FOUND = "not_found"  # a case that the actor's unit has no part in does not exist for it
GONE = "gone"  # the case has been archived
# What the system itself may answer, beside the rules' reasons.
ANSWERS = (NOT_FOUND, GONE, "temporal_unavailable", "database_unavailable", "workflow_missing")

Defaults = dict[str, dict[str, YamlNode]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalStep:
    """A command given at an instant (UTC, whole seconds);
    `refused` is the reason for which it must be refused; `on_duty`: by the rota.
    """

    place: SourcePlace
    at: datetime
    actor: Actor
    command: AnyCommand
    refused: str | None = None
    on_duty: bool = False

    @property
    def kind(self) -> str:
        """The command's name in the catalogue."""
        return str(self.command.kind)

    @property
    def opens(self) -> bool:
        """Whether it is the registration that opens the case."""
        return isinstance(self.command, Register) and self.refused is None


def read_defaults(node: Node | None) -> Defaults:
    """Arguments that commands take where a step leaves them out, by command."""
    if node is None:
        return {}
    members = only(entries(node), COMMANDS)
    return {kind: entries(entry.value) for kind, entry in members.items()}


def discovery(nodes: list[Node], times: Times) -> Times:
    """The times of an incident: its base is `discovered_at` of the registration, which is absolute."""
    for node in nodes:
        step = entries(node)
        if REGISTER in step and "refused" not in step:
            arguments = entries(step[REGISTER].value)
            if "discovered_at" in arguments:
                base = read_instant(arguments["discovered_at"].value, replace(times, discovered_at=None))
                return replace(times, discovered_at=base)
    return times


def read_steps(nodes: list[Node], law: Law, times: Times, defaults: Defaults) -> tuple[RehearsalStep, ...]:
    """The steps of one incident in order.

    Raises Faulty for the first that cannot be read, or that goes back in time.
    """
    steps: list[RehearsalStep] = []
    for node in nodes:
        step = _read_step(node, law, times, defaults)
        if steps and step.at < steps[-1].at:
            raise Faulty(step.place, "步骤早于前一步。", "The step lies before the one above it.")
        steps.append(step)
    return tuple(steps)


def _read_step(node: Node, law: Law, times: Times, defaults: Defaults) -> RehearsalStep:
    members = entries(node)
    where = place(node)
    kind = _kind(members, where)
    for needed in ("at", "as"):
        if needed not in members:
            raise Faulty(where, f"步骤缺少“{needed}”。", f"The step lacks {needed!r}.")
    at = read_instant(members["at"].value, times)
    reading = ValueReading(law, replace(times, now=at))
    return RehearsalStep(
        place=where,
        at=at,
        actor=read_actor(members["as"].value, law),
        command=_command(kind, members[kind], defaults.get(kind, {}), reading),
        refused=_read_refused(members["refused"].value) if "refused" in members else None,
        on_duty="on_duty" in members and _yes(members["on_duty"]),
    )


def _yes(entry: YamlNode) -> bool:
    if text(entry.value) not in {"true", "false"}:
        raise Faulty(entry.place, "on_duty 应为 true 或 false。", "on_duty is true or false.")
    return text(entry.value) == "true"


def _kind(members: dict[str, YamlNode], where: SourcePlace) -> str:
    only(members, (*STEP_KEYS, *COMMANDS))
    kinds = [key for key in members if key in COMMANDS]
    if len(kinds) != 1:
        raise Faulty(where, "每一步恰好一个命令。", "A step gives exactly one command.")
    return kinds[0]


def _command(kind: str, node: YamlNode, defaults: dict[str, YamlNode], reading: ValueReading) -> AnyCommand:
    """The command as the edge reads it from anybody; its faults are told with the line of the argument."""
    arguments = {**defaults, **entries(node.value)}
    values = read_record(arguments, node.place, COMMANDS[kind], reading)
    body = json.dumps(to_jsonable_python(_with_zone(values)), ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    )
    try:
        return read_command(kind, body)
    except Malformed as malformed:
        fault = malformed.faults[0]
        name = fault.pointer.split("/")[1] if "/" in fault.pointer else ""
        where = place(arguments[name].value) if name in arguments else node.place
        words = explanation("malformed", fault.code)
        subject = fault.pointer or kind
        raise Faulty(
            where,
            f"“{subject}”{words.title.zh}：{words.advice.zh.format(subject=subject)}",
            f"{subject}: {words.title.en}. {words.advice.en.format(subject=subject)}",
        ) from None


def _with_zone(value: Any) -> Any:
    """Instants as text with their zone, which JSON does not know by itself."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, dict):
        return {name: _with_zone(item) for name, item in value.items()}
    if isinstance(value, tuple):
        return [_with_zone(item) for item in value]
    return value


def _read_refused(node: Node) -> str:
    written = text(node).strip()
    known = (*Reason, *ANSWERS)
    if written not in known:
        raise unknown(place(node), "拒绝理由", "reason of refusal", written, [str(word) for word in known])
    return written
