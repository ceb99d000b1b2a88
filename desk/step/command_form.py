"""The form of a step that a person is about to take: its fields, what helps with it, its page,
and what it would bring.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from casework.edge import Malformed, read_content
from casework.outcomes import NotFound
from desk.attachments.receiving import WaitingFiles
from desk.step.fields import NONE_TYPED, FormField, Typed, form_fields
from desk.step.form_data import to_command_json
from desk.step.form_errors import FormErrors
from desk.step.form_prefill import prefill
from desk.step.options import options_in
from desk.step.panels.panel import StepContext, StepPanel
from desk.step.preview import Preview, preview
from desk.step.proofs import with_files, with_proofs, with_waiting
from desk.step.rewriting import draft_named, typed_again
from desk.step.special_forms import special_form
from desk.step.step_page import StepPage
from desk.step.versions import VersionedForm
from desk.step.working import Working
from domain.case.state import Incident
from domain.catalogue import COMMANDS, CaseCommand, Decision
from domain.law.regulation import Law
from domain.next_steps import REWRITTEN
from domain.rules.rewriting import FROM
from domain.steps.register import Register
from domain.terms.refusals import Refused
from domain.terms.roles import Actor
from domain.terms.workdays import SHANGHAI
from storage.attachments import Attachment, CheckedFile
from storage.regulation_text import sentences
from storage.working_texts import DraftPlace
from words.labels import label


@dataclass(frozen=True, slots=True)
class CommandForm:
    """A step that a person is about to take, in a case or to open one."""

    kind: str
    actor: Actor
    law: Law
    incident: Incident | None
    now: datetime
    decisions: tuple[Decision, ...] = ()
    files: tuple[Attachment, ...] = ()
    waiting: tuple[WaitingFiles, ...] = ()
    channels: tuple[str, ...] = ()
    on_duty: bool = False
    working: Working | None = None

    @property
    def action(self) -> str:
        """Where the form goes."""
        return (
            "/register" if self.incident is None else f"/incidents/{self.incident.incident_id}/do/{self.kind}"
        )

    @property
    def case_now(self) -> datetime:
        """Now, on the clock of the case."""
        return self.incident.drill.shown(self.now) if self.incident and self.incident.drill else self.now

    def blank(self, typed: Typed) -> tuple[FormField, ...]:
        """The fields as they come from the catalogue."""
        options = with_files(
            options_in(self.kind, self.law, self.incident, self.actor, self.channels),
            self.incident,
            self.files,
        )
        local = self.case_now.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M:%S")
        return with_waiting(form_fields(self.kind, options, typed, now=local), self.kind, self.waiting)

    def aid(self, typed: Typed) -> StepPanel:
        """What helps with it."""
        if self.incident is None:
            return StepPanel()
        return special_form(self.kind).aid(
            StepContext(
                kind=self.kind,
                incident=self.incident,
                actor=self.actor,
                now=self.case_now,
                typed=typed,
                decisions=self.decisions,
                files=self.files,
            )
        )

    def again(self, name: str) -> Typed:
        """What was typed for the text of that id, where a new one is drafted after it; else nothing."""
        if self.incident is None or self.kind != REWRITTEN:
            return NONE_TYPED
        draft = draft_named(self.incident, self.actor, name)
        return NONE_TYPED if draft is None else {**typed_again(draft, self.files), FROM: [draft.id]}

    def page(
        self,
        typed: Typed,
        trouble: FormErrors | None,
        *,
        key: str,
        event_number: int,
        address_values: Typed = NONE_TYPED,
        preview: Preview | None = None,
    ) -> StepPage:
        """The form with what was typed, or fresh with what its address asked for."""
        incident, command = self.incident, COMMANDS[self.kind]
        clause, aid = self.law.clause(command.clause), self.aid(typed or address_values)
        values = {} if typed else {**aid.values, **address_values}
        faults, notes = trouble.faults if trouble else {}, preview.notes if preview else {}
        fields = prefill(
            self.blank(typed), values=values, options=aid.options, faults=faults, notes=notes, order=aid.order
        )
        if aid.shows_preview and not typed:
            preview = self.previewed(values)
        return StepPage(
            kind=self.kind,
            name=label("commands", self.kind).here,
            clause=clause,
            sentence=sentences(self.law.regulation).get(clause, ""),
            action=self.action,
            back="/desk" if incident is None else f"/incidents/{incident.incident_id}",
            title="" if incident is None else incident.title,
            number="" if incident is None else incident.number,
            fields=fields,
            key=key,
            event_number=event_number,
            trouble=trouble,
            drill=incident is not None and incident.drill is not None,
            aid=aid,
            consequence=special_form(self.kind).warning,
            preview=preview,
            working=self.working,
        )

    def versioned(self) -> VersionedForm:
        """The form with the versions of what is typed into it."""
        assert self.incident is not None  # noqa: S101  a form of a case
        return VersionedForm(
            action=self.action,
            back=f"/incidents/{self.incident.incident_id}",
            case=f"{self.incident.number} {self.incident.title}",
            step=label("commands", self.kind).here,
            drill=self.incident.drill is not None,
            place=DraftPlace(self.incident.incident_id, self.kind, self.actor.unit),
            fields=self.blank(NONE_TYPED),
        )

    def previewed(self, values: Typed) -> Preview | None:
        """What the step would bring as it stands filled in; None where the rules or the form say no."""
        try:
            return self.preview(values)
        except (Malformed, Refused):
            return None

    def preview(self, typed: Typed, fresh: Iterable[CheckedFile] = ()) -> Preview:
        """What the step would bring with what was typed and the files; raises Malformed and Refused."""
        if self.incident is None:
            raise NotFound
        command = self.case_command(typed, fresh)
        return preview(command, self.actor, self.incident, self.now, on_duty=self.on_duty)

    def case_command(self, typed: Typed, fresh: Iterable[CheckedFile] = ()) -> CaseCommand:
        """What was typed, as a command to the case; raises Malformed, and NotFound where there is none."""
        command = self.command(typed, fresh)
        if isinstance(command, Register):
            raise NotFound
        return command

    def command(self, typed: Typed, fresh: Iterable[CheckedFile] = ()) -> Register | CaseCommand:
        """What was typed, as a command, with files that are not attached yet; raises Malformed."""
        content = to_command_json(self.kind, typed)
        if self.incident is not None:
            own_id = self.incident.incident_id
            content = with_proofs(
                content, self.kind, typed, incident_id=own_id, files=self.files, fresh=fresh
            )
        return read_content(self.kind, content)
