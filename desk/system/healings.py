"""What was done to bring the records of cases together, in words:
ids and figures, nothing of what a case is about.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from audit.healing import CaseFault
from storage.cursors import Page
from storage.healings import HealingEntry, Phase
from words.language import marked, say
from words.wording import MomentText, moment

_FAULTS: Final = {
    CaseFault.LOG_BEHIND: marked("事件日志缺少记录"),
    CaseFault.WORKFLOW_BEHIND: marked("工作流落后于事件日志"),
    CaseFault.FORK: marked("两份记录互相冲突"),
    CaseFault.NO_WORKFLOW: marked("没有工作流"),
    CaseFault.WORKFLOW_ENDED: marked("工作流被终止或失败"),
    CaseFault.DOES_NOT_REPLAY: marked("工作流无法重放"),
    CaseFault.OLDER_RELEASE: marked("由旧版本记录"),
    CaseFault.ASKED_FOR: marked("要求重新启动"),
    CaseFault.UNFINISHED: marked("上次恢复未完成"),
}
_CAUSES: Final = {
    "start": marked("启动时核对"),
    "watch": marked("值守发现"),
    "rebuild": marked("命令重建"),
}
_PHASES: Final = {
    Phase.BEGUN: marked("已开始"),
    Phase.DONE: marked("已恢复"),
    Phase.FAILED: marked("未能恢复"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HealingLine:
    """One entry: when, of which case, why it was looked at, what was found, and what came of it."""

    at: MomentText | None
    incident_id: str
    cause: str
    faults: str
    phase: str
    is_failure: bool
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HealingsPage:
    """Some entries, how many decisions of forks are kept in all, and from where the older entries go on."""

    lines: tuple[HealingLine, ...]
    forked: int
    older: str | None


def healings_page(page: Page[HealingEntry], forked: int) -> HealingsPage:
    """The entries, in words."""
    return HealingsPage(lines=tuple(_line(one) for one in page.items), forked=forked, older=page.next_cursor)


def _line(entry: HealingEntry) -> HealingLine:
    return HealingLine(
        at=moment(entry.at.replace(microsecond=0)) if entry.at else None,
        incident_id=entry.incident_id,
        cause=say(_CAUSES[entry.cause]) if entry.cause in _CAUSES else entry.cause,
        faults=say("、").join(_named(entry.faults)) or "—",
        phase=say(_PHASES[entry.phase]),
        is_failure=entry.phase is Phase.FAILED,
        outcome=_outcome(entry),
    )


def _named(codes: Iterable[str]) -> Iterable[str]:
    known = {fault.value: words for fault, words in _FAULTS.items()}
    return (say(known[code]) if code in known else code for code in codes)


def _outcome(entry: HealingEntry) -> str:
    if entry.phase is not Phase.DONE:
        return entry.note or "—"
    words = [say("到第 {number} 号事件", number=entry.number)]
    if entry.appended:
        words.append(say("日志补 {count} 条决定", count=entry.appended))
    if entry.handed_over:
        words.append(say("重新递交 {count} 个步骤", count=entry.handed_over))
    if entry.forked:
        words.append(say("保留冲突的决定 {count} 条", count=entry.forked))
    return say("、").join(words)
