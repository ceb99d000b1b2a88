"""Papers that report: 快报、专报、深度分析报告、情况报告、反馈、表扬建议、追责移送材料
(documents.md A6, A7).
"""

from collections.abc import Iterator

from domain.steps.accountability import FileHandedOver
from domain.steps.appraise import CommendationProposed
from domain.steps.consult import AnalysisSubmitted
from domain.steps.coordinate import SuperiorFeedbackGiven
from domain.steps.report import ReportedUp
from domain.terms.vocabulary import PaperKind
from papers.sheet import Paragraph, Row
from papers.skeletons.letter import (
    BLANK,
    MOST_NAMED,
    Ground,
    Letter,
    heading,
    minute,
    or_blank,
    posts,
    spread,
    told,
)
from words.labels import label, word
from words.platforms import platform_name, platforms

_MOST_ROWS = 60


def flash(ground: Ground) -> Letter:
    """舆情快报: what was registered, at once."""
    incident = ground.incident
    return Letter(
        title=f"关于{ground.matter}的舆情快报",
        signature=ground.unit(incident.registrant.unit),
        urgency=ground.urgency,
        body=(
            heading("一、基本情况"),
            Paragraph(
                text=(
                    f"{minute(incident.discovered_at)}，{ground.unit(incident.registrant.unit)}发"
                    f"现{ground.matter}的政务舆情。"
                )
            ),
            *_posts(ground),
            heading("二、传播情况"),
            Paragraph(text=spread(ground, ground.paper.drafted_at)),
            heading("三、涉及单位"),
            Paragraph(text=f"{ground.units(part.unit for part in incident.involved)}。"),
            heading("四、初步建议"),
            Paragraph(text=BLANK),
        ),
    )


def _posts(ground: Ground) -> Iterator[Paragraph]:
    """The posts that are there, the first ones in full; how many more there are."""
    sources = posts(ground.incident)
    for source in sources[:MOST_NAMED]:
        where = platform_name(ground.incident.law, source.platform)
        link = f"（{source.url}）" if source.url.strip() else ""
        yield Paragraph(text=f"{minute(source.at)}，{where}{link}：{or_blank(source.gist)}")
    more = len(sources) - MOST_NAMED + sum(one.count for one in ground.incident.beyond)
    if more > 0:
        yield Paragraph(text=f"另有{more}条，见系统。")


def analysis(ground: Ground) -> Letter:
    """深度舆情分析报告、专报 (A7): what was counted, what was argued, what is advised."""
    incident, submitted = ground.incident, ground.event(AnalysisSubmitted)
    name = "深度分析报告" if ground.paper.kind is PaperKind.DEEP_REPORT else "舆情专报"
    quantity, quality, advice = (
        ("", "", "")
        if submitted is None
        else (submitted.quantitative, submitted.qualitative, submitted.advice)
    )
    level = word(incident.level) if incident.level is not None else BLANK
    return Letter(
        title=f"关于{ground.matter}的{name}",
        signature=ground.office,
        body=(
            heading("一、概况"),
            Paragraph(
                text=f"{ground.matter}政务舆情于{minute(incident.discovered_at)}发现，预警等级：{level}。"
            ),
            Paragraph(text=spread(ground, ground.paper.drafted_at)),
            heading("二、传播分析（量）"),
            *told(quantity),
            heading("三、主要观点与诉求（质）"),
            *told(quality),
            heading("四、成因和风险研判"),
            Paragraph(text=BLANK),
            heading("五、回应评估（时度效）"),
            *_publications(ground),
            heading("六、建议"),
            *told(advice),
        ),
    )


def _publications(ground: Ground) -> Iterator[Paragraph]:
    incident = ground.incident
    for item in incident.standing_publications[-MOST_NAMED:]:
        draft = incident.held_draft(item.draft)
        title = "" if draft is None else f"《{draft.title}》"
        channels = platforms(incident.law, item.channels)
        yield Paragraph(
            text=f"{minute(item.published_at)}，{ground.units(item.issuers)}通过{channels}公布{title}。"
        )
    if not incident.standing_publications:
        yield Paragraph(text="截至本报告出具时，尚未公布权威信息。")


