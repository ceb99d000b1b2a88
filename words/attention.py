"""What a supervisor must not miss: how a case ended otherwise, what holds a text back,
and where each clue stands.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from domain.case.clues import Clue
from domain.case.records import Draft
from domain.case.screening import SentOn
from domain.case.state import Incident
from domain.case.talking_points import Discrepancy
from domain.rules.coordination import consultation_causes, is_mandatory
from domain.rules.discrepancies import standing
from domain.terms.facts import CONCLUSION, OCCURRED, moment_of
from domain.terms.findings import Fact
from domain.terms.ids import Thing, names
from domain.terms.parties import PERSONS, PLACES
from words.cards import unit_name
from words.labels import label, word
from words.language import say
from words.wording import listed, moment

_LONGEST_FIGURE: Final = 20  # one that is longer is the end of what has none


@dataclass(frozen=True, slots=True, kw_only=True)
class ClueRow:
    """A clue: the act, who receives it, and how far it has come."""

    id: str
    nature: str
    act: str
    receiver: str
    state: str
    is_waiting: bool


def warnings(incident: Incident) -> tuple[str, ...]:
    """What stands over the whole case: it was voided or merged, or units contradict one another."""
    return tuple(_warnings(incident))


def _warnings(incident: Incident) -> Iterator[str]:
    screening = incident.screening
    if screening.voided:
        yield say("误登记，已撤销：{reason}；记录与已有的超时均保留。", reason=screening.voided)
    if (sent := screening.sent_on) is not None:
        yield say(
            "不属受理范围（{house}），已转 {destination}，已告知 {addressees}：{reason}；不计办结，"
            "记录均保留。",
            **sent_words(sent),
        )
    if screening.merged_into is not None:
        yield say("已并入 {number}，在该件继续办理；两件的记录均保留。", number=screening.merged_into.number)
    if incident.closed_at is None:
        for conflict in incident.open_conflicts:
            yield say(
                "{one}与{other}关于“{subject}”的说法不一致；审定口径前不得公布。",
                one=source_words(incident, conflict.draft),
                other=source_words(incident, conflict.other),
                subject=conflict.subject,
            )


def sent_words(sent: SentOn) -> dict[str, str]:
    """Where an item went that was not ours, who was told, and why, to be put into a sentence."""
    return {
        "house": word(sent.house),
        "destination": sent.destination,
        "addressees": sent.addressees,
        "reason": sent.reason,
    }


def stage_words(incident: Incident) -> str:
    """The stage, or how the case ended otherwise than by being settled."""
    if incident.archived_at is None and incident.screening.voided:
        return say("已撤销")
    if incident.archived_at is None and incident.screening.merged_into is not None:
        return say("已并入他件")
    return word(incident.stage)


def source_words(incident: Incident, source: str) -> str:
    """Whose draft or publication it is, and its title."""
    draft = incident.held_draft(source)
    if draft is None:
        return source
    return say("{unit}《{title}》", unit=unit_name(incident.law, draft.unit), title=draft.title)


def blocks(incident: Incident, draft: Draft) -> tuple[str, ...]:
    """What holds a draft back from review and publication:
    personal data, conflicts, and what differs by what was read in it.
    """
    lines: list[str] = []
    for exposure in incident.exposures:
        if exposure.draft == draft.id and exposure.standing:
            kinds = listed(word(kind) for kind in dict.fromkeys(item.kind for item in exposure.standing))
            lines.append(say("含未处理的个人信息（{kinds}），暂停", kinds=kinds))
    if any(draft.id in {conflict.draft, conflict.other} for conflict in incident.open_conflicts):
        lines.append(say("与其他单位说法不一致，暂停"))
    lines += (
        say("终审前须核对：{what}", what=discrepancy_words(incident, item))
        for item in standing(incident, draft)
    )
    return tuple(lines)


def discrepancy_words(incident: Incident, item: Discrepancy) -> str:
    """What a draft states by what was read in it, and what another source says."""
    return say(
        "文中“{mine}”，{source}“{theirs}”",
        mine=fact_words(item.fact),
        source=say("本稿所填") if item.other == item.draft else _source_words(incident, item.other),
        theirs=fact_words(item.theirs),
    )


def _source_words(incident: Incident, source: str) -> str:
    return say("审定的口径") if names(source, Thing.TALKING_POINTS) else source_words(incident, source)


def fact_words(fact: Fact) -> str:
    """What was read, with what it is about."""
    about = label("SubjectClass", fact.about).here
    if fact.about == CONCLUSION:
        return say("{subject}：{value}", subject=about, value=label("Verdict", fact.low).here)
    if fact.about == OCCURRED:
        return say("{subject}：{value}", subject=about, value=_time_words(fact))
    if fact.about in PERSONS | PLACES:
        return say("{subject}：{value}", subject=about, value=fact.low)
    endless = len(fact.high) > _LONGEST_FIGURE
    amount = f"≥{fact.low}" if endless else f"{fact.low}–{fact.high}" if fact.high else fact.low
    return say("{subject}：{value}", subject=about, value=f"{amount} {fact.unit}")


def _time_words(fact: Fact) -> str:
    time = moment_of(fact)
    day = "-".join(str(part) for part in (time.year, time.month, time.day) if part is not None)
    if time.seconds is None:
        return day
    return f"{day} {time.seconds // 3600}:{time.seconds // 60 % 60:02}".strip()


def consultation_words(incident: Incident) -> str:
    """Whether a joint consultation was held or is called for, and what it left to be done (R382)."""
    consultations = incident.consultations
    if not consultations:
        causes = consultation_causes(incident) if incident.consultation_causes else ()
        if not causes:
            return ""
        why = listed(word(cause) for cause in causes)
        if is_mandatory(causes):
            return say("应当召开，尚未召开（{causes}）", causes=why)
        return say("建议召开，尚未召开（{causes}）", causes=why)
    left = [task for one in consultations for task in one.tasks if task.done_at is None]
    tasks = listed(f"{unit_name(incident.law, task.unit)} {task.text}" for task in left)
    if left:
        return say("已召开 {count} 次；任务未完成：{tasks}", count=len(consultations), tasks=tasks)
    return say("已召开 {count} 次", count=len(consultations))


def clue_rows(incident: Incident) -> tuple[ClueRow, ...]:
    """The clues in the order in which they were proposed."""
    return tuple(
        ClueRow(
            id=clue.id,
            nature=word(clue.nature),
            act=clue.act,
            receiver=unit_name(incident.law, clue.receiver),
            state=_clue_state(clue),
            is_waiting=clue.is_pending or clue.lacks_receipt,
        )
        for clue in incident.clues
    )


def _clue_state(clue: Clue) -> str:
    if clue.declined_at is not None:
        return say("不予移交，{time}", time=moment(clue.declined_at).text)
    if clue.transferred_at is None:
        return say("待签批（已签 {count} 人，须 2 人）", count=len(clue.signatures))
    if clue.lacks_receipt:
        return say("{time} 移交，待回执", time=moment(clue.transferred_at).text)
    if clue.result:
        return say("已移交，回执：{receipt}；查处结果：{result}", receipt=clue.receipt, result=clue.result)
    return say("已移交，回执：{receipt}", receipt=clue.receipt)
