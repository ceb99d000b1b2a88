"""谁知悉、多快知悉: the table of posts, waits and night hours by which notices reach persons,
as data of the regulation (DD-33).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum
from typing import Final

from domain.terms.vocabulary import ObligationKind, ResponseClass, WarningLevel

_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(days=1)


class Recipient(StrEnum):
    """Who is told from the beginning: the addressed unit and its leaders, the offices, the city's leaders."""

    UNIT = "unit"
    OFFICE = "office"  # 市政府办公室
    DEPUTY_LEADER = "deputy_leader"
    PRINCIPAL_LEADER = "principal_leader"
    CYBERSPACE_OFFICE = "cyberspace_office"
    PUBLICITY_DEPARTMENT = "publicity_department"
    DEPUTY_MAYOR = "deputy_mayor"  # 分管副市长
    MAYOR = "mayor"


class HearingTableError(ValueError):
    """A table by which nobody could be told as DD-33 asks;
    `part` names where, the text says why in both languages.
    """

    def __init__(self, part: str, chinese: str, english: str) -> None:
        super().__init__(f"{part}: {chinese} {english}")
        self.part = part


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPost:
    """From which level on a post is told, and whether the 24-hour class and a grave breach reach
    it at any level.
    """

    post: Recipient
    level: WarningLevel
    h24: bool = False
    breach: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """How long whoever was reached has, from a level on,
    before the next one hears of what is unread: by class.
    """

    level: WarningLevel
    h24: timedelta
    h48: timedelta

    def of(self, response_class: ResponseClass) -> timedelta:
        """The wait in a class."""
        return self.h24 if response_class is ResponseClass.H24 else self.h48


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingTable:
    """Whom notices reach, and how soon.

    `recipients` are told from the beginning, in their order; `waits` are by level, the lowest first. A breach
    that is unread climbs to 分管副市长 once it is as old as `old_breach`; what is of the 24-hour class or
    from `urgent_level` on in its turn. From `night_begins` to `night_ends`, both of Shanghai, leaders are
    woken for these and for breaches of `waking`. Raises HearingTableError.
    """

    recipients: tuple[ToldPost, ...]
    waits: tuple[Wait, ...]
    urgent_level: WarningLevel
    old_breach: timedelta
    night_begins: time
    night_ends: time
    waking: tuple[ObligationKind, ...] = ()

    def __post_init__(self) -> None:
        for misfit in _misfits(self):
            raise misfit

    def wait(self, level: WarningLevel, response_class: ResponseClass) -> timedelta:
        """The wait at a level in a class: that of the highest row which the level reaches."""
        reached = [row for row in self.waits if row.level.rank <= level.rank]
        return reached[-1].of(response_class)

    def is_night(self, at: time) -> bool:
        """Whether a time of day in Shanghai is of the night, which may go over midnight or not."""
        if self.night_begins <= self.night_ends:
            return self.night_begins <= at < self.night_ends
        return at >= self.night_begins or at < self.night_ends


def _misfits(table: HearingTable) -> Iterator[HearingTableError]:
    lowest = WarningLevel.GENERAL_MATTER
    posts = [row.post for row in table.recipients]
    if len(set(posts)) < len(posts):
        yield HearingTableError("recipients", "同一岗位只写一行。", "Each post has one row.")
    if not table.recipients or table.recipients[0] != ToldPost(post=Recipient.UNIT, level=lowest):
        yield HearingTableError(
            "recipients",
            "第一行须是被通知单位（unit），自最低一级（general_matter）起，且不另设条件。",
            "The first row is the addressed unit, from the lowest level on and without a condition.",
        )
    ranks = [row.level.rank for row in table.waits]
    if not ranks or ranks[0] != lowest.rank or ranks != sorted(set(ranks)):
        yield HearingTableError(
            "waits",
            "等候时间自最低一级（general_matter）起，由低到高，每级至多一行。",
            "Waits begin at the lowest level and go up, each level once at most.",
        )
    spans = [span for row in table.waits for span in (row.h24, row.h48)]
    if not all(_SHORTEST <= span <= _LONGEST for span in spans):
        yield HearingTableError(
            "waits", "每次等候为一分钟至一天。", "Each wait lasts from one minute to one day."
        )
    if not _SHORTEST <= table.old_breach <= _LONGEST * 7:
        yield HearingTableError("old_breach", "应为一分钟至七天。", "It lasts from one minute to seven days.")
    if any(at.tzinfo is not None for at in (table.night_begins, table.night_ends)):
        yield HearingTableError("night_begins", "写北京时间，如 22:00。", "Write Beijing time, as 22:00.")
    if table.night_begins == table.night_ends:
        yield HearingTableError("night_ends", "夜间起止不能相同。", "The night does not begin when it ends.")


def _row(post: Recipient, level: WarningLevel, *, h24: bool = False, breach: bool = False) -> ToldPost:
    return ToldPost(post=post, level=level, h24=h24, breach=breach)


# What stands for the table in a law that was frozen before it was data.
BEFORE_THE_TABLE: Final = HearingTable(
    recipients=(
        _row(Recipient.UNIT, WarningLevel.GENERAL_MATTER),
        _row(Recipient.OFFICE, WarningLevel.GENERAL_MATTER),
        _row(Recipient.DEPUTY_LEADER, WarningLevel.SOCIAL_HOTSPOT, h24=True, breach=True),
        _row(Recipient.PRINCIPAL_LEADER, WarningLevel.COMPLEX_SENSITIVE, h24=True, breach=True),
        _row(Recipient.CYBERSPACE_OFFICE, WarningLevel.COMPLEX_SENSITIVE, h24=True, breach=True),
        _row(Recipient.PUBLICITY_DEPARTMENT, WarningLevel.COMPLEX_SENSITIVE, h24=True, breach=True),
        _row(Recipient.DEPUTY_MAYOR, WarningLevel.MAJOR_SITUATION, h24=True),
        _row(Recipient.MAYOR, WarningLevel.MAJOR_SITUATION),
    ),
    waits=(Wait(level=WarningLevel.GENERAL_MATTER, h24=timedelta(minutes=5), h48=timedelta(minutes=15)),),
    urgent_level=WarningLevel.MAJOR_SITUATION,
    old_breach=timedelta(hours=2),
    night_begins=time(22),
    night_ends=time(7),
    waking=(ObligationKind.PUB24,),
)
