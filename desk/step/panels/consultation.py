"""会商、口径: why units should meet, who has said what so far, the tasks that came of it,
and what is to be agreed (R382, R208).
"""

from collections.abc import Iterator

from desk.step.panels.panel import (
    LineMark,
    Panel,
    PanelLine,
    PanelTable,
    StepContext,
    StepPanel,
    plain,
    warned,
)
from domain.case.state import Incident
from domain.case.talking_points import Conflict
from domain.rules.coordination import consultation_causes, is_mandatory
from domain.terms.claim_values import normal
from words.attention import source_words
from words.cards import unit_name
from words.labels import label, word
from words.language import say
from words.wording import absolute, listed


def consulting(circumstance: StepContext) -> StepPanel:
    """The aid to record a consultation: why it is called for, and who has spoken;
    those with a part in it are ticked.
    """
    incident = circumstance.incident
    members = (
        *incident.powers.deciding[:1],
        incident.receiving_office,
        *incident.coordinators,
        *incident.responders,
        *incident.subjects,
    )
    return StepPanel(
        panels=(*_called_for(incident), _spoken(incident), *_held(incident)),
        values={"members": tuple(dict.fromkeys(members))},
    )


def tasks(circumstance: StepContext) -> StepPanel:
    """The aid to report a task done."""
    return StepPanel(panels=(*_joint(circumstance.incident), *_held(circumstance.incident)))


def planning(circumstance: StepContext) -> StepPanel:
    """The aid to set the response down: why, who has spoken, and what consultations decided."""
    return StepPanel(
        panels=(
            *_spokesperson(circumstance.incident),
            *_called_for(circumstance.incident),
            _spoken(circumstance.incident),
            *_held(circumstance.incident),
        )
    )


def agreeing(circumstance: StepContext) -> StepPanel:
    """The aid to approve talking points: both sides of each contradiction; all that are open are ticked."""
    incident = circumstance.incident
    conflicts = incident.open_conflicts
    rows = tuple(row for conflict in conflicts for row in _sides(incident, conflict))
    head = (label("fields", "subject").here, say("谁的说法"), label("fields", "value").here)
    panel = Panel(
        heading=say("说法不一之处"),
        lines=() if rows else plain(say("各单位的说法没有不一致；可以预先审定口径。")),
        table=PanelTable(caption=say("双方的说法"), head=head, rows=rows) if rows else None,
        note=say("审定后，各单位公布的内容须与口径一致，不一致的不能公布。"),
    )
    earlier = tuple(_points(incident))
    before = (Panel(heading=say("已审定的口径"), lines=earlier),) if earlier else ()
    return StepPanel(
        panels=(panel, *before, _spoken(incident)),
        values={"conflicts": tuple(conflict.id for conflict in conflicts)},
        checks=True,
    )


def _called_for(incident: Incident) -> Iterator[Panel]:
    causes = consultation_causes(incident)
    if not causes:
        return
    said = listed(word(cause) for cause in causes)
    panels = (
        say("应当召开联合会商：{causes}", causes=said)
        if is_mandatory(causes)
        else say("建议召开联合会商：{causes}", causes=said)
    )
    yield Panel(heading=say("为什么要会商"), lines=warned(panels), note=say("公布不必等会商。"))


def _spoken(incident: Incident) -> Panel:
    """Each unit with a part in the case, and the last that was heard of it."""
    involved = (*incident.responders, *(part.unit for part in incident.involved))
    rows = tuple(
        (unit_name(incident.law, unit), _last_word(incident, unit) or say("还没有任何说法"))
        for unit in dict.fromkeys(involved)
    )
    return Panel(
        heading=say("谁说过什么"),
        lines=() if rows else plain(say("还没有涉事单位。")),
        table=PanelTable(
            caption=say("各单位最近的说法"), head=(label("fields", "unit").here, say("最近的说法")), rows=rows
        )
        if rows
        else None,
    )


def _last_word(incident: Incident, unit: str) -> str:
    heard = [*_drafts(incident, unit), *_reports(incident, unit)]
    return max(heard)[1] if heard else ""


