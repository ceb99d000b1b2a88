"""The schemas of the documentation, taken from the very classes that read and write."""

from functools import cache
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from api.answer_types import COMMAND_PARTS, SCHEMA_REF, CommandAnswer, ProblemAnswer, Schema, ref
from api.answers import ACCEPTED, INCIDENT_SUMMARY, NUMBERED, STANDING
from casework.edge import reader
from domain.catalogue import COMMANDS
from storage.codec import INCIDENT

_WRITERS: dict[str, TypeAdapter[Any]] = {
    "Incident": INCIDENT,
    "IncidentSummary": INCIDENT_SUMMARY,
    "NumberedEvent": NUMBERED,
    "ObligationStanding": STANDING,
    "AcceptedAnswer": ACCEPTED,
    "ProblemAnswer": TypeAdapter(ProblemAnswer),
    "CommandAnswer": TypeAdapter(CommandAnswer),
}


@cache
def components() -> dict[str, Schema]:
    """All schemas by name: those of the commands by the names of their classes, and those of the answers."""
    inputs: list[tuple[str, JsonSchemaMode, TypeAdapter[Any]]] = [
        *((kind, "validation", reader(kind)) for kind in COMMANDS),
        *((name, "serialization", writer) for name, writer in _WRITERS.items()),
    ]
    named, rest = TypeAdapter.json_schemas(inputs, ref_template=SCHEMA_REF)
    schemas: dict[str, Schema] = dict(rest["$defs"])
    written = {name: _resolved(named[name, "serialization"], schemas) for name in _WRITERS}
    state = _joined(written["Incident"], written["IncidentSummary"])
    state["properties"]["law"] = ref("LawReference")
    schemas["IncidentState"] = state
    for part in ("Incident", "IncidentSummary"):  # they appear joined alone
        del schemas[part]
    schemas["Problem"] = schemas.pop("ProblemAnswer")
    schemas["CommandAnswer"]["properties"] |= COMMAND_PARTS
    return schemas


@cache
def command_schema(kind: str) -> Schema:
    """The reference to the schema of a command."""
    return ref(COMMANDS[kind].__name__)


def _resolved(schema: Schema, definitions: dict[str, Schema]) -> Schema:
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    return definitions[name] if name else schema


def _joined(first: Schema, second: Schema) -> Schema:
    return {
        "type": "object",
        "description": f"{first.get('description', '')}\n\n{second.get('description', '')}".strip(),
        "properties": {**first["properties"], **second["properties"]},
        "required": [*first.get("required", []), *second.get("required", [])],
    }
