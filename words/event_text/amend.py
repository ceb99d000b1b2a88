"""What is told of amendments: the start of the clock corrected, the law changed, in one sentence each."""

from domain.case.oversight import Retimed
from domain.case.state import Incident
from domain.steps.amend import ClockStartCorrected, Rebased
from words.event_text.description import describe
from words.event_text.rules import obligation_words
from words.language import say
from words.wording import absolute


@describe.register
def _(event: ClockStartCorrected, incident: Incident) -> str:
    moved = _moved(incident, event.retimed)
    return say(
        "发现时间由 {before} 更正为 {after}，理由：{reason}{moved}；原值保留，已有超时不撤销",
        before=absolute(event.before),
        after=absolute(event.after),
        reason=event.reason,
        moved=moved,
    )


@describe.register
def _(event: Rebased, incident: Incident) -> str:
    law = event.law
    moved = _moved(incident, event.retimed)
    if event.calendar_only:
        return say(
            "工作日历按现行的补齐，其余规定不变，理由：{reason}{moved}", reason=event.reason, moved=moved
        )
    return say(
        "改用《{law}》{version}（原为 {former}），理由：{reason}{moved}",
        law=law.title,
        version=law.version,
        former=event.former_version,
        reason=event.reason,
        moved=moved,
    )


def _moved(incident: Incident, retimed: tuple[Retimed, ...]) -> str:
    """Which obligations fall due when."""
    return "".join(
        say(
            "；{obligation}改为 {due} 到期（原 {former}）",
            obligation=obligation_words(incident, incident.obligation(item.obligation)),
            due=absolute(item.due_at),
            former=absolute(item.former_due_at),
        )
        for item in retimed
        if item.due_at != item.former_due_at
    )
