"""Papers that ask a unit to do something: 提示单、交办单、督办单、核实函、通报批评、约谈 (documents.md
A1 to A3, A9).
"""

from collections.abc import Iterator

from domain.case.obligations import Obligation
from domain.steps.coordinate import HintIssued
from domain.steps.escalate import TalkHeld
from domain.steps.instruct import SupervisionIssued
from domain.steps.verify import VerificationRequested
from domain.terms.vocabulary import ObligationKind
from papers.sheet import Paragraph, Row
from papers.skeletons.letter import BLANK, Ground, Letter, heading, minute, or_blank, posts, spread, told
from words.labels import word
from words.platforms import platform_name
from words.wording import limit_words


def hint(ground: Ground) -> Letter:
    """舆情提示单 (A1)."""
    incident, issued = ground.incident, ground.event(HintIssued)
    text = "" if issued is None else issued.text
    return Letter(
        title=f"关于{ground.matter}的舆情提示",
        addressee=ground.addressee,
        urgency=ground.urgency,
        signature=ground.office,
        body=(
            Paragraph(text=f"{_how_it_came(ground, issued)}现将有关情况提示如下："),
            heading("一、舆情基本情况"),
            *_first_posts(ground),
            Paragraph(text=spread(ground, ground.paper.drafted_at)),
            heading("二、工作要求"),
            *told(text),
            Paragraph(
                text=f"请按照“属地管理、分级负责”的要求立即核实，依法处置、及时回应，{_respond(ground)}，"
                f"于{_feedback(ground, issued)}前将有关情况报{ground.unit(incident.receiving_office)}。"
            ),
            heading("三、联系方式"),
            Paragraph(text=f"联系人：{BLANK}，电话：{BLANK}。"),
        ),
    )


def _how_it_came(ground: Ground, issued: HintIssued | None) -> str:
    incident = ground.incident
    office = ground.unit(incident.receiving_office)
    wanted = "" if issued is None else issued.notice
    for notice in incident.superior_notices:
        if notice.id == wanted:
            number = f"（{notice.doc_number}）" if notice.doc_number.strip() else ""
            return (
                f"{minute(notice.received_at)}，{office}接收{ground.unit(notice.sender)}政务舆情信"
                f"息{number}，"
                f"反映{ground.matter}。"
            )
    return f"{minute(incident.discovered_at)}，发现{ground.matter}的政务舆情。"


def _respond(ground: Ground) -> str:
    due = ground.respond_by
    if due > ground.paper.drafted_at:
        return f"于{minute(due)}前对外回应"
    return f"立即对外回应（{minute(due)}的时限已过）"


def _feedback(ground: Ground, issued: HintIssued | None) -> str:
    wanted = "" if issued is None else issued.notice
    for notice in ground.incident.superior_notices:
        if notice.id == wanted and notice.feedback_due_at is not None:
            return minute(notice.feedback_due_at)
    return BLANK


def _first_posts(ground: Ground) -> Iterator[Paragraph]:
    """Where it was said first, and what; a letter quotes the first post alone."""
    first = next(iter(posts(ground.incident)), None)
    if first is None:
        yield Paragraph(text=BLANK)
        return
    platform = platform_name(ground.incident.law, first.platform)
    yield Paragraph(text=f"最早于{minute(first.at)}见于{platform}，反映：")
    yield from told(first.gist)


def assignment(ground: Ground) -> Letter:
    """交办单 (A2): a table, of which the office fills the head and the unit the rest."""
    incident = ground.incident
    first = incident.first_responsible
    also = tuple(unit for unit in incident.responders if unit not in {*first, incident.lead})
    signed = BLANK if ground.signed_for is None else f"{ground.addressee}，{minute(ground.signed_for)}"
    task = "立即核实，依法处置，及时回应社会关切，并报送情况。"
    return Letter(
        title=f"关于{ground.matter}的交办单",
        addressee=ground.addressee,
        urgency=ground.urgency,
        signature=ground.office,
        body=(Paragraph(text="请按下列要求办理，并在时限内对外回应。"),),
        rows=(
            Row(label="事件编号", value=incident.number),
            Row(label="事项", value=incident.title),
            Row(label="依据条款", value=ground.quoted(ground.paper.clause)),
            Row(label="第一责任主体", value=ground.units(first)),
            Row(label="牵头单位", value=ground.unit(incident.lead) if incident.lead else "未指定"),
            Row(label="协办单位", value=ground.units(also) if also else "无"),
            Row(label="任务", value=task),
            Row(label="职责分工", value=_part(ground)),
            Row(label="法定时限", value=f"{word(incident.response_class)}，{minute(ground.respond_by)}前"),
            Row(label="签收", value=signed),
            Row(label="核实结论"),
            Row(label="处置情况"),
            Row(label="公布情况（时间、渠道、链接）"),
            Row(label="审核签字（初审／复审／终审）"),
            Row(label="办结意见"),
        ),
    )


def _part(ground: Ground) -> str:
    """The addressee's part in words: what put it into the case, else what its obligation covers (R207)."""
    incident = ground.incident
    stated = (part.duty for part in incident.involved if part.unit == ground.paper.unit and part.duty.strip())
    known = (unit.duties for unit in incident.law.units if unit.code == ground.paper.unit)
    return next(stated, "") or "、".join(next(known, ())) or "按属地管理和职责办理"


