"""What the rules did to obligations and papers, in one Chinese sentence each; registers itself with `telling.told`."""

import re

from api.labels import word
from api.views.cards import holder_name, unit_name
from api.views.computation import computation
from api.views.telling import told
from api.views.wording import absolute
from domain.case.obligations import (
    BreachWithdrawn,
    Obligation,
    ObligationBreached,
    ObligationFulfilled,
    ObligationOpened,
    ObligationPassed,
    ObligationSuperseded,
    ObligationVoided,
    ReminderSent,
)
from domain.case.records import Paper, PaperStatus
from domain.case.state import Incident
from domain.rules.papers import PaperDeclined, PaperDrafted, PaperIssued, PaperVoided, drafted_by_the_clock

_CAUSES = {
    "registration": "登记",
    "assignment": "交办",
    "reclassified": "类别调整",
    "judged": "研判",
    "lead": "确定牵头单位",
    "closed": "事件办结",
    "emergency_response_ended": "应急响应结束",
}


def cause_words(cause: str) -> str:
    """Why a duty came or went: `assignment-2` is 交办（第2轮）, `reclassified-7` 类别调整, others as they stand."""
    stem, _, number = cause.rpartition("-")
    if stem == "assignment":
        return _CAUSES[stem] if number == "1" else f"改派（第{number}轮）"
    return _CAUSES.get(stem or cause, cause) if re.fullmatch(r"\d*", number) else _CAUSES.get(cause, cause)


def duty_words(incident: Incident, duty: Obligation) -> str:
    """A duty in short: `48小时内予以回应（市城市管理局）`."""
    return f"{word(duty.kind)}（{holder_name(incident, duty.unit)}）"


def _duty(incident: Incident, obligation_id: str) -> str:
    return duty_words(incident, incident.obligation(obligation_id))


def _paper(incident: Incident, paper: Paper) -> str:
    return f"{word(paper.kind)}（致 {unit_name(incident.law, paper.unit)}）"


@told.register
def _(event: ObligationOpened, incident: Incident) -> str:
    return f"{duty_words(incident, event.obligation)}：{computation(event.obligation, incident.law.limits)}"


@told.register
def _(event: ObligationFulfilled, incident: Incident) -> str:
    duty = incident.obligation(event.obligation)
    late = "，超时后补办，超时记录保留" if event.at > duty.due_at else "，在期限内"
    provisional = "（期限内已办、事后补录，暂定超时，待认定）" if event.provisional else ""
    return (
        f"{duty_words(incident, duty)} 于 {absolute(event.at)} 完成{'' if provisional else late}{provisional}"
    )


@told.register
def _(event: ObligationBreached, incident: Incident) -> str:
    return f"{_duty(incident, event.obligation)} 到期 {absolute(event.at)} 未完成，记为超时"


@told.register
def _(event: ObligationPassed, incident: Incident) -> str:
    return f"{_duty(incident, event.obligation)} 的提示时限已过，不计超时、不计考评"


@told.register
def _(event: BreachWithdrawn, incident: Incident) -> str:
    return f"{_duty(incident, event.obligation)}：到期前已收到办理，撤回先前记下的超时，两条记录都保留"


@told.register
def _(event: ObligationSuperseded, incident: Incident) -> str:
    return f"{_duty(incident, event.obligation)} 由新的任务接替（{cause_words(event.cause)}）"


@told.register
def _(event: ObligationVoided, incident: Incident) -> str:
    return f"{_duty(incident, event.obligation)} 不再需要（{cause_words(event.cause)}）"


@told.register
def _(event: ReminderSent, incident: Incident) -> str:
    duty = incident.obligation(event.obligation)
    return (
        f"{duty_words(incident, duty)} 的时限已用去 {event.percent}%，到期 {absolute(duty.due_at)}，已发提醒"
    )


@told.register
def _(event: PaperDrafted, incident: Incident) -> str:
    made = _paper(incident, event.paper)
    if event.paper.status is not PaperStatus.DRAFTED:
        return made
    if not drafted_by_the_clock(event):
        return f"提请签发 {made}，签发后生效"
    missed = next((duty for duty in incident.obligations if duty.id == event.paper.cause), None)
    because = f"因{duty_words(incident, missed)} 到期 {absolute(missed.due_at)} 仍未完成，" if missed else ""
    return f"{because}已自动拟出 {made} 草稿，须经签发才生效"


@told.register
def _(event: PaperIssued, incident: Incident) -> str:
    return f"签发 {_paper(incident, incident.paper(event.paper))}，自此生效"


@told.register
def _(event: PaperDeclined, incident: Incident) -> str:
    return f"{_paper(incident, incident.paper(event.paper))} 不予签发；理由：{event.reason}"


@told.register
def _(event: PaperVoided, incident: Incident) -> str:
    return f"{_paper(incident, incident.paper(event.paper))} 作废，原件留存"
