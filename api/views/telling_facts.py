"""What is told of conflicts, talking points and personal data, in one Chinese sentence each."""

from api.labels import word
from api.views.attention import source_words
from api.views.telling import names, told
from domain.case.state import Incident
from domain.rules.consistency import ConflictFound
from domain.rules.exposure import PersonalDataFound
from domain.steps.privacy import PersonalDataCleared
from domain.steps.reconcile import TalkingPointsApproved


@told.register
def _(event: ConflictFound, incident: Incident) -> str:
    return (
        f"{source_words(incident, event.draft)}与{source_words(incident, event.other)}关于“{event.subject}”的说法不一致；"
        "审定口径前不得公布"
    )


@told.register
def _(event: TalkingPointsApproved, incident: Incident) -> str:
    points = event.points
    parts = (
        "；".join(f"问：{item.question} 答：{item.answer}" for item in points.questions),
        "；".join(f"{claim.subject}：{claim.value}" for claim in points.claims),
        "不得使用：" + "、".join(points.forbidden) if points.forbidden else "",
    )
    return f"{names(incident, (points.unit,))}审定。" + "；".join(part for part in parts if part)


@told.register
def _(event: PersonalDataFound, incident: Incident) -> str:
    kinds = "、".join(word(kind) for kind in dict.fromkeys(finding.kind for finding in event.findings))
    return f"{source_words(incident, event.draft)}含个人信息 {len(event.findings)} 处（{kinds}）；处理前不得审核通过和公布"


@told.register
def _(event: PersonalDataCleared, incident: Incident) -> str:
    return f"{source_words(incident, event.draft)}第 {'、'.join(map(str, event.findings))} 处可公开；理由：{event.reason}"
