"""Where an incident stands at a glance: level and grade as two axes, the class,
and the facts as registered.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.case.state import Incident
from domain.rules.counting import next_count
from domain.rules.tracks import tracks
from domain.steps.close import unanswered_concerns
from domain.steps.instruct import instruction_owed
from domain.steps.retrospect import is_asked_for, retrospective_due
from domain.terms.vocabulary import EmergencyGrade, WarningLevel
from words.attention import consultation_words
from words.cards import unit_name
from words.event_text.description import (
    approval_words,
    broken_words,
    class_words,
    conclusion_words,
    names,
    suggested,
)
from words.labels import label, word
from words.language import marked, say
from words.platforms import platform_name
from words.wording import MomentText, listed, moment

_WEB = ("http://", "https://")


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisPoint:
    """A point of an axis: its code in data, its words, and whether the incident stands there."""

    code: str
    word: str
    is_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """Level and grade, each on its own axis, and the class that the grade alone decides."""

    levels: tuple[AxisPoint, ...]
    grades: tuple[AxisPoint, ...]
    level: str
    grade: str
    response_class: str
    suggestion: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """Where the matter was spoken of; `link` only for addresses of the web,
    `excluded` the reason why it does not count.
    """

    platform: str
    at: MomentText
    gist: str
    url: str
    link: str
    foreign_id: str
    credibility: str
    excluded: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernRow:
    """What the public asks, and whether a published text answers it."""

    number: int
    audience: str
    text: str
    is_answered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerRow:
    """A unit asked to verify, and what it said; silence reads 未反馈 (DD-25)."""

    peer: str
    asked_at: MomentText
    answered: MomentText | None
    answer: str
    result: str


def level_code(level: WarningLevel | None) -> str:
    """L1 to L4; empty before judgement."""
    return f"L{level.rank + 1}" if level is not None else ""


def axes(incident: Incident, at: datetime) -> Axes:
    """Both axes. Only the grades 重大 and 特别重大, or a designation, make it 24 hours (DD-01)."""
    grade = word(incident.grade)
    if incident.designated_major:
        grade = say("{grade}（已指定按重大突发事件办理）", grade=grade)
    decided = incident.level_path[-1].reason if incident.level_path else ""
    return Axes(
        levels=tuple(
            AxisPoint(code=level_code(level), word=word(level), is_here=level is incident.level)
            for level in WarningLevel
        ),
        grades=tuple(_points(EmergencyGrade, incident.grade)),
        level=word(incident.level) if incident.level else say("未研判"),
        grade=grade,
        response_class=class_words(incident.response_class),
        suggestion=suggested(incident.level_suggestion(at)),
        reason=decided,
    )


def _points(words: type[EmergencyGrade], here: StrEnum) -> Iterator[AxisPoint]:
    for member in words:
        yield AxisPoint(code=member.value, word=word(member), is_here=member is here)


def part_of(incident: Incident, unit: str) -> str:
    """The part of a unit in the incident, the weightiest where it has several; empty where it has none."""
    involved = {part.unit: word(part.role) for part in incident.involved}
    parts = (
        (unit in incident.first_responsible, marked("第一责任主体")),
        (unit in incident.responders, marked("共同回应")),
        (unit in incident.powers.deciding, marked("组织协调")),
        (any(item.peer == unit for item in incident.verifications), marked("协助核实")),
        (unit == incident.registrant.unit and unit not in involved, marked("登记单位")),
    )
    return next((say(name) for holds, name in parts if holds), involved.get(unit, ""))


def facts(incident: Incident, at: datetime) -> tuple[tuple[str, str], ...]:
    """What was registered and concluded, and what is owed of it at an instant, as pairs of heading and text;
    empty ones left out.
    """
    registrant = incident.registrant
    pairs = (
        (say("类型"), word(incident.subject_kind) + (f" · {incident.topic}" if incident.topic else "")),
        (say("事发时间"), moment(incident.occurred_at).text if incident.occurred_at else ""),
        (say("发现时间"), moment(incident.discovered_at).text),
        (
            label("steps", "registration").here,
            say(
                "{time}，{unit} {person}",
                time=moment(incident.registered_at).text,
                unit=unit_name(incident.law, registrant.unit),
                person=registrant.person,
            ),
        ),
        (say("涉及单位"), say("；").join(_involved(incident))),
        (say("第一责任主体"), names(incident, incident.first_responsible) or say("未确定")),
        (say("共同回应"), names(incident, incident.assignment.also) if incident.assignment else ""),
        (say("牵头单位"), unit_name(incident.law, incident.lead) if incident.lead else ""),
        (say("组织协调"), names(incident, incident.coordinators)),
        (say("责任依据"), _rule(incident)),
        (say("核实结论"), _conclusion(incident)),
        (say("不合规公布"), listed(_irregular(incident))),
        (say("三同步"), _tracks(incident)),
        (say("职权分工"), _powers(incident)),
        (say("次生舆情"), _precursor(incident)),
        (say("已并入本件"), listed(other.number for other in incident.screening.absorbed)),
        (say("会商"), consultation_words(incident)),
        (say("发现时间更正"), say("；").join(_corrections(incident))),
        (say("主要负责同志尚待过问"), names(incident, instruction_owed(incident))),
        (say("复盘"), _retrospective(incident)),
        (say("传播数据"), _counts(incident)),
        (say("下次传播数据"), counts_owed(incident, at)),
    )
    return tuple((heading, text) for heading, text in pairs if text)


def _powers(incident: Incident) -> str:
    """Who decides and who takes in, where 市政府办公室 or 市网信办 is itself the subject (DD-21)."""
    powers, offices = incident.powers, incident.law.offices
    parts = []
    if powers.deciding != (powers.receiving,):
        deciding = names(incident, powers.deciding)
        parts.append(say("研判、交办、办结、签发由 {units} 行使", units=deciding))
        parts.append(say("接收、提示、上报仍由 {unit} 承担", unit=unit_name(incident.law, powers.receiving)))
    if powers.cyberspace != offices.cyberspace_office:
        unit = unit_name(incident.law, powers.cyberspace)
        parts.append(
            say(
                "{office} 的职责由 {unit} 承担",
                office=unit_name(incident.law, offices.cyberspace_office),
                unit=unit,
            )
        )
    if incident.coordinating_office in incident.subjects:
        unit = unit_name(incident.law, incident.coordinating_office)
        parts.append(
            say(
                "可代行的单位均涉事，{unit} 在自身涉事中仍行使研判、交办、办结、签发，请报上级督办", unit=unit
            )
        )
    return say("；").join(parts)


def _tracks(incident: Incident) -> str:
    """How far event, handling and publication have come, once somebody answers (R383)."""
    if incident.assignment is None:
        return ""
    done, lacking = marked("{track}已有"), marked("{track}尚缺")
    return listed(
        say(done if is_there else lacking, track=word(one)) for one, is_there in tracks(incident).items()
    )


def _irregular(incident: Incident) -> Iterator[str]:
    """The texts that went out and could not have, each with the rules that it broke (DD-30)."""
    titles = {draft.id: draft.title for draft in incident.drafts}
    for item in incident.publications:
        if item.irregular:
            title = titles.get(item.draft, item.id)
            yield say("《{title}》（{rules}）", title=title, rules=broken_words(item.irregular))


def _precursor(incident: Incident) -> str:
    return say("承接已办结的 {number}", number=incident.secondary_to) if incident.secondary_to else ""


def _involved(incident: Incident) -> Iterator[str]:
    for part in incident.involved:
        unit, role = unit_name(incident.law, part.unit), word(part.role)
        if part.duty:
            yield say("{unit}（{role}，{duty}）", unit=unit, role=role, duty=part.duty)
        else:
            yield say("{unit}（{role}）", unit=unit, role=role)


def _rule(incident: Incident) -> str:
    assignment = incident.assignment
    if assignment is None:
        return ""
    rule = f"{assignment.rule} {word(assignment.rule)}" if assignment.rule else say("由市政府办公室确定")
    return say("{rule}；理由：{reason}", rule=rule, reason=assignment.reason) if assignment.reason else rule


def _conclusion(incident: Incident) -> str:
    conclusion = incident.conclusion
    if conclusion is None:
        return ""
    return say(
        "{conclusion}：{finding}（{time}；{approval}）",
        conclusion=conclusion_words(conclusion),
        finding=conclusion.finding,
        time=moment(conclusion.at).text,
        approval=approval_words(conclusion),
    )


def _corrections(incident: Incident) -> Iterator[str]:
    for correction in incident.clock_corrections:
        before, after = moment(correction.before).text, moment(correction.after).text
        yield say("{before} 改为 {after}（{reason}）", before=before, after=after, reason=correction.reason)


def _retrospective(incident: Incident) -> str:
    """Whether the review after the fact was done, or until when it is asked for (R110)."""
    done = incident.oversight.retrospectives
    if done:
        return say("{units} 已复盘", units=names(incident, dict.fromkeys(item.unit for item in done)))
    due = retrospective_due(incident)
    if due is not None:
        return say("应于 {time} 前完成", time=moment(due).text)
    return say("办结后须复盘") if is_asked_for(incident) else ""


def counts_owed(incident: Incident, at: datetime) -> str:
    """Since when a count is missing, or until when the next is asked for;
    empty where nobody is asked (DD-34).
    """
    due_at = next_count(incident)
    if due_at is None:
        return ""
    time = moment(due_at).text
    late, due = marked("应于 {time} 记录，尚未记录"), marked("请于 {time} 前记录")
    return say(late if due_at < at else due, time=time)


def _counts(incident: Incident) -> str:
    latest = max(incident.metrics, key=lambda taken: taken.at, default=None)
    if latest is None:
        return ""
    media = latest.local + latest.municipal + latest.provincial + latest.central
    return say(
        "发帖 {posts}，阅读 {reads}，评论 {comments}，媒体 {media} 家（截至 {time}）",
        posts=latest.posts,
        reads=latest.reads,
        comments=latest.comments,
        media=media,
        time=moment(latest.at).text,
    )


def source_rows(incident: Incident) -> tuple[SourceRow, ...]:
    """The sources in the order of what was posted or received."""
    excluded = {one.item: one.reason for one in incident.screening.excluded}
    numbered = enumerate(incident.sources, start=1)
    return tuple(
        SourceRow(
            platform=platform_name(incident.law, source.platform),
            at=moment(source.at),
            gist=source.gist,
            url=source.url,
            link=source.url if source.url.lower().startswith(_WEB) else "",
            foreign_id=source.foreign_id,
            credibility=word(source.credibility) if source.credibility else "",
            excluded=excluded.get(number, ""),
        )
        for number, source in sorted(numbered, key=lambda item: item[1].at)
    )


def concern_rows(incident: Incident) -> tuple[ConcernRow, ...]:
    """What the public asks, each answered or not."""
    waiting = set(unanswered_concerns(incident))
    return tuple(
        ConcernRow(
            number=concern.number,
            audience=word(concern.audience),
            text=concern.text,
            is_answered=concern.number not in waiting,
        )
        for concern in incident.concerns
    )


def peer_rows(incident: Incident) -> tuple[PeerRow, ...]:
    """The units asked to verify, in the order of asking."""
    return tuple(
        PeerRow(
            peer=unit_name(incident.law, request.peer),
            asked_at=moment(request.asked_at),
            answered=moment(request.answered_at) if request.answered_at else None,
            answer=word(request.answer) if request.answer else say("未反馈"),
            result=request.result,
        )
        for request in incident.verifications
    )
