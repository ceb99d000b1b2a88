"""What is told of a publication after it went out, and of evidence registered late, in one Chinese sentence each."""

from api.labels import word
from api.views.cards import unit_name
from api.views.telling import told
from api.views.telling_rules import duty_words
from api.views.wording import absolute
from domain.case.obligations import FulfilmentKept, LateEvidenceReviewed, ObligationReopened
from domain.case.state import Incident
from domain.rules.correcting import ErrorRecorded, PublicationSuperseded
from domain.steps.withdraw import PublicationWithdrawn


def _text(incident: Incident, publication: str) -> str:
    item = incident.publication(publication)
    return f"{word(item.form)}《{incident.draft(item.draft).title}》（{unit_name(incident.law, item.unit)}）"


@told.register
def _(event: PublicationWithdrawn, incident: Incident) -> str:
    error = "；因内容有误" if event.because_of_error else ""
    return f"撤回 {_text(incident, event.publication)}{error}；理由：{event.reason}；原文留存"


@told.register
def _(event: ErrorRecorded, incident: Incident) -> str:
    known = absolute(event.error.known_at)
    return f"{_text(incident, event.error.publication)} 有误，{known} 获知：{event.error.finding}"


@told.register
def _(event: PublicationSuperseded, incident: Incident) -> str:
    return f"{_text(incident, event.publication)} 由 {event.superseded_by} 更正，原文留存并互相链接"


@told.register
def _(event: FulfilmentKept, incident: Incident) -> str:
    duty = duty_words(incident, incident.obligation(event.obligation))
    return f"{duty} 由 {event.evidence} 接续，完成情况不变"


@told.register
def _(event: ObligationReopened, incident: Incident) -> str:
    duty = duty_words(incident, incident.obligation(event.obligation))
    return f"{duty} 所依据的公布已撤回且未按时补发，重新计为未完成，到期 {absolute(event.due_at)}"


@told.register
def _(event: LateEvidenceReviewed, incident: Incident) -> str:
    duty = duty_words(incident, incident.obligation(event.obligation))
    found = (
        "补录佐证予以认定，改记按时（补录），超时记录留存" if event.accepted else "补录佐证不予认定，超时成立"
    )
    return f"{duty}：{found}；理由：{event.reason}"
