"""The step bar 登记—核实—研判—交办—回应—督办—办结: how far the incident is, each step with its word."""

from dataclasses import dataclass
from enum import StrEnum

from domain.case.obligations import RESPONSE_KINDS
from domain.case.state import Incident
from domain.terms.vocabulary import PaperKind, Stage
from words.labels import label, word
from words.language import say

_LADDER = frozenset({PaperKind.SUPERVISION_ORDER, PaperKind.CIRCULATED_CRITICISM, PaperKind.ADMONITORY_TALK})


class StepState(StrEnum):
    """How a step stands."""

    DONE = "done"
    NOW = "now"
    TODO = "todo"
    ALERT = "alert"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressStep:
    """One step with its state and the state in words."""

    name: str
    state: StepState
    word: str


def steps(incident: Incident) -> tuple[ProgressStep, ...]:
    """The seven steps. They run side by side: a response may be under way before verification ends."""
    return (
        ProgressStep(name=_name("registration"), state=StepState.DONE, word=say("已完成")),
        _verifying(incident),
        _plain(_name("judgement"), done=incident.judgement is not None, running=True),
        _plain(
            _name("assignment"), done=incident.assignment is not None, running=incident.judgement is not None
        ),
        _responding(incident),
        _supervising(incident),
        _closing(incident),
    )


def _closing(incident: Incident) -> ProgressStep:
    """What was not ours is neither closed nor to be closed (DD-44)."""
    if incident.screening.sent_on is not None:
        return ProgressStep(name=_name("closing"), state=StepState.NONE, word=word(Stage.NOT_OURS))
    return _plain(_name("closing"), done=incident.closed_at is not None, running=False)


def _plain(name: str, *, done: bool, running: bool) -> ProgressStep:
    if done:
        return ProgressStep(name=name, state=StepState.DONE, word=say("已完成"))
    return ProgressStep(
        name=name,
        state=StepState.NOW if running else StepState.TODO,
        word=say("进行中") if running else say("未到"),
    )


def _name(step: str) -> str:
    return label("steps", step).here


def _verifying(incident: Incident) -> ProgressStep:
    if incident.conclusion is not None:
        return ProgressStep(name=_name("verification"), state=StepState.DONE, word=say("已有结论"))
    if incident.verifications:
        return ProgressStep(name=_name("verification"), state=StepState.NOW, word=say("进行中"))
    return ProgressStep(name=_name("verification"), state=StepState.TODO, word=say("未发起"))


def _responding(incident: Incident) -> ProgressStep:
    owed = incident.owed(*RESPONSE_KINDS)
    if incident.standing_publications and not owed:
        return ProgressStep(name=_name("response"), state=StepState.DONE, word=say("已回应"))
    running = incident.assignment is not None or bool(incident.drafts)
    return _plain(_name("response"), done=False, running=running)


def _supervising(incident: Incident) -> ProgressStep:
    if incident.is_supervised:
        return ProgressStep(name=_name("supervision"), state=StepState.ALERT, word=say("督办中"))
    if any(paper.kind in _LADDER for paper in incident.papers):
        return ProgressStep(name=_name("supervision"), state=StepState.DONE, word=say("有督办记录"))
    return ProgressStep(name=_name("supervision"), state=StepState.NONE, word=say("未触发"))
