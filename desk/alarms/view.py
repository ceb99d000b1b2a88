"""值守: what the watch says, in words: a sentence for every page,
and the alarms for whoever keeps the system.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from casework.watched import WATCH, Watched
from domain.terms.vocabulary import Marking
from storage.alarms import AlarmKind, WatchAlarm
from storage.checkpoint_outcomes import OutsidePlace
from storage.notice_board import Title
from words.labels import label
from words.language import marked, say
from words.wording import MomentText, duration, listed, moment

_WORDS: Final[dict[str, str]] = {
    AlarmKind.LIMIT_PASSED: marked("有时限已过而没有记录超时"),
    AlarmKind.CASE_MISSING: marked("有事件的流程没有在运行"),
    AlarmKind.CASE_FAILING: marked("有事件的流程出错"),
    AlarmKind.CASE_APART: marked("有事件的流程与事件记录不一致"),
    AlarmKind.CASE_LARGE: marked("有事件接近流程引擎的容量上限"),
    AlarmKind.DATABASE: marked("数据库不能写入"),
    AlarmKind.TEMPORAL: marked("流程引擎没有应答"),
    AlarmKind.WORKER: marked("工作进程没有在办理"),
    AlarmKind.BACKLOG: marked("流程任务积压，工作进程来不及办理"),
    AlarmKind.PROCESS: marked("有进程失去应答或意外退出"),
    AlarmKind.CLOCK: marked("有进程的时钟不准，时间以流程引擎为准"),
    AlarmKind.CHECKPOINT_STUCK: marked("存证点连续三次未能送出"),
    AlarmKind.CHANNEL_BROKEN: marked("有通知渠道连续失败，消息发不出去"),
    AlarmKind.CALL_STUCK: marked("有须知悉的通知未能送达任何人，请电话通知"),
    AlarmKind.INTRUSION: marked("有外人连接流程引擎，企图操作事件，未生效"),
    WATCH: marked("值守程序没有在巡查"),
}
_PROCESSES: Final[dict[str, str]] = {
    "web": marked("网页进程"),
    "worker": marked("工作进程"),
    WATCH: marked("值守程序"),
}
_OUTSIDE: Final = {
    OutsidePlace.WEBHOOK: marked("网络回调"),
    OutsidePlace.MAIL: marked("邮件"),
    OutsidePlace.STAMP: marked("时间戳服务"),
}
_NAMELESS: Final = Title(text="", marking=Marking.NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewerLine:
    """Who has seen an alarm, and when."""

    person: str
    at: MomentText


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmLine:
    """An alarm: what, since when, until when, who has seen it, and whether the reader still may say so.

    `which` names the process or the channel, or for readers who see incidents the incident that it is about,
    to which `href` leads.
    """

    position: int
    what: str
    which: str
    href: str
    marking: Marking
    since: MomentText
    closed: MomentText | None
    viewers: tuple[ViewerLine, ...]
    may_be_seen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchView:
    """What the watch says: `band` is empty while all is well;
    when it looked last, and whether that is too long ago.
    """

    band: str
    looked: MomentText | None
    is_silent: bool


def watch_view(watched: Watched) -> WatchView:
    """The watch in words, in the reader's language."""
    return WatchView(
        band=band(watched.shown),
        looked=None if watched.looked_at is None else moment(watched.looked_at.replace(microsecond=0)),
        is_silent=watched.is_silent,
    )


def band(checks: Iterable[str]) -> str:
    """One sentence for every page; empty while nothing is wrong."""
    words = listed(say(_WORDS[check]) for check in checks)
    if not words:
        return ""
    return say("值守报警：{checks}。系统正在自动恢复；恢复之前，临近的时限请人工核对。", checks=words)


def alarm_lines(
    alarms: Iterable[WatchAlarm], reader: str, incidents: Mapping[str, Title] | None = None
) -> tuple[AlarmLine, ...]:
    """Alarms in words, in the order given, for a reader of that login;
    `incidents` names those that the reader may see.
    """
    names = incidents or {}
    return tuple(
        AlarmLine(
            position=alarm.position,
            what=_clock_words(alarm) if alarm.kind is AlarmKind.CLOCK else say(_WORDS[alarm.kind]),
            which=_which(alarm, names),
            href=f"/incidents/{alarm.subject}" if alarm.subject in names else "",
            marking=names.get(alarm.subject, _NAMELESS).marking,
            since=moment(alarm.since.replace(microsecond=0)),
            closed=None if alarm.closed_at is None else moment(alarm.closed_at.replace(microsecond=0)),
            viewers=tuple(ViewerLine(person=one.name, at=moment(one.at)) for one in alarm.viewers),
            may_be_seen=alarm.closed_at is None and reader not in {one.person for one in alarm.viewers},
        )
        for alarm in alarms
    )


def _which(alarm: WatchAlarm, names: Mapping[str, Title]) -> str:
    if alarm.kind is AlarmKind.PROCESS:
        return alarm.subject
    if alarm.kind is AlarmKind.CHANNEL_BROKEN:
        return label("call_channels", alarm.subject).here
    if alarm.kind is AlarmKind.CHECKPOINT_STUCK:
        return say(_OUTSIDE[OutsidePlace(alarm.subject)])
    return names.get(alarm.subject, _NAMELESS).text


def unseen(lines: Iterable[AlarmLine]) -> str:
    """The alarms that the reader may say to have seen, as one button names them; empty for none."""
    return ",".join(str(line.position) for line in lines if line.may_be_seen)


def _clock_words(alarm: WatchAlarm) -> str:
    """Whose clock is wrong, and by how much when it was found."""
    ahead = timedelta(seconds=int(alarm.detail))
    process, span = say(_PROCESSES[alarm.subject]), duration(abs(ahead))
    if ahead > timedelta(0):
        return say("{process}的时钟快{span}，时间以流程引擎为准", process=process, span=span)
    return say("{process}的时钟慢{span}，时间以流程引擎为准", process=process, span=span)
