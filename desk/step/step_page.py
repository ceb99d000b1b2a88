"""What the page of a step shows."""

from dataclasses import dataclass

from desk.step.fields import FormField
from desk.step.form_errors import FormErrors
from desk.step.panels.panel import StepPanel
from desk.step.preview import Preview
from desk.step.working import Working


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPage:
    """The form of one step."""

    kind: str
    name: str
    clause: str
    sentence: str
    action: str
    back: str
    title: str
    number: str
    fields: tuple[FormField, ...]
    key: str
    event_number: int
    trouble: FormErrors | None
    drill: bool
    aid: StepPanel
    consequence: str
    preview: Preview | None
    working: Working | None