def _drafts(incident: Incident, unit: str) -> Iterator[tuple[str, str]]:
    published = {item.draft: item.published_at for item in incident.publications}
    for draft in incident.drafts:
        if draft.unit != unit:
            continue
        if (out := published.get(draft.id)) is not None:
            yield absolute(out), say("{at} 公布《{title}》", at=absolute(out), title=draft.title)
        else:
            at = absolute(draft.drafted_at)
            yield at, say("{at} 起草《{title}》，尚未公布", at=at, title=draft.title)


def _reports(incident: Incident, unit: str) -> Iterator[tuple[str, str]]:
    for verification in incident.verifications:
        if (
            verification.peer == unit
            and verification.answered_at is not None
            and verification.answer is not None
        ):
            at = absolute(verification.answered_at)
            yield (
                at,
                say(
                    "{at} 反馈核实：{answer}　{result}",
                    at=at,
                    answer=word(verification.answer),
                    result=verification.result,
                ),
            )
    for report in incident.reports:
        if report.unit == unit:
            at = absolute(report.at)
            yield at, say("{at} 上报：{text}", at=at, text=report.text)
    for done in incident.handling:
        if done.unit == unit:
            at = absolute(done.at)
            yield at, say("{at} 线下处置：{text}", at=at, text=done.text)


def _held(incident: Incident) -> Iterator[Panel]:
    for consultation in incident.consultations:
        units = listed(unit_name(incident.law, unit) for unit in consultation.members)
        yield Panel(
            heading=say("{at} 的会商", at=absolute(consultation.at)),
            lines=(
                *plain(
                    say("参加：{units}", units=units), say("决定：{minutes}", minutes=consultation.minutes)
                ),
                *(
                    PanelLine(
                        text=say(
                            "任务（{unit}）：{text}", unit=unit_name(incident.law, task.unit), text=task.text
                        )
                        + (say("　{at} 前完成", at=absolute(task.due_at)) if task.due_at else "")
                        + (say("　已完成") if task.done_at else say("　未完成")),
                        mark=LineMark.GOOD if task.done_at else LineMark.WARN,
                    )
                    for task in consultation.tasks
                ),
            ),
        )


def _spokesperson(incident: Incident) -> Iterator[Panel]:
    """Which unit has named who speaks for the case (R385)."""
    if named_by := incident.spoken_for_by:
        unit = unit_name(incident.law, named_by)
        yield Panel(
            heading=say("新闻发言人"),
            lines=plain(say("发言人已由{unit}确定；一件舆情只由一人对外发言。", unit=unit)),
        )


def _joint(incident: Incident) -> Iterator[Panel]:
    """What superiors' notices ask of 市网信办 (R310)."""
    if incident.tasks_of_notices:
        lines = tuple(
            PanelLine(
                text=say("任务（{unit}）：{text}", unit=unit_name(incident.law, task.unit), text=task.text)
                + (say("　已完成") if task.done_at else say("　未完成")),
                mark=LineMark.GOOD if task.done_at else LineMark.WARN,
            )
            for task in incident.tasks_of_notices
        )
        yield Panel(heading=say("上级来文的协同任务"), lines=lines)


def _sides(incident: Incident, conflict: Conflict) -> Iterator[tuple[str, ...]]:
    for source in (conflict.draft, conflict.other):
        draft = incident.held_draft(source)
        for claim in draft.claims if draft else ():
            if normal(claim.subject) == normal(conflict.subject):
                yield claim.subject, source_words(incident, source), claim.value


def _points(incident: Incident) -> Iterator[PanelLine]:
    for points in incident.talking_points:
        for item in points.questions:
            yield PanelLine(
                text=say("问：{question}　答：{answer}", question=item.question, answer=item.answer)
            )
        for claim in points.claims:
            yield PanelLine(text=say("{subject}：统一说 {value}", subject=claim.subject, value=claim.value))
        for text in points.forbidden:
            yield PanelLine(text=say("不得使用：{words}", words=text), mark=LineMark.WARN)
