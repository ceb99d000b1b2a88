"""What is told of amendments: the start of the clock corrected, the law changed, in one Chinese sentence each."""

from api.views.telling import told
from api.views.telling_rules import duty_words
from api.views.wording import absolute
from domain.case.oversight import Retimed
from domain.case.state import Incident
from domain.steps.amend import ClockStartCorrected, Rebased


@told.register
def _(event: ClockStartCorrected, incident: Incident) -> str:
    moved = _moved(incident, event.retimed)
    return f"发现时间由 {absolute(event.before)} 更正为 {absolute(event.after)}，理由：{event.reason}{moved}；原值保留，已有超时不撤销"


@told.register
def _(event: Rebased, incident: Incident) -> str:
    law = event.law
    moved = _moved(incident, event.retimed)
    return f"改用《{law.title}》{law.version}（原为 {event.former_version}），理由：{event.reason}{moved}"


def _moved(incident: Incident, retimed: tuple[Retimed, ...]) -> str:
    """Which duties fall due when."""
    told_of = "；".join(
        f"{duty_words(incident, incident.obligation(item.obligation))}改为 {absolute(item.due_at)} 到期"
        f"（原 {absolute(item.former_due_at)}）"
        for item in retimed
    )
    return f"；{told_of}" if told_of else ""
