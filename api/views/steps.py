"""The step bar 登记—核实—研判—交办—回应—督办—办结: how far the incident is, each step with its word."""

from dataclasses import dataclass
from enum import StrEnum

from domain.case.obligations import RESPONSE_KINDS
from domain.case.state import Incident
from domain.terms.vocabulary import PaperKind

_LADDER = frozenset({PaperKind.SUPERVISION_ORDER, PaperKind.CIRCULATED_CRITICISM, PaperKind.ADMONITORY_TALK})


class StepState(StrEnum):
    """How a step stands."""

    DONE = "done"
    NOW = "now"
    TODO = "todo"
    ALERT = "alert"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step with its state and the state in words."""

    name: str
    state: StepState
    word: str


def steps(incident: Incident) -> tuple[Step, ...]:
    """The seven steps. They run side by side: a response may be under way before verification ends."""
    return (
        Step(name="登记", state=StepState.DONE, word="已完成"),
        _verifying(incident),
        _plain("研判", done=incident.judgement is not None, running=True),
        _plain("交办", done=incident.assignment is not None, running=incident.judgement is not None),
        _responding(incident),
        _supervising(incident),
        _plain("办结", done=incident.closed_at is not None, running=False),
    )


def _plain(name: str, *, done: bool, running: bool) -> Step:
    if done:
        return Step(name=name, state=StepState.DONE, word="已完成")
    return Step(
        name=name, state=StepState.NOW if running else StepState.TODO, word="进行中" if running else "未到"
    )


def _verifying(incident: Incident) -> Step:
    if incident.conclusion is not None:
        return Step(name="核实", state=StepState.DONE, word="已有结论")
    if incident.verifications:
        return Step(name="核实", state=StepState.NOW, word="进行中")
    return Step(name="核实", state=StepState.TODO, word="未发起")


def _responding(incident: Incident) -> Step:
    owed = incident.owed(*RESPONSE_KINDS)
    if incident.standing_publications and not owed:
        return Step(name="回应", state=StepState.DONE, word="已回应")
    running = incident.assignment is not None or bool(incident.drafts)
    return _plain("回应", done=False, running=running)


def _supervising(incident: Incident) -> Step:
    if incident.is_supervised:
        return Step(name="督办", state=StepState.ALERT, word="督办中")
    if any(paper.kind in _LADDER for paper in incident.papers):
        return Step(name="督办", state=StepState.DONE, word="有督办记录")
    return Step(name="督办", state=StepState.NONE, word="未触发")
