"""名录: who stands for a unit and where it speaks, and what it still lacks to be ready (R301, R401, R405)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.law.regulation import Law, Unit, UnitKind
from domain.terms.roles import Role
from domain.terms.vocabulary import PlatformCode


class Part(StrEnum):
    """In what part a person stands for a unit; monitors are two, A and B (R301)."""

    MONITOR = "monitor"
    BACKUP_MONITOR = "backup_monitor"
    PRINCIPAL_LEADER = "principal_leader"
    DEPUTY_LEADER = "deputy_leader"
    SPOKESPERSON = "spokesperson"

    @property
    def role(self) -> Role:
        """The role that the part acts in; a backup acts as monitor."""
        return Role.MONITOR if self is Part.BACKUP_MONITOR else Role(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyShift:
    """A person on duty for a unit by the rota (值班表), from an instant on until before another (UTC);
    `person` is the login id.
    """

    unit: str
    person: str
    since: datetime
    until: datetime

    def covers(self, at: datetime) -> bool:
        """Whether the person is on duty at an instant."""
        return self.since <= at < self.until


class ChannelStatus(StrEnum):
    """Whether a channel is in use."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Gap(StrEnum):
    """What a unit lacks."""

    MONITOR_MISSING = "monitor_missing"
    BACKUP_MISSING = "backup_missing"
    SAME_PERSON_TWICE = "same_person_twice"
    PRINCIPAL_MISSING = "principal_missing"
    DEPUTY_MISSING = "deputy_missing"
    CHANNEL_MISSING = "channel_missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPerson:
    """A person in a part for a unit, from a day until a day, both included; `person` is the login id."""

    unit: str
    part: Part
    person: str
    name: str
    phone: str = ""
    since: date
    until: date | None = None

    def serves(self, day: date) -> bool:
        """Whether the person has the part on a day."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """Where a unit speaks by the register (R120, DD-32), how many follow it there, whether it is in use,
    and verified by its platform as the unit's own.
    """

    unit: str
    platform: PlatformCode
    name: str
    followers: int = 0
    status: ChannelStatus = ChannelStatus.ACTIVE
    verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitReadiness:
    """A unit of the registry with the persons in office on a day, its channels, and its gaps."""

    unit: Unit
    persons: tuple[UnitPerson, ...]
    channels: tuple[Channel, ...]
    gaps: tuple[Gap, ...]

    @property
    def is_ready(self) -> bool:
        """Whether monitor, backup and both leaders are named,
        by different persons for the two monitors (R301, R401).
        """
        return not set(self.gaps) - {Gap.CHANNEL_MISSING}


def standings(
    law: Law, persons: Iterable[UnitPerson], channels: Iterable[Channel], day: date
) -> tuple[UnitReadiness, ...]:
    """Every unit of the law as it stands on a day; superior organs owe nothing here and lack nothing."""
    serving = [person for person in persons if person.serves(day)]
    all_channels = list(channels)
    lines = []
    for unit in law.units:
        own = tuple(person for person in serving if person.unit == unit.code)
        spoken = tuple(channel for channel in all_channels if channel.unit == unit.code)
        gaps = () if unit.type is UnitKind.SUPERIOR_ORGAN else _gaps(own, spoken)
        lines.append(UnitReadiness(unit=unit, persons=own, channels=spoken, gaps=gaps))
    return tuple(lines)


def _gaps(persons: tuple[UnitPerson, ...], channels: tuple[Channel, ...]) -> tuple[Gap, ...]:
    """Monitor and backup, two persons (R301); both leaders (R401); a channel in use (R120)."""
    by_part = {part: {one.person for one in persons if one.part is part} for part in Part}
    monitors, backups = by_part[Part.MONITOR], by_part[Part.BACKUP_MONITOR]
    lacking = {
        Gap.MONITOR_MISSING: not monitors,
        Gap.BACKUP_MISSING: not backups,
        Gap.SAME_PERSON_TWICE: bool(monitors and backups) and len(monitors | backups) == 1,
        Gap.PRINCIPAL_MISSING: not by_part[Part.PRINCIPAL_LEADER],
        Gap.DEPUTY_MISSING: not by_part[Part.DEPUTY_LEADER],
        Gap.CHANNEL_MISSING: not any(channel.status is ChannelStatus.ACTIVE for channel in channels),
    }
    return tuple(gap for gap, lacks in lacking.items() if lacks)
