"""What is told of conflicts, talking points and personal data, in one sentence each."""

from domain.case.state import Incident
from domain.case.talking_points import Discrepancy
from domain.rules.consistency import ConflictFound
from domain.rules.discrepancies import DiscrepancyRead, FactsRead
from domain.rules.exposure import PersonalDataFound, PersonalDataPointedOut
from domain.steps.discrepancy import DiscrepanciesCleared
from domain.steps.mark import MarkingSet, ReadersNamed
from domain.steps.privacy import PersonalDataCleared
from domain.steps.reconcile import TalkingPointsApproved
from words.attention import discrepancy_words, fact_words, source_words
from words.event_text.description import describe, names
from words.labels import word
from words.language import say
from words.wording import listed


@describe.register
def _(event: ConflictFound, incident: Incident) -> str:
    return say(
        "{one}与{other}关于“{subject}”的说法不一致；审定口径前不得公布",
        one=source_words(incident, event.draft),
        other=source_words(incident, event.other),
        subject=event.subject,
    )


@describe.register
def _(event: TalkingPointsApproved, incident: Incident) -> str:
    points = event.points
    parts = (
        *(
            say("问：{question} 答：{answer}", question=item.question, answer=item.answer)
            for item in points.questions
        ),
        *(say("{subject}：{value}", subject=claim.subject, value=claim.value) for claim in points.claims),
        *((say("不得使用：{words}", words=listed(points.forbidden)),) if points.forbidden else ()),
    )
    return say("{unit}审定。{points}", unit=names(incident, (points.unit,)), points=say("；").join(parts))


@describe.register
def _(event: PersonalDataFound, incident: Incident) -> str:
    kinds = listed(word(kind) for kind in dict.fromkeys(finding.kind for finding in event.findings))
    return say(
        "{draft}含个人信息 {count} 处（{kinds}）；处理前不得审核通过和公布",
        draft=source_words(incident, event.draft),
        count=len(event.findings),
        kinds=kinds,
    )


@describe.register
def _(event: PersonalDataPointedOut, incident: Incident) -> str:
    return say(
        "{text}含个人信息 {count} 处（{kinds}），请核对是否必要；不影响办理",
        text=_letter(incident, event.text),
        count=event.count,
        kinds=listed(map(word, event.kinds)),
    )


def _letter(incident: Incident, text: str) -> str:
    """A report by what it is; a hint and a clue by their id."""
    paper = next((paper for paper in incident.papers if paper.id == text), None)
    return text if paper is None else word(paper.kind)


@describe.register
def _(event: PersonalDataCleared, incident: Incident) -> str:
    return say(
        "{draft}第 {numbers} 处可公开；理由：{reason}",
        draft=source_words(incident, event.draft),
        numbers=listed(map(str, event.findings)),
        reason=event.reason,
    )


@describe.register
def _(event: FactsRead, incident: Incident) -> str:
    return say(
        "{draft}：{facts}",
        draft=source_words(incident, event.draft),
        facts=listed(fact_words(fact) for fact in event.facts),
    )


@describe.register
def _(event: DiscrepancyRead, incident: Incident) -> str:
    item = Discrepancy(
        id=event.id, draft=event.draft, fact=event.fact, other=event.other, theirs=event.theirs
    )
    return say(
        "{draft}：{what}；终审前须核对",
        draft=source_words(incident, event.draft),
        what=discrepancy_words(incident, item),
    )


@describe.register
def _(event: DiscrepanciesCleared, incident: Incident) -> str:
    return say(
        "{draft}的出入 {count} 处已核对；理由：{reason}",
        draft=source_words(incident, event.draft),
        count=len(event.discrepancies),
        reason=event.reason,
    )


@describe.register
def _(event: MarkingSet, incident: Incident) -> str:
    paper = next((paper for paper in incident.papers if paper.id == event.paper), None)
    of = say("本件") if paper is None else word(paper.kind)
    return say("{of}标为“{mark}”；理由：{reason}", of=of, mark=word(event.marking), reason=event.reason)


@describe.register
def _(event: ReadersNamed, incident: Incident) -> str:  # noqa: ARG001  the same for every event
    if not event.readers:
        return say("不再限定知悉人员；理由：{reason}", reason=event.reason)
    return say("只限 {persons} 知悉；理由：{reason}", persons=listed(event.readers), reason=event.reason)
