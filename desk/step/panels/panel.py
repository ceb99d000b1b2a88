"""What stands beside the fields of a step: panels of sentences, limits, tables and texts,
and values filled in beforehand.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from desk.step.fields import Option, Typed
from domain.case.state import Incident
from domain.catalogue import COMMANDS, Decision
from domain.rules.permissions import may
from domain.terms.roles import Actor
from storage.attachments import Attachment
from words.labels import label
from words.wording import Countdown, MomentText, countdown, moment


class LineMark(StrEnum):
    """What a line says of itself besides its words; the template puts a word to each."""

    PLAIN = "plain"
    GOOD = "good"
    WARN = "warn"


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelLine:
    """One sentence of a panel."""

    text: str
    mark: LineMark = LineMark.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A due instant and how much time is left until it."""

    name: str
    due: MomentText
    countdown: Countdown


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelTable:
    """Rows under headings; the first cell of a row names it."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A text to be read, under its heading."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """What belongs together; `at` names the field before which it stands, empty for above all fields."""

    heading: str
    lines: tuple[PanelLine, ...] = ()
    limits: tuple[Limit, ...] = ()
    table: PanelTable | None = None
    passages: tuple[Passage, ...] = ()
    note: str = ""
    at: str = ""
    is_folded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelLink:
    """Where else this may lead."""

    name: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPanel:
    """What helps with one step.

    `values` are filled in on a fresh form, by the name of the field; `options` replace what a field may be
    chosen from; `order` names the fields that come first; `view` is what the room's own template shows;
    `checks` offers to look at the outcome without sending; `shows_preview` shows it at once, where nothing
    need be typed for it.
    """

    template: str = "step/page.html"
    panels: tuple[Panel, ...] = ()
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    options: Mapping[str, tuple[Option, ...]] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    others: tuple[PanelLink, ...] = ()
    view: object = None
    checks: bool = False
    shows_preview: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StepContext:
    """A person before a step: the case, its clock, what was typed,
    and what the address of the page asked for.
    """

    kind: str
    incident: Incident
    actor: Actor
    now: datetime
    typed: Typed
    decisions: tuple[Decision, ...] = ()
    files: tuple[Attachment, ...] = ()

    def one(self, name: str) -> str:
        """What was typed into a field, or asked for; empty where nothing was."""
        values = self.typed.get(name, ())
        return values[0] if values else ""

    def limit(self, name: str, due_at: datetime) -> Limit:
        """A limit on the case's clock."""
        return Limit(
            name=name, due=moment(due_at), countdown=countdown(due_at, self.now, self.incident.drill)
        )

    def link(self, kind: str, name: str, **query: str) -> PanelLink:
        """Another step of the case, with what its fields shall hold."""
        text = "&".join(f"{field}={value}" for field, value in query.items())
        path = f"/incidents/{self.incident.incident_id}/do/{kind}"
        return PanelLink(name=name, href=f"{path}?{text}" if text else path)

    def other_answers(self, answers: Iterable[str], **values: str) -> Iterator[PanelLink]:
        """The other ones of several answers to the same thing that this person may give."""
        for kind in answers:
            command: Any = COMMANDS[kind]  # role, standing and stage are asked of the class alone
            if kind != self.kind and may(self.actor, command, self.incident, self.incident.law) is None:
                yield self.link(kind, label("commands", kind).here, **values)


def warned(*texts: str) -> tuple[PanelLine, ...]:
    """Lines that must not be missed."""
    return tuple(PanelLine(text=text, mark=LineMark.WARN) for text in texts)


def plain(*texts: str) -> tuple[PanelLine, ...]:
    """Lines."""
    return tuple(PanelLine(text=text) for text in texts)