def situation(ground: Ground) -> Letter:
    """情况报告 (A6), upward."""
    incident, reported = ground.incident, ground.event(ReportedUp)
    conclusion = BLANK if incident.conclusion is None else word(incident.conclusion.value)
    return Letter(
        title=f"关于{ground.matter}处置情况的报告",
        addressee=BLANK if reported is None else ground.unit(reported.report.to),
        signature=ground.addressee,
        body=(
            heading("一、舆情概况"),
            Paragraph(
                text=(
                    f"{ground.matter}政务舆情于{minute(incident.discovered_at)}发现。"
                    f"{spread(ground, ground.paper.drafted_at)}"
                )
            ),
            heading("二、核实情况"),
            Paragraph(text=f"核实结论：{conclusion}。"),
            heading("三、处置情况"),
            *told("" if reported is None else reported.report.text),
            heading("四、回应情况"),
            *_publications(ground),
            heading("五、走势研判和下一步"),
            Paragraph(text=BLANK),
        ),
    )


def feedback(ground: Ground) -> Letter:
    """向上级反馈: on a notice of a superior."""
    answer = ground.event(SuperiorFeedbackGiven)
    notice = next((one for one in ground.incident.superior_notices if one.id == ground.paper.cause), None)
    number = f"（{notice.doc_number}）" if notice is not None and notice.doc_number.strip() else ""
    arrived = (
        f"{minute(notice.received_at)}收到{ground.unit(notice.sender)}来文{number}后，立即组织办理。"
        if notice is not None
        else ""
    )
    return Letter(
        title=f"关于{ground.matter}办理情况的反馈",
        addressee=BLANK if notice is None else ground.unit(notice.sender),
        signature=ground.addressee,
        body=(
            Paragraph(text=f"{arrived}现将有关情况反馈如下："),
            *told("" if answer is None else answer.report),
        ),
    )


def commendation(ground: Ground) -> Letter:
    """通报表扬的建议."""
    proposed = ground.event(CommendationProposed)
    persons = BLANK if proposed is None else str(proposed.persons)
    return Letter(
        title=f"关于对{ground.addressee}在{ground.matter}政务舆情处置中予以通报表扬的建议",
        signature=ground.office,
        body=(
            heading("一、事由"),
            *told("" if proposed is None else proposed.reason),
            heading("二、建议"),
            Paragraph(
                text=(
                    f"建议对{ground.addressee}予以通报表扬，个人{persons}名。"
                    f"{ground.quoted(ground.paper.clause)}"
                )
            ),
        ),
    )


def accountability(ground: Ground) -> Letter:
    """追责移送材料: the record as it stands; it finds nothing."""
    handed = ground.event(FileHandedOver)
    unit = BLANK if handed is None else ground.unit(handed.file.unit)
    items = () if handed is None else handed.file.items
    texts = (
        ("", "", "")
        if handed is None
        else (handed.file.infringement, handed.file.seriousness, handed.file.reason)
    )
    return Letter(
        title=f"关于移送{unit}在{ground.matter}政务舆情中有关情况材料的函",
        addressee=ground.addressee,
        signature=ground.office,
        body=(
            heading("一、事实"),
            *told(texts[0]),
            heading("二、情节"),
            *told(texts[1]),
            heading("三、移送理由"),
            *told(texts[2]),
            Paragraph(text="以下为系统记录所列，是否追责由受理机关依规认定。"),
        ),
        rows=tuple(
            Row(
                label=_named(item.what),
                value=f"{BLANK if item.at is None else minute(item.at)}　{_named(item.status)}（{item.id}）",
            )
            for item in items[:_MOST_ROWS]
        ),
    )


def _named(code: str) -> str:
    """A code of the record in words; one that no table knows stands for itself."""
    groups = ("ObligationKind", "PaperKind", "Status", "PaperStatus", "PublicationForm")
    names = (label(group, code).zh for group in groups)
    return next((name for name in names if name != code), code)