def supervision(ground: Ground) -> Letter:
    """督办单 (A3): over a limit that went by, or by a leader's instruction."""
    incident, obligation = ground.incident, ground.cause
    ordered = ground.event(SupervisionIssued) if obligation is None else None
    if ordered is not None:
        opening = (
            Paragraph(
                text=f"{ground.matter}政务舆情于{minute(incident.discovered_at)}发现。现就有关事项督办如下："
            ),
            *told(ordered.demand),
        )
    else:
        opening = (
            Paragraph(
                text=f"{ground.matter}政务舆情于{minute(incident.discovered_at)}发现，"
                f"{_late(ground, obligation)}"
            ),
        )
    days = limit_words(f"{incident.law.limits.rectify_workdays} workdays")
    demand = f"请于{BLANK}内公布权威信息，并"
    if ordered is not None:
        demand = "并"
    elif (
        obligation is not None and obligation.fulfilled_at is not None
    ):  # made good before the order was signed
        demand = "请"
    return Letter(
        title=f"关于{ground.matter}的督办单",
        addressee=ground.addressee,
        urgency=ground.urgency,
        signature=ground.office,
        body=(*opening, Paragraph(text=f"{demand}自签发次日起{days}内报送整改情况{_rectify(ground)}。")),
    )


def _late(ground: Ground, obligation: Obligation | None) -> str:
    if obligation is None:
        return f"应于{minute(ground.respond_by)}前回应。"
    rule = f"依据{ground.quoted(obligation.clause)}，" if obligation.clause else ""
    done = (
        "截至目前未见你单位完成，已超时。"
        if obligation.fulfilled_at is None
        else f"你单位于{minute(obligation.fulfilled_at)}才完成，已超时。"
    )
    return f"{rule}应于{minute(obligation.due_at)}前完成“{word(obligation.kind)}”。{done}"


def _rectify(ground: Ground) -> str:
    obligation = ground.obligation(ObligationKind.RECTIFY, cause=ground.paper.id)
    return f"（{minute(obligation.due_at)}前）" if obligation is not None else ""


def criticism(ground: Ground) -> Letter:
    """通报批评: the facts, and the clause."""
    return Letter(
        title=f"关于{ground.addressee}在{ground.matter}政务舆情中未按时回应的通报",
        addressee=ground.addressee,
        signature=ground.office,
        body=(
            heading("一、基本情况"),
            Paragraph(
                text=(
                    f"{ground.matter}政务舆情于{minute(ground.incident.discovered_at)}发现，"
                    f"{_late(ground, ground.cause)}"
                )
            ),
            heading("二、通报依据"),
            Paragraph(text=ground.quoted(ground.paper.clause)),
            heading("三、要求"),
            Paragraph(text=f"予以通报批评，计入考评。请{ground.addressee}举一反三、认真整改。{BLANK}"),
        ),
    )


def talk(ground: Ground) -> Letter:
    """约谈通知 (A9): both conditions, inaction and failed rectification."""
    return Letter(
        title=f"关于就{ground.matter}政务舆情约谈{ground.addressee}的通知",
        addressee=ground.addressee,
        signature=ground.office,
        body=(
            heading("一、事由与依据"),
            Paragraph(
                text=(
                    f"{ground.matter}政务舆情处置中，你单位不作为，且{_failed(ground.cause)}。"
                    f"{ground.quoted(ground.paper.clause)}"
                )
            ),
            heading("二、时间和地点"),
            Paragraph(text=f"时间：{BLANK}；地点：{BLANK}。"),
            heading("三、参加人员"),
            Paragraph(text=f"约谈人：{BLANK}；被约谈人：{ground.addressee}负责同志{BLANK}。"),
        ),
    )


def _failed(rectification: Obligation | None) -> str:
    if rectification is None:
        return f"整改情况：{BLANK}"
    due, done = f"整改应于{minute(rectification.due_at)}前完成", rectification.fulfilled_at
    return f"{due}，至今未完成" if done is None else f"{due}，{minute(done)}才完成"


def talk_minutes(ground: Ground) -> Letter:
    """约谈纪要 (A9)."""
    talked = ground.event(TalkHeld)
    notice = next((one for one in ground.incident.papers if one.id == ground.paper.cause), None)
    why = "" if notice is None else ground.quoted(notice.clause)
    return Letter(
        title=f"就{ground.matter}政务舆情约谈{ground.addressee}纪要",
        signature=ground.office,
        body=(heading("约谈情况"), *told("" if talked is None else talked.minutes)),
        rows=(
            Row(label="事由与条款", value=or_blank(why)),
            Row(label="时间", value=BLANK if talked is None else minute(talked.at)),
            Row(label="地点", value=BLANK),
            Row(label="约谈人", value=BLANK),
            Row(label="被约谈单位", value=ground.addressee),
            Row(label="整改期限", value=BLANK),
            Row(label="签字"),
        ),
    )


def verification(ground: Ground) -> Letter:
    """核实函: the questions and until when an answer is looked for."""
    request = next(
        (
            one
            for one in ground.events
            if isinstance(one, VerificationRequested) and one.peer == ground.paper.unit
        ),
        None,
    )
    obligation = ground.obligation(ObligationKind.VERIFY, cause=ground.paper.cause)
    due = BLANK if obligation is None else minute(obligation.due_at)
    return Letter(
        title=f"关于核实{ground.matter}有关情况的函",
        addressee=ground.addressee,
        signature=ground.office,
        body=(
            Paragraph(
                text=(
                    f"{minute(ground.incident.discovered_at)}，发现{ground.matter}的政务舆情。"
                    "请协助核实下列情况："
                )
            ),
            *told("" if request is None else request.questions),
            Paragraph(text=f"请于{due}前函复；届时未复的，记为未反馈，不影响其他工作进行。"),
        ),
    )
