"""办结: what still stands in the way of closing, asked of the rules,
before a person types anything (DD-18).
"""

from collections.abc import Iterator

from desk.step.panels.obstacles import refusal_words
from desk.step.panels.panel import LineMark, Panel, PanelLine, StepContext, StepPanel
from domain.case.state import Incident
from domain.steps.close import Close, close_gaps
from domain.terms.refusals import Reason, Refused
from domain.terms.vocabulary import PaperKind
from words.cards import unit_name
from words.event_text.rules import obligation_words
from words.labels import word
from words.language import say
from words.wording import listed


def closing(circumstance: StepContext) -> StepPanel:
    """The aid to close: each gap, and which of them a reason may set aside."""
    gaps = tuple(_gaps(circumstance))
    met = (PanelLine(text=say("办结条件都已具备。"), mark=LineMark.GOOD),)
    panel = Panel(
        heading=say("办结前还差什么") if gaps else say("可以办结"),
        lines=gaps or met,
        note=say("热度未降、诉求未逐条回应、文书不全的，写明理由可以办结；其余须先办完。") if gaps else "",
    )
    return StepPanel(panels=(panel,), checks=True)


def _gaps(circumstance: StepContext) -> Iterator[PanelLine]:
    for reason, detail in close_gaps(circumstance.incident, Close(opinion="-"), circumstance.now):
        title, _ = refusal_words(Refused(reason, detail))
        what = _what(circumstance.incident, reason, detail)
        text = say("{title}：{what}", title=title, what=what) if what else title
        yield PanelLine(text=text, mark=LineMark.WARN)


def _what(incident: Incident, reason: Reason, detail: str) -> str:
    """What a gap is about, as people call it; empty where its title says all."""
    if reason is Reason.CLOSE_OBLIGATION_OPEN:
        return obligation_words(incident, incident.obligation(detail))
    if reason is Reason.CLOSE_REPORT_MISSING:
        return unit_name(incident.law, detail)
    if reason is Reason.CLOSE_ARCHIVE_INCOMPLETE:
        return word(PaperKind(detail))
    if reason is Reason.CLOSE_CONCERN_UNANSWERED:
        return say("第 {numbers} 条", numbers=listed(detail.split(",")))
    if reason is Reason.CLOSE_VERDICT_UNCORRECTED:
        draft = incident.publication(detail).draft
        return say("《{title}》", title=incident.draft(draft).title)
    return detail if reason is Reason.CLOSE_CLUE_RECEIPT_MISSING else ""
