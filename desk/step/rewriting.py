"""A text that came back, or is held, written anew: its words in the form of a new draft."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from desk.step.fields import FILES, Typed, members
from domain.case.records import Draft, Evidence
from domain.case.state import Incident
from domain.steps.respond import DraftResponse
from domain.terms.roles import Actor
from domain.terms.workdays import SHANGHAI
from storage.attachments import Attachment


def draft_named(incident: Incident, actor: Actor, name: str) -> Draft | None:
    """The text of the person's unit with that id; None where the unit has none."""
    return next((item for item in incident.drafts if (item.id, item.unit) == (name, actor.unit)), None)


def typed_again(draft: Draft, files: Sequence[Attachment]) -> Typed:
    """What was typed when the text was drafted; proofs that are files of the case are chosen again,
    links are typed again.
    """
    typed: dict[str, list[str]] = {}
    for field, _ in members(DraftResponse):
        if field.name == "evidence":
            typed |= _proofs(draft.evidence, files)
        else:
            typed |= dict(_flat(field.name, getattr(draft, field.name)))
    return typed


def _proofs(evidence: Iterable[Evidence], files: Sequence[Attachment]) -> dict[str, list[str]]:
    numbers = {one.sha256: str(one.number) for one in files}
    proofs = tuple(evidence)
    chosen = [numbers[one.sha256] for one in proofs if one.sha256 in numbers]
    links = tuple(Evidence(url=one.url, note=one.note) for one in proofs if one.sha256 not in numbers)
    return {f"evidence{FILES}": chosen} | dict(_flat("evidence", links))


def _flat(name: str, value: Any) -> Iterator[tuple[str, list[str]]]:
    """The fields of a form that hold a value, by their names."""
    if value is None or value == "":
        return
    if isinstance(value, tuple):
        if any(is_dataclass(item) for item in value):
            for number, item in enumerate(value):
                yield from _flat(f"{name}[{number}]", item)
        else:
            yield name, [_text(item) for item in value]
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _flat(f"{name}.{field.name}", getattr(value, field.name))
    else:
        yield name, [_text(value)]


def _text(value: object) -> str:
    match value:
        case datetime():
            return value.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M:%S")
        case Enum():
            return str(value.value)
        case bool():
            return "true" if value else "false"
        case _:
            return str(value)
