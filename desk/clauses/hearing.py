"""谁知悉、多快知悉: the table of the law in force by which notices reach persons, in words (DD-33)."""

from dataclasses import dataclass

from desk.case.status_panel import level_code
from domain.hearing import GRAVE_BREACHES
from domain.law.hearing_table import HearingTable, ToldPost
from words.labels import word
from words.language import say
from words.wording import duration


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldLine:
    """A post and when it is told."""

    post: str
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingPanel:
    """Who is told from the beginning, and in sentences how what is unread climbs."""

    posts: tuple[ToldLine, ...]
    climbs: tuple[str, ...]


def hearing_panel(table: HearingTable) -> HearingPanel:
    """The table for readers."""
    return HearingPanel(
        posts=tuple(ToldLine(post=word(row.post), when=_when(row)) for row in table.recipients),
        climbs=tuple(_climbs(table)),
    )


def _when(row: ToldPost) -> str:
    parts = [say("{level}及以上", level=level_code(row.level))]
    if row.h24:
        parts.append(say("24小时类"))
    if row.breach:
        parts.append(say("{kinds}超时", kinds=say("、").join(word(kind) for kind in sorted(GRAVE_BREACHES))))
    return say("；").join(parts)


def _climbs(table: HearingTable) -> list[str]:
    waits = [
        say(
            "{level}及以上：无人知悉的，每 {plain} 上升一步；24小时类每 {urgent}。",
            level=level_code(row.level),
            plain=duration(row.h48),
            urgent=duration(row.h24),
        )
        for row in table.waits
    ]
    old = say(
        "{level}及以上和24小时类，以及超时满 {old} 的，升至分管副市长。",
        level=level_code(table.urgent_level),
        old=duration(table.old_breach),
    )
    night = say(
        "夜间（{begins} 至 {ends}）只呼叫值班人员，天亮后再上升；{level}及以上、24小时类照常。",
        begins=f"{table.night_begins:%H:%M}",
        ends=f"{table.night_ends:%H:%M}",
        level=level_code(table.urgent_level),
    )
    waking = say("、").join(word(kind) for kind in table.waking)
    woken = [say("夜间照常上升的还有超时的：{kinds}。", kinds=waking)] if waking else []
    return [*waits, old, night, *woken]
