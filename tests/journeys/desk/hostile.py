"""Hostile texts in every field that stores one: rehearsals told anew with them,
and made-up steps for what no rehearsal does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from casework.edge import text_fault
from desk.step.fields import Option
from desk.step.options import options_in
from domain.case.clues import ClueNature
from domain.case.state import Incident
from domain.catalogue import COMMANDS, Decision, Submission
from domain.incident import apply, decision
from domain.terms.refusals import Refused
from domain.terms.roles import Actor, Role
from domain.terms.vocabulary import Marking
from rehearsals.steps import RehearsalStep
from storage.codec import COMMAND, digest
from tests.journeys.desk.told import each_plan, folded

PAYLOADS: Final = tuple(
    Path(__file__).with_name("payloads.txt").read_text(encoding="utf-8").removesuffix("\n").split("\n")
)
# Fields that name something by its code or id: what is none is refused, or never shown as a text.
NAMING: Final = frozenset(
    {
        "also", "channel", "channels", "clue", "co_issuers", "conflicts", "corrects", "discrepancies",
        "draft", "first", "hint", "incident", "kind", "lead", "members", "notice", "number", "obligation",
        "organ", "others", "paper", "platform", "publication", "receiver", "secondary_to", "sender",
        "sha256", "stand_in", "steps", "task", "to", "unit", "units", "updates",
    }
)  # fmt: skip
REFUSED: Final = frozenset(
    {"request_extension"}
)  # the regulation knows no extension: what is asked is never stored
ROLES: Final = (Role.HANDLER, Role.MONITOR, Role.DEPUTY_LEADER, Role.PRINCIPAL_LEADER, Role.CITY_LEADER)
Place = tuple[str, str]


def texts(kind: str) -> set[Place]:
    """The fields of a command that store a text, by the command and the field."""
    return {(kind, name) for name in _texts(COMMANDS[kind])}


def _texts(kind: Any) -> Iterator[str]:
    for name, hint in get_type_hints(kind).items():
        inner = _plain(hint)
        if is_dataclass(inner):
            yield from _texts(inner)
        elif inner is str and name not in NAMING:
            yield name


def _given(hint: Any) -> Any:
    """A type without its None."""
    if get_origin(hint) in {Union, UnionType}:
        return next(part for part in get_args(hint) if part is not NoneType)
    return hint


def _plain(hint: Any) -> Any:
    """A type without its None and without its list."""
    inner = _given(hint)
    return _plain(get_args(inner)[0]) if get_origin(inner) is tuple else inner


@dataclass
class Poison:
    """Puts one payload after the other into texts, and knows where it put some;
    `everywhere` also where nothing stood.
    """

    everywhere: bool = False
    used: int = 0
    put: set[str] = field(default_factory=set)

    def text(self, name: str) -> str:
        """The next payload that may stand in a field."""
        refused = 0
        while text_fault(PAYLOADS[self.used % len(PAYLOADS)], name) is not None:
            self.used += 1
            refused += 1
            assert refused < len(PAYLOADS), f"no payload may stand in {name}: does it name something?"
        self.used += 1
        self.put.add(name)
        return PAYLOADS[(self.used - 1) % len(PAYLOADS)]

    def into(self, value: Any, name: str = "") -> Any:
        """A value with payloads for its texts."""
        if is_dataclass(value) and not isinstance(value, type):
            return replace(
                value,
                **{
                    item.name: self.into(getattr(value, item.name), item.name)
                    for item in fields(value)
                    if item.init
                },
            )
        if isinstance(value, tuple):
            return tuple(self.into(item, name) for item in value)
        is_text = type(value) is str and name not in NAMING and (value or self.everywhere)
        return self.text(name) if is_text else value


@dataclass
class Told:
    """Hostile incidents by their ids, and the fields whose text they hold."""

    decisions: dict[str, tuple[Decision, ...]] = field(default_factory=dict)
    covered: set[Place] = field(default_factory=set)

    def keep(self, incident_id: str, made: tuple[Decision, ...], places: set[Place]) -> None:
        """Keep an incident that holds texts in fields that none before it had."""
        if not places <= self.covered:
            self.decisions[incident_id] = made
            self.covered |= places


@cache
def tell() -> Told:
    """Incidents that hold a payload in every text of every command."""
    told, poison = Told(), Poison()
    for everywhere in (False, True):
        poison.everywhere = everywhere
        for rehearsal, plan in each_plan():
            put: dict[RehearsalStep, set[str]] = {}

            def poisoned(step: RehearsalStep, put: dict[RehearsalStep, set[str]] = put) -> RehearsalStep:
                poison.put = set()
                made = replace(
                    step,
                    command=poison.into(step.command),
                    actor=replace(step.actor, person=poison.text("person")),
                )
                put[made] = poison.put
                return made

            named, fold = folded(rehearsal, plan, mark=f"hostile-{everywhere}", amend=poisoned)
            done = [outcome.step for outcome in fold.outcomes if outcome.refused is None]
            told.keep(
                named, fold.decisions, {(step.kind, name) for step in done for name in put[step] - {"person"}}
            )
    _invent(told, poison)
    return told


@cache
def wanted() -> frozenset[Place]:
    """Every field that stores a text."""
    return frozenset(place for kind in COMMANDS if kind not in REFUSED for place in texts(kind))


def _invent(told: Told, poison: Poison) -> None:
    """Steps that no rehearsal takes, or not with all texts, taken wherever the rules let somebody."""
    poison.everywhere = True
    for rehearsal, plan in each_plan():
        for place, step in enumerate(plan.steps[1:], start=1):
            lacking = {kind for kind, _ in wanted() - told.covered}
            if not lacking:
                return
            cut = replace(plan, steps=plan.steps[:place], until=step.at)
            named, fold = folded(rehearsal, cut, mark=f"made-up-{place}")
            made, incident = list(fold.decisions), fold.incident
            covered: set[Place] = set()
            for kind in sorted(lacking):
                for actor in _people(incident):
                    if (found := _taken(kind, incident, actor, step.at, poison)) is not None:
                        made.append(found)
                        incident, covered = apply(incident, found), covered | texts(kind)
                        break
            told.keep(named, tuple(made), covered)


def _people(incident: Incident | None) -> Iterator[Actor]:
    units = dict.fromkeys(("gov_office", *(item.unit for item in incident.involved)) if incident else ())
    for unit in units:
        for role in ROLES:
            yield Actor(person=f"{unit}-{role}-made-up", role=role, unit=unit)


def _taken(
    kind: str, incident: Incident | None, actor: Actor, at: datetime, poison: Poison
) -> Decision | None:
    """The decision on a made-up command; None when the rules refuse it."""
    if incident is None:
        return None
    try:
        command = _record(COMMANDS[kind], kind, incident, actor, at, poison)
        content = digest(COMMAND.dump_python(command, mode="json"))
        named = f"{incident.incident_id}-{incident.event_number}-{kind}"
        return decision(
            incident,
            Submission(command=command, actor=actor, received_at=at, command_id=named, digest=content),
            at,
        )
    except (Refused, LookupError):
        return None


def _record(
    wanted_type: Any, kind: str, incident: Incident, actor: Actor, at: datetime, poison: Poison
) -> Any:
    """A record with payloads for texts, the first choice where something is named,
    and the present elsewhere.
    """
    options = options_in(kind, incident.law, incident, actor)

    def value(name: str, hint: Any) -> Any:
        inner = _plain(hint)
        if is_dataclass(inner):
            found = _record(inner, kind, incident, actor, at, poison)
        elif inner is str and name in NAMING:
            found = _CODES.get(name) or _first(options(name))
        elif inner is str:
            found = poison.text(name)
        elif issubclass(inner, StrEnum):
            found = _CHOSEN.get(inner) or next(iter(inner))
        else:
            found = {datetime: at + timedelta(days=_DAYS.get(name, 0)), bool: False, int: 1, float: 1.0}[
                inner
            ]
        return (found,) if get_origin(_given(hint)) is tuple else found

    hints = get_type_hints(wanted_type)
    return wanted_type(
        **{
            item.name: value(item.name, hints[item.name])
            for item in fields(wanted_type)
            if item.init and item.name != "kind"
        }
    )


_CODES: Final = {
    "sha256": "a" * 64,
    "incident": "inc-" + "0" * 24,
    "number": "舆〔2026〕999号",
    "receiver": "discipline",  # the first choice looks into no acts
}


_CHOSEN: Final[dict[type[StrEnum], StrEnum]] = {
    Marking: Marking.INTERNAL,  # whose first is no change
    ClueNature: ClueNature.SUSPECTED_CRIME,  # whose first is no clue
}


_DAYS: Final = {
    "until": 3,
    "next_update_at": 3,
    "discovered_at": -10,
    "response_due_at": -8,
}  # from the present


def _first(options: Sequence[Option] | None) -> str:
    """What is named first; raises LookupError where there is nothing to name."""
    return (options or ())[0].value
