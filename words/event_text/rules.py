"""What the rules did to obligations and papers, in one sentence each; registers itself with `describe`."""

import re

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
from domain.terms.ids import split
from words.cards import holder_name, unit_name
from words.computation import computation
from words.event_text.description import describe
from words.labels import label, labels, word
from words.language import marked, say
from words.wording import absolute


def cause_words(cause: str) -> str:
    """Why an obligation came or went: `assignment-2` is 交办（第2轮）, `reclassified-7` 类别调整,
    others as they stand.
    """
    stem, number = split(cause)
    if stem == "assignment":
        return label("cause", stem).here if number == "1" else say("改派（第{number}轮）", number=number)
    named = labels().get("cause", {})
    name = named.get(stem or cause) if re.fullmatch(r"\d*", number) else named.get(cause)
    return name.here if name else cause


def obligation_words(incident: Incident, obligation: Obligation) -> str:
    """An obligation in short: `48小时内予以回应（市城市管理局）`."""
    return say("{kind}（{unit}）", kind=word(obligation.kind), unit=holder_name(incident, obligation.unit))


def _obligation(incident: Incident, obligation_id: str) -> str:
    return obligation_words(incident, incident.obligation(obligation_id))


def _paper(incident: Incident, paper: Paper) -> str:
    return say("{paper}（致 {unit}）", paper=word(paper.kind), unit=unit_name(incident.law, paper.unit))


@describe.register
def _(event: ObligationOpened, incident: Incident) -> str:
    return say(
        "{obligation}：{computation}",
        obligation=obligation_words(incident, event.obligation),
        computation=computation(event.obligation, incident),
    )


@describe.register
def _(event: ObligationFulfilled, incident: Incident) -> str:
    obligation = incident.obligation(event.obligation)
    in_time = marked("{obligation} 于 {time} 完成，在期限内")
    late = marked("{obligation} 于 {time} 完成，超时后补办，超时记录保留")
    provisional = marked("{obligation} 于 {time} 完成（期限内已办、事后补录，暂定超时，待认定）")
    sentence = provisional if event.provisional else late if event.at > obligation.due_at else in_time
    return say(sentence, obligation=obligation_words(incident, obligation), time=absolute(event.at))


@describe.register
def _(event: ObligationBreached, incident: Incident) -> str:
    return say(
        "{obligation} 到期 {due} 未完成，记为超时",
        obligation=_obligation(incident, event.obligation),
        due=absolute(event.at),
    )


@describe.register
def _(event: ObligationPassed, incident: Incident) -> str:
    return say(
        "{obligation} 的提示时限已过，不计超时、不计考评", obligation=_obligation(incident, event.obligation)
    )


@describe.register
def _(event: BreachWithdrawn, incident: Incident) -> str:
    return say(
        "{obligation}：到期前已收到办理，撤回先前记下的超时，两条记录都保留",
        obligation=_obligation(incident, event.obligation),
    )


@describe.register
def _(event: ObligationSuperseded, incident: Incident) -> str:
    return say(
        "{obligation} 由新的任务接替（{cause}）",
        obligation=_obligation(incident, event.obligation),
        cause=cause_words(event.cause),
    )


@describe.register
def _(event: ObligationVoided, incident: Incident) -> str:
    return say(
        "{obligation} 不再需要（{cause}）",
        obligation=_obligation(incident, event.obligation),
        cause=cause_words(event.cause),
    )


@describe.register
def _(event: ReminderSent, incident: Incident) -> str:
    obligation = incident.obligation(event.obligation)
    return say(
        "{obligation} 的时限已用去 {percent}%，到期 {due}，已发提醒",
        obligation=obligation_words(incident, obligation),
        percent=event.percent,
        due=absolute(obligation.due_at),
    )


@describe.register
def _(event: PaperDrafted, incident: Incident) -> str:
    paper = _paper(incident, event.paper)
    if event.paper.status is not PaperStatus.DRAFTED:
        return paper
    if not drafted_by_the_clock(event):
        return say("提请签发 {paper}，签发后生效", paper=paper)
    missed = next(
        (obligation for obligation in incident.obligations if obligation.id == event.paper.cause), None
    )
    if missed is None:
        return say("已自动拟出 {paper} 草稿，须经签发才生效", paper=paper)
    return say(
        "因{obligation} 到期 {due} 仍未完成，已自动拟出 {paper} 草稿，须经签发才生效",
        obligation=obligation_words(incident, missed),
        due=absolute(missed.due_at),
        paper=paper,
    )


@describe.register
def _(event: PaperIssued, incident: Incident) -> str:
    return say("签发 {paper}，自此生效", paper=_paper(incident, incident.paper(event.paper)))


@describe.register
def _(event: PaperDeclined, incident: Incident) -> str:
    paper = _paper(incident, incident.paper(event.paper))
    return say("{paper} 不予签发；理由：{reason}", paper=paper, reason=event.reason)


@describe.register
def _(event: PaperVoided, incident: Incident) -> str:
    return say("{paper} 作废，原件留存", paper=_paper(incident, incident.paper(event.paper)))
