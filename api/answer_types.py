"""Answers that are put together as JSON and not by a class:
what stands in them, for the code and for OpenAPI.
"""

from typing import Annotated, Any, Final, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

SCHEMA_REF: Final = "#/components/schemas/{model}"
Schema = dict[str, Any]


def ref(name: str) -> Schema:
    """A reference to a schema of the documentation."""
    return {"$ref": SCHEMA_REF.format(model=name)}


class ProblemFault(TypedDict):
    """What is wrong with one member of the content, and where it stands (a JSON pointer)."""

    pointer: str
    code: str
    detail: str
    detail_en: str
    allowed: NotRequired[Annotated[list[str], Field(description="The values to choose from.")]]
    expected: NotRequired[Annotated[str, Field(description="The type that belongs there, of JSON Schema.")]]


class ProblemContent(TypedDict):
    """RFC 9457. `type` is stable; title and detail in Chinese, with `_en` in English."""

    type: Annotated[str, Field(examples=["urn:huiying:problem:below_floor"])]
    title: str
    title_en: str
    status: int
    detail: str
    detail_en: str
    subject: NotRequired[Annotated[str, Field(description="The unit, field or record it is about.")]]
    clause: NotRequired[Annotated[str, Field(examples=["61号#2"])]]
    errors: NotRequired[list[ProblemFault]]


class ProblemAnswer(ProblemContent):
    """RFC 9457. `type` is stable; title and detail in Chinese, with `_en` in English.

    `trace_id` is the request's in the log.
    """

    trace_id: str


class CommandAnswer(TypedDict):
    """The command is recorded: the case after it, and the events it brought."""

    incident_id: str
    number: str
    event_number: int
    incident: Schema
    events: list[Schema]
    obligations: NotRequired[list[Schema]]


# What stands in it is written by classes of its own, as JSON.
COMMAND_PARTS: Final[dict[str, Schema]] = {
    "incident": ref("IncidentState"),
    "events": {"type": "array", "items": ref("NumberedEvent")},
    "obligations": {"type": "array", "items": ref("ObligationStanding")},
}
