"""What a field of a form may name, in words: units of the law, and what the record of the case holds."""

from collections.abc import Iterable, Sequence
from typing import Final

from desk.step.fields import Option, Options
from desk.step.references import words_of
from domain.case.state import Incident
from domain.law.platforms import PlatformEntry
from domain.law.regulation import Law
from domain.nameable import nameable
from domain.terms.roles import Actor
from words.platforms import platform_name

_UNITS: Final = frozenset(
    {"unit", "to", "first", "also", "lead", "others", "members", "co_issuers", "units", "sender", "receiver",
     "organ", "peer", "stand_in"}
)  # fmt: skip


def options_in(
    kind: str, law: Law, incident: Incident | None, actor: Actor, channels: Sequence[str] = ()
) -> Options:
    """What each field of a command may name; None for a field that takes anything.

    `channels` are those of the unit that publishes.
    """

    def options(field: str) -> Sequence[Option] | None:
        if field in _UNITS:
            return _units(law, incident)
        if field == "platform":
            return _entries(law, law.register)
        if field == "channels":
            publishing = [entry for entry in law.register if entry.publishing]
            own = [entry for entry in publishing if entry.code in channels]
            return _entries(law, own or publishing)
        if incident is None:
            return None
        things = nameable(kind, field, incident, actor)
        if things is None:
            return None
        return [Option(value=name, text=words_of(thing, name, incident)) for name, thing in things]

    return options


def _units(law: Law, incident: Incident | None) -> list[Option]:
    """The units of the law, those first that have a part in the case."""
    near = set() if incident is None else _near(incident)
    in_order = sorted(law.units, key=lambda unit: unit.code not in near)
    return [Option(value=unit.code, text=unit.name) for unit in in_order]


def _near(incident: Incident) -> set[str]:
    involved = (part.unit for part in incident.involved)
    return {*involved, *incident.first_responsible, *incident.responders, *incident.coordinators}


def _entries(law: Law, entries: Iterable[PlatformEntry]) -> list[Option]:
    return [Option(value=entry.code, text=platform_name(law, entry.code)) for entry in entries]
