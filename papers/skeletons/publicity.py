"""Papers of what is said and agreed: 情况通报、会商纪要、回应方案、口径、线索移送函
(documents.md A4, A5, A8).
"""

from collections.abc import Iterator
from datetime import datetime

from domain.case.records import Draft
from domain.case.talking_points import TalkingPoints
from domain.steps.consult import ConsultationHeld, ResponsePlanned
from papers.sheet import Paragraph, Row
from papers.skeletons.letter import BLANK, Ground, Letter, heading, minute, or_blank, told
from words.labels import word
from words.platforms import platforms

_MOST_ROWS = 60


def notice(ground: Ground) -> Letter:
    """情况通报 as it was published: nothing is added to what the public was told (A4, A5)."""
    publication = next((one for one in ground.incident.publications if one.id == ground.paper.cause), None)
    draft = None if publication is None else ground.incident.held_draft(publication.draft)
    if draft is None:
        return Letter(
            title=f"关于{ground.matter}的情况通报", signature=ground.addressee, body=tuple(told(""))
        )
    return of_draft(ground, draft)


def of_draft(ground: Ground, draft: Draft) -> Letter:
    """The same of a text that may yet be published."""
    return Letter(
        title=draft.title,
        signature=ground.units((draft.unit, *draft.co_issuers)),
        body=tuple(_said(ground, draft)),
    )


def _said(ground: Ground, draft: Draft) -> Iterator[Paragraph]:
    blocks = (
        ("核查情况", (draft.facts, draft.clarification)),
        ("采取的措施", (draft.measures,)),
        ("处置结果", (draft.result,)),
    )
    numbers = iter("一二三四五")
    for name, texts in blocks:
        spoken = [text for text in texts if text.strip()]
        if spoken:
            yield heading(f"{next(numbers)}、{name}")
            for text in spoken:
                yield from told(text)
    if draft.interim is not None:
        yield heading(f"{next(numbers)}、正在核实的情况")
        yield from told(draft.interim.verifying)
        yield Paragraph(
            text=(
                f"由{ground.unit(draft.interim.verifying_by)}核实，"
                f"将于{minute(draft.interim.next_update_at)}前再次公布。"
            )
        )
    if draft.answers:
        yield heading(f"{next(numbers)}、回应关切")
        for answer in draft.answers:
            yield from told(answer.paragraph)


def minutes(ground: Ground) -> Letter:
    """会商纪要."""
    event = ground.event(ConsultationHeld)
    meeting = None if event is None else event.consultation
    tasks = () if meeting is None else meeting.tasks
    return Letter(
        title=f"{ground.matter}政务舆情联合会商纪要",
        signature=ground.office,
        body=(
            Paragraph(text=f"时间：{BLANK if meeting is None else minute(meeting.at)}"),
            Paragraph(text=f"参加单位：{ground.units(() if meeting is None else meeting.members)}"),
            *([Paragraph(text=f"议程：{meeting.agenda}")] if meeting is not None and meeting.agenda else []),
            heading("一、会商意见"),
            *told("" if meeting is None else meeting.minutes),
            heading("二、任务分工"),
            Paragraph(text="见下表。" if tasks else "未作分工。"),
        ),
        rows=tuple(
            Row(label=ground.unit(task.unit), value=f"{task.text}（{_until(task.due_at)}）")
            for task in tasks[:_MOST_ROWS]
        ),
    )


def plan(ground: Ground) -> Letter:
    """回应方案."""
    planned = ground.event(ResponsePlanned)
    return Letter(
        title=f"{ground.matter}政务舆情回应方案",
        signature=ground.addressee,
        body=(
            heading("一、方案"),
            *told("" if planned is None else planned.plan),
            heading("二、形式、渠道与时机"),
            *told("" if planned is None else _how_said(ground, planned)),
            heading("三、新闻发言人"),
            Paragraph(text=or_blank("" if planned is None else planned.spokesperson)),
        ),
    )


def _how_said(ground: Ground, planned: ResponsePlanned) -> str:
    """In what form, where and when it is said, as far as the plan says so."""
    form = word(planned.form) if planned.form is not None else ""
    channels = platforms(ground.incident.law, planned.channels)
    return "；".join(part for part in (form, channels, planned.timing) if part)


def talking_points(ground: Ground) -> Letter:
    """口径: questions with answers, values agreed on, expressions to be kept out."""
    points = next((one for one in ground.incident.talking_points if one.id == ground.paper.cause), None)
    return Letter(
        title=f"{ground.matter}政务舆情对外口径",
        signature=ground.addressee,
        note="内部掌握",
        body=tuple(_points(points)) if points is not None else tuple(told("")),
        rows=()
        if points is None
        else tuple(Row(label=claim.subject, value=claim.value) for claim in points.claims[:_MOST_ROWS]),
    )


def _points(points: TalkingPoints) -> Iterator[Paragraph]:
    yield heading("一、问答")
    if not points.questions:
        yield Paragraph(text="无。")
    for number, one in enumerate(points.questions, start=1):
        yield Paragraph(text=f"问{number}：{one.question}")
        yield from told(f"答：{one.answer}")
    yield heading("二、不使用的表述")
    yield Paragraph(text="、".join(points.forbidden) or "无。")
    if points.claims:
        yield heading("三、统一的数据和表述")
        yield Paragraph(text="见下表。")


def clue(ground: Ground) -> Letter:
    """线索移送函 (A8): one act and its proof, and no person beyond what is needed."""
    act = next((one for one in ground.incident.clues if one.id == ground.paper.cause), None)
    evidence = () if act is None else act.evidence
    sides = BLANK if act is None else "、".join(ground.unit(one.by.unit) for one in act.signatures)
    return Letter(
        title=f"关于移送{ground.matter}有关线索的函",
        addressee=ground.addressee,
        signature=ground.office if act is None else ground.unit(act.unit),
        note="移送不影响依法回应",
        body=(
            heading("一、具体行为"),
            *told("" if act is None else act.act),
            Paragraph(text=f"性质：{BLANK if act is None else word(act.nature)}。"),
            heading("二、涉嫌违反的规定"),
            *told("" if act is None else act.legal_basis),
            heading("三、证据"),
            Paragraph(text="证据清单见下表。" if evidence else BLANK),
            heading("四、签批"),
            Paragraph(text=f"两名负责同志已签批（{sides}）。"),
            heading("五、接收回执"),
            Paragraph(text=f"接收单位：{ground.addressee}；接收人：{BLANK}；接收时间：{BLANK}。"),
        ),
        rows=tuple(
            Row(label=f"证据{number}", value=f"{one.url}　SHA-256：{one.sha256 or '无，仅有地址'}")
            for number, one in enumerate(evidence[:_MOST_ROWS], start=1)
        ),
    )


def _until(due_at: datetime | None) -> str:
    return "未定期限" if due_at is None else f"{minute(due_at)}前"
